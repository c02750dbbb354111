/// Scripts and the statements that are no reports.
extension Parser {
  /// Reads `script`.
  mutating func script() -> [StatementSyntax] {
    var statements: [StatementSyntax] = []
    while true {
      let start = index
      do {
        statements.append(try statement())
        try expectStatementEnd()
      } catch {
        recover(from: start, to: .statement)
      }
      if at(.semicolon) {
        take()
      }
      if current.kind == .end {
        return statements
      }
    }
  }

  private mutating func expectStatementEnd() throws(SyntaxFailure) {
    guard !isAtEnd else { return }
    guard beginsStatement else { throw fail("\";\" or the end of the text is needed") }
    let place = SourceSpan(start: lastEnd, end: lastEnd)
    report(
      Diagnostic(
        .unexpected,
        "a semicolon is missing between two statements",
        at: current.span,
        label: "\";\" is needed before this"
      ).fixing(Fix("write \";\"", edits: [TextEdit(place, ";")], .safe, display: .inLabel))
    )
  }

  private var beginsStatement: Bool {
    at(.select) || at(.define) || at(.explain) || at(.show) || at(.describe) || at(.drop)
  }

  private mutating func statement() throws(SyntaxFailure) -> StatementSyntax {
    if at(.select) {
      return .report(report())
    }
    if beginsStatement {
      mark(.statement)
    }
    if at(.define) {
      return .define(try define())
    }
    if at(.explain) {
      return .explain(try explain())
    }
    if at(.show) {
      return .show(try show())
    }
    if at(.describe) {
      let keyword = take(.keyword).span
      mayFollow(.anyName)
      let name = try nameReference("the name of a metric or dimension")
      return .describe(
        DescribeSyntax(keyword: keyword, name: name, span: span(from: keyword.start))
      )
    }
    if at(.drop) {
      return .drop(try drop())
    }
    throw failStatement()
  }

  private mutating func failStatement() -> SyntaxFailure {
    if current.kind == .end, index == 0 {
      report(
        Diagnostic(
          .unexpected,
          "there is no report in the text",
          at: current.span,
          label: "write SELECT and a metric"
        )
      )
      return SyntaxFailure()
    }
    if name() != nil || current.kind == .symbol(.leftParenthesis) {
      let place = SourceSpan(start: current.span.start, end: current.span.start)
      report(
        Diagnostic(
          .unexpected,
          "a report begins with SELECT",
          at: current.span,
          label: "write SELECT before this"
        ).fixing(Fix("write SELECT", edits: [TextEdit(place, "SELECT ")], display: .inLabel))
      )
      return SyntaxFailure()
    }
    return fail("SELECT, DEFINE, EXPLAIN, SHOW, DESCRIBE or DROP is needed")
  }

  // MARK: EXPLAIN, SHOW, DROP

  private mutating func explain() throws(SyntaxFailure) -> ExplainSyntax {
    let keyword = take(.keyword).span
    let aspects: [Keyword: ExplainSyntax.Aspect] = [
      .plan: .plan, .sql: .sql, .lineage: .lineage, .types: .types,
    ]
    mayFollow(oneOf: aspects.keys)
    var aspect: ExplainSyntax.Aspect?
    if case .word(let word?) = current.kind, let found = aspects[word] {
      aspect = found
      take(.keyword)
    }
    let subject: ExplainSyntax.Subject
    if accept(.metric) != nil {
      mayFollow(.metric)
      subject = .metric(try plainName("the name of a metric"))
    } else if at(.select) {
      subject = .report(report())
    } else {
      throw fail("a report or METRIC and a name is needed")
    }
    return ExplainSyntax(
      keyword: keyword,
      aspect: aspect,
      subject: subject,
      span: span(from: keyword.start)
    )
  }

  private mutating func show() throws(SyntaxFailure) -> ShowSyntax {
    let keyword = take(.keyword).span
    let subjects: [Keyword: ShowSyntax.Subject] = [
      .metrics: .metrics, .dimensions: .dimensions, .params: .params, .tables: .tables,
      .periods: .periods, .segments: .segments, .cohorts: .cohorts,
    ]
    var subject: ShowSyntax.Subject
    var names: [NameSyntax] = []
    let word = current
    mayFollow(oneOf: subjects.keys)
    if accept(.values) != nil {
      try expect(.of)
      subject = .values(of: try dimension())
    } else if case .word(let found?) = word.kind, let list = subjects[found] {
      take(.keyword)
      subject = list
      if accept(.for) != nil {
        repeat {
          mayFollow(.anyName)
          names.append(try plainName("the name of a metric or dimension"))
        } while accept(.comma) != nil
      }
    } else {
      throw fail(
        "METRICS, DIMENSIONS, PARAMS, TABLES, PERIODS, SEGMENTS, COHORTS or VALUES is needed"
      )
    }
    let pattern = accept(.like) != nil ? try text("a pattern in single quotes") : nil
    var limit: CountSyntax?
    if case .values = subject, accept(.limit) != nil {
      limit = try count("the number of rows")
    }
    return ShowSyntax(
      keyword: keyword,
      subject: subject,
      subjectSpan: word.span,
      names: names,
      pattern: pattern,
      limit: limit,
      span: span(from: keyword.start)
    )
  }

  private mutating func drop() throws(SyntaxFailure) -> DropSyntax {
    let keyword = take(.keyword).span
    let kinds: [Keyword: DropSyntax.Kind] = [
      .metric: .metric, .dimension: .dimension, .param: .param, .period: .period,
      .segment: .segment,
    ]
    mayFollow(oneOf: kinds.keys)
    guard case .word(let word?) = current.kind, let kind = kinds[word] else {
      throw fail("METRIC, DIMENSION, PARAM, PERIOD or SEGMENT is needed")
    }
    take(.keyword)
    mayFollow(.anyName)
    let name = try plainName("a name")
    return DropSyntax(keyword: keyword, kind: kind, name: name, span: span(from: keyword.start))
  }
}
