import ColumnStore
import TestKit

/// A row evaluator in the plainest form, against which the executor is compared.
///
/// It knows nothing of blocks, codes, tables or bitmaps. An overflow gives nil.
struct ScanReference {
  typealias Row = [String: Scalar]

  let facts: [Row]
  let cities: [String: Row]

  init(_ fixture: ScanFixture) {
    facts = fixture.factRows
    var cities: [String: Row] = [:]
    for row in fixture.cityRows { if case .string(let name) = row["city"] { cities[name] = row } }
    self.cities = cities
  }

  // MARK: Rows

  func value(_ expression: Expression, _ row: Row) -> Scalar {
    switch expression {
    case .column(let name): return row[name] ?? .null
    case .literal(let scalar, _): return scalar
    case .attribute(let key, _, let name):
      guard case .string(let city) = value(key, row) else { return .null }
      return cities[city]?[name] ?? .null
    case .truncated(let source, let unit, let rule):
      guard let day = day(source, row, rule) else { return .null }
      return .integer(start(day, unit, rule))
    case .mapped(let source, let table):
      guard case .integer(let day) = value(source, row) else { return .null }
      for (place, mapped) in table.days.enumerated() where Int64(table.first) + Int64(place) == day
      {
        return mapped.map { .integer(Int64($0)) } ?? .null
      }
      return .null
    case .part(let part, let source, let rule):
      if part == .hourOfDay {
        guard case .integer(let instant) = value(source, row) else { return .null }
        let local = instant + offset(rule, instant)
        return .integer(((local / 3_600_000_000) % 24 + 24) % 24)
      }
      guard let day = day(source, row, rule) else { return .null }
      return .integer(self.part(part, day))
    case .day(let source, let rule): return day(source, row, rule).map { .integer($0) } ?? .null
    case .arithmetic(let sign, let left, let right):
      return calculate(value(left, row), sign, value(right, row))
    case .double(let source, let scale):
      guard case .integer(let integer) = value(source, row) else { return .null }
      return .double(Double(integer) / scale)
    case .conditional(let branches, let otherwise):
      for branch in branches where holds(branch.condition, row) { return value(branch.value, row) }
      return value(otherwise, row)
    case .coalesce(let parts):
      return parts.lazy.map { value($0, row) }.first { $0 != .null } ?? .null
    case .text(let function, let source):
      guard case .string(let text) = value(source, row) else { return .null }
      switch function {
      case .lowercase: return .string(text.lowercased())
      case .uppercase: return .string(text.uppercased())
      case .trimmed: return .string(text)
      }
    case .math(let function, let parts):
      let numbers = parts.map { value($0, row) }
      guard !numbers.contains(.null), let first = numbers.first, let last = numbers.last else {
        return .null
      }
      let result = NaiveMath.value(function, double(first), double(last))
      return result.isFinite ? .double(result) : .null
    case .joined(let parts):
      var joined = ""
      for part in parts {
        guard case .string(let text) = value(part, row) else { return .null }
        joined += text
      }
      return .string(joined)
    }
  }

  func holds(_ predicate: Predicate, _ row: Row) -> Bool {
    switch predicate {
    case .constant(let holds): return holds
    case .and(let parts): return parts.allSatisfy { holds($0, row) }
    case .or(let parts): return parts.contains { holds($0, row) }
    case .not(let part): return !holds(part, row)
    case .compare(let left, let relation, let right):
      return compare(value(left, row), relation, value(right, row))
    case .oneOf(let expression, let list):
      let found = value(expression, row)
      return found != .null && list.contains(found)
    case .isNull(let expression): return value(expression, row) == .null
    case .text(let expression, let test):
      guard case .string(let text) = value(expression, row) else { return false }
      let lower = text.lowercased()
      switch test {
      case .contains(let part):
        return (0...lower.count).contains { lower.dropFirst($0).hasPrefix(part.lowercased()) }
      case .startsWith(let part): return lower.hasPrefix(part.lowercased())
      case .endsWith(let part): return lower.hasSuffix(part.lowercased())
      case .like(let pattern): return like(Array(text), Array(pattern)[...])
      case .matches(let pattern): return fits(text, pattern.pattern)
      }
    case .isTrue(let expression): return value(expression, row) == .integer(1)
    case .isUnknown(let key, _):
      guard case .string(let city) = value(key, row) else { return false }
      return cities[city] == nil
    }
  }

  /// Searches with the regular expressions of the standard library, for patterns that mean the same
  /// there.
  private func fits(_ text: String, _ pattern: String) -> Bool {
    guard let regex = try? Regex(pattern) else { return false }
    return text.firstMatch(of: regex.matchingSemantics(.unicodeScalar)) != nil
  }

  private func like(_ text: [Character], _ pattern: ArraySlice<Character>) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    if first == "%" {
      return (0...text.count).contains { like(Array(text.dropFirst($0)), pattern.dropFirst()) }
    }
    guard let letter = text.first, first == "_" || first == letter else { return false }
    return like(Array(text.dropFirst()), pattern.dropFirst())
  }

  func compare(_ left: Scalar, _ relation: ComparisonOperator, _ right: Scalar) -> Bool {
    guard left != .null, right != .null else { return false }
    let isLess = precedes(left, right)
    let isGreater = precedes(right, left)
    switch relation {
    case .equal: return !isLess && !isGreater
    case .notEqual: return isLess || isGreater
    case .less: return isLess
    case .lessOrEqual: return !isGreater
    case .greater: return isGreater
    case .greaterOrEqual: return !isLess
    }
  }

  func precedes(_ left: Scalar, _ right: Scalar) -> Bool {
    switch (left, right) {
    case (.integer(let one), .integer(let other)): one < other
    case (.double(let one), .double(let other)): one < other
    case (.string(let one), .string(let other)): one.utf8.lexicographicallyPrecedes(other.utf8)
    default: false
    }
  }

  private func calculate(_ left: Scalar, _ sign: ArithmeticOperator, _ right: Scalar) -> Scalar {
    switch (left, right) {
    case (.integer(let one), .integer(let other)):
      switch sign {
      case .add: return .integer(one &+ other)
      case .subtract: return .integer(one &- other)
      case .multiply: return .integer(one &* other)
      case .divide: return other == 0 ? .null : .double(Double(one) / Double(other))
      }
    case (.double(let one), .double(let other)):
      switch sign {
      case .add: return .double(one + other)
      case .subtract: return .double(one - other)
      case .multiply: return .double(one * other)
      case .divide: return other == 0 ? .null : .double(one / other)
      }
    default: return .null
    }
  }

  // MARK: Calendar, day by day

  private func day(_ source: Expression, _ row: Row, _ rule: CalendarRule) -> Int64? {
    guard case .integer(let number) = value(source, row) else { return nil }
    guard abs(number) > 1 << 32 else { return number }
    let local = number + offset(rule, number)
    return (local - ((local % 86_400_000_000) + 86_400_000_000) % 86_400_000_000) / 86_400_000_000
  }

  private func offset(_ rule: CalendarRule, _ instant: Int64) -> Int64 {
    let passed = rule.zone.changes.count { $0 <= instant }
    return Int64(rule.zone.offsets[passed]) * 1_000_000
  }

  private func civil(_ day: Int64) -> (year: Int64, month: Int64, day: Int64) {
    var year: Int64 = 1970
    var left = day
    func length(_ year: Int64) -> Int64 {
      year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 366 : 365
    }
    while left < 0 { year -= 1; left += length(year) }
    while left >= length(year) { left -= length(year); year += 1 }
    let february: Int64 = length(year) == 366 ? 29 : 28
    var month: Int64 = 1
    for days in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
      if left < days { break }
      left -= days
      month += 1
    }
    return (year, month, left + 1)
  }

  private func start(_ day: Int64, _ unit: CalendarUnit, _ rule: CalendarRule) -> Int64 {
    var first = day
    func isStart(_ day: Int64) -> Bool {
      let date = civil(day)
      let fiscal = (date.month - Int64(rule.fiscalStartMonth) + 12) % 12
      switch unit {
      case .day: return true
      case .week: return part(.dayOfWeek, day) == Int64(rule.weekStart)
      case .month: return date.day == 1
      case .quarter: return date.day == 1 && date.month % 3 == 1
      case .year: return date.day == 1 && date.month == 1
      case .fiscalQuarter: return date.day == 1 && fiscal % 3 == 0
      case .fiscalYear: return date.day == 1 && fiscal == 0
      }
    }
    while !isStart(first) { first -= 1 }
    return first
  }

  func part(_ part: DatePart, _ day: Int64) -> Int64 {
    switch part {
    case .dayOfWeek: return ((day + 3) % 7 + 7) % 7 + 1
    case .dayOfMonth: return civil(day).day
    case .monthOfYear: return civil(day).month
    case .weekOfYear:
      let thursday = day + 4 - self.part(.dayOfWeek, day)
      let year = civil(thursday).year
      var count: Int64 = 0
      var probe = thursday
      while civil(probe).year == year { count += 1; probe -= 7 }
      return count
    case .hourOfDay: return 0
    }
  }

  // MARK: Plans

  /// The rows of the answer: keys, then aggregates, as scalars; sums of integers as texts of their
  /// digits.
  func answer(_ plan: ScanPlan) -> [[Scalar]] {
    var groups: [[Scalar]: [Row]] = [:]
    if plan.keys.isEmpty { groups[[]] = [] }
    for row in facts where holds(plan.filter, row) {
      groups[plan.keys.map { value($0.expression, row) }, default: []].append(row)
    }
    var rows = groups.map { key, rows in
      key + plan.aggregates.map { aggregate($0, rows) }
    }
    let names = plan.keys.map(\.name) + plan.aggregates.map(\.name)
    let order = plan.order + plan.keys.map { ScanPlan.Order($0.name) }
    func compare(_ steps: [ScanPlan.Order], _ left: [Scalar], _ right: [Scalar]) -> Int {
      for step in steps {
        let place = names.firstIndex(of: step.column) ?? 0
        let zero: Scalar = step.takesNullForZero && isSum(step.column, plan) ? .string("0") : .null
        let one = left[place] == .null ? zero : left[place]
        let other = right[place] == .null ? zero : right[place]
        if one == other { continue }
        if one == .null || other == .null { return other == .null ? -1 : 1 }
        return (step.isDescending ? sorts(other, one) : sorts(one, other)) ? -1 : 1
      }
      return 0
    }
    rows.sort { compare(order, $0, $1) < 0 }
    guard let limit = plan.limit, limit < rows.count else { return rows }
    guard plan.keepsTies, limit > 0 else { return Array(rows.prefix(limit)) }
    return Array(rows.prefix(limit))
      + rows[limit...].prefix { compare(plan.order, $0, rows[limit - 1]) == 0 }
  }

  /// Tells whether a column is a sum of integers.
  private func isSum(_ name: String, _ plan: ScanPlan) -> Bool {
    guard case .sum = plan.aggregates.first(where: { $0.name == name })?.function else {
      return false
    }
    return true
  }

  private func sorts(_ left: Scalar, _ right: Scalar) -> Bool {
    if case .string(let one) = left, case .string(let other) = right,
      let small = Int128(one), let large = Int128(other)
    {
      return small < large
    }
    return precedes(left, right)
  }

  private func aggregate(_ aggregate: Aggregate, _ all: [Row]) -> Scalar {
    let rows = aggregate.filter.map { filter in all.filter { holds(filter, $0) } } ?? all
    func values(_ expression: Expression) -> [Scalar] {
      rows.map { value(expression, $0) }.filter { $0 != .null }
    }
    switch aggregate.function {
    case .countRows: return .integer(Int64(rows.count))
    case .count(let expression): return .integer(Int64(values(expression).count))
    case .sum(let expression):
      let found = values(expression)
      if found.isEmpty { return .null }
      if case .double = found[0] { return .double(found.reduce(0) { $0 + double($1) }) }
      let sum = found.reduce(Int128(0)) { $0 + Int128(ScanFixture.integer($1)) }
      return .string(String(sum))
    case .minimum(let expression): return values(expression).min(by: precedes) ?? .null
    case .maximum(let expression): return values(expression).max(by: precedes) ?? .null
    case .average(let expression, let scale):
      let found = values(expression)
      if found.isEmpty { return .null }
      return .double(found.reduce(0) { $0 + double($1) } / (Double(found.count) * scale))
    case .percentile(let expression, let fraction, let scale):
      let sorted = values(expression).map { double($0) }.sorted()
      if sorted.isEmpty { return .null }
      let place = fraction * Double(sorted.count - 1)
      let (lower, upper) = (sorted[Int(place)], sorted[min(Int(place) + 1, sorted.count - 1)])
      return .double((lower + (upper - lower) * (place - place.rounded(.down))) / scale)
    case .countDistinct(let expressions):
      let tuples = rows.map { row in expressions.map { value($0, row) } }
      return .integer(Int64(Set(tuples.filter { !$0.contains(.null) }).count))
    }
  }

  private func double(_ scalar: Scalar) -> Double {
    switch scalar {
    case .double(let value): value
    case .integer(let value): Double(value)
    case .null, .string: 0
    }
  }
}
