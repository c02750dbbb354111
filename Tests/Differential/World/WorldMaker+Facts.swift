import ColumnStore

/// Facts with their columns and relations, and the metrics over them.
extension WorldMaker {
  static let statuses = ["new", "Paid", "paid", "shipped", "Ärger", "ÄRGER", "", "50%", "a_b"]

  mutating func addFacts(_ world: inout World) {
    let names = ["sales", "visits", "spend", "returned"]
    for name in names.prefix(dice.weighted([(2, 1), (4, 2), (3, 3), (2, 4)])) {
      addFact(name, &world)
    }
  }

  private mutating func addFact(_ name: String, _ world: inout World) {
    let isAggregated = name != "sales" && dice.chance(25)
    // A column may be called otherwise than the key that it refers to.
    let shop = dice.chance(30) ? "shop_ref" : "shop"
    world.tables.append(table(of: name, shop: shop))
    var fact = WorldFact(
      name: name,
      table: "\(name)_rows",
      isAggregated: isAggregated,
      grain: ["id"],
      dateColumn: "day",
      instantColumn: dice.chance(40) ? "at" : nil,
      recordedFrom: dice.chance(30) ? today - Int32(dice.number(in: 10...300)) : nil,
      covers: [],
      columns: columns(),
      relations: []
    )
    fact.relations.append(("shop", .columns([shop])))
    if world.dimension("item") != nil, dice.chance(60) {
      fact.relations.append(("item", .columns(["item"])))
    }
    if world.dimension("person") != nil, dice.chance(80) {
      let isAbsent = isAggregated || dice.chance(25)
      fact.relations.append(("person", isAbsent ? .absent : .columns(["person"])))
    }
    world.facts.append(fact)
  }

  private func table(of name: String, shop: String) -> WorldTable {
    WorldTable(
      name: "\(name)_rows",
      columns: [
        .init(name: "id", type: "count", isNullable: false),
        .init(name: "day", type: "date", isNullable: false),
        .init(name: "at", type: "timestamp", isNullable: true),
        .init(name: shop, type: "text", isNullable: true),
        .init(name: "item", type: "text", isNullable: true),
        .init(name: "person", type: "text", isNullable: true),
        .init(name: "order_no", type: "text", isNullable: true),
        .init(name: "status", type: "text", isNullable: true),
        .init(name: "tier", type: "count", isNullable: true),
        .init(name: "paid", type: "bool", isNullable: true),
        .init(name: "due", type: "date", isNullable: true),
        .init(name: "qty", type: "count", isNullable: true),
        .init(name: "price", type: "money", isNullable: true),
        .init(name: "fine", type: "money", isNullable: true),
        .init(name: "weight", type: "number", isNullable: true),
        .init(name: "scale", type: "money", isNullable: true),
        .init(name: "rate", type: "percent", isNullable: true),
        .init(name: "cur", type: "text", isNullable: false),
      ],
      key: ["id"],
      rows: []
    )
  }

  private mutating func columns() -> [WorldFact.Column] {
    let currency = dice.chance(40) ? "cur" : nil
    return [
      .init(name: "day", kind: .date), .init(name: "at", kind: .timestamp),
      .init(name: "order_no", kind: .text), .init(name: "due", kind: .date),
      .init(name: "qty", kind: .count), .init(name: "weight", kind: .number),
      .init(name: "price", kind: .money, currencyColumn: currency),
      .init(name: "fine", kind: .money, currencyColumn: currency),
      // A decimal that stands for a plain number.
      .init(name: "scale", kind: .number), .init(name: "rate", kind: .percent),
      .init(name: "paid", kind: .bool),
    ]
  }

  // MARK: Dimensions of columns

  mutating func addColumnDimensions(_ world: inout World) {
    addColumn("status", .text, WorldMaker.statuses, &world)
    addColumn("tier", .count, [], &world)
    if dice.chance(50) { addColumn("cur", .text, ["INR", "USD", "EUR"], &world) }
    if dice.chance(40) { addDeclaredDimension("due", .date, &world) }
    if dice.chance(40) { addDeclaredDimension("paid", .bool, &world) }
    if dice.chance(60) { addTicket(&world) }
    addExpressions(&world)
    addCohort(&world)
    for place in world.facts.indices where dice.chance(30) {
      let texts = world.dimensions.filter { dimension in
        guard dimension.kind == .text, !dimension.samples.isEmpty else { return false }
        if case .expression = dimension.form { return false }
        return isReached(dimension, world.facts[place])
      }
      guard let dimension = dice.pickIfAny(texts) else { continue }
      world.facts[place].covers = [(dimension.name, dice.some(3, of: dimension.samples))]
    }
  }

  private func isReached(_ dimension: WorldDimension, _ fact: WorldFact) -> Bool {
    let owner: String
    switch dimension.form {
    case .attribute(let parent, _), .cohort(let parent): owner = parent
    case .column, .table, .expression: owner = dimension.name
    }
    guard case .columns = fact.relation(to: owner) else { return false }
    return true
  }

  private mutating func addColumn(
    _ name: String,
    _ kind: ValueKind,
    _ samples: [String],
    _ world: inout World
  ) {
    var dimension = WorldDimension(name: name, kind: kind, form: .column, samples: samples)
    if name == "status", dice.chance(25) {
      dimension.values = samples.filter { !$0.isEmpty }
      dimension.samples = dimension.values
    }
    world.dimensions.append(dimension)
    for place in world.facts.indices where place == 0 || dice.chance(60) {
      let isAbsent = place > 0 && dice.chance(25)
      world.facts[place].relations.append((name, isAbsent ? .absent : .columns([name])))
    }
  }

  /// A column of a fact that says itself that it is a dimension.
  private mutating func addDeclaredDimension(
    _ name: String,
    _ kind: ValueKind,
    _ world: inout World
  ) {
    world.dimensions.append(WorldDimension(name: name, kind: kind, form: .column))
    for place in world.facts.indices where place == 0 || dice.chance(50) {
      world.facts[place].relations.append((name, .columns([name])))
    }
  }

  private mutating func addTicket(_ world: inout World) {
    world.dimensions.append(
      WorldDimension(name: "ticket", kind: .text, form: .column, samples: ["o1", "o2", "o3"])
    )
    for place in world.facts.indices where !world.facts[place].isAggregated {
      guard case .columns(let shop) = world.facts[place].relation(to: "shop") else { continue }
      world.facts[place].relations.append(("ticket", .columns(shop + ["order_no"])))
    }
  }

  private mutating func addExpressions(_ world: inout World) {
    let facts = world.facts
    for fact in facts where dice.chance(35) {
      let (name, kind, text) = dice.pick([
        (
          "\(fact.name)_size", ValueKind.text,
          "CASE WHEN qty > 3 THEN 'many' WHEN qty > 0 THEN 'few' END"
        ),
        ("\(fact.name)_due", .date, "month(due)"),
        ("\(fact.name)_pieces", .count, "COALESCE(qty, 0) * 2"),
        ("\(fact.name)_mood", .text, "LOWER(status)"),
      ])
      guard !text.contains("status") || fact.relation(to: "status") != nil else { continue }
      world.dimensions.append(
        WorldDimension(
          name: name,
          kind: kind,
          form: .expression(text, only: fact.name),
          samples: kind == .text ? ["many", "few", "new", "paid"] : []
        )
      )
    }
  }

  private mutating func addCohort(_ world: inout World) {
    guard world.dimension("person") != nil, dice.chance(70) else { return }
    let exposed = dice.some(
      2,
      of: [
        ("first_month", "month"), ("first_week", "week"), ("first_quarter", "quarter"),
        ("first_year", "fiscal_year"), ("first_date", "day"),
      ]
    )
    world.cohorts.append(
      WorldCohort(
        name: "firsts",
        entity: "person",
        fact: "sales",
        dateColumn: "first_day",
        exposed: exposed.map { (name: $0.0, grain: $0.1) }
      )
    )
    for (name, _) in exposed {
      world.dimensions.append(
        WorldDimension(name: name, kind: .date, form: .cohort(of: "person"))
      )
    }
  }

  // MARK: Metrics

  mutating func addMetrics(_ world: inout World) {
    for fact in world.facts { addMetrics(of: fact, &world) }
    addDerived(&world)
  }

  private mutating func addMetrics(of fact: WorldFact, _ world: inout World) {
    typealias Candidate = (
      name: String, kind: MetricKind, function: String, column: String?, Feature
    )
    var candidates: [Candidate] = [
      ("rows", .count, "count", nil, .count), ("revenue", .money, "sum", "price", .sum),
      ("fines", .money, "sum", "fine", .sum), ("units", .count, "sum", "qty", .sum),
      ("load", .number, "sum", "weight", .sum), ("scales", .number, "sum", "scale", .sum),
      ("mean", .money, "avg", dice.pick(["price", "fine"]), .average),
      ("mean_qty", .number, "avg", "qty", .average),
      ("least", .money, "min", "fine", .minimum), ("most", .count, "max", "qty", .maximum),
      ("median", .money, "median", dice.pick(["price", "fine"]), .median),
      ("middle", .number, "median", dice.pick(["qty", "weight"]), .median),
      ("last_day", .date, "max", dice.pick(["day", "due"]), .maximum),
      ("first_due", .date, "min", "due", .minimum),
      ("rates", .percent, dice.pick(["avg", "max", "sum"]), "rate", .average),
      ("filled", .count, "count", dice.pick(["qty", "due", "order_no"]), .countColumn),
    ]
    if !fact.isAggregated {
      let column = dice.pick(["order_no", "due", "qty", "price"])
      candidates.append(("different", .count, "count_distinct", column, .countDistinct))
    }
    for candidate in dice.some(9, of: candidates) {
      var metric = WorldMetric(
        name: "\(fact.name)_\(candidate.name)",
        kind: candidate.kind,
        form: .aggregate(
          fact: fact.name,
          function: candidate.function,
          column: candidate.column,
          key: nil
        ),
        facts: [fact.name],
        features: [candidate.4]
      )
      limit(&metric, fact, world)
      world.metrics.append(metric)
    }
    addMembers(of: fact, &world)
  }

  private mutating func addMembers(of fact: WorldFact, _ world: inout World) {
    guard !fact.isAggregated else { return }
    for (key, name) in [("person", "people"), ("ticket", "tickets"), ("shop", "shops")] {
      guard case .columns = fact.relation(to: key), dice.chance(80) else { continue }
      var metric = WorldMetric(
        name: "\(fact.name)_\(name)",
        kind: .count,
        form: .aggregate(fact: fact.name, function: "count_distinct", column: nil, key: key),
        facts: [fact.name],
        features: [.countMembers]
      )
      limit(&metric, fact, world)
      world.metrics.append(metric)
    }
  }

  /// Gives a metric a condition, or makes it blank without rows, now and then.
  private mutating func limit(_ metric: inout WorldMetric, _ fact: WorldFact, _ world: World) {
    if dice.chance(30) {
      var maker = PhraseMaker(world, Dice(dice.seed()), facts: [fact])
      if let condition = maker.rowCondition(depth: 1) {
        metric.condition = condition.text
        if metric.features.contains(.sum) { metric.features.insert(.sumWhere) }
        metric.features.formUnion(condition.allFeatures)
      }
    }
    if dice.chance(15), metric.kind != .date {
      metric.isBlankWithoutRows = true
      metric.features.insert(.emptyNull)
    }
  }

  private mutating func addDerived(_ world: inout World) {
    let base = world.metrics
    for (name, kind) in [("turnover", MetricKind.money), ("pieces", .count)] {
      let sums = base.filter { metric in
        guard case .aggregate(_, let function, _, _) = metric.form, metric.kind == kind else {
          return false
        }
        return function == "sum" || function == "count"
      }
      guard let one = dice.pickIfAny(sums),
        let other = dice.pickIfAny(sums.filter { $0.facts != one.facts })
      else { continue }
      derive(name, kind, "\(one.name) + \(other.name)", [one, other], [.union], &world)
    }
    for number in 1...4 {
      let kind = dice.pick([MetricKind.money, .count, .number])
      guard let one = dice.pickIfAny(base.filter { $0.kind == kind }),
        let other = dice.pickIfAny(base.filter { $0.kind == kind && $0.name != one.name })
      else { continue }
      switch number {
      case 1:
        derive("ratio", .number, "\(one.name) / \(other.name)", [one, other], [.divide], &world)
      case 2:
        derive("gap", kind, "\(one.name) - \(other.name)", [one, other], [.subtract], &world)
      case 3:
        derive("part", .percent, "\(one.name) / \(other.name)", [one, other], [.divide], &world)
      default:
        derive(
          "first_of",
          kind,
          "COALESCE(\(one.name), \(other.name))",
          [one, other],
          [.coalesce],
          &world
        )
      }
    }
  }

  private func derive(
    _ name: String,
    _ kind: MetricKind,
    _ text: String,
    _ parts: [WorldMetric],
    _ features: Set<Feature>,
    _ world: inout World
  ) {
    world.metrics.append(
      WorldMetric(
        name: name,
        kind: kind,
        form: .expression(text),
        type: kind == .percent ? "percent" : nil,
        facts: parts.reduce(into: []) { $0.formUnion($1.facts) },
        features: parts.reduce(into: features.union([.derived])) { $0.formUnion($1.features) }
      )
    )
  }
}
