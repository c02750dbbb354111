internal import ColumnStore

extension Binder {
  /// Binds an expression with one value for each group.
  mutating func metric(_ syntax: ExpressionSyntax) -> MetricExpression? {
    guard let bound = unlimitedMetric(syntax) else { return nil }
    guard bound.size <= Binder.maximumSize, bound.height <= Binder.maximumHeight else {
      error(5113, "the expression grows too large when its definitions are put in", syntax.span)
      return nil
    }
    return bound
  }

  private mutating func unlimitedMetric(_ syntax: ExpressionSyntax) -> MetricExpression? {
    switch syntax.kind {
    case .invalid: return nil
    case .literal(let literal): return constant(literal)
    case .parameter(let parameter):
      return metric(resolved(syntax)).map { typed($0, as: parameter) }
    case .name(let name): return metric(named: name)
    case .call(let call): return self.call(call, syntax.span)
    case .negation(let inner):
      guard let bound = metric(inner) else { return nil }
      guard bound.type.isAddable else {
        error(3104, "\(bound.type.name) has no negative", inner.span)
        return nil
      }
      return MetricExpression(.negated(bound), bound.type)
    case .arithmetic(let node): return arithmetic(node)
    case .modified(let node): return modified(node)
    case .conditional(let node): return conditional(node)
    case .share(let node): return share(node)
    case .total(let node): return total(node)
    case .rank(let node): return rank(node)
    case .retention:
      unavailable("RETENTION OF", 4800, syntax.span)
      return nil
    case .aggregateOver(let node): return nested(node, syntax.span)
    case .covered, .not, .comparison, .logical, .membership, .between, .textMatch, .blankTest, .has:
      error(
        3107,
        "a condition is true or false and is no value of its own",
        syntax.span,
        "write IF(condition, value, value)"
      )
      return nil
    }
  }

  // MARK: Names

  private mutating func metric(named name: NameReferenceSyntax) -> MetricExpression? {
    guard let meaning = meaning(of: name) else {
      reportUnknown(name, .metricOrDimension)
      return nil
    }
    let bound: MetricExpression?
    switch meaning {
    case .metric(let metric): bound = model(metric)
    case .definedMetric(let metric):
      bound = targets == nil ? defined(metric) : target(of: metric)
    case .output(let column): bound = column.metric
    case .dimension(let dimension):
      reportRowLevel(dimension.name, name.span)
      return nil
    case .definedDimension, .grain, .datePart:
      reportRowLevel(name.name.text, name.span)
      return nil
    case .column(let fact, let column):
      let written = "\(fact.name).\(column.name)"
      let isAddable = column.type.isAddable
      let fix = isAddable ? "SUM(\(written))" : "COUNT(DISTINCT \(written))"
      report(
        Diagnostic(
          DiagnosticID(.error, 3201),
          "\"\(written)\" is one value per row, so it needs an aggregate here",
          at: name.span,
          label: "write \(fix)"
        ).fixing(Fix(fix, edits: [TextEdit(name.span, fix)], display: .inLabel))
      )
      return nil
    }
    if let bound, outerSpan == nil {
      let facts = Set(bound.aggregates.map(\.fact))
      uses.append(MetricUse(name: name.name.text, span: name.span, facts: facts))
    }
    return bound
  }

  /// The target of a metric of the script; nil where a name of its definition means another metric
  /// by now.
  private mutating func target(of metric: DefinedMetric) -> MetricExpression? {
    guard metric.order < visibleDefinitions else { return nil }
    let visible = visibleDefinitions
    visibleDefinitions = metric.order
    defer { visibleDefinitions = visible }
    return self.metric(metric.definition)?.typed(metric.expression.type)
  }

  /// The expression of a metric of the script; where it names keys of the report, it is bound anew
  /// among the names that it was defined with.
  private mutating func defined(_ metric: DefinedMetric) -> MetricExpression? {
    guard let surroundings = metric.surroundings else { return metric.expression }
    if isDefining {
      namesKeys = true
      return metric.expression
    }
    if let known = boundDefinitions[metric.span.start] { return known }
    let (metrics, dimensions, parameters) = (definedMetrics, definedDimensions, self.parameters)
    let (uses, mayNameOutputs) = (self.uses, self.mayNameOutputs)
    definedMetrics = surroundings.metrics
    definedDimensions = surroundings.dimensions
    self.parameters = surroundings.parameters
    self.mayNameOutputs = false
    defer {
      (definedMetrics, definedDimensions, self.parameters) = (metrics, dimensions, parameters)
      (self.uses, self.mayNameOutputs) = (uses, mayNameOutputs)
    }
    var bound = self.metric(metric.definition)
    if metric.isBlankWithoutRows { bound = bound.map { $0.blankWithoutRows } }
    bound = bound?.typed(metric.expression.type)
    boundDefinitions[metric.span.start] = .some(bound)
    return bound
  }

  private mutating func reportRowLevel(_ name: String, _ span: SourceSpan) {
    var diagnostic = Diagnostic(
      DiagnosticID(.error, 3201),
      "\"\(name)\" is one value per row, so it cannot stand where one value per group is needed",
      at: span,
      label: "dimension"
    )
    if keys.contains(where: { CatalogName.folded($0.name) == CatalogName.folded(name) }) {
      diagnostic = diagnostic.noting("note: the keys of BY are in the result already")
    } else {
      diagnostic = diagnostic.noting("note: to see one row for each, write BY \(name)")
    }
    report(diagnostic)
  }

  /// Binds a metric of the model; its problems are reported where it is named.
  mutating func model(_ metric: Metric) -> MetricExpression? {
    let folded = CatalogName.folded(metric.name)
    if let known = modelMetrics[folded] { return known }
    if targets != nil, let target = target(of: metric) { return target }
    guard !openMetrics.contains(folded) else {
      let path = (openMetrics + [folded]).joined(separator: " → ")
      error(2202, "\"\(metric.name)\" is defined by itself: \(path)", metric.origin.span)
      return nil
    }
    openMetrics.append(folded)
    defer { openMetrics.removeLast() }
    let bound: MetricExpression?
    switch metric.definition {
    case .aggregate(let definition): bound = targets == nil ? base(definition, metric) : nil
    case .expression(let expression):
      bound = inModel(expression) { binder, syntax in binder.metric(syntax) }
    }
    guard var bound else { return nil }
    if metric.isBlankWithoutRows, case .expression = metric.definition {
      bound = bound.blankWithoutRows
    }
    if let type = metric.type, type != bound.type {
      bound = bound.typed(type)
    }
    modelMetrics[folded] = bound
    return bound
  }

  private mutating func base(_ definition: Metric.BaseDefinition, _ metric: Metric)
    -> MetricExpression?
  {
    guard let fact = catalog.fact(definition.fact) else { return nil }
    var conditions: [RowCondition] = []
    if let text = definition.condition {
      let condition = inModel(text) { binder, syntax in
        binder.condition(syntax, RowScope(facts: [fact], place: .model))
      }
      guard let condition else { return nil }
      conditions = [condition]
    }
    guard let (function, type) = function(definition.function, fact) else { return nil }
    let aggregate = BaseAggregate(
      fact: fact.name,
      function: function,
      conditions: conditions,
      level: nil,
      isBlankWithoutRows: metric.isBlankWithoutRows,
      type: type
    )
    return MetricExpression(.aggregate(aggregate), type)
  }

  private func function(
    _ function: Metric.Function,
    _ fact: Fact
  ) -> (BaseAggregate.Function, ResultType)? {
    switch function {
    case .countRows: return (.countRows, .count)
    case .count(let column):
      return row(column, of: fact).map { (.count($0), .count) }
    case .sum(let column): return row(column, of: fact).map { (.sum($0), $0.type) }
    case .minimum(let column): return row(column, of: fact).map { (.minimum($0), $0.type) }
    case .maximum(let column): return row(column, of: fact).map { (.maximum($0), $0.type) }
    case .average(let column):
      return row(column, of: fact).map { (.average($0), Binder.averageType($0.type)) }
    case .median(let column):
      return row(column, of: fact).map { (.percentile($0, 0.5), Binder.averageType($0.type)) }
    case .countDistinct(.column(let column)):
      return row(column, of: fact).map { (.countDistinct($0), .count) }
    case .countDistinct(.key(let dimension)):
      return (.countMembers(dimension: dimension), .count)
    }
  }

  private func row(_ name: String, of fact: Fact) -> RowExpression? {
    fact.column(name).map { row($0, of: fact) }
  }

  static func averageType(_ type: ResultType) -> ResultType {
    switch type {
    case .count: .number
    case .money, .number, .percent, .date, .grain, .timestamp, .string, .bool: type
    }
  }

  /// Binds an expression of the model file; problems inside are reported at the place of use.
  mutating func inModel<Bound>(
    _ expression: CatalogExpression,
    _ bind: (inout Binder, ExpressionSyntax) -> Bound?
  ) -> Bound? {
    let (text, syntax, problems) = ModelExpression.parse(expression.text)
    let script = source
    source = text
    defer { source = script }
    let isOutermost = outerSpan == nil
    let named = mayNameOutputs
    mayNameOutputs = false
    defer { mayNameOutputs = named }
    if isOutermost {
      outerSpan = expression.origin.span
    }
    defer {
      if isOutermost {
        outerSpan = nil
      }
    }
    for problem in problems {
      report(problem)
    }
    guard let syntax else { return nil }
    return bind(&self, syntax)
  }

  // MARK: Constants and arithmetic

  private mutating func constant(_ literal: LiteralSyntax) -> MetricExpression? {
    switch literal.value {
    case .number(let number):
      if let whole = number.whole {
        return MetricExpression(.constant(.integer(Int64(whole))), .count)
      }
      return MetricExpression(.constant(.double(number.double)), .number)
    case .percent(let number):
      return MetricExpression(.constant(.double(number.double / 100)), .percent)
    case .money(let number, let currency, _):
      guard let amount = number.scaled(to: 4) else {
        refuseAmount(number, literal.span)
        return nil
      }
      amounts.append(BoundAmount(currency: currency, span: literal.span))
      return MetricExpression(.constant(.decimal(Int128(amount))), .money(currency: nil))
    case .text(let text): return MetricExpression(.constant(.text(text)), .string)
    case .boolean(let flag): return MetricExpression(.constant(.integer(flag ? 1 : 0)), .bool)
    case .date, .today, .yesterday:
      return day(literal).map { MetricExpression(.constant(.integer(Int64($0.from))), .date) }
    case .duration:
      error(3110, "a duration such as \(source.slice(literal.span)) only moves dates", literal.span)
      return nil
    case .null:
      error(3106, "NULL alone has no type", literal.span, "leave out ELSE NULL")
      return nil
    }
  }

  private mutating func arithmetic(_ node: ArithmeticSyntax) -> MetricExpression? {
    let left = metric(node.left)
    let right = metric(node.right)
    guard let left, let right else { return nil }
    let operation = node.operator.stored
    do {
      let type = try TypeRules.result(operation, left.side, right.side)
      if operation == .add, left.isRowSum, right.isRowSum {
        return MetricExpression(.union(left.unionParts + right.unionParts), type)
      }
      return MetricExpression(.arithmetic(operation, left, right), type)
    } catch {
      refuse(error, node, left, right)
      return nil
    }
  }

  private mutating func refuse(
    _ refusal: TypeRules.Refusal,
    _ node: ArithmeticSyntax,
    _ left: MetricExpression,
    _ right: MetricExpression
  ) {
    let words = "\(left.type.name) and \(right.type.name)"
    let verb: String =
      switch node.operator {
      case .add: "added"
      case .subtract: "subtracted"
      case .multiply: "multiplied"
      case .divide: "divided"
      }
    let message: String
    let number: Int
    switch refusal {
    case .mixed: (number, message) = (3101, "\(words) cannot be \(verb)")
    case .moneySquared: (number, message) = (3102, "money cannot be multiplied by money")
    case .currencies:
      (number, message) = (
        3103,
        "\(typeName(left.type)) and \(typeName(right.type)) are different currencies"
      )
    case .notNumeric: (number, message) = (3104, "\(words) cannot be \(verb)")
    }
    var diagnostic = Diagnostic(DiagnosticID(.error, number), message, at: node.operatorSpan)
      .relating(node.left.span, typeName(left.type))
      .relating(node.right.span, typeName(right.type))
    if refusal == .mixed {
      diagnostic = advise(diagnostic, node, left, right)
    }
    report(diagnostic)
  }

  private func advise(
    _ diagnostic: Diagnostic,
    _ node: ArithmeticSyntax,
    _ left: MetricExpression,
    _ right: MetricExpression
  ) -> Diagnostic {
    let (number, money) = left.type.isMoney ? (right, left) : (left, right)
    let (numberSyntax, moneySyntax) =
      left.type.isMoney ? (node.right, node.left) : (node.left, node.right)
    guard money.type.isMoney, node.operator != .divide else { return diagnostic }
    if number.isConstant, number.type != .percent, !isParameter(numberSyntax.span) {
      let amount = "\(source.slice(numberSyntax.span)) \(catalog.defaults.currency)"
      let edit = TextEdit(numberSyntax.span, amount)
      return diagnostic.fixing(Fix("write \(amount)", edits: [edit]))
    }
    guard number.type == .count, case .name(let name) = numberSyntax.kind else { return diagnostic }
    let word = name.name.text
    let unit = word.hasSuffix("s") ? String(word.dropLast()) : word
    let ratio = "\(source.slice(moneySyntax.span)) / \(word)"
    return diagnostic.noting("note: for a value per \(unit) write \(ratio)")
  }

  // MARK: Contexts

  private mutating func modified(_ node: ModifiedSyntax) -> MetricExpression? {
    switch node.modifier {
    case .filter(let filter): return filtered(node.base, filter, node.modifierSpan)
    case .rolling: unavailable("ROLLING", 4300, node.modifierSpan)
    case .cumulative: unavailable("CUMULATIVE", 4300, node.modifierSpan)
    case .toDate: unavailable("TO DATE on a metric", 4300, node.modifierSpan)
    case .previous(let step): return previous(node.base, step)
    }
    return nil
  }

  private mutating func filtered(
    _ base: ExpressionSyntax,
    _ filter: ExpressionSyntax,
    _ span: SourceSpan
  ) -> MetricExpression? {
    guard let bound = metric(base) else { return nil }
    var names: [String] = []
    for aggregate in bound.aggregates where !names.contains(aggregate.fact) {
      names.append(aggregate.fact)
    }
    let facts = names.compactMap { catalog.anyFact($0) }
    let scope = RowScope(facts: facts, place: .filter)
    guard let condition = condition(filter, scope) else { return nil }
    guard isReached(condition, by: facts, span: filter.span, 4103) else { return nil }
    return bound.mapping { aggregate in
      var changed = aggregate
      if condition != .constant(true) {
        changed.conditions.append(condition)
      }
      return changed
    }
  }

  private mutating func total(_ node: ContextSyntax) -> MetricExpression? {
    guard let operand = metric(node.operand), let level = level(node.within) else { return nil }
    return operand.mapping { aggregate in
      var changed = aggregate
      changed.level = aggregate.level.map { $0.filter(level.contains) } ?? level
      return changed
    }
  }

  private mutating func share(_ node: ContextSyntax) -> MetricExpression? {
    guard let operand = metric(node.operand) else { return nil }
    guard operand.type.isAddable else {
      error(3104, "\(operand.type.name) has no shares", node.operand.span)
      return nil
    }
    guard let total = total(node) else { return nil }
    return MetricExpression(.arithmetic(.divide, operand, total), .percent)
  }

  private mutating func rank(_ node: ContextSyntax) -> MetricExpression? {
    guard let operand = metric(node.operand), let level = level(node.within) else { return nil }
    return MetricExpression(.rank(operand, within: level), .count)
  }

  /// The positions of the keys that WITHIN names.
  mutating func level(_ within: [ExpressionSyntax]) -> [Int]? {
    if isDefining, outerSpan == nil, !within.isEmpty {
      // What WITHIN names has to be a dimension; that it is a key shows in the report.
      namesKeys = true
      let rows = within.map { row(resolved($0), RowScope(facts: [], place: .by)) }
      return rows.contains { $0 == nil } ? nil : []
    }
    var level: Set<Int> = []
    var isGood = true
    for written in within {
      let dimension = resolved(written)
      if let index = key(named: dimension) {
        level.insert(index)
      } else if isRefused(source.slice(dimension.span)) {
        isGood = false
      } else {
        isGood = false
        error(
          4304,
          "WITHIN takes keys of the report, and \(source.slice(dimension.span)) is none of them",
          dimension.span,
          keys.isEmpty
            ? "the report has no BY" : "its keys are \(keys.map(\.name).joined(separator: ", "))"
        )
      }
    }
    return isGood ? level.sorted() : nil
  }

  /// The position of the key that an expression names, or nil.
  func key(named syntax: ExpressionSyntax) -> Int? {
    if case .name(let name) = syntax.kind, name.qualifier == nil {
      let folded = CatalogName.folded(name.name.text)
      if let index = keys.firstIndex(where: { CatalogName.folded($0.name) == folded }) {
        return index
      }
      if case .dimension(let dimension) = meaning(of: name) {
        return keys.firstIndex { $0.source == .dimension(dimension.name) }
      }
    }
    let written = source.slice(syntax.span)
    return keys.firstIndex {
      CatalogName.folded(source.slice($0.span)) == CatalogName.folded(written)
    }
  }
}

extension MetricExpression {
  var side: TypeRules.Side { TypeRules.Side(type: type, isConstant: isConstant) }

  var unionParts: [MetricExpression] {
    if case .union(let parts) = kind { return parts }
    return [self]
  }
}

extension ArithmeticSyntax.Operator {
  /// The operator as the store calls it.
  var stored: ArithmeticOperator {
    switch self {
    case .add: .add
    case .subtract: .subtract
    case .multiply: .multiply
    case .divide: .divide
    }
  }
}

/// Reads the expressions of a model file, which stand alone, with the grammar of the language.
enum ModelExpression {
  private static let prefix = "DEFINE METRIC x = "

  /// The text that was read, the tree with spans into it, and what is wrong with it.
  static func parse(_ text: String) -> (SourceText, ExpressionSyntax?, [Diagnostic]) {
    let source = SourceText(prefix + text)
    let (script, problems) = ReportParser.parse(source)
    guard problems.isEmpty else { return (source, nil, problems) }
    guard script.statements.count == 1, case .define(let define) = script.statements[0],
      case .metric(_, let expression, let details) = define.definition, details.isEmpty
    else {
      let span = SourceSpan(start: 0, end: 0)
      return (
        source, nil,
        [Diagnostic(DiagnosticID(.error, 8404), "an expression is needed here", at: span)]
      )
    }
    return (source, expression, [])
  }

  /// What stands before a period, so that it is a statement.
  static let periodPrefix = "DEFINE PERIOD x = "

  /// The tree of a period, such as `last 90 days`, or nil when the text is none.
  static func parsePeriod(_ text: String) -> PeriodSyntax? {
    let (script, problems) = ReportParser.parse(SourceText(periodPrefix + text))
    guard problems.isEmpty, script.statements.count == 1,
      case .define(let define) = script.statements[0],
      case .period(_, let period) = define.definition
    else { return nil }
    return period
  }
}
