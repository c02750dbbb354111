internal import ColumnStore

/// Functions of numbers and texts, of rows and of groups.
extension Binder {
  /// The functions of rows that stand here.
  static let rowFunctions: Set<String> = [
    "abs", "round", "floor", "ceil", "least", "greatest", "nullif", "power", "sqrt", "ln", "concat",
    "band",
  ]
  /// The most bounds of BAND.
  private static let maximumBounds = 200

  mutating func rowFunction(
    _ word: String,
    _ call: CallSyntax,
    _ span: SourceSpan,
    _ scope: RowScope
  ) -> RowExpression? {
    switch word {
    case "power": rowMath(.power, call, span, scope)
    case "sqrt": rowMath(.squareRoot, call, span, scope)
    case "ln": rowMath(.naturalLogarithm, call, span, scope)
    case "floor": rowRounded(.floor, call, span, scope)
    case "ceil": rowRounded(.ceiling, call, span, scope)
    case "round": rowRounded(.round, call, span, scope)
    case "abs": rowAbsolute(call, span, scope)
    case "nullif": rowNullIf(call, span, scope)
    case "concat": rowJoined(call, span, scope)
    case "band": rowBand(call, span, scope)
    default: rowExtreme(word == "least" ? .lessOrEqual : .greaterOrEqual, call, span, scope)
    }
  }

  // MARK: Numbers of rows

  private mutating func rowMath(
    _ function: MathFunction,
    _ call: CallSyntax,
    _ span: SourceSpan,
    _ scope: RowScope
  ) -> RowExpression? {
    guard hasArguments(call, function.valueCount...function.valueCount, span) else { return nil }
    var values: [RowExpression] = []
    for argument in call.arguments {
      guard let value = row(argument, scope) else { return nil }
      guard isPlainNumber(value.type, call, argument.span) else { return nil }
      values.append(value.asDouble)
    }
    return RowExpression(.math(function, values), .number)
  }

  /// Whether a value is a number without a unit, which is reported otherwise.
  private mutating func isPlainNumber(
    _ type: ResultType,
    _ call: CallSyntax,
    _ span: SourceSpan
  ) -> Bool {
    guard type.isAddable, !type.isMoney else {
      let advice = type.isMoney ? "divide it by an amount first" : nil
      let name = call.name.text.uppercased()
      error(3104, "\(name) takes plain numbers, not \(type.name)", span, advice)
      return false
    }
    return true
  }

  /// Whether a value is a number, which is reported otherwise.
  private mutating func isNumber(_ value: RowExpression, _ call: CallSyntax, _ span: SourceSpan)
    -> Bool
  {
    guard value.type.isAddable else {
      error(3104, "\(call.name.text.uppercased()) takes numbers, not \(value.type.name)", span)
      return false
    }
    return true
  }

  private mutating func rowRounded(
    _ function: MathFunction,
    _ call: CallSyntax,
    _ span: SourceSpan,
    _ scope: RowScope
  ) -> RowExpression? {
    guard hasArguments(call, 1...function.valueCount, span), let digits = digits(call),
      let value = row(call.arguments[0], scope), isNumber(value, call, span)
    else { return nil }
    guard value.type != .count else { return value }
    let places = RowExpression(.literal(.double(Double(digits))), .number)
    let values = function == .round ? [value.asDouble, places] : [value.asDouble]
    return RowExpression(.math(function, values), value.type, .float64)
  }

  private mutating func rowAbsolute(
    _ call: CallSyntax,
    _ span: SourceSpan,
    _ scope: RowScope
  ) -> RowExpression? {
    guard hasArguments(call, 1...1, span), let value = row(call.arguments[0], scope),
      isNumber(value, call, span)
    else { return nil }
    let zero: Scalar = value.physical == .float64 ? .double(0) : .integer(0)
    let isNegative = RowCondition.compare(
      value,
      .less,
      RowExpression(.literal(zero), value.type, value.physical)
    )
    return RowExpression(
      .conditional([RowBranch(condition: isNegative, value: negated(value))], otherwise: value),
      value.type,
      value.physical
    )
  }

  /// The least or the greatest of some values; null where one of them is.
  private mutating func rowExtreme(
    _ relation: ComparisonOperator,
    _ call: CallSyntax,
    _ span: SourceSpan,
    _ scope: RowScope
  ) -> RowExpression? {
    guard hasArguments(call, 2...20, span),
      let (values, type, physical) = rowValues(call.arguments, scope)
    else { return nil }
    guard type.isAddable || type.isDay else {
      error(3104, "\(call.name.text.uppercased()) takes numbers, not \(type.name)", span)
      return nil
    }
    let none = RowExpression(.literal(.null), type, physical)
    var branches = values.map { RowBranch(condition: .isNull($0), value: none) }
    for (index, value) in values.dropLast().enumerated() {
      let others = values.dropFirst(index + 1)
      let wins = RowCondition.and(others.map { .compare(value, relation, $0) })
      branches.append(RowBranch(condition: wins, value: value))
    }
    return RowExpression(
      .conditional(branches, otherwise: values[values.count - 1]),
      type,
      physical
    )
  }

  private mutating func rowNullIf(
    _ call: CallSyntax,
    _ span: SourceSpan,
    _ scope: RowScope
  ) -> RowExpression? {
    guard hasArguments(call, 2...2, span), let value = row(call.arguments[0], scope),
      let other = row(call.arguments[1], scope)
    else { return nil }
    guard let (left, right) = comparable(value, other) else {
      error(
        3105,
        "the values have different types: \(value.type.name) and \(other.type.name)",
        span
      )
      return nil
    }
    let none = RowExpression(.literal(.null), value.type, value.physical)
    return RowExpression(
      .conditional(
        [RowBranch(condition: .compare(left, .equal, right), value: none)],
        otherwise: value
      ),
      value.type,
      value.physical
    )
  }

  // MARK: Texts and bands of rows

  private mutating func rowJoined(
    _ call: CallSyntax,
    _ span: SourceSpan,
    _ scope: RowScope
  ) -> RowExpression? {
    guard hasArguments(call, 1...20, span) else { return nil }
    var values: [RowExpression] = []
    for argument in call.arguments {
      guard let value = row(argument, scope) else { return nil }
      guard isText(value.type, argument.span) else { return nil }
      values.append(value)
    }
    return values.count == 1 ? values[0] : RowExpression(.joined(values), .string)
  }

  private mutating func isText(_ type: ResultType, _ span: SourceSpan) -> Bool {
    guard type != .string else { return true }
    error(3104, "CONCAT takes texts, not \(type.name)", span)
    return false
  }

  private mutating func rowBand(
    _ call: CallSyntax,
    _ span: SourceSpan,
    _ scope: RowScope
  ) -> RowExpression? {
    guard hasArguments(call, 2...(Binder.maximumBounds + 1), span),
      let value = row(call.arguments[0], scope)
    else { return nil }
    guard value.type.isAddable || value.type.isDay || value.type == .timestamp else {
      error(3104, "BAND takes numbers or dates, not \(value.type.name)", call.arguments[0].span)
      return nil
    }
    var limits: [RowCondition] = []
    var ends: [BandEnd] = []
    for argument in call.arguments.dropFirst() {
      guard let bound = row(argument, scope) else { return nil }
      guard let (left, right) = comparable(value, bound), let literal = right.unconverted,
        let end = BandEnd(literal, right.type)
      else {
        let advice = value.type.isMoney ? "write an amount, such as 100 INR" : nil
        error(3112, "BAND takes constants of the type \(value.type.name)", argument.span, advice)
        return nil
      }
      limits.append(.compare(left, .less, right))
      ends.append(end)
    }
    guard isAscending(ends, call) else { return nil }
    return RowExpression(
      .band(RowBands(value: value, limits: limits, labels: BandEnd.labels(ends))),
      .string
    )
  }

  private mutating func isAscending(_ ends: [BandEnd], _ call: CallSyntax) -> Bool {
    for index in ends.indices.dropFirst() where ends[index].size <= ends[index - 1].size {
      error(
        3112,
        "the bounds of BAND go from the least to the greatest",
        call.arguments[index + 1].span
      )
      return false
    }
    return true
  }

  // MARK: Groups

  mutating func math(
    _ function: MathFunction,
    _ call: CallSyntax,
    _ span: SourceSpan
  ) -> MetricExpression? {
    guard hasArguments(call, function.valueCount...function.valueCount, span),
      let parts = arguments(call.arguments)
    else { return nil }
    for (part, argument) in zip(parts, call.arguments) {
      guard isPlainNumber(part.type, call, argument.span) else { return nil }
    }
    return MetricExpression(.function(.math(function), parts), .number)
  }

  mutating func joined(_ call: CallSyntax, _ span: SourceSpan) -> MetricExpression? {
    guard hasArguments(call, 1...20, span), let parts = arguments(call.arguments) else {
      return nil
    }
    for (part, argument) in zip(parts, call.arguments) {
      guard isText(part.type, argument.span) else { return nil }
    }
    return MetricExpression(.function(.joined, parts), .string)
  }

  /// The band of a metric, by its name; blank where the metric is.
  mutating func band(_ call: CallSyntax, _ span: SourceSpan) -> MetricExpression? {
    guard hasArguments(call, 2...(Binder.maximumBounds + 1), span),
      let parts = arguments(call.arguments), let value = parts.first
    else { return nil }
    guard value.type.isAddable else {
      error(3104, "BAND takes numbers, not \(value.type.name)", call.arguments[0].span)
      return nil
    }
    let bounds = promoted(Array(parts.dropFirst()), to: value.type)
    var branches = [MetricBranch(condition: .isBlank(value), value: value.typed(.string))]
    var ends: [BandEnd] = []
    for (bound, argument) in zip(bounds, call.arguments.dropFirst()) {
      guard let cell = bound.constant, bound.type.isMoney == value.type.isMoney,
        let end = BandEnd(cell, bound.type)
      else {
        error(3112, "BAND takes constants of the type \(value.type.name)", argument.span)
        return nil
      }
      ends.append(end)
    }
    guard isAscending(ends, call) else { return nil }
    let labels = BandEnd.labels(ends)
    for (bound, label) in zip(bounds, labels) {
      branches.append(
        MetricBranch(
          condition: .compare(value, .less, bound),
          value: MetricExpression(.constant(.text(label)), .string)
        )
      )
    }
    let last = MetricExpression(.constant(.text(labels[labels.count - 1])), .string)
    return MetricExpression(.conditional(branches, otherwise: last), .string)
  }

  /// A count of different values that may be approximate; it is counted exactly and marked all the
  /// same, since nobody may rely on more than was asked for.
  mutating func approximateCount(_ call: CallSyntax, _ span: SourceSpan) -> MetricExpression? {
    guard hasArguments(call, 1...1, span), let argument = call.arguments.first else { return nil }
    guard call.distinct != nil else {
      let text = "APPROX_COUNT(DISTINCT \(source.slice(argument.span)))"
      report(
        Diagnostic(
          DiagnosticID(.error, 3112),
          "APPROX_COUNT counts different values only",
          at: span
        ).fixing(Fix("write \(text)", edits: [TextEdit(span, text)]))
      )
      return nil
    }
    let scope = RowScope(facts: [], place: .aggregate)
    guard let row = row(argument, scope), let fact = fact(of: row, argument.span) else {
      return nil
    }
    return base(.countDistinct(row), .count, fact, span).mapping { aggregate in
      var marked = aggregate
      marked.isApproximate = true
      return marked
    }
  }
}

extension RowExpression {
  /// The constant that it is, before it was turned into a double.
  fileprivate var unconverted: Scalar? {
    switch kind {
    case .literal(let scalar): scalar
    case .double(let inner, _): inner.unconverted
    default: nil
    }
  }
}

extension MetricExpression {
  /// The constant that it is, with its sign.
  fileprivate var constant: ResultCell? {
    switch kind {
    case .constant(let cell): return cell
    case .negated(let inner):
      switch inner.constant {
      case .integer(let number): return .integer(0 &- number)
      case .decimal(let amount): return .decimal(0 &- amount)
      case .double(let number): return .double(-number)
      case .text, .blank, nil: return nil
      }
    default: return nil
    }
  }
}

/// The end of a band, by its size and its text.
private struct BandEnd {
  let size: Double
  let text: String

  init?(_ scalar: Scalar, _ type: ResultType) {
    switch scalar {
    case .null, .string: return nil
    case .integer(let number):
      if type.isDay {
        size = Double(number)
        text = CivilDay(number: Int32(clamping: number)).text
      } else if type.isMoney {
        size = Double(number) / 10_000
        text = BandEnd.text(tenThousandths: Int128(number))
      } else {
        size = Double(number)
        text = "\(number)"
      }
    case .double(let number):
      size = number
      text = BandEnd.text(number, type)
    }
  }

  init?(_ cell: ResultCell, _ type: ResultType) {
    switch cell {
    case .text, .blank: return nil
    case .integer(let number):
      size = Double(number)
      text = "\(number)"
    case .decimal(let amount):
      size = Double(amount) / 10_000
      text = BandEnd.text(tenThousandths: amount)
    case .double(let number):
      size = number
      text = BandEnd.text(number, type)
    }
  }

  /// The names of the bands between some ends, such as `[−∞,100) [100,250) [250,∞)`.
  static func labels(_ ends: [BandEnd]) -> [String] {
    let starts = ["[−∞"] + ends.map { "[\($0.text)" }
    return zip(starts, ends.map { "\($0.text))" } + ["∞)"]).map { "\($0),\($1)" }
  }

  private static func text(_ number: Double, _ type: ResultType) -> String {
    // A percentage has been divided by 100, which leaves digits that nobody wrote.
    guard type == .percent else { return trimmed("\(number)") }
    return trimmed("\((number * 1e12).rounded() / 1e10)") + "%"
  }

  private static func text(tenThousandths amount: Int128) -> String {
    let digits = String(amount.magnitude % 10_000)
    let fraction = String(repeating: "0", count: 4 - digits.utf8.count) + digits
    return (amount < 0 ? "-" : "") + trimmed("\(amount.magnitude / 10_000).\(fraction)")
  }

  /// A decimal number without zeros at its end.
  private static func trimmed(_ number: String) -> String {
    guard number.contains("."), !number.contains("e") else { return number }
    var text = number
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }
}
