/// Reports and the order of their clauses.
extension Parser {
  /// `report`, from its SELECT to the end of the statement.
  mutating func report() -> ReportSyntax {
    openFixes = OpenFixes()
    let start = current.span.start
    var report = ReportSyntax(
      select: selectClause(),
      span: SourceSpan(start: start, end: start)
    )
    var seen: [ClauseKind: SourceSpan] = [:]
    while !isAtEnd, !startsNextStatement {
      readClause(into: &report, &seen)
    }
    mayFollow(.clause)
    report.span = span(from: start)
    completeFixes(report)
    return report
  }

  /// Whether a statement begins where a clause could; its semicolon is missing.
  private var startsNextStatement: Bool {
    at(.select) || at(.define) || at(.explain) || at(.show) || at(.describe) || at(.drop)
  }

  private mutating func selectClause() -> SelectClauseSyntax {
    mark(.select)
    let keyword = take(.keyword).span
    if current.kind == .word(.distinct) {
      let span = take().span
      self.report(
        Diagnostic(
          .foreignWord,
          "the groups of a report are distinct already",
          at: span,
          label: "remove this"
        ).fixing(Fix("remove it", edits: [removal(of: span)], .safe, display: .inLabel))
      )
    }
    let items = list { (parser: inout Parser) throws(SyntaxFailure) in try parser.selectItem() }
    return SelectClauseSyntax(keyword: keyword, items: items, span: span(from: keyword.start))
  }

  private mutating func selectItem() throws(SyntaxFailure) -> SelectItemSyntax {
    let start = current.span.start
    let expression = checkingMonth(try expression())
    let alias = try alias()
    let format = accept(.format) != nil ? try format() : nil
    let span = span(from: start)
    try expectItemEnd("\",\", AS or a clause is needed")
    return SelectItemSyntax(expression: expression, alias: alias, format: format, span: span)
  }

  /// Refuses what follows an item and is neither a comma nor a clause.
  mutating func expectItemEnd(_ label: String) throws(SyntaxFailure) {
    let endsHere =
      isAtEnd || at(.comma) || isClauseStart(index) || startsNextStatement || at(.last) || at(.this)
    guard endsHere else { throw fail(label) }
  }

  mutating func mark(_ kind: ClauseKind) {
    marks.append(ClauseMark(token: index, kind: kind))
  }

  // MARK: Clauses

  private mutating func readClause(
    into report: inout ReportSyntax,
    _ seen: inout [ClauseKind: SourceSpan]
  ) {
    let start = index
    guard let kind = clauseKind() else {
      skipForeignClause()
      return
    }
    if let first = seen[kind], kind != .top {
      reportRepetition(kind, first)
    }
    let isFirst = seen[kind] == nil || kind == .top
    seen[kind] = seen[kind] ?? current.span
    mark(kind)
    let before = report
    do {
      try readClause(kind, into: &report)
      if kind == .by, isFirst, let by = report.by {
        reportPlace(of: by, after: before.select.span, isMisplaced: seen.count > 1)
      }
      try expectItemEnd("a clause or the end of the report is needed")
    } catch {
      let hasOwnBy = kind == .top || kind == .cohort || kind == .order || kind == .totals
      recover(from: start, to: hasOwnBy ? .clauseButBy : .clause)
    }
    if !isFirst {
      report = before
    }
  }

  private func clauseKind() -> ClauseKind? {
    guard case .word(let keyword?) = current.kind, isClauseStart(index) else { return nil }
    if keyword == .as {
      return at(.of, ahead: 1) ? .asOf : .output
    }
    return Parser.clauseKinds[keyword]
  }

  private static let clauseKinds: [Keyword: ClauseKind] = [
    .by: .by, .where: .filter, .during: .dates, .since: .dates, .compare: .compare,
    .cohort: .cohort, .top: .top, .bottom: .top, .having: .having, .fill: .fill, .totals: .totals,
    .pivot: .pivot, .order: .order, .limit: .limit, .currency: .currency, .timezone: .timeZone,
  ]

  private mutating func readClause(
    _ kind: ClauseKind,
    into report: inout ReportSyntax
  ) throws(SyntaxFailure) {
    switch kind {
    case .statement, .select: break
    case .by: report.by = byClause()
    case .filter: report.filter = try whereClause()
    case .dates: report.dates = try dateClause()
    case .compare: report.comparison = try compareClause()
    case .cohort: report.cohort = try cohortClause()
    case .top: report.tops.append(try topClause())
    case .having: report.having = try havingClause()
    case .fill: report.fill = fillClause()
    case .totals: report.totals = try totalsClause()
    case .pivot: report.pivot = pivotClause()
    case .order: report.order = try orderClause()
    case .limit: report.limit = try limitClause()
    case .currency: report.currency = try currencyClause()
    case .timeZone: report.timeZone = try timeZoneClause()
    case .asOf: report.asOf = try asOfClause()
    case .output: report.output = try outputClause()
    }
  }

  private mutating func reportRepetition(_ kind: ClauseKind, _ first: SourceSpan) {
    let label = kind == .filter || kind == .having ? "join both conditions with AND" : "remove one"
    self.report(
      Diagnostic(
        .repeatedClause,
        "a report has \(kind.name) once",
        at: current.span,
        label: label
      ).relating(first, "the first is here")
    )
  }

  /// The edit that removes a span and the space after it; what follows is the current token.
  private func removal(of span: SourceSpan) -> TextEdit {
    TextEdit(
      SourceSpan(start: span.start, end: max(span.end, isAtEnd ? 0 : current.span.start)),
      ""
    )
  }

  /// Says when BY stands behind other clauses, or behind a word such as GROUP.
  ///
  /// The message about FROM takes the edits in when there is one.
  private mutating func reportPlace(
    of by: ByClauseSyntax,
    after select: SourceSpan,
    isMisplaced: Bool
  ) {
    let word = openFixes.byWord
    openFixes.byWord = nil
    guard isMisplaced || word != nil else { return }
    let start = word?.start ?? by.span.start
    var edits = [TextEdit(SourceSpan(start: start, end: by.span.start), "")]
    if isMisplaced {
      let place = SourceSpan(start: select.end, end: select.end)
      edits = [
        TextEdit(place, " " + source.slice(by.span)),
        removal(of: SourceSpan(start: start, end: by.span.end)),
      ]
    }
    if openFixes.from != nil {
      openFixes.from?.edits += edits
      return
    }
    let title = "move \(Parser.shortened(source.slice(by.span)))"
    if let word {
      let span = word.union(by.keyword)
      let written = source.slice(span)
      var diagnostic = ForeignWords.diagnostic(written, at: span, meant: "BY")
      if isMisplaced {
        diagnostic.label = "write BY after SELECT, before the other clauses"
      }
      diagnostic.fixes = [
        Fix(
          isMisplaced ? title : "write BY",
          edits: edits,
          .safe,
          display: isMisplaced ? .listed : .inLabel
        )
      ]
      report(diagnostic)
      return
    }
    report(
      Diagnostic(
        .misplacedBy,
        "BY follows SELECT, before the other clauses",
        at: by.keyword,
        label: "move it in front of them"
      ).fixing(Fix(title, edits: edits, .safe))
    )
  }

  // MARK: Words of other tools

  /// Reads what is no clause, with a message that says what to write.
  private mutating func skipForeignClause() {
    let start = index
    if at(.from) {
      skipFrom()
    } else if let written = name(), let meant = ForeignWords.byWords[written.lowercased()],
      at(.by, ahead: 1)
    {
      replaceByWord(meant)
    } else if at(.until) {
      reportLoneUntil()
      take()
      recover(from: start, to: .clause)
    } else if at(.last) || at(.this) {
      insertDuring()
    } else {
      _ = fail("a clause or the end of the report is needed")
      take()
      recover(from: start, to: .clause)
    }
  }

  /// `FROM sales`: metrics know their tables.
  private mutating func skipFrom() {
    let start = index
    take()
    recover(from: start, to: .clause)
    let span = span(from: tokens[start].span.start)
    let diagnostic = Diagnostic(
      .fromClause,
      "reports need no FROM; metrics know their tables",
      at: span,
      label: "remove this"
    )
    if let position = log.add(diagnostic) {
      openFixes.from = (position, [removal(of: span)])
    }
  }

  /// Reads the word of `GROUP BY` and the like; the message comes with the clause.
  private mutating func replaceByWord(_ meant: String) {
    if meant == "BY" {
      openFixes.byWord = take().span
      return
    }
    let start = index
    let span = current.span.union(token(1).span)
    report(ForeignWords.diagnostic(source.slice(span), at: span, meant: meant))
    take()
    take()
    recover(from: start, to: .clauseButBy)
  }

  private mutating func reportLoneUntil() {
    report(
      Diagnostic(
        .untilWithoutSince,
        "UNTIL needs a SINCE before it",
        at: current.span,
        label: "write SINCE and the first day in front"
      )
    )
  }

  /// `last 30 days` without DURING.
  private mutating func insertDuring() {
    let start = index
    let place = SourceSpan(start: current.span.start, end: current.span.start)
    do {
      let period = try period()
      report(
        Diagnostic(
          .unexpected,
          "a range of days follows DURING",
          at: period.span,
          label: "write DURING \(source.slice(period.span))"
        ).fixing(
          Fix("write DURING", edits: [TextEdit(place, "DURING ")], .safe, display: .inLabel)
        )
      )
    } catch {
      take()
      recover(from: start, to: .clause)
    }
  }

  /// Completes the fixes that depend on the rest of the report.
  private mutating func completeFixes(_ report: ReportSyntax) {
    if let from = openFixes.from {
      var fix = Fix("remove it", edits: from.edits + smallEdits(in: report.span), .safe)
      let fixed = fix.applied(to: source, within: report.span)
      let words = fixed.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      if words.count <= 80 {
        fix.title = words
      }
      log.amend(from.position) { $0.fixes = [fix] }
    }
    for (span, grain) in openFixes.comparisons {
      let written = source.slice(span)
      let clause = "COMPARE TO PREVIOUS \(grain.rawValue)"
      var diagnostic = Diagnostic(
        .foreignWord,
        "\"\(written)\" is a clause of its own: \(clause)",
        at: span,
        label: "remove this"
      )
      if report.comparison == nil {
        let end = SourceSpan(start: report.span.end, end: report.span.end)
        let edits = [TextEdit(withSpaceBefore(span), ""), TextEdit(end, " " + clause)]
        diagnostic.fixes = [Fix("write \(clause) at the end", edits: edits)]
      }
      self.report(diagnostic)
    }
  }

  /// The edits of the safe fixes that a report's labels speak of.
  private func smallEdits(in part: SourceSpan) -> [TextEdit] {
    log.diagnostics.flatMap { diagnostic -> [TextEdit] in
      guard diagnostic.span.start >= part.start, diagnostic.span.end <= part.end,
        let fix = diagnostic.fixes.first, fix.confidence == .safe, fix.display == .inLabel
      else { return [] }
      return fix.edits
    }
  }

  private func withSpaceBefore(_ span: SourceSpan) -> SourceSpan {
    let hasSpace = span.start > 0 && source.bytes[span.start - 1] == UInt8(ascii: " ")
    return SourceSpan(start: hasSpace ? span.start - 1 : span.start, end: span.end)
  }
}
