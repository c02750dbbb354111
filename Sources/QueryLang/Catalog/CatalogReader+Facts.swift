internal import ColumnStore

extension CatalogReader {
  mutating func readFact(_ name: String, _ span: SourceSpan, _ node: CatalogNode) {
    let what = "the fact \"\(name)\""
    let fields = CatalogFields(node, what, .fact, &problems)
    guard let schema = factTable(fields, what) else { return }
    let date = factDate(fields, schema, what)
    var fact = Fact(
      name: name,
      table: schema.name,
      kind: factKind(fields),
      grain: fields.texts("grain", &problems),
      dateColumn: date?.column ?? "",
      instantColumn: date?.instant,
      recordedFrom: fields.date("recorded_from", &problems),
      coverage: [],
      columns: [],
      relations: [:],
      origin: origin(span)
    )
    for column in fact.grain {
      check(column, in: schema, fields.span(of: "grain"))
    }
    for column in fields.texts("other_dates", &problems) {
      check(column, in: schema, fields.span(of: "other_dates"))
    }
    fact.columns = factColumns(fields, schema, &fact.relations)
    readRelations(fields, schema, &fact.relations)
    fact.coverage = coverage(fields, fact)
    CatalogReader.place(fact, in: &catalog.facts) { $0.name }
  }

  private mutating func factTable(_ fields: CatalogFields, _ what: String) -> TableSchema? {
    guard let node = fields.node("source") else {
      problems.add(8103, "\(what) needs \"source\"", fields.span)
      return nil
    }
    let source = CatalogFields(node, "\"source\" of \(what)", .factSource, &problems)
    guard let table = source.required("table", of: "\"source\" of \(what)", &problems) else {
      return nil
    }
    return storedTable(table, source.span(of: "table"))
  }

  private mutating func factKind(_ fields: CatalogFields) -> Fact.Kind {
    guard let word = fields.text("kind", &problems) else { return .event }
    if let kind = Fact.Kind(rawValue: word) {
      return kind
    }
    if word == "snapshot" {
      problems.add(8105, "facts of kind snapshot are not available yet", fields.span(of: "kind"))
    } else {
      problems.add(
        8107,
        "there is no kind of fact called \"\(word)\"",
        fields.span(of: "kind"),
        suggesting: word,
        among: Fact.Kind.allCases.map(\.rawValue)
      )
    }
    return .event
  }

  private mutating func factDate(
    _ fields: CatalogFields,
    _ schema: TableSchema,
    _ what: String
  ) -> (column: String, instant: String?)? {
    guard let node = fields.node("date") else {
      problems.add(8103, "\(what) needs \"date\"", fields.span)
      return nil
    }
    let date = CatalogFields(node, "\"date\" of \(what)", .factDate, &problems)
    guard let column = date.required("column", of: "\"date\" of \(what)", &problems),
      check(column, in: schema, date.span(of: "column"))
    else { return nil }
    if schema.field(column)?.type != .date {
      let span = date.span(of: "column")
      problems.add(8205, "the report date must be a column of days; \(column) is not", span)
    }
    let instant = date.text("instant", &problems)
    if let instant, check(instant, in: schema, date.span(of: "instant")),
      schema.field(instant)?.type != .timestamp
    {
      problems.add(8205, "\(instant) is no column of instants", date.span(of: "instant"))
    }
    return (column, instant)
  }

  private mutating func factColumns(
    _ fields: CatalogFields,
    _ schema: TableSchema,
    _ relations: inout [String: Fact.Relation]
  ) -> [Fact.Column] {
    var columns: [Fact.Column] = []
    for (name, span, node) in fields.definitions("columns", &problems) {
      let what = "the column \"\(name)\""
      let column = CatalogFields(node, what, .factColumn, &problems)
      let isKnown = check(name, in: schema, span)
      let currency = column.text("currency", &problems)
      let currencyColumn = column.text("currency_column", &problems)
      guard let word = column.required("type", of: what, &problems),
        let type = type(word, currency: currency, column.span(of: "type")), isKnown
      else { continue }
      if let currencyColumn {
        check(currencyColumn, in: schema, column.span(of: "currency_column"))
      }
      if word == "money", currency == nil, currencyColumn == nil {
        problems.add(8206, "\(what) is money and needs a currency or a currency_column", span)
      }
      checkStorage(of: name, type, schema, column.span(of: "type"))
      let unit = column.text("unit", &problems)
      columns.append(
        Fact.Column(name: name, type: type, currencyColumn: currencyColumn, unit: unit)
      )
      if column.flag("dimension", &problems) {
        addColumnDimension(name, type, span, column.text("label", &problems))
        relations[CatalogName.folded(name)] = .columns([name])
      }
    }
    return columns
  }

  private mutating func addColumnDimension(
    _ name: String,
    _ type: ResultType,
    _ span: SourceSpan,
    _ label: String?
  ) {
    guard catalog.dimension(name) == nil else { return }
    catalog.dimensions.append(
      Dimension(
        name: name,
        label: label ?? name,
        aka: [],
        description: nil,
        isHidden: false,
        type: type,
        source: .column,
        orderColumn: nil,
        values: [],
        origin: origin(span)
      )
    )
  }

  private mutating func checkStorage(
    of name: String,
    _ type: ResultType,
    _ schema: TableSchema,
    _ span: SourceSpan
  ) {
    guard let stored = schema.field(name)?.type else { return }
    let fits: Bool =
      switch type {
      case .money: stored == .decimal
      case .count: stored == .int32 || stored == .int64
      case .number, .percent: stored == .float64 || stored == .decimal
      case .date, .grain: stored == .date
      case .timestamp: stored == .timestamp
      case .string: stored == .string
      case .bool: stored == .bool
      }
    if !fits {
      problems.add(8205, "\(name) is stored as \(stored), which cannot be \(type.name)", span)
    }
  }

  private mutating func readRelations(
    _ fields: CatalogFields,
    _ schema: TableSchema,
    _ relations: inout [String: Fact.Relation]
  ) {
    for (name, span, node) in fields.definitions("relations", &problems) {
      guard catalog.dimension(name) != nil else {
        problems.add(
          8207,
          "there is no dimension called \"\(name)\"",
          span,
          suggesting: name,
          among: catalog.dimensions.map(\.name)
        )
        continue
      }
      if let relation = relation(name, node) {
        if case .columns(let columns) = relation {
          for column in columns {
            check(column, in: schema, node.span)
          }
        }
        relations[CatalogName.folded(name)] = relation
      }
    }
  }

  /// Reads what a fact covers: members of dimensions that it reaches.
  private mutating func coverage(_ fields: CatalogFields, _ fact: Fact) -> [Fact.Coverage] {
    guard let node = fields.node("covers") else { return [] }
    var names: [String] = []
    if case .mapping(let entries) = node.content { names = entries.map(\.key) }
    let covers = CatalogFields(node, "\"covers\" of \(fact.name)", keys: names, &problems)
    var found: [Fact.Coverage] = []
    for (name, span, _) in fields.definitions("covers", &problems) {
      guard let dimension = catalog.dimension(name) else {
        problems.add(
          8207,
          "there is no dimension called \"\(name)\"",
          span,
          suggesting: name,
          among: catalog.dimensions.map(\.name)
        )
        continue
      }
      guard dimension.type == .string, case .reached = catalog.reach(of: dimension, from: fact)
      else {
        problems.add(8210, "the fact \(fact.name) has no texts of \(name) to cover", span)
        continue
      }
      let values = covers.texts(name, &problems)
      if values.isEmpty {
        problems.add(8102, "\"\(name)\" must list at least one value", covers.span(of: name))
      }
      for value in values where !dimension.values.isEmpty && !dimension.values.contains(value) {
        problems.add(
          8211,
          "no \(dimension.name) is called \"\(value)\"",
          covers.span(of: name),
          suggesting: value,
          among: dimension.values
        )
      }
      found.append(Fact.Coverage(dimension: dimension.name, values: values))
    }
    return found
  }

  private mutating func relation(_ name: String, _ node: CatalogNode) -> Fact.Relation? {
    if let text = node.text {
      return text == "absent" ? .absent : .columns([text])
    }
    let what = "the relation \"\(name)\""
    let fields = CatalogFields(node, what, .relation, &problems)
    if let missing = fields.text("missing", &problems), missing != "none" {
      problems.add(8107, "\"missing\" can only be none", fields.span(of: "missing"))
    }
    let columns = fields.texts("columns", &problems)
    if !columns.isEmpty {
      return .columns(columns)
    }
    return fields.required("column", of: what, &problems).map { .columns([$0]) }
  }
}
