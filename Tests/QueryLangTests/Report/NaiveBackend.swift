import ColumnStore
import TestKit

/// Answers plans row by row over rows kept as dictionaries: slow, plain, and without any code of the
/// real executor.
struct NaiveBackend: ScanBackend {
  typealias Row = [String: Scalar]

  var tables: [String: [Row]]
  var schemas: [String: TableSchema]
  let snapshotVersion: UInt64 = 7

  init(_ tables: [String: [Row]], schemas: [TableSchema]) {
    self.tables = tables
    self.schemas = Dictionary(uniqueKeysWithValues: schemas.map { ($0.name, $0) })
  }

  func schema(of table: String) -> TableSchema? { schemas[table] }

  func execute(_ plan: ScanPlan, limits: ScanLimits) async throws -> ResultTable {
    guard let schema = schemas[plan.table] else { throw StoreError.unknownTable(plan.table) }
    let rows = (tables[plan.table] ?? []).filter { holds(plan.filter, $0) }
    var order: [[Scalar]] = []
    var groups: [[Scalar]: [Row]] = [:]
    if plan.keys.isEmpty {
      order = [[]]
      groups[[]] = []
    }
    for row in rows {
      let key = plan.keys.map { value($0.expression, row) }
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(row)
    }
    var columns: [ResultTable.Column] = []
    for (index, key) in plan.keys.enumerated() {
      columns.append(column(key.name, order.map { $0[index] }))
    }
    for aggregate in plan.aggregates {
      let values = order.map { key in
        let members = (groups[key] ?? []).filter { row in
          aggregate.filter.map { holds($0, row) } ?? true
        }
        return self.aggregate(aggregate.function, members)
      }
      columns.append(column(aggregate.name, values, isSum: aggregate.function.isSum))
    }
    _ = schema
    return ResultTable(columns: columns, rowCount: order.count)
  }

  private func column(_ name: String, _ values: [Scalar], isSum: Bool = false)
    -> ResultTable.Column
  {
    if values.contains(where: { if case .string = $0 { true } else { false } }) {
      let texts = values.map { if case .string(let text) = $0 { text } else { String?.none } }
      return ResultTable.Column(name: name, type: .string, values: .strings(texts))
    }
    if values.contains(where: { if case .double = $0 { true } else { false } }) {
      let numbers = values.map { if case .double(let number) = $0 { number } else { Double?.none } }
      return ResultTable.Column(name: name, type: .float64, values: .doubles(numbers))
    }
    let numbers = values.map { if case .integer(let number) = $0 { number } else { Int64?.none } }
    if isSum {
      let wide = numbers.map { $0.map { Int128($0) } }
      return ResultTable.Column(name: name, type: .int64, values: .wide(wide))
    }
    return ResultTable.Column(name: name, type: .int64, values: .integers(numbers))
  }

  private func aggregate(_ function: AggregateFunction, _ rows: [Row]) -> Scalar {
    func values(_ expression: Expression) -> [Scalar] {
      rows.map { value(expression, $0) }.filter { $0 != .null }
    }
    switch function {
    case .countRows: return .integer(Int64(rows.count))
    case .count(let expression): return .integer(Int64(values(expression).count))
    case .sum(let expression):
      let found = values(expression)
      if found.isEmpty { return .null }
      if case .double = found[0] { return .double(found.reduce(0) { $0 + $1.asDouble }) }
      return .integer(found.reduce(0) { $0 + $1.asInteger })
    case .minimum(let expression): return values(expression).min(by: Scalar.precedes) ?? .null
    case .maximum(let expression): return values(expression).max(by: Scalar.precedes) ?? .null
    case .average(let expression, let scale):
      let found = values(expression)
      if found.isEmpty { return .null }
      return .double(found.reduce(0) { $0 + $1.asDouble } / Double(found.count) / scale)
    case .percentile(let expression, let fraction, let scale):
      let sorted = values(expression).map(\.asDouble).sorted()
      if sorted.isEmpty { return .null }
      let place = fraction * Double(sorted.count - 1)
      let (lower, upper) = (sorted[Int(place)], sorted[min(Int(place) + 1, sorted.count - 1)])
      return .double((lower + (upper - lower) * (place - place.rounded(.down))) / scale)
    case .countDistinct(let expressions):
      var seen: Set<[Scalar]> = []
      for row in rows {
        let tuple = expressions.map { value($0, row) }
        if !tuple.contains(.null) { seen.insert(tuple) }
      }
      return .integer(Int64(seen.count))
    }
  }

  private func lookUp(_ key: Scalar, _ table: String) -> Row? {
    guard key != .null, let column = schemas[table]?.primaryKey.first else { return nil }
    return tables[table]?.first { $0[column] == key }
  }

  func value(_ expression: Expression, _ row: Row) -> Scalar {
    switch expression {
    case .column(let name): return row[name] ?? .null
    case .literal(let scalar, _): return scalar
    case .attribute(let key, let table, let column):
      return lookUp(value(key, row), table)?[column] ?? .null
    case .truncated(let inner, let unit, let rule):
      guard case .integer(let day) = value(inner, row) else { return .null }
      return .integer(Int64(NaiveCalendar.start(of: unit, Int32(day), rule)))
    case .mapped(let inner, let table):
      guard case .integer(let day) = value(inner, row) else { return .null }
      let place = day - Int64(table.first)
      guard place >= 0, place < Int64(table.days.count) else { return .null }
      return table.days[Int(place)].map { .integer(Int64($0)) } ?? .null
    case .part(let part, let inner, let rule):
      guard case .integer(let number) = value(inner, row) else { return .null }
      if part == .hourOfDay {
        let local = number + Int64(rule.zone.offsets[0]) * 1_000_000
        return .integer((local / 3_600_000_000) % 24)
      }
      return .integer(NaiveCalendar.part(part, Int32(number)))
    case .day(let inner, let rule):
      guard case .integer(let instant) = value(inner, row) else { return .null }
      return .integer((instant + Int64(rule.zone.offsets[0]) * 1_000_000) / 86_400_000_000)
    case .arithmetic(let operation, let left, let right):
      return arithmetic(operation, value(left, row), value(right, row))
    case .double(let inner, let scale):
      let number = value(inner, row)
      return number == .null ? .null : .double(number.asDouble / scale)
    case .conditional(let branches, let otherwise):
      for branch in branches where holds(branch.condition, row) { return value(branch.value, row) }
      return value(otherwise, row)
    case .coalesce(let values):
      return values.lazy.map { value($0, row) }.first { $0 != .null } ?? .null
    case .text(let function, let inner):
      guard case .string(let text) = value(inner, row) else { return .null }
      switch function {
      case .lowercase: return .string(text.lowercased())
      case .uppercase: return .string(text.uppercased())
      case .trimmed:
        return .string(String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()))
      }
    case .math(let function, let parts):
      let numbers = parts.map { value($0, row) }
      guard !numbers.contains(.null), let first = numbers.first, let last = numbers.last else {
        return .null
      }
      let result = NaiveMath.value(function, first.asDouble, last.asDouble)
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

  private func arithmetic(_ operation: ArithmeticOperator, _ left: Scalar, _ right: Scalar)
    -> Scalar
  {
    if left == .null || right == .null { return .null }
    if case .integer(let one) = left, case .integer(let other) = right {
      switch operation {
      case .add: return .integer(one + other)
      case .subtract: return .integer(one - other)
      case .multiply: return .integer(one * other)
      case .divide: break
      }
    }
    let (one, other) = (left.asDouble, right.asDouble)
    switch operation {
    case .add: return .double(one + other)
    case .subtract: return .double(one - other)
    case .multiply: return .double(one * other)
    case .divide: return other == 0 ? .null : .double(one / other)
    }
  }

  func holds(_ predicate: Predicate, _ row: Row) -> Bool {
    switch predicate {
    case .constant(let flag): return flag
    case .and(let parts): return parts.allSatisfy { holds($0, row) }
    case .or(let parts): return parts.contains { holds($0, row) }
    case .not(let inner): return !holds(inner, row)
    case .compare(let left, let operation, let right):
      let (one, other) = (value(left, row), value(right, row))
      if one == .null || other == .null { return false }
      switch operation {
      case .equal: return one == other
      case .notEqual: return one != other
      case .less: return Scalar.precedes(one, other)
      case .lessOrEqual: return !Scalar.precedes(other, one)
      case .greater: return Scalar.precedes(other, one)
      case .greaterOrEqual: return !Scalar.precedes(one, other)
      }
    case .oneOf(let subject, let list):
      let found = value(subject, row)
      return found != .null && list.contains(found)
    case .isNull(let subject): return value(subject, row) == .null
    case .isTrue(let subject): return value(subject, row) == .integer(1)
    case .isUnknown(let key, let table):
      let found = value(key, row)
      return found != .null && lookUp(found, table) == nil
    case .text(let subject, let test):
      guard case .string(let text) = value(subject, row) else { return false }
      switch test {
      case .contains(let part): return text.lowercased().contains(part.lowercased())
      case .startsWith(let part): return text.lowercased().hasPrefix(part.lowercased())
      case .endsWith(let part): return text.lowercased().hasSuffix(part.lowercased())
      case .like(let pattern): return NaiveBackend.isLike(Array(text), Array(pattern))
      case .matches(let expression):
        guard let regex = try? Regex(expression.pattern) else { return false }
        return text.firstMatch(of: regex.matchingSemantics(.unicodeScalar)) != nil
      }
    }
  }

  private static func isLike(_ text: [Character], _ pattern: [Character]) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    let rest = Array(pattern.dropFirst())
    if first == "%" {
      return (0...text.count).contains { isLike(Array(text.dropFirst($0)), rest) }
    }
    guard let head = text.first, first == "_" || first == head else { return false }
    return isLike(Array(text.dropFirst()), rest)
  }
}

extension Scalar {
  var asDouble: Double {
    switch self {
    case .integer(let number): Double(number)
    case .double(let number): number
    case .null, .string: 0
    }
  }

  var asInteger: Int64 {
    if case .integer(let number) = self { return number }
    return 0
  }

  static func precedes(_ left: Scalar, _ right: Scalar) -> Bool {
    if case .string(let one) = left, case .string(let other) = right {
      return one.utf8.lexicographicallyPrecedes(other.utf8)
    }
    return left.asDouble < right.asDouble
  }
}

extension AggregateFunction {
  var isSum: Bool {
    if case .sum = self { return true }
    return false
  }
}

/// Dates counted day by day from 1970, without any arithmetic on eras.
enum NaiveCalendar {
  static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  static func length(_ month: Int, _ year: Int) -> Int {
    [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }

  static func date(_ number: Int32) -> (year: Int, month: Int, day: Int) {
    var (year, month) = (1970, 1)
    var rest = Int(number)
    while rest >= (isLeap(year) ? 366 : 365) {
      rest -= isLeap(year) ? 366 : 365
      year += 1
    }
    while rest >= length(month, year) {
      rest -= length(month, year)
      month += 1
    }
    return (year, month, rest + 1)
  }

  static func number(_ year: Int, _ month: Int, _ day: Int) -> Int32 {
    var days = day - 1
    for other in 1970..<year { days += isLeap(other) ? 366 : 365 }
    for other in 1..<month { days += length(other, year) }
    return Int32(days)
  }

  static func start(of unit: CalendarUnit, _ day: Int32, _ rule: CalendarRule) -> Int32 {
    let (year, month, _) = date(day)
    let fiscalStart = Int(rule.fiscalStartMonth)
    switch unit {
    case .day: return day
    case .week: return day - Int32((Int(day) + 3 - (Int(rule.weekStart) - 1)) % 7)
    case .month: return number(year, month, 1)
    case .quarter: return number(year, (month - 1) / 3 * 3 + 1, 1)
    case .year: return number(year, 1, 1)
    case .fiscalYear: return number(month >= fiscalStart ? year : year - 1, fiscalStart, 1)
    case .fiscalQuarter:
      var (firstYear, firstMonth) = (year, month)
      while (firstMonth - fiscalStart + 12) % 3 != 0 {
        firstMonth -= 1
        if firstMonth == 0 { (firstYear, firstMonth) = (firstYear - 1, 12) }
      }
      return number(firstYear, firstMonth, 1)
    }
  }

  static func part(_ part: DatePart, _ day: Int32) -> Int64 {
    let (_, month, dayOfMonth) = date(day)
    switch part {
    case .dayOfWeek: return Int64((day + 3) % 7 + 1)
    case .dayOfMonth: return Int64(dayOfMonth)
    case .monthOfYear: return Int64(month)
    case .weekOfYear:
      let thursday = day - (day + 3) % 7 + 3
      let first = number(date(thursday).year, 1, 1)
      return Int64((thursday - first) / 7 + 1)
    case .hourOfDay: return 0
    }
  }
}
