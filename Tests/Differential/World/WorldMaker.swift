import ColumnStore
import QueryLang

/// Makes random worlds.
///
/// The names of columns are the same in all of them; which tables there are, how facts reach
/// dimensions, what is declared, and the rows differ.
struct WorldMaker {
  var dice: Dice
  var today: Int32 = 0

  init(seed: UInt64) { dice = Dice(seed) }

  mutating func world() -> World {
    today = day()
    var world = World(
      today: today,
      settings: settings(),
      tables: [],
      dimensions: [],
      facts: [],
      metrics: [],
      cohorts: [],
      periods: [],
      segments: [],
      parameters: []
    )
    addMembers(&world)
    addFacts(&world)
    addColumnDimensions(&world)
    addMetrics(&world)
    addNames(&world)
    addRows(&world)
    return world
  }

  private mutating func day() -> Int32 {
    if dice.chance(35) {
      let (year, month, day) = dice.pick([
        (2024, 2, 29), (2024, 3, 1), (2025, 3, 31), (2026, 1, 1), (2025, 12, 31), (2026, 4, 1),
        (2024, 5, 31), (2026, 3, 30),
      ])
      return CivilDay(year: year, month: month, day: day).number
    }
    return CivilDay(year: 2024, month: 1, day: 1).number + Int32(dice.below(1_000))
  }

  private mutating func settings() -> WorldSettings {
    var settings = WorldSettings()
    settings.zone = dice.pick([
      "UTC", "Asia/Kolkata", "Asia/Dubai", "Asia/Singapore", "Asia/Kathmandu", "Asia/Dhaka",
    ])
    settings.currency = dice.pick(["INR", "INR", "USD", "EUR"])
    settings.period = dice.weighted([
      (4, "all time"), (2, "last 90 days"), (2, "last 6 months"), (1, "this year"),
    ])
    settings.weekStart = dice.pick([
      "monday", "monday", "sunday", "tuesday", "wednesday", "thursday", "friday", "saturday",
    ])
    settings.fiscalStartMonth = dice.pick([4, 4, 1, 2, 7, 10, 12])
    settings.namesFiscalYearByEnd = dice.chance(70)
    return settings
  }

  // MARK: Members

  static let titles = [
    "Corner", "corner", "Café Ünal", "O'Neil", "50% off", "a_b", "Others", "Zed", "Żuraw",
  ]
  static let regions = ["North", "south", "East", "WEST", "north-east"]
  static let groups = ["Tea", "tea", "Coffee", "Green Tea", "Mug"]

  private mutating func addMembers(_ world: inout World) {
    world.tables.append(
      WorldTable(
        name: "shops",
        columns: [
          .init(name: "shop", type: "text", isNullable: false),
          .init(name: "title", type: "text", isNullable: true),
          .init(name: "alias", type: "text", isNullable: true),
          .init(name: "place", type: "count", isNullable: true),
          .init(name: "region", type: "text", isNullable: true),
          .init(name: "opened", type: "date", isNullable: true),
          .init(name: "size", type: "count", isNullable: true),
          .init(name: "big", type: "bool", isNullable: true),
          .init(name: "score", type: "number", isNullable: true),
        ],
        key: ["shop"],
        rows: []
      )
    )
    let keys = (0..<7).map { "s\($0)" }
    let isTitled = dice.chance(70)
    world.dimensions.append(
      WorldDimension(
        name: "shop",
        kind: .text,
        form: .table(
          "shops",
          key: "shop",
          column: isTitled ? "title" : "shop",
          label: dice.chance(50) ? "alias" : nil
        ),
        orderBy: dice.chance(35) ? "place" : nil,
        label: "The shop",
        samples: keys + WorldMaker.titles + ["one", "two"]
      )
    )
    let order = dice.chance(30) ? "place" : nil
    addAttribute("region", .text, of: "shop", order: order, WorldMaker.regions, &world)
    addAttribute("opened", .date, of: "shop", order: nil, [], &world)
    addAttribute("size", .count, of: "shop", order: nil, [], &world)
    addAttribute("big", .bool, of: "shop", order: nil, [], &world)
    addAttribute("score", .number, of: "shop", order: nil, [], &world)
    addItems(&world)
    addPeople(&world)
  }

  private mutating func addAttribute(
    _ name: String,
    _ kind: ValueKind,
    of parent: String,
    order: String?,
    _ samples: [String],
    _ world: inout World
  ) {
    guard dice.chance(75) else { return }
    world.dimensions.append(
      WorldDimension(
        name: name,
        kind: kind,
        form: .attribute(of: parent, column: name),
        orderBy: order,
        samples: samples
      )
    )
  }

  private mutating func addItems(_ world: inout World) {
    guard dice.chance(80) else { return }
    world.tables.append(
      WorldTable(
        name: "items",
        columns: [
          .init(name: "item", type: "text", isNullable: false),
          .init(name: "category", type: "text", isNullable: true),
          .init(name: "brand", type: "text", isNullable: true),
          .init(name: "launched", type: "date", isNullable: true),
        ],
        key: ["item"],
        rows: []
      )
    )
    world.dimensions.append(
      WorldDimension(
        name: "item",
        kind: .text,
        form: .table("items", key: "item", column: "item", label: nil),
        samples: (0..<9).map { "i\($0)" }
      )
    )
    addAttribute("category", .text, of: "item", order: nil, WorldMaker.groups, &world)
    addAttribute("brand", .text, of: "item", order: nil, ["Acme", "acme", "Öko"], &world)
    addAttribute("launched", .date, of: "item", order: nil, [], &world)
  }

  private mutating func addPeople(_ world: inout World) {
    guard dice.chance(75) else { return }
    world.tables.append(
      WorldTable(
        name: "people",
        columns: [
          .init(name: "person", type: "text", isNullable: false),
          .init(name: "city", type: "text", isNullable: true),
          .init(name: "first_day", type: "date", isNullable: true),
        ],
        key: ["person"],
        rows: []
      )
    )
    world.dimensions.append(
      WorldDimension(
        name: "person",
        kind: .text,
        form: .table("people", key: "person", column: "person", label: nil),
        isEntity: true,
        samples: (0..<12).map { "p\($0)" }
      )
    )
    addAttribute("city", .text, of: "person", order: nil, ["Pune", "pune", "Köln"], &world)
  }

  // MARK: Names of the model

  private mutating func addNames(_ world: inout World) {
    let from = today - Int32(dice.number(in: 20...200))
    world.periods = [
      WorldPeriod(name: "campaign", from: from, to: from + Int32(dice.number(in: 0...40))),
      WorldPeriod(name: "long_ago", from: from - 365, to: from - 300),
    ]
    var maker = PhraseMaker(world, dice, facts: [])
    let texts = world.dimensions.filter { dimension in
      if case .expression = dimension.form { return false }
      return dimension.kind == .text && !dimension.samples.isEmpty
    }
    for name in ["chosen", "rest"] where dice.chance(70) {
      guard let dimension = dice.pickIfAny(texts) else { continue }
      let members = dice.some(2, of: dimension.samples).map { World.quoted($0) }
      let condition = "\(dimension.name) IN (\(members.joined(separator: ", ")))"
      world.segments.append(
        WorldSegment(
          name: name,
          dimension: dimension.name,
          condition: dice.chance(60) ? condition : "NOT \(condition)"
        )
      )
    }
    for name in ["few", "some_texts"] where dice.chance(70) {
      guard let dimension = dice.pickIfAny(texts.filter { $0.values.isEmpty }) else { continue }
      world.parameters.append(
        WorldParameter(
          name: name,
          type: "string[]",
          members: dimension.name,
          standard: dice.chance(40) ? "any" : "[\(Self.list(dice.some(2, of: dimension.samples)))]",
          dimension: dimension.name
        )
      )
    }
    world.parameters.append(
      WorldParameter(
        name: "span",
        type: "period",
        standard: "last \(maker.dice.number(in: 2...60)) days"
      )
    )
  }

  private static func list(_ texts: [String]) -> String {
    texts.map { World.quoted($0) }.joined(separator: ", ")
  }
}
