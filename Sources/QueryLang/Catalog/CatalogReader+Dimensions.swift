internal import ColumnStore

extension CatalogReader {
  mutating func readDimension(_ name: String, _ span: SourceSpan, _ node: CatalogNode) {
    let what = "the dimension \"\(name)\""
    let fields = CatalogFields(node, what, .dimension, &problems)
    guard let source = dimensionSource(fields, what) else { return }
    let typeWord = fields.text("type", &problems) ?? "string"
    let dimension = Dimension(
      name: name,
      label: fields.text("label", &problems) ?? name,
      aka: fields.texts("aka", &problems),
      description: fields.text("description", &problems),
      isHidden: fields.flag("hidden", &problems),
      type: type(typeWord, fields.span(of: "type")) ?? .string,
      source: source,
      orderColumn: fields.text("order_by", &problems),
      values: fields.texts("values", &problems),
      origin: origin(span)
    )
    _ = fields.flag("entity", &problems)
    for parent in fields.texts("parents", &problems) {
      parents.append(NamedParent(dimension: name, parent: parent, span: fields.span(of: "parents")))
    }
    CatalogReader.place(dimension, in: &catalog.dimensions) { $0.name }
  }

  private mutating func dimensionSource(
    _ fields: CatalogFields,
    _ what: String
  ) -> Dimension.Source? {
    if let table = fields.text("table", &problems) {
      return tableSource(table, fields, what)
    }
    if let parent = fields.text("of", &problems) {
      guard let column = fields.required("column", of: what, &problems) else { return nil }
      return .attribute(of: parent, column: column)
    }
    if let text = fields.text("expr", &problems) {
      let facts = fields.texts("only", &problems)
      if facts.isEmpty {
        problems.add(8103, "\(what) needs \"only\": the facts that have its columns", fields.span)
      }
      return .expression(expression(fields, "expr", text), facts: facts)
    }
    return .column
  }

  private mutating func tableSource(
    _ name: String,
    _ fields: CatalogFields,
    _ what: String
  ) -> Dimension.Source? {
    guard let schema = storedTable(name, fields.span(of: "table")),
      let key = fields.required("key", of: what, &problems)
    else { return nil }
    let column = fields.text("column", &problems) ?? key
    let labelColumn = fields.text("label_column", &problems)
    for (field, text) in [("key", key), ("column", column), ("label_column", labelColumn)] {
      if let text {
        check(text, in: schema, fields.span(of: field))
      }
    }
    if let order = fields.text("order_by", &problems) {
      check(order, in: schema, fields.span(of: "order_by"))
    }
    if schema.primaryKey != [key] {
      let words = schema.primaryKey.joined(separator: ", ")
      problems.add(
        8301,
        "\(what) needs one row for each key, but the primary key of \(schema.name) is (\(words))",
        fields.span(of: "key")
      )
    }
    return .table(
      Dimension.TableSource(
        table: schema.name,
        key: key,
        column: column,
        labelColumn: labelColumn
      )
    )
  }

  /// Reads a cohort: dates of an entity's first event, each exposed as a dimension.
  mutating func readCohort(_ name: String, _ span: SourceSpan, _ node: CatalogNode) {
    let what = "the cohort \"\(name)\""
    let fields = CatalogFields(node, what, .cohort, &problems)
    guard let entity = fields.required("entity", of: what, &problems) else { return }
    guard let enterNode = fields.node("enter") else {
      problems.add(8103, "\(what) needs \"enter\"", fields.span)
      return
    }
    let enter = CatalogFields(enterNode, "\"enter\" of \(what)", .cohortEntry, &problems)
    if let at = enter.text("at", &problems), at != "first" {
      problems.add(8105, "cohorts enter at their first event", enter.span(of: "at"))
    }
    if let fact = enter.text("fact", &problems), catalog.fact(fact) == nil {
      problems.add(
        8204,
        "there is no fact called \"\(fact)\"",
        enter.span(of: "fact"),
        suggesting: fact,
        among: catalog.facts.map(\.name)
      )
    }
    let date = enter.required("date", of: "\"enter\" of \(what)", &problems)
    let instant = enter.text("instant", &problems)
    let exposed = fields.definitions("expose", &problems)
    for (exposed, exposedSpan, word) in exposed {
      expose(exposed, exposedSpan, word, Entry(entity: entity, date: date, instant: instant))
    }
    let cohort = Cohort(
      name: name,
      label: fields.text("label", &problems) ?? name.titled,
      entity: entity,
      fact: enter.text("fact", &problems),
      dateColumn: date ?? "",
      instantColumn: instant,
      activity: fields.text("activity", &problems),
      dimensions: exposed.map(\.key),
      origin: origin(span)
    )
    CatalogReader.place(cohort, in: &catalog.cohorts) { $0.name }
  }

  /// The entity that a cohort is about and the columns of its first event.
  private struct Entry {
    let entity: String
    let date: String?
    let instant: String?
  }

  private mutating func expose(
    _ name: String,
    _ span: SourceSpan,
    _ word: CatalogNode,
    _ entry: Entry
  ) {
    let (entity, date, instant) = (entry.entity, entry.date, entry.instant)
    let grains = ModelMapping.cohortGrains
    let text = word.text ?? ""
    let source: Dimension.Source
    let type: ResultType
    if text == "instant", let instant {
      source = .cohort(entity: entity, column: instant, grain: nil)
      type = .timestamp
    } else if grains.contains(text), let grain = ReportGrain(rawValue: text), let date {
      source = .cohort(entity: entity, column: date, grain: grain)
      type = .grain(grain)
    } else {
      if date != nil {
        let known = grains + (instant == nil ? [] : ["instant"])
        problems.add(
          8107,
          "a cohort is exposed by a grain, not by \"\(text)\"",
          word.span,
          suggesting: text,
          among: known
        )
      }
      return
    }
    let label = name.split(separator: "_").joined(separator: " ")
    let dimension = Dimension(
      name: name,
      label: label.prefix(1).uppercased() + label.dropFirst(),
      aka: [],
      description: nil,
      isHidden: false,
      type: type,
      source: source,
      orderColumn: nil,
      values: [],
      origin: origin(span)
    )
    CatalogReader.place(dimension, in: &catalog.dimensions) { $0.name }
  }
}
