/// A function of the language with what it takes.
struct FunctionSignature: Sendable, Hashable {
  /// Where a function can stand.
  enum Level: Sendable, Hashable {
    /// Where one value for each group is needed.
    case groups
    /// Where one value for each row is needed.
    case rows
    case both
  }

  /// A value that a function takes.
  struct Parameter: Sendable, Hashable {
    let name: String
    let meaning: String

    init(_ name: String, _ meaning: String) {
      self.name = name
      self.meaning = meaning
    }
  }

  /// The name as the language writes it.
  let name: String
  let level: Level
  let parameters: [Parameter]
  /// What it gives, in a sentence.
  let summary: String

  /// The call as text, such as `ROUND(value, digits)`.
  var text: String { "\(name)(\(parameters.map(\.name).joined(separator: ", ")))" }

  /// The signature of a function; nil for words that cannot be called.
  static func named(_ word: String) -> FunctionSignature? {
    let folded = CatalogName.folded(word)
    if let known = all.first(where: { CatalogName.folded($0.name) == folded }) { return known }
    if let grain = ReportGrain(rawValue: folded), Binder.grains.contains(grain) {
      return FunctionSignature(
        name: folded,
        level: .rows,
        parameters: [Parameter("date", "a column with a date")],
        summary: "The \(folded.titled.lowercased()) that a date lies in"
      )
    }
    guard Binder.dateParts[folded] != nil else { return nil }
    return FunctionSignature(
      name: folded,
      level: .rows,
      parameters: [Parameter("date", "a column with a date")],
      summary: "The \(folded.titled.lowercased()) of a date"
    )
  }

  private static let column = Parameter("fact.column", "a column of a fact, such as order_line.qty")
  private static let value = Parameter("value", "a number or a metric")

  /// The functions of metrics and rows that can run; grains and parts of dates are functions too.
  static let all = aggregates + ofNumbers + ofMathematics + ofTexts

  private static let aggregates = [
    FunctionSignature(
      name: "SUM",
      level: .groups,
      parameters: [column],
      summary: "The sum over the rows of a group"
    ),
    FunctionSignature(
      name: "COUNT",
      level: .groups,
      parameters: [
        Parameter("what", "a fact for its rows, or DISTINCT and what differs, such as a dimension")
      ],
      summary: "How many rows, values or different values there are"
    ),
    FunctionSignature(
      name: "AVG",
      level: .groups,
      parameters: [column],
      summary: "The average over the rows of a group"
    ),
    FunctionSignature(
      name: "MIN",
      level: .groups,
      parameters: [column],
      summary: "The smallest value of a group"
    ),
    FunctionSignature(
      name: "MAX",
      level: .groups,
      parameters: [column],
      summary: "The largest value of a group"
    ),
    FunctionSignature(
      name: "MEDIAN",
      level: .groups,
      parameters: [column],
      summary: "The value in the middle of a group"
    ),
    FunctionSignature(
      name: "PERCENTILE",
      level: .groups,
      parameters: [column, Parameter("share", "a number from 0 to 1, such as 0.9")],
      summary: "The value that a share of the rows does not exceed"
    ),
    FunctionSignature(
      name: "APPROX_COUNT",
      level: .groups,
      parameters: [Parameter("DISTINCT fact.column", "what differs, such as order_line.sku")],
      summary: "About how many different values there are; its cells are marked as approximate"
    ),
  ]

  private static let ofNumbers = [
    FunctionSignature(
      name: "ABS",
      level: .both,
      parameters: [value],
      summary: "The number without its sign"
    ),
    FunctionSignature(
      name: "ROUND",
      level: .both,
      parameters: [
        value, Parameter("digits", "digits behind the point, 0 to 12; 0 when left out"),
      ],
      summary: "The number with fewer digits"
    ),
    FunctionSignature(
      name: "FLOOR",
      level: .both,
      parameters: [value],
      summary: "The largest whole number that is not above"
    ),
    FunctionSignature(
      name: "CEIL",
      level: .both,
      parameters: [value],
      summary: "The smallest whole number that is not below"
    ),
    FunctionSignature(
      name: "LEAST",
      level: .both,
      parameters: [value, Parameter("other", "2 to 20 values")],
      summary: "The smallest of the values"
    ),
    FunctionSignature(
      name: "GREATEST",
      level: .both,
      parameters: [value, Parameter("other", "2 to 20 values")],
      summary: "The largest of the values"
    ),
    FunctionSignature(
      name: "NULLIF",
      level: .both,
      parameters: [value, Parameter("other", "what counts as blank")],
      summary: "The value, or blank where it equals the other"
    ),
    FunctionSignature(
      name: "COALESCE",
      level: .both,
      parameters: [value, Parameter("otherwise", "what stands in for a blank; up to 20 values")],
      summary: "The first value that is not blank"
    ),
    FunctionSignature(
      name: "IF",
      level: .both,
      parameters: [
        Parameter("condition", "what is tested"), Parameter("then", "the value where it holds"),
        Parameter("otherwise", "the value elsewhere; blank when left out"),
      ],
      summary: "One of two values, by a condition"
    ),
  ]

  private static let ofMathematics = [
    FunctionSignature(
      name: "POWER",
      level: .both,
      parameters: [Parameter("value", "a plain number"), Parameter("exponent", "a plain number")],
      summary: "The number to a power"
    ),
    FunctionSignature(
      name: "SQRT",
      level: .both,
      parameters: [Parameter("value", "a plain number")],
      summary: "The square root, blank for numbers below 0"
    ),
    FunctionSignature(
      name: "LN",
      level: .both,
      parameters: [Parameter("value", "a plain number")],
      summary: "The natural logarithm, blank for numbers that are not above 0"
    ),
    FunctionSignature(
      name: "BAND",
      level: .both,
      parameters: [value, Parameter("bound", "where bands begin, in rising order; up to 200")],
      summary: "The band that the number lies in, such as 100 to 250"
    ),
  ]

  private static let text = Parameter("text", "a dimension or a column of texts")

  private static let ofTexts = [
    FunctionSignature(
      name: "LOWER",
      level: .rows,
      parameters: [text],
      summary: "The text in small letters"
    ),
    FunctionSignature(
      name: "UPPER",
      level: .rows,
      parameters: [text],
      summary: "The text in capitals"
    ),
    FunctionSignature(
      name: "TRIM",
      level: .rows,
      parameters: [text],
      summary: "The text without spaces at its ends"
    ),
    FunctionSignature(
      name: "CONCAT",
      level: .both,
      parameters: [Parameter("text", "a text"), Parameter("other", "up to 20 texts")],
      summary: "The texts one behind the other"
    ),
  ]
}
