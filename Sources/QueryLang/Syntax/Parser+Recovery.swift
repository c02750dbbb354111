/// Skipping to where reading can go on.
extension Parser {
  /// Whether a clause of a report begins at a position in the list of tokens.
  func isClauseStart(_ position: Int) -> Bool {
    guard position < tokens.count, case .word(let found) = tokens[position].kind else {
      return false
    }
    let next = tokens[min(position + 1, tokens.count - 1)].kind
    guard let keyword = found else {
      return next == .word(.by) && ForeignWords.byWords[word(position)] != nil
    }
    if keyword == .as {
      return [.word(.of), .word(.chart), .word(.table)].contains(next)
    }
    return Parser.clauseWords.contains(keyword)
  }

  private static let clauseWords: Set<Keyword> = [
    .by, .where, .during, .since, .until, .compare, .cohort, .top, .bottom, .having, .fill, .totals,
    .pivot, .order, .limit, .currency, .timezone, .from, .select,
  ]

  private func word(_ position: Int) -> String {
    source.slice(tokens[position].span).lowercased()
  }

  /// Reads items between commas; one that cannot be read is skipped up to the next comma or clause.
  mutating func list<Item>(
    _ item: (inout Parser) throws(SyntaxFailure) -> Item
  ) -> [Item] {
    var items: [Item] = []
    repeat {
      let start = index
      do {
        items.append(try item(&self))
      } catch {
        recover(from: start, to: .comma)
      }
    } while accept(.comma) != nil
    return items
  }

  /// Where skipping ends, besides the end of the statement.
  enum RecoveryPoint {
    /// A comma outside parentheses, or a clause.
    case comma
    case clause
    /// A clause that is no BY, because the failed clause has a BY of its own.
    case clauseButBy
    case statement
  }

  /// Skips to a point after a part that began at a position failed.
  mutating func recover(from start: Int, to point: RecoveryPoint) {
    nesting = 0
    var depth = 0
    for token in tokens[start..<max(start, index)] {
      depth = max(0, depth + Parser.step(token))
    }
    if !skip(to: point, depth: depth) {
      skip(to: point, depth: nil)
    }
  }

  /// A parenthesis that is open for more tokens than this counts as never closed.
  private static let longestSkip = 1_000

  /// Skips to a point outside of `depth` open parentheses, or to any point for nil; stays and says
  /// false when a parenthesis was still open at the end of the statement.
  @discardableResult
  private mutating func skip(to point: RecoveryPoint, depth: Int?) -> Bool {
    let first = index
    var open = depth ?? 0
    while !isAtEnd {
      if open == 0 || depth == nil, isPoint(point) {
        return true
      }
      open = max(0, open + Parser.step(current))
      index += 1
      if depth != nil, index - first > Parser.longestSkip {
        index = first
        return false
      }
    }
    guard depth == nil || open == 0 else {
      index = first
      return false
    }
    return true
  }

  private func isPoint(_ point: RecoveryPoint) -> Bool {
    switch point {
    case .comma: at(.comma) || isClauseStart(index)
    case .clause: isClauseStart(index)
    case .clauseButBy: isClauseStart(index) && !at(.by)
    case .statement: false
    }
  }

  private static func step(_ token: Token) -> Int {
    switch token.kind {
    case .symbol(.leftParenthesis): 1
    case .symbol(.rightParenthesis): -1
    case .word, .quotedName, .text, .number, .percent, .parameter, .date, .symbol, .unreadable,
      .end:
      0
    }
  }
}
