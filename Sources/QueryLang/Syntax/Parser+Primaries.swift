/// The parts that operators join: literals, names, calls, `CASE`, `OF` forms and modifiers.
extension Parser {
  /// `measure`: a primary with the modifiers that follow it, left to right.
  mutating func measure() throws(SyntaxFailure) -> ExpressionSyntax {
    let start = current.span.start
    var result = try primary()
    while let next = try modified(result, from: start) {
      result = next
    }
    skipComparisonWord()
    return result
  }

  /// Returns an expression with the modifier that follows it, or nil when none does.
  private mutating func modified(
    _ base: ExpressionSyntax,
    from start: Int
  ) throws(SyntaxFailure) -> ExpressionSyntax? {
    if let probe = probeAtEnd {
      probe.follow(base)
      probe.note(.toDate)
    }
    if at(.filter) {
      return try filtered(base, from: start)
    }
    guard let modifier = try modifier() else { return nil }
    let parts = ModifiedSyntax(
      base: base,
      modifier: modifier.kind,
      modifierSpan: span(from: modifier.start)
    )
    return try node(.modified(parts), from: start)
  }

  /// Reads `FILTER (condition)` behind an expression.
  private mutating func filtered(
    _ base: ExpressionSyntax,
    from start: Int
  ) throws(SyntaxFailure) -> ExpressionSyntax {
    let word = take(.keyword).span
    let opening = try expect(.leftParenthesis)
    let outer = probe?.operand
    probe?.operand = base
    let condition = try expression()
    try close(opening)
    probe?.operand = outer
    let parts = ModifiedSyntax(
      base: base,
      modifier: .filter(condition),
      modifierSpan: span(from: word.start)
    )
    return try node(.modified(parts), from: start)
  }

  private mutating func primary() throws(SyntaxFailure) -> ExpressionSyntax {
    mayFollow(.expression)
    if at(.leftParenthesis) {
      return try parenthesised()
    }
    if name() != nil {
      return isAtOfForm ? try ofForm() : try nameOrCall("a metric or an expression")
    }
    if at(.case) {
      return try conditional()
    }
    return try simplePrimary()
  }

  private mutating func simplePrimary() throws(SyntaxFailure) -> ExpressionSyntax {
    let start = current.span.start
    switch current.kind {
    case .word(let keyword?):
      return try reservedPrimary(keyword)
    case .quotedName:
      return try nameOrCall("a metric or an expression")
    case .parameter(let name):
      let span = take().span
      return try node(.parameter(ParameterSyntax(name: name, span: span)), from: start)
    case .unreadable:
      take()
      return try node(.invalid, from: start)
    case .number, .percent, .text, .date:
      let literal = try literal()
      return try node(.literal(literal), from: start)
    case .symbol(.star):
      throw failStar()
    case .word(nil), .symbol, .end:
      throw fail("a metric or an expression is needed")
    }
  }

  mutating func parenthesised() throws(SyntaxFailure) -> ExpressionSyntax {
    let opening = take().span
    let inner = try expression()
    try close(opening)
    return ExpressionSyntax(inner.kind, span(from: opening.start))
  }

  private mutating func failStar() -> SyntaxFailure {
    report(
      Diagnostic(
        .foreignWord,
        "\"*\" cannot stand for all columns",
        at: current.span,
        label: "name the metrics; SHOW METRICS lists them"
      )
    )
    take()
    return SyntaxFailure()
  }

  private mutating func reservedPrimary(_ keyword: Keyword) throws(SyntaxFailure)
    -> ExpressionSyntax
  {
    let start = current.span.start
    if keyword == .covered {
      take(.keyword)
      try expect(.by)
      mayFollow(.metric)
      return try node(.covered(by: try plainName("the name of a metric")), from: start)
    }
    if Parser.literalWords.contains(keyword) {
      let literal = try literal()
      return try node(.literal(literal), from: start)
    }
    if isReservedAsName {
      report(reservedWord())
      take()
      return try node(.invalid, from: start)
    }
    throw fail("a metric or an expression is needed")
  }

  private static let literalWords: Set<Keyword> = [.true, .false, .null, .today, .yesterday]

  // MARK: Literals

  /// Reads `literal`.
  mutating func literal() throws(SyntaxFailure) -> LiteralSyntax {
    let token = current
    switch token.kind {
    case .number(let number):
      take()
      return numberLiteral(number, token.span)
    case .percent(let number):
      return LiteralSyntax(value: .percent(number), span: take().span)
    case .text(let value):
      return LiteralSyntax(value: .text(value), span: take().span)
    case .date(let date):
      return LiteralSyntax(value: .date(date), span: take().span)
    case .word(let keyword?):
      return try wordLiteral(keyword)
    case .quotedName(let value):
      report(Diagnostic.textInDoubleQuotes(value, at: token.span))
      return LiteralSyntax(value: .text(value), span: take().span)
    case .word(nil), .parameter, .symbol, .unreadable, .end:
      throw fail("a value is needed")
    }
  }

  private mutating func wordLiteral(_ keyword: Keyword) throws(SyntaxFailure) -> LiteralSyntax {
    let values: [Keyword: LiteralSyntax.Value] = [
      .true: .boolean(true), .false: .boolean(false), .null: .null, .today: .today,
      .yesterday: .yesterday,
    ]
    guard let value = values[keyword] else { throw fail("a value is needed") }
    let span = take(.keyword).span
    if keyword == .today || keyword == .yesterday {
      acceptEmptyCall(after: span)
    }
    return LiteralSyntax(value: value, span: span)
  }

  /// Reads away the `()` of `yesterday()` with a message.
  mutating func acceptEmptyCall(after word: SourceSpan) {
    guard at(.leftParenthesis), at(.rightParenthesis, ahead: 1) else { return }
    let span = take().span.union(take().span)
    let written = source.slice(word)
    report(
      Diagnostic(
        .foreignWord,
        "\"\(written)\" is a word, not a function",
        at: span,
        label: "remove this"
      ).fixing(Fix("write \(written)", edits: [TextEdit(span, "")], .safe, display: .inLabel))
    )
  }

  /// A number alone, or with the unit or currency that follows.
  private mutating func numberLiteral(_ number: DecimalLiteral, _ span: SourceSpan) -> LiteralSyntax
  {
    if let unit = unit(), !at(.to, ahead: 1) {
      let unitSpan = take(.calendarWord).span
      let value = LiteralSyntax.Value.duration(number, unit: UnitSyntax(unit: unit, span: unitSpan))
      return LiteralSyntax(value: value, span: span.union(unitSpan))
    }
    if let code = currencyCode() {
      let codeSpan = take().span
      let value = LiteralSyntax.Value.money(number, currency: code, currencySpan: codeSpan)
      return LiteralSyntax(value: value, span: span.union(codeSpan))
    }
    return LiteralSyntax(value: .number(number), span: span)
  }

  /// `CCY`: three capitals that are no word of the grammar in this place.
  func currencyCode() -> String? {
    guard let code = name(), code.utf8.count == 3 else { return nil }
    guard code.utf8.allSatisfy({ $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") }) else {
      return nil
    }
    if at(.aka), case .text = token(1).kind {
      return nil
    }
    return code
  }

  // MARK: Names and calls

  /// Reads `name_ref` or `call`.
  mutating func nameOrCall(_ what: String) throws(SyntaxFailure) -> ExpressionSyntax {
    let start = current.span.start
    if name() != nil, at(.leftParenthesis, ahead: 1) {
      return try call()
    }
    return try node(.name(try nameReference(what)), from: start)
  }

  private mutating func call() throws(SyntaxFailure) -> ExpressionSyntax {
    let word = take(.functionName)
    let written = source.slice(word.span)
    let name = NameSyntax(text: written, isQuoted: false, span: word.span)
    if at(.rightParenthesis, ahead: 1) {
      return try emptyCall(name)
    }
    let opening = try expect(.leftParenthesis)
    let distinct = accept(.distinct)
    var arguments: [ExpressionSyntax] = []
    repeat {
      arguments.append(try expression())
    } while accept(.comma) != nil
    try close(opening)
    return try callNode(name, distinct, arguments)
  }

  private mutating func emptyCall(_ name: NameSyntax) throws(SyntaxFailure) -> ExpressionSyntax {
    take()
    take()
    let span = span(from: name.span.start)
    if let day = ForeignWords.day(name.text) {
      report(ForeignWords.diagnostic(source.slice(span), at: span, meant: day.spelling))
      return try node(.literal(LiteralSyntax(value: .today, span: span)), from: span.start)
    }
    let parts = CallSyntax(name: name, distinct: nil, arguments: [])
    return try node(.call(parts), from: span.start)
  }

  private mutating func callNode(
    _ name: NameSyntax,
    _ distinct: SourceSpan?,
    _ arguments: [ExpressionSyntax]
  ) throws(SyntaxFailure) -> ExpressionSyntax {
    let start = name.span.start
    if name.text.lowercased() == "countd" {
      return try countDistinct(name, arguments, from: start)
    }
    let parts = CallSyntax(name: name, distinct: distinct, arguments: arguments)
    return try node(.call(parts), from: start)
  }

  private mutating func countDistinct(
    _ name: NameSyntax,
    _ arguments: [ExpressionSyntax],
    from start: Int
  ) throws(SyntaxFailure) -> ExpressionSyntax {
    let inside = SourceSpan(start: name.span.end + 1, end: max(name.span.end + 1, lastEnd - 1))
    let meant = "COUNT(DISTINCT \(source.slice(inside)))"
    report(
      Diagnostic(
        .foreignWord,
        "\"\(name.text)\" is written COUNT(DISTINCT …) here",
        at: name.span,
        label: "write \(meant)"
      ).fixing(
        Fix("write \(meant)", edits: [TextEdit(span(from: start), meant)], .safe, display: .inLabel)
      )
    )
    let count = NameSyntax(text: "COUNT", isQuoted: false, span: name.span)
    let parts = CallSyntax(name: count, distinct: name.span, arguments: arguments)
    return try node(.call(parts), from: start)
  }

  /// Reads `case`.
  mutating func conditional() throws(SyntaxFailure) -> ExpressionSyntax {
    let keyword = try expect(.case)
    var branches: [CaseSyntax.Branch] = []
    while branches.isEmpty || at(.when) {
      try expect(.when)
      let condition = try expression()
      try expect(.then)
      branches.append(CaseSyntax.Branch(condition: condition, value: try expression()))
    }
    let otherwise = accept(.else) != nil ? try expression() : nil
    guard accept(.end) != nil else { throw fail("WHEN, ELSE or END is needed") }
    let parts = CaseSyntax(keyword: keyword, branches: branches, otherwise: otherwise)
    return try node(.conditional(parts), from: keyword.start)
  }
}
