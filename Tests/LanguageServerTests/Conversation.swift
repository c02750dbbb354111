import Commerce
import QueryLang
import Testing

@testable import LanguageServer

/// Members of one dimension, by heart.
struct KnownMembers: MemberSource {
  var known: [String: [String]]

  func members(
    of dimension: String,
    beginningWith prefix: String,
    limit: Int
  ) async -> [String]? {
    known[dimension].map { members in
      Array(members.filter { $0.lowercased().hasPrefix(prefix.lowercased()) }.prefix(limit))
    }
  }
}

/// A client that talks to a server and keeps what it was sent.
struct Conversation {
  static let uri = "file:///reports/sales.mandi"
  /// 15 March 2026.
  static let today = CivilDay(year: 2026, month: 3, day: 15).number

  static let model = """
    mandi: 1
    metrics:
      own_orders: {expr: orders, label: Own orders}
    """

  /// Loaded once; every conversation is about the same model.
  private static let catalog = Result {
    try Catalog.load(
      yaml: model,
      name: "own.yaml",
      extending: try Catalog.commerce(),
      schemas: CommerceTables.all
    )
  }

  var server: LanguageServer
  private var number = 0
  /// The notifications that came, in order.
  private(set) var notifications: [JSONValue] = []

  /// Begins a conversation; without abilities nothing is initialised.
  init(_ abilities: JSONValue? = .object([:]), members: KnownMembers? = nil) async throws {
    let catalog = try Conversation.catalog.get()
    server = LanguageServer(
      Surroundings(
        catalog: catalog,
        context: { ReportContext(today: Conversation.today) },
        members: members,
        modelFiles: [
          "own.yaml": ModelFile(uri: "file:///models/own.yaml", text: Conversation.model)
        ],
        version: "1.2.3"
      )
    )
    guard let abilities else { return }
    let answer = try await ask("initialize", ["capabilities": abilities])
    #expect(answer["capabilities"] != nil)
    await tell("initialized", [:])
  }

  /// Sends the bytes of one message and returns every message that comes back.
  mutating func send(_ text: String) async throws -> [JSONValue] {
    var framer = MessageFramer()
    var answers: [JSONValue] = []
    for event in framer.take(MessageFramer.framed(text)) {
      for answer in await server.receive(event) { answers.append(try Conversation.read(answer)) }
    }
    return answers
  }

  static func read(_ text: String) throws -> JSONValue {
    try JSONReader.value(of: Array(text.utf8))
  }

  /// Sends a request and returns the whole answer.
  mutating func request(_ method: String, _ params: JSONValue) async throws -> JSONValue {
    number += 1
    let message: JSONValue = [
      "jsonrpc": "2.0", "id": .integer(number), "method": .string(method), "params": params,
    ]
    let answers = try await send(message.text)
    #expect(answers.count == 1)
    let answer = try #require(answers.first)
    #expect(answer["jsonrpc"] == "2.0")
    #expect(answer["id"] == .integer(number))
    return answer
  }

  /// Sends a request and returns its result.
  mutating func ask(_ method: String, _ params: JSONValue) async throws -> JSONValue {
    let answer = try await request(method, params)
    return try #require(answer["result"], "\(answer.text)")
  }

  /// Sends a request that must fail and returns code and message.
  mutating func fail(_ method: String, _ params: JSONValue) async throws -> (Int?, String?) {
    let answer = try await request(method, params)
    #expect(answer["result"] == nil)
    return (answer["error"]?["code"]?.integer, answer["error"]?["message"]?.string)
  }

  mutating func tell(_ method: String, _ params: JSONValue) async {
    let message: JSONValue = ["jsonrpc": "2.0", "method": .string(method), "params": params]
    do {
      notifications += try await send(message.text)
    } catch {
      Issue.record("the server sent no JSON: \(error)")
    }
  }

  // MARK: Documents

  mutating func open(_ text: String) async {
    await tell(
      "textDocument/didOpen",
      [
        "textDocument": [
          "uri": .string(Conversation.uri), "languageId": "mandi", "version": 1,
          "text": .string(text),
        ]
      ]
    )
  }

  mutating func change(_ changes: JSONValue) async {
    await tell(
      "textDocument/didChange",
      [
        "textDocument": ["uri": .string(Conversation.uri), "version": 2],
        "contentChanges": changes,
      ]
    )
  }

  /// The diagnostics of the last notification.
  var diagnostics: [JSONValue] { notifications.last?["params"]?["diagnostics"]?.array ?? [] }

  static func place(_ line: Int, _ column: Int) -> JSONValue {
    ["line": .integer(line), "character": .integer(column)]
  }

  static func range(_ start: JSONValue, _ end: JSONValue) -> JSONValue {
    ["start": start, "end": end]
  }

  /// Asks about a position of the open document.
  mutating func ask(_ method: String, at line: Int, _ column: Int) async throws -> JSONValue {
    try await ask(
      method,
      [
        "textDocument": ["uri": .string(Conversation.uri)],
        "position": Conversation.place(line, column),
      ]
    )
  }

  mutating func askAboutAll(_ method: String) async throws -> JSONValue {
    try await ask(
      method,
      [
        "textDocument": ["uri": .string(Conversation.uri)],
        "range": Conversation.range(Conversation.place(0, 0), Conversation.place(999, 0)),
      ]
    )
  }
}
