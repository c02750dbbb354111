internal import ColumnStore

/// `EXPLAIN LINEAGE`: what names come from, step by step down to columns of tables.
extension Binder {
  mutating func lineage(ofMetric name: NameSyntax) -> ReportResult? {
    let reference = NameReferenceSyntax(qualifier: nil, name: name)
    guard let metric = metric(ExpressionSyntax(.name(reference), name.span)) else { return nil }
    var lineage = Lineage(facts: facts(of: [metric]))
    lineage.follow(source(named: reference, in: nil).map { [$0] } ?? [], self)
    return listing(Lineage.columns, lineage.rows)
  }

  mutating func lineage(of syntax: ReportSyntax) -> ReportResult? {
    guard let report = report(syntax) else { return nil }
    var lineage = Lineage(facts: facts(of: report.metrics))
    for item in syntax.select.items {
      let name = item.alias?.text ?? source.slice(item.expression.span)
      lineage.follow(item.expression, Lineage.Title(name, "output column"), self)
    }
    for item in syntax.by?.items ?? [] {
      let name = item.alias?.text ?? source.slice(item.dimension.span)
      lineage.follow(item.dimension, Lineage.Title(name, "key"), self)
    }
    if let filter = syntax.filter {
      lineage.follow(filter.condition, Lineage.Title("WHERE", "condition"), self)
    }
    let aliases = syntax.select.items.compactMap { $0.alias?.text }
    lineage.aliases = Set(aliases.map { CatalogName.folded($0) })
    if let having = syntax.having {
      lineage.follow(having.condition, Lineage.Title("HAVING", "condition"), self)
    }
    for top in syntax.tops {
      let word = top.direction == .top ? "TOP" : "BOTTOM"
      lineage.follow(top.metric, Lineage.Title(word, "selection"), self)
    }
    for item in syntax.order?.items ?? [] {
      lineage.follow(item.expression, Lineage.Title("ORDER BY", "order"), self)
    }
    lineage.follow([.reportDate], self)
    return listing(Lineage.columns, lineage.rows)
  }

  private func facts(of metrics: [MetricExpression]) -> [Fact] {
    var names: [String] = []
    for aggregate in metrics.flatMap(\.aggregates) where !names.contains(aggregate.fact) {
      names.append(aggregate.fact)
    }
    return names.compactMap { catalog.fact($0) }
  }

  // MARK: Sources

  /// Something that a value comes from.
  enum LineageSource: Hashable {
    case metric(String)
    case dimension(String)
    case segment(String)
    case reportDate
    case instant
    case column(table: String, column: String)
    case rows(table: String)
  }

  /// What a name stands for; inside a fact's own condition a bare name may be its column.
  fileprivate func source(named name: NameReferenceSyntax, in fact: Fact?) -> LineageSource? {
    if name.qualifier == nil, let fact, catalog.dimension(name.name.text) == nil,
      let column = fact.column(name.name.text)
    {
      return .column(table: fact.table, column: column.name)
    }
    switch meaning(of: name) {
    case .metric(let metric): return .metric(metric.name)
    case .definedMetric(let metric): return .metric(metric.name)
    case .dimension(let dimension): return .dimension(dimension.name)
    case .definedDimension(let dimension): return .dimension(dimension.name)
    case .grain: return .reportDate
    case .datePart(let part): return part == .hourOfDay ? .instant : .reportDate
    case .column(let fact, let column): return .column(table: fact.table, column: column.name)
    case .output: return nil
    case nil:
      if let metric = name.qualifier {
        // A column of a comparison, such as `revenue.change`.
        return source(named: NameReferenceSyntax(qualifier: nil, name: metric), in: fact)
      }
      return catalog.fact(name.name.text).map { .rows(table: $0.table) }
    }
  }

  /// The sources that an expression names, each once, in the order of the text.
  fileprivate func sources(
    of syntax: ExpressionSyntax,
    in fact: Fact? = nil,
    except aliases: Set<String> = []
  ) -> [LineageSource] {
    var found: [LineageSource] = []
    func add(_ source: LineageSource?) {
      if let source, !found.contains(source) {
        found.append(source)
      }
    }
    func walk(_ syntax: ExpressionSyntax) {
      if case .name(let name) = syntax.kind,
        name.qualifier != nil || !aliases.contains(CatalogName.folded(name.name.text))
      {
        add(source(named: name, in: fact))
      }
      if case .parameter(let parameter) = syntax.kind,
        case .name(let name) = parameters[CatalogName.folded(parameter.name)]?.value
      {
        add(source(named: NameReferenceSyntax(qualifier: nil, name: name), in: fact))
      }
      if case .covered(let name) = syntax.kind {
        coveredDimensions(name).forEach { add(.dimension($0)) }
      }
      syntax.children.forEach(walk)
      if case .membership(let node) = syntax.kind, case .segment(let name) = node.members {
        add(knownSegment(name.text).map { .segment($0.name) })
      }
    }
    walk(syntax)
    return found
  }

  /// What a source comes from itself, with its kind and its definition.
  fileprivate func origin(
    of source: LineageSource,
    _ facts: [Fact]
  ) -> (title: Lineage.Title, sources: [LineageSource], definition: String) {
    switch source {
    case .metric(let name):
      let (sources, definition) = metricOrigin(name)
      return (Lineage.Title(name, "metric"), sources, definition)
    case .dimension(let name):
      if let defined = definedDimensions[CatalogName.folded(name)] {
        let text = self.source.slice(defined.definition.span)
        return (Lineage.Title(name, "dimension"), sources(of: defined.definition), text)
      }
      guard let dimension = catalog.dimension(name) else {
        return (Lineage.Title(name, "dimension"), [], "")
      }
      let sources = dimensionOrigin(dimension, facts)
      return (Lineage.Title(name, "dimension"), sources, definitionText(dimension))
    case .segment(let name):
      guard let segment = knownSegment(name) else {
        return (Lineage.Title(name, "segment"), [], "")
      }
      let title = Lineage.Title(name, "segment")
      let sources = ModelExpression.parse(segment.text).1.map { self.sources(of: $0) } ?? []
      return (title, sources, "\(segment.dimension): \(segment.text)")
    case .reportDate:
      let dates = facts.map { LineageSource.column(table: $0.table, column: $0.dateColumn) }
      return (Lineage.Title("report date", "date"), Lineage.distinct(dates), "")
    case .instant:
      let instants = facts.compactMap { fact in
        fact.instantColumn.map { LineageSource.column(table: fact.table, column: $0) }
      }
      return (Lineage.Title("instant", "timestamp"), Lineage.distinct(instants), "")
    case .column(let table, let column):
      return (Lineage.Title("\(table).\(column)", "column"), [], "")
    case .rows(let table): return (Lineage.Title("rows of \(table)", "rows"), [], "")
    }
  }

  private func knownSegment(
    _ name: String
  ) -> (name: String, dimension: String, text: String)? {
    let folded = CatalogName.folded(name)
    return knownSegments.first { CatalogName.folded($0.name) == folded }
  }

  private func metricOrigin(_ name: String) -> ([LineageSource], String) {
    if let defined = definedMetrics[CatalogName.folded(name)] {
      return (sources(of: defined.definition), source.slice(defined.definition.span))
    }
    guard let metric = catalog.metric(name) else { return ([], "") }
    let definition = definitionText(metric)
    switch metric.definition {
    case .expression(let text):
      let syntax = ModelExpression.parse(text.text).1
      return (syntax.map { sources(of: $0) } ?? [], definition)
    case .aggregate(let base):
      guard let fact = catalog.fact(base.fact) else { return ([], definition) }
      var found: [LineageSource]
      switch base.function {
      case .countRows: found = [.rows(table: fact.table)]
      case .count(let column), .sum(let column), .minimum(let column), .maximum(let column),
        .average(let column), .median(let column), .countDistinct(.column(let column)):
        found = [.column(table: fact.table, column: column)]
      case .countDistinct(.key(let dimension)):
        found = keyColumns(dimension, [fact])
      }
      if let condition = base.condition, let syntax = ModelExpression.parse(condition.text).1 {
        found += sources(of: syntax, in: fact)
      }
      return (Lineage.distinct(found), definition)
    }
  }

  private func dimensionOrigin(_ dimension: Dimension, _ facts: [Fact]) -> [LineageSource] {
    switch dimension.source {
    case .column: return keyColumns(dimension.name, facts)
    case .table(let table):
      var found = keyColumns(dimension.name, facts)
      found.append(.column(table: table.table, column: table.key))
      found.append(.column(table: table.table, column: table.column))
      return Lineage.distinct(found)
    case .attribute(let parent, let column), .cohort(let parent, let column, _):
      guard let owner = catalog.dimension(parent), case .table(let table) = owner.source else {
        return []
      }
      return [.dimension(owner.name), .column(table: table.table, column: column)]
    case .expression(let text, let names):
      let facts = names.compactMap { catalog.fact($0) }
      let only = facts.count == 1 ? facts[0] : nil
      return ModelExpression.parse(text.text).1.map { sources(of: $0, in: only) } ?? []
    }
  }

  /// The columns by which some facts find a dimension's members.
  private func keyColumns(_ dimension: String, _ facts: [Fact]) -> [LineageSource] {
    var found: [LineageSource] = []
    for fact in facts {
      guard case .columns(let columns) = fact.relations[CatalogName.folded(dimension)] else {
        continue
      }
      found += columns.map { .column(table: fact.table, column: $0) }
    }
    return Lineage.distinct(found)
  }
}

/// The rows of a lineage, found depth first; every source stands in it once.
struct Lineage {
  /// A name and what kind of thing it is.
  struct Title {
    let name: String
    let kind: String

    init(_ name: String, _ kind: String) {
      self.name = name
      self.kind = kind
    }
  }

  static let columns = ["name", "kind", "from", "definition"]

  /// The facts whose rows are looked at.
  let facts: [Fact]
  /// The output names that hide others, folded.
  var aliases: Set<String> = []
  private(set) var rows: [[String]] = []
  private var seen: Set<Binder.LineageSource> = []

  init(facts: [Fact]) {
    self.facts = facts
  }

  /// Adds what an expression comes from; one that is a bare name needs no row of its own.
  mutating func follow(_ syntax: ExpressionSyntax, _ title: Title, _ binder: Binder) {
    let sources = binder.sources(of: syntax, except: aliases)
    let text = binder.source.slice(syntax.span)
    let isBareName = sources.count == 1 && text == binder.origin(of: sources[0], facts).title.name
    if !isBareName || text != title.name {
      add(title, sources, text, binder)
    }
    follow(sources, binder)
  }

  mutating func follow(_ sources: [Binder.LineageSource], _ binder: Binder) {
    for source in sources where seen.insert(source).inserted {
      let origin = binder.origin(of: source, facts)
      add(origin.title, origin.sources, origin.definition, binder)
      follow(origin.sources, binder)
    }
  }

  private mutating func add(
    _ title: Title,
    _ sources: [Binder.LineageSource],
    _ definition: String,
    _ binder: Binder
  ) {
    let names = sources.map { binder.origin(of: $0, facts).title.name }
    rows.append([title.name, title.kind, names.joined(separator: ", "), definition])
  }

  /// The sources, each once, in their order.
  static func distinct(_ sources: [Binder.LineageSource]) -> [Binder.LineageSource] {
    var seen: Set<Binder.LineageSource> = []
    return sources.filter { seen.insert($0).inserted }
  }
}
