/// Names, texts, counts and other small parts.
extension Parser {
  /// `NAME`: a plain name.
  mutating func plainName(_ what: String) throws(SyntaxFailure) -> NameSyntax {
    guard let text = name() else { throw failName("\(what) is needed") }
    return NameSyntax(text: text, isQuoted: false, span: take().span)
  }

  /// `ident`: a plain or a quoted name.
  mutating func identifier(_ what: String) throws(SyntaxFailure) -> NameSyntax {
    if case .quotedName(let text) = current.kind {
      return NameSyntax(text: text, isQuoted: true, span: take().span)
    }
    return try plainName(what)
  }

  /// Reports what stands in the place of a name; a reserved word gets quotes.
  private mutating func failName(_ label: String) -> SyntaxFailure {
    guard isReservedAsName else { return fail(label) }
    report(reservedWord())
    return SyntaxFailure()
  }

  /// Whether a reserved word stands where its own use is impossible and a name would fit.
  var isReservedAsName: Bool {
    guard case .word(let keyword?) = current.kind, keyword.isReserved else { return false }
    guard !Parser.joiningWords.contains(keyword) else { return false }
    guard !isClauseStart(index + 1) else { return true }
    switch token(1).kind {
    case .symbol(let symbol): return symbol != .leftParenthesis
    case .end, .word(.as), .word(.format), .word(.asc), .word(.desc): return true
    case .word, .quotedName, .text, .number, .percent, .parameter, .date, .unreadable: return false
    }
  }

  /// Words that stand between two parts, so a part is missing rather than a name in quotes.
  private static let joiningWords: Set<Keyword> = [
    .and, .or, .not, .in, .is, .as, .of, .then, .else, .end, .asc, .desc, .with, .by, .between,
  ]

  func reservedWord() -> Diagnostic {
    let span = current.span
    let written = source.slice(span)
    return Diagnostic(
      .reservedWord,
      "\"\(written)\" is a word of the language",
      at: span,
      label: "as a name it needs double quotes"
    ).fixing(
      Fix(
        "write \"\(written)\" in quotes",
        edits: [TextEdit(span, "\"\(written)\"")],
        display: .inLabel
      )
    )
  }

  /// `AS ident`, when it is there; `AS OF`, `AS CHART` and `AS TABLE` are clauses.
  mutating func alias() throws(SyntaxFailure) -> NameSyntax? {
    guard at(.as), !isClauseStart(index) else { return nil }
    take(.keyword)
    if isReservedAsName {
      report(reservedWord())
      let text = source.slice(current.span)
      return NameSyntax(text: text, isQuoted: false, span: take().span)
    }
    return try identifier("a name")
  }

  /// `name_ref`: `name` or `qualifier.name`.
  mutating func nameReference(_ what: String) throws(SyntaxFailure) -> NameReferenceSyntax {
    let first = try identifier(what)
    guard accept(.dot) != nil else {
      return NameReferenceSyntax(qualifier: nil, name: first)
    }
    mayFollow(.member(of: first.text))
    return NameReferenceSyntax(qualifier: first, name: try identifier("a name"))
  }

  /// `PARAM`, when it is there.
  mutating func parameter() -> ParameterSyntax? {
    guard case .parameter(let name) = current.kind else { return nil }
    return ParameterSyntax(name: name, span: take().span)
  }

  /// `STRING`; a text in double quotes is read with a message.
  mutating func text(_ what: String) throws(SyntaxFailure) -> TextSyntax {
    switch current.kind {
    case .text(let value):
      return TextSyntax(value: value, span: take().span)
    case .quotedName(let value):
      report(Diagnostic.textInDoubleQuotes(value, at: current.span))
      return TextSyntax(value: value, span: take().span)
    case .word, .number, .percent, .parameter, .date, .symbol, .unreadable, .end:
      throw fail("\(what) is needed")
    }
  }

  /// A format in single quotes.
  mutating func format() throws(SyntaxFailure) -> TextSyntax {
    mayFollow(.format)
    return try text("a format in single quotes")
  }

  /// `int`: a whole number or a parameter.
  mutating func count(_ what: String) throws(SyntaxFailure) -> CountSyntax {
    mayFollow(.parameter)
    if let parameter = parameter() {
      return CountSyntax(value: .parameter(parameter), span: parameter.span)
    }
    guard case .number(let number) = current.kind else { throw fail("\(what) is needed") }
    guard let whole = number.whole else {
      report(
        Diagnostic(.wholeNumberNeeded, "a whole number is needed", at: current.span, label: what)
      )
      throw SyntaxFailure()
    }
    return CountSyntax(value: .number(whole), span: take().span)
  }

  /// Reads `GRAIN`.
  mutating func grainWord() throws(SyntaxFailure) -> GrainSyntax {
    mayFollow(.grain)
    guard let grain = grain() else {
      throw fail("a grain such as day, week or month is needed")
    }
    return GrainSyntax(grain: grain, span: take(.calendarWord).span)
  }

  /// Reads `int UNIT`.
  mutating func duration() throws(SyntaxFailure) -> DurationSyntax {
    let count = try count("a number")
    mayFollow(.unit)
    guard let unit = unit() else { throw fail("a unit such as days or months is needed") }
    let unitSpan = take(.calendarWord).span
    return DurationSyntax(
      count: count,
      unit: UnitSyntax(unit: unit, span: unitSpan),
      span: count.span.union(unitSpan)
    )
  }

  /// `step`: what follows `PREVIOUS`.
  mutating func step() throws(SyntaxFailure) -> StepSyntax {
    mayFollow(.step)
    if let word = accept(.period) {
      return StepSyntax(length: .period, span: word)
    }
    if grain() != nil {
      let grain = try grainWord()
      return StepSyntax(length: .grain(grain), span: grain.span)
    }
    switch current.kind {
    case .number, .parameter:
      let duration = try duration()
      return StepSyntax(length: .units(duration), span: duration.span)
    case .word, .quotedName, .text, .percent, .date, .symbol, .unreadable, .end:
      throw fail("period, a grain such as month, or a length such as 7 days is needed")
    }
  }

  /// `dim`: a name, a call, a `CASE` or a parameter.
  mutating func dimension() throws(SyntaxFailure) -> ExpressionSyntax {
    mayFollow(.dimension)
    let start = current.span.start
    if let parameter = parameter() {
      return try node(.parameter(parameter), from: start)
    }
    if at(.case) {
      return try conditional()
    }
    return try nameOrCall("a dimension")
  }

  /// `dims`: one dimension, or several in parentheses.
  mutating func dimensions() throws(SyntaxFailure) -> [ExpressionSyntax] {
    guard let opening = accept(.leftParenthesis) else { return [try dimension()] }
    var result = [try dimension()]
    while accept(.comma) != nil {
      result.append(try dimension())
    }
    try close(opening)
    return result
  }
}

extension Diagnostic {
  /// Says that a text stands in double quotes, which are for names.
  static func textInDoubleQuotes(_ value: String, at span: SourceSpan) -> Diagnostic {
    let meant = "'" + value.map { $0 == "'" ? "''" : String($0) }.joined() + "'"
    return Diagnostic(
      .textInDoubleQuotes,
      "texts are written in single quotes",
      at: span,
      label: "write \(meant)"
    ).fixing(Fix("write \(meant)", edits: [TextEdit(span, meant)], .safe, display: .inLabel))
  }
}
