internal import ColumnStore

extension Binder {
  mutating func show(_ syntax: ShowSyntax, _ bound: inout [BoundStatement]) {
    let pattern = syntax.pattern?.value
    switch syntax.subject {
    case .metrics: bound.append(.listing(metricListing(syntax, pattern)))
    case .dimensions: bound.append(.listing(dimensionListing(syntax, pattern)))
    case .periods: bound.append(.listing(periodListing(pattern)))
    case .values(let dimension): showValues(dimension, syntax, &bound)
    case .params: bound.append(.listing(parameterListing(pattern)))
    case .tables: unavailable("SHOW TABLES", 2300, syntax.subjectSpan)
    case .segments: bound.append(.listing(segmentListing(pattern)))
    case .cohorts: unavailable("SHOW COHORTS", 2300, syntax.subjectSpan)
    }
  }

  // MARK: Listings

  private mutating func metricListing(_ syntax: ShowSyntax, _ pattern: String?) -> ReportResult {
    let wanted = dimensions(named: syntax.names)
    var rows: [[String]] = []
    for metric in definedMetrics.values.sorted(by: { $0.name < $1.name }) {
      let row = listed(metric.name, metric.label, metric.expression, metric.description)
      rows += isReached(wanted, metric.expression) ? [row] : []
    }
    for metric in catalog.metrics where !metric.isHidden {
      guard let expression = model(metric), isReached(wanted, expression) else { continue }
      rows.append(listed(metric.name, metric.label, expression, metric.description))
    }
    return listing(
      ["name", "label", "type", "additivity", "facts", "description"],
      rows.filter { Binder.isLike($0[0], pattern) }
    )
  }

  private func listed(
    _ name: String,
    _ label: String?,
    _ expression: MetricExpression,
    _ description: String?
  ) -> [String] {
    var facts: [String] = []
    for aggregate in expression.aggregates where !facts.contains(aggregate.fact) {
      facts.append(aggregate.fact)
    }
    return [
      name, label ?? name, expression.type.name, expression.additivity.rawValue,
      facts.joined(separator: ", "), description ?? "",
    ]
  }

  private mutating func dimensions(named names: [NameSyntax]) -> [RowReach] {
    var found: [RowReach] = []
    for name in names {
      let reference = ExpressionSyntax(
        .name(NameReferenceSyntax(qualifier: nil, name: name)),
        name.span
      )
      if let row = row(reference, RowScope(facts: [], place: .by)) {
        var reach = RowReach()
        reach.add(row)
        found.append(reach)
      }
    }
    return found
  }

  private func isReached(_ reaches: [RowReach], _ expression: MetricExpression) -> Bool {
    expression.aggregates.allSatisfy { aggregate in
      guard let fact = catalog.fact(aggregate.fact) else { return false }
      return reaches.allSatisfy { missing($0, from: fact) == nil }
    }
  }

  private mutating func dimensionListing(
    _ syntax: ShowSyntax,
    _ pattern: String?
  ) -> ReportResult {
    var facts: [Fact] = []
    for name in syntax.names {
      let reference = NameReferenceSyntax(qualifier: nil, name: name)
      guard let metric = metric(ExpressionSyntax(.name(reference), name.span)) else { continue }
      facts += metric.aggregates.compactMap { catalog.fact($0.fact) }
    }
    var rows: [[String]] = []
    for dimension in catalog.dimensions where !dimension.isHidden {
      let isShared = facts.allSatisfy { catalog.reach(of: dimension, from: $0) != .missing }
      guard isShared else { continue }
      rows.append([
        dimension.name, dimension.label, dimension.type.name, dimension.description ?? "",
      ])
    }
    for dimension in definedDimensions.values.sorted(by: { $0.name < $1.name }) {
      var reach = RowReach()
      reach.add(dimension.expression)
      guard facts.allSatisfy({ missing(reach, from: $0) == nil }) else { continue }
      rows.append([
        dimension.name, dimension.label ?? dimension.name, dimension.expression.type.name, "",
      ])
    }
    for grain in Binder.grains {
      rows.append([grain.rawValue, grain.rawValue.titled, "date", "of the report date"])
    }
    for part in Binder.dateParts.keys.sorted() {
      rows.append([part, part.titled, "count", "of the report date"])
    }
    return listing(
      ["name", "label", "type", "description"],
      rows.filter { Binder.isLike($0[0], pattern) }
    )
  }

  private func periodListing(_ pattern: String?) -> ReportResult {
    let rows = catalog.periods.map { period in
      [
        period.name, period.label, CivilDay(number: period.from).text,
        CivilDay(number: period.to).text,
      ]
    }
    return listing(["name", "label", "from", "to"], rows.filter { Binder.isLike($0[0], pattern) })
  }

  private func segmentListing(_ pattern: String?) -> ReportResult {
    let rows = segments.values.sorted { $0.name < $1.name }.map { segment in
      [segment.name, segment.dimension, segment.text]
    }
    return listing(
      ["name", "dimension", "definition"],
      rows.filter { Binder.isLike($0[0], pattern) }
    )
  }

  private func parameterListing(_ pattern: String?) -> ReportResult {
    let rows = parameters.values.sorted { $0.name < $1.name }.map { parameter in
      [parameter.name, parameter.typeName, parameter.allowedText, parameter.valueText]
    }
    return listing(
      ["name", "type", "allowed", "value"],
      rows.filter { Binder.isLike($0[0], pattern) }
    )
  }

  // MARK: DESCRIBE

  mutating func describe(_ syntax: DescribeSyntax, _ bound: inout [BoundStatement]) {
    guard let meaning = meaning(of: syntax.name) else {
      reportUnknown(syntax.name, .metricOrDimension)
      return
    }
    var rows: [[String]] = []
    switch meaning {
    case .metric(let metric):
      guard let expression = model(metric) else { return }
      let row = listed(metric.name, metric.label, expression, metric.description)
      rows = zip(["name", "label", "type", "additivity", "facts", "description"], row)
        .map { [$0, $1] }
      if case .expression(let text) = metric.definition {
        rows.append(["definition", text.text])
      }
      rows.append(["owner", metric.owner ?? ""])
      rows.append(["also called", metric.aka.joined(separator: ", ")])
      let facts = Set(expression.aggregates.map(\.fact)).sorted().compactMap { catalog.fact($0) }
      rows.append(["dimensions", shared(facts)])
    case .definedMetric(let metric):
      let row = listed(metric.name, metric.label, metric.expression, metric.description)
      rows = zip(["name", "label", "type", "additivity", "facts", "description"], row)
        .map { [$0, $1] }
    case .dimension(let dimension):
      let facts = catalog.facts.filter { catalog.reach(of: dimension, from: $0) != .missing }
      rows = [
        ["name", dimension.name], ["label", dimension.label], ["type", dimension.type.name],
        ["description", dimension.description ?? ""],
        ["also called", dimension.aka.joined(separator: ", ")],
        ["facts", facts.map(\.name).joined(separator: ", ")],
        ["values", dimension.values.joined(separator: ", ")],
      ]
    case .definedDimension(let dimension):
      rows = [
        ["name", dimension.name], ["label", dimension.label ?? dimension.name],
        ["type", dimension.expression.type.name],
      ]
    case .grain(let grain):
      rows = [["name", grain.rawValue], ["type", "date"], ["description", "of the report date"]]
    case .datePart:
      rows = [
        ["name", syntax.name.name.text], ["type", "count"], ["description", "of the report date"],
      ]
    case .column(let fact, let column):
      rows = [["name", "\(fact.name).\(column.name)"], ["type", column.type.name]]
    case .output: return
    }
    bound.append(.listing(listing(["property", "value"], rows.filter { !$0[1].isEmpty })))
  }

  // MARK: SHOW VALUES

  private mutating func showValues(
    _ dimension: ExpressionSyntax,
    _ syntax: ShowSyntax,
    _ bound: inout [BoundStatement]
  ) {
    keys = []
    let item = ByItemSyntax(dimension: dimension, alias: nil, span: dimension.span)
    bindKeys(ByClauseSyntax(keyword: dimension.span, items: [item], span: dimension.span))
    guard let key = keys.first else { return }
    var reach = RowReach()
    switch key.source {
    case .dimension(let name): reach.dimensions.insert(name)
    case .expression(let expression): reach.add(expression)
    }
    let facts = catalog.facts.filter { missing(reach, from: $0) == nil }
    guard !facts.isEmpty else { return }
    var condition: RowCondition?
    if let pattern = syntax.pattern {
      guard key.type == .string, let value = row(dimension, RowScope(facts: [], place: .by)) else {
        error(3114, "\(key.type.name) is no text", pattern.span)
        return
      }
      condition = .text(value, .like(pattern.value))
    }
    bound.append(
      .values(
        BoundReport(
          keys: [key],
          columns: [],
          condition: condition,
          having: nil,
          order: [BoundOrder(target: .key(0), isDescending: false, putsBlanksFirst: false)],
          limit: syntax.limit.flatMap { count($0) },
          offset: 0,
          range: .allTime,
          fill: nil,
          groupFacts: facts.map(\.name),
          today: today,
          currency: nil,
          amounts: [],
          members: [],
          chart: nil,
          remarks: []
        )
      )
    )
  }

  // MARK: Results

  private func listing(_ names: [String], _ rows: [[String]]) -> ReportResult {
    ReportResult(
      header: ResultHeader(
        period: nil,
        timezone: catalog.defaults.timezone,
        currency: nil,
        asOf: today,
        snapshot: 0,
        groupCount: rows.count
      ),
      columns: names.map { ResultColumn(name: $0, label: $0.titled, type: .string, role: .key) },
      rows: rows.map { $0.map { ResultCell.text($0) } },
      rowKinds: rows.map { _ in .detail }
    )
  }

  /// Tells whether a name fits a pattern with `%` and `_`; case does not matter.
  static func isLike(_ name: String, _ pattern: String?) -> Bool {
    guard let pattern else { return true }
    let text = Array(CatalogName.folded(name).unicodeScalars)
    let wanted = Array(CatalogName.folded(pattern).unicodeScalars)
    // The place to go back to when a later part does not fit after a `%`.
    var resume: (pattern: Int, text: Int)?
    var place = 0
    var index = 0
    while index < text.count {
      if place < wanted.count, wanted[place] == "%" {
        resume = (place + 1, index)
        place += 1
      } else if place < wanted.count, wanted[place] == "_" || wanted[place] == text[index] {
        place += 1
        index += 1
      } else if let last = resume {
        resume = (last.pattern, last.text + 1)
        place = last.pattern
        index = last.text + 1
      } else {
        return false
      }
    }
    return wanted[place...].allSatisfy { $0 == "%" }
  }
}
