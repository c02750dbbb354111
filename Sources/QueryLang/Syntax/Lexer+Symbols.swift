/// Operators, punctuation, and characters that have no meaning in a report.
extension Lexer {
  /// Operators of other languages, with what they are here; longer ones first.
  private static let foreign: [(written: String, kind: TokenKind, meant: String)] = [
    ("==", .symbol(.equal), "="),
    ("=<", .symbol(.lessOrEqual), "<="),
    ("=>", .symbol(.greaterOrEqual), ">="),
    ("&&", .word(.and), "AND"),
    ("||", .word(.or), "OR"),
    ("≠", .symbol(.notEqual), "!="),
    ("≤", .symbol(.lessOrEqual), "<="),
    ("≥", .symbol(.greaterOrEqual), ">="),
    ("×", .symbol(.star), "*"),
    ("÷", .symbol(.slash), "/"),
    ("−", .symbol(.minus), "-"),
  ]

  private static let own: [(written: String, symbol: TokenSymbol)] = [
    ("!=", .notEqual), ("<>", .notEqual), ("<=", .lessOrEqual), (">=", .greaterOrEqual),
    ("[]", .listMark), ("=", .equal), ("<", .less), (">", .greater), ("+", .plus), ("-", .minus),
    ("*", .star), ("/", .slash), ("(", .leftParenthesis), (")", .rightParenthesis), (",", .comma),
    (";", .semicolon), (".", .dot),
  ]

  /// Reads an operator or punctuation; false when there is none.
  mutating func readSymbol(_ start: Int) -> Bool {
    for (written, kind, meant) in Lexer.foreign where follows(written) {
      position += written.utf8.count
      reportForeign(start, written: written, meant: meant)
      add(kind, from: start)
      return true
    }
    for (written, symbol) in Lexer.own where follows(written) {
      position += written.utf8.count
      add(.symbol(symbol), from: start)
      return true
    }
    guard bytes[start] == UInt8(ascii: "!") else { return false }
    position += 1
    reportForeign(start, written: "!", meant: "NOT ")
    add(.word(.not), from: start)
    return true
  }

  private func follows(_ text: String) -> Bool {
    bytes[position...].starts(with: text.utf8)
  }

  private mutating func reportForeign(_ start: Int, written: String, meant: String) {
    let span = SourceSpan(start: start, end: position)
    let word = String(meant.prefix { $0 != " " })
    log.add(
      Diagnostic(
        .foreignWord,
        "\"\(written)\" is written \(word) here",
        at: span,
        label: "write \(word)"
      ).fixing(Fix("write \(word)", edits: [TextEdit(span, meant)], .safe, display: .inLabel))
    )
  }

  /// Skips characters without a meaning, with one message for a run of them.
  mutating func readUnknown(_ start: Int) {
    let first = scalar(at: start)
    if first.properties.isWhitespace {
      position += first.utf8.count
      return
    }
    if first.properties.isAlphabetic {
      readForeignName(start)
      return
    }
    if Lexer.opening.contains(first), readForeignQuotes(start, opening: first) {
      return
    }
    while position < bytes.count {
      let next = scalar(at: position)
      guard isUnknown(next) else { break }
      position += next.utf8.count
    }
    position = max(position, start + first.utf8.count)
    afterUnknown.insert(tokens.count)
    let span = SourceSpan(start: start, end: position)
    log.add(
      Diagnostic(
        .unknownCharacter,
        "\(Lexer.shown(slice(start, position))) has no meaning in a report",
        at: span,
        label: "remove this"
      ).fixing(Fix("remove it", edits: [TextEdit(span, "")], display: .inLabel))
    )
  }

  private func isUnknown(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII {
      return "#%&:?@\\^`{|}~[]".unicodeScalars.contains(scalar)
        || scalar.value < 0x20
          && !scalar.properties.isWhitespace
        || scalar.value == 0x7F
    }
    return !scalar.properties.isWhitespace && !scalar.properties.isAlphabetic
      && !Lexer.opening.contains(scalar)
  }

  /// The characters of a run in quotes; those that cannot be seen by their number.
  private static func shown(_ text: String) -> String {
    let scalars = text.unicodeScalars
    if let hidden = scalars.first(where: { CellText.isHidden($0) }) {
      let number = String(hidden.value, radix: 16, uppercase: true)
      return "the invisible character U+" + String(repeating: "0", count: max(0, 4 - number.count))
        + number
    }
    return "\"" + String(String.UnicodeScalarView(scalars.prefix(10)))
      + (scalars.count > 10 ? "…\"" : "\"")
  }

  // MARK: Names and texts in the manner of other tools

  private static let opening: Set<Unicode.Scalar> = ["‘", "’", "“", "”", "`"]
  private static let closing: [Unicode.Scalar: [Unicode.Scalar]] = [
    "‘": ["’", "‘"], "’": ["’"], "“": ["”", "“"], "”": ["”"], "`": ["`"],
  ]

  /// Reads a text or name in curly quotes or backticks as what was meant.
  private mutating func readForeignQuotes(_ start: Int, opening: Unicode.Scalar) -> Bool {
    var end = start + opening.utf8.count
    let closing = Lexer.closing[opening] ?? []
    while end < bytes.count {
      let next = scalar(at: end)
      guard next != "\n" else { return false }
      end += next.utf8.count
      guard closing.contains(next) else { continue }
      position = end
      let value = slice(start + opening.utf8.count, end - next.utf8.count)
      guard !value.isEmpty else { return false }
      let isName = opening == "`"
      let mark: Character = isName ? "\"" : "'"
      let span = SourceSpan(start: start, end: end)
      let doubled = value.map { $0 == mark ? "\(mark)\(mark)" : String($0) }.joined()
      let meant = "\(mark)\(doubled)\(mark)"
      log.add(
        Diagnostic(
          .unknownCharacter,
          isName ? "names are quoted with double quotes" : "texts are quoted with straight quotes",
          at: span,
          label: "write \(meant)"
        ).fixing(Fix("write \(meant)", edits: [TextEdit(span, meant)], .safe, display: .inLabel))
      )
      add(isName ? .quotedName(value) : .text(value), from: start)
      return true
    }
    return false
  }

  /// Reads a name with letters beyond A to Z, which needs quotes.
  mutating func readForeignName(_ start: Int) {
    while position < bytes.count {
      let next = scalar(at: position)
      guard next.isASCII ? Lexer.isNamePart(bytes[position]) : next.properties.isAlphabetic
      else { break }
      position += next.utf8.count
    }
    let name = slice(start, position)
    let span = SourceSpan(start: start, end: position)
    log.add(
      Diagnostic(
        .unknownCharacter,
        "a name with letters beyond A to Z needs double quotes",
        at: span,
        label: "write \"\(name)\""
      ).fixing(
        Fix("write \"\(name)\"", edits: [TextEdit(span, "\"\(name)\"")], .safe, display: .inLabel)
      )
    )
    add(.quotedName(name), from: start)
  }
}
