/// `DEFINE SHARED` and `DROP` of shared definitions.
extension Binder {
  /// Makes a binder of a script in its surroundings.
  init(_ catalog: Catalog, _ source: SourceText, _ context: ReportContext) {
    let (known, broken) = catalog.sharing(context.definitions)
    self.init(catalog: known, source: source, today: context.today)
    givenParameters = context.parameters
    zones = context.zones
    now = context.now
    brokenDefinitions = broken
    sharing = context.sharing
    for definition in context.definitions {
      let folded = CatalogName.folded(definition.name)
      guard known.hasName(folded) || broken[folded] != nil else { continue }
      shared[folded] = definition
    }
  }

  /// Checks a shared definition, makes it known to the statements that follow, and notes the change.
  mutating func defineShared(_ syntax: DefineSyntax, _ bound: inout [BoundStatement]) {
    guard let (author, time) = sharingRight(syntax.keyword) else { return }
    let name = syntax.definition.name
    let folded = CatalogName.folded(name.text)
    let kind = syntax.definition.kind
    let known = shared[folded]
    guard isFreeToShare(syntax, known) else { return }
    let dependencies = self.dependencies(of: syntax.definition)
    if let path = circle(from: folded, dependencies.map(\.name)) {
      let names = ([folded] + path).joined(separator: " → ")
      error(2202, "\"\(name.text)\" is defined by itself: \(names)", name.span)
      return
    }
    var rest = catalog
    if known != nil, brokenDefinitions[folded] == nil { rest.remove(name.text) }
    guard hasMeaning(syntax, rest) else { return }
    let words = SourceSpan(start: name.span.start, end: syntax.span.end)
    let definition = SharedDefinition(
      name: name.text,
      kind: kind,
      text: "DEFINE \(kind.rawValue.uppercased()) \(source.slice(words))",
      author: author,
      time: time,
      version: (known?.version ?? 0) + 1,
      dependencies: dependencies
    )
    if let problem = rest.place(definition) ?? rest.problem(of: definition) {
      error(2208, "\"\(name.text)\" cannot be shared: \(problem)", name.span)
      return
    }
    guard keepsMeaning(of: folded, rest, name.span) else { return }
    use(rest)
    shared[folded] = definition
    brokenDefinitions[folded] = nil
    if let parameter = catalog.parameter(name.text) { declare(parameter) }
    let change = DefinitionChange(
      name: name.text,
      replacedVersion: known?.version,
      definition: definition
    )
    bound.append(.shared(change, "shared \(kind.word) \(name.text)"))
  }

  /// Drops a shared definition; false where there is none of the name.
  mutating func dropShared(_ syntax: DropSyntax, _ bound: inout [BoundStatement]) -> Bool {
    let folded = CatalogName.folded(syntax.name.text)
    guard let known = shared[folded] else { return false }
    guard known.kind == syntax.kind.shared else {
      let word = known.kind.rawValue.uppercased()
      error(
        2206,
        "\"\(syntax.name.text)\" is defined as \(word)",
        syntax.span,
        "write DROP \(word) \(syntax.name.text)"
      )
      return true
    }
    guard sharingRight(syntax.keyword) != nil else { return true }
    let users = shared.values.filter { $0.uses(folded) }.map(\.name).sorted()
    guard users.isEmpty else {
      error(
        2207,
        "\"\(known.name)\" is used by \(users.joined(separator: ", "))",
        syntax.name.span,
        "drop these first"
      )
      return true
    }
    var rest = catalog
    if brokenDefinitions[folded] == nil { rest.remove(known.name) }
    use(rest)
    shared[folded] = nil
    brokenDefinitions[folded] = nil
    if known.kind == .param { parameters[folded] = nil }
    let change = DefinitionChange(
      name: known.name,
      replacedVersion: known.version,
      definition: nil
    )
    bound.append(.shared(change, "shared \(known.kind.word) \(known.name)"))
    return true
  }

  /// Who shares and when; nil with a problem where nobody may.
  private mutating func sharingRight(_ span: SourceSpan) -> (String, Int64)? {
    switch sharing {
    case .allowed(let author, let time): return (author, time)
    case .denied:
      error(
        7001,
        "shared definitions cannot be changed here",
        span,
        "without SHARED a definition holds to the end of the text"
      )
      return nil
    }
  }

  private mutating func isFreeToShare(
    _ syntax: DefineSyntax,
    _ known: SharedDefinition?
  ) -> Bool {
    let name = syntax.definition.name
    guard let known else {
      let isTaken = isDefinedHere(name) || catalog.hasName(name.text)
      if isTaken {
        error(2203, "\"\(name.text)\" is taken", name.span, "choose another name")
      }
      return !isTaken
    }
    guard syntax.replaces else {
      error(
        2201,
        "\"\(name.text)\" is shared already by \(known.author)",
        name.span,
        "write DEFINE SHARED OR REPLACE, or another name"
      )
      return false
    }
    guard known.kind == syntax.definition.kind else {
      let word = known.kind.rawValue.uppercased()
      error(2206, "\"\(name.text)\" is shared as \(word)", name.span, "choose another name")
      return false
    }
    return true
  }

  private func isDefinedHere(_ name: NameSyntax) -> Bool {
    let folded = CatalogName.folded(name.text)
    return definedMetrics[folded] != nil || definedDimensions[folded] != nil
      || definedPeriods[folded] != nil || segments[folded] != nil
      || ReportGrain(rawValue: folded) != nil || Binder.dateParts[folded] != nil
      || (parameters[folded] != nil && catalog.parameter(name.text) == nil)
  }

  /// Binds a definition without those of the text, which others do not have.
  private mutating func hasMeaning(_ syntax: DefineSyntax, _ rest: Catalog) -> Bool {
    var alone = Binder(catalog: rest, source: source, today: today)
    alone.declareModelParameters()
    alone.diagnostics = []
    var ignored: [BoundStatement] = []
    let plain = DefineSyntax(
      keyword: syntax.keyword,
      isShared: false,
      replaces: false,
      definition: syntax.definition,
      span: syntax.span
    )
    alone.define(plain, &ignored)
    let problems = alone.diagnostics.filter { $0.severity == .error && $0.id.number != 2302 }
    problems.forEach { report($0) }
    return problems.isEmpty
  }

  /// Tells whether what uses a name, itself or by way of others, still has a meaning.
  private mutating func keepsMeaning(
    of folded: String,
    _ changed: Catalog,
    _ span: SourceSpan
  ) -> Bool {
    var reached: Set<String> = [folded]
    for definition in SharedDefinition.ordered(Array(shared.values)) {
      guard reached.contains(where: { definition.uses($0) }),
        CatalogName.folded(definition.name) != folded
      else { continue }
      reached.insert(CatalogName.folded(definition.name))
      if let problem = changed.problem(of: definition) {
        error(
          2208,
          "\"\(definition.name)\" uses it and would have no meaning: \(problem)",
          span
        )
        return false
      }
    }
    return true
  }

  private mutating func use(_ changed: Catalog) {
    catalog = changed
    modelMetrics = [:]
    modelSegments = [:]
  }

  /// The way from a name back to itself by what definitions use; nil where there is none.
  private func circle(from folded: String, _ uses: [String]) -> [String]? {
    var seen: Set<String> = []
    func path(_ name: String) -> [String]? {
      let name = CatalogName.folded(name)
      if name == folded { return [name] }
      guard seen.insert(name).inserted, let definition = shared[name] else { return nil }
      for use in definition.dependencies {
        if let rest = path(use.name) { return [name] + rest }
      }
      return nil
    }
    for use in uses {
      if let found = path(use) { return found }
    }
    return nil
  }

  // MARK: Dependencies

  private func dependencies(of definition: DefinitionSyntax) -> [SharedDefinition.Dependency] {
    var names: Set<String> = []
    func walk(_ syntax: ExpressionSyntax) {
      switch syntax.kind {
      case .name(let name):
        switch meaning(of: name) {
        case .metric(let metric): names.insert(metric.name)
        case .dimension(let dimension): names.insert(dimension.name)
        default: names.insert(name.name.text)
        }
      case .parameter(let parameter): names.insert(parameter.name)
      case .covered(let name): names.insert(name.text)
      default: break
      }
      if case .membership(let node) = syntax.kind {
        switch node.members {
        case .segment(let name): names.insert(name.text)
        case .parameter(let parameter): names.insert(parameter.name)
        case .values: break
        }
      }
      syntax.children.forEach(walk)
    }
    switch definition {
    case .metric(_, let expression, _), .dimension(_, let expression, _): walk(expression)
    case .segment(_, let dimension, let condition):
      walk(dimension)
      walk(condition)
    case .parameter(_, let parameter):
      if case .values(let dimension)? = parameter.allowed { walk(dimension) }
      if case .name(let name)? = parameter.defaultValue { names.insert(name.name.text) }
    case .period(_, let period), .periodParameter(_, let period?):
      if case .named(let name) = period.form { names.insert(name.text) }
    case .periodParameter(_, nil): break
    }
    var found: [String: SharedDefinition.Dependency] = [:]
    for name in names {
      let folded = CatalogName.folded(name)
      if let version = version(of: name) {
        found[folded] = SharedDefinition.Dependency(name: folded, version: version)
      } else if folded == CatalogName.folded(definition.name.text) {
        found[folded] = SharedDefinition.Dependency(name: folded, version: "1")
      }
    }
    return found.values.sorted { $0.name < $1.name }
  }

  /// The version of a shared definition, or a fingerprint of what the model says of a name.
  private func version(of name: String) -> String? {
    if let definition = shared[CatalogName.folded(name)] { return "\(definition.version)" }
    if let metric = catalog.metric(name) { return Binder.fingerprint(definitionText(metric)) }
    if let dimension = catalog.dimension(name) {
      return Binder.fingerprint(definitionText(dimension))
    }
    if let segment = catalog.segment(name) { return Binder.fingerprint(segment.condition.text) }
    if let parameter = catalog.parameter(name) {
      return Binder.fingerprint(parameter.definition.text)
    }
    return catalog.period(name).map { Binder.fingerprint("\($0.from) \($0.to)") }
  }

  /// A short hash that is the same on every machine.
  ///
  /// Source: FNV-1a with 64 bits.
  private static func fingerprint(_ text: String) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.utf8 {
      hash ^= UInt64(byte)
      // The hash is defined to wrap around.
      hash &*= 0x100_0000_01B3
    }
    return String(hash, radix: 16)
  }
}

extension SharedDefinition.Kind {
  /// The word for people.
  var word: String { self == .param ? "parameter" : rawValue }
}

extension DefinitionSyntax {
  /// What is defined.
  var kind: SharedDefinition.Kind {
    switch self {
    case .metric: .metric
    case .dimension: .dimension
    case .parameter, .periodParameter: .param
    case .period: .period
    case .segment: .segment
    }
  }
}

extension DropSyntax.Kind {
  /// The kind of a shared definition.
  fileprivate var shared: SharedDefinition.Kind {
    switch self {
    case .metric: .metric
    case .dimension: .dimension
    case .param: .param
    case .period: .period
    case .segment: .segment
    }
  }
}
