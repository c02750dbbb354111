/// Blanks out what is not code in Swift text, so that rules look at code only.
struct CodeView {
  private let bytes: [UInt8]
  private var result: [UInt8]
  private var position = 0

  /// The text with comments and string literals blank; line breaks stay, so lines keep their numbers.
  static func code(of text: String) -> String {
    var view = CodeView(text)
    view.scan(untilClosingParenthesis: false)
    return String(decoding: view.result, as: UTF8.self)
  }

  private init(_ text: String) {
    bytes = Array(text.utf8)
    result = bytes.map { $0 == 0x0A ? 0x0A : 0x20 }
  }

  private mutating func scan(untilClosingParenthesis nested: Bool) {
    var depth = 0
    while position < bytes.count {
      let byte = bytes[position]
      let mayOpen =
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "#")
      if mayOpen, starts(with: "//") {
        skipLine()
      } else if mayOpen, starts(with: "/*") {
        skipComment()
      } else if mayOpen, let hashes = hashesBeforeQuote() {
        skipString(hashes: hashes)
      } else {
        if byte == UInt8(ascii: "(") { depth += 1 }
        if byte == UInt8(ascii: ")") {
          if nested && depth == 0 { return }
          depth -= 1
        }
        if !nested { result[position] = byte }
        position += 1
      }
    }
  }

  private mutating func skipLine() {
    while position < bytes.count, bytes[position] != 0x0A { position += 1 }
  }

  private mutating func skipComment() {
    var depth = 0
    while position < bytes.count {
      if starts(with: "/*") {
        depth += 1
        position += 2
      } else if starts(with: "*/") {
        depth -= 1
        position += 2
        if depth == 0 { return }
      } else {
        position += 1
      }
    }
  }

  /// The number of `#` before a quote that opens a literal here, or nil.
  private func hashesBeforeQuote() -> Int? {
    var end = position
    while end < bytes.count, bytes[end] == UInt8(ascii: "#") { end += 1 }
    guard end < bytes.count, bytes[end] == UInt8(ascii: "\"") else { return nil }
    return end - position
  }

  private mutating func skipString(hashes: Int) {
    position += hashes
    let quote = starts(with: "\"\"\"") ? "\"\"\"" : "\""
    position += quote.utf8.count
    let close = quote + String(repeating: "#", count: hashes)
    let escape = "\\" + String(repeating: "#", count: hashes)
    while position < bytes.count {
      if starts(with: escape) {
        position += escape.utf8.count
        if position < bytes.count, bytes[position] == UInt8(ascii: "(") {
          position += 1
          scan(untilClosingParenthesis: true)
        }
        position += 1
      } else if starts(with: close) {
        position += close.utf8.count
        return
      } else if quote.utf8.count == 1, bytes[position] == 0x0A {
        return
      } else {
        position += 1
      }
    }
  }

  private func starts(with text: String) -> Bool {
    var place = position
    for byte in text.utf8 {
      guard place < bytes.count, bytes[place] == byte else { return false }
      place += 1
    }
    return true
  }
}
