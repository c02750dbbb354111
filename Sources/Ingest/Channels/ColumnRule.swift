/// How one value comes about from the fields of a row.
struct ColumnRule: Sendable {
  /// Where the value comes from.
  indirect enum Source: Sendable {
    /// The first of these headers that the file has.
    case field([String])
    /// Always the same text.
    case constant(String)
    /// Fields and numbers put together.
    case joined([Part], separator: String)
    /// The first rule that gives a value.
    case first([ColumnRule])
    /// Arithmetic.
    case expression(RowExpression)
  }

  /// A part of a joined text.
  enum Part: Sendable, Equatable {
    case field(String)
    /// The number of the line among the lines of the file with the same key.
    case occurrence
  }

  /// What the text of a field stands for.
  enum ValueType: String, Sendable, CaseIterable {
    case text, int, decimal, money, date, timestamp, bool, percent
  }

  /// Words of the source and the words that they become.
  struct WordMap: Sendable, Equatable {
    /// By normalised word (see `HeaderText.normalised`).
    let words: [String: String]
    /// The word for every other value; without it there is no value.
    let otherwise: String?
  }

  /// A change to the text before it is read.
  enum Cleaning: Sendable, Equatable {
    case trim
    case upper
    case lower
    /// Removes a text from the beginning, or from the end.
    case strip(String)
  }

  /// Makes values negative where a field has a certain text.
  struct SignRule: Sendable, Equatable {
    let column: String
    let equals: String
  }

  /// How a customer's id is kept.
  enum Identity: Sendable, Equatable {
    case hashed(scope: Scope)
    case plain
  }

  /// Within what two equal ids are one customer.
  enum Scope: String, Sendable, CaseIterable {
    case account
    case email
  }

  var source: Source
  var type: ValueType?
  var patterns: [DatePattern] = []
  var map: WordMap?
  var cleaning: [Cleaning] = []
  var sign: SignRule?
  var hasDecimalComma = false
  var isRequired = false
  var identity = Identity.hashed(scope: .account)

  init(_ source: Source) {
    self.source = source
  }

  /// The headers that the rule reads, as the definition writes them.
  var headers: [String] {
    var names: [String] =
      switch source {
      case .field(let aliases): aliases
      case .constant: []
      case .joined(let parts, _):
        parts.compactMap { part in
          guard case .field(let name) = part else { return nil }
          return name
        }
      case .first(let rules): rules.flatMap(\.headers)
      case .expression(let expression): expression.headers
      }
    if let sign { names.append(sign.column) }
    return names
  }
}
