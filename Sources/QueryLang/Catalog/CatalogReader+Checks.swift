internal import ColumnStore

extension CatalogReader {
  /// Checks what only the whole model shows.
  mutating func checkAll(replacing base: Catalog?) {
    checkNames(base)
    checkAttributes()
    checkParents()
    checkRelations()
    if KnownZones.offsets(of: catalog.defaults.timezone) == nil {
      let span = SourceSpan(start: 0, end: 0)
      let zone = catalog.defaults.timezone
      problems.add(8305, "reports cannot be cut in the time zone \(zone) yet", span)
    }
    if ModelExpression.parsePeriod(catalog.defaults.period) == nil {
      let span = SourceSpan(start: 0, end: 0)
      problems.add(8107, "the default period \"\(catalog.defaults.period)\" is no period", span)
    }
    if !problems.hasErrors {
      checkExpressions()
    }
    if !problems.hasErrors {
      checkDoubleCounts()
      checkTargets()
      checkPolicies()
    }
  }

  /// Warns of sums over facts that cover some members both, and others not.
  private mutating func checkDoubleCounts() {
    var binder = Binder(catalog: catalog, source: problems.source, today: 0)
    for metric in catalog.metrics {
      guard case .expression = metric.definition, let expression = binder.model(metric),
        case .union(let parts) = expression.kind
      else { continue }
      var names: [String] = []
      for aggregate in parts.flatMap(\.aggregates) where !names.contains(aggregate.fact) {
        names.append(aggregate.fact)
      }
      let facts = names.compactMap { catalog.fact($0) }
      for (index, fact) in facts.enumerated() {
        for other in facts.dropFirst(index + 1) {
          warnOfOverlap(fact, other, metric)
        }
      }
    }
  }

  private mutating func warnOfOverlap(_ fact: Fact, _ other: Fact, _ metric: Metric) {
    guard metric.origin.file == problems.file else { return }
    for coverage in fact.coverage {
      guard let second = other.coverage.first(where: { $0.dimension == coverage.dimension }) else {
        continue
      }
      let shared = Set(coverage.values).intersection(second.values)
      guard !shared.isEmpty, Set(coverage.values) != Set(second.values) else { continue }
      let list = shared.sorted().joined(separator: ", ")
      problems.add(
        Diagnostic(
          DiagnosticID(.warning, 8501),
          "\(metric.name) may count \(list) twice: "
            + "\(fact.name) and \(other.name) both cover it",
          at: metric.origin.span
        )
      )
    }
  }

  /// Names are unique whatever their case, and no reserved words unless the base has them.
  private mutating func checkNames(_ base: Catalog?) {
    var seen: [String: String] = [:]
    func entries() -> [(kind: String, name: String, origin: CatalogOrigin)] {
      catalog.metrics.map { ("metric", $0.name, $0.origin) }
        + catalog.dimensions.map { ("dimension", $0.name, $0.origin) }
        + catalog.periods.map { ("period", $0.name, $0.origin) }
        + catalog.segments.map { ("segment", $0.name, $0.origin) }
        + catalog.parameters.map { ("parameter", $0.name, $0.origin) }
    }
    for (kind, name, origin) in entries() {
      let folded = CatalogName.folded(name)
      if let other = seen[folded] {
        problems.add(8401, "\"\(name)\" is a \(kind) and a \(other) at once", origin)
      }
      seen[folded] = kind
      let isGrain = ReportGrain(rawValue: folded) != nil || Binder.dateParts[folded] != nil
      if isGrain {
        problems.add(8402, "\"\(name)\" has a meaning in the language already", origin)
      }
      let isKeyword = Keyword(spelledBy: name)?.isReserved ?? false
      let isKnown = base?.dimension(name) != nil || base?.metric(name) != nil
      if isKeyword, base != nil, !isKnown {
        problems.add(8402, "\"\(name)\" is a reserved word of the language", origin)
      }
    }
    checkSynonyms(seen)
  }

  private mutating func checkSynonyms(_ names: [String: String]) {
    var owners: [String: String] = [:]
    let entries =
      catalog.metrics.map { ($0.name, $0.aka, $0.origin) }
      + catalog.dimensions.map { ($0.name, $0.aka, $0.origin) }
    for (name, synonyms, origin) in entries {
      for synonym in synonyms {
        let folded = CatalogName.folded(synonym)
        if names[folded] != nil, folded != CatalogName.folded(name) {
          problems.add(8403, "\"\(synonym)\", another word for \(name), is a name itself", origin)
        } else if let other = owners[folded], other != name {
          problems.add(8403, "\"\(synonym)\" is another word for \(other) and \(name)", origin)
        }
        owners[folded] = name
      }
    }
  }

  private mutating func checkAttributes() {
    for dimension in catalog.dimensions {
      let parent: String
      let column: String
      switch dimension.source {
      case .attribute(let of, let name): (parent, column) = (of, name)
      case .cohort(let entity, let name, _): (parent, column) = (entity, name)
      case .table, .column, .expression: continue
      }
      guard let target = catalog.dimension(parent) else {
        problems.add(
          8207,
          "there is no dimension called \"\(parent)\", of which \(dimension.name) is a part",
          dimension.origin
        )
        continue
      }
      guard case .table(let table) = target.source else {
        problems.add(
          8209,
          "\(parent) has no table, so \(dimension.name) cannot be looked up in it",
          dimension.origin
        )
        continue
      }
      guard let schema = catalog.tables[table.table] else { continue }
      for name in [column, dimension.orderColumn].compactMap({ $0 })
      where schema.index(of: name) == nil {
        problems.add(
          8203,
          "the table \(schema.name) has no column \"\(name)\", which \(dimension.name) needs",
          dimension.origin
        )
      }
    }
  }

  /// A coarser dimension is an attribute of the finer one, so that each member has one.
  private mutating func checkParents() {
    for entry in parents {
      guard let parent = catalog.dimension(entry.parent) else {
        problems.add(
          8207,
          "there is no dimension called \"\(entry.parent)\"",
          entry.span,
          suggesting: entry.parent,
          among: catalog.dimensions.map(\.name)
        )
        continue
      }
      guard case .attribute(let owner, _) = parent.source,
        CatalogName.folded(owner) == CatalogName.folded(entry.dimension)
      else {
        problems.add(
          8216,
          "\(parent.name) is no attribute of \(entry.dimension), so it is not coarser",
          entry.span
        )
        continue
      }
    }
  }

  /// A dimension with a table is found by one column, so that no row is found twice.
  private mutating func checkRelations() {
    for fact in catalog.facts {
      for dimension in catalog.dimensions {
        guard case .table = dimension.source,
          case .columns(let columns) = fact.relations[CatalogName.folded(dimension.name)],
          columns.count > 1
        else { continue }
        problems.add(
          8301,
          "\(fact.name) must find \(dimension.name) by one column, not by \(columns.count)",
          fact.origin
        )
      }
    }
  }

  /// Types every expression of the model, which finds unknown names and cycles too.
  private mutating func checkExpressions() {
    for metric in catalog.metrics {
      check(metric.origin) { binder in _ = binder.model(metric) }
    }
    for dimension in catalog.dimensions {
      check(dimension.origin) { binder in _ = binder.row(dimension) }
    }
    for parameter in catalog.parameters {
      check(parameter.origin) { binder in
        binder.outerSpan = parameter.origin.span
        binder.declare(parameter)
      }
    }
    for segment in catalog.segments {
      check(segment.origin) { binder in
        _ = binder.segment(named: segment.name, at: segment.condition.origin.span)
      }
    }
  }

  private mutating func check(_ origin: CatalogOrigin, _ bind: (inout Binder) -> Void) {
    var binder = Binder(catalog: catalog, source: problems.source, today: 0)
    binder.declareModelParameters()
    binder.diagnostics = []
    bind(&binder)
    // A value may still come from outside.
    let found = binder.diagnostics.filter { $0.severity == .error && $0.id.number != 2302 }
    for problem in found {
      let isHere = origin.file == problems.file
      let span = isHere ? problem.span : SourceSpan(start: 0, end: 0)
      problems.add(Diagnostic(DiagnosticID(.error, 8404), problem.message, at: span))
    }
  }
}
