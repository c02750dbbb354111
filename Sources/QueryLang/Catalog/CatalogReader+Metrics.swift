extension CatalogReader {
  mutating func readMetric(_ name: String, _ span: SourceSpan, _ node: CatalogNode) {
    let what = "the metric \"\(name)\""
    let fields = CatalogFields(node, what, .metric, &problems)
    guard let definition = metricDefinition(fields, what) else { return }
    var type: ResultType?
    if let word = fields.text("type", &problems) {
      type = self.type(word, fields.span(of: "type"))
    }
    var isBlankWithoutRows = false
    switch fields.text("empty", &problems) {
    case "null": isBlankWithoutRows = true
    case "zero", nil: break
    case .some: problems.add(8107, "\"empty\" is zero or null", fields.span(of: "empty"))
    }
    let metric = Metric(
      name: name,
      label: fields.text("label", &problems) ?? name,
      aka: fields.texts("aka", &problems),
      description: fields.text("description", &problems),
      owner: fields.text("owner", &problems),
      format: fields.text("format", &problems),
      isHidden: fields.flag("hidden", &problems),
      type: type,
      isBlankWithoutRows: isBlankWithoutRows,
      definition: definition,
      origin: origin(span)
    )
    CatalogReader.place(metric, in: &catalog.metrics) { $0.name }
  }

  private mutating func metricDefinition(
    _ fields: CatalogFields,
    _ what: String
  ) -> Metric.Definition? {
    if let text = fields.text("expr", &problems) {
      for key in ["fact", "agg", "column", "key", "where"] where fields.node(key) != nil {
        let span = fields.span(of: key)
        problems.add(8108, "\(what) has \"expr\" and therefore no \"\(key)\"", span)
      }
      return .expression(expression(fields, "expr", text))
    }
    guard let factName = fields.required("fact", of: what, &problems),
      let word = fields.required("agg", of: what, &problems)
    else { return nil }
    guard let fact = catalog.fact(factName) else {
      problems.add(
        8204,
        "there is no fact called \"\(factName)\"",
        fields.span(of: "fact"),
        suggesting: factName,
        among: catalog.facts.map(\.name)
      )
      return nil
    }
    guard let function = function(word, fields, fact, what) else { return nil }
    let condition = fields.text("where", &problems).map { expression(fields, "where", $0) }
    return .aggregate(
      Metric.BaseDefinition(fact: fact.name, function: function, condition: condition)
    )
  }

  private mutating func function(
    _ word: String,
    _ fields: CatalogFields,
    _ fact: Fact,
    _ what: String
  ) -> Metric.Function? {
    let words = ModelMapping.aggregateWords
    guard words.contains(word) else {
      let message = "there is no aggregate called \"\(word)\""
      problems.add(8107, message, fields.span(of: "agg"), suggesting: word, among: words)
      return nil
    }
    if word == "count_distinct", let key = fields.text("key", &problems) {
      return distinctMembers(key, fields, fact, what)
    }
    if word == "count", fields.node("column") == nil {
      return .countRows
    }
    guard let name = fields.required("column", of: what, &problems) else { return nil }
    guard let column = fact.column(name) else {
      problems.add(
        8203,
        "the fact \(fact.name) declares no column \"\(name)\"",
        fields.span(of: "column"),
        suggesting: name,
        among: fact.columns.map(\.name)
      )
      return nil
    }
    switch word {
    case "count": return .count(column: column.name)
    case "count_distinct":
      if fact.kind == .aggregated, !fact.grain.contains(column.name) {
        rejectDistinct(column.name, fact, fields.span(of: "column"))
      }
      return .countDistinct(.column(column.name))
    case "sum", "avg", "median":
      guard column.type.isAddable else {
        let message = "\(column.name) is \(column.type.name), which cannot be added up"
        problems.add(8302, message, fields.span(of: "column"))
        return nil
      }
      switch word {
      case "sum": return .sum(column: column.name)
      case "avg": return .average(column: column.name)
      default: return .median(column: column.name)
      }
    case "min": return .minimum(column: column.name)
    default: return .maximum(column: column.name)
    }
  }

  private mutating func distinctMembers(
    _ key: String,
    _ fields: CatalogFields,
    _ fact: Fact,
    _ what: String
  ) -> Metric.Function? {
    guard let dimension = catalog.dimension(key) else {
      problems.add(
        8207,
        "there is no dimension called \"\(key)\"",
        fields.span(of: "key"),
        suggesting: key,
        among: catalog.dimensions.map(\.name)
      )
      return nil
    }
    guard case .columns(let columns) = fact.relations[CatalogName.folded(key)] else {
      problems.add(8208, "the fact \(fact.name) has no \(key) to count", fields.span(of: "key"))
      return nil
    }
    if fact.kind == .aggregated, !columns.allSatisfy(fact.grain.contains) {
      rejectDistinct(key, fact, fields.span(of: "key"))
    }
    return .countDistinct(.key(dimension.name))
  }

  private mutating func rejectDistinct(_ name: String, _ fact: Fact, _ span: SourceSpan) {
    problems.add(
      8303,
      "\(fact.name) is already summed, so different values of \(name) cannot be counted in it",
      span
    )
  }
}

extension ResultType {
  /// Tells whether values can be added up.
  var isAddable: Bool {
    switch self {
    case .money, .count, .number, .percent: true
    case .date, .grain, .timestamp, .string, .bool: false
    }
  }
}
