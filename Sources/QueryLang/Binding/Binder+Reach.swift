extension Binder {
  /// What the rows of a fact lack to evaluate something, in words; nil when they lack nothing.
  func missing(_ reach: RowReach, from fact: Fact) -> String? {
    for name in reach.dimensions.sorted() {
      guard let dimension = catalog.dimension(name) else { continue }
      if catalog.reach(of: dimension, from: fact) == .missing { return name }
    }
    if let other = reach.facts.sorted().first(where: { $0 != fact.name }) {
      return "column of \(other)"
    }
    return reach.readsInstant && fact.instantColumn == nil ? "time of day" : nil
  }

  mutating func isReached(
    _ condition: RowCondition,
    by facts: [Fact],
    span: SourceSpan,
    _ number: Int
  ) -> Bool {
    var reach = RowReach()
    reach.add(condition)
    return isReached(reach, by: facts, span: span, number)
  }

  mutating func isReached(
    _ row: RowExpression,
    by facts: [Fact],
    span: SourceSpan,
    _ number: Int
  ) -> Bool {
    var reach = RowReach()
    reach.add(row)
    return isReached(reach, by: facts, span: span, number)
  }

  private mutating func isReached(
    _ reach: RowReach,
    by facts: [Fact],
    span: SourceSpan,
    _ number: Int
  ) -> Bool {
    for fact in facts {
      if let lacking = missing(reach, from: fact) {
        let what = source.slice(span)
        report(
          Diagnostic(
            DiagnosticID(.error, number),
            "\"\(what)\" cannot be tested on every row of the metric",
            at: span,
            label: "\(fact.name) has no \(lacking)"
          ).noting("note: it can be tested by: \(shared(facts))")
        )
        return false
      }
    }
    return true
  }

  func shared(_ facts: [Fact]) -> String {
    catalog.dimensions(sharedBy: facts).joined(separator: ", ")
  }

  // MARK: Reports

  /// Checks that every fact of a report reaches its keys and its WHERE.
  mutating func checkReach(_ report: BoundReport, _ syntax: ReportSyntax) {
    var checked: Set<SourceSpan> = []
    for (index, item) in (syntax.by?.items ?? []).enumerated() where index < report.keys.count {
      var reach = RowReach()
      switch report.keys[index].source {
      case .dimension(let name): reach.dimensions.insert(name)
      case .expression(let expression): reach.add(expression)
      }
      for metric in report.metrics where !checked.contains(item.span) {
        for aggregate in metric.aggregates where aggregate.level?.contains(index) ?? true {
          guard let fact = catalog.fact(aggregate.fact), let lacking = missing(reach, from: fact)
          else { continue }
          checked.insert(item.span)
          refuseKey(item, index, Lack(fact: fact, what: lacking), report, syntax)
          break
        }
      }
      for top in report.tops where top.key == index || top.within.contains(index) {
        guard !checked.contains(item.span) else { continue }
        for aggregate in top.metric.aggregates where aggregate.level?.contains(index) ?? true {
          guard let fact = catalog.fact(aggregate.fact), let lacking = missing(reach, from: fact)
          else { continue }
          checked.insert(item.span)
          refuseKey(item, index, Lack(fact: fact, what: lacking), report, syntax)
          break
        }
      }
    }
    if let filter = syntax.filter, let condition = report.condition {
      checkWhere(filter, condition, report)
    }
  }

  /// A fact and what its rows lack, in words.
  private struct Lack {
    let fact: Fact
    let what: String
  }

  /// The metric of the text that a fact takes part in.
  private func use(of fact: Fact) -> MetricUse? {
    uses.first { $0.facts.contains(fact.name) }
  }

  private mutating func refuseKey(
    _ item: ByItemSyntax,
    _ index: Int,
    _ lack: Lack,
    _ bound: BoundReport,
    _ syntax: ReportSyntax
  ) {
    let (fact, lacking) = (lack.fact, lack.what)
    let key = source.slice(item.dimension.span)
    let use = use(of: fact)
    let metric = use?.name ?? fact.name
    var diagnostic = Diagnostic(
      DiagnosticID(.error, 4101),
      "\"\(metric)\" is not recorded by \(key)",
      at: item.span,
      label: "\(fact.name) has no \(lacking)"
    )
    if let use {
      let label =
        use.facts.count == 1 ? "from the table \(fact.name)" : "partly from the table \(fact.name)"
      diagnostic = diagnostic.relating(use.span, label)
    }
    diagnostic = diagnostic.noting(sharedNote(bound, metric))
    if let part = part(of: use, withKey: index, bound), let span = use?.span {
      let title = "take the part that is recorded by \(key): \(part)"
      diagnostic = diagnostic.fixing(Fix(title, edits: [TextEdit(span, part)]))
    }
    diagnostic = diagnostic.fixing(removal(of: item, index, syntax))
    let others = bound.keys.indices.filter { $0 != index }.map { bound.keys[$0].name }
    if let use {
      let within = others.isEmpty ? "" : " WITHIN (\(others.joined(separator: ", ")))"
      let total = "TOTAL OF \(source.slice(use.span))\(within)"
      diagnostic = diagnostic.fixing(
        Fix("take its total: \(total)", edits: [TextEdit(use.span, total)])
      )
    }
    report(diagnostic)
  }

  private func sharedNote(_ bound: BoundReport, _ metric: String) -> String {
    var names: [String] = []
    for aggregate in bound.metrics.flatMap(\.aggregates) where !names.contains(aggregate.fact) {
      names.append(aggregate.fact)
    }
    let words = shared(names.compactMap { catalog.fact($0) })
    switch bound.columns.count {
    case 1: return "\(metric) can be grouped by: \(words)"
    case 2: return "both metrics share: \(words)"
    default: return "the metrics share: \(words)"
    }
  }

  /// The metric that a mixed one is partly made of and that has a key, or nil.
  private func part(of use: MetricUse?, withKey index: Int, _ bound: BoundReport) -> String? {
    guard let use, use.facts.count > 1, let metric = catalog.metric(use.name),
      let whole = modelMetrics[CatalogName.folded(metric.name)]
    else { return nil }
    var reach = RowReach()
    switch bound.keys[index].source {
    case .dimension(let name): reach.dimensions.insert(name)
    case .expression(let expression): reach.add(expression)
    }
    return catalog.metrics.first { candidate in
      guard !candidate.isHidden,
        let part = modelMetrics[CatalogName.folded(candidate.name)], part != whole,
        whole.unionParts.contains(part)
      else { return false }
      return part.aggregates.allSatisfy { aggregate in
        catalog.fact(aggregate.fact).map { missing(reach, from: $0) == nil } ?? false
      }
    }?.name
  }

  /// The edit that takes a key out of BY.
  private func removal(of item: ByItemSyntax, _ index: Int, _ syntax: ReportSyntax) -> Fix {
    let title = "remove \"\(source.slice(item.span))\""
    guard let clause = syntax.by, clause.items.count > 1 else {
      return Fix(title, edits: [TextEdit(syntax.by?.span ?? item.span, "")])
    }
    let span =
      index == 0
      ? SourceSpan(start: item.span.start, end: clause.items[1].span.start)
      : SourceSpan(start: clause.items[index - 1].span.end, end: item.span.end)
    return Fix(title, edits: [TextEdit(span, "")])
  }

  private mutating func checkWhere(
    _ clause: WhereClauseSyntax,
    _ condition: RowCondition,
    _ bound: BoundReport
  ) {
    var reach = RowReach()
    reach.add(condition)
    var facts: [Fact] = []
    for aggregate in (bound.metrics + bound.tops.map(\.metric)).flatMap(\.aggregates) {
      guard let fact = catalog.fact(aggregate.fact), !facts.contains(fact) else { continue }
      facts.append(fact)
    }
    for fact in facts {
      guard let lacking = missing(reach, from: fact) else { continue }
      let use = use(of: fact)
      let metric = use?.name ?? fact.name
      let span = self.span(ofName: lacking, in: clause.condition) ?? clause.condition.span
      var diagnostic = Diagnostic(
        DiagnosticID(.error, 4102),
        "\"\(metric)\" cannot be filtered by \(source.slice(span))",
        at: span,
        label: "\(fact.name) has no \(lacking)"
      )
      if let use {
        let label =
          use.facts.count == 1
          ? "from the table \(fact.name)" : "partly from the table \(fact.name)"
        diagnostic = diagnostic.relating(use.span, label)
      }
      report(diagnostic.noting("\(metric) can be filtered by: \(shared(facts))"))
      return
    }
  }

  /// Where a dimension's name stands inside a condition.
  private func span(ofName name: String, in syntax: ExpressionSyntax) -> SourceSpan? {
    if case .name(let reference) = syntax.kind,
      case .dimension(let dimension) = meaning(of: reference), dimension.name == name
    {
      return reference.span
    }
    for child in syntax.children {
      if let found = span(ofName: name, in: child) { return found }
    }
    return nil
  }
}
