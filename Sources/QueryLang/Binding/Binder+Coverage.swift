internal import ColumnStore

/// What facts cover: conditions on it, and ratios of sides that cover different members.
extension Binder {
  /// The condition that a row lies within what a fact, or some fact of a metric, covers.
  mutating func isCovered(by name: NameSyntax) -> RowCondition? {
    guard let facts = coveringFacts(name) else { return nil }
    let conditions = facts.map { isCovered(by: $0) }
    guard !conditions.contains(.constant(true)) else {
      report(
        Diagnostic(
          DiagnosticID(.warning, 4302),
          "\"\(name.text)\" covers everything, so COVERED BY leaves nothing out",
          at: name.span,
          label: "the model declares no \"covers\" for it"
        )
      )
      return .constant(true)
    }
    return conditions.count == 1 ? conditions[0] : .or(conditions)
  }

  /// The condition that a row lies within what a fact covers.
  func isCovered(by fact: Fact) -> RowCondition {
    var parts: [RowCondition] = []
    for coverage in fact.coverage {
      guard let dimension = catalog.dimension(coverage.dimension), let value = row(of: dimension),
        let part = isMember(value, coverage.values)
      else { continue }
      parts.append(part)
    }
    switch parts.count {
    case 0: return .constant(true)
    case 1: return parts[0]
    default: return .and(parts)
    }
  }

  private func row(of dimension: Dimension) -> RowExpression? {
    var copy = self
    return copy.row(dimension)
  }

  private mutating func coveringFacts(_ name: NameSyntax) -> [Fact]? {
    let reference = NameReferenceSyntax(qualifier: nil, name: name)
    let expression: MetricExpression?
    switch meaning(of: reference) {
    case .metric(let metric): expression = model(metric)
    case .definedMetric(let metric): expression = metric.expression
    case .dimension, .definedDimension, .grain, .datePart, .column, .output, nil:
      if let fact = catalog.fact(name.text) { return [fact] }
      reportUncovered(name)
      return nil
    }
    return expression.map { facts(of: $0) }
  }

  /// The dimensions that COVERED BY a name tests.
  func coveredDimensions(_ name: NameSyntax) -> [String] {
    var copy = self
    let facts = copy.coveringFacts(name) ?? []
    let names = Set(facts.flatMap { $0.coverage.map(\.dimension) })
    return names.filter { knownDimension($0) != nil }.sorted()
  }

  private mutating func reportUncovered(_ name: NameSyntax) {
    let names =
      catalog.metrics.filter { !$0.isHidden }.map(\.name)
      + definedMetrics.values.map(\.name).sorted() + catalog.facts.map(\.name)
    let suggestion = Suggestion(for: name.text, among: names)
    report(
      .missing(
        2101,
        "there is no metric or fact called \"\(name.text)\"",
        at: name.span,
        suggestion
      )
    )
  }

  private func facts(of metric: MetricExpression) -> [Fact] {
    var names: [String] = []
    for aggregate in metric.aggregates where !names.contains(aggregate.fact) {
      names.append(aggregate.fact)
    }
    return names.compactMap { catalog.fact($0) }
  }

  /// The coverage of facts in words, such as `order_line: channel amazon, shopify`.
  func coverageText(_ facts: [Fact]) -> String {
    let texts = facts.filter { !$0.coverage.isEmpty }.map { fact in
      let known = fact.coverage.filter { knownDimension($0.dimension) != nil }
      let parts = known.map { "\($0.dimension) \($0.values.joined(separator: ", "))" }
      return "\(fact.name): \(parts.joined(separator: "; "))"
    }
    return texts.joined(separator: "; ")
  }

  // MARK: Ratios

  /// Warns of every ratio of SELECT that adds up members which only one of its sides covers.
  mutating func checkCoverage(_ bound: BoundReport, _ syntax: ReportSyntax) {
    guard catalog.facts.contains(where: { !$0.coverage.isEmpty }) else { return }
    for item in syntax.select.items {
      var copy = self
      let expression = copy.resolved(item.expression)
      for ratio in copy.ratios(in: expression, of: item) {
        if let warning = warning(of: ratio, bound, syntax) {
          report(warning)
          break
        }
      }
    }
  }

  /// A division with the texts of its sides.
  private struct Ratio {
    let above: MetricExpression
    let below: MetricExpression
    let aboveText: String
    let belowText: String
    /// What the output is called.
    let name: String
    /// The place in the script, which the fix replaces where it can.
    let span: SourceSpan
    /// Whether the replacement needs a name, so that the output keeps its own.
    let needsName: Bool
  }

  /// The divisions of an item, or the one that the metric which it names is.
  private mutating func ratios(
    in expression: ExpressionSyntax,
    of item: SelectItemSyntax
  ) -> [Ratio] {
    var found: [Ratio] = []
    func divisions(_ syntax: ExpressionSyntax) -> [ArithmeticSyntax] {
      var all = syntax.children.flatMap { divisions($0) }
      if case .arithmetic(let node) = syntax.kind, node.operator == .divide {
        all.insert(node, at: 0)
      }
      return all
    }
    func add(_ node: ArithmeticSyntax, _ name: String, _ span: SourceSpan, needsName: Bool) {
      guard let above = metric(node.left), let below = metric(node.right) else { return }
      found.append(
        Ratio(
          above: above,
          below: below,
          aboveText: source.slice(node.left.span),
          belowText: source.slice(node.right.span),
          name: name,
          span: span,
          needsName: needsName
        )
      )
    }
    if case .name(let reference) = expression.kind {
      let name = item.alias?.text ?? reference.name.text
      let (definition, text) = self.definition(of: reference)
      guard let definition, case .arithmetic(let node) = definition.kind, node.operator == .divide
      else { return [] }
      let script = source
      source = text
      add(node, name, item.expression.span, needsName: item.alias == nil)
      source = script
      return found
    }
    let name = item.alias?.text ?? source.slice(item.expression.span)
    for node in divisions(expression) {
      add(node, name, node.left.span.union(node.right.span), needsName: false)
    }
    return found
  }

  /// The definition of a metric as written, with the text that its places point into.
  private func definition(of name: NameReferenceSyntax) -> (ExpressionSyntax?, SourceText) {
    switch meaning(of: name) {
    case .definedMetric(let metric): return (metric.definition, source)
    case .metric(let metric):
      guard case .expression(let expression) = metric.definition else { return (nil, source) }
      let (text, syntax, _) = ModelExpression.parse(expression.text)
      return (syntax, text)
    case .dimension, .definedDimension, .grain, .datePart, .column, .output, nil:
      return (nil, source)
    }
  }

  private func warning(
    of ratio: Ratio,
    _ bound: BoundReport,
    _ syntax: ReportSyntax
  ) -> Diagnostic? {
    for name in coveredDimensions(ratio) {
      let isSeparated = bound.keys.contains { key in
        guard case .dimension(let dimension) = key.source else { return false }
        return isAttribute(name, of: dimension)
      }
      guard !isSeparated || syntax.totals != nil,
        let above = members(of: name, coveredBy: ratio.above, bound.condition),
        let below = members(of: name, coveredBy: ratio.below, bound.condition), above != below
      else { continue }
      return warning(of: ratio, name, above, below, syntax.totals?.keyword)
    }
    return nil
  }

  private func warning(
    of ratio: Ratio,
    _ dimension: String,
    _ above: Set<String>,
    _ below: Set<String>,
    _ totals: SourceSpan?
  ) -> Diagnostic {
    let (aboveText, belowText) = (ratio.aboveText, ratio.belowText)
    let lacking = above.isSubset(of: below) ? aboveText : belowText
    let names = Binder.plural(dimension)
    let subject = totals == nil ? "\"\(ratio.name)\"" : "the total of \"\(ratio.name)\""
    let (more, fewer) = above.count < below.count ? (below, above) : (above, below)
    let (moreText, fewerText) =
      above.count < below.count ? (belowText, aboveText) : (aboveText, belowText)
    let counted = more.count == 1 ? dimension : names
    let list = fewer.sorted().joined(separator: ", ")
    var diagnostic = Diagnostic(
      DiagnosticID(.warning, 4301),
      "\(subject) mixes \(names) that have no \(lacking)",
      at: ratio.span,
      label: "\(moreText) covers \(more.count) \(counted), "
        + "\(fewerText) covers \(fewer.count) (\(list))"
    )
    if let totals {
      diagnostic = diagnostic.relating(totals, "adds up all \(names)")
    }
    guard let text = replacement(ratio, above, below) else { return diagnostic }
    return diagnostic.fixing(Fix(text, edits: [TextEdit(ratio.span, text)]))
  }

  /// The ratio with one side kept to what the other covers; nil where neither covers the other, or
  /// the other side is no metric with a name.
  private func replacement(
    _ ratio: Ratio,
    _ above: Set<String>,
    _ below: Set<String>
  ) -> String? {
    let (fewerBelow, fewerAbove) = (below.isSubset(of: above), above.isSubset(of: below))
    let name = ratio.needsName ? " AS \(ratio.name)" : ""
    func isName(_ text: String) -> Bool {
      let name = NameSyntax(text: text, isQuoted: false, span: ratio.span)
      switch meaning(of: NameReferenceSyntax(qualifier: nil, name: name)) {
      case .metric, .definedMetric: return true
      case .dimension, .definedDimension, .grain, .datePart, .column, .output, nil: return false
      }
    }
    func filtered(_ text: String, by other: String) -> String {
      "\(isName(text) ? text : "(\(text))") FILTER (COVERED BY \(other))"
    }
    let (above, below) = (ratio.aboveText, ratio.belowText)
    if fewerBelow, isName(below) {
      return "\(filtered(above, by: below)) / \(below)\(name)"
    }
    guard fewerAbove, isName(above) else { return nil }
    return "\(above) / \(filtered(below, by: above))\(name)"
  }

  private static func plural(_ dimension: String) -> String {
    dimension.hasSuffix("y") ? dimension.dropLast() + "ies" : dimension + "s"
  }

  // MARK: Members

  /// The dimensions that facts of both sides declare to cover, by name.
  private func coveredDimensions(_ ratio: Ratio) -> [String] {
    func covered(_ metric: MetricExpression) -> Set<String> {
      let names = facts(of: metric).flatMap { $0.coverage.map(\.dimension) }
      return Set(names.filter { knownDimension($0) != nil })
    }
    return covered(ratio.above).intersection(covered(ratio.below)).sorted()
  }

  /// The members of a dimension that a metric has values of; nil where a fact may have any.
  private func members(
    of dimension: String,
    coveredBy metric: MetricExpression,
    _ condition: RowCondition?
  ) -> Set<String>? {
    var members: Set<String> = []
    for aggregate in metric.aggregates {
      guard let fact = catalog.fact(aggregate.fact),
        let coverage = fact.coverage.first(where: { $0.dimension == dimension })
      else { return nil }
      var covered = Set(coverage.values)
      for test in aggregate.conditions + (condition.map { [$0] } ?? []) {
        if let admitted = test.members(of: dimension) {
          covered.formIntersection(admitted)
        }
      }
      members.formUnion(covered)
    }
    return members.isEmpty ? nil : members
  }
}

extension RowCondition {
  /// The members of a dimension that a condition admits, by any of their names; nil where it may
  /// admit others.
  fileprivate func members(of dimension: String) -> Set<String>? {
    switch self {
    case .compare(let value, .equal, let other):
      guard value.isMember(of: dimension), case .literal(.string(let text)) = other.kind else {
        return nil
      }
      return [text]
    case .oneOf(let value, let list):
      guard value.isMember(of: dimension) else { return nil }
      return Set(
        list.compactMap { scalar in
          if case .string(let text) = scalar { return text }
          return nil
        }
      )
    case .or(let parts):
      let sets = parts.map { $0.members(of: dimension) }
      guard !sets.contains(nil) else { return nil }
      return sets.reduce(into: Set<String>()) { $0.formUnion($1 ?? []) }
    case .and(let parts):
      let sets = parts.compactMap { $0.members(of: dimension) }
      guard let first = sets.first else { return nil }
      return sets.dropFirst().reduce(first) { $0.intersection($1) }
    default: return nil
    }
  }
}

extension RowExpression {
  /// Whether it is some name of a dimension's member.
  fileprivate func isMember(of dimension: String) -> Bool {
    switch kind {
    case .dimension(let name), .dimensionKey(let name), .dimensionLabel(let name):
      return name == dimension
    default: return false
    }
  }
}
