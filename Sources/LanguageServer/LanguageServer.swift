internal import QueryLang

/// Serves one editor: takes its messages one after another and returns what is to be sent back.
///
/// It knows nothing of streams, so that every conversation can be played in a test. Whatever a
/// client sends is answered or left alone by the rules of the protocol; nothing of it ends the
/// server but `exit`.
///
/// Source: Language Server Protocol 3.17; JSON-RPC 2.0.
public struct LanguageServer: Sendable {
  /// How far the conversation is.
  enum Phase: Hashable {
    case uninitialized, running, shutDown
  }

  let surroundings: Surroundings
  var client = ClientAbilities(.null)
  var documents: [String: OpenDocument] = [:]
  private var phase = Phase.uninitialized
  /// The exit code that the client asked for: 0 after `shutdown`, else 1; nil while it goes on.
  public private(set) var exitCode: Int32?

  /// Makes a server at the beginning of a conversation.
  public init(_ surroundings: Surroundings) {
    self.surroundings = surroundings
  }

  /// Takes what a framer found and returns the messages to send, in order, without headers.
  public mutating func receive(_ event: MessageFramer.Event) async -> [String] {
    let answers: [JSONValue]
    switch event {
    case .malformed(let reason):
      answers = [RPCMessage.failure(nil, RPCError(.parseError, reason))]
    case .body(let bytes):
      answers = await receive(RPCMessage(bytes))
    }
    return answers.map(\.text)
  }

  private mutating func receive(_ message: RPCMessage) async -> [JSONValue] {
    switch message {
    case .invalid(let id, let error): return [RPCMessage.failure(id, error)]
    case .response: return []
    case .notification(let method, let params): return notified(method, params)
    case .request(let id, let method, let params):
      do {
        return [RPCMessage.result(id, try await answer(method, params))]
      } catch {
        return [RPCMessage.failure(id, error)]
      }
    }
  }

  // MARK: Life

  private mutating func answer(
    _ method: String,
    _ params: JSONValue
  ) async throws(RPCError) -> JSONValue {
    switch (phase, method) {
    case (.uninitialized, "initialize"):
      phase = .running
      client = ClientAbilities(params)
      return capabilities
    case (.uninitialized, _):
      throw RPCError(.serverNotInitialized, "the first request is \"initialize\"")
    case (.running, "initialize"):
      throw RPCError(.invalidRequest, "the server is initialized already")
    case (.running, "shutdown"):
      phase = .shutDown
      documents = [:]
      return .null
    case (.running, _): return try await feature(method, RequestParams(value: params))
    case (.shutDown, _):
      throw RPCError(.invalidRequest, "after \"shutdown\" only \"exit\" is expected")
    }
  }

  private mutating func notified(_ method: String, _ params: JSONValue) -> [JSONValue] {
    if method == "exit" {
      exitCode = phase == .shutDown ? 0 : 1
      return []
    }
    guard phase == .running else { return [] }
    do {
      switch method {
      case "textDocument/didOpen": return [try opened(RequestParams(value: params))]
      case "textDocument/didChange": return [try changed(RequestParams(value: params))]
      case "textDocument/didClose": return [try closed(RequestParams(value: params))]
      default: return []
      }
    } catch {
      // A notification has no answer, so the client gets a line for its log.
      let text = "\(method): \(error.message)"
      return [
        RPCMessage.notification("window/logMessage", ["type": 1, "message": .string(text)])
      ]
    }
  }

  private func feature(
    _ method: String,
    _ params: RequestParams
  ) async throws(RPCError) -> JSONValue {
    switch method {
    case "textDocument/completion": try await completion(params)
    case "textDocument/hover": try hover(params)
    case "textDocument/signatureHelp": try signatureHelp(params)
    case "textDocument/definition": try definition(params)
    case "textDocument/formatting": try formatting(params)
    case "textDocument/codeAction": try codeActions(params)
    case "textDocument/semanticTokens/full": try semanticTokens(params)
    case "textDocument/documentSymbol": try documentSymbols(params)
    case "textDocument/prepareRename": try prepareRename(params)
    case "textDocument/rename": try rename(params)
    case "textDocument/inlayHint": try inlayHints(params)
    default: throw RPCError(.methodNotFound, "there is no method \"\(method)\"")
    }
  }

  private var capabilities: JSONValue {
    [
      "capabilities": [
        "positionEncoding": .string(client.encoding.rawValue),
        "textDocumentSync": ["openClose": true, "change": 2],
        "completionProvider": ["triggerCharacters": [" ", ",", "'", ".", "$", "("]],
        "hoverProvider": true,
        "signatureHelpProvider": ["triggerCharacters": ["(", ","]],
        "definitionProvider": true,
        "documentFormattingProvider": true,
        "codeActionProvider": ["codeActionKinds": ["quickfix"]],
        "semanticTokensProvider": ["legend": SemanticLegend.json, "full": true],
        "documentSymbolProvider": true,
        "renameProvider": ["prepareProvider": true],
        "inlayHintProvider": true,
      ],
      "serverInfo": ["name": "mandi", "version": .string(surroundings.version)],
    ]
  }

  // MARK: Documents

  private func read(_ text: String, _ uri: String, _ version: JSONValue) -> OpenDocument {
    let reader = DocumentReader(
      catalog: surroundings.catalog,
      context: surroundings.context(),
      encoding: client.encoding
    )
    return OpenDocument(uri: uri, version: version, text: text, reader)
  }

  private mutating func opened(_ params: RequestParams) throws(RPCError) -> JSONValue {
    let uri = try params.string("textDocument", "uri")
    let text = try params.string("textDocument", "text")
    let version = params.value["textDocument"]?["version"] ?? .null
    let document = read(text, uri, version)
    documents[uri] = document
    return diagnostics(of: document)
  }

  private mutating func changed(_ params: RequestParams) throws(RPCError) -> JSONValue {
    var document = try self.document(params)
    let version = params.value["textDocument"]?["version"] ?? .null
    guard let changes = params.value["contentChanges"]?.array else {
      throw RPCError(.invalidParams, "\"contentChanges\" must be a list")
    }
    var text = document.text
    for change in changes {
      let part = RequestParams(value: change)
      let new = try part.string("text")
      guard let range = change["range"], range != .null else {
        text = new
        continue
      }
      let span = try part.span("range", in: LineTable(text, client.encoding))
      text = Fix("", edits: [TextEdit(span, new)]).applied(to: SourceText(text))
    }
    document = read(text, document.uri, version)
    documents[document.uri] = document
    return diagnostics(of: document)
  }

  private mutating func closed(_ params: RequestParams) throws(RPCError) -> JSONValue {
    let document = try self.document(params)
    documents[document.uri] = nil
    return RPCMessage.notification(
      "textDocument/publishDiagnostics",
      ["uri": .string(document.uri), "diagnostics": []]
    )
  }

  /// The open document that `params` names.
  func document(_ params: RequestParams) throws(RPCError) -> OpenDocument {
    let uri = try params.string("textDocument", "uri")
    guard let document = documents[uri] else {
      throw RPCError(.invalidParams, "\(uri) is not open")
    }
    return document
  }

  /// The open document that `params` names, with the offset of its position.
  func place(_ params: RequestParams) throws(RPCError) -> (document: OpenDocument, offset: Int) {
    let document = try document(params)
    return (document, document.lines.offset(of: try params.position("position")))
  }
}
