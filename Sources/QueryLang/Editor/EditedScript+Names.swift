/// What a name of a script stands for.
enum NameMeaning: Hashable {
  /// A name of the model, with where the model file defines it.
  case model(ModelKind, origin: CatalogOrigin)
  /// A definition of the script, by the number of its `DEFINE` among all definitions.
  case defined(NameUse.Kind, definition: Int)
  /// A column or a key that a report gives a name of its own, by the number of the statement.
  case alias(String, statement: Int)
  /// A grain, a part of a date or a function.
  case builtIn(BuiltIn)

  enum ModelKind: Hashable {
    case metric, dimension, fact, column, period, segment, parameter, cohort
  }

  enum BuiltIn: Hashable {
    case grain, function, column
  }
}

/// A name with what it stands for; nil when nothing is called so.
struct KnownName: Hashable {
  let use: NameUse
  let meaning: NameMeaning?
  /// The number of the statement.
  let statement: Int
}

extension EditedScript {
  /// Every name of the script with what it stands for, in the order of the text.
  func names() -> [KnownName] {
    var known: [KnownName] = []
    var visible: [String: (kind: NameUse.Kind, definition: Int)] = [:]
    var definitions = 0
    for (index, statement) in reading.script.statements.enumerated() {
      let uses = NameCollector.uses(of: statement)
      let reader = NameReader(catalog: catalog, visible: visible, uses: uses, statement: index)
      for use in uses {
        guard case .definition(let kind) = use.role else {
          let meaning = reader.meaning(of: use)
          known.append(KnownName(use: use, meaning: meaning, statement: index))
          continue
        }
        let meaning = NameMeaning.defined(kind, definition: definitions)
        known.append(KnownName(use: use, meaning: meaning, statement: index))
        visible[CatalogName.folded(use.text)] = (kind, definitions)
        definitions += 1
      }
      if case .drop(let drop) = statement {
        visible[CatalogName.folded(drop.name.text)] = nil
      }
    }
    return known.sorted { $0.use.span.start < $1.use.span.start }
  }

  /// The name that an offset stands in or at an end of.
  func name(at offset: Int) -> KnownName? {
    names().last { $0.use.span.touches(offset) }
  }
}

/// Finds what the names of one statement stand for.
private struct NameReader {
  let catalog: Catalog
  /// The definitions above, by folded name.
  let visible: [String: (kind: NameUse.Kind, definition: Int)]
  let uses: [NameUse]
  let statement: Int

  func meaning(of use: NameUse) -> NameMeaning? {
    let folded = CatalogName.folded(use.text)
    switch use.role {
    case .columnAlias, .keyAlias: return .alias(folded, statement: statement)
    case .function: return .builtIn(.function)
    case .member(let owner): return member(use, of: owner)
    case .definition: return nil
    case .value, .owner, .any:
      if isAlias(folded, of: use) { return .alias(folded, statement: statement) }
    case .parameter, .period, .segment, .cohort: break
    }
    if let found = visible[folded], fits(found.kind, use.role) {
      return .defined(found.kind, definition: found.definition)
    }
    return model(use, folded)
  }

  private func isAlias(_ folded: String, of use: NameUse) -> Bool {
    uses.contains { other in
      guard CatalogName.folded(other.text) == folded else { return false }
      switch other.role {
      case .columnAlias, .keyAlias: return use.namesColumns
      default: return false
      }
    }
  }

  private func fits(_ kind: NameUse.Kind, _ role: NameUse.Role) -> Bool {
    switch role {
    case .any: true
    case .value, .owner: kind == .metric || kind == .dimension
    case .parameter: kind == .parameter
    case .period: kind == .period
    case .segment: kind == .segment
    case .function, .member, .cohort, .definition, .columnAlias, .keyAlias: false
    }
  }

  private func member(_ use: NameUse, of owner: String) -> NameMeaning? {
    guard let fact = catalog.fact(owner) else { return .builtIn(.column) }
    guard let column = fact.column(use.text), !column.isDenied else { return nil }
    return .model(.column, origin: fact.origin)
  }

  // MARK: The model

  private func model(_ use: NameUse, _ folded: String) -> NameMeaning? {
    let name = use.text
    switch use.role {
    case .parameter: return catalog.parameter(name).map { .model(.parameter, origin: $0.origin) }
    case .period: return catalog.period(name).map { .model(.period, origin: $0.origin) }
    case .segment: return catalog.segment(name).map { .model(.segment, origin: $0.origin) }
    case .cohort: return catalog.cohort(name).map { .model(.cohort, origin: $0.origin) }
    case .owner:
      return catalog.fact(name).map { .model(.fact, origin: $0.origin) } ?? value(use, folded)
    case .value: return value(use, folded)
    case .any: return value(use, folded) ?? other(name)
    case .function, .member, .definition, .columnAlias, .keyAlias: return nil
    }
  }

  private func value(_ use: NameUse, _ folded: String) -> NameMeaning? {
    if let metric = catalog.seenMetric(use.text) { return .model(.metric, origin: metric.origin) }
    if let dimension = catalog.seenDimension(use.text) {
      return .model(.dimension, origin: dimension.origin)
    }
    if ReportGrain(rawValue: folded) != nil || Binder.dateParts[folded] != nil {
      return .builtIn(.grain)
    }
    if let fact = catalog.fact(use.text) { return .model(.fact, origin: fact.origin) }
    guard use.isQuoted else { return nil }
    return otherWord(folded)
  }

  /// A name in quotes may be a label or another word for a name.
  private func otherWord(_ folded: String) -> NameMeaning? {
    let metric = catalog.metrics.filter { !$0.isDenied }.first { metric in
      ([metric.label] + metric.aka).contains { CatalogName.folded($0) == folded }
    }
    if let metric { return .model(.metric, origin: metric.origin) }
    let dimension = catalog.dimensions.filter { !$0.isDenied }.first { dimension in
      ([dimension.label] + dimension.aka).contains { CatalogName.folded($0) == folded }
    }
    return dimension.map { .model(.dimension, origin: $0.origin) }
  }

  private func other(_ name: String) -> NameMeaning? {
    if let found = catalog.parameter(name) { return .model(.parameter, origin: found.origin) }
    if let found = catalog.segment(name) { return .model(.segment, origin: found.origin) }
    if let found = catalog.period(name) { return .model(.period, origin: found.origin) }
    return catalog.cohort(name).map { .model(.cohort, origin: $0.origin) }
  }
}
