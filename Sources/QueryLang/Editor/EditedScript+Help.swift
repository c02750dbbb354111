/// What is known about the place under a pointer.
public struct HoverText: Sendable, Hashable {
  /// What the text is about.
  public var span: SourceSpan
  /// Markdown: a heading, a description, and the properties as a list.
  public var markdown: String
}

/// The function whose values are being written.
public struct SignatureHelp: Sendable, Hashable {
  /// A value that the function takes.
  public struct Parameter: Sendable, Hashable {
    /// The name, as it stands in the label.
    public var name: String
    /// What it is.
    public var meaning: String
  }
  /// The call, such as `ROUND(value, digits)`.
  public var label: String
  /// What the function gives, in a sentence.
  public var summary: String
  /// The values, in their order.
  public var parameters: [Parameter]
  /// The position of the value that is being written; the last one stands for all further ones.
  public var active: Int
}

extension EditedScript {
  // MARK: Hover

  /// Returns what is known about the name or word at an offset; nil where there is nothing to say.
  public func hover(at offset: Int) -> HoverText? {
    let offset = placed(offset)
    if let found = name(at: offset) {
      return hover(of: found)
    }
    return period(at: offset)
  }

  private func hover(of name: KnownName) -> HoverText? {
    let use = name.use
    switch name.meaning {
    case .builtIn(.function):
      guard let signature = FunctionSignature.named(use.text) else { return nil }
      let values = signature.parameters.map { "- `\($0.name)`: \($0.meaning)" }
      let text = ["**`\(signature.text)`**", signature.summary, values.joined(separator: "\n")]
      return HoverText(span: use.span, markdown: text.joined(separator: "\n\n"))
    case .alias: return hover(ofAlias: use)
    case .model, .defined, .builtIn, nil: break
    }
    let statement = reading.script.statements[name.statement]
    // A definition describes itself, so it must have been read.
    let place = use.isDeclaration ? statement.span.end + 1 : statement.span.start
    var binder = binder(before: place)
    guard let properties = binder.properties(named: reference(use)) else { return nil }
    return HoverText(span: use.span, markdown: EditedScript.markdown(properties))
  }

  private func reference(_ use: NameUse) -> NameReferenceSyntax {
    let name = NameSyntax(text: use.text, isQuoted: use.isQuoted, span: use.span)
    guard case .member(let owner) = use.role else {
      return NameReferenceSyntax(qualifier: nil, name: name)
    }
    let qualifier = NameSyntax(text: owner, isQuoted: true, span: use.span)
    return NameReferenceSyntax(qualifier: qualifier, name: name)
  }

  private func hover(ofAlias use: NameUse) -> HoverText? {
    guard let report = report(at: use.span.start) else { return nil }
    let folded = CatalogName.folded(use.text)
    for item in report.select.items {
      guard let alias = item.alias, CatalogName.folded(alias.text) == folded else { continue }
      let scope = ReportScope(whole: report, binder(before: report.span.start))
      let column = scope.columns.first { CatalogName.folded($0.name) == folded }
      var properties = [
        ["name", alias.text], ["kind", "column of the report"],
        ["definition", source.slice(item.expression.span)],
      ]
      if let metric = column?.metric {
        properties += [["type", metric.type.name], ["additivity", metric.additivity.rawValue]]
      }
      return HoverText(span: use.span, markdown: EditedScript.markdown(properties))
    }
    for item in report.by?.items ?? [] {
      guard let alias = item.alias, CatalogName.folded(alias.text) == folded else { continue }
      let properties = [
        ["name", alias.text], ["kind", "key of the report"],
        ["definition", source.slice(item.dimension.span)],
      ]
      return HoverText(span: use.span, markdown: EditedScript.markdown(properties))
    }
    return nil
  }

  /// The days of the range under the pointer.
  private func period(at offset: Int) -> HoverText? {
    let hint = hints().first { $0.about.touches(offset) }
    return hint.map { HoverText(span: $0.about, markdown: $0.text) }
  }

  /// A name's properties as markdown: the name with its label and kind, the description, the rest.
  private static func markdown(_ properties: [[String]]) -> String {
    var values: [String: String] = [:]
    for property in properties { values[property[0]] = property[1] }
    let name = values["name"] ?? ""
    var heading = "**\(name)**"
    if let kind = values["kind"] { heading += " · \(kind)" }
    var parts = [heading]
    if let label = values["label"], label != name { parts.append("*\(label)*") }
    if let description = values["description"] { parts.append(description) }
    if let definition = values["definition"] { parts.append("```mandi\n\(definition)\n```") }
    let inHeading: Set = ["name", "kind", "label", "description", "definition"]
    let rest = properties.filter { !inHeading.contains($0[0]) && !$0[1].isEmpty }
    if !rest.isEmpty {
      parts.append(rest.map { "- \($0[0]): \($0[1])" }.joined(separator: "\n"))
    }
    return parts.joined(separator: "\n\n")
  }

  // MARK: Signatures

  /// Returns the function whose values are being written at an offset, the innermost one.
  public func signature(at offset: Int) -> SignatureHelp? {
    let open = CompletionPlace.openings(in: source, before: placed(offset))
    for opening in open.reversed() {
      guard case .call(let word, let commas) = opening else {
        if opening == .group || opening == .condition || opening == .branch { continue }
        return nil
      }
      guard let signature = FunctionSignature.named(word) else { return nil }
      return SignatureHelp(
        label: signature.text,
        summary: signature.summary,
        parameters: signature.parameters.map {
          SignatureHelp.Parameter(name: $0.name, meaning: $0.meaning)
        },
        active: min(commas, max(0, signature.parameters.count - 1))
      )
    }
    return nil
  }
}
