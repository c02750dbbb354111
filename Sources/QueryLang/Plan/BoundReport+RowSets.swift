internal import ColumnStore

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
    let kept = level.filter { !others.contains($0) }
    var places: [Int: Int] = [:]
    for (place, key) in kept.enumerated() { places[key] = place }
    func restriction(_ keys: [Int]) -> RowCondition? {
      var conditions: [RowCondition] = shown.map { [$0] } ?? []
      for key in keys {
        guard let members = chosen[key] else { continue }
        conditions.append(others.contains(key) ? .not(.chosen(members)) : .chosen(members))
      }
      return conditions.isEmpty ? nil : .and(conditions)
    }
    let isDetail = others.isEmpty && level.count == keys.count
    func map(_ aggregate: BaseAggregate) -> BaseAggregate {
      var mapped = aggregate
      let counted = (aggregate.level ?? Array(keys.indices)).filter { level.contains($0) }
      mapped.level = aggregate.level == nil ? nil : counted.compactMap { places[$0] }
      mapped.restriction = restriction(counted)
      return mapped
    }
    func mapRank(_ inner: MetricExpression, _ within: [Int], _ type: ResultType)
      -> MetricExpression
    {
      // A sum of groups takes no part among them.
      isDetail
        ? MetricExpression(.rank(inner, within: within), type)
        : MetricExpression(.constant(.blank(.empty)), type)
    }
    func map(_ metric: MetricExpression) -> MetricExpression { metric.mapping(map, ranks: mapRank) }
    var set = self
    set.keys = kept.map { keys[$0] }
    set.columns = columns.map { column in
      var mapped = column
      mapped.metric = map(column.metric)
      return mapped
    }
    set.having = having.map { $0.mapping(map, ranks: mapRank) }
    set.order = effectiveOrder.map { entry in
      var mapped = entry
      switch entry.target {
      case .key(let key):
        mapped.target =
          places[key].map { .key($0) }
          ?? .metric(MetricExpression(.constant(.blank(.empty)), .count))
      case .metric(let metric): mapped.target = .metric(map(metric))
      }
      return mapped
    }
    set.restriction = restriction(level)
    set.tops = []
    set.totals = nil
    set.limit = nil
    set.offset = 0
    if set.grainKey == nil || tops.contains(where: { keys[$0.key].reportGrain != nil }) {
      set.fill = nil
    }
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
    ranked.fill = nil
    ranked = ranked.rowSet((top.within + [top.key]).sorted(), chosen: [:])
    if top.within.isEmpty { ranked.limit = top.count }
    return ranked
  }

  /// Returns the report with one more column, which counts the rows behind each group.
  func countingRows() -> BoundReport {
    var counted = self
    let periods = [PeriodContext.current] + baselines.indices.map { PeriodContext(baseline: $0) }
    let counts = groupFacts.flatMap { fact in
      periods.map { period in
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
