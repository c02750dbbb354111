internal import ColumnStore

/// Plans a bound report: which facts are aggregated by which keys for which aggregates.
struct LogicalPlanner {
  let catalog: Catalog
  let report: BoundReport
  let rule: CalendarRule
  /// Tables that the store does not have yet.
  var absentTables: Set<String> = []
  /// The days of the report, where they are known.
  var days: BoundDays?

  func plan() -> LogicalPlan {
    var needed: [Need] = []
    let allKeys = Array(report.keys.indices)
    let baselines = report.baselines.indices.map { PeriodContext(baseline: $0) }
    for fact in report.groupFacts where report.columns.isEmpty || !report.keys.isEmpty {
      guard needsGroups(of: fact) else { continue }
      for period in [.current] + baselines where hasRows(fact, in: period) {
        var need = Need(fact: fact, level: allKeys, period: period, makesGroups: true)
        need.restriction = report.restriction
        needed.append(need)
      }
    }
    for aggregate in report.metrics.flatMap(\.aggregates) {
      let level = aggregate.level ?? allKeys
      let place = needed.firstIndex { need in
        need.fact == aggregate.fact && need.level == level && need.period == aggregate.period
          && need.restriction == aggregate.restriction && need.per == aggregate.per
      }
      if let place {
        needed[place].add(aggregate)
      } else {
        var need = Need(
          fact: aggregate.fact,
          level: level,
          period: aggregate.period,
          makesGroups: !aggregate.per.isEmpty
        )
        need.restriction = aggregate.restriction
        need.per = aggregate.per
        need.add(aggregate)
        needed.append(need)
      }
    }
    var unmatched: [Int: Set<[Int32]>] = [:]
    for (index, period) in baselines.enumerated() {
      unmatched[index] = periodMap(period, allKeys)?.unmatched
    }
    return LogicalPlan(
      aggregations: (needed.filter(\.per.isEmpty) + needed.filter { !$0.per.isEmpty })
        .compactMap { aggregation($0) },
      shapes: report.keys.map { catalog.shape(of: $0) },
      report: report,
      unmatched: unmatched
    )
  }

  /// Rows of targets are those of their comparison, and of no other days.
  private func hasRows(_ fact: String, in period: PeriodContext) -> Bool {
    let targets = period.baseline.map { report.baselines[$0].targets } ?? []
    return targets.isEmpty ? !catalog.isTarget(fact) : targets.contains(fact)
  }

  private struct Need {
    let fact: String
    let level: [Int]
    let period: PeriodContext
    let makesGroups: Bool
    /// The rows that may count; nil for all.
    var restriction: RowCondition?
    /// Keys besides those of the report.
    var per: [BoundKey] = []
    var aggregates: [BaseAggregate] = []

    mutating func add(_ aggregate: BaseAggregate) {
      if !aggregates.contains(aggregate) {
        aggregates.append(aggregate)
      }
    }
  }

  /// A fact whose metrics are all asked for at coarser keys may not reach the report's keys; then
  /// it makes no groups.
  private func needsGroups(of name: String) -> Bool {
    guard let fact = catalog.anyFact(name) else { return false }
    return report.keys.allSatisfy { key in
      switch key.source {
      case .dimension(let dimension):
        return catalog.dimension(dimension).map { catalog.reach(of: $0, from: fact) != .missing }
          ?? false
      case .expression(let expression):
        var reach = RowReach()
        reach.add(expression)
        return reach.facts.subtracting([fact.name]).isEmpty
          && reach.dimensions.allSatisfy { dimension in
            catalog.dimension(dimension).map { catalog.reach(of: $0, from: fact) != .missing }
              ?? false
          }
      }
    }
  }

  /// The days that stand for the report's; nil where they are the report's own.
  private func periodMap(_ period: PeriodContext, _ level: [Int]) -> PeriodMap? {
    guard period != .current else { return nil }
    return PeriodMap(period, report, level: level, days: days, calendar: catalog.calendar)
  }

  private func parts(
    _ name: String,
    _ key: BoundKey,
    _ lowering: FactLowering
  ) -> [Aggregation.Part] {
    lowering.parts(of: key).enumerated().map { place, expression in
      let isConstant = lowering.isNullConstant(expression)
      return Aggregation.Part(
        name: "\(name)_\(place)",
        expression: isConstant ? nil : expression
      )
    }
  }

  // MARK: One aggregation

  private func aggregation(_ need: Need) -> Aggregation? {
    guard let fact = catalog.anyFact(need.fact) else { return nil }
    let lowering = FactLowering(
      catalog: catalog,
      fact: fact,
      rule: rule,
      absentTables: absentTables,
      cutsInstants: report.zone != nil
    )
    var rows = RowSource.scan(table: fact.table, dateColumn: fact.dateColumn)
    if let condition = report.condition.map({ lowering.predicate($0) }),
      condition != .constant(true)
    {
      rows = .filtered(rows, condition)
    }
    var aggregation = Aggregation(
      fact: fact.name,
      level: need.level,
      makesGroups: need.makesGroups,
      period: need.period,
      periodMap: periodMap(need.period, need.level),
      rows: rows,
      restriction: need.restriction.map { lowering.predicate($0) } ?? .constant(true),
      rowRestriction: need.restriction,
      keys: need.level.map { parts("k\($0)", report.keys[$0], lowering) },
      per: need.per,
      perKeys: need.per.enumerated().map { parts("p\($0.offset)", $0.element, lowering) },
      measures: [],
      aggregates: [],
      currencyColumn: nil
    )
    if lowering.reportDay != .column(fact.dateColumn) { aggregation.day = lowering.reportDay }
    for aggregate in need.aggregates {
      add(aggregate, lowering, &aggregation)
    }
    return aggregation
  }

  private func add(
    _ aggregate: BaseAggregate,
    _ lowering: FactLowering,
    _ aggregation: inout Aggregation
  ) {
    let conditions = Predicate.all(aggregate.conditions.map { lowering.predicate($0) })
    let filter: Predicate? = conditions == .constant(true) ? nil : conditions
    let (function, needsRowCount) = lowered(aggregate, lowering)
    let column = place(function, filter, in: &aggregation)
    var rowCountColumn: String?
    if needsRowCount || aggregate.isBlankWithoutRows {
      rowCountColumn = place(.countRows, filter, in: &aggregation)
    }
    aggregation.measures.append(
      Aggregation.Measure(
        aggregate: aggregate,
        column: column,
        rowCountColumn: rowCountColumn
      )
    )
    if aggregate.type.isMoney, let currency = currencyColumn(aggregate, lowering.fact) {
      aggregation.currencyColumn = currency
    }
  }

  /// The column of an aggregate, shared with an equal one that is there already.
  private func place(
    _ function: AggregateFunction,
    _ filter: Predicate?,
    in aggregation: inout Aggregation
  ) -> String {
    if let known = aggregation.aggregates.first(where: {
      $0.function == function && $0.filter == filter
    }) {
      return known.name
    }
    let name = "a\(aggregation.aggregates.count)"
    aggregation.aggregates.append(Aggregate(name, function, filter: filter))
    return name
  }

  /// The store's function, and whether a null result may come of no rows as well as of no values.
  private func lowered(
    _ aggregate: BaseAggregate,
    _ lowering: FactLowering
  ) -> (AggregateFunction, Bool) {
    switch aggregate.function {
    case .countRows: return (.countRows, false)
    case .count(let row): return (.count(lowering.expression(row)), false)
    case .sum(let row):
      let expression = lowering.expression(row)
      return (.sum(expression), mayBeNull(expression, lowering.fact))
    case .minimum(let row): return (.minimum(lowering.expression(row)), false)
    case .maximum(let row): return (.maximum(lowering.expression(row)), false)
    case .average(let row):
      let scale: Double = row.physical == .decimal ? 10_000 : 1
      return (.average(lowering.expression(row), scale: scale), false)
    case .percentile(let row, let fraction):
      let scale: Double = row.physical == .decimal ? 10_000 : 1
      let value = lowering.expression(row)
      return (.percentile(value, fraction: fraction, scale: scale), false)
    case .countDistinct(let row): return (.countDistinct([lowering.expression(row)]), false)
    case .countMembers(let name):
      let keys = catalog.dimension(name).map { lowering.keys(of: $0) } ?? []
      return (.countDistinct(keys), false)
    }
  }

  private func mayBeNull(_ expression: Expression, _ fact: Fact) -> Bool {
    guard case .column(let name) = expression else { return true }
    return catalog.tables[fact.table]?.field(name)?.isNullable ?? true
  }

  private func currencyColumn(_ aggregate: BaseAggregate, _ fact: Fact) -> String? {
    var reach = ColumnReach()
    switch aggregate.function {
    case .countRows, .count, .countDistinct, .countMembers: return nil
    case .sum(let row), .minimum(let row), .maximum(let row), .average(let row),
      .percentile(let row, _):
      reach.add(row)
    }
    for name in reach.columns.sorted() {
      if let currency = fact.column(name)?.currencyColumn { return currency }
    }
    return nil
  }
}

/// The columns of its fact that an expression reads.
struct ColumnReach {
  private(set) var columns: Set<String> = []

  mutating func add(_ expression: RowExpression) {
    switch expression.kind {
    case .column(_, let name): columns.insert(name)
    case .dimension, .dimensionKey, .dimensionLabel, .reportDate, .reportInstant, .literal: break
    case .truncated(let inner, _), .day(let inner), .part(_, let inner), .double(let inner, _),
      .text(_, let inner):
      add(inner)
    case .arithmetic(_, let left, let right):
      add(left)
      add(right)
    case .coalesce(let values), .math(_, let values), .joined(let values):
      values.forEach { add($0) }
    case .band(let bands): add(bands.label)
    case .conditional(let branches, let otherwise):
      branches.forEach { add($0.value) }
      add(otherwise)
    }
  }
}
