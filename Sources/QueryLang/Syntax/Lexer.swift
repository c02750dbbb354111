/// Splits a source text into tokens and keeps its comments.
///
/// Dates are read before arithmetic, as long as possible: `2026-10` is October, not 2016. What
/// cannot be read gives a diagnostic and, where a value stood, an unreadable token, so that the
/// parser goes on without a second message.
struct Lexer {
  let bytes: [UInt8]
  var position: Int
  private(set) var tokens: [Token] = []
  private(set) var comments: [Comment] = []
  /// The positions of tokens right after characters without a meaning.
  var afterUnknown: Set<Int> = []
  var log = DiagnosticLog()

  /// Reads a whole text; the last token is always the end.
  static func read(_ source: SourceText) -> Lexer {
    var lexer = Lexer(bytes: source.bytes, position: source.markLength)
    while lexer.position < lexer.bytes.count {
      lexer.readOne()
    }
    lexer.add(.end, from: lexer.bytes.count)
    return lexer
  }

  private init(bytes: [UInt8], position: Int) {
    self.bytes = bytes
    self.position = position
  }

  private mutating func readOne() {
    let start = position
    let byte = bytes[start]
    switch byte {
    case UInt8(ascii: " "), 0x09...0x0D:
      position += 1
    case UInt8(ascii: "'"):
      readQuoted(start)
    case UInt8(ascii: "\""):
      readQuoted(start)
    case UInt8(ascii: "$"):
      readParameter(start)
    case UInt8(ascii: "-") where peek(1) == UInt8(ascii: "-"):
      readLineComment(start)
    case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"):
      readBlockComment(start)
    case UInt8(ascii: ".") where peek(1).map(Lexer.isDigit) ?? false:
      readNumber(start)
    default:
      if Lexer.isDigit(byte) {
        if !readDate(start) {
          readNumber(start)
        }
      } else if Lexer.isNameStart(byte) {
        readWord(start)
      } else if !readSymbol(start) {
        readUnknown(start)
      }
    }
  }

  // MARK: Pieces

  private mutating func readWord(_ start: Int) {
    if Lexer.beginsFiscalDate(bytes[start...]) {
      readFiscalDate(start)
      return
    }
    skip(while: Lexer.isNamePart)
    if position < bytes.count, bytes[position] >= 0x80, scalar(at: position).properties.isAlphabetic
    {
      readForeignName(start)
      return
    }
    add(.word(Keyword(spelledBy: slice(start, position))), from: start)
  }

  /// Reads a text or a quoted name; a doubled quote stands for one.
  private mutating func readQuoted(_ start: Int) {
    let quote = bytes[start]
    let isText = quote == UInt8(ascii: "'")
    var value: [UInt8] = []
    position = start + 1
    while position < bytes.count {
      let byte = bytes[position]
      if byte == quote {
        guard peek(1) == quote else {
          position += 1
          finishQuoted(start, value, isText: isText)
          return
        }
        position += 1
      }
      value.append(byte)
      position += 1
    }
    position = lineEnd(from: start + 1)
    let span = SourceSpan(start: start, end: position)
    let what = isText ? "text" : "quoted name"
    let mark = isText ? "'" : "\""
    log.add(
      Diagnostic(
        isText ? .unterminatedText : .unterminatedName,
        "the \(what) that begins here has no closing quote",
        at: span,
        label: "\(mark) is missing at its end"
      )
    )
    add(.unreadable, from: start)
  }

  private mutating func finishQuoted(_ start: Int, _ value: [UInt8], isText: Bool) {
    let decoded = String(decoding: value, as: UTF8.self)
    if isText {
      add(.text(decoded), from: start)
      return
    }
    if value.isEmpty {
      log.add(
        Diagnostic(
          .unterminatedName,
          "a quoted name needs at least one character",
          at: SourceSpan(start: start, end: position)
        )
      )
      add(.unreadable, from: start)
      return
    }
    add(.quotedName(decoded), from: start)
  }

  private mutating func readParameter(_ start: Int) {
    position = start + 1
    guard let first = peek(0), Lexer.isNameStart(first) else {
      log.add(
        Diagnostic(
          .unknownCharacter,
          "\"$\" begins the name of a parameter, and no name follows",
          at: SourceSpan(start: start, end: position),
          label: "write it as in $range"
        )
      )
      return
    }
    skip(while: Lexer.isNamePart)
    add(.parameter(slice(start + 1, position)), from: start)
  }

  private mutating func readLineComment(_ start: Int) {
    position = lineEnd(from: start)
    addComment(.line, from: start)
  }

  private mutating func readBlockComment(_ start: Int) {
    var depth = 0
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
        depth += 1
        position += 2
      } else if bytes[position] == UInt8(ascii: "*"), peek(1) == UInt8(ascii: "/") {
        depth -= 1
        position += 2
        if depth == 0 {
          addComment(.block, from: start)
          return
        }
      } else {
        position += 1
      }
    }
    log.add(
      Diagnostic(
        .unterminatedComment,
        "the comment that begins here has no end",
        at: SourceSpan(start: start, end: start + 2),
        label: "*/ is missing"
      )
    )
  }

  // MARK: Scanning

  func peek(_ distance: Int) -> UInt8? {
    position + distance < bytes.count ? bytes[position + distance] : nil
  }

  mutating func skip(while condition: (UInt8) -> Bool) {
    while position < bytes.count, condition(bytes[position]) {
      position += 1
    }
  }

  func slice(_ start: Int, _ end: Int) -> String {
    String(decoding: bytes[start..<end], as: UTF8.self)
  }

  mutating func add(_ kind: TokenKind, from start: Int) {
    tokens.append(Token(kind: kind, span: SourceSpan(start: start, end: position)))
  }

  private mutating func addComment(_ form: Comment.Form, from start: Int) {
    let span = SourceSpan(start: start, end: position)
    comments.append(Comment(form: form, span: span, nextToken: tokens.count))
  }

  private func lineEnd(from start: Int) -> Int {
    var end = start
    while end < bytes.count, bytes[end] != UInt8(ascii: "\n") {
      end += 1
    }
    return end > start && bytes[end - 1] == UInt8(ascii: "\r") ? end - 1 : end
  }

  /// Decodes the scalar that begins at an offset; the bytes are valid since they come from a text.
  func scalar(at offset: Int) -> Unicode.Scalar {
    let end = min(offset + 4, bytes.count)
    let text = String(decoding: bytes[offset..<end], as: UTF8.self)
    return text.unicodeScalars.first ?? "\u{FFFD}"
  }

  // MARK: Characters

  static func isNameStart(_ byte: UInt8) -> Bool {
    let folded = byte | 0x20
    return byte == UInt8(ascii: "_")
      || folded >= UInt8(ascii: "a") && folded <= UInt8(ascii: "z")
  }

  static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  static func isNamePart(_ byte: UInt8) -> Bool {
    isNameStart(byte) || isDigit(byte)
  }
}
