internal import QueryLang

extension LanguageServer {
  // MARK: Help

  func hover(_ params: RequestParams) throws(RPCError) -> JSONValue {
    let (document, offset) = try place(params)
    guard let hover = document.script.hover(at: offset) else { return .null }
    return [
      "contents": ["kind": .string(client.markup), "value": .string(hover.markdown)],
      "range": document.range(hover.span),
    ]
  }

  func signatureHelp(_ params: RequestParams) throws(RPCError) -> JSONValue {
    let (document, offset) = try place(params)
    guard let help = document.script.signature(at: offset) else { return .null }
    let parameters = help.parameters.map { parameter -> JSONValue in
      ["label": .string(parameter.name), "documentation": .string(parameter.meaning)]
    }
    return [
      "signatures": [
        [
          "label": .string(help.label), "documentation": .string(help.summary),
          "parameters": .array(parameters),
        ]
      ],
      "activeSignature": 0,
      "activeParameter": .integer(help.active),
    ]
  }

  func inlayHints(_ params: RequestParams) throws(RPCError) -> JSONValue {
    let document = try document(params)
    let span = try params.span("range", in: document.lines)
    let hints = document.script.hints().filter { span.start <= $0.offset && $0.offset <= span.end }
    return .array(
      hints.map { hint in
        let position = document.lines.position(of: hint.offset)
        return [
          "position": document.lines.json(position), "label": .string(hint.text),
          "paddingLeft": true,
        ]
      }
    )
  }

  // MARK: Definitions

  func definition(_ params: RequestParams) throws(RPCError) -> JSONValue {
    let (document, offset) = try place(params)
    switch document.script.definition(at: offset) {
    case .script(let span): return ["uri": .string(document.uri), "range": document.range(span)]
    case .model(let name, let span):
      guard let file = surroundings.modelFiles[name] else { return .null }
      let lines = LineTable(file.text, client.encoding)
      return ["uri": .string(file.uri), "range": lines.range(span)]
    case nil: return .null
    }
  }

  func prepareRename(_ params: RequestParams) throws(RPCError) -> JSONValue {
    let (document, offset) = try place(params)
    return document.script.renamed(at: offset).map { document.range($0) } ?? .null
  }

  func rename(_ params: RequestParams) throws(RPCError) -> JSONValue {
    let (document, offset) = try place(params)
    switch document.script.rename(at: offset, to: try params.string("newName")) {
    case .refused(let reason): throw RPCError(.requestFailed, reason)
    case .edits(let edits):
      let changes = edits.map { document.edit($0) }
      return ["changes": .object([document.uri: .array(changes)])]
    }
  }

  // MARK: Outline

  func documentSymbols(_ params: RequestParams) throws(RPCError) -> JSONValue {
    let document = try document(params)
    return .array(
      document.script.symbols().map { symbol in
        var members: [String: JSONValue] = [
          "name": .string(symbol.name), "kind": .integer(symbol.kind.number),
        ]
        if client.nestsSymbols {
          if let detail = symbol.detail { members["detail"] = .string(detail) }
          members["range"] = document.range(symbol.span)
          members["selectionRange"] = document.range(symbol.selection)
        } else {
          members["location"] = [
            "uri": .string(document.uri), "range": document.range(symbol.span),
          ]
        }
        return .object(members)
      }
    )
  }

  // MARK: Colours

  /// Tokens as the protocol packs them: five numbers each, places relative to the one before.
  func semanticTokens(_ params: RequestParams) throws(RPCError) -> JSONValue {
    let document = try document(params)
    var data: [JSONValue] = []
    var last = LinePosition(line: 0, column: 0)
    for token in document.script.semanticTokens() {
      for part in document.lines.lines(from: token.span.start, to: token.span.end) {
        let lines = part.position.line - last.line
        let columns = part.position.column - (lines == 0 ? last.column : 0)
        let length = document.lines.columnCount(from: part.start, to: part.end)
        data += [
          .integer(lines), .integer(columns), .integer(length),
          .integer(SemanticLegend.number(of: token.kind)),
          .integer((token.isDeclaration ? 1 : 0) + (token.isGiven ? 2 : 0)),
        ]
        last = part.position
      }
    }
    return ["data": .array(data)]
  }
}

/// The names that the protocol has for parts of texts.
enum SemanticLegend {
  private static let types = [
    "keyword", "comment", "string", "number", "operator", "function", "parameter", "variable",
    "property", "class", "enumMember", "enum", "type",
  ]

  static let json: JSONValue = [
    "tokenTypes": .array(types.map { .string($0) }),
    "tokenModifiers": ["declaration", "defaultLibrary"],
  ]

  static func number(of kind: SemanticToken.Kind) -> Int {
    let name =
      switch kind {
      case .keyword: "keyword"
      case .comment: "comment"
      case .text: "string"
      case .number, .date: "number"
      case .operator: "operator"
      case .function: "function"
      case .parameter: "parameter"
      case .metric: "variable"
      case .dimension: "property"
      case .fact: "class"
      case .column: "type"
      case .period: "enumMember"
      case .segment, .cohort: "enum"
      }
    return types.firstIndex(of: name) ?? 0
  }
}

extension ScriptSymbol.Kind {
  /// The number of the protocol.
  fileprivate var number: Int {
    switch self {
    case .report: 19
    case .metric: 12
    case .dimension: 7
    case .parameter: 13
    case .period: 14
    case .segment: 10
    case .question: 24
    }
  }
}
