/// Expressions, by precedence: modifiers, sign, `* /`, `+ -`, predicates, NOT, AND, OR.
extension Parser {
  /// How tightly operators bind, the loosest first.
  enum Level: Int, Comparable {
    case or, and, not, predicate, sum, term, factor

    static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
  }

  /// Reads `expr`, or the rule of a tighter level.
  ///
  /// Each call counts as a level of nesting. What needs much of the stack stands in functions that
  /// have returned before the next level begins.
  mutating func expression(from level: Level = .or) throws(SyntaxFailure) -> ExpressionSyntax {
    try descend()
    let start = current.span.start
    var left = at(.not) && level <= .not ? try inversion() : try factor()
    var isPredicate = false
    operatorsMayFollow(after: left, from: level, isPredicate: false)
    while let operation = operation(from: level) {
      guard !isPredicate || operation != .predicate else { throw failChained() }
      left = try apply(operation, to: left, from: start)
      isPredicate = operation == .predicate
      operatorsMayFollow(after: left, from: level, isPredicate: isPredicate)
    }
    ascend()
    return left
  }

  /// What may follow an operand.
  private enum Operation: Hashable {
    case arithmetic(ArithmeticSyntax.Operator)
    case predicate
    case logical(LogicalSyntax.Operator)
  }

  private func operation(from level: Level) -> Operation? {
    if let operation = arithmeticOperator() {
      let bound: Level = operation == .add || operation == .subtract ? .sum : .term
      return bound >= level ? .arithmetic(operation) : nil
    }
    if level <= .predicate, isAtPredicateTail {
      return .predicate
    }
    // What may follow was noted before, so these looks are none of the probe's.
    if level <= .and, current.kind == .word(.and) {
      return .logical(.and)
    }
    return level <= .or && current.kind == .word(.or) ? .logical(.or) : nil
  }

  private mutating func apply(
    _ operation: Operation,
    to left: ExpressionSyntax,
    from start: Int
  ) throws(SyntaxFailure) -> ExpressionSyntax {
    switch operation {
    case .arithmetic(let operation): try arithmetic(left, operation, from: start)
    case .predicate: try predicateTail(left, from: start)
    case .logical(let operation): try logical(left, operation, from: start)
    }
  }

  private mutating func inversion() throws(SyntaxFailure) -> ExpressionSyntax {
    let start = take(.keyword).span.start
    let inner = try expression(from: .not)
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

  private func arithmeticOperator() -> ArithmeticSyntax.Operator? {
    switch current.kind {
    case .symbol(let symbol): ArithmeticSyntax.Operator(rawValue: symbol.rawValue)
    case .word, .quotedName, .text, .number, .percent, .parameter, .date, .unreadable, .end: nil
    }
  }

  private mutating func arithmetic(
    _ left: ExpressionSyntax,
    _ operation: ArithmeticSyntax.Operator,
    from start: Int
  ) throws(SyntaxFailure) -> ExpressionSyntax {
    let operatorSpan = take().span
    let isSum = operation == .add || operation == .subtract
    let right = try expression(from: isSum ? .term : .factor)
    return try arithmeticNode(left, operation, operatorSpan, right, from: start)
  }

  private mutating func arithmeticNode(
    _ left: ExpressionSyntax,
    _ operation: ArithmeticSyntax.Operator,
    _ operatorSpan: SourceSpan,
    _ right: ExpressionSyntax,
    from start: Int
  ) throws(SyntaxFailure) -> ExpressionSyntax {
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
    if case .symbol = current.kind {
      return try comparison(subject, from: start)
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

  private mutating func comparison(
    _ left: ExpressionSyntax,
    from start: Int
  ) throws(SyntaxFailure) -> ExpressionSyntax {
    guard case .symbol(let symbol) = current.kind,
      let operation = ComparisonSyntax.Operator(rawValue: symbol.rawValue)
    else { throw fail("a comparison is needed") }
    let operatorSpan = take().span
    probeAtEnd?.compare(left)
    let right = try expression(from: .sum)
    let parts = ComparisonSyntax(
      operator: operation,
      operatorSpan: operatorSpan,
      left: left,
      right: right
    )
    return try node(.comparison(parts), from: start)
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
    mayFollow(oneOf: [.null, .none, .unknown])
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
    mayFollow(.parameter)
    if let parameter = parameter() {
      members = .parameter(parameter)
    } else if accept(.segment) != nil {
      mayFollow(.segment)
      members = .segment(try plainName("the name of a segment"))
    } else if let opening = accept(.leftParenthesis) {
      probeAtEnd?.compare(tail.subject)
      var values = [try expression()]
      while accept(.comma) != nil {
        probeAtEnd?.compare(tail.subject)
        values.append(try expression())
      }
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
    if operation == .startsWith || operation == .contains || operation == .endsWith {
      probeAtEnd?.compare(tail.subject)
    }
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
    let condition = try expression()
    let filter = accept(.where) != nil ? try expression() : nil
    let dates = at(.during) || at(.since) ? try dateClause() : nil
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
