internal import QueryLang

/// A text that an editor has open, read and bound.
struct OpenDocument {
  let uri: String
  let version: JSONValue
  let script: EditedScript
  let lines: LineTable

  init(uri: String, version: JSONValue, text: String, _ reader: DocumentReader) {
    self.uri = uri
    self.version = version
    script = EditedScript(
      SourceText(text, name: uri),
      catalog: reader.catalog,
      context: reader.context
    )
    lines = LineTable(text, reader.encoding)
  }

  var text: String { script.source.text }

  func range(_ span: SourceSpan) -> JSONValue { lines.range(span) }

  func edit(_ edit: TextEdit) -> JSONValue {
    ["range": range(edit.span), "newText": .string(edit.text)]
  }
}

/// What reading a document needs.
struct DocumentReader {
  let catalog: Catalog
  let context: ReportContext
  let encoding: PositionEncoding
}

extension LineTable {
  func json(_ position: LinePosition) -> JSONValue {
    ["line": .integer(position.line), "character": .integer(position.column)]
  }

  func range(_ span: SourceSpan) -> JSONValue {
    ["start": json(position(of: span.start)), "end": json(position(of: span.end))]
  }
}

/// The members of `params` that a request needs.
struct RequestParams {
  let value: JSONValue

  /// Returns the text at a path.
  ///
  /// - Throws: `RPCError` of the code for wrong parameters.
  func string(_ path: String...) throws(RPCError) -> String {
    guard let text = find(path)?.string else { throw wrong(path, "a text") }
    return text
  }

  /// Returns the position at a path; negative numbers are refused.
  func position(_ path: String...) throws(RPCError) -> LinePosition {
    let found = find(path)
    guard let line = found?["line"]?.integer, let column = found?["character"]?.integer, line >= 0,
      column >= 0
    else { throw wrong(path, "a position") }
    return LinePosition(line: line, column: column)
  }

  /// Returns the bytes of the range at a path.
  func span(_ path: String, in lines: LineTable) throws(RPCError) -> SourceSpan {
    let range = RequestParams(value: value[path] ?? .null)
    let (start, end) = (try range.position("start"), try range.position("end"))
    guard start <= end else { throw wrong([path], "a range that ends after it begins") }
    return SourceSpan(start: lines.offset(of: start), end: lines.offset(of: end))
  }

  private func find(_ path: [String]) -> JSONValue? {
    var found: JSONValue? = value
    for key in path { found = found?[key] }
    return found
  }

  private func wrong(_ path: [String], _ what: String) -> RPCError {
    RPCError(.invalidParams, "\"\(path.joined(separator: "."))\" must be \(what)")
  }
}
