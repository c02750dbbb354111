/// Where a name is defined.
public enum DefinitionPlace: Sendable, Hashable {
  /// In the script itself.
  case script(SourceSpan)
  /// In a model file, by the name that it was read under.
  case model(file: String, span: SourceSpan)
}

/// A statement of a script, for an outline.
public struct ScriptSymbol: Sendable, Hashable {
  /// What a statement is.
  public enum Kind: Sendable, Hashable {
    case report, metric, dimension, parameter, period, segment, question
  }
  /// The defined name, or the beginning of the statement.
  public var name: String
  /// What it is.
  public var kind: Kind
  /// What a definition says, on one line; nil for other statements.
  public var detail: String?
  /// The whole statement.
  public var span: SourceSpan
  /// The name, or the statement's first word.
  public var selection: SourceSpan
}

/// What came of a wish to rename.
public enum RenameOutcome: Sendable, Hashable {
  /// The edits that do it, by place.
  case edits([TextEdit])
  /// Why it is not done, in a sentence without a full stop.
  case refused(String)
}

extension EditedScript {
  // MARK: Definition

  /// Returns where the name at an offset is defined; nil where there is no name, and for words of
  /// the language itself.
  public func definition(at offset: Int) -> DefinitionPlace? {
    let known = names()
    guard let found = known.last(where: { $0.use.span.touches(placed(offset)) }) else { return nil }
    switch found.meaning {
    case .model(_, let origin): return .model(file: origin.file, span: origin.span)
    case .defined, .alias:
      let place = known.first { $0.meaning == found.meaning && $0.use.isDeclaration }
      return place.map { .script($0.use.span) }
    case .builtIn, nil: return nil
    }
  }

  // MARK: Rename

  /// Returns the name at an offset that can be renamed, without its `$`; nil for names of the model
  /// and of the language.
  public func renamed(at offset: Int) -> SourceSpan? {
    guard let found = name(at: placed(offset)) else { return nil }
    switch found.meaning {
    case .defined, .alias: return found.use.nameSpan
    case .model, .builtIn, nil: return nil
    }
  }

  /// Renames the definition or the alias at an offset wherever the script names it.
  public func rename(at offset: Int, to name: String) -> RenameOutcome {
    let known = names()
    guard let found = known.last(where: { $0.use.span.touches(placed(offset)) }),
      let meaning = found.meaning
    else { return .refused("there is no name here") }
    switch meaning {
    case .model(_, let origin): return .refused("the name is defined in the model \(origin.file)")
    case .builtIn: return .refused("the name is a word of the language")
    case .defined, .alias: break
    }
    if let reason = obstacle(to: name, as: meaning, known) { return .refused(reason) }
    let edits = known.filter { $0.meaning == meaning }.map { other in
      TextEdit(other.use.nameSpan, NameSyntax.written(name))
    }
    return .edits(edits)
  }

  private func obstacle(
    to name: String,
    as meaning: NameMeaning,
    _ known: [KnownName]
  ) -> String? {
    let folded = CatalogName.folded(name)
    guard !folded.isEmpty, !name.contains(where: \.isNewline) else { return "a name is needed" }
    let needsPlain: Bool =
      switch meaning {
      case .defined(let kind, _): kind != .metric && kind != .dimension
      case .alias, .model, .builtIn: false
      }
    if needsPlain, !Keyword.canBeWrittenPlain(name) {
      return "\"\(name)\" is no plain name: letters, digits and _, and no word of the language"
    }
    let clash = known.contains { other in
      guard other.meaning != meaning, CatalogName.folded(other.use.text) == folded else {
        return false
      }
      switch (other.meaning, meaning) {
      case (.alias(_, let one), .alias(_, let two)): return one == two
      default: return true
      }
    }
    if clash { return "\"\(name)\" has a meaning in the script already" }
    let isTaken =
      catalog.seenMetric(name) != nil || catalog.seenDimension(name) != nil
      || catalog.period(name) != nil
      || catalog.segment(name) != nil || catalog.parameter(name) != nil
      || ReportGrain(rawValue: folded) != nil || Binder.dateParts[folded] != nil
    return isTaken ? "\"\(name)\" is a name of the model" : nil
  }

  // MARK: Outline

  /// Returns the statements for an outline, in the order of the text.
  public func symbols() -> [ScriptSymbol] {
    reading.script.statements.map { statement in
      guard case .define(let define) = statement else {
        return ScriptSymbol(
          name: Parser.shortened(source.slice(statement.span)),
          kind: statement.report == nil ? .question : .report,
          detail: nil,
          span: statement.span,
          selection: statement.keyword
        )
      }
      let name = define.definition.name
      let rest = SourceSpan(start: name.span.end, end: statement.span.end)
      let words = source.slice(rest).split(whereSeparator: \.isWhitespace)
      return ScriptSymbol(
        name: name.text,
        kind: define.definition.symbolKind,
        detail: Parser.shortened(words.joined(separator: " ")),
        span: statement.span,
        selection: name.span
      )
    }
  }
}

extension NameUse {
  /// Whether the name is given here.
  var isDeclaration: Bool {
    switch role {
    case .definition, .columnAlias, .keyAlias: true
    case .value, .owner, .member, .function, .parameter, .period, .segment, .cohort, .any: false
    }
  }

  /// The name without the `$` of a parameter.
  var nameSpan: SourceSpan {
    role == .parameter ? SourceSpan(start: span.start + 1, end: span.end) : span
  }
}

extension DefinitionSyntax {
  fileprivate var symbolKind: ScriptSymbol.Kind {
    switch self {
    case .metric: .metric
    case .dimension: .dimension
    case .parameter, .periodParameter: .parameter
    case .period: .period
    case .segment: .segment
    }
  }
}
