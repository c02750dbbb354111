internal import ColumnStore

/// `AVERAGE OF metric PER dimension` and the like.
extension Binder {
  mutating func nested(_ node: AggregateOverSyntax, _ span: SourceSpan) -> MetricExpression? {
    guard let operand = metric(node.operand) else { return nil }
    var per: [BoundKey] = []
    for dimension in node.per {
      let item = ByItemSyntax(dimension: dimension, alias: nil, span: dimension.span)
      guard let key = key(item) else { return nil }
      per.append(key)
    }
    guard let function = function(node, span) else { return nil }
    guard !operand.aggregates.isEmpty else {
      error(3205, "PER needs a metric, and this is the same for every key", node.operand.span)
      return nil
    }
    guard function == .count || operand.type.isAddable else {
      error(3104, "\(operand.type.name) is no number to work with", node.operand.span)
      return nil
    }
    guard !operand.holdsNested else {
      unavailable("PER inside PER", 4300, span)
      return nil
    }
    guard !operand.hasRank, operand.aggregates.allSatisfy({ $0.level == nil }) else {
      unavailable("TOTAL OF, SHARE OF or RANK OF inside PER", 4300, node.operand.span)
      return nil
    }
    guard isReached(per, by: operand, node) else { return nil }
    let periods = Set(operand.aggregates.map(\.period))
    guard periods.count == 1 || !per.contains(where: { $0.reportGrain != nil }) else {
      unavailable("comparing two periods inside PER a grain", 4300, node.operand.span)
      return nil
    }
    let type: ResultType =
      switch function {
      case .count: .count
      case .average, .percentile: Binder.averageType(operand.type)
      case .minimum, .maximum, .sum: operand.type
      }
    let inner = operand.mapping { aggregate in
      var changed = aggregate
      changed.per = per
      return changed
    }
    return MetricExpression(.nested(function, inner, per: per), type)
  }

  private mutating func function(
    _ node: AggregateOverSyntax,
    _ span: SourceSpan
  ) -> NestedFunction? {
    switch node.aggregation {
    case .average: return .average
    case .median: return .percentile(0.5)
    case .min: return .minimum
    case .max: return .maximum
    case .sum: return .sum
    case .count: return .count
    case .percentile(let fraction):
      guard (0...1).contains(fraction.double) else {
        error(3115, "a percentile lies between 0 and 1", span, "write PERCENTILE(0.9) for 90%")
        return nil
      }
      return .percentile(fraction.double)
    }
  }

  private mutating func isReached(
    _ per: [BoundKey],
    by operand: MetricExpression,
    _ node: AggregateOverSyntax
  ) -> Bool {
    var facts: [Fact] = []
    for aggregate in operand.aggregates {
      guard let fact = catalog.fact(aggregate.fact), !facts.contains(fact) else { continue }
      facts.append(fact)
    }
    for (key, syntax) in zip(per, node.per) {
      var reach = RowReach()
      reach.add(key)
      for fact in facts {
        guard let lacking = missing(reach, from: fact) else { continue }
        report(
          Diagnostic(
            DiagnosticID(.error, 4104),
            "\"\(source.slice(node.operand.span))\" is not recorded by \(key.name)",
            at: syntax.span,
            label: "\(fact.name) has no \(lacking)"
          ).noting("note: it is recorded by: \(shared(facts))")
        )
        return false
      }
    }
    return true
  }
}

extension MetricExpression {
  /// Whether a value at finer keys is part of it.
  var holdsNested: Bool {
    if case .nested = kind { return true }
    if case .conditional(let branches, _) = kind,
      branches.contains(where: { $0.condition.parts.contains(where: \.holdsNested) })
    {
      return true
    }
    return parts.contains(where: \.holdsNested)
  }
}
