internal import ColumnStore

extension Binder {
  mutating func show(_ syntax: ShowSyntax, _ bound: inout [BoundStatement]) {
    let pattern = syntax.pattern?.value
    guard syntax.names.isEmpty || syntax.subject == .metrics || syntax.subject == .dimensions
    else {
      error(2313, "FOR stands after SHOW METRICS and SHOW DIMENSIONS only", syntax.names[0].span)
      return
    }
    switch syntax.subject {
    case .metrics: bound.append(.listing(metricListing(syntax, pattern)))
    case .dimensions: bound.append(.listing(dimensionListing(syntax, pattern)))
    case .periods: bound.append(.listing(periodListing(pattern)))
    case .values(let dimension): showValues(dimension, syntax, &bound)
    case .params: bound.append(.listing(parameterListing(pattern)))
    case .tables: bound.append(.listing(tableListing(pattern)))
    case .segments: bound.append(.listing(segmentListing(pattern)))
    case .cohorts: bound.append(.listing(cohortListing(pattern)))
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

  func listed(
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
    let hasHours = facts.allSatisfy { $0.instantColumn != nil }
    for part in Binder.dateParts.keys.sorted() where hasHours || part != "hour_of_day" {
      rows.append([part, part.titled, "count", "of the report date"])
    }
    return listing(
      ["name", "label", "type", "description"],
      rows.filter { Binder.isLike($0[0], pattern) }
    )
  }

  private func tableListing(_ pattern: String?) -> ReportResult {
    let rows = catalog.tables.values.sorted { $0.name < $1.name }.map { table in
      let facts = catalog.facts.filter { $0.table == table.name }.map(\.name)
      let dimensions = catalog.dimensions.filter { dimension in
        guard case .table(let source) = dimension.source else { return false }
        return source.table == table.name && !dimension.isDenied
      }
      let denied = catalog.unseenColumns(of: table.name)
      return [
        table.name, table.primaryKey.filter { !denied.contains($0) }.joined(separator: ", "),
        table.fields.map(\.name).filter { !denied.contains($0) }.joined(separator: ", "),
        facts.joined(separator: ", "),
        dimensions.map(\.name).joined(separator: ", "),
      ]
    }
    return listing(
      ["name", "primary_key", "columns", "facts", "dimensions"],
      rows.filter { Binder.isLike($0[0], pattern) }
    )
  }

  private func cohortListing(_ pattern: String?) -> ReportResult {
    let cohorts = catalog.cohorts.filter { knownDimension($0.entity) != nil }
    let rows = cohorts.map { cohort in
      [
        cohort.name, cohort.label, cohort.entity, cohort.fact ?? "",
        cohort.activity.flatMap { knownMetric($0)?.name } ?? "",
        cohort.dimensions.filter { knownDimension($0) != nil }.joined(separator: ", "),
      ]
    }
    return listing(
      ["name", "label", "entity", "fact", "activity", "dimensions"],
      rows.filter { Binder.isLike($0[0], pattern) }
    )
  }

  private func periodListing(_ pattern: String?) -> ReportResult {
    let rows =
      definedPeriods.values.sorted { $0.name < $1.name }.map { listed($0) }
      + catalog.periods.map { listed($0) }
    return listing(
      ["name", "label", "from", "to", "definition"],
      rows.filter { Binder.isLike($0[0], pattern) }
    )
  }

  /// A period of the text: its days as of today, blank where it has none.
  func listed(_ period: DefinedPeriod) -> [String] {
    var copy = self
    var ends = ["", ""]
    if case .days(let from, let to) = copy.range(period.syntax), from <= to {
      ends = [CivilDay(number: from).text, CivilDay(number: to).text]
    }
    return [period.name, period.name] + ends + [source.slice(period.syntax.span)]
  }

  func listed(_ period: NamedPeriod) -> [String] {
    if let text = period.definition, let syntax = ModelExpression.parsePeriod(text) {
      var copy = self
      copy.source = SourceText(ModelExpression.periodPrefix + text)
      return copy.listed(DefinedPeriod(name: period.name, syntax: syntax))
    }
    let ends = [CivilDay(number: period.from).text, CivilDay(number: period.to).text]
    return [period.name, period.label] + ends + [ends.joined(separator: " TO ")]
  }

  private func segmentListing(_ pattern: String?) -> ReportResult {
    let rows = knownSegments.map { [$0.name, $0.dimension, $0.text] }
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

  func listing(_ names: [String], _ rows: [[String]]) -> ReportResult {
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
