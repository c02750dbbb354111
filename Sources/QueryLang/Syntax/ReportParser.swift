/// Reads a text in the report language into its tree.
enum ReportParser {
  /// The longest text that is read, in bytes.
  static let longestText = 64 * 1024
  /// The deepest nesting of expressions, and the greatest height of an expression's tree.
  static let deepestNesting = 200
  /// The most nodes that the expressions of a text may have.
  static let mostNodes = 10_000

  /// Reads a text; the tree leaves out what could not be read, and the diagnostics are sorted by
  /// place, at most one for each span.
  static func parse(_ source: SourceText) -> (ScriptSyntax, [Diagnostic]) {
    let reading = read(source)
    return (reading.script, reading.diagnostics)
  }

  /// Reads a text and keeps what the formatter and editors need beside the tree; a probe collects
  /// what could stand at its end.
  static func read(_ source: SourceText, probe: ExpectationProbe? = nil) -> Reading {
    guard source.byteCount <= longestText else {
      return refused(source)
    }
    let lexer = Lexer.read(source)
    var parser = Parser(source: source, lexer: lexer, probe: probe)
    let statements = parser.script()
    let span = SourceSpan(start: source.markLength, end: source.byteCount)
    return Reading(
      script: ScriptSyntax(statements: statements, span: span),
      diagnostics: parser.log.sorted(),
      tokens: lexer.tokens,
      comments: lexer.comments,
      roles: parser.roles,
      marks: parser.marks
    )
  }

  /// What reading a text gives.
  struct Reading: Sendable {
    let script: ScriptSyntax
    let diagnostics: [Diagnostic]
    let tokens: [Token]
    let comments: [Comment]
    /// What each token was read as.
    let roles: [TokenRole]
    /// Where statements and clauses begin, in the order of the text.
    let marks: [ClauseMark]
  }

  private static func refused(_ source: SourceText) -> Reading {
    let diagnostic = Diagnostic(
      .textTooLong,
      "the text has \(source.byteCount) bytes, more than the \(longestText) that are read",
      at: SourceSpan(start: source.markLength, end: source.markLength),
      label: "split it into several texts"
    )
    let span = SourceSpan(start: 0, end: source.byteCount)
    return Reading(
      script: ScriptSyntax(statements: [], span: span),
      diagnostics: [diagnostic],
      tokens: [],
      comments: [],
      roles: [],
      marks: []
    )
  }
}

/// What the parser read a token as, where its kind leaves that open.
enum TokenRole: Sendable, Hashable {
  /// A name, a value or punctuation.
  case plain
  /// A word of the grammar.
  case keyword
  /// A grain or a unit.
  case calendarWord
  /// The name of a function.
  case functionName
  /// A minus before its only operand.
  case sign
}

/// The beginning of a part that the formatter puts on a line of its own.
struct ClauseMark: Sendable, Hashable {
  /// The position in the list of tokens.
  let token: Int
  let kind: ClauseKind
}

/// The parts of statements in their canonical order.
enum ClauseKind: Int, Sendable, Hashable, CaseIterable {
  /// The beginning of a statement that is no report, or of the words before a report.
  case statement
  case select, by, filter, dates, compare, cohort, top, having, fill, totals, pivot, order, limit
  case currency, timeZone, asOf, output

  /// The clause as messages name it.
  var name: String {
    switch self {
    case .statement: "the statement"
    case .select: "SELECT"
    case .by: "BY"
    case .filter: "WHERE"
    case .dates: "DURING"
    case .compare: "COMPARE TO"
    case .cohort: "COHORT"
    case .top: "TOP"
    case .having: "HAVING"
    case .fill: "FILL"
    case .totals: "TOTALS"
    case .pivot: "PIVOT"
    case .order: "ORDER BY"
    case .limit: "LIMIT"
    case .currency: "CURRENCY"
    case .timeZone: "TIMEZONE"
    case .asOf: "AS OF"
    case .output: "AS CHART"
    }
  }
}
