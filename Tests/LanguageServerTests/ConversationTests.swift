import LanguageServer
import Testing

/// What an editor and the server say to each other, message by message.
@Suite struct ConversationTests {
  // MARK: Life

  @Test func aConversationBeginsAndEnds() async throws {
    var talk = try await Conversation(nil)
    let answer = try await talk.ask("initialize", ["capabilities": [:], "processId": .null])
    #expect(answer["serverInfo"] == ["name": "mandi", "version": "1.2.3"])
    let abilities = try #require(answer["capabilities"])
    #expect(abilities["positionEncoding"] == "utf-16")
    #expect(abilities["textDocumentSync"] == ["openClose": true, "change": 2])
    for name in [
      "hoverProvider", "definitionProvider", "documentFormattingProvider", "inlayHintProvider",
      "documentSymbolProvider",
    ] {
      #expect(abilities[name] == true, "\(name)")
    }
    await talk.tell("initialized", [:])
    #expect(try await talk.ask("shutdown", .null) == .null)
    #expect(talk.server.exitCode == nil)
    await talk.tell("exit", .null)
    #expect(talk.server.exitCode == 0)
    #expect(talk.notifications.isEmpty)
  }

  @Test func exitWithoutShutdownIsAFailure() async throws {
    var talk = try await Conversation()
    await talk.tell("exit", .null)
    #expect(talk.server.exitCode == 1)
    var other = try await Conversation(nil)
    await other.tell("exit", .null)
    #expect(other.server.exitCode == 1)
  }

  @Test func bytesAreCountedWhenTheClientOffersThem() async throws {
    var talk = try await Conversation(nil)
    let answer = try await talk.ask(
      "initialize",
      ["capabilities": ["general": ["positionEncodings": ["utf-16", "utf-8"]]]]
    )
    #expect(answer["capabilities"]?["positionEncoding"] == "utf-8")
  }

  @Test func nothingWorksBeforeInitialize() async throws {
    var talk = try await Conversation(nil)
    let failure = try await talk.fail("textDocument/hover", [:])
    #expect(failure.0 == -32002)
    await talk.open("SELECT revenue")
    #expect(talk.notifications.isEmpty)
  }

  @Test func orderIsKept() async throws {
    var talk = try await Conversation()
    #expect(try await talk.fail("initialize", [:]).0 == -32600)
    _ = try await talk.ask("shutdown", .null)
    #expect(try await talk.fail("textDocument/hover", [:]).0 == -32600)
  }

  // MARK: Mistakes of the client

  static let mistakes: [(String, Int, JSONValue)] = [
    ("{\"jsonrpc\":\"2.0\",", -32700, JSONValue.null),
    ("", -32700, .null),
    ("\u{1}", -32700, .null),
    ("[]", -32600, .null),
    ("1", -32600, .null),
    ("{}", -32600, .null),
    ("{\"jsonrpc\":\"1.0\",\"id\":3,\"method\":\"shutdown\"}", -32600, 3),
    ("{\"jsonrpc\":\"2.0\",\"id\":\"a\"}", -32600, "a"),
    ("{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":4}", -32600, 3),
    ("{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"shutdown\"}", -32600, .null),
    ("{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"shutdown\"}", -32600, .null),
    ("{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"x\",\"params\":1}", -32600, 3),
    ("{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"workspace/nothing\"}", -32601, 3),
    ("{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"textDocument/hover\"}", -32602, 3),
    ("{\"jsonrpc\":\"2.0\",\"id\":\"\\ud800\",\"method\":\"shutdown\"}", -32700, .null),
  ]

  @Test(arguments: mistakes)
  func everyMistakeHasItsCode(_ text: String, _ code: Int, _ id: JSONValue) async throws {
    var talk = try await Conversation()
    let answers = try await talk.send(text)
    #expect(answers.count == 1)
    #expect(answers.first?["error"]?["code"] == .integer(code))
    #expect(answers.first?["id"] == id)
    #expect(answers.first?["error"]?["message"]?.string?.isEmpty == false)
    // The conversation goes on.
    await talk.open("SELECT revenu")
    #expect(talk.diagnostics.count == 1)
  }

  @Test func wrongParametersAreNamed() async throws {
    var talk = try await Conversation()
    await talk.open("SELECT revenue")
    let document: JSONValue = ["uri": .string(Conversation.uri)]
    let cases: [(JSONValue, String)] = [
      (["position": Conversation.place(0, 1)], "\"textDocument.uri\" must be a text"),
      (["textDocument": ["uri": "file:///other"]], "file:///other is not open"),
      (["textDocument": document], "\"position\" must be a position"),
      (
        ["textDocument": document, "position": Conversation.place(-1, 0)],
        "\"position\" must be a position"
      ),
      (
        ["textDocument": document, "position": ["line": "1", "character": 0]],
        "\"position\" must be a position"
      ),
    ]
    for (params, sentence) in cases {
      let failure = try await talk.fail("textDocument/hover", params)
      #expect(failure == (-32602, sentence))
    }
    let range = Conversation.range(Conversation.place(1, 0), Conversation.place(0, 0))
    let failure = try await talk.fail(
      "textDocument/inlayHint",
      ["textDocument": document, "range": range]
    )
    #expect(failure == (-32602, "\"range\" must be a range that ends after it begins"))
  }

  @Test func answersAndUnknownNotificationsAreLeftAlone() async throws {
    var talk = try await Conversation()
    #expect(try await talk.send("{\"jsonrpc\":\"2.0\",\"id\":9,\"result\":null}").isEmpty)
    await talk.tell("$/cancelRequest", ["id": 1])
    await talk.tell("workspace/didChangeConfiguration", [:])
    #expect(talk.notifications.isEmpty)
  }

  @Test func aWrongNotificationIsLogged() async throws {
    var talk = try await Conversation()
    await talk.change([["text": "SELECT"]])
    #expect(talk.notifications.last?["method"] == "window/logMessage")
    await talk.open("SELECT revenue")
    await talk.change([["range": ["start": 1], "text": ""]])
    #expect(talk.notifications.last?["method"] == "window/logMessage")
    // The text is as it was before.
    #expect(try await talk.ask("textDocument/hover", at: 0, 8) != .null)
  }

  // MARK: Documents

  @Test func diagnosticsComeWithEveryChange() async throws {
    var talk = try await Conversation([
      "textDocument": ["publishDiagnostics": ["relatedInformation": true]]
    ])
    await talk.open("SELECT revenu")
    let sent = try #require(talk.notifications.last)
    #expect(sent["method"] == "textDocument/publishDiagnostics")
    #expect(sent["params"]?["uri"] == .string(Conversation.uri))
    #expect(sent["params"]?["version"] == 1)
    let problem = try #require(talk.diagnostics.first)
    #expect(problem["code"] == "E2101")
    #expect(problem["severity"] == 1)
    #expect(problem["source"] == "mandi")
    #expect(
      problem["range"] == Conversation.range(Conversation.place(0, 7), Conversation.place(0, 13))
    )
    #expect(problem["message"]?.string?.contains("did you mean \"revenue\"?") == true)

    // Two changes, the second of which counts in the text that the first made.
    await talk.change([
      [
        "range": Conversation.range(Conversation.place(0, 13), Conversation.place(0, 13)),
        "text": "e\r\nBY chanel",
      ],
      [
        "range": Conversation.range(Conversation.place(1, 5), Conversation.place(1, 99)),
        "text": "annel",
      ],
    ])
    #expect(talk.diagnostics.isEmpty)
    #expect(talk.notifications.last?["params"]?["version"] == 2)

    await talk.change([["text": "SELECT revenue WHERE revenue > 1"]])
    #expect(talk.diagnostics.first?["relatedInformation"]?.array?.isEmpty == false)

    await talk.tell("textDocument/didClose", ["textDocument": ["uri": .string(Conversation.uri)]])
    #expect(talk.diagnostics.isEmpty)
    #expect(
      try await talk.fail(
        "textDocument/documentSymbol",
        [
          "textDocument": ["uri": .string(Conversation.uri)]
        ]
      ).0 == -32602
    )
  }

  @Test(arguments: [("utf-8", 29, 35), ("utf-16", 24, 30)])
  func columnsAreCountedAsAgreed(_ encoding: String, _ start: Int, _ end: Int) async throws {
    var talk = try await Conversation(["general": ["positionEncodings": [.string(encoding)]]])
    // ₹ takes three bytes and one unit, 🪔 four bytes and two units.
    await talk.open("SELECT units AS \"₹🪔é\", revenu")
    #expect(
      talk.diagnostics.first?["range"]
        == Conversation.range(Conversation.place(0, start), Conversation.place(0, end))
    )
  }

  // MARK: Completion

  @Test func completionMarksWhatCannotBeCombined() async throws {
    var talk = try await Conversation([
      "textDocument": ["completion": ["completionItem": ["tagSupport": ["valueSet": [1]]]]]
    ])
    await talk.open("SELECT revenue\nBY ")
    let answer = try await talk.ask("textDocument/completion", at: 1, 3)
    let items = try #require(answer["items"]?.array)
    let channel = try #require(items.first { $0["label"] == "channel" })
    let status = try #require(items.first { $0["label"] == "status" })
    #expect(channel["tags"] == nil)
    #expect(status["tags"] == [1])
    #expect(status["detail"] == "revenue has no status · Order status, string")
    let sort = items.compactMap { $0["sortText"]?.string }
    #expect(sort == sort.sorted())
    #expect(
      channel["textEdit"] == [
        "range": Conversation.range(Conversation.place(1, 3), Conversation.place(1, 3)),
        "newText": "channel",
      ]
    )
    #expect(answer["isIncomplete"] == false)
  }

  @Test func olderClientsGetTheOlderMark() async throws {
    var talk = try await Conversation([
      "textDocument": ["completion": ["completionItem": ["deprecatedSupport": true]]]
    ])
    await talk.open("SELECT revenue BY ")
    let items = try await talk.ask("textDocument/completion", at: 0, 18)["items"]?.array
    let status = try #require(items?.first { $0["label"] == "status" })
    #expect(status["deprecated"] == true)
    #expect(status["tags"] == nil)
  }

  @Test func membersComeFromTheirSource() async throws {
    let members = KnownMembers(known: ["channel": ["Amazon", "amazon_fresh", "Zepto"]])
    var talk = try await Conversation(members: members)
    await talk.open("SELECT revenue WHERE channel = 'am'")
    let answer = try await talk.ask("textDocument/completion", at: 0, 34)
    let items = try #require(answer["items"]?.array)
    #expect(items.map { $0["label"] } == ["'Amazon'", "'amazon_fresh'"])
    #expect(answer["isIncomplete"] == true)
    #expect(items.first?["filterText"] == "'Amazon'")
    #expect(
      items.first?["textEdit"]?["range"]
        == Conversation.range(Conversation.place(0, 31), Conversation.place(0, 35))
    )
  }

  @Test func withoutDataTheModelsValuesAreOffered() async throws {
    var talk = try await Conversation()
    await talk.open("SELECT revenue WHERE channel_type = '")
    let items = try await talk.ask("textDocument/completion", at: 0, 37)["items"]?.array
    #expect(items?.map { $0["label"] } == ["'marketplace'", "'quick'", "'d2c'", "'vendor'"])
  }

  // MARK: Help

  @Test func namesAreExplained() async throws {
    var talk = try await Conversation()
    await talk.open("SELECT revenue, ROUND(orders, 2)")
    let hover = try await talk.ask("textDocument/hover", at: 0, 9)
    #expect(hover["contents"]?["kind"] == "markdown")
    #expect(hover["contents"]?["value"]?.string?.contains("additivity: additive") == true)
    #expect(
      hover["range"] == Conversation.range(Conversation.place(0, 7), Conversation.place(0, 14))
    )
    #expect(try await talk.ask("textDocument/hover", at: 0, 2) == .null)
    let help = try await talk.ask("textDocument/signatureHelp", at: 0, 30)
    #expect(help["activeParameter"] == 1)
    #expect(help["signatures"]?.array?.first?["label"] == "ROUND(value, digits)")
    #expect(try await talk.ask("textDocument/signatureHelp", at: 0, 3) == .null)
  }

  @Test func rangesHaveHints() async throws {
    var talk = try await Conversation()
    await talk.open("SELECT revenue\nDURING LAST month")
    #expect(
      try await talk.askAboutAll("textDocument/inlayHint") == [
        ["position": Conversation.place(1, 17), "label": "1–28 Feb 2026", "paddingLeft": true]
      ]
    )
  }

  // MARK: Navigation and edits

  @Test func definitionsAreFound() async throws {
    var talk = try await Conversation()
    await talk.open("DEFINE METRIC half = orders / 2;\nSELECT half, own_orders, revenue")
    #expect(
      try await talk.ask("textDocument/definition", at: 1, 8) == [
        "uri": .string(Conversation.uri),
        "range": Conversation.range(Conversation.place(0, 14), Conversation.place(0, 18)),
      ]
    )
    #expect(
      try await talk.ask("textDocument/definition", at: 1, 15) == [
        "uri": "file:///models/own.yaml",
        "range": Conversation.range(Conversation.place(2, 2), Conversation.place(2, 12)),
      ]
    )
    // The built-in model is no file in this conversation.
    #expect(try await talk.ask("textDocument/definition", at: 1, 27) == .null)
  }

  @Test func definitionsAreRenamed() async throws {
    var talk = try await Conversation()
    await talk.open("DEFINE METRIC half = orders / 2;\nSELECT half")
    let range = try await talk.ask("textDocument/prepareRename", at: 1, 8)
    #expect(range == Conversation.range(Conversation.place(1, 7), Conversation.place(1, 11)))
    var params: JSONValue = [
      "textDocument": ["uri": .string(Conversation.uri)], "position": Conversation.place(1, 8),
      "newName": "part",
    ]
    let changes = try await talk.ask("textDocument/rename", params)["changes"]
    let edits = try #require(changes?[Conversation.uri]?.array)
    #expect(edits.map { $0["newText"] } == ["part", "part"])
    params = [
      "textDocument": ["uri": .string(Conversation.uri)], "position": Conversation.place(1, 8),
      "newName": "revenue",
    ]
    let failure = try await talk.fail("textDocument/rename", params)
    #expect(failure == (-32803, "\"revenue\" is a name of the model"))
  }

  @Test func fixesAreOffered() async throws {
    var talk = try await Conversation()
    await talk.open("SELECT revenu")
    let range = Conversation.range(Conversation.place(0, 8), Conversation.place(0, 8))
    var params: JSONValue = [
      "textDocument": ["uri": .string(Conversation.uri)], "range": range,
      "context": ["diagnostics": []],
    ]
    let actions = try #require(try await talk.ask("textDocument/codeAction", params).array)
    let action = try #require(actions.first)
    #expect(action["title"] == "write revenue")
    #expect(action["kind"] == "quickfix")
    #expect(action["isPreferred"] == true)
    #expect(action["diagnostics"]?.array?.count == 1)
    #expect(
      action["edit"]?["changes"]?[Conversation.uri] == [
        [
          "range": Conversation.range(Conversation.place(0, 7), Conversation.place(0, 13)),
          "newText": "revenue",
        ]
      ]
    )
    params = [
      "textDocument": ["uri": .string(Conversation.uri)], "range": range,
      "context": ["diagnostics": [], "only": ["refactor"]],
    ]
    #expect(try await talk.ask("textDocument/codeAction", params) == [])
  }

  @Test func textsAreFormatted() async throws {
    var talk = try await Conversation()
    let params: JSONValue = [
      "textDocument": ["uri": .string(Conversation.uri)],
      "options": ["tabSize": 2, "insertSpaces": true],
    ]
    await talk.open("select revenue\nby channel\n")
    let edits = try #require(try await talk.ask("textDocument/formatting", params).array)
    #expect(edits.count == 1)
    await talk.change(
      .array(edits.map { ["range": $0["range"] ?? .null, "text": $0["newText"] ?? .null] })
    )
    #expect(try await talk.ask("textDocument/formatting", params) == [])
    #expect(try await talk.ask("textDocument/hover", at: 0, 8) != .null)
    await talk.change([["text": "SELECT revenue BY"]])
    #expect(try await talk.ask("textDocument/formatting", params) == .null)
  }

  @Test func colouredPartsAreCountedFromOneAnother() async throws {
    var talk = try await Conversation()
    await talk.open("/* ₹\n two */ SELECT revenue")
    let data = try await talk.askAboutAll("textDocument/semanticTokens/full")["data"]
    // A comment on two lines, then a keyword, then a metric of the model.
    #expect(data == [0, 0, 4, 1, 0, 1, 0, 7, 1, 0, 0, 8, 6, 0, 0, 0, 7, 7, 7, 2])
  }

  @Test func outlinesComeInBothForms() async throws {
    var talk = try await Conversation([
      "textDocument": ["documentSymbol": ["hierarchicalDocumentSymbolSupport": true]]
    ])
    await talk.open("DEFINE METRIC half = orders / 2;\nSELECT half")
    let symbols = try #require(try await talk.askAboutAll("textDocument/documentSymbol").array)
    #expect(symbols.map { $0["name"] } == ["half", "SELECT half"])
    #expect(symbols.first?["detail"] == "= orders / 2")
    #expect(
      symbols.first?["selectionRange"]
        == Conversation.range(Conversation.place(0, 14), Conversation.place(0, 18))
    )
    var plain = try await Conversation()
    await plain.open("SELECT orders")
    let flat = try await plain.askAboutAll("textDocument/documentSymbol").array?.first
    #expect(flat?["location"]?["uri"] == .string(Conversation.uri))
    #expect(flat?["range"] == nil)
  }
}
