internal import QueryLang

extension LanguageServer {
  /// The notification that tells what is wrong with a document.
  func diagnostics(of document: OpenDocument) -> JSONValue {
    var params: [String: JSONValue] = [
      "uri": .string(document.uri),
      "diagnostics": .array(document.script.diagnostics.map { json($0, document) }),
    ]
    if document.version != .null { params["version"] = document.version }
    return RPCMessage.notification("textDocument/publishDiagnostics", .object(params))
  }

  private func json(_ diagnostic: Diagnostic, _ document: OpenDocument) -> JSONValue {
    let lines = [diagnostic.message, diagnostic.label].compactMap { $0 } + diagnostic.notes
    var members: [String: JSONValue] = [
      "range": document.range(diagnostic.span),
      "severity": .integer(diagnostic.severity.number),
      "code": .string(diagnostic.id.code),
      "source": "mandi",
      "message": .string(lines.joined(separator: "\n")),
    ]
    if client.relatesDiagnostics, !diagnostic.related.isEmpty {
      members["relatedInformation"] = .array(
        diagnostic.related.map { related in
          [
            "location": ["uri": .string(document.uri), "range": document.range(related.span)],
            "message": .string(related.label ?? "this takes part"),
          ]
        }
      )
    }
    return .object(members)
  }

  func codeActions(_ params: RequestParams) throws(RPCError) -> JSONValue {
    let document = try document(params)
    let span = try params.span("range", in: document.lines)
    if let only = params.value["context"]?["only"]?.array {
      let wantsFixes = only.contains { $0.string == "quickfix" || $0.string == "" }
      guard wantsFixes else { return [] }
    }
    return .array(
      document.script.fixes(touching: span).map { offered in
        let edits = offered.fix.edits.map { document.edit($0) }
        var members: [String: JSONValue] = [
          "title": .string(offered.fix.title),
          "kind": "quickfix",
          "diagnostics": [json(offered.diagnostic, document)],
          "edit": ["changes": .object([document.uri: .array(edits)])],
        ]
        if offered.isPreferred { members["isPreferred"] = true }
        return .object(members)
      }
    )
  }

  func formatting(_ params: RequestParams) throws(RPCError) -> JSONValue {
    let document = try document(params)
    guard let edits = document.script.formatting() else { return .null }
    return .array(edits.map { document.edit($0) })
  }
}

extension DiagnosticSeverity {
  /// The number of the protocol.
  fileprivate var number: Int {
    switch self {
    case .error: 1
    case .warning: 2
    case .note: 3
    }
  }
}
