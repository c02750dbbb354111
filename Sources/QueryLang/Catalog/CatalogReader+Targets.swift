internal import ColumnStore

/// Targets of metrics.
extension CatalogReader {
  mutating func readTarget(_ name: String, _ span: SourceSpan, _ node: CatalogNode) {
    let what = "the target \"\(name)\""
    let fields = CatalogFields(node, what, .target, &problems)
    guard let source = fields.required("source", of: what, &problems),
      let schema = storedTable(source, fields.span(of: "source")),
      let date = fields.required("date", of: what, &problems),
      check(date, in: schema, fields.span(of: "date"))
    else { return }
    if schema.field(date)?.type != .date {
      problems.add(8205, "\(date) is no column of days", fields.span(of: "date"))
    }
    guard let (grain, dimensions) = targetGrain(fields, what) else { return }
    var fact = Fact(
      name: MetricTarget.factName(of: name),
      table: schema.name,
      kind: .aggregated,
      grain: [date],
      dateColumn: date,
      instantColumn: nil,
      recordedFrom: nil,
      coverage: [],
      columns: [],
      relations: [:],
      origin: origin(span)
    )
    let keys = fields.namedTexts("columns", &problems)
    let known = dimensions.map { CatalogName.folded($0) }
    for key in keys.keys.sorted() where !known.contains(key) {
      let message = "\(what) is not by \(key), which \"columns\" names"
      problems.add(8207, message, fields.span(of: "columns"))
    }
    for dimension in dimensions {
      let column = keys[CatalogName.folded(dimension)]?.text ?? dimension
      let place = keys[CatalogName.folded(dimension)]?.span ?? fields.span(of: "grain")
      check(column, in: schema, place)
      fact.relations[CatalogName.folded(dimension)] = .columns([column])
      fact.grain.append(column)
    }
    let columns = targetColumns(fields, schema, &fact)
    let target = MetricTarget(
      name: name,
      label: fields.text("label", &problems) ?? name,
      grain: grain,
      dimensions: dimensions,
      columns: columns,
      fact: fact,
      origin: origin(span)
    )
    CatalogReader.place(target, in: &catalog.targets) { $0.name }
  }

  /// The one grain and the dimensions that a target's rows are for.
  private mutating func targetGrain(
    _ fields: CatalogFields,
    _ what: String
  ) -> (ReportGrain, [String])? {
    var grains: [ReportGrain] = []
    var dimensions: [String] = []
    let span = fields.span(of: "grain")
    for word in fields.texts("grain", &problems) {
      if let grain = ReportGrain(rawValue: word), Binder.grains.contains(grain) {
        grains.append(grain)
        continue
      }
      guard let dimension = catalog.dimension(word) else {
        problems.add(
          8207,
          "there is no dimension called \"\(word)\"",
          span,
          suggesting: word,
          among: catalog.dimensions.map(\.name) + Binder.grains.map(\.rawValue)
        )
        continue
      }
      switch dimension.source {
      case .column, .table: dimensions.append(dimension.name)
      case .attribute, .cohort, .expression:
        problems.add(8213, "rows of a target cannot be found by \(dimension.name)", span)
      }
    }
    guard grains.count == 1 else {
      problems.add(8213, "\(what) needs one grain of dates, such as month", span)
      return nil
    }
    return (grains[0], dimensions)
  }

  private mutating func targetColumns(
    _ fields: CatalogFields,
    _ schema: TableSchema,
    _ fact: inout Fact
  ) -> [String: String] {
    let currency = fields.text("currency", &problems) ?? catalog.defaults.currency
    if !CatalogReader.isCurrency(currency) {
      let span = fields.span(of: "currency")
      problems.add(8107, "\"\(currency)\" is no currency code such as INR", span)
    }
    var columns: [String: String] = [:]
    for (name, span, node) in fields.definitions("metrics", &problems) {
      guard let metric = catalog.metric(name) else {
        problems.add(
          8214,
          "there is no metric called \"\(name)\"",
          span,
          suggesting: name,
          among: catalog.metrics.map(\.name)
        )
        continue
      }
      guard let column = node.text else {
        problems.add(8102, "\"\(name)\" must be the name of a column", node.span)
        continue
      }
      guard check(column, in: schema, node.span) else { continue }
      let type: ResultType
      switch schema.field(column)?.type {
      case .decimal: type = .money(currency: currency)
      case .int32, .int64: type = .count
      case .float64: type = .number
      case .bool, .date, .timestamp, .string, nil:
        problems.add(8205, "\(column) holds no numbers, which targets are", node.span)
        continue
      }
      fact.columns.append(Fact.Column(name: column, type: type, currencyColumn: nil, unit: nil))
      columns[CatalogName.folded(metric.name)] = column
    }
    if fields.node("metrics") == nil {
      problems.add(8103, "the target needs \"metrics\"", fields.span)
    }
    return columns
  }

  /// Targets are added up, so they are of sums; and a metric has one for a grain.
  mutating func checkTargets() {
    var binder = Binder(catalog: catalog, source: problems.source, today: 0)
    var seen: [String: String] = [:]
    for target in catalog.targets {
      for (folded, name) in target.columns.sorted(by: { $0.key < $1.key }) {
        guard let metric = catalog.metric(folded), let expression = binder.model(metric),
          let column = target.fact.column(name)
        else { continue }
        if expression.type.isMoney != column.type.isMoney || !expression.type.isAddable
          || expression.type == .percent
        {
          problems.add(
            8215,
            "\(metric.name) is \(expression.type.name), and its target \(name) "
              + "is added up as \(column.type.name)",
            target.origin
          )
        }
        let key = "\(folded) \(([target.grain.rawValue] + target.dimensions.sorted()))"
        if let other = seen[key] {
          problems.add(
            8502,
            "\(other) and \(target.name) both have targets of \(metric.name) "
              + "by \(target.grainText)",
            target.origin
          )
        }
        seen[key] = target.name
      }
    }
  }
}
