internal import QueryLang

/// The form in which a report's answer is wanted.
enum ResultShape: String, Sendable, CaseIterable {
  case table
  case series
}

/// The body of a request to run a report.
struct QueryRequest: Sendable, Equatable {
  /// The text of the report.
  let query: String
  /// The form of the answer.
  let shape: ResultShape
  /// The day that counts as today, in days since 1970; nil for the server's own.
  let asOf: Int32?
  /// The time zone of the report; nil for the model's own.
  let timezone: String?

  /// Reads a body.
  init(_ body: JSONBody) throws(Problem) {
    try body.allow(["query", "shape", "params", "asOf", "timezone"])
    query = try body.requiredText("query")
    shape = try Self.shape(try body.text("shape"))
    asOf = try Self.day(try body.text("asOf"))
    timezone = try body.text("timezone")
    if try body.memberCount("params") > 0 {
      throw .notSupported(
        "parameters are not supported: write the values into the report and leave out params"
      )
    }
  }

  private static func shape(_ name: String?) throws(Problem) -> ResultShape {
    guard let name else { return .table }
    guard let shape = ResultShape(rawValue: name) else {
      throw .malformedBody("shape is \"\(name)\", but must be \"table\" or \"series\"")
    }
    return shape
  }

  private static func day(_ text: String?) throws(Problem) -> Int32? {
    guard let text else { return nil }
    guard let day = DayText.number(of: text) else {
      throw .malformedBody("asOf is \"\(text)\", but must be a day such as \"2026-04-01\"")
    }
    return day
  }
}

/// The body of a request to check a report.
struct CheckRequest: Sendable, Equatable {
  /// The text of the report.
  let query: String

  /// Reads a body.
  init(_ body: JSONBody) throws(Problem) {
    try body.allow(["query"])
    query = try body.requiredText("query")
  }
}

/// Days as requests write them.
enum DayText {
  /// Returns the day of a text such as `2026-04-01`, in days since 1970, or nil.
  static func number(of text: String) -> Int32? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.utf8.count) == [4, 2, 2],
      parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
      let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
    else { return nil }
    return CivilDay(checkedYear: year, month: month, day: day)?.number
  }
}
