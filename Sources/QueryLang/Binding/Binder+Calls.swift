internal import ColumnStore

extension Binder {
  static let aggregateWords = [
    "sum", "count", "avg", "min", "max", "median", "percentile", "first_value", "last_value",
    "approx_count",
  ]
  static let scalarWords = [
    "abs", "round", "floor", "ceil", "least", "greatest", "coalesce", "nullif", "if", "power",
    "sqrt", "ln", "lower", "upper", "trim", "length", "concat", "band",
  ]

  /// Binds a call that gives one value for each group.
  mutating func call(_ call: CallSyntax, _ span: SourceSpan) -> MetricExpression? {
    let word = CatalogName.folded(call.name.text)
    if Binder.aggregateWords.contains(word) {
      return aggregate(word, call, span)
    }
    if let distinct = call.distinct {
      error(1103, "DISTINCT stands in COUNT(DISTINCT …) only", distinct)
      return nil
    }
    switch word {
    case "abs": return function(.absolute, call, span, count: 1...1)
    case "floor": return function(.floor, call, span, count: 1...1)
    case "ceil": return function(.ceiling, call, span, count: 1...1)
    case "least": return function(.least, call, span, count: 2...20)
    case "greatest": return function(.greatest, call, span, count: 2...20)
    case "nullif": return function(.nullIf, call, span, count: 2...2)
    case "round": return round(call, span)
    case "coalesce": return coalesce(call, span)
    case "power": return math(.power, call, span)
    case "sqrt": return math(.squareRoot, call, span)
    case "ln": return math(.naturalLogarithm, call, span)
    case "concat": return joined(call, span)
    case "band": return band(call, span)
    case "if": return ifCall(call, span)
    default:
      if Binder.scalarWords.contains(word) {
        unavailable("\(word.uppercased()) of metrics", 3111, call.name.span)
      } else if ReportGrain(rawValue: word) != nil || Binder.dateParts[word] != nil {
        reportRowCall(call, span)
      } else {
        reportUnknownFunction(call)
      }
      return nil
    }
  }

  private mutating func reportRowCall(_ call: CallSyntax, _ span: SourceSpan) {
    let text = source.slice(span)
    error(
      3201,
      "\(text) is one value per row, so it cannot stand where one value per group is needed",
      span,
      "dimension"
    )
  }

  mutating func reportUnknownFunction(_ call: CallSyntax) {
    let words = (Binder.aggregateWords + Binder.scalarWords).map { $0.uppercased() }
    let suggestion = Suggestion(for: call.name.text, among: words)
    let message = "there is no function called \"\(call.name.text)\""
    report(.missing(2106, message, at: call.name.span, suggestion))
  }

  /// Checks how many arguments a call has.
  mutating func hasArguments(
    _ call: CallSyntax,
    _ count: ClosedRange<Int>,
    _ span: SourceSpan
  ) -> Bool {
    guard !count.contains(call.arguments.count) else { return true }
    let words =
      count.lowerBound == count.upperBound
      ? "\(count.lowerBound)" : "\(count.lowerBound) to \(count.upperBound)"
    error(
      3112,
      "\(call.name.text.uppercased()) takes \(words) \(count.upperBound == 1 ? "value" : "values"), "
        + "and here are \(call.arguments.count)",
      span
    )
    return false
  }

  // MARK: Aggregates

  private mutating func aggregate(
    _ word: String,
    _ call: CallSyntax,
    _ span: SourceSpan
  ) -> MetricExpression? {
    switch word {
    case "sum", "count", "avg", "min", "max", "median", "percentile": break
    case "approx_count": return approximateCount(call, span)
    default:
      unavailable(word.uppercased(), 3111, call.name.span)
      return nil
    }
    let count = word == "percentile" ? 2 : 1
    guard hasArguments(call, count...count, span), let argument = call.arguments.first else {
      return nil
    }
    if call.distinct != nil, word != "count" {
      error(1103, "DISTINCT stands in COUNT(DISTINCT …) only", call.distinct ?? span)
      return nil
    }
    if word == "count", call.distinct == nil, case .name(let name) = argument.kind,
      name.qualifier == nil, let fact = catalog.fact(name.name.text)
    {
      return base(.countRows, .count, fact, span)
    }
    let scope = RowScope(facts: [], place: .aggregate)
    guard let row = row(argument, scope), let fact = fact(of: row, argument.span) else {
      return nil
    }
    let function: BaseAggregate.Function
    let type: ResultType
    switch word {
    case "count":
      (function, type) = (call.distinct == nil ? .count(row) : .countDistinct(row), .count)
    case "median", "percentile":
      guard row.type.isAddable else {
        error(3104, "\(row.type.name) has no \(word)", argument.span)
        return nil
      }
      guard let fraction = word == "median" ? 0.5 : fraction(call.arguments[1]) else { return nil }
      (function, type) = (.percentile(row, fraction), Binder.averageType(row.type))
    case "sum", "avg":
      guard row.type.isAddable else {
        error(3104, "\(row.type.name) cannot be added up", argument.span)
        return nil
      }
      (function, type) =
        word == "sum" ? (.sum(row), row.type) : (.average(row), Binder.averageType(row.type))
    default:
      guard row.physical != .string else {
        error(3104, "text has no smallest or largest value here", argument.span)
        return nil
      }
      (function, type) = (word == "min" ? .minimum(row) : .maximum(row), row.type)
    }
    return base(function, type, fact, span)
  }

  /// The share of values of a percentile.
  private mutating func fraction(_ written: ExpressionSyntax) -> Double? {
    let argument = resolved(written)
    var fraction: Double?
    if case .literal(let literal) = argument.kind {
      switch literal.value {
      case .number(let number): fraction = number.double
      case .percent(let number): fraction = number.double / 100
      default: break
      }
    }
    guard let fraction, (0...1).contains(fraction) else {
      error(3112, "PERCENTILE takes a share from 0 to 1, such as 0.9", argument.span)
      return nil
    }
    return fraction
  }

  mutating func base(
    _ function: BaseAggregate.Function,
    _ type: ResultType,
    _ fact: Fact,
    _ span: SourceSpan
  ) -> MetricExpression {
    if outerSpan == nil {
      uses.append(MetricUse(name: source.slice(span), span: span, facts: [fact.name]))
    }
    let aggregate = BaseAggregate(
      fact: fact.name,
      function: function,
      conditions: [],
      level: nil,
      isBlankWithoutRows: false,
      type: type
    )
    return MetricExpression(.aggregate(aggregate), type)
  }

  mutating func fact(of row: RowExpression, _ span: SourceSpan) -> Fact? {
    var reach = RowReach()
    reach.add(row)
    guard reach.facts.count == 1, let name = reach.facts.first, let fact = catalog.fact(name) else {
      let example = catalog.facts.first?.name ?? "fact"
      let message =
        reach.facts.isEmpty
        ? "an aggregate needs a column with its fact, such as \(example).qty"
        : "an aggregate looks at the rows of one fact, not of \(reach.facts.sorted().joined(separator: " and "))"
      error(3204, message, span)
      return nil
    }
    return isReached(row, by: [fact], span: span, 4103) ? fact : nil
  }

  // MARK: Scalar functions

  private mutating func function(
    _ function: MetricFunction,
    _ call: CallSyntax,
    _ span: SourceSpan,
    count: ClosedRange<Int>
  ) -> MetricExpression? {
    guard hasArguments(call, count, span), let parts = arguments(call.arguments) else { return nil }
    guard let type = commonType(parts, call.arguments) else { return nil }
    let takesDays: Bool =
      switch function {
      case .least, .greatest, .nullIf: true
      case .absolute, .floor, .ceiling, .round, .math, .joined: false
      }
    guard type.isAddable || (type.isDay && takesDays) else {
      error(3104, "\(call.name.text.uppercased()) takes numbers, not \(type.name)", span)
      return nil
    }
    return MetricExpression(.function(function, parts), type)
  }

  private mutating func round(_ call: CallSyntax, _ span: SourceSpan) -> MetricExpression? {
    guard hasArguments(call, 1...2, span), let value = metric(call.arguments[0]) else { return nil }
    guard let digits = digits(call) else { return nil }
    guard value.type.isAddable else {
      error(3104, "ROUND takes numbers, not \(value.type.name)", span)
      return nil
    }
    return MetricExpression(.function(.round(digits: digits), [value]), value.type)
  }

  /// The digits that ROUND leaves.
  mutating func digits(_ call: CallSyntax) -> Int? {
    guard call.arguments.count == 2 else { return 0 }
    guard case .literal(let literal) = resolved(call.arguments[1]).kind,
      case .number(let number) = literal.value, let whole = number.whole,
      (0...12).contains(whole)
    else {
      error(3112, "ROUND takes a number of digits from 0 to 12", call.arguments[1].span)
      return nil
    }
    return whole
  }

  private mutating func coalesce(_ call: CallSyntax, _ span: SourceSpan) -> MetricExpression? {
    guard hasArguments(call, 1...20, span), let parts = arguments(call.arguments),
      let type = commonType(parts, call.arguments)
    else { return nil }
    return MetricExpression(.coalesce(promoted(parts, to: type)), type)
  }

  private mutating func ifCall(_ call: CallSyntax, _ span: SourceSpan) -> MetricExpression? {
    guard hasArguments(call, 2...3, span) else { return nil }
    let condition = groupCondition(call.arguments[0])
    let values = arguments(Array(call.arguments.dropFirst()))
    guard let condition, let values,
      let type = commonType(values, Array(call.arguments.dropFirst()))
    else { return nil }
    let typed = promoted(values, to: type)
    return MetricExpression(
      .conditional(
        [MetricBranch(condition: condition, value: typed[0])],
        otherwise: typed.count > 1 ? typed[1] : nil
      ),
      type
    )
  }

  /// Binds CASE with one value for each group.
  mutating func conditional(_ node: CaseSyntax) -> MetricExpression? {
    var conditions: [MetricCondition] = []
    var values: [MetricExpression] = []
    var syntaxes: [ExpressionSyntax] = []
    var isGood = true
    for branch in node.branches {
      let condition = groupCondition(branch.condition)
      let value = metric(branch.value)
      guard let condition, let value else {
        isGood = false
        continue
      }
      conditions.append(condition)
      values.append(value)
      syntaxes.append(branch.value)
    }
    let otherwise = node.otherwise.flatMap { $0.isNullLiteral ? nil : $0 }
    if let otherwise {
      guard let value = metric(otherwise) else { return nil }
      values.append(value)
      syntaxes.append(otherwise)
    }
    guard isGood, let type = commonType(values, syntaxes) else { return nil }
    let typed = promoted(values, to: type)
    let branches = zip(conditions, typed).map { MetricBranch(condition: $0, value: $1) }
    return MetricExpression(
      .conditional(branches, otherwise: otherwise == nil ? nil : typed.last),
      type
    )
  }

  mutating func arguments(_ syntaxes: [ExpressionSyntax]) -> [MetricExpression]? {
    var parts: [MetricExpression] = []
    for syntax in syntaxes {
      if let part = metric(syntax) {
        parts.append(part)
      }
    }
    return parts.count == syntaxes.count ? parts : nil
  }

  /// The one type that values share; money takes plain constants as amounts.
  private mutating func commonType(
    _ parts: [MetricExpression],
    _ syntaxes: [ExpressionSyntax]
  ) -> ResultType? {
    guard var side = parts.first?.side else { return nil }
    for (part, syntax) in zip(parts, syntaxes).dropFirst() {
      if part.type.isMoney, side.isConstant, side.type.isAddable {
        side = part.side
        continue
      }
      if side.type.isMoney, part.isConstant, part.type == .count || part.type == .number {
        continue
      }
      do {
        let type = try TypeRules.common(side, part.side)
        side = TypeRules.Side(type: type, isConstant: side.isConstant && part.isConstant)
      } catch {
        self.error(
          3105,
          "the values have different types: \(side.type.name) and \(part.type.name)",
          syntax.span,
          typeName(part.type)
        )
        return nil
      }
    }
    return side.type
  }

  /// Turns plain constants among amounts of money into amounts.
  func promoted(_ parts: [MetricExpression], to type: ResultType) -> [MetricExpression] {
    guard type.isMoney else { return parts }
    return parts.map { part in
      guard !part.type.isMoney, case .constant(let cell) = part.kind else { return part }
      return MetricExpression(.constant(cell.asAmount), type)
    }
  }
}

extension ExpressionSyntax {
  var isNullLiteral: Bool {
    if case .literal(let literal) = kind, case .null = literal.value { return true }
    return false
  }
}

extension ResultCell {
  /// A plain number as an amount of the same size.
  var asAmount: ResultCell {
    switch self {
    case .integer(let number): .decimal(Int128(number) * 10_000)
    case .double, .decimal, .text, .blank: self
    }
  }
}
