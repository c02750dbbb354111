internal import ColumnStore

/// `DESCRIBE`: everything that is known about a name without looking at rows.
extension Binder {
  mutating func describe(_ syntax: DescribeSyntax, _ bound: inout [BoundStatement]) {
    guard isKnown(syntax.name) else {
      reportUndescribed(syntax.name)
      return
    }
    guard let properties = properties(named: syntax.name) else { return }
    bound.append(.listing(listing(["property", "value"], properties)))
  }

  /// Whether a name means anything.
  private mutating func isKnown(_ name: NameReferenceSyntax) -> Bool {
    guard meaning(of: name) == nil else { return true }
    return name.qualifier == nil && otherProperties(name.name.text) != nil
  }

  /// What is known about a name, as pairs of a property and its value; nil for a name that means
  /// nothing, or whose definition is wrong.
  mutating func properties(named name: NameReferenceSyntax) -> [[String]]? {
    let found: [[String]]?
    if let meaning = meaning(of: name) {
      found = properties(of: meaning, name)
    } else {
      found = name.qualifier == nil ? otherProperties(name.name.text) : nil
    }
    return found?.filter { !$0[1].isEmpty }
  }

  private mutating func properties(
    of meaning: Meaning,
    _ name: NameReferenceSyntax
  ) -> [[String]]? {
    switch meaning {
    case .metric(let metric): return properties(of: metric)
    case .definedMetric(let metric):
      return metricProperties(metric.name, metric.label, metric.expression) + [
        ["description", metric.description ?? ""],
        ["definition", source.slice(metric.definition.span)], ["format", metric.format ?? ""],
        ["also called", metric.aka.joined(separator: ", ")],
        ["used by", users(of: metric.name)],
      ] + reachProperties(metric.expression)
    case .dimension(let dimension): return properties(of: dimension)
    case .definedDimension(let dimension):
      var reach = RowReach()
      reach.add(dimension.expression)
      let facts = catalog.facts.filter { missing(reach, from: $0) == nil }
      return [
        ["name", dimension.name], ["kind", "dimension"],
        ["label", dimension.label ?? dimension.name],
        ["type", typeName(dimension.expression.type)],
        ["definition", source.slice(dimension.definition.span)],
        ["facts", facts.map(\.name).joined(separator: ", ")],
      ]
    case .grain(let grain):
      return [
        ["name", grain.rawValue], ["kind", "grain"], ["type", "date"],
        ["description", "of the report date"],
      ]
    case .datePart:
      return [
        ["name", name.name.text], ["kind", "date part"], ["type", "count"],
        ["description", "of the report date"],
      ]
    case .column(let fact, let column):
      return [
        ["name", "\(fact.name).\(column.name)"], ["kind", "column"],
        ["type", typeName(column.type)], ["unit", column.unit ?? ""],
        ["currency from", column.currencyColumn ?? ""],
        ["table", fact.table],
      ]
    case .output: return nil
    }
  }

  // MARK: Metrics

  private mutating func properties(of metric: Metric) -> [[String]]? {
    guard let expression = model(metric) else { return nil }
    return metricProperties(metric.name, metric.label, expression) + [
      ["description", metric.description ?? ""], ["definition", definitionText(metric)],
      ["format", metric.format ?? ""], ["owner", metric.owner ?? ""],
      ["also called", metric.aka.joined(separator: ", ")], ["used by", users(of: metric.name)],
    ] + reachProperties(expression) + targetProperties(metric) + sharedProperties(metric.name)
  }

  private func metricProperties(
    _ name: String,
    _ label: String?,
    _ expression: MetricExpression
  ) -> [[String]] {
    [
      ["name", name], ["kind", "metric"], ["label", label ?? name],
      ["type", expression.type.name], ["unit", unit(of: expression.type)],
      ["additivity", expression.additivity.rawValue],
    ]
  }

  private func unit(of type: ResultType) -> String {
    switch type {
    case .money(let currency?): currency
    case .money(nil): "the report's currency"
    case .percent: "%"
    case .count, .number, .date, .grain, .timestamp, .string, .bool: ""
    }
  }

  /// What an expression is recorded by: its facts, their dimensions, and since when.
  private func reachProperties(_ expression: MetricExpression) -> [[String]] {
    var names: [String] = []
    for aggregate in expression.aggregates where !names.contains(aggregate.fact) {
      names.append(aggregate.fact)
    }
    let facts = names.compactMap { catalog.fact($0) }
    let recorded = facts.compactMap { fact in
      fact.recordedFrom.map { "\(fact.name) \(CivilDay(number: $0).text)" }
    }
    return [
      ["facts", names.joined(separator: ", ")], ["dimensions", shared(facts)],
      ["recorded from", recorded.joined(separator: ", ")], ["coverage", coverageText(facts)],
    ]
  }

  /// Who shares a definition and what it uses; nothing for names of the model.
  private func sharedProperties(_ name: String) -> [[String]] {
    guard let definition = shared[CatalogName.folded(name)] else { return [] }
    let uses = definition.dependencies.map(\.name)
    return [
      ["shared by", definition.author], ["version", "\(definition.version)"],
      ["uses", uses.joined(separator: ", ")],
    ]
  }

  /// What there are targets of a metric by; nothing where there are none.
  private func targetProperties(_ metric: Metric) -> [[String]] {
    let folded = CatalogName.folded(metric.name)
    let targets = catalog.targets.filter { $0.columns[folded] != nil }
    let texts = targets.map { "\($0.name) by \(grainText($0))" }
    return texts.isEmpty ? [] : [["targets", texts.joined(separator: "; ")]]
  }

  /// A metric of the model as the language would write it.
  func definitionText(_ metric: Metric) -> String {
    switch metric.definition {
    case .expression(let expression): return expression.text
    case .aggregate(let base):
      let call: String =
        switch base.function {
        case .countRows: "COUNT(\(base.fact))"
        case .count(let column): "COUNT(\(base.fact).\(column))"
        case .sum(let column): "SUM(\(base.fact).\(column))"
        case .minimum(let column): "MIN(\(base.fact).\(column))"
        case .maximum(let column): "MAX(\(base.fact).\(column))"
        case .average(let column): "AVG(\(base.fact).\(column))"
        case .median(let column): "MEDIAN(\(base.fact).\(column))"
        case .countDistinct(.column(let column)): "COUNT(DISTINCT \(base.fact).\(column))"
        case .countDistinct(.key(let dimension)): "COUNT(DISTINCT \(dimension))"
        }
      guard let condition = base.condition else { return call }
      return "\(call) FILTER (\(catalog.namesDenied(condition) ? "…" : condition.text))"
    }
  }

  /// The metrics whose definitions name another one.
  private func users(of name: String) -> String {
    let folded = CatalogName.folded(name)
    var users: [String] = []
    for metric in catalog.metrics
    where CatalogName.folded(metric.name) != folded && !metric.isDenied {
      guard case .expression(let text) = metric.definition,
        let syntax = ModelExpression.parse(text.text).1, syntax.names(folded)
      else { continue }
      users.append(metric.name)
    }
    let defined = definedMetrics.values.sorted { $0.name < $1.name }
    users += defined.filter { $0.definition.names(folded) }.map(\.name)
    return users.joined(separator: ", ")
  }

  // MARK: Dimensions

  private func properties(of dimension: Dimension) -> [[String]] {
    let reached = catalog.facts.map { ($0, catalog.reach(of: dimension, from: $0)) }
    let folded = CatalogName.folded(dimension.name)
    let attributes = catalog.dimensions.filter { !$0.isDenied }.filter { other in
      switch other.source {
      case .attribute(let parent, _), .cohort(let parent, _, _):
        CatalogName.folded(parent) == folded
      case .table, .column, .expression: false
      }
    }
    return [
      ["name", dimension.name], ["kind", "dimension"], ["label", dimension.label],
      ["type", dimension.type.name], ["description", dimension.description ?? ""],
      ["definition", definitionText(dimension)],
      ["also called", dimension.aka.joined(separator: ", ")],
      ["facts", reached.filter { $0.1 == .reached }.map(\.0.name).joined(separator: ", ")],
      [
        "only (none) in",
        reached.filter { $0.1 == .absent }.map(\.0.name).joined(separator: ", "),
      ],
      ["attributes", attributes.map(\.name).joined(separator: ", ")],
      ["values", dimension.values.joined(separator: ", ")],
    ]
  }

  /// Where a dimension's values come from.
  func definitionText(_ dimension: Dimension) -> String {
    switch dimension.source {
    case .column: return "a column of each fact"
    case .table(let table): return "\(table.table).\(table.column), found by \(table.key)"
    case .attribute(let parent, let column):
      return "\(column) of \(knownDimension(parent)?.name ?? "…")"
    case .cohort(let entity, let column, let grain):
      let date = "\(column) of \(knownDimension(entity)?.name ?? "…")"
      return grain.map { "\($0.rawValue)(\(date))" } ?? date
    case .expression(let text, _): return text.text
    }
  }

  // MARK: Other names

  /// The properties of a parameter, a segment, a period, a fact or a cohort; nil for other names.
  private mutating func otherProperties(_ name: String) -> [[String]]? {
    let folded = CatalogName.folded(name)
    if let parameter = parameters[folded] {
      return [
        ["name", parameter.name], ["kind", "parameter"],
        ["label", catalog.parameter(name)?.label ?? ""], ["type", parameter.typeName],
        ["description", catalog.parameter(name)?.description ?? ""],
        ["allowed", parameter.allowedText], ["value", parameter.valueText],
        ["value from", parameter.value == nil ? "" : (parameter.isGiven ? "outside" : "DEFAULT")],
      ]
    }
    let start = SourceSpan(start: source.markLength, end: source.markLength)
    if let segment = segment(named: name, at: start) {
      var reach = RowReach()
      reach.add(segment.condition)
      let facts = catalog.facts.filter { missing(reach, from: $0) == nil }
      // What names something that is denied is not shown.
      let text = knownSegments.first { $0.name == segment.name }?.text ?? ""
      return [
        ["name", segment.name], ["kind", "segment"],
        ["label", catalog.segment(name)?.label ?? ""], ["dimension", segment.dimension],
        ["description", catalog.segment(name)?.description ?? ""],
        ["definition", text], ["facts", facts.map(\.name).joined(separator: ", ")],
      ]
    }
    let period =
      definedPeriods[folded].map { listed($0) } ?? catalog.period(name).map { listed($0) }
    if let period {
      let names = ["name", "label", "from", "to", "definition"]
      return [["name", period[0]], ["kind", "period"]]
        + zip(names, period).dropFirst().map { [$0, $1] }
    }
    if let fact = catalog.fact(name) { return properties(of: fact) }
    guard let cohort = catalog.cohort(name), knownDimension(cohort.entity) != nil else {
      return nil
    }
    return [
      ["name", cohort.name], ["kind", "cohort"], ["label", cohort.label],
      ["entity", cohort.entity], ["fact", cohort.fact ?? ""],
      ["activity", cohort.activity.flatMap { knownMetric($0)?.name } ?? ""],
      ["date", cohort.dateColumn],
      ["instant", cohort.instantColumn ?? ""],
      [
        "dimensions",
        cohort.dimensions.filter { knownDimension($0) != nil }.joined(separator: ", "),
      ],
    ]
  }

  private mutating func properties(of fact: Fact) -> [[String]] {
    var metrics: [String] = []
    for metric in catalog.metrics where !metric.isHidden {
      if let expression = model(metric),
        expression.aggregates.contains(where: { $0.fact == fact.name })
      {
        metrics.append(metric.name)
      }
    }
    return [
      ["name", fact.name], ["kind", "fact"], ["table", fact.table],
      ["rows", fact.kind == .event ? "single events" : "figures that are already summed"],
      [
        "one row for each",
        fact.grain.filter { !catalog.unseenColumns(of: fact.table).contains($0) }
          .joined(separator: ", "),
      ],
      ["report date", fact.dateColumn], ["instant", fact.instantColumn ?? ""],
      [
        "coverage",
        fact.coverage.filter { knownDimension($0.dimension) != nil }.map {
          "\($0.dimension) \($0.values.joined(separator: ", "))"
        }
        .joined(separator: "; "),
      ],
      ["recorded from", fact.recordedFrom.map { CivilDay(number: $0).text } ?? ""],
      [
        "columns",
        fact.columns.filter { !$0.isDenied }.map { "\($0.name) \(typeName($0.type))" }.joined(
          separator: ", "
        ),
      ],
      ["dimensions", shared([fact])], ["metrics", metrics.joined(separator: ", ")],
    ]
  }

  private mutating func reportUndescribed(_ name: NameReferenceSyntax) {
    guard name.qualifier == nil else {
      reportUnknown(name, .metricOrDimension)
      return
    }
    var names = catalog.metrics.filter { !$0.isHidden }.map(\.name)
    names += catalog.dimensions.filter { !$0.isHidden }.map(\.name)
    names += catalog.periods.map(\.name) + catalog.facts.map(\.name) + catalog.cohorts.map(\.name)
    names += definedMetrics.values.map(\.name).sorted()
    names += definedDimensions.values.map(\.name).sorted()
    names += parameters.values.map(\.name).sorted() + knownSegments.map(\.name)
    names += definedPeriods.values.map(\.name).sorted()
    let suggestion = Suggestion(for: name.name.text, among: names)
    report(
      .missing(
        2101,
        "there is nothing called \"\(name.name.text)\"",
        at: name.span,
        suggestion
      )
    )
  }
}

extension ExpressionSyntax {
  /// Whether a name without a fact stands somewhere in it; the name is folded.
  func names(_ folded: String) -> Bool {
    if case .name(let name) = kind, name.qualifier == nil,
      CatalogName.folded(name.name.text) == folded
    {
      return true
    }
    return children.contains { $0.names(folded) }
  }
}
