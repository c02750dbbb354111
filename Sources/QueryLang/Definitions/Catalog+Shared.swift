/// The names of a workspace beside those of the model.
extension Catalog {
  /// Returns the catalogue with shared definitions, and why some of them have no meaning any more, by
  /// folded name.
  ///
  /// A definition that uses what is denied is denied itself, and left out without a word.
  func sharing(_ definitions: [SharedDefinition]) -> (catalog: Catalog, broken: [String: String]) {
    var catalog = self
    var broken: [String: String] = [:]
    var denied: Set<String> = []
    for definition in SharedDefinition.ordered(definitions) {
      let folded = CatalogName.folded(definition.name)
      let uses = definition.dependencies.map { CatalogName.folded($0.name) }
      if uses.contains(where: denied.contains) || (hasDenied && !catalog.isSeen(definition)) {
        denied.insert(folded)
        continue
      }
      var extended = catalog
      if let problem = extended.place(definition) ?? extended.problem(of: definition) {
        broken[folded] = problem
      } else {
        catalog = extended
      }
    }
    return (catalog, broken)
  }

  private var hasDenied: Bool {
    metrics.contains(where: \.isDenied) || dimensions.contains(where: \.isDenied)
  }

  /// Tells whether whoever may not see some names could have written a definition.
  private func isSeen(_ definition: SharedDefinition) -> Bool {
    let source = SourceText(definition.text)
    let (script, problems) = ReportParser.parse(source)
    guard problems.isEmpty, script.statements.count == 1,
      case .define(let define) = script.statements[0]
    else { return false }
    var binder = Binder(catalog: self, source: source, today: 0)
    binder.declareModelParameters()
    var ignored: [BoundStatement] = []
    binder.define(define, &ignored)
    return !binder.diagnostics.contains { $0.severity == .error && $0.id.number != 2302 }
  }

  /// Tells whether something of the model or the workspace has a name, whoever may see it.
  func hasName(_ name: String) -> Bool {
    metric(name) != nil || dimension(name) != nil || period(name) != nil || segment(name) != nil
      || parameter(name) != nil
  }

  /// Takes a name away.
  mutating func remove(_ name: String) {
    let folded = CatalogName.folded(name)
    metrics.removeAll { CatalogName.folded($0.name) == folded }
    dimensions.removeAll { CatalogName.folded($0.name) == folded }
    periods.removeAll { CatalogName.folded($0.name) == folded }
    segments.removeAll { CatalogName.folded($0.name) == folded }
    parameters.removeAll { CatalogName.folded($0.name) == folded }
  }

  /// Adds a definition; the answer says why it is none.
  mutating func place(_ shared: SharedDefinition) -> String? {
    guard !hasName(shared.name) else { return "the model has the name too" }
    let source = SourceText(shared.text)
    let (script, problems) = ReportParser.parse(source)
    guard problems.isEmpty, script.statements.count == 1,
      case .define(let define) = script.statements[0]
    else { return problems.first?.message ?? "its text is no definition" }
    let start = SourceSpan(start: 0, end: 0)
    let origin = CatalogOrigin(file: SharedDefinition.origin, span: start)
    func expression(_ span: SourceSpan) -> CatalogExpression {
      CatalogExpression(text: source.slice(span), origin: origin)
    }
    switch define.definition {
    case .metric(let name, let syntax, let details):
      metrics.append(Metric(name.text, expression(syntax.span), details, origin))
    case .dimension(let name, let syntax, let details):
      guard let dimension = dimension(name.text, expression(syntax.span), details) else {
        return "its expression has no meaning"
      }
      dimensions.append(dimension)
    case .period(let name, let period):
      periods.append(
        NamedPeriod(
          name: name.text,
          label: name.text,
          from: 0,
          to: 0,
          definition: source.slice(period.span),
          origin: origin
        )
      )
    case .segment(let name, let dimension, let condition):
      segments.append(
        NamedSegment(
          name: name.text,
          label: name.text,
          description: nil,
          dimension: source.slice(dimension.span),
          condition: expression(condition.span),
          origin: origin
        )
      )
    case .parameter(let name, _), .periodParameter(let name, _):
      let rest = SourceSpan(start: name.span.end, end: define.span.end)
      parameters.append(
        NamedParameter(
          name: name.text,
          label: name.text,
          description: nil,
          definition: expression(rest),
          origin: origin
        )
      )
    }
    return nil
  }

  private func dimension(
    _ name: String,
    _ expression: CatalogExpression,
    _ details: [DefinitionDetailSyntax]
  ) -> Dimension? {
    var binder = Binder(catalog: self, source: SourceText(""), today: 0)
    binder.declareModelParameters()
    let row = binder.inModel(expression) { binder, syntax in
      binder.row(syntax, RowScope(facts: [], place: .definition))
    }
    guard let row else { return nil }
    var reach = RowReach()
    reach.add(row)
    return Dimension(
      name: name,
      label: details.label ?? name,
      aka: details.aka,
      description: details.description,
      isHidden: false,
      type: row.type,
      source: .expression(
        expression,
        facts: facts.filter { binder.missing(reach, from: $0) == nil }.map(\.name)
      ),
      orderColumn: nil,
      values: [],
      origin: expression.origin
    )
  }

  /// What is wrong with a definition that was added; nil where it has a meaning.
  func problem(of shared: SharedDefinition) -> String? {
    var binder = Binder(catalog: self, source: SourceText(shared.text), today: 0)
    binder.declareModelParameters()
    switch shared.kind {
    case .metric: if let metric = metric(shared.name) { _ = binder.model(metric) }
    case .dimension: if let dimension = dimension(shared.name) { _ = binder.row(dimension) }
    case .segment:
      _ = binder.segment(named: shared.name, at: SourceSpan(start: 0, end: 0))
    case .period, .param: break
    }
    // A value may still come from outside.
    return binder.diagnostics.first { $0.severity == .error && $0.id.number != 2302 }?.message
  }
}

extension SharedDefinition {
  /// What stands for a file in the origin of shared definitions.
  static let origin = "shared definitions"

  /// Definitions in an order in which what is used comes before what uses it.
  static func ordered(_ definitions: [SharedDefinition]) -> [SharedDefinition] {
    var waiting = definitions
    var ordered: [SharedDefinition] = []
    while !waiting.isEmpty {
      let ready = waiting.filter { definition in
        !waiting.contains { $0.name != definition.name && definition.uses($0.name) }
      }
      // Of a circle each has to say itself that it has no meaning.
      let next = ready.isEmpty ? waiting : ready
      ordered += next
      waiting.removeAll { entry in next.contains { $0.name == entry.name } }
    }
    return ordered
  }
}

extension [DefinitionDetailSyntax] {
  /// The text of LABEL.
  var label: String? {
    for detail in self { if case .label(let text) = detail.kind { return text.value } }
    return nil
  }

  /// The text of DESCRIPTION.
  fileprivate var description: String? {
    for detail in self { if case .description(let text) = detail.kind { return text.value } }
    return nil
  }

  fileprivate var format: String? {
    for detail in self { if case .format(let text) = detail.kind { return text.value } }
    return nil
  }

  fileprivate var aka: [String] {
    flatMap { detail -> [String] in
      if case .aka(let names) = detail.kind { return names.map(\.value) }
      return []
    }
  }

  fileprivate var type: TypeSyntax? {
    for detail in self { if case .type(let type) = detail.kind { return type } }
    return nil
  }

  fileprivate var isBlankWithoutRows: Bool {
    contains { if case .empty(.null) = $0.kind { true } else { false } }
  }
}

extension Metric {
  /// A shared metric.
  fileprivate init(
    _ name: String,
    _ expression: CatalogExpression,
    _ details: [DefinitionDetailSyntax],
    _ origin: CatalogOrigin
  ) {
    let type: ResultType? =
      switch details.type?.word {
      case .percent: .percent
      case .number: .number
      case .money, .count, .date, .timestamp, .string, .bool, .metric, .dimension, nil: nil
      }
    self.init(
      name: name,
      label: details.label ?? name,
      aka: details.aka,
      description: details.description,
      owner: nil,
      format: details.format,
      isHidden: false,
      type: type,
      isBlankWithoutRows: details.isBlankWithoutRows,
      definition: .expression(expression),
      origin: origin
    )
  }
}
