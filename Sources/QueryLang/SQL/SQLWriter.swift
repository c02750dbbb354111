internal import ColumnStore

/// The named steps of a statement and its values, as far as they are written.
struct SQLWriter {
  let dialect: SQLDialect
  private(set) var parameters: [SQLParameter] = []
  private var names: [SQLParameter.Value: String] = [:]
  private var steps: [(name: String, text: String)] = []

  init(_ dialect: SQLDialect) {
    self.dialect = dialect
  }

  /// Adds a named step.
  mutating func add(_ name: String, _ text: String) {
    steps.append((name, text))
  }

  /// The statement that ends with a query over the steps.
  func statement(_ query: String) -> SQLStatement {
    var text = ""
    if !steps.isEmpty {
      let uses = uses(query)
      text =
        "WITH\n"
        + steps.map { step in
          let lines = step.text.split(separator: "\n", omittingEmptySubsequences: false)
          let keeps = dialect == .clickhouse && uses[step.name, default: 0] > 1
          return "\(step.name) AS \(keeps ? "MATERIALIZED " : "")(\n"
            + lines.map { "  \($0)" }.joined(separator: "\n") + "\n)"
        }.joined(separator: ",\n") + "\n"
    }
    text += query
    if dialect == .clickhouse {
      text += "\nSETTINGS join_use_nulls = 1, enable_materialized_cte = 1"
    }
    return SQLStatement(text: text, parameters: parameters)
  }

  /// How often each step is named.
  private func uses(_ query: String) -> [String: Int] {
    var uses: [String: Int] = [:]
    for text in steps.map(\.text) + [query] {
      let words = text.split { !($0.isLetter || $0.isNumber || $0 == "_") }
      for word in words { uses[String(word), default: 0] += 1 }
    }
    return uses
  }

  // MARK: Values

  /// The place of a value in the text; equal values share one.
  mutating func place(_ value: SQLParameter.Value) -> String {
    let name = names[value] ?? "p\(parameters.count + 1)"
    if names[value] == nil {
      names[value] = name
      parameters.append(SQLParameter(name: name, value: value))
    }
    switch dialect {
    case .duckdb: return "CAST($\(name) AS \(duckType(value)))"
    case .clickhouse: return "{\(name):\(clickType(value))}"
    }
  }

  private func duckType(_ value: SQLParameter.Value) -> String {
    switch value {
    case .text: "VARCHAR"
    case .integer: "BIGINT"
    case .number: "DOUBLE"
    case .date: "DATE"
    case .flag: "BOOLEAN"
    case .texts: "VARCHAR[]"
    case .integers: "BIGINT[]"
    case .numbers: "DOUBLE[]"
    case .dates: "DATE[]"
    }
  }

  private func clickType(_ value: SQLParameter.Value) -> String {
    switch value {
    case .text(let text): text == nil ? "Nullable(String)" : "String"
    case .integer(let number): number == nil ? "Nullable(Int64)" : "Int64"
    case .number(let number): number == nil ? "Nullable(Float64)" : "Float64"
    case .date(let day): day == nil ? "Nullable(Date32)" : "Date32"
    case .flag(let flag): flag == nil ? "Nullable(Bool)" : "Bool"
    case .texts: "Array(String)"
    case .integers: "Array(Int64)"
    case .numbers: "Array(Float64)"
    case .dates: "Array(Date32)"
    }
  }

  /// The place of a scalar of a column's type.
  mutating func value(_ scalar: Scalar, _ type: ColumnType) -> SQLValue {
    switch scalar {
    case .null: return dialect.null(SQLValue.kind(of: type))
    case .string(let text): return SQLValue(text: place(.text(text)), kind: .text)
    case .double(let number): return SQLValue(text: place(.number(number)), kind: .double)
    case .integer(let number):
      return type == .date
        ? SQLValue(text: place(.date(Int32(clamping: number))), kind: .date)
        : SQLValue(text: place(.integer(number)), kind: .integer)
    }
  }

  /// The condition that a value is one of a list; nulls in the list count for nothing.
  mutating func isOneOf(_ value: SQLValue, _ list: [Scalar]) -> String {
    let known = list.filter { $0 != .null }
    let place: String
    switch value.kind {
    case .text:
      place = self.place(
        .texts(known.compactMap { if case .string(let text) = $0 { text } else { nil } })
      )
    case .double:
      place = self.place(.numbers(known.compactMap(\.number)))
    case .integer:
      place = self.place(
        .integers(known.compactMap { if case .integer(let number) = $0 { number } else { nil } })
      )
    case .date:
      place = self.place(
        .dates(
          known.compactMap { scalar in
            if case .integer(let day) = scalar { Int32(clamping: day) } else { nil }
          }
        )
      )
    }
    let test =
      dialect == .duckdb
      ? "list_contains(\(place), \(value.text))" : "has(\(place), \(value.text))"
    return dialect.holding(test)
  }
}

extension Scalar {
  /// A number as a double.
  fileprivate var number: Double? {
    switch self {
    case .integer(let number): Double(number)
    case .double(let number): number
    case .null, .string: nil
    }
  }
}

extension SQLValue {
  /// How the values of a stored column are held in a statement.
  static func kind(of type: ColumnType) -> SQLKind {
    switch type {
    case .int32, .int64, .decimal, .bool, .timestamp: .integer
    case .float64: .double
    case .date: .date
    case .string: .text
    }
  }
}
