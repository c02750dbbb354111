import ColumnStore
import TestKit

/// Makes random plans over the tables of `ScanFixture`.
struct ScanPlanGenerator {
  var random: SeededRandom

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  private mutating func pick<Element>(_ choices: [Element]) -> Element {
    choices[Int.random(in: 0..<choices.count, using: &random)]
  }

  private mutating func chance(_ of: Int) -> Bool { Int.random(in: 0..<of, using: &random) == 0 }

  mutating func plan() -> ScanPlan {
    let keys = (0..<pick([0, 1, 1, 2, 2, 3])).map { ScanPlan.Key("k\($0)", key()) }
    let aggregates = (0..<pick([1, 2, 4])).map { number in
      Aggregate("a\(number)", function(), filter: chance(3) ? predicate(2) : nil)
    }
    var order: [ScanPlan.Order] = []
    // Sums of doubles differ in their last digits, which must not decide the order.
    if chance(2), !isDouble(aggregates[0].function) {
      order.append(ScanPlan.Order("a0", descending: chance(2), nullForZero: chance(2)))
    }
    if chance(4), !keys.isEmpty { order.append(ScanPlan.Order("k0", descending: true)) }
    return ScanPlan(
      table: "facts",
      filter: chance(3) ? .constant(true) : predicate(3),
      keys: keys,
      aggregates: aggregates,
      order: order,
      limit: chance(4) ? pick([0, 1, 3, 1_000]) : nil,
      keepsTies: chance(2)
    )
  }

  private func isDouble(_ function: AggregateFunction) -> Bool {
    switch function {
    case .average, .percentile: true
    case .sum(let input), .minimum(let input), .maximum(let input):
      switch input {
      case .column(let name): name == "ratio"
      case .double, .arithmetic(.divide, _, _), .arithmetic(_, .column("ratio"), _): true
      case .attribute(_, _, let value): value == "weight"
      case .math: true
      case .conditional(_, let otherwise): otherwise == .literal(.double(0.5), .float64)
      default: false
      }
    case .countRows, .count, .countDistinct: false
    }
  }

  private mutating func key() -> Expression {
    switch pick([0, 1, 2, 3, 4, 5]) {
    case 0, 1: text(2)
    case 2: date(2)
    case 3: integer(2)
    case 4: .column("open")
    default: chance(2) ? .column("ratio") : .column("large")
    }
  }

  private mutating func function() -> AggregateFunction {
    switch Int.random(in: 0..<13, using: &random) {
    case 0: .countRows
    case 1: .count(chance(2) ? text(2) : .column("note"))
    case 2, 3: .sum(integer(2))
    case 4: .sum(double(1))
    case 5: .minimum(any())
    case 6: .maximum(any())
    case 7: .average(integer(1), scale: 10_000)
    case 8: .average(double(1), scale: 1)
    case 9: .countDistinct([any()])
    case 10: .percentile(integer(1), fraction: pick([0, 0.5, 0.9, 1]), scale: 100)
    case 11: .percentile(double(1), fraction: pick([0.25, 0.5, 0.999]), scale: 1)
    default:
      .countDistinct([text(1), pick([.column("large"), .column("tiny"), .column("ratio")])])
    }
  }

  private mutating func any() -> Expression {
    switch pick([0, 1, 2, 3]) {
    case 0: text(2)
    case 1: date(1)
    case 2: integer(1)
    default: double(1)
    }
  }

  private mutating func rule() -> CalendarRule {
    let zones = [
      ZoneOffsets(), ZoneOffsets(changes: [], offsets: [19_800]),
      ZoneOffsets(changes: [1_711_000_000_000_000], offsets: [3_600, 7_200]),
    ]
    return CalendarRule(
      weekStart: pick([1, 7]),
      fiscalStartMonth: pick([4, 1, 7]),
      zone: pick(zones)
    )
  }

  mutating func integer(_ depth: Int) -> Expression {
    if depth == 0 { return .column(pick(["tiny", "amount", "large"])) }
    switch Int.random(in: 0..<7, using: &random) {
    case 0: return .literal(.integer(Int64(pick([0, 3, -7]))), .int64)
    case 1: return .arithmetic(pick([.add, .subtract]), integer(depth - 1), integer(depth - 1))
    case 2:
      return .arithmetic(.multiply, .column("tiny"), .column(pick(["tiny", "amount", "large"])))
    case 3:
      return .part(pick([.dayOfWeek, .dayOfMonth, .weekOfYear, .monthOfYear]), date(0), rule())
    case 4: return .attribute(key: cityKey(1), table: "cities", value: "tier")
    case 5:
      return .conditional(
        [ConditionalBranch(when: predicate(1), then: integer(depth - 1))],
        otherwise: chance(3) ? .literal(.null, .int64) : integer(depth - 1)
      )
    default:
      return chance(2)
        ? .coalesce([integer(depth - 1), .literal(.integer(5), .int64)])
        : .part(.hourOfDay, .column("at"), rule())
    }
  }

  private mutating func double(_ depth: Int) -> Expression {
    if depth == 0 { return .column("ratio") }
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return .double(integer(1), scale: 100)
    case 4: return math(depth)
    case 1: return .arithmetic(.divide, integer(0), .column("tiny"))
    case 2: return .arithmetic(pick([.add, .multiply, .divide]), double(0), double(0))
    case 3: return .attribute(key: cityKey(1), table: "cities", value: "weight")
    default:
      return .conditional(
        [ConditionalBranch(when: predicate(1), then: double(0))],
        otherwise: .literal(.double(0.5), .float64)
      )
    }
  }

  private mutating func math(_ depth: Int) -> Expression {
    let function = pick(MathFunction.allCases)
    switch function {
    case .power: return .math(function, [double(depth - 1), integer(0)])
    case .round: return .math(function, [double(depth - 1), .literal(.integer(1), .int64)])
    case .squareRoot, .naturalLogarithm, .floor, .ceiling:
      return .math(function, [double(depth - 1)])
    }
  }

  private mutating func date(_ depth: Int) -> Expression {
    if depth == 0 { return .column(pick(["day", "at"])) }
    switch Int.random(in: 0..<7, using: &random) {
    case 0: return .column("day")
    case 5, 6: return mapped()
    case 1: return .attribute(key: cityKey(1), table: "cities", value: "opened")
    case 2: return .day(.column("at"), rule())
    case 3:
      return .truncated(
        .attribute(key: cityKey(0), table: "cities", value: "opened"),
        to: .quarter,
        rule()
      )
    default: return .truncated(date(0), to: pick(CalendarUnit.allCases), rule())
    }
  }

  /// A date by a table that covers all, some or none of the days, with gaps or without.
  private mutating func mapped() -> Expression {
    let first = Int32.random(in: 19_600...19_860, using: &random)
    let length = pick([1, 7, 28])
    let hasGaps = chance(2)
    let days = (0..<pick([0, 1, 40, 300])).map { place -> Int32? in
      if hasGaps && chance(6) { return nil }
      return chance(9) ? Int32(pick([-4, 0, 19_750])) : first + Int32(place / length * length)
    }
    let source: Expression = pick([
      .column("day"), .day(.column("at"), rule()),
      .truncated(.column("day"), to: .month, CalendarRule()),
      .attribute(key: cityKey(1), table: "cities", value: "opened"),
    ])
    return .mapped(source, DayTable(first: first, days: days))
  }

  private mutating func cityKey(_ depth: Int) -> Expression {
    depth > 0 && chance(3)
      ? .attribute(key: .column("city"), table: "cities", value: "parent") : .column("city")
  }

  mutating func text(_ depth: Int) -> Expression {
    if depth == 0 { return .column(pick(["channel", "city"])) }
    switch Int.random(in: 0..<8, using: &random) {
    case 7:
      return .joined([text(depth - 1), .literal(.string(" in "), .string), text(0)])
    case 0:
      return .attribute(
        key: cityKey(1),
        table: "cities",
        value: pick(["region", "title", "parent"])
      )
    case 1: return .text(pick([.lowercase, .uppercase]), text(depth - 1))
    case 2:
      return .conditional(
        [
          ConditionalBranch(when: predicate(1), then: text(depth - 1)),
          ConditionalBranch(when: predicate(0), then: .literal(.string("branch"), .string)),
        ],
        otherwise: chance(2) ? .literal(.string("other"), .string) : text(0)
      )
    case 3: return .coalesce([text(depth - 1), .literal(.string("none"), .string)])
    default: return .column(pick(["channel", "city"]))
    }
  }

  mutating func predicate(_ depth: Int) -> Predicate {
    if depth > 0 {
      switch Int.random(in: 0..<6, using: &random) {
      case 0: return .and([predicate(depth - 1), predicate(depth - 1)])
      case 1: return .or([predicate(depth - 1), predicate(depth - 1)])
      case 2: return .not(predicate(depth - 1))
      default: break
      }
    }
    let relation = pick([
      ComparisonOperator.equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual,
    ])
    let patterns = ["^city [0-3]$", "(a|e)[^a-m]", "note .*Ö$", "o{2}|t+"]
    let tests: [TextTest] =
      [.contains("TE 3"), .startsWith("År"), .endsWith("äö"), .like("%_o%e%")]
      + patterns.compactMap { try? .matches(RegularExpression($0)) }
    let texts = ["amazon", "zepto", "city 4", "city 7", "north", "absent"]
    switch Int.random(in: 0..<16, using: &random) {
    case 14:
      let day = Int64.random(in: 19_640...19_900, using: &random)
      return .compare(mapped(), relation, .literal(.integer(day), .date))
    case 15: return .isNull(mapped())
    case 0:
      let day = Int64.random(in: 19_680...19_900, using: &random)
      return .compare(.column("day"), relation, .literal(.integer(day), .date))
    case 1: return .compare(.literal(.integer(2), .int32), relation, .column("tiny"))
    case 2: return .compare(.column("ratio"), relation, .literal(.double(1.25), .float64))
    case 3:
      return .compare(text(depth > 0 ? 1 : 0), relation, .literal(.string(pick(texts)), .string))
    case 4: return .compare(text(0), relation, text(0))
    case 5:
      return .compare(.column("tiny"), relation, .part(.dayOfWeek, .column("day"), CalendarRule()))
    case 6:
      return .oneOf(text(0), [.string("amazon"), .string("city 3"), .string("absent"), .null])
    case 7:
      return .oneOf(
        .column(pick(["tiny", "large"])),
        [.integer(1), .integer(4), .integer(1 << 40)]
      )
    case 8: return .isNull(pick([.column("note"), .column("tiny"), .column("day"), text(0)]))
    case 9:
      return .text(
        chance(2) ? .column("note") : text(0),
        pick(tests)
      )
    case 10: return .isTrue(.column("open"))
    case 11: return .isUnknown(key: cityKey(1), table: "cities")
    case 12: return .oneOf(.column("ratio"), [.double(0.5), .double(-2)])
    default: return .compare(.column("note"), relation, .literal(.string("note 2 ÄÖ"), .string))
    }
  }
}
