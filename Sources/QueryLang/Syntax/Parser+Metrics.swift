/// `OF` forms and modifiers: what changes the context of a metric.
extension Parser {
  /// `of_expr`, when one begins here.
  mutating func ofForm() throws(SyntaxFailure) -> ExpressionSyntax? {
    guard case .word(let keyword?) = current.kind else { return nil }
    let start = current.span.start
    if keyword == .percentile, case .number(let fraction) = token(2).kind,
      at(.leftParenthesis, ahead: 1), at(.rightParenthesis, ahead: 3), at(.of, ahead: 4)
    {
      take(.functionName)
      take()
      take()
      take()
      take(.keyword)
      return try aggregateOver(.percentile(fraction), span(from: start))
    }
    guard at(.of, ahead: 1) else { return nil }
    if let aggregation = Parser.aggregations[keyword] {
      return try aggregateOver(aggregation, takeTwo())
    }
    guard [.share, .total, .rank, .retention].contains(keyword) else { return nil }
    let words = takeTwo()
    let operand = try operand()
    if keyword == .retention {
      return try node(.retention(operand), from: start)
    }
    let within = accept(.within) != nil ? try dimensions() : []
    let parts = ContextSyntax(keyword: words, operand: operand, within: within)
    if keyword == .share {
      return try node(.share(parts), from: start)
    }
    return try node(keyword == .total ? .total(parts) : .rank(parts), from: start)
  }

  private static let aggregations: [Keyword: AggregateOverSyntax.Aggregation] = [
    .average: .average, .median: .median, .min: .min, .max: .max, .sum: .sum, .count: .count,
  ]

  private mutating func takeTwo() -> SourceSpan {
    take(.keyword).span.union(take(.keyword).span)
  }

  private mutating func aggregateOver(
    _ aggregation: AggregateOverSyntax.Aggregation,
    _ words: SourceSpan
  ) throws(SyntaxFailure) -> ExpressionSyntax {
    let operand = try operand()
    guard accept(.per) != nil else { throw fail("PER and a dimension or grain are needed") }
    let parts = AggregateOverSyntax(
      keyword: words,
      aggregation: aggregation,
      operand: operand,
      per: try dimensions()
    )
    return try node(.aggregateOver(parts), from: words.start)
  }

  /// `operand`: a name, a call, or an expression in parentheses.
  private mutating func operand() throws(SyntaxFailure) -> ExpressionSyntax {
    guard at(.leftParenthesis) else {
      return try nameOrCall("a metric, or an expression in parentheses,")
    }
    let opening = take().span
    try descend()
    let inner = try expression()
    ascend()
    try close(opening)
    return ExpressionSyntax(inner.kind, span(from: opening.start))
  }

  // MARK: Modifiers

  /// `modifier`, when one begins here.
  mutating func modifier() throws(SyntaxFailure) -> (kind: ModifiedSyntax.Modifier, start: Int)? {
    let start = current.span.start
    if accept(.filter) != nil {
      let opening = try expect(.leftParenthesis)
      try descend()
      let condition = try expression()
      ascend()
      try close(opening)
      return (.filter(condition), start)
    }
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
