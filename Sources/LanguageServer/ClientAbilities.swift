/// What a client said that it can do, as far as it changes our answers.
struct ClientAbilities: Sendable {
  /// What columns of positions count: bytes when the client offers them, else units of UTF-16.
  let encoding: PositionEncoding
  /// How the client shows items that cannot be combined.
  let marksItems: Bool
  let deprecatesItems: Bool
  let nestsSymbols: Bool
  let relatesDiagnostics: Bool
  /// `markdown` or `plaintext`.
  let markup: String

  init(_ params: JSONValue) {
    let abilities = params["capabilities"]
    let encodings = abilities?["general"]?["positionEncodings"]?.array ?? []
    encoding = encodings.contains("utf-8") ? .utf8 : .utf16
    let texts = abilities?["textDocument"]
    let item = texts?["completion"]?["completionItem"]
    marksItems = item?["tagSupport"]?["valueSet"]?.array?.contains(1) ?? false
    deprecatesItems = item?["deprecatedSupport"]?.isTrue ?? false
    let symbol = texts?["documentSymbol"]
    nestsSymbols = symbol?["hierarchicalDocumentSymbolSupport"]?.isTrue ?? false
    relatesDiagnostics = texts?["publishDiagnostics"]?["relatedInformation"]?.isTrue ?? false
    let formats = texts?["hover"]?["contentFormat"]?.array ?? ["markdown"]
    markup = formats.contains("markdown") ? "markdown" : "plaintext"
  }
}
