internal import QueryLang

extension LanguageServer {
  /// The most members of a dimension that are offered at once.
  static let mostMembers = 200

  func completion(_ params: RequestParams) async throws(RPCError) -> JSONValue {
    let (document, offset) = try place(params)
    var list = document.script.completions(at: offset)
    if let wish = list.members, let source = surroundings.members {
      let found = await source.members(
        of: wish.dimension,
        beginningWith: wish.typed,
        limit: LanguageServer.mostMembers
      )
      if let found { list = list.offering(found) }
    }
    let range = document.range(list.replaced)
    let items = list.items.enumerated().map { item($0.element, $0.offset, range) }
    // Members that were left out are asked for again when more of one is written.
    return ["isIncomplete": .bool(list.members != nil), "items": .array(items)]
  }

  private func item(_ item: CompletionItem, _ place: Int, _ range: JSONValue) -> JSONValue {
    var members: [String: JSONValue] = [
      "label": .string(item.label),
      "kind": .integer(item.kind.number),
      "sortText": .string(LanguageServer.sortText(place)),
      "filterText": .string(item.text.hasPrefix("'") ? item.text : item.label),
      "textEdit": ["range": range, "newText": .string(item.text)],
    ]
    let details = [item.obstacle, item.detail].compactMap { $0 }
    if !details.isEmpty { members["detail"] = .string(details.joined(separator: " · ")) }
    if let documentation = item.documentation { members["documentation"] = .string(documentation) }
    if item.obstacle != nil {
      if client.marksItems {
        members["tags"] = [1]
      } else if client.deprecatesItems {
        members["deprecated"] = true
      }
    }
    return .object(members)
  }

  /// A text that orders like a number.
  private static func sortText(_ place: Int) -> String {
    let digits = String(place)
    return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
  }
}

extension CompletionItem.Kind {
  /// The number of the protocol for what an item is.
  fileprivate var number: Int {
    switch self {
    case .metric: 6
    case .dimension: 10
    case .grain: 11
    case .column: 5
    case .fact: 7
    case .keyword: 14
    case .function: 3
    case .member: 12
    case .period: 23
    case .parameter: 25
    case .segment: 13
    case .cohort: 13
    case .chart: 20
    case .format: 12
    case .zone: 13
    case .output: 5
    }
  }
}
