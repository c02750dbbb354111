internal import Yams

/// A node of a model file with its place in the text.
struct CatalogNode {
  /// What stands there.
  indirect enum Content {
    case scalar(String)
    case sequence([CatalogNode])
    case mapping([(key: String, keySpan: SourceSpan, value: CatalogNode)])
  }

  let content: Content
  let span: SourceSpan

  /// The longest model file.
  static let maximumByteCount = 1 << 20
  /// The deepest nesting of a model file.
  static let maximumDepth = 64

  /// Reads a text; nil when the text holds nothing.
  ///
  /// - Throws: `CatalogError` when the text is no YAML, too long, or nested too deeply.
  static func read(_ source: SourceText) throws(CatalogError) -> CatalogNode? {
    guard source.byteCount <= maximumByteCount else {
      throw CatalogError(source, "the model file is longer than \(maximumByteCount) bytes", 8001)
    }
    guard nesting(of: source.text) <= maximumDepth else {
      throw CatalogError(source, "the model file nests more than \(maximumDepth) levels", 8002)
    }
    let lines = LineStarts(source)
    do {
      guard let root = try Yams.compose(yaml: source.text) else { return nil }
      return CatalogNode(root, lines)
    } catch let error as YamlError {
      throw CatalogError(source, error, lines)
    } catch {
      throw CatalogError(source, "the model file cannot be read: \(error)", 8003)
    }
  }

  private init(_ node: Node, _ lines: LineStarts) {
    let start = lines.offset(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    switch node {
    case .scalar(let scalar):
      content = .scalar(scalar.string)
      span = lines.scalarSpan(at: start, text: scalar.string)
    case .sequence(let sequence):
      content = .sequence(sequence.map { CatalogNode($0, lines) })
      span = SourceSpan(start: start, end: start + 1)
    case .mapping(let mapping):
      content = .mapping(
        mapping.map { key, value in
          let keyNode = CatalogNode(key, lines)
          return (keyNode.text ?? "", keyNode.span, CatalogNode(value, lines))
        }
      )
      span = SourceSpan(start: start, end: start + 1)
    case .alias:
      content = .scalar("")
      span = SourceSpan(start: start, end: start + 1)
    }
  }

  /// The text of a scalar, else nil.
  var text: String? {
    switch content {
    case .scalar(let text): text
    case .sequence, .mapping: nil
    }
  }

  /// The most levels that flow brackets or the dashes and indentation of a line open.
  private static func nesting(of text: String) -> Int {
    let openers: [UInt8] = [0x20, 0x3A, 0x2C, 0x5B, 0x7B, 0x2D]
    var deepest = 0
    var open = 0
    for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
      var dashes = 0
      var isLeading = true
      var quote: UInt8?
      var before = UInt8(ascii: " ")
      var isEscaped = false
      for byte in line {
        // Brackets of a text between quotes open nothing.
        if let open = quote {
          if byte == open, !isEscaped { quote = nil }
          isEscaped = byte == UInt8(ascii: "\\") && !isEscaped && open == UInt8(ascii: "\"")
          continue
        }
        let isQuote = byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
        if isQuote, openers.contains(before) { quote = byte }
        if byte != UInt8(ascii: " ") { before = byte }
        switch byte {
        case UInt8(ascii: "["), UInt8(ascii: "{"):
          open += 1
          isLeading = false
        case UInt8(ascii: "]"), UInt8(ascii: "}"):
          open = max(0, open - 1)
          isLeading = false
        case UInt8(ascii: "-"), UInt8(ascii: "?"), UInt8(ascii: " "):
          dashes += isLeading ? 1 : 0
        default: isLeading = false
        }
        deepest = max(deepest, open)
      }
      deepest = max(deepest, dashes / 2)
    }
    return deepest
  }
}

/// Where the lines of a model file begin, to turn marks into byte offsets.
struct LineStarts {
  private let source: SourceText
  private let starts: [Int]

  init(_ source: SourceText) {
    self.source = source
    var starts = [source.markLength]
    for (offset, byte) in source.bytes.enumerated() where byte == UInt8(ascii: "\n") {
      starts.append(offset + 1)
    }
    self.starts = starts
  }

  /// The byte offset of a line and a column in Unicode scalars, both from 1.
  func offset(line: Int, column: Int) -> Int {
    guard line >= 1, line <= starts.count else { return source.byteCount }
    var offset = starts[line - 1]
    var passed = 1
    while passed < column, offset < source.byteCount {
      offset += 1
      while offset < source.byteCount, source.bytes[offset] & 0xC0 == 0x80 {
        offset += 1
      }
      passed += 1
    }
    return offset
  }

  /// The span of a scalar's text, without its quotes where it has them.
  func scalarSpan(at start: Int, text: String) -> SourceSpan {
    for skipped in 0...1 {
      let span = SourceSpan(start: start + skipped, end: start + skipped + text.utf8.count)
      if source.slice(span) == text {
        return span
      }
    }
    let line = source.lineSpan(containing: start)
    return SourceSpan(start: start, end: max(line.end, min(start + 1, source.byteCount)))
  }
}
