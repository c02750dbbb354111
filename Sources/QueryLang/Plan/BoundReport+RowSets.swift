internal import ColumnStore

/// How a report becomes the report of one kind of its rows.
private struct RowSetMapping {
  let report: BoundReport
  /// The keys of the rows, as positions in BY.
  let level: [Int]
  /// Those of them of which the members that were not chosen count as one.
  let others: Set<Int>
  let chosen: [Int: ChosenMembers]
  /// The rows behind groups that are shown, where only they count.
  let shown: RowCondition?
  /// The keys that are left, and their new positions.
  let kept: [Int]
  private let places: [Int: Int]

  init(
    _ report: BoundReport,
    _ level: [Int],
    _ others: Set<Int>,
    _ chosen: [Int: ChosenMembers],
    _ shown: RowCondition?
  ) {
    self.report = report
    self.level = level
    self.others = others
    self.chosen = chosen
    self.shown = shown
    kept = level.filter { !others.contains($0) }
    var places: [Int: Int] = [:]
    for (place, key) in kept.enumerated() { places[key] = place }
    self.places = places
  }

  /// The rows that count for some keys; what an expression itself asks of other keys, such as the
  /// total of a share, counts whatever is shown.
  func restriction(_ keys: [Int], isTotal: Bool) -> RowCondition? {
    var conditions: [RowCondition] = isTotal ? [] : shown.map { [$0] } ?? []
    for key in keys {
      guard let members = chosen[key] else { continue }
      if others.contains(key) {
        conditions.append(.not(.chosen(members)))
      } else if !isTotal, isChosen(key) {
        conditions.append(.chosen(members))
      }
    }
    return conditions.isEmpty ? nil : .and(conditions)
  }

  /// A sum over groups in which a member was not chosen counts it there too.
  private func isChosen(_ key: Int) -> Bool {
    report.tops.contains { top in
      top.key == key && (top.withOthers || top.within.allSatisfy(level.contains))
    }
  }

  private func map(_ aggregate: BaseAggregate) -> BaseAggregate {
    var mapped = aggregate
    let counted = (aggregate.level ?? Array(report.keys.indices)).filter { level.contains($0) }
    mapped.level = aggregate.level == nil ? nil : counted.compactMap { places[$0] }
    mapped.restriction = restriction(counted, isTotal: aggregate.level != nil)
    return mapped
  }

  private func map(
    _ inner: MetricExpression,
    _ within: [Int],
    _ type: ResultType
  ) -> MetricExpression {
    // A sum of groups takes no part among them.
    others.isEmpty && level.count == report.keys.count
      ? MetricExpression(.rank(inner, within: within), type)
      : MetricExpression(.constant(.blank(.empty)), type)
  }

  func map(_ metric: MetricExpression) -> MetricExpression { metric.mapping(map, ranks: map) }

  func map(_ condition: MetricCondition) -> MetricCondition { condition.mapping(map, ranks: map) }

  func map(_ entry: BoundOrder) -> BoundOrder {
    var mapped = entry
    switch entry.target {
    case .key(let key):
      mapped.target =
        places[key].map { .key($0) } ?? .metric(MetricExpression(.constant(.blank(.empty)), .count))
    case .metric(let metric): mapped.target = .metric(map(metric))
    }
    return mapped
  }
}

/// A report as one kind of its rows: details, what TOP left out, or sums of groups.
extension BoundReport {
  /// Returns the report that makes the rows of some keys.
  ///
  /// Every aggregate is asked again at the keys that are left; of a key in `others` the members that
  /// were not chosen count as one.
  func rowSet(
    _ level: [Int],
    others: Set<Int> = [],
    chosen: [Int: ChosenMembers],
    shown: RowCondition? = nil
  ) -> BoundReport {
    let mapping = RowSetMapping(self, level, others, chosen, shown)
    var set = self
    set.keys = mapping.kept.map { keys[$0] }
    set.columns = columns.map { column in
      var mapped = column
      mapped.metric = mapping.map(column.metric)
      return mapped
    }
    set.having = having.map { mapping.map($0) }
    set.order = effectiveOrder.map { mapping.map($0) }
    set.restriction = mapping.restriction(level, isTotal: false)
    set.tops = []
    set.totals = nil
    set.pivot = []
    set.limit = nil
    set.offset = 0
    // A bucket may have members that were chosen only in others.
    let choosesByGrain = tops.contains { top in
      (top.within + [top.key]).contains { keys[$0].reportGrain != nil }
    }
    if set.grainKey == nil || choosesByGrain { set.fill = nil }
    return set
  }

  /// Returns the report of the members that a TOP chooses from, the first first.
  func ranking(_ top: BoundTop) -> BoundReport {
    var ranked = self
    let column = BoundColumn(name: "rank", label: "rank", metric: top.metric, span: top.span)
    ranked.columns = [column]
    ranked.order = [
      BoundOrder(
        target: .metric(top.metric),
        isDescending: top.isDescending,
        putsBlanksFirst: false
      )
    ]
    ranked.having = nil
    // Members are those of the report's own days, unless the metric looks at others.
    if top.metric.aggregates.allSatisfy({ $0.period.baseline == nil }) { ranked.baselines = [] }
    ranked.fill = nil
    ranked = ranked.rowSet((top.within + [top.key]).sorted(), chosen: [:])
    if top.within.isEmpty { ranked.limit = top.count }
    return ranked
  }

  /// Rows of targets are those of their comparison, and of no other days.
  private func isLooked(at fact: String, in period: PeriodContext) -> Bool {
    let all = baselines.flatMap(\.targets)
    let targets = period.baseline.map { baselines[$0].targets } ?? []
    return targets.isEmpty ? !all.contains(fact) : targets.contains(fact)
  }

  /// Returns the report with one more column, which counts the rows behind each group.
  func countingRows() -> BoundReport {
    var counted = self
    let periods = [PeriodContext.current] + baselines.indices.map { PeriodContext(baseline: $0) }
    let counts = groupFacts.flatMap { fact in
      periods.filter { isLooked(at: fact, in: $0) }.map { period in
        var aggregate = BaseAggregate(
          fact: fact,
          function: .countRows,
          conditions: [],
          level: nil,
          isBlankWithoutRows: false,
          type: .count
        )
        aggregate.period = period
        aggregate.restriction = restriction
        return MetricExpression(.aggregate(aggregate), .count)
      }
    }
    let span = columns.first?.span ?? SourceSpan(start: 0, end: 0)
    let metric = MetricExpression(.union(counts), .count)
    counted.columns.append(BoundColumn(name: "rows", label: "rows", metric: metric, span: span))
    counted.fill?.append(.natural)
    return counted
  }
}
