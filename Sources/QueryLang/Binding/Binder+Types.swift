/// `EXPLAIN TYPES`: the type, the level and the facts of every part of what is selected.
extension Binder {
  mutating func types(of syntax: ReportSyntax) -> ReportResult? {
    guard report(syntax) != nil else { return nil }
    var rows: [[String]] = []
    for item in syntax.select.items {
      let name = item.alias?.text ?? source.slice(item.expression.span)
      addParts(ExpressionPart(item.expression, .group), name, &rows)
    }
    return listing(["column", "part", "type", "level", "facts"], rows)
  }

  mutating func types(ofMetric name: NameSyntax) -> ReportResult? {
    // Without a report there are no keys that WITHIN could name.
    isDefining = true
    defer { isDefining = false }
    let reference = NameReferenceSyntax(qualifier: nil, name: name)
    guard metric(ExpressionSyntax(.name(reference), name.span)) != nil else { return nil }
    var rows: [[String]] = []
    keys = []
    if let defined = definedMetrics[CatalogName.folded(name.text)] {
      addParts(ExpressionPart(defined.definition, .group), defined.name, &rows)
    } else if let metric = knownMetric(name.text),
      case .expression(let expression) = metric.definition
    {
      let (text, syntax, _) = ModelExpression.parse(expression.text)
      if let syntax {
        let script = source
        source = text
        addParts(ExpressionPart(syntax, .group), metric.name, &rows)
        source = script
      }
    } else {
      let syntax = ExpressionSyntax(.name(reference), name.span)
      addParts(ExpressionPart(syntax, .group), name.text, &rows)
    }
    return listing(["column", "part", "type", "level", "facts"], rows)
  }

  /// A part of an expression with the level of its values.
  private struct ExpressionPart {
    enum Level { case group, groupCondition, row, rowCondition }
    let syntax: ExpressionSyntax
    let level: Level
    /// The facts whose rows a part of the level of rows is asked for.
    let facts: [String]
    /// The keys of PER that it is computed at, in words; nil outside of PER.
    let per: String?

    init(_ syntax: ExpressionSyntax, _ level: Level, _ facts: [String] = [], per: String? = nil) {
      self.syntax = syntax
      self.level = level
      self.facts = facts
      self.per = per
    }
  }

  private mutating func addParts(
    _ part: ExpressionPart,
    _ column: String,
    _ rows: inout [[String]]
  ) {
    let (type, level, facts) = described(part)
    rows.append([
      column, source.slice(part.syntax.span), type, level, facts.joined(separator: ", "),
    ])
    for child in children(of: part, facts) {
      addParts(child, column, &rows)
    }
  }

  // MARK: Types

  private func described(_ part: ExpressionPart) -> (type: String, level: String, facts: [String]) {
    // What was said of the expression was said when the report was bound.
    var copy = self
    let resolved = copy.resolved(part.syntax)
    if case .literal(let literal) = resolved.kind {
      return (constantType(literal), "constant", [])
    }
    switch part.level {
    case .group:
      guard let metric = copy.metric(resolved) else { return ("", "group", []) }
      return (typeName(metric.type), part.per ?? level(of: metric), Binder.factNames([metric]))
    case .groupCondition:
      let parts = copy.groupCondition(resolved)?.parts ?? []
      return ("condition", part.per ?? "group", Binder.factNames(parts))
    case .row:
      let row = copy.row(resolved, RowScope(facts: [], place: .filter))
      return (row.map { typeName($0.type) } ?? "", "row", part.facts)
    case .rowCondition: return ("condition", "row", part.facts)
    }
  }

  private func constantType(_ literal: LiteralSyntax) -> String {
    switch literal.value {
    case .number(let number): number.whole == nil ? "number" : "count"
    case .percent: "percent"
    case .money(_, let currency, _): "money(\(currency))"
    case .duration: "duration"
    case .text: "string"
    case .date, .today, .yesterday: "date"
    case .boolean: "bool"
    case .null: "null"
    }
  }

  /// For which rows a metric has one value: a group, or a coarser level that WITHIN names.
  private func level(of metric: MetricExpression) -> String {
    let levels = Set(metric.aggregates.map { $0.level })
    guard levels.count == 1, let level = levels.first, let level else { return "group" }
    let names = level.filter(keys.indices.contains).map { keys[$0].name }
    return names.isEmpty ? "report" : "each \(names.joined(separator: ", "))"
  }

  private static func factNames(_ metrics: [MetricExpression]) -> [String] {
    var names: [String] = []
    for aggregate in metrics.flatMap(\.aggregates) where !names.contains(aggregate.fact) {
      names.append(aggregate.fact)
    }
    return names
  }

  // MARK: Parts

  private func children(of part: ExpressionPart, _ facts: [String]) -> [ExpressionPart] {
    let isRow = part.level == .row || part.level == .rowCondition
    let value: ExpressionPart.Level = isRow ? .row : .group
    let test: ExpressionPart.Level = isRow ? .rowCondition : .groupCondition
    func values(_ list: [ExpressionSyntax]) -> [ExpressionPart] {
      list.map { ExpressionPart($0, value, facts, per: part.per) }
    }
    func tests(_ list: [ExpressionSyntax]) -> [ExpressionPart] {
      list.map { ExpressionPart($0, test, facts, per: part.per) }
    }
    switch part.syntax.kind {
    case .literal, .parameter, .name, .covered, .invalid: return []
    case .call(let call):
      let word = CatalogName.folded(call.name.text)
      if Binder.aggregateWords.contains(word) {
        return call.arguments.filter { !$0.isFact(of: catalog) }
          .map { ExpressionPart($0, .row, facts) }
      }
      guard word == "if", !call.arguments.isEmpty else { return values(call.arguments) }
      return tests([call.arguments[0]]) + values(Array(call.arguments.dropFirst()))
    case .negation, .arithmetic: return values(part.syntax.children)
    case .not, .logical: return tests(part.syntax.children)
    case .comparison, .membership, .between, .textMatch, .blankTest:
      return values(part.syntax.children)
    case .has(let node): return values([node.subject])
    case .modified(let node):
      guard case .filter(let condition) = node.modifier else { return values([node.base]) }
      return values([node.base]) + [ExpressionPart(condition, .rowCondition, facts)]
    case .conditional(let node):
      let branches = node.branches.flatMap { tests([$0.condition]) + values([$0.value]) }
      return branches + values(node.otherwise.map { [$0] } ?? [])
    case .share(let node), .total(let node), .rank(let node): return values([node.operand])
    case .retention(let inner): return values([inner])
    case .aggregateOver(let node):
      let names = node.per.map { source.slice($0.span) }.joined(separator: ", ")
      return [ExpressionPart(node.operand, .group, facts, per: "each \(names)")]
    }
  }
}

extension ExpressionSyntax {
  /// Whether it is the bare name of a fact, as in `COUNT(order_line)`.
  fileprivate func isFact(of catalog: Catalog) -> Bool {
    guard case .name(let name) = kind, name.qualifier == nil else { return false }
    return catalog.fact(name.name.text) != nil
  }
}
