import TestKit
import Testing

@testable import LanguageServer

/// Messages that no client should send: each is answered by the rules, and none ends the server.
@Suite struct ServerFuzzTests {
  private static let methods = [
    "initialize", "shutdown", "textDocument/completion", "textDocument/hover",
    "textDocument/signatureHelp", "textDocument/definition", "textDocument/formatting",
    "textDocument/codeAction", "textDocument/semanticTokens/full", "textDocument/documentSymbol",
    "textDocument/prepareRename", "textDocument/rename", "textDocument/inlayHint",
    "textDocument/didOpen", "textDocument/didChange", "textDocument/didClose", "nothing",
  ]

  private func value(_ depth: Int, _ random: inout SeededRandom) -> JSONValue {
    switch Int.random(in: 0..<(depth > 3 ? 5 : 8), using: &random) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &random))
    case 2: return .integer(Int.random(in: -3...40, using: &random))
    case 3: return .string(Conversation.uri)
    case 4: return .string("SELECT revenue BY channel; DEFINE")
    case 5: return .array((0..<3).map { _ in value(depth + 1, &random) })
    default:
      let keys = [
        "textDocument", "uri", "position", "line", "character", "range", "start", "end", "text",
        "contentChanges", "newName", "context", "only", "version",
      ]
      var members: [String: JSONValue] = [:]
      for key in keys where Bool.random(using: &random) {
        members[key] = value(depth + 1, &random)
      }
      return .object(members)
    }
  }

  @Test(arguments: [UInt64(1), 2, 3])
  func anyParametersAreAnsweredOnce(_ seed: UInt64) async throws {
    var random = SeededRandom(seed: seed)
    var talk = try await Conversation()
    await talk.open("SELECT revenue BY channel DURING LAST month")
    for number in 0..<400 {
      let method = ServerFuzzTests.methods[
        Int.random(in: 0..<ServerFuzzTests.methods.count, using: &random)
      ]
      guard method != "shutdown" else { continue }
      var params = value(0, &random)
      if Bool.random(using: &random) {
        params = [
          "textDocument": ["uri": .string(Conversation.uri)],
          "position": [
            "line": .integer(Int.random(in: 0...2, using: &random)),
            "character": .integer(Int.random(in: 0...60, using: &random)),
          ],
          "range": value(0, &random), "contentChanges": value(0, &random), "newName": "n",
        ]
      }
      let message: JSONValue = [
        "jsonrpc": "2.0", "id": .integer(number), "method": .string(method), "params": params,
      ]
      let answers = try await talk.send(message.text)
      #expect(answers.count == 1)
      #expect(answers.first?["id"] == .integer(number))
      #expect((answers.first?["result"] == nil) != (answers.first?["error"] == nil))
    }
    #expect(talk.server.exitCode == nil)
  }

  @Test(arguments: [UInt64(4), 5])
  func tornStreamsAreSurvived(_ seed: UInt64) async throws {
    var random = SeededRandom(seed: seed)
    let message: JSONValue = [
      "jsonrpc": "2.0", "id": 1, "method": "textDocument/hover",
      "params": ["textDocument": ["uri": .string(Conversation.uri)]],
    ]
    var talk = try await Conversation()
    for _ in 0..<200 {
      var bytes = MessageFramer.framed(message.text)
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: place)
        default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
        }
      }
      var framer = MessageFramer()
      for event in framer.take(bytes) {
        for answer in await talk.server.receive(event) {
          #expect(try Conversation.read(answer)["jsonrpc"] == "2.0")
        }
      }
    }
    // A whole message is still understood.
    #expect(try await talk.fail("textDocument/hover", [:]).0 == -32602)
  }
}
