/// A database to whose SQL a report can be lowered.
public enum SQLDialect: String, Sendable, CaseIterable {
  /// DuckDB 1.1 and later.
  case duckdb
  /// ClickHouse 25.8 and later.
  case clickhouse
}

/// One complete statement, and the values that travel beside it.
public struct SQLStatement: Sendable, Hashable {
  /// The text; `$name` in DuckDB and `{name:Type}` in ClickHouse stand for parameters.
  public var text: String
  /// The values, in the order in which the text names them first.
  public var parameters: [SQLParameter]

  /// Makes a statement.
  public init(text: String, parameters: [SQLParameter]) {
    self.text = text
    self.parameters = parameters
  }
}

/// A named value of a statement.
public struct SQLParameter: Sendable, Hashable {
  /// A value with its type; nil is null.
  public enum Value: Sendable, Hashable {
    case text(String?)
    case integer(Int64?)
    /// A finite double.
    case number(Double?)
    /// Days since 1970-01-01.
    case date(Int32?)
    case flag(Bool?)
    case texts([String])
    case integers([Int64])
    case numbers([Double])
    /// Days since 1970-01-01.
    case dates([Int32])
  }

  /// The name in the text, without its mark.
  public var name: String
  /// The value.
  public var value: Value

  /// Makes a parameter.
  public init(name: String, value: Value) {
    self.name = name
    self.value = value
  }
}

extension SQLStatement: CustomStringConvertible {
  /// The text, and below it each parameter as a comment.
  public var description: String {
    let lines = parameters.map { parameter in
      // A comment ends with its line, whatever a text has in it.
      let value = parameter.value.description.split(
        omittingEmptySubsequences: false,
        whereSeparator: \.isNewline
      )
      return "-- \(parameter.name) = \(value.joined(separator: " "))"
    }
    return ([text] + lines).joined(separator: "\n")
  }
}

extension SQLParameter.Value: CustomStringConvertible {
  /// The value as people write it: texts between quotes, days as ISO dates.
  public var description: String {
    func quoted(_ text: String) -> String {
      "'\(text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))'"
    }
    func list(_ values: [String]) -> String { "[\(values.joined(separator: ", "))]" }
    return switch self {
    case .text(let text): text.map { quoted($0) } ?? "null"
    case .integer(let number): number.map { "\($0)" } ?? "null"
    case .number(let number): number.map { "\($0)" } ?? "null"
    case .date(let day): day.map { CivilDay(number: $0).text } ?? "null"
    case .flag(let flag): flag.map { "\($0)" } ?? "null"
    case .texts(let texts): list(texts.map { quoted($0) })
    case .integers(let numbers): list(numbers.map { "\($0)" })
    case .numbers(let numbers): list(numbers.map { "\($0)" })
    case .dates(let days): list(days.map { CivilDay(number: $0).text })
    }
  }
}
