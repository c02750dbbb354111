internal import ColumnStore

/// Where a row expression stands: which bare columns it may name, and what to say of metrics.
struct RowScope {
  enum Place {
    case by
    case filter
    case aggregate
    case definition
    case model
    /// The keyword of WHERE and the whole condition.
    case condition(keyword: SourceSpan, whole: ExpressionSyntax)
  }
  /// The facts whose columns may be named without the fact, when there is just one.
  let facts: [Fact]
  let place: Place
}

extension Binder {
  /// Binds an expression with one value for each row.
  mutating func row(_ syntax: ExpressionSyntax, _ scope: RowScope) -> RowExpression? {
    guard let bound = unlimitedRow(syntax, scope) else { return nil }
    guard bound.size <= Binder.maximumSize else {
      error(5113, "the expression grows too large when its definitions are put in", syntax.span)
      return nil
    }
    return bound
  }

  private mutating func unlimitedRow(
    _ syntax: ExpressionSyntax,
    _ scope: RowScope
  ) -> RowExpression? {
    switch syntax.kind {
    case .invalid: return nil
    case .literal(let literal): return rowConstant(literal)
    case .parameter(let parameter):
      return row(resolved(syntax), scope).map { typed($0, as: parameter) }
    case .name(let name): return row(named: name, scope)
    case .call(let call): return rowCall(call, syntax.span, scope)
    case .negation(let inner):
      guard let value = row(inner, scope) else { return nil }
      guard value.type.isAddable else {
        error(3104, "\(value.type.name) has no negative", inner.span)
        return nil
      }
      return negated(value)
    case .arithmetic(let node): return rowArithmetic(node, scope)
    case .conditional(let node): return rowCase(node, scope)
    case .modified(let node):
      error(3202, "a modifier of metrics cannot work row by row", node.modifierSpan)
      return nil
    case .share, .total, .rank, .retention, .aggregateOver:
      error(
        3202,
        "\(source.slice(syntax.span)) is one value per group, so it cannot be tested row by row",
        syntax.span
      )
      return nil
    case .covered, .not, .comparison, .logical, .membership, .between, .textMatch, .blankTest, .has:
      error(
        3107,
        "a condition is true or false and is no value of its own",
        syntax.span,
        "write CASE WHEN … THEN … ELSE … END"
      )
      return nil
    }
  }

  // MARK: Names

  private mutating func row(named name: NameReferenceSyntax, _ scope: RowScope) -> RowExpression? {
    if name.qualifier == nil, scope.facts.count == 1, let fact = scope.facts.first,
      catalog.dimension(name.name.text) == nil, let column = fact.column(name.name.text),
      isInModel || !column.isDenied
    {
      return row(column, of: fact)
    }
    guard let meaning = meaning(of: name) else {
      reportUnknown(name, .dimension)
      return nil
    }
    switch meaning {
    case .dimension(let dimension): return row(dimension)
    case .definedDimension(let dimension):
      return expands(by: dimension.expression.size, name.span) ? dimension.expression : nil
    case .grain(let grain):
      guard Binder.grains.contains(grain) else {
        unavailable("the grain \(grain.rawValue)", 4500, name.span)
        return nil
      }
      return RowExpression(.truncated(RowExpression(.reportDate, .date), grain), .grain(grain))
    case .datePart(let part):
      let moment =
        part == .hourOfDay
        ? RowExpression(.reportInstant, .timestamp) : RowExpression(.reportDate, .date)
      return RowExpression(.part(part, moment), .count)
    case .column(let fact, let column): return row(column, of: fact)
    case .metric(let metric):
      reportGroupLevel(metric.name, name.span, scope)
      return nil
    case .definedMetric, .output:
      reportGroupLevel(name.name.text, name.span, scope)
      return nil
    }
  }

  mutating func row(_ dimension: Dimension) -> RowExpression? {
    guard case .expression(let text, let facts) = dimension.source else {
      return RowExpression(.dimension(dimension.name), dimension.type)
    }
    let scope = RowScope(facts: facts.compactMap { catalog.fact($0) }, place: .model)
    return inModel(text) { binder, syntax in binder.row(syntax, scope) }
  }

  /// A column of a fact; a decimal that stands for a plain number becomes a double.
  func row(_ column: Fact.Column, of fact: Fact) -> RowExpression {
    let plain = RowExpression(.column(fact: fact.name, column: column.name), column.type)
    let stored = catalog.tables[fact.table]?.field(column.name)?.type
    guard column.type.physical == .float64, stored == .decimal else { return plain }
    return RowExpression(.double(plain, scale: 10_000), column.type)
  }

  private mutating func reportGroupLevel(
    _ name: String,
    _ span: SourceSpan,
    _ scope: RowScope
  ) {
    var diagnostic = Diagnostic(
      DiagnosticID(.error, 3202),
      "\"\(name)\" is one value per group, so it cannot be tested row by row",
      at: span,
      label: "metric"
    )
    switch scope.place {
    case .condition(let keyword, let whole):
      diagnostic = diagnostic.relating(keyword)
      let text = "HAVING \(source.slice(whole.span))"
      let isWhole = whole.kind.isSimpleCondition
      if isWhole {
        let edit = TextEdit(keyword.union(whole.span), text)
        diagnostic = diagnostic.fixing(Fix("move it: \(text)", edits: [edit]))
      } else {
        diagnostic = diagnostic.noting("note: conditions on metrics stand after HAVING")
      }
    case .by:
      diagnostic = Diagnostic(
        DiagnosticID(.error, 3202),
        "\"\(name)\" is one value per group, so it cannot group rows",
        at: span,
        label: "metric"
      ).noting("note: metrics stand after SELECT, dimensions after BY")
    case .filter, .aggregate, .definition, .model: break
    }
    report(diagnostic)
  }

  // MARK: Constants

  private mutating func rowConstant(_ literal: LiteralSyntax) -> RowExpression? {
    switch literal.value {
    case .number(let number):
      if let whole = number.whole {
        return RowExpression(.literal(.integer(Int64(whole))), .count)
      }
      return RowExpression(.literal(.double(number.double)), .number)
    case .percent(let number):
      return RowExpression(.literal(.double(number.double / 100)), .percent)
    case .money(let number, let currency, _):
      guard let amount = number.scaled(to: 4) else {
        refuseAmount(number, literal.span)
        return nil
      }
      amounts.append(BoundAmount(currency: currency, span: literal.span))
      return RowExpression(.literal(.integer(amount)), .money(currency: nil))
    case .text(let text): return RowExpression(.literal(.string(text)), .string)
    case .boolean(let flag): return RowExpression(.literal(.integer(flag ? 1 : 0)), .bool)
    case .date, .today, .yesterday:
      guard let days = day(literal) else { return nil }
      guard days.from == days.to else {
        error(
          3113,
          "\(source.slice(literal.span)) is several days; compare it with = or write a day",
          literal.span
        )
        return nil
      }
      return RowExpression(.literal(.integer(Int64(days.from))), .date)
    case .duration:
      error(3110, "a duration such as \(source.slice(literal.span)) only moves dates", literal.span)
      return nil
    case .null:
      error(3106, "NULL alone has no type", literal.span, "write IS NULL, or leave out ELSE NULL")
      return nil
    }
  }

  /// Says why a number cannot be an amount: it is finer than a ten-thousandth, or too large.
  mutating func refuseAmount(_ number: DecimalLiteral, _ span: SourceSpan) {
    if number.isFiner(than: 4) {
      error(3109, "amounts have at most four digits after the point", span)
    } else {
      error(3109, "the amount is too large", span, "amounts end at 922,337,203,685,477.5807")
    }
  }

  func negated(_ value: RowExpression) -> RowExpression {
    switch value.kind {
    case .literal(.integer(let number)):
      return RowExpression(.literal(.integer(-number)), value.type, value.physical)
    case .literal(.double(let number)):
      return RowExpression(.literal(.double(-number)), value.type, value.physical)
    default:
      let zero: Scalar = value.physical == .float64 ? .double(0) : .integer(0)
      let start = RowExpression(.literal(zero), value.type, value.physical)
      return RowExpression(.arithmetic(.subtract, start, value), value.type, value.physical)
    }
  }

  // MARK: Arithmetic and calls

  private mutating func rowArithmetic(
    _ node: ArithmeticSyntax,
    _ scope: RowScope
  ) -> RowExpression? {
    let left = row(node.left, scope)
    let right = row(node.right, scope)
    guard let left, let right else { return nil }
    let operation = node.operator.stored
    do {
      let type = try TypeRules.result(operation, left.side, right.side)
      let staysExact =
        operation != .divide && left.physical.isInteger && right.physical.isInteger
      if staysExact {
        let physical: ColumnType =
          left.physical == .decimal || right.physical == .decimal ? .decimal : .int64
        return RowExpression(.arithmetic(operation, left, right), type, physical)
      }
      return RowExpression(
        .arithmetic(operation, left.asDouble, right.asDouble),
        type,
        .float64
      )
    } catch {
      let words = "\(left.type.name) and \(right.type.name)"
      let (number, message): (Int, String) =
        switch error {
        case .mixed: (3101, "\(words) cannot be combined by \(node.operator.rawValue)")
        case .moneySquared: (3102, "money cannot be multiplied by money")
        case .currencies: (3103, "the amounts are of different currencies")
        case .notNumeric: (3104, "\(words) cannot be combined by \(node.operator.rawValue)")
        }
      report(
        Diagnostic(DiagnosticID(.error, number), message, at: node.operatorSpan)
          .relating(node.left.span, typeName(left.type))
          .relating(node.right.span, typeName(right.type))
      )
      return nil
    }
  }

  private mutating func rowCall(
    _ call: CallSyntax,
    _ span: SourceSpan,
    _ scope: RowScope
  ) -> RowExpression? {
    let word = CatalogName.folded(call.name.text)
    if let grain = ReportGrain(rawValue: word) {
      return truncated(call, grain, span, scope)
    }
    if let part = Binder.dateParts[word] {
      guard hasArguments(call, 1...1, span), let value = row(call.arguments[0], scope) else {
        return nil
      }
      guard value.type == .timestamp || (value.type.isDay && part != .hourOfDay) else {
        error(3104, "\(word) takes a date, not \(value.type.name)", call.arguments[0].span)
        return nil
      }
      return RowExpression(.part(part, value), .count)
    }
    switch word {
    case let word where Binder.rowFunctions.contains(word):
      return rowFunction(word, call, span, scope)
    case "lower": return text(.lowercase, call, span, scope)
    case "upper": return text(.uppercase, call, span, scope)
    case "trim": return text(.trimmed, call, span, scope)
    case "coalesce":
      guard hasArguments(call, 1...20, span),
        let (values, type, physical) = rowValues(call.arguments, scope)
      else { return nil }
      return RowExpression(.coalesce(values), type, physical)
    case "if":
      guard hasArguments(call, 2...3, span) else { return nil }
      let branch = CaseSyntax.Branch(condition: call.arguments[0], value: call.arguments[1])
      let otherwise = call.arguments.count > 2 ? call.arguments[2] : nil
      let node = CaseSyntax(keyword: call.name.span, branches: [branch], otherwise: otherwise)
      return rowCase(node, scope)
    default:
      if Binder.aggregateWords.contains(word) {
        error(
          3202,
          "\(source.slice(span)) is one value per group, so it cannot be tested row by row",
          span
        )
      } else if Binder.scalarWords.contains(word) {
        unavailable("\(word.uppercased()) of rows", 3111, call.name.span)
      } else {
        reportUnknownFunction(call)
      }
      return nil
    }
  }

  private mutating func truncated(
    _ call: CallSyntax,
    _ grain: ReportGrain,
    _ span: SourceSpan,
    _ scope: RowScope
  ) -> RowExpression? {
    guard Binder.grains.contains(grain) else {
      unavailable("the grain \(grain.rawValue)", 4500, call.name.span)
      return nil
    }
    guard hasArguments(call, 1...1, span), let value = row(call.arguments[0], scope) else {
      return nil
    }
    guard value.type.isDay || value.type == .timestamp else {
      error(3104, "\(grain.rawValue) takes a date, not \(value.type.name)", call.arguments[0].span)
      return nil
    }
    let day = value.type == .timestamp ? RowExpression(.day(value), .date) : value
    return RowExpression(.truncated(day, grain), .grain(grain))
  }

  private mutating func text(
    _ function: TextFunction,
    _ call: CallSyntax,
    _ span: SourceSpan,
    _ scope: RowScope
  ) -> RowExpression? {
    guard hasArguments(call, 1...1, span), let value = row(call.arguments[0], scope) else {
      return nil
    }
    guard value.type == .string else {
      error(3104, "\(call.name.text.uppercased()) takes text, not \(value.type.name)", span)
      return nil
    }
    return RowExpression(.text(function, value), .string)
  }

  private mutating func rowCase(_ node: CaseSyntax, _ scope: RowScope) -> RowExpression? {
    var conditions: [RowCondition] = []
    var isGood = true
    var syntaxes = node.branches.map(\.value)
    for branch in node.branches {
      if let condition = condition(branch.condition, scope) {
        conditions.append(condition)
      } else {
        isGood = false
      }
    }
    let otherwise = node.otherwise.flatMap { $0.isNullLiteral ? nil : $0 }
    if let otherwise {
      syntaxes.append(otherwise)
    }
    guard let (values, type, physical) = rowValues(syntaxes, scope), isGood else { return nil }
    let branches = zip(conditions, values).map { RowBranch(condition: $0, value: $1) }
    let none = RowExpression(.literal(.null), type, physical)
    return RowExpression(
      .conditional(branches, otherwise: otherwise == nil ? none : values[values.count - 1]),
      type,
      physical
    )
  }

  mutating func rowValues(
    _ syntaxes: [ExpressionSyntax],
    _ scope: RowScope
  ) -> ([RowExpression], ResultType, ColumnType)? {
    var values: [RowExpression] = []
    for syntax in syntaxes {
      if let value = row(syntax, scope) {
        values.append(value)
      }
    }
    guard values.count == syntaxes.count, var type = values.first?.type else { return nil }
    for (value, syntax) in zip(values, syntaxes).dropFirst() {
      do {
        type = try TypeRules.common(
          TypeRules.Side(type: type, isConstant: false),
          TypeRules.Side(type: value.type, isConstant: false)
        )
      } catch {
        self.error(
          3105,
          "the values have different types: \(type.name) and \(value.type.name)",
          syntax.span
        )
        return nil
      }
    }
    if values.contains(where: { $0.physical == .float64 }) {
      return (values.map(\.asDouble), type, .float64)
    }
    return (values, type, values[0].physical)
  }
}

extension RowExpression {
  var side: TypeRules.Side {
    if case .literal = kind { return TypeRules.Side(type: type, isConstant: true) }
    return TypeRules.Side(type: type, isConstant: false)
  }
}

extension ExpressionSyntax.Kind {
  /// Whether it is one condition that can move to HAVING as it is.
  var isSimpleCondition: Bool {
    switch self {
    case .comparison, .between, .membership, .blankTest: true
    case .literal, .parameter, .name, .call, .negation, .not, .arithmetic, .logical, .textMatch,
      .has, .modified, .conditional, .share, .total, .rank, .retention, .aggregateOver, .covered,
      .invalid:
      false
    }
  }
}
