/// Where a cursor stands in a script, from the text before it.
struct CompletionPlace {
  /// What a chosen item takes the place of.
  let replaced: SourceSpan
  /// What is written of a text in quotes, or nil outside of quotes.
  let quoted: String?
  /// What could stand there.
  let probe: ExpectationProbe
  /// The tokens of the statement before the word that is being written.
  let tokens: [Token]
  /// The clauses of the statement before the cursor, in the order of the text.
  let clauses: [ClauseKind]
  /// The parentheses and branches that are open, the outermost first.
  let openings: [Opening]
  private let text: SourceText

  /// Something that is open at the cursor.
  enum Opening: Hashable {
    case filter
    /// A call of a function, with the commas so far.
    case call(String, commas: Int)
    case has
    /// A list of values, of dimensions or of columns.
    case list
    case group
    /// Behind `WHEN`.
    case condition
    /// Behind `THEN` or `ELSE`.
    case branch
  }

  /// How many values an expression at the cursor has.
  enum Level: Hashable {
    /// One for each group.
    case groups
    /// One for each row.
    case rows
    /// One for each row, inside an aggregate.
    case aggregated(String)
  }

  /// Looks at a place; nil where nothing can be offered: in a comment, a number or a quoted name.
  init?(_ source: SourceText, at offset: Int) {
    let before = SourceText(source.slice(SourceSpan(start: 0, end: offset)))
    let lexer = Lexer.read(before)
    var start = offset
    var end = offset
    var quoted: String?
    for problem in lexer.log.diagnostics {
      if problem.id == .unterminatedComment { return nil }
      guard problem.span.end == offset else { continue }
      if problem.id == .unterminatedName { return nil }
      if problem.id == .unterminatedText {
        start = problem.span.start
        quoted = before.slice(SourceSpan(start: start + 1, end: offset))
      }
    }
    if let comment = lexer.comments.last, comment.form == .line, comment.span.end == offset {
      return nil
    }
    if quoted == nil {
      start = CompletionPlace.wordStart(before)
      guard start == offset || !Lexer.isDigit(before.bytes[start]) else { return nil }
    } else if offset < source.byteCount, source.bytes[offset] == UInt8(ascii: "'") {
      end = offset + 1
    }
    replaced = SourceSpan(start: start, end: end)
    self.quoted = quoted
    text = SourceText(source.slice(SourceSpan(start: 0, end: start)))
    let probe = ExpectationProbe()
    let reading = ReportParser.read(text, probe: probe)
    self.probe = probe
    let first = (reading.tokens.lastIndex { $0.kind == .symbol(.semicolon) } ?? -1) + 1
    tokens = Array(reading.tokens[min(first, reading.tokens.count)...].dropLast())
    let begin = reading.marks.last { $0.kind == .statement || $0.kind == .select }?.token ?? first
    clauses = reading.marks.filter { $0.token >= max(first, begin) }.map(\.kind)
    openings = CompletionPlace.openings(tokens, text)
  }

  private static func wordStart(_ before: SourceText) -> Int {
    var start = before.byteCount
    while start > before.markLength, Lexer.isNamePart(before.bytes[start - 1]) {
      start -= 1
    }
    if start > before.markLength, before.bytes[start - 1] == UInt8(ascii: "$") {
      start -= 1
    }
    return start
  }

  /// What is open before an offset of a text.
  static func openings(in source: SourceText, before offset: Int) -> [Opening] {
    let text = SourceText(source.slice(SourceSpan(start: 0, end: offset)))
    let tokens = Lexer.read(text).tokens
    let first = (tokens.lastIndex { $0.kind == .symbol(.semicolon) } ?? -1) + 1
    return openings(Array(tokens[first...]), text)
  }

  private static func openings(_ tokens: [Token], _ text: SourceText) -> [Opening] {
    var open: [Opening] = []
    for (index, token) in tokens.enumerated() {
      switch token.kind {
      case .symbol(.leftParenthesis):
        open.append(opening(behind: index > 0 ? tokens[index - 1] : nil, text))
      case .symbol(.rightParenthesis):
        let last = open.lastIndex { $0 != .condition && $0 != .branch }
        if let last { open.removeSubrange(last...) }
      case .symbol(.comma):
        if case .call(let word, let commas)? = open.last {
          open[open.count - 1] = .call(word, commas: commas + 1)
        }
      case .word(.when):
        if open.last == .branch { open.removeLast() }
        open.append(.condition)
      case .word(.then), .word(.else):
        if open.last == .condition || open.last == .branch { open.removeLast() }
        open.append(.branch)
      case .word(.end):
        if open.last == .condition || open.last == .branch { open.removeLast() }
      case .word, .quotedName, .text, .number, .percent, .parameter, .date, .symbol, .unreadable,
        .end:
        break
      }
    }
    return open
  }

  private static func opening(behind token: Token?, _ text: SourceText) -> Opening {
    guard let token, case .word(let keyword) = token.kind else { return .group }
    switch keyword {
    case .filter: return .filter
    case .has: return .has
    case .in, .within, .per, .for, .by, .chart: return .list
    default:
      guard !(keyword?.isReserved ?? false) else { return .group }
      return .call(CatalogName.folded(text.slice(token.span)), commas: 0)
    }
  }

  // MARK: Answers

  /// The clause that the cursor stands in, or nil at the beginning of a statement.
  var clause: ClauseKind? { clauses.last }

  /// The word of the grammar right before the cursor, or nil.
  var previousKeyword: Keyword? { keyword(back: 1) }

  /// The word of the grammar some tokens before the cursor, or nil.
  func keyword(back count: Int) -> Keyword? {
    guard tokens.count >= count, case .word(let keyword) = tokens[tokens.count - count].kind else {
      return nil
    }
    return keyword
  }

  /// Whether the statement begins with a word.
  func begins(with keyword: Keyword) -> Bool { tokens.first?.kind == .word(keyword) }

  /// What a `DEFINE` before the cursor defines: METRIC, DIMENSION, PARAM, PERIOD or SEGMENT.
  var defined: Keyword? {
    guard begins(with: .define) else { return nil }
    for token in tokens.dropFirst() {
      guard case .word(let keyword?) = token.kind else { return nil }
      switch keyword {
      case .shared, .or, .replace: continue
      case .metric, .dimension, .param, .period, .segment: return keyword
      default: return nil
      }
    }
    return nil
  }

  /// How many values an expression at the cursor has.
  var level: Level {
    for opening in openings.reversed() {
      switch opening {
      case .filter: return .rows
      case .has: return .groups
      case .call(let word, _) where Binder.aggregateWords.contains(word): return .aggregated(word)
      case .call, .list, .group, .condition, .branch: continue
      }
    }
    switch clause {
    case .by, .filter: return .rows
    case .statement: return defined == .dimension || defined == .segment ? .rows : .groups
    default: return .groups
    }
  }

  /// Whether something true or false is needed, or stands before the cursor.
  var isInCondition: Bool {
    for opening in openings.reversed() {
      switch opening {
      case .filter, .has, .condition: return true
      case .branch, .list: return false
      case .call(let word, let commas): return word == "if" && commas == 0
      case .group: continue
      }
    }
    switch clause {
    case .filter, .having: return true
    case .statement: return defined == .segment
    default: return false
    }
  }

  /// The word before the dimensions that the cursor stands among, such as `WITHIN`.
  var dimensionWord: Keyword? {
    var index = tokens.count
    while index > 0 {
      index -= 1
      switch tokens[index].kind {
      case .symbol(.comma), .symbol(.leftParenthesis), .symbol(.rightParenthesis),
        .symbol(.dot), .quotedName, .number, .parameter:
        continue
      case .word(let keyword):
        guard let keyword, keyword.isReserved else { continue }
        return keyword
      case .text, .percent, .date, .symbol, .unreadable, .end:
        return nil
      }
    }
    return nil
  }
}
