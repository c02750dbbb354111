/// Expressions, by precedence: modifiers, sign, `* /`, `+ -`, predicates, NOT, AND, OR.
extension Parser {
  /// How tightly operators bind, the loosest first.
  enum Level: Int, Comparable {
    case or, and, not, predicate, sum, term, factor

    static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
  }

  /// `expr`, or the rule of a tighter level.
  mutating func expression(from level: Level = .or) throws(SyntaxFailure) -> ExpressionSyntax {
    let start = current.span.start
    var left = at(.not) && level <= .not ? try inversion() : try factor()
    var isPredicate = false
    while true {
      if let (operation, bound) = arithmeticOperator(), bound >= level {
        left = try arithmetic(left, operation, bound, from: start)
      } else if level <= .predicate, isAtPredicateTail {
        guard !isPredicate else { throw failChained() }
        left = try predicateTail(left, from: start)
        isPredicate = true
      } else if level <= .and, at(.and) {
        left = try logical(left, .and, from: start)
        isPredicate = false
      } else if level <= .or, at(.or) {
        left = try logical(left, .or, from: start)
        isPredicate = false
      } else {
        return left
      }
    }
  }

  private mutating func inversion() throws(SyntaxFailure) -> ExpressionSyntax {
    let start = take(.keyword).span.start
    try descend()
    let inner = try expression(from: .not)
    ascend()
    return try node(.not(inner), from: start)
  }

  private mutating func logical(
    _ first: ExpressionSyntax,
    _ operation: LogicalSyntax.Operator,
    from start: Int
  ) throws(SyntaxFailure) -> ExpressionSyntax {
    let word: Keyword = operation == .and ? .and : .or
    var operands = [first]
    while accept(word) != nil {
      operands.append(try expression(from: operation == .and ? .not : .and))
    }
    return try node(.logical(LogicalSyntax(operator: operation, operands: operands)), from: start)
  }

  // MARK: Arithmetic

  private func arithmeticOperator() -> (ArithmeticSyntax.Operator, Level)? {
    switch current.kind {
    case .symbol(.plus): (.add, .sum)
    case .symbol(.minus): (.subtract, .sum)
    case .symbol(.star): (.multiply, .term)
    case .symbol(.slash): (.divide, .term)
    case .word, .quotedName, .text, .number, .percent, .parameter, .date, .symbol, .unreadable,
      .end:
      nil
    }
  }

  private mutating func arithmetic(
    _ left: ExpressionSyntax,
    _ operation: ArithmeticSyntax.Operator,
    _ level: Level,
    from start: Int
  ) throws(SyntaxFailure) -> ExpressionSyntax {
    let operatorSpan = take().span
    let right = try expression(from: level == .sum ? .term : .factor)
    let parts = ArithmeticSyntax(
      operator: operation,
      operatorSpan: operatorSpan,
      left: checkingMonth(left),
      right: checkingMonth(right)
    )
    return try node(.arithmetic(parts), from: start)
  }

  /// Returns an operand; a month such as `2026-10` cannot be one, and was meant as a subtraction.
  mutating func checkingMonth(_ operand: ExpressionSyntax) -> ExpressionSyntax {
    guard case .literal(let literal) = operand.kind,
      case .date(.month(let year, let month)) = literal.value
    else { return operand }
    let written = source.slice(literal.span)
    let spaced = written.split(separator: "-").joined(separator: " - ")
    let names = [
      "January", "February", "March", "April", "May", "June", "July", "August", "September",
      "October", "November", "December",
    ]
    report(
      Diagnostic(
        .dateInArithmetic,
        "\"\(written)\" is read as \(names[month - 1]) \(year)",
        at: literal.span,
        label: "put spaces around the minus"
      ).fixing(
        Fix("write \(spaced)", edits: [TextEdit(literal.span, spaced)], display: .inLabel)
      )
    )
    return ExpressionSyntax(.invalid, operand.span)
  }

  /// `factor`: a measure, or its negative.
  private mutating func factor() throws(SyntaxFailure) -> ExpressionSyntax {
    guard at(.minus) else { return try measure() }
    let start = take(.sign).span.start
    try descend()
    let inner = try factor()
    ascend()
    return try node(.negation(checkingMonth(inner)), from: start)
  }

  // MARK: Predicates

  private var isAtPredicateTail: Bool {
    switch current.kind {
    case .symbol(.equal), .symbol(.notEqual), .symbol(.less), .symbol(.lessOrEqual),
      .symbol(.greater), .symbol(.greaterOrEqual):
      return true
    case .word(let keyword):
      if keyword == .not {
        guard case .word(let next?) = token(1).kind else { return false }
        return Parser.beginsTail(next)
      }
      return keyword == .is || keyword.map(Parser.beginsTail) ?? false
    case .quotedName, .text, .number, .percent, .parameter, .date, .symbol, .unreadable, .end:
      return false
    }
  }

  private static func beginsTail(_ keyword: Keyword) -> Bool {
    [.in, .between, .contains, .starts, .ends, .like, .matches, .has].contains(keyword)
  }

  private mutating func failChained() -> SyntaxFailure {
    report(
      Diagnostic(
        .chainedComparison,
        "a comparison cannot follow another",
        at: current.span,
        label: "join two conditions with AND"
      )
    )
    return SyntaxFailure()
  }

  private mutating func predicateTail(
    _ subject: ExpressionSyntax,
    from start: Int
  ) throws(SyntaxFailure) -> ExpressionSyntax {
    if case .symbol(let symbol) = current.kind,
      let operation = ComparisonSyntax.Operator(rawValue: symbol.rawValue)
    {
      let operatorSpan = take().span
      let right = try expression(from: .sum)
      let parts = ComparisonSyntax(
        operator: operation,
        operatorSpan: operatorSpan,
        left: subject,
        right: right
      )
      return try node(.comparison(parts), from: start)
    }
    if at(.is) {
      return try blankTest(subject, from: start)
    }
    let operatorStart = current.span.start
    let isNegated = accept(.not) != nil
    let word = take(.keyword)
    let tail = PredicateTail(
      subject: subject,
      isNegated: isNegated,
      start: start,
      operatorStart: operatorStart
    )
    if word.kind == .word(.in) {
      return try membership(tail)
    }
    if word.kind == .word(.between) {
      return try between(tail)
    }
    return word.kind == .word(.has) ? try has(tail) : try textMatch(tail, word)
  }

  /// What a predicate has before the part that follows its word.
  private struct PredicateTail {
    let subject: ExpressionSyntax
    let isNegated: Bool
    let start: Int
    let operatorStart: Int
  }

  private mutating func blankTest(
    _ subject: ExpressionSyntax,
    from start: Int
  ) throws(SyntaxFailure) -> ExpressionSyntax {
    let word = take(.keyword)
    let isNegated = accept(.not) != nil
    let kind: BlankTestSyntax.Kind
    if accept(.null) != nil {
      kind = .null
    } else if accept(.none) != nil {
      kind = .none
    } else if accept(.unknown) != nil {
      kind = .unknown
    } else {
      throw fail("NULL, NONE or UNKNOWN is needed")
    }
    let parts = BlankTestSyntax(
      subject: subject,
      isNegated: isNegated,
      kind: kind,
      operatorSpan: span(from: word.span.start)
    )
    return try node(.blankTest(parts), from: start)
  }

  private mutating func membership(_ tail: PredicateTail) throws(SyntaxFailure) -> ExpressionSyntax
  {
    let operatorSpan = span(from: tail.operatorStart)
    let members: MembershipSyntax.Members
    if let parameter = parameter() {
      members = .parameter(parameter)
    } else if accept(.segment) != nil {
      members = .segment(try plainName("the name of a segment"))
    } else if let opening = accept(.leftParenthesis) {
      try descend()
      var values = [try expression()]
      while accept(.comma) != nil {
        values.append(try expression())
      }
      ascend()
      try close(opening)
      members = .values(values)
    } else {
      throw fail("a list in parentheses, a parameter or SEGMENT is needed")
    }
    let parts = MembershipSyntax(
      subject: tail.subject,
      isNegated: tail.isNegated,
      operatorSpan: operatorSpan,
      members: members
    )
    return try node(.membership(parts), from: tail.start)
  }

  private mutating func between(_ tail: PredicateTail) throws(SyntaxFailure) -> ExpressionSyntax {
    let operatorSpan = span(from: tail.operatorStart)
    let lower = try expression(from: .sum)
    try expect(.and)
    let upper = try expression(from: .sum)
    let parts = BetweenSyntax(
      subject: tail.subject,
      isNegated: tail.isNegated,
      operatorSpan: operatorSpan,
      lower: lower,
      upper: upper
    )
    return try node(.between(parts), from: tail.start)
  }

  private mutating func textMatch(
    _ tail: PredicateTail,
    _ word: Token
  ) throws(SyntaxFailure) -> ExpressionSyntax {
    let operation: TextMatchSyntax.Operator
    if word.kind == .word(.contains) {
      operation = .contains
    } else if word.kind == .word(.like) {
      operation = .like
    } else if word.kind == .word(.matches) {
      operation = .matches
    } else {
      operation = word.kind == .word(.starts) ? .startsWith : .endsWith
      try expect(.with)
    }
    let operatorSpan = span(from: tail.operatorStart)
    let pattern: ExpressionSyntax
    if case .quotedName = current.kind {
      let value = try text("a text")
      let literal = LiteralSyntax(value: .text(value.value), span: value.span)
      pattern = try node(.literal(literal), from: value.span.start)
    } else {
      pattern = try expression(from: .sum)
    }
    let parts = TextMatchSyntax(
      subject: tail.subject,
      isNegated: tail.isNegated,
      operator: operation,
      operatorSpan: operatorSpan,
      pattern: pattern
    )
    return try node(.textMatch(parts), from: tail.start)
  }

  private mutating func has(_ tail: PredicateTail) throws(SyntaxFailure) -> ExpressionSyntax {
    let operatorSpan = span(from: tail.operatorStart)
    let opening = try expect(.leftParenthesis)
    try descend()
    let condition = try expression()
    let filter = accept(.where) != nil ? try expression() : nil
    let dates = at(.during) || at(.since) ? try dateClause() : nil
    ascend()
    try close(opening)
    let parts = HasSyntax(
      subject: tail.subject,
      isNegated: tail.isNegated,
      operatorSpan: operatorSpan,
      condition: condition,
      filter: filter,
      dates: dates
    )
    return try node(.has(parts), from: tail.start)
  }
}
