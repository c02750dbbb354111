extension MetricExpression {
  /// The day on which the facts behind a value began to be recorded: the last of them where all are
  /// needed, the first where each makes a value; nil where one has none.
  func recordedFrom(_ catalog: Catalog) -> Int32? {
    let days = parts.filter { !$0.isConstant }.map { $0.recordedFrom(catalog) }
    switch kind {
    case .aggregate(let aggregate): return catalog.fact(aggregate.fact)?.recordedFrom
    case .constant: return nil
    case .union, .coalesce, .conditional:
      return days.contains(nil) ? nil : days.compactMap { $0 }.min()
    case .arithmetic, .negated, .function, .rank, .compared, .nested:
      return days.compactMap { $0 }.max()
    }
  }
}
