/// Writes a text in the canonical format.
///
/// Words of the grammar are in capitals, each clause has a line in the canonical order, longer
/// clauses go on after a comma with two spaces, and comments stay with the token that follows them.
/// Formatting a formatted text changes nothing, and the tree stays the same.
public struct SyntaxPrinter {
  /// The answer to a request to format.
  public enum Outcome: Sendable, Hashable {
    /// The text in the canonical format, with a line end after its last line.
    case formatted(String)
    /// Why the text was left alone.
    case refused([Diagnostic])
  }

  /// The longest line, where the text allows it.
  static let longestLine = 100

  /// Formats a text, unless it has errors.
  public static func format(_ source: SourceText) -> Outcome {
    let reading = ReportParser.read(source)
    guard reading.diagnostics.isEmpty else { return .refused(reading.diagnostics) }
    var printer = SyntaxPrinter(source: source, reading: reading)
    printer.printScript()
    return .formatted(printer.layout.text)
  }

  private let source: SourceText
  private let reading: ReportParser.Reading
  private var comments: [Int: [Comment]]
  /// One column is kept for the semicolon.
  private var layout = LineLayout(longestLine: SyntaxPrinter.longestLine - 1)

  private init(source: SourceText, reading: ReportParser.Reading) {
    self.source = source
    self.reading = reading
    self.comments = Dictionary(grouping: reading.comments, by: \.nextToken)
  }

  // MARK: Order

  private mutating func printScript() {
    var start = 0
    var isFirst = true
    for (position, token) in reading.tokens.enumerated() {
      switch token.kind {
      case .symbol(.semicolon), .end:
        if position > start {
          if !isFirst {
            layout.endStatement()
          }
          isFirst = false
          printStatement(start..<position)
        }
        moveComments(from: position)
        start = position + 1
      case .word, .quotedName, .text, .number, .percent, .parameter, .date, .symbol, .unreadable:
        break
      }
    }
    let rest = comments[reading.tokens.count] ?? []
    for comment in rest {
      layout.ownLine(text(of: comment))
    }
    layout.finish()
  }

  /// Gives the comments of a token that is not printed to the next one.
  private mutating func moveComments(from position: Int) {
    guard let moved = comments.removeValue(forKey: position) else { return }
    comments[position + 1, default: []].insert(contentsOf: moved, at: 0)
  }

  private mutating func printStatement(_ range: Range<Int>) {
    let marks = reading.marks.filter { range.contains($0.token) }
    var parts: [(kind: ClauseKind, range: Range<Int>)] = []
    for (position, mark) in marks.enumerated() {
      let end = position + 1 < marks.count ? marks[position + 1].token : range.upperBound
      parts.append((mark.kind, mark.token..<end))
    }
    let order = parts.indices.sorted {
      (parts[$0].kind.rawValue, $0) < (parts[$1].kind.rawValue, $1)
    }
    for position in order {
      printClause(parts[position].range)
    }
  }

  // MARK: Clauses

  private mutating func printClause(_ range: Range<Int>) {
    for position in range {
      let attached = comments[position] ?? []
      if position == range.lowerBound {
        layout.endLine()
        for comment in attached {
          layout.ownLine(text(of: comment))
        }
      } else {
        for comment in attached {
          switch comment.form {
          case .line: layout.innerLine(text(of: comment))
          case .block: layout.add(text(of: comment), spaced: needsSpace(before: position))
          }
        }
      }
      if mayBreak(before: position) {
        layout.allowBreak()
      }
      let follows = attached.last?.form == .block && position > range.lowerBound
      layout.add(text(of: position), spaced: follows || needsSpace(before: position))
      if reading.tokens[position].kind == .symbol(.comma) {
        layout.allowBreak()
      }
    }
    layout.endLine()
  }

  private func mayBreak(before position: Int) -> Bool {
    guard reading.roles[position] == .keyword,
      case .word(let keyword?) = reading.tokens[position].kind
    else { return false }
    return [.and, .or, .type, .label, .description, .empty, .aka, .when, .else].contains(keyword)
  }

  private func needsSpace(before position: Int) -> Bool {
    guard position > 0 else { return false }
    let role = reading.roles[position - 1]
    if role == .sign {
      return reading.roles[position] == .sign
    }
    if case .symbol(let symbol) = reading.tokens[position - 1].kind {
      if symbol == .leftParenthesis || symbol == .dot {
        return false
      }
    }
    guard case .symbol(let symbol) = reading.tokens[position].kind else { return true }
    if symbol == .leftParenthesis {
      return role != .functionName
    }
    return ![.comma, .rightParenthesis, .dot, .listMark].contains(symbol)
  }

  // MARK: Words

  private func text(of position: Int) -> String {
    let token = reading.tokens[position]
    let written = source.slice(token.span)
    switch token.kind {
    case .word:
      switch reading.roles[position] {
      case .keyword: return written.uppercased()
      case .calendarWord: return written.lowercased()
      case .plain, .functionName, .sign: return written
      }
    case .date:
      return written.uppercased()
    case .symbol(let symbol):
      return symbol.rawValue
    case .quotedName, .text, .number, .percent, .parameter, .unreadable, .end:
      return written
    }
  }

  private func text(of comment: Comment) -> String {
    let written = source.slice(comment.span)
    switch comment.form {
    case .block: return written
    case .line:
      var scalars = written.unicodeScalars
      while let last = scalars.last, last.properties.isWhitespace {
        scalars.removeLast()
      }
      return String(scalars)
    }
  }
}
