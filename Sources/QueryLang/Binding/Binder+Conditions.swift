internal import ColumnStore

extension Binder {
  /// Binds a condition on rows.
  mutating func condition(_ syntax: ExpressionSyntax, _ scope: RowScope) -> RowCondition? {
    switch syntax.kind {
    case .invalid: return nil
    case .logical(let node):
      var parts: [RowCondition] = []
      for operand in node.operands {
        if let part = condition(operand, scope) {
          parts.append(part)
        }
      }
      guard parts.count == node.operands.count else { return nil }
      return node.operator == .and ? .and(parts) : .or(parts)
    case .not(let inner): return condition(inner, scope).map { .not($0) }
    case .comparison(let node): return comparison(node, scope)
    case .membership(let node): return membership(node, scope)
    case .between(let node):
      let lower = ComparisonSyntax(
        operator: .greaterOrEqual,
        operatorSpan: node.operatorSpan,
        left: node.subject,
        right: node.lower
      )
      let upper = ComparisonSyntax(
        operator: .lessOrEqual,
        operatorSpan: node.operatorSpan,
        left: node.subject,
        right: node.upper
      )
      guard let low = comparison(lower, scope), let high = comparison(upper, scope) else {
        return nil
      }
      return node.isNegated ? .not(.and([low, high])) : .and([low, high])
    case .textMatch(let node): return textMatch(node, scope)
    case .blankTest(let node): return blankTest(node, scope)
    case .has(let node):
      unavailable("HAS", 4400, node.operatorSpan)
      return nil
    case .literal(let literal):
      if case .boolean(let flag) = literal.value { return .constant(flag) }
      reportNoCondition(syntax)
      return nil
    case .name, .call, .conditional:
      guard let value = row(syntax, scope) else { return nil }
      guard value.type == .bool else {
        reportNoCondition(syntax)
        return nil
      }
      return .isTrue(value)
    case .covered(let name): return isCovered(by: name)
    case .parameter:
      let resolved = resolved(syntax)
      if case .parameter = resolved.kind { return nil }
      return condition(resolved, scope)
    case .negation, .arithmetic, .modified, .share, .total, .rank, .retention, .aggregateOver:
      reportNoCondition(syntax)
      return nil
    }
  }

  mutating func reportNoCondition(_ syntax: ExpressionSyntax) {
    error(3107, "a condition is needed here, such as channel = 'amazon'", syntax.span)
  }

  // MARK: Comparisons

  /// Reports a text in double quotes where a value is compared, and nothing has that name.
  private mutating func refuseQuotedText(_ syntax: ExpressionSyntax) -> Bool {
    guard case .name(let name) = syntax.kind, name.qualifier == nil, name.name.isQuoted,
      meaning(of: name) == nil
    else { return false }
    report(.textInDoubleQuotes(name.name.text, at: name.span))
    return true
  }

  private mutating func comparison(
    _ written: ComparisonSyntax,
    _ scope: RowScope
  ) -> RowCondition? {
    let node = resolved(written)
    let operation = node.operator.stored
    guard !refuseQuotedText(node.right) else { return nil }
    if let days = literalDays(node.right) {
      return dateComparison(node.left, operation, days, node, scope)
    }
    if let days = literalDays(node.left) {
      return dateComparison(node.right, operation.mirrored, days, node, scope)
    }
    let left = row(node.left, scope)
    let right = row(node.right, scope)
    guard let left, let right else { return nil }
    if operation == .equal || operation == .notEqual {
      if case .literal(.string(let text)) = right.kind {
        remember(text, node.right.span, of: left)
        return isMember(left, [text]).map { operation == .equal ? $0 : .not($0) }
          ?? mismatch(left, right, node)
      }
      if case .literal(.string(let text)) = left.kind {
        remember(text, node.left.span, of: right)
        return isMember(right, [text]).map { operation == .equal ? $0 : .not($0) }
          ?? mismatch(left, right, node)
      }
    }
    guard let (one, other) = comparable(left, right) else { return mismatch(left, right, node) }
    let plain = RowCondition.compare(one, operation == .notEqual ? .equal : operation, other)
    // A comparison with a missing value is false, and its negation true.
    return operation == .notEqual ? .not(plain) : plain
  }

  private mutating func mismatch(
    _ left: RowExpression,
    _ right: RowExpression,
    _ node: ComparisonSyntax
  ) -> RowCondition? {
    report(
      Diagnostic(
        DiagnosticID(.error, 3114),
        "\(left.type.name) and \(right.type.name) cannot be compared",
        at: node.operatorSpan
      )
      .relating(node.left.span, typeName(left.type))
      .relating(node.right.span, typeName(right.type))
    )
    return nil
  }

  /// Keeps a text that stands for a member, to warn where there is no such member.
  private mutating func remember(_ text: String, _ span: SourceSpan, of value: RowExpression) {
    guard outerSpan == nil, case .dimension(let name) = value.kind,
      let dimension = catalog.dimension(name)
    else { return }
    let member = BoundMember(
      dimension: name,
      text: text,
      span: span,
      isWritten: !isParameter(span)
    )
    guard !dimension.values.isEmpty else {
      members.append(member)
      return
    }
    if !dimension.values.contains(text) {
      report(member.warning(dimension, among: dimension.values))
    }
  }

  /// The condition that a text is one of some texts, whichever of its names a member goes by; nil
  /// when the value is no text.
  func isMember(_ value: RowExpression, _ texts: [String]) -> RowCondition? {
    guard value.type == .string else { return nil }
    let list = texts.map { Scalar.string($0) }
    guard case .dimension(let name) = value.kind, let dimension = catalog.dimension(name),
      case .table(let table) = dimension.source
    else { return Binder.oneOf(value, list) }
    var names = [Binder.oneOf(value, list)]
    if table.column != table.key {
      names.append(Binder.oneOf(RowExpression(.dimensionKey(name), .string), list))
    }
    if table.labelColumn != nil {
      names.append(Binder.oneOf(RowExpression(.dimensionLabel(name), .string), list))
    }
    return names.count == 1 ? names[0] : .or(names)
  }

  private static func oneOf(_ value: RowExpression, _ list: [Scalar]) -> RowCondition {
    guard list.count == 1, let only = list.first else { return .oneOf(value, list) }
    return .compare(value, .equal, RowExpression(.literal(only), value.type, value.physical))
  }

  func comparable(
    _ left: RowExpression,
    _ right: RowExpression
  ) -> (RowExpression, RowExpression)? {
    if left.type.isAddable, right.type.isAddable {
      if left.type.isMoney != right.type.isMoney {
        return withAmount(left, right)
      }
      if left.physical.isInteger, right.physical.isInteger {
        return (left, right)
      }
      return (left.asDouble, right.asDouble)
    }
    if left.type.isDay, right.type == .timestamp {
      return (left, RowExpression(.day(right), .date))
    }
    if left.type == .timestamp, right.type.isDay {
      return (RowExpression(.day(left), .date), right)
    }
    let isSame = left.type == right.type || (left.type.isDay && right.type.isDay)
    return isSame ? (left, right) : nil
  }

  /// Takes a plain constant beside money as an amount in the report's currency.
  private func withAmount(
    _ left: RowExpression,
    _ right: RowExpression
  ) -> (RowExpression, RowExpression)? {
    func amount(_ value: RowExpression) -> RowExpression? {
      switch value.kind {
      case .literal(.integer(let number)) where value.type == .count:
        let (scaled, overflow) = number.multipliedReportingOverflow(by: 10_000)
        return overflow ? nil : RowExpression(.literal(.integer(scaled)), .money(currency: nil))
      case .literal(.double(let number)) where value.type == .number:
        return RowExpression(.literal(.double(number)), .money(currency: nil), .float64)
      default: return nil
      }
    }
    guard left.type.isMoney else {
      return amount(left).flatMap { comparable($0, right) }
    }
    return amount(right).flatMap { comparable(left, $0) }
  }

  private mutating func literalDays(_ syntax: ExpressionSyntax) -> BoundDays? {
    guard case .literal(let literal) = syntax.kind else { return nil }
    switch literal.value {
    case .date, .today, .yesterday: return day(literal)
    case .number, .percent, .money, .duration, .text, .boolean, .null: return nil
    }
  }

  /// Compares a date with a literal that may stand for several days.
  private mutating func dateComparison(
    _ subject: ExpressionSyntax,
    _ operation: ComparisonOperator,
    _ days: BoundDays,
    _ node: ComparisonSyntax,
    _ scope: RowScope
  ) -> RowCondition? {
    guard var value = row(subject, scope) else { return nil }
    if value.type == .timestamp {
      value = RowExpression(.day(value), .date)
    }
    guard value.type.isDay else {
      return mismatch(value, RowExpression(.literal(.null), .date), node)
    }
    func bound(_ operation: ComparisonOperator, _ day: Int32) -> RowCondition {
      .compare(value, operation, RowExpression(.literal(.integer(Int64(day))), .date))
    }
    let within = RowCondition.and([
      bound(.greaterOrEqual, days.from), bound(.lessOrEqual, days.to),
    ])
    switch operation {
    case .equal: return days.from == days.to ? bound(.equal, days.from) : within
    case .notEqual: return .not(within)
    case .less: return bound(.less, days.from)
    case .lessOrEqual: return bound(.lessOrEqual, days.to)
    case .greater: return bound(.greater, days.to)
    case .greaterOrEqual: return bound(.greaterOrEqual, days.from)
    }
  }

  // MARK: Other tests

  private mutating func membership(
    _ node: MembershipSyntax,
    _ scope: RowScope
  ) -> RowCondition? {
    let syntaxes: [ExpressionSyntax]
    switch node.members {
    case .values(let values): syntaxes = values.map { resolved($0) }
    case .parameter(let parameter):
      guard let members = members(parameter) else { return nil }
      switch members {
      case .values(let values): syntaxes = values
      case .any:
        // The second part is never asked for, but what it needs has to be there.
        return row(node.subject, scope).map { subject in
          let any = RowCondition.or([.constant(true), .isNull(subject)])
          return node.isNegated ? .not(any) : any
        }
      }
    case .segment(let name):
      return isInSegment(name, node, scope)
    }
    var parts: [RowCondition] = []
    var texts: [String] = []
    let subject = row(node.subject, scope)
    for syntax in syntaxes {
      if case .literal(let literal) = syntax.kind, case .text(let text) = literal.value,
        subject?.type == .string
      {
        texts.append(text)
        if let subject {
          remember(text, syntax.span, of: subject)
        }
        continue
      }
      let equality = ComparisonSyntax(
        operator: .equal,
        operatorSpan: node.operatorSpan,
        left: node.subject,
        right: syntax
      )
      guard subject != nil, let part = comparison(equality, scope) else { return nil }
      parts.append(part)
    }
    guard let subject else { return nil }
    if !texts.isEmpty, let member = isMember(subject, texts) {
      parts.append(member)
    }
    let any: RowCondition = parts.count == 1 ? parts[0] : .or(parts)
    return node.isNegated ? .not(any) : any
  }

  private mutating func textMatch(_ node: TextMatchSyntax, _ scope: RowScope) -> RowCondition? {
    guard let subject = row(node.subject, scope) else { return nil }
    guard subject.type == .string else {
      error(3114, "\(subject.type.name) is no text", node.subject.span)
      return nil
    }
    guard case .literal(let literal) = resolved(node.pattern).kind,
      case .text(let pattern) = literal.value
    else {
      error(3115, "a text in single quotes is needed here", node.pattern.span)
      return nil
    }
    let test: TextTest
    switch node.operator {
    case .contains: test = .contains(pattern)
    case .startsWith: test = .startsWith(pattern)
    case .endsWith: test = .endsWith(pattern)
    case .like: test = .like(pattern)
    case .matches:
      guard let expression = regularExpression(pattern, node.pattern.span) else { return nil }
      test = .matches(expression)
    }
    var tests = [RowCondition.text(subject, test)]
    if case .dimension(let name) = subject.kind,
      case .table(let table) = catalog.dimension(name)?.source, table.labelColumn != nil
    {
      tests.append(.text(RowExpression(.dimensionLabel(name), .string), test))
    }
    let any: RowCondition = tests.count == 1 ? tests[0] : .or(tests)
    return node.isNegated ? .not(any) : any
  }

  /// The pattern of MATCHES; a mistake is reported at its place where the text has it.
  private mutating func regularExpression(
    _ pattern: String,
    _ span: SourceSpan
  ) -> RegularExpression? {
    do {
      return try RegularExpression(pattern)
    } catch {
      var place = span
      var before = ""
      before.unicodeScalars.append(contentsOf: pattern.unicodeScalars.prefix(error.scalarOffset))
      let start = span.start + 1 + before.utf8.count
      if !isParameter(span), start < span.end,
        source.slice(SourceSpan(start: span.start + 1, end: start)) == before
      {
        let next = pattern.unicodeScalars.dropFirst(error.scalarOffset).first
        place = SourceSpan(start: start, end: start + (next.map { String($0).utf8.count } ?? 1))
      }
      self.error(4404, "the pattern cannot be read: \(error.message)", place)
      return nil
    }
  }

  private mutating func blankTest(_ node: BlankTestSyntax, _ scope: RowScope) -> RowCondition? {
    guard let subject = row(node.subject, scope) else { return nil }
    var unknown: RowCondition?
    if case .dimension(let name) = subject.kind, let dimension = catalog.dimension(name) {
      switch dimension.source {
      case .table(let table):
        unknown = table.key == table.column ? nil : .isUnknown(dimension: name)
      case .attribute, .cohort: unknown = .isUnknown(dimension: name)
      case .column, .expression: break
      }
    }
    let test: RowCondition
    switch node.kind {
    case .null: test = .isNull(subject)
    case .none:
      test = unknown.map { .and([.isNull(subject), .not($0)]) } ?? .isNull(subject)
    case .unknown: test = unknown ?? .constant(false)
    }
    return node.isNegated ? .not(test) : test
  }

  // MARK: Conditions on groups

  /// Binds a condition on groups.
  mutating func groupCondition(_ syntax: ExpressionSyntax) -> MetricCondition? {
    switch syntax.kind {
    case .invalid: return nil
    case .logical(let node):
      var parts: [MetricCondition] = []
      for operand in node.operands {
        if let part = groupCondition(operand) {
          parts.append(part)
        }
      }
      guard parts.count == node.operands.count else { return nil }
      return node.operator == .and ? .and(parts) : .or(parts)
    case .not(let inner): return groupCondition(inner).map { .not($0) }
    case .comparison(let node):
      return groupComparison(node.left, node.operator.stored, node.right, node.operatorSpan)
    case .between(let node):
      let low = groupComparison(node.subject, .greaterOrEqual, node.lower, node.operatorSpan)
      let high = groupComparison(node.subject, .lessOrEqual, node.upper, node.operatorSpan)
      guard let low, let high else { return nil }
      return node.isNegated ? .not(.and([low, high])) : .and([low, high])
    case .membership(let node):
      var parts: [MetricCondition] = []
      var values = node.values
      if case .parameter(let parameter) = node.members {
        switch members(parameter) {
        case .any: return .constant(!node.isNegated)
        case .values(let found): values = found
        case nil: return nil
        }
      }
      for value in values {
        if let part = groupComparison(node.subject, .equal, value, node.operatorSpan) {
          parts.append(part)
        }
      }
      guard !parts.isEmpty, parts.count == values.count else {
        if values.isEmpty {
          unavailable("this form of IN", 2300, node.operatorSpan)
        }
        return nil
      }
      return node.isNegated ? .not(.or(parts)) : .or(parts)
    case .blankTest(let node):
      guard let subject = metric(node.subject) else { return nil }
      return node.isNegated ? .not(.isBlank(subject)) : .isBlank(subject)
    case .literal(let literal):
      if case .boolean(let flag) = literal.value { return .constant(flag) }
      reportNoGroupCondition(syntax)
      return nil
    case .textMatch(let node):
      _ = metric(node.subject)
      reportNoGroupCondition(syntax)
      return nil
    case .parameter:
      let resolved = resolved(syntax)
      if case .parameter = resolved.kind { return nil }
      return groupCondition(resolved)
    case .has, .name, .call, .negation, .arithmetic, .modified, .conditional, .share, .total,
      .rank, .retention, .aggregateOver, .covered:
      reportNoGroupCondition(syntax)
      return nil
    }
  }

  private mutating func reportNoGroupCondition(_ syntax: ExpressionSyntax) {
    error(3107, "a condition on metrics is needed here, such as orders >= 50", syntax.span)
  }

  private mutating func groupComparison(
    _ leftSyntax: ExpressionSyntax,
    _ operation: ComparisonOperator,
    _ rightSyntax: ExpressionSyntax,
    _ span: SourceSpan
  ) -> MetricCondition? {
    let left = metric(leftSyntax)
    let right = metric(rightSyntax)
    guard var left, var right else { return nil }
    if left.type.isMoney, !right.type.isMoney, right.isConstant {
      noteAmount(rightSyntax)
      right = promoted([right], to: left.type)[0]
    } else if right.type.isMoney, !left.type.isMoney, left.isConstant {
      noteAmount(leftSyntax)
      left = promoted([left], to: right.type)[0]
    }
    let fits =
      (left.type.isAddable && right.type.isAddable
        && (left.type.isMoney == right.type.isMoney || left.isConstant || right.isConstant))
      || (left.type.isDay && right.type.isDay) || left.type == right.type
    guard fits else {
      report(
        Diagnostic(
          DiagnosticID(.error, 3114),
          "\(left.type.name) and \(right.type.name) cannot be compared",
          at: span
        )
        .relating(leftSyntax.span, typeName(left.type))
        .relating(rightSyntax.span, typeName(right.type))
      )
      return nil
    }
    let plain = MetricCondition.compare(left, operation == .notEqual ? .equal : operation, right)
    return operation == .notEqual ? .not(plain) : plain
  }

  private mutating func noteAmount(_ syntax: ExpressionSyntax) {
    guard outerSpan == nil, !isParameter(syntax.span) else { return }
    let amount = "\(source.slice(syntax.span)) \(catalog.defaults.currency)"
    report(
      Diagnostic(
        DiagnosticID(.note, 3101),
        "\(source.slice(syntax.span)) is taken as an amount in the report's currency",
        at: syntax.span
      ).fixing(Fix("write \(amount)", edits: [TextEdit(syntax.span, amount)]))
    )
  }
}

extension ComparisonSyntax.Operator {
  /// The operator as the store calls it.
  var stored: ComparisonOperator {
    switch self {
    case .equal: .equal
    case .notEqual: .notEqual
    case .less: .less
    case .lessOrEqual: .lessOrEqual
    case .greater: .greater
    case .greaterOrEqual: .greaterOrEqual
    }
  }
}

extension ComparisonOperator {
  /// The operator with its sides swapped.
  var mirrored: ComparisonOperator {
    switch self {
    case .equal: .equal
    case .notEqual: .notEqual
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    }
  }
}
