internal import ColumnStore

/// Writes expressions over the rows of one table, and collects the tables that they look things up
/// in.
struct RowSQL {
  /// A table that is joined to the rows.
  private struct Join: Hashable {
    var table: String
    var key: String
  }

  let schema: TableSchema
  let tables: [String: TableSchema]
  /// What stands for the rows.
  let alias: String
  /// Values that stand for expressions: the bucket of another period for that of the row's date.
  var replaced: [Expression: SQLValue] = [:]
  private(set) var joins: [String] = []
  private var aliases: [Join: String] = [:]

  init(_ schema: TableSchema, _ tables: [String: TableSchema], alias: String = "f") {
    self.schema = schema
    self.tables = tables
    self.alias = alias
  }

  /// Joins something else, and returns what stands for it.
  mutating func join(_ make: (String) -> String) -> String {
    let alias = "j\(joins.count + 1)"
    joins.append(make(alias))
    return alias
  }

  // MARK: Values

  /// The value of an expression.
  mutating func value(_ expression: Expression, _ writer: inout SQLWriter) -> SQLValue {
    if let known = replaced[expression] { return known }
    let dialect = writer.dialect
    switch expression {
    case .column(let name): return column(name, of: schema, alias, dialect)
    case .literal(let scalar, let type): return writer.value(scalar, type)
    case .attribute(let key, let table, let name):
      let joined = lookup(key, table, &writer)
      guard let schema = tables[table] else { return dialect.null(.text) }
      return column(name, of: schema, joined, dialect)
    case .truncated(let inner, let unit, let rule):
      return SQLValue(
        text: dialect.start(of: unit, day(inner, rule, &writer), rule),
        kind: .date
      )
    case .mapped(let inner, let table):
      let day = day(inner, CalendarRule(), &writer)
      return SQLValue(text: writer.mapped(day, table), kind: .date)
    case .day(let inner, let rule): return SQLValue(text: day(inner, rule, &writer), kind: .date)
    case .part(let part, let inner, let rule):
      let moment = instant(inner, rule, &writer) ?? day(inner, rule, &writer)
      return SQLValue(text: dialect.part(part, moment), kind: .integer)
    case .arithmetic(let operation, let left, let right):
      return arithmetic(operation, value(left, &writer), value(right, &writer), dialect)
    case .double(let inner, let scale):
      let number = dialect.double(number(value(inner, &writer), dialect))
      return SQLValue(text: scale == 1 ? number : "(\(number) / \(scale))", kind: .double)
    case .conditional(let branches, let otherwise):
      return conditional(branches, otherwise, &writer)
    case .coalesce(let parts):
      let values = unified(parts.map { value($0, &writer) }, dialect)
      return SQLValue(
        text: "coalesce(\(values.map(\.text).joined(separator: ", ")))",
        kind: values.first?.kind ?? .text
      )
    case .text(let function, let inner):
      return SQLValue(text: dialect.function(function, value(inner, &writer).text), kind: .text)
    case .math(let function, let parts):
      let numbers = parts.map { dialect.double(number(value($0, &writer), dialect)) }
      return SQLValue(text: "(\(dialect.finite(dialect.math(function, numbers))))", kind: .double)
    case .joined(let parts):
      let texts = parts.map { value($0, &writer).text }
      return SQLValue(text: dialect.joined(texts), kind: .text)
    }
  }

  /// A stored column; amounts become ten-thousandths, truth values 0 or 1, instants microseconds.
  private func column(
    _ name: String,
    of schema: TableSchema,
    _ alias: String,
    _ dialect: SQLDialect
  ) -> SQLValue {
    let text = "\(alias).\(dialect.quoted(name))"
    guard let type = schema.field(name)?.type else { return dialect.null(.text) }
    switch type {
    case .int32, .int64, .bool: return SQLValue(text: dialect.integer(text), kind: .integer)
    case .decimal: return SQLValue(text: dialect.tenThousandths(text), kind: .integer)
    case .timestamp: return SQLValue(text: dialect.microseconds(text), kind: .integer)
    case .float64: return SQLValue(text: text, kind: .double)
    case .date: return SQLValue(text: text, kind: .date)
    case .string: return SQLValue(text: text, kind: .text)
    }
  }

  /// What stands for the row of a table with a key.
  private mutating func lookup(
    _ key: Expression,
    _ table: String,
    _ writer: inout SQLWriter
  ) -> String {
    let dialect = writer.dialect
    let value = value(key, &writer).text
    let place = Join(table: table, key: value)
    if let known = aliases[place] { return known }
    let column = tables[table]?.primaryKey.first ?? ""
    let kind = dialect == .duckdb ? "LEFT JOIN" : "ANY LEFT JOIN"
    let alias = join { alias in
      "\(kind) \(dialect.quoted(table)) AS \(alias) ON \(alias).\(dialect.quoted(column)) = \(value)"
    }
    aliases[place] = alias
    return alias
  }

  /// The instant of an expression in a zone; nil for a day.
  private mutating func instant(
    _ expression: Expression,
    _ rule: CalendarRule,
    _ writer: inout SQLWriter
  ) -> String? {
    let stored: String
    switch expression {
    case .column(let name) where schema.field(name)?.type == .timestamp:
      stored = "\(alias).\(writer.dialect.quoted(name))"
    case .attribute(let key, let table, let name)
    where tables[table]?.field(name)?.type == .timestamp:
      stored = "\(lookup(key, table, &writer)).\(writer.dialect.quoted(name))"
    default:
      let value = value(expression, &writer)
      guard value.kind == .integer else { return nil }
      stored = writer.dialect.instant(microseconds: value.text)
    }
    return writer.dialect.local(stored, rule.zone)
  }

  private mutating func day(
    _ expression: Expression,
    _ rule: CalendarRule,
    _ writer: inout SQLWriter
  ) -> String {
    if let instant = instant(expression, rule, &writer) {
      return writer.dialect.dayOfInstant(instant)
    }
    return value(expression, &writer).text
  }

  // MARK: Arithmetic

  /// A number; of a day the number of days since 1970.
  private func number(_ value: SQLValue, _ dialect: SQLDialect) -> String {
    value.kind == .date ? dialect.dayNumber(value.text) : value.text
  }

  private func arithmetic(
    _ operation: ArithmeticOperator,
    _ left: SQLValue,
    _ right: SQLValue,
    _ dialect: SQLDialect
  ) -> SQLValue {
    let (one, other) = (number(left, dialect), number(right, dialect))
    let kind: SQLKind = left.kind == .double || right.kind == .double ? .double : .integer
    switch operation {
    case .add: return SQLValue(text: "(\(one) + \(other))", kind: kind)
    case .subtract: return SQLValue(text: "(\(one) - \(other))", kind: kind)
    case .multiply: return SQLValue(text: "(\(one) * \(other))", kind: kind)
    case .divide:
      let quotient = "\(dialect.double(one)) / nullIf(\(dialect.double(other)), 0)"
      return SQLValue(text: "(\(quotient))", kind: .double)
    }
  }

  private mutating func conditional(
    _ branches: [ConditionalBranch],
    _ otherwise: Expression,
    _ writer: inout SQLWriter
  ) -> SQLValue {
    let conditions = branches.map { condition($0.condition, &writer) }
    var values = branches.map { value($0.value, &writer) }
    values.append(value(otherwise, &writer))
    let unified = unified(values, writer.dialect)
    var text = "CASE"
    for (condition, value) in zip(conditions, unified) {
      text += " WHEN \(condition) THEN \(value.text)"
    }
    let last = unified[unified.count - 1]
    return SQLValue(text: "\(text) ELSE \(last.text) END", kind: last.kind)
  }

  /// Values of one kind.
  private func unified(_ values: [SQLValue], _ dialect: SQLDialect) -> [SQLValue] {
    let kinds = Set(values.map(\.kind))
    if kinds.count < 2 { return values }
    return values.map { value in
      let number = number(value, dialect)
      return kinds.contains(.double)
        ? SQLValue(text: dialect.double(number), kind: .double)
        : SQLValue(text: number, kind: .integer)
    }
  }

  // MARK: Conditions

  /// A condition, which holds or does not.
  mutating func condition(_ predicate: Predicate, _ writer: inout SQLWriter) -> String {
    let dialect = writer.dialect
    switch predicate {
    case .constant(let flag): return flag ? "true" : "false"
    case .and(let parts):
      return "(" + parts.map { condition($0, &writer) }.joined(separator: " AND ") + ")"
    case .or(let parts):
      return "(" + parts.map { condition($0, &writer) }.joined(separator: " OR ") + ")"
    case .not(let inner): return "NOT \(condition(inner, &writer))"
    case .compare(let left, let operation, let right):
      let values = unified([value(left, &writer), value(right, &writer)], dialect)
      return dialect.holding("\(values[0].text) \(operation.sign) \(values[1].text)")
    case .oneOf(let value, let list):
      return writer.isOneOf(self.value(value, &writer), list)
    case .isNull(let value): return "(\(self.value(value, &writer).text) IS NULL)"
    case .isTrue(let value): return dialect.holding("\(self.value(value, &writer).text) = 1")
    case .isUnknown(let key, let table):
      let value = value(key, &writer).text
      let joined = lookup(key, table, &writer)
      let column = tables[table]?.primaryKey.first ?? ""
      return "(\(value) IS NOT NULL AND \(joined).\(dialect.quoted(column)) IS NULL)"
    case .text(let value, let test):
      return dialect.holding(self.test(self.value(value, &writer).text, test, &writer))
    }
  }

  private func test(_ text: String, _ test: TextTest, _ writer: inout SQLWriter) -> String {
    let dialect = writer.dialect
    let folded = dialect.function(.lowercase, text)
    func part(_ part: String) -> String {
      dialect.function(.lowercase, writer.place(.text(part)))
    }
    switch (test, dialect) {
    case (.contains(let text), .duckdb): return "contains(\(folded), \(part(text)))"
    case (.contains(let text), .clickhouse): return "position(\(folded), \(part(text))) > 0"
    case (.startsWith(let text), .duckdb): return "starts_with(\(folded), \(part(text)))"
    case (.startsWith(let text), .clickhouse): return "startsWith(\(folded), \(part(text)))"
    case (.endsWith(let text), .duckdb): return "ends_with(\(folded), \(part(text)))"
    case (.endsWith(let text), .clickhouse): return "endsWith(\(folded), \(part(text)))"
    case (.like(let pattern), .duckdb): return "\(text) LIKE \(writer.place(.text(pattern)))"
    case (.like(let pattern), .clickhouse):
      let escaped = pattern.split(separator: "\\", omittingEmptySubsequences: false)
        .joined(separator: "\\\\")
      return "\(text) LIKE \(writer.place(.text(escaped)))"
    case (.matches(let expression), .duckdb):
      return "regexp_matches(\(text), \(writer.place(.text(expression.pattern))))"
    case (.matches(let expression), .clickhouse):
      // Its `.` takes line ends unless the pattern says otherwise.
      return "match(\(text), \(writer.place(.text("(?-s)" + expression.pattern))))"
    }
  }
}
