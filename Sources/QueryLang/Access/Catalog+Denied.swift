internal import ColumnStore

/// Names that somebody may not see.
extension Catalog {
  /// Returns the catalogue with names that are unknown to whoever writes reports; definitions of the
  /// model go on using them.
  ///
  /// A metric or a dimension whose expression names a denied one is denied too, and so are columns of
  /// facts that only denied metrics add up or by which denied dimensions are found.
  func denying(metrics: [String], dimensions: [String]) -> Catalog {
    guard !metrics.isEmpty || !dimensions.isEmpty else { return self }
    var denied = Set((metrics + dimensions).map { CatalogName.folded($0) })
    var isChanging = true
    while isChanging {
      let count = denied.count
      // Expressions may use labels and other names in quotes.
      denied.formUnion(otherNames(of: denied))
      for metric in self.metrics {
        guard case .expression(let text) = metric.definition, names(denied, text) else { continue }
        denied.insert(CatalogName.folded(metric.name))
      }
      for dimension in self.dimensions {
        guard case .expression(let text, _) = dimension.source, names(denied, text) else {
          continue
        }
        denied.insert(CatalogName.folded(dimension.name))
      }
      isChanging = denied.count > count
    }
    var catalog = self
    for index in catalog.metrics.indices
    where denied.contains(CatalogName.folded(catalog.metrics[index].name)) {
      catalog.metrics[index].isDenied = true
      catalog.metrics[index].isHidden = true
    }
    for index in catalog.dimensions.indices
    where denied.contains(CatalogName.folded(catalog.dimensions[index].name)) {
      catalog.dimensions[index].isDenied = true
      catalog.dimensions[index].isHidden = true
    }
    catalog.segments.removeAll { denied.contains(CatalogName.folded($0.dimension)) }
    catalog.parameters.removeAll { parameter in
      let (script, _) = ReportParser.parse(
        SourceText("DEFINE PARAM \(parameter.name) \(parameter.definition.text)")
      )
      return script.statements.contains { $0.names(denied) }
    }
    catalog.denyColumns()
    return catalog
  }

  /// The folded labels and other names of metrics and dimensions.
  private func otherNames(of folded: Set<String>) -> Set<String> {
    let metrics = self.metrics.filter { folded.contains(CatalogName.folded($0.name)) }
    let dimensions = self.dimensions.filter { folded.contains(CatalogName.folded($0.name)) }
    let names =
      metrics.flatMap { $0.aka + [$0.label] } + dimensions.flatMap { $0.aka + [$0.label] }
    let known = Set(
      (self.metrics.map(\.name) + self.dimensions.map(\.name)).map { CatalogName.folded($0) }
    )
    return Set(names.map { CatalogName.folded($0) }).subtracting(known)
  }

  private func names(_ denied: Set<String>, _ expression: CatalogExpression) -> Bool {
    guard let syntax = ModelExpression.parse(expression.text).1 else { return false }
    return denied.contains { syntax.names($0) }
  }

  /// The metric of a name that reports may use; nil where there is none or it is denied.
  func seenMetric(_ name: String) -> Metric? {
    metric(name).flatMap { $0.isDenied ? nil : $0 }
  }

  /// The dimension of a name that reports may use; nil where there is none or it is denied.
  func seenDimension(_ name: String) -> Dimension? {
    dimension(name).flatMap { $0.isDenied ? nil : $0 }
  }

  /// Tells whether an expression of the model names what may not be seen.
  func namesDenied(_ expression: CatalogExpression) -> Bool {
    let denied =
      metrics.filter(\.isDenied).map(\.name) + dimensions.filter(\.isDenied).map(\.name)
    guard !denied.isEmpty else { return false }
    let folded = Set(denied.map { CatalogName.folded($0) })
    return names(folded.union(otherNames(of: folded)), expression)
  }

  private mutating func denyColumns() {
    var needed: [String: Set<String>] = [:]
    for metric in metrics where !metric.isDenied {
      guard case .aggregate(let base) = metric.definition, let column = base.column else {
        continue
      }
      needed[CatalogName.folded(base.fact), default: []].insert(CatalogName.folded(column))
    }
    for index in facts.indices {
      let fact = facts[index]
      var hidden: Set<String> = []
      for metric in metrics where metric.isDenied {
        guard case .aggregate(let base) = metric.definition, let column = base.column,
          CatalogName.folded(base.fact) == CatalogName.folded(fact.name)
        else { continue }
        hidden.insert(CatalogName.folded(column))
      }
      hidden.subtract(needed[CatalogName.folded(fact.name)] ?? [])
      for dimension in dimensions where dimension.isDenied {
        guard case .columns(let columns) = fact.relations[CatalogName.folded(dimension.name)]
        else { continue }
        hidden.formUnion(columns.map { CatalogName.folded($0) })
      }
      for place in fact.columns.indices
      where hidden.contains(CatalogName.folded(fact.columns[place].name)) {
        facts[index].columns[place].isDenied = true
      }
    }
  }

  /// The columns of a table that listings leave out: those of denied metrics and dimensions.
  func unseenColumns(of table: String) -> Set<String> {
    var unseen: Set<String> = []
    for fact in facts where fact.table == table {
      unseen.formUnion(fact.columns.filter(\.isDenied).map(\.name))
    }
    for target in targets where target.fact.table == table {
      for metric in metrics where metric.isDenied {
        if let column = target.columns[CatalogName.folded(metric.name)] { unseen.insert(column) }
      }
      for dimension in dimensions where dimension.isDenied {
        if case .columns(let columns)? = target.fact.relations[CatalogName.folded(dimension.name)] {
          unseen.formUnion(columns)
        }
      }
    }
    for dimension in dimensions where dimension.isDenied {
      switch dimension.source {
      case .table(let source):
        if source.table == table { unseen.formUnion([source.column, source.key]) }
      case .attribute(let parent, let column), .cohort(let parent, let column, _):
        if case .table(let source)? = self.dimension(parent)?.source, source.table == table {
          unseen.insert(column)
        }
      case .column:
        for fact in facts where fact.table == table {
          if case .columns(let columns)? = fact.relations[CatalogName.folded(dimension.name)] {
            unseen.formUnion(columns)
          }
        }
      case .expression: break
      }
    }
    return unseen
  }

  /// The columns of a table that no metric may be computed from: those that only denied metrics read.
  func deniedColumns(of table: String) -> Set<String> {
    var denied: Set<String> = []
    var binder = Binder(catalog: self, source: SourceText(""), today: 0)
    for metric in metrics where metric.isDenied {
      guard case .aggregate(let base) = metric.definition, let column = base.column,
        fact(base.fact)?.table == table, let name = fact(base.fact)?.column(column)?.name
      else { continue }
      denied.insert(name)
    }
    guard !denied.isEmpty else { return [] }
    let rule = calendar.rule(zone: ZoneOffsets())
    for metric in metrics where !metric.isDenied {
      for aggregate in binder.model(metric)?.aggregates ?? [] {
        guard let fact = fact(aggregate.fact), fact.table == table else { continue }
        let lowering = FactLowering(catalog: self, fact: fact, rule: rule)
        denied.subtract(lowering.columns(of: aggregate))
      }
    }
    for dimension in dimensions where !dimension.isDenied {
      guard case .expression(_, let names) = dimension.source, let row = binder.row(dimension)
      else { continue }
      for fact in names.compactMap({ fact($0) }) where fact.table == table {
        var reads = ColumnReads(table: table)
        reads.add(FactLowering(catalog: self, fact: fact, rule: rule).expression(row))
        denied.subtract(reads.columns[table] ?? [])
      }
    }
    return denied
  }
}

extension FactLowering {
  /// The columns of the fact's table that an aggregate reads.
  fileprivate func columns(of aggregate: BaseAggregate) -> Set<String> {
    var reads = ColumnReads(table: fact.table)
    for condition in aggregate.conditions { reads.add(predicate(condition)) }
    switch aggregate.function {
    case .countRows: break
    case .count(let row), .sum(let row), .minimum(let row), .maximum(let row), .average(let row),
      .percentile(let row, _), .countDistinct(let row):
      reads.add(expression(row))
    case .countMembers(let name):
      catalog.dimension(name).map { keys(of: $0) }?.forEach { reads.add($0) }
    }
    return reads.columns[fact.table] ?? []
  }
}

extension Metric.BaseDefinition {
  /// The column that is aggregated; nil where rows or members are counted.
  var column: String? {
    switch function {
    case .countRows, .countDistinct(.key): nil
    case .count(let column), .sum(let column), .minimum(let column), .maximum(let column),
      .average(let column), .median(let column), .countDistinct(.column(let column)):
      column
    }
  }
}

extension StatementSyntax {
  /// Whether the definition of a parameter names one of some folded names.
  fileprivate func names(_ folded: Set<String>) -> Bool {
    guard case .define(let define) = self, case .parameter(_, let syntax) = define.definition else {
      return false
    }
    if case .values(let dimension)? = syntax.allowed,
      folded.contains(where: { dimension.names($0) })
    {
      return true
    }
    if case .name(let name)? = syntax.defaultValue {
      return folded.contains(CatalogName.folded(name.name.text))
    }
    return false
  }
}
