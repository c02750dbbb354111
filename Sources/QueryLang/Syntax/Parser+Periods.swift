/// Ranges of days.
extension Parser {
  /// Reads `date_clause`.
  mutating func dateClause() throws(SyntaxFailure) -> DateClauseSyntax {
    let keyword = take(.keyword)
    if keyword.kind == .word(.during) {
      let period = try period()
      return DateClauseSyntax(
        keyword: keyword.span,
        range: .during(period),
        span: span(from: keyword.span.start)
      )
    }
    mayFollow(.date)
    let first = readingYear(try expression(from: .sum))
    var last: ExpressionSyntax?
    if accept(.until) != nil {
      mayFollow(.date)
      last = readingYear(try expression(from: .sum))
    }
    return DateClauseSyntax(
      keyword: keyword.span,
      range: .since(first, until: last),
      span: span(from: keyword.span.start)
    )
  }

  /// Turns the number 2026 into the year, which it is in the place of a date.
  private func readingYear(_ expression: ExpressionSyntax) -> ExpressionSyntax {
    guard case .literal(let literal) = expression.kind, case .number(let number) = literal.value,
      let year = Parser.year(number)
    else { return expression }
    let date = LiteralSyntax(value: .date(.year(year)), span: literal.span)
    return ExpressionSyntax(.literal(date), expression.span)
  }

  private static func year(_ number: DecimalLiteral) -> Int? {
    guard number.fractionDigits == 0, (1900...2099).contains(number.significand) else { return nil }
    return Int(number.significand)
  }

  /// Reads `period`.
  mutating func period() throws(SyntaxFailure) -> PeriodSyntax {
    let start = current.span.start
    let form = try periodForm()
    var includesCurrent = false
    let mayInclude = Parser.mayIncludeCurrent(form)
    if mayInclude ? at(.including) : current.kind == .word(.including) {
      take(.keyword)
      try expect(.current)
      includesCurrent = true
    }
    let span = span(from: start)
    if includesCurrent, !mayInclude {
      report(
        Diagnostic(
          .unexpected,
          "INCLUDING CURRENT fits only ranges that end today",
          at: span,
          label: "it follows THIS, LAST and TO DATE"
        )
      )
    }
    return PeriodSyntax(form: form, includesCurrent: includesCurrent, span: span)
  }

  private static func mayIncludeCurrent(_ form: PeriodSyntax.Form) -> Bool {
    switch form {
    case .this, .last, .lastUnits, .toDate: true
    case .atoms, .allTime, .named: false
    }
  }

  private mutating func periodForm() throws(SyntaxFailure) -> PeriodSyntax.Form {
    mayFollow(.period)
    if accept(.this) != nil {
      return .this(try grainWord())
    }
    if accept(.last) != nil {
      switch current.kind {
      case .number, .parameter:
        return .lastUnits(try duration())
      case .word, .quotedName, .text, .percent, .date, .symbol, .unreadable, .end:
        return .last(try grainWord())
      }
    }
    if accept(.all) != nil {
      try expect(.time)
      return .allTime
    }
    if grain() != nil, at(.to, ahead: 1) {
      let grain = try grainWord()
      take(.keyword)
      try expect(.date)
      return .toDate(grain)
    }
    if let written = name() {
      if let grain = ForeignWords.grainToDate(written) {
        let span = take().span
        report(ForeignWords.diagnostic(written, at: span, meant: "\(grain.rawValue) TO DATE"))
        return .toDate(GrainSyntax(grain: grain, span: span))
      }
      return .named(try plainName("a period"))
    }
    let first = try dateAtom()
    return .atoms(first, through: accept(.to) != nil ? try dateAtom() : nil)
  }

  /// `date_atom`, with the year literal.
  mutating func dateAtom() throws(SyntaxFailure) -> DateAtomSyntax {
    mayFollow(.date)
    let token = current
    switch token.kind {
    case .date(let date):
      return DateAtomSyntax(value: .date(date), span: take().span)
    case .number(let number):
      guard let year = Parser.year(number) else {
        throw fail("a date such as 2026-03-15 is needed")
      }
      take()
      try refuseShortMonth(year, from: token.span)
      return DateAtomSyntax(value: .date(.year(year)), span: token.span)
    case .parameter(let name):
      let span = take().span
      return DateAtomSyntax(value: .parameter(ParameterSyntax(name: name, span: span)), span: span)
    case .word(.today), .word(.yesterday):
      take(.keyword)
      acceptEmptyCall(after: token.span)
      return DateAtomSyntax(
        value: token.kind == .word(.today) ? .today : .yesterday,
        span: token.span
      )
    case .text(let value):
      throw failQuotedDate(value, token.span)
    case .word, .quotedName, .percent, .symbol, .unreadable, .end:
      throw fail("a date or a period such as last month is needed")
    }
  }

  /// Says what `2026-3` should be.
  private mutating func refuseShortMonth(_ year: Int, from start: SourceSpan) throws(SyntaxFailure)
  {
    guard at(.minus), current.span.start == start.end, case .number(let number) = token(1).kind,
      let month = number.whole, (1...9).contains(month)
    else { return }
    take()
    take()
    let span = span(from: start.start)
    let meant = "\(year)-0\(month)"
    report(
      Diagnostic(
        .invalidDate,
        "\"\(source.slice(span))\" is not a date",
        at: span,
        label: "write \(meant)"
      ).fixing(Fix("write \(meant)", edits: [TextEdit(span, meant)], .safe, display: .inLabel))
    )
    throw SyntaxFailure()
  }

  private mutating func failQuotedDate(_ value: String, _ span: SourceSpan) -> SyntaxFailure {
    guard value.utf8.allSatisfy({ Lexer.isNamePart($0) || $0 == UInt8(ascii: "-") }) else {
      return fail("a date or a period such as last month is needed")
    }
    report(
      Diagnostic(
        .unexpected,
        "dates are written without quotes",
        at: span,
        label: "write \(value)"
      ).fixing(Fix("write \(value)", edits: [TextEdit(span, value)], display: .inLabel))
    )
    take()
    return SyntaxFailure()
  }

  // MARK: COMPARE TO

  /// Reads `comparison`.
  mutating func comparison() throws(SyntaxFailure) -> ComparisonBaselineSyntax {
    let start = current.span.start
    let baseline: ComparisonBaselineSyntax.Baseline
    if accept(.previous) != nil {
      baseline = .previous(try step())
    } else if accept(.target) != nil {
      baseline = .target
    } else if let written = name(), let grain = ForeignWords.grainOverGrain(written) {
      let span = take().span
      report(ForeignWords.diagnostic(written, at: span, meant: "PREVIOUS \(grain.rawValue)"))
      let step = StepSyntax(length: .grain(GrainSyntax(grain: grain, span: span)), span: span)
      baseline = .previous(step)
    } else {
      baseline = .period(try period())
    }
    var matchesWeekday = false
    if at(.match) {
      take(.keyword)
      try expect(.weekday)
      matchesWeekday = true
    }
    let isFull = accept(.full) != nil
    let alias = try alias()
    return ComparisonBaselineSyntax(
      baseline: baseline,
      matchesWeekday: matchesWeekday,
      isFull: isFull,
      alias: alias,
      span: span(from: start)
    )
  }
}
