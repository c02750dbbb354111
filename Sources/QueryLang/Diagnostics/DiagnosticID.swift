/// How much a diagnostic matters to the run.
public enum DiagnosticSeverity: String, Sendable, Hashable, CaseIterable {
  /// The report does not run.
  case error
  /// The report runs, and the message is shown with the result.
  case warning
  /// The message is shown on demand.
  case note

  /// The letter that codes of this severity begin with.
  var letter: String {
    switch self {
    case .error: "E"
    case .warning: "W"
    case .note: "N"
    }
  }
}

/// The stable identity of a kind of diagnostic: its severity and its number.
///
/// Numbers are grouped: 1xxx text and grammar, 2xxx names and definitions, 3xxx types, 4xxx meaning
/// (41 facts, 43 modifiers and coverage, 44 filters, 45 dates, 46 comparison, 47 top, 48 cohort, 49
/// currency and zone), 5xxx limits, 6xxx output, 7xxx security, 8xxx model file, 9xxx execution.
public struct DiagnosticID: Sendable, Hashable {
  /// How much it matters.
  public let severity: DiagnosticSeverity
  /// The number, four digits.
  public let number: Int

  /// Makes an identity.
  public init(_ severity: DiagnosticSeverity, _ number: Int) {
    self.severity = severity
    self.number = number
  }

  /// The code as people and programs see it, such as `E2101`.
  public var code: String { severity.letter + String(number) }
}

extension DiagnosticID {
  static let unknownCharacter = DiagnosticID(.error, 1001)
  static let unterminatedText = DiagnosticID(.error, 1002)
  static let textInDoubleQuotes = DiagnosticID(.error, 1003)
  static let dateInArithmetic = DiagnosticID(.error, 1004)
  static let invalidDate = DiagnosticID(.error, 1005)
  static let unterminatedComment = DiagnosticID(.error, 1006)
  static let leadingZero = DiagnosticID(.error, 1007)
  static let malformedNumber = DiagnosticID(.error, 1008)
  static let numberTooLarge = DiagnosticID(.error, 1009)
  static let unterminatedName = DiagnosticID(.error, 1010)

  static let fromClause = DiagnosticID(.error, 1101)
  static let foreignWord = DiagnosticID(.error, 1102)
  static let unexpected = DiagnosticID(.error, 1103)
  static let repeatedClause = DiagnosticID(.error, 1104)
  static let misplacedBy = DiagnosticID(.error, 1105)
  static let chainedComparison = DiagnosticID(.error, 1106)
  static let untilWithoutSince = DiagnosticID(.error, 1107)
  static let reservedWord = DiagnosticID(.error, 1108)
  static let unclosedParenthesis = DiagnosticID(.error, 1109)
  static let wholeNumberNeeded = DiagnosticID(.error, 1110)

  static let textTooLong = DiagnosticID(.error, 5110)
  static let nestingTooDeep = DiagnosticID(.error, 5111)
  static let tooManyNodes = DiagnosticID(.error, 5112)

  static let inexactNumber = DiagnosticID(.error, 9101)
}
