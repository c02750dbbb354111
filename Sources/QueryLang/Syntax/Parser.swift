/// Ends the reading of a part; its diagnostic is in the log already.
struct SyntaxFailure: Error {}

/// A recursive descent parser with a function for each rule of the grammar.
///
/// A mutating function consumes what it reads. On a failure the caller that knows where the part
/// ends skips to there and goes on, so one text gives several diagnostics. Nesting is checked
/// before each descent, so no text exhausts the stack.
struct Parser {
  let source: SourceText
  let tokens: [Token]
  var index = 0
  var log: DiagnosticLog
  var roles: [TokenRole]
  var marks: [ClauseMark] = []
  var nesting = 0
  var nodeCount = 0
  /// Whether a limit ended the reading of the whole text.
  var isStopped = false
  /// Fixes that need the end of the report to be complete.
  var openFixes = OpenFixes()
  /// Collects what could stand at the end of the text, for an editor.
  let probe: ExpectationProbe?

  /// Positions of tokens that a message stands before already.
  private let afterUnknown: Set<Int>

  /// Makes a parser for what a lexer read to the end.
  init(source: SourceText, lexer: Lexer, probe: ExpectationProbe? = nil) {
    self.source = source
    self.probe = probe
    self.tokens = lexer.tokens
    self.log = lexer.log
    self.afterUnknown = lexer.afterUnknown
    self.roles = Array(repeating: .plain, count: lexer.tokens.count)
  }

  // MARK: Looking

  var current: Token { token(0) }

  /// The token some places ahead; the end token stands for all places after the end.
  func token(_ ahead: Int) -> Token {
    tokens[min(index + ahead, tokens.count - 1)]
  }

  func at(_ keyword: Keyword, ahead: Int = 0) -> Bool {
    let kind = token(ahead).kind
    if let probe, ahead == 0, kind == .end {
      probe.note(keyword)
    }
    return kind == .word(keyword)
  }

  func at(_ symbol: TokenSymbol, ahead: Int = 0) -> Bool {
    token(ahead).kind == .symbol(symbol)
  }

  /// Whether the statement ends here.
  var isAtEnd: Bool { current.kind == .end || at(.semicolon) }

  /// The text of a token when it is a word that may be a name.
  func name(ahead: Int = 0) -> String? {
    let token = token(ahead)
    guard case .word(let keyword) = token.kind, !(keyword?.isReserved ?? false) else { return nil }
    return source.slice(token.span)
  }

  func grain(ahead: Int = 0) -> GrainWord? {
    name(ahead: ahead).flatMap { GrainWord(rawValue: $0.lowercased()) }
  }

  func unit(ahead: Int = 0) -> UnitWord? {
    name(ahead: ahead).flatMap { Parser.unit(spelledBy: $0) }
  }

  /// The unit that a word names, in the singular or the plural.
  static func unit(spelledBy word: String) -> UnitWord? {
    let folded = word.lowercased()
    return UnitWord(rawValue: folded)
      ?? (folded.hasSuffix("s") ? UnitWord(rawValue: String(folded.dropLast())) : nil)
  }

  // MARK: Consuming

  /// The end of the last token that was consumed.
  var lastEnd: Int { index > 0 ? tokens[index - 1].span.end : current.span.start }

  /// The span from an offset to the end of the last token.
  func span(from start: Int) -> SourceSpan {
    SourceSpan(start: start, end: lastEnd)
  }

  @discardableResult
  mutating func take(_ role: TokenRole = .plain) -> Token {
    let token = current
    if index < tokens.count - 1 {
      roles[index] = role
      index += 1
    }
    return token
  }

  mutating func accept(_ keyword: Keyword) -> SourceSpan? {
    at(keyword) ? take(.keyword).span : nil
  }

  mutating func accept(_ symbol: TokenSymbol) -> SourceSpan? {
    at(symbol) ? take().span : nil
  }

  /// Consumes two words, or nothing.
  mutating func accept(_ first: Keyword, _ second: Keyword) -> SourceSpan? {
    guard at(first), at(second, ahead: 1) else { return nil }
    return take(.keyword).span.union(take(.keyword).span)
  }

  @discardableResult
  mutating func expect(_ keyword: Keyword) throws(SyntaxFailure) -> SourceSpan {
    guard at(keyword) else { throw fail("\(keyword.spelling) is needed") }
    return take(.keyword).span
  }

  @discardableResult
  mutating func expect(_ symbol: TokenSymbol) throws(SyntaxFailure) -> SourceSpan {
    guard at(symbol) else { throw fail("\"\(symbol.rawValue)\" is needed") }
    return take().span
  }

  /// Consumes the parenthesis that closes one.
  mutating func close(_ opening: SourceSpan) throws(SyntaxFailure) {
    if at(.rightParenthesis) {
      take()
      return
    }
    guard isAtEnd || isClauseStart(index) else { throw fail("\",\" or \")\" is needed") }
    probeAtEnd?.close()
    report(
      Diagnostic(
        .unclosedParenthesis,
        "the parenthesis that opens here is not closed",
        at: opening,
        label: "\")\" is missing"
      )
    )
    throw SyntaxFailure()
  }

  // MARK: Reporting

  mutating func report(_ diagnostic: Diagnostic) {
    guard !isStopped, diagnostic.span.isEmpty || !log.touches(diagnostic.span) else { return }
    log.add(diagnostic)
    if log.isFull {
      probe?.close()
      isStopped = true
      index = tokens.count - 1
    }
  }

  /// Reports that the current token does not fit; the label says what would.
  mutating func fail(_ label: String) -> SyntaxFailure {
    let token = current
    probeAtEnd?.close()
    guard !afterUnknown.contains(index) else { return SyntaxFailure() }
    switch token.kind {
    case .end:
      let place = SourceSpan(start: lastEnd, end: lastEnd)
      report(Diagnostic(.unexpected, "the text ends too early", at: place, label: label))
    case .unreadable:
      break
    case .symbol(.semicolon):
      report(Diagnostic(.unexpected, "the statement ends too early", at: token.span, label: label))
    case .word, .quotedName, .text, .number, .percent, .parameter, .date, .symbol:
      let found = Parser.shortened(source.slice(token.span))
      let mark = found.contains("\"") ? "'" : "\""
      report(
        Diagnostic(
          .unexpected,
          "\(mark)\(found)\(mark) does not fit here",
          at: token.span,
          label: label
        )
      )
    }
    return SyntaxFailure()
  }

  /// A piece of the text for use in a message, on one line and not too long.
  static func shortened(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    return line.count > 40 || line.utf8.count < text.utf8.count
      ? String(line.prefix(40)) + "…" : line
  }

  /// Ends the reading of the text because of a limit.
  mutating func stop(_ diagnostic: Diagnostic) -> SyntaxFailure {
    probe?.close()
    if !isStopped {
      log.add(diagnostic)
      isStopped = true
      index = tokens.count - 1
    }
    return SyntaxFailure()
  }

  // MARK: Limits

  /// Enters a part that may hold itself.
  mutating func descend() throws(SyntaxFailure) {
    guard nesting < ReportParser.deepestNesting else { throw stopAtNesting(current.span) }
    nesting += 1
  }

  mutating func ascend() {
    nesting -= 1
  }

  private mutating func stopAtNesting(_ span: SourceSpan) -> SyntaxFailure {
    stop(
      Diagnostic(
        .nestingTooDeep,
        "the expression is nested more than \(ReportParser.deepestNesting) levels deep",
        at: span,
        label: "split it with DEFINE METRIC"
      )
    )
  }

  /// Makes a node from an offset to the end of the last token.
  mutating func node(
    _ kind: ExpressionSyntax.Kind,
    from start: Int
  ) throws(SyntaxFailure) -> ExpressionSyntax {
    let made = ExpressionSyntax(kind, span(from: start))
    nodeCount += 1
    guard nodeCount <= ReportParser.mostNodes else {
      throw stop(
        Diagnostic(
          .tooManyNodes,
          "the text has more than \(ReportParser.mostNodes) parts",
          at: made.span.isEmpty ? current.span : SourceSpan(start: lastEnd - 1, end: lastEnd),
          label: "split it into several texts"
        )
      )
    }
    guard made.height <= ReportParser.deepestNesting else {
      throw stopAtNesting(SourceSpan(start: lastEnd - 1, end: lastEnd))
    }
    return made
  }
}
