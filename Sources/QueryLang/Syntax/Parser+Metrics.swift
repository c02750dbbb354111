/// `OF` forms and modifiers: what changes the context of a metric.
extension Parser {
  /// Whether an `of_expr` begins here.
  var isAtOfForm: Bool {
    guard case .word(let keyword?) = current.kind else { return false }
    if keyword == .percentile, case .number = token(2).kind {
      return at(.leftParenthesis, ahead: 1) && at(.rightParenthesis, ahead: 3)
        && at(.of, ahead: 4)
    }
    return Parser.ofWords.contains(keyword) && at(.of, ahead: 1)
  }

  private static let ofWords: Set<Keyword> = [
    .share, .total, .rank, .retention, .average, .median, .min, .max, .sum, .count,
  ]

  private static let aggregations: [Keyword: AggregateOverSyntax.Aggregation] = [
    .average: .average, .median: .median, .min: .min, .max: .max, .sum: .sum, .count: .count,
  ]

  /// Reads `of_expr`, which begins here.
  mutating func ofForm() throws(SyntaxFailure) -> ExpressionSyntax {
    let form = ofWordsBefore()
    let operand = try operand()
    if let aggregation = form.aggregation {
      return try aggregateOver(aggregation, form.words, operand)
    }
    return try context(form.keyword, form.words, operand)
  }

  /// Reads `SHARE OF`, `PERCENTILE(0.9) OF` and the like.
  private mutating func ofWordsBefore() -> (
    keyword: Keyword?, aggregation: AggregateOverSyntax.Aggregation?, words: SourceSpan
  ) {
    guard case .word(let keyword?) = current.kind else { return (nil, nil, current.span) }
    let start = current.span.start
    guard keyword == .percentile, case .number(let fraction) = token(2).kind else {
      take(.keyword)
      take(.keyword)
      return (keyword, Parser.aggregations[keyword], span(from: start))
    }
    take(.functionName)
    take()
    take()
    take()
    take(.keyword)
    return (keyword, .percentile(fraction), span(from: start))
  }

  private mutating func context(
    _ keyword: Keyword?,
    _ words: SourceSpan,
    _ operand: ExpressionSyntax
  ) throws(SyntaxFailure) -> ExpressionSyntax {
    if keyword == .retention {
      return try node(.retention(operand), from: words.start)
    }
    let within = accept(.within) != nil ? try dimensions() : []
    let parts = ContextSyntax(keyword: words, operand: operand, within: within)
    if keyword == .share {
      return try node(.share(parts), from: words.start)
    }
    return try node(keyword == .total ? .total(parts) : .rank(parts), from: words.start)
  }

  private mutating func aggregateOver(
    _ aggregation: AggregateOverSyntax.Aggregation,
    _ words: SourceSpan,
    _ operand: ExpressionSyntax
  ) throws(SyntaxFailure) -> ExpressionSyntax {
    guard accept(.per) != nil else { throw fail("PER and a dimension or grain are needed") }
    probeAtEnd?.operand = operand
    let parts = AggregateOverSyntax(
      keyword: words,
      aggregation: aggregation,
      operand: operand,
      per: try dimensions()
    )
    return try node(.aggregateOver(parts), from: words.start)
  }

  /// Reads `operand`: a name, a call, or an expression in parentheses.
  private mutating func operand() throws(SyntaxFailure) -> ExpressionSyntax {
    mayFollow(.metric)
    if at(.leftParenthesis) {
      return try parenthesised()
    }
    return try nameOrCall("a metric, or an expression in parentheses,")
  }

  // MARK: Modifiers

  /// `modifier`, when one begins here.
  mutating func modifier() throws(SyntaxFailure) -> (kind: ModifiedSyntax.Modifier, start: Int)? {
    let start = current.span.start
    if accept(.rolling) != nil {
      return (.rolling(try duration()), start)
    }
    if accept(.cumulative) != nil {
      return (.cumulative(try cumulativeStart()), start)
    }
    if accept(.previous) != nil {
      return (.previous(try step()), start)
    }
    if let grain = grain(), at(.to, ahead: 1) {
      let word = GrainSyntax(grain: grain, span: take(.calendarWord).span)
      take(.keyword)
      try expect(.date)
      return (.toDate(word), start)
    }
    if let written = name(), let grain = ForeignWords.grainToDate(written), !isSubject(1) {
      let span = take().span
      report(ForeignWords.diagnostic(written, at: span, meant: "\(grain.rawValue) TO DATE"))
      return (.toDate(GrainSyntax(grain: grain, span: span)), start)
    }
    return nil
  }

  /// Whether what follows makes the word before it a name and no modifier.
  private func isSubject(_ ahead: Int) -> Bool {
    at(.dot, ahead: ahead) || at(.leftParenthesis, ahead: ahead)
  }

  private mutating func cumulativeStart() throws(SyntaxFailure) -> ModifiedSyntax.CumulativeStart {
    if at(.from) {
      take(.keyword)
      return .date(try dateAtom())
    }
    return accept(.all, .time) != nil ? .allTime : .range
  }

  /// Reads away `YoY` after a metric; the message is complete at the end of the report.
  mutating func skipComparisonWord() {
    guard let written = name(), let grain = ForeignWords.grainOverGrain(written), !isSubject(1)
    else { return }
    openFixes.comparisons.append((take().span, grain))
  }
}
