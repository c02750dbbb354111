internal import ColumnStore

/// Which groups of a report the scan may leave out, because the report's own order and limit would.
///
/// The scan orders by the leading steps of the report's order, as far as a stored value has the same
/// order as the cell that it becomes, and keeps the ties of its last row; so what it leaves out comes
/// after what is shown, and the finish does the rest. Only one aggregation may make the groups in
/// question: the others have no rows for them, or are asked for at coarser keys.
struct TopGroups {
  /// The steps that the scan takes.
  let order: [ScanPlan.Order]
  /// The number of rows to keep, ties not counted.
  let limit: Int
  /// Columns in which a null may stand for 0 or for a blank; one that is kept leaves that open.
  let doubtfulColumns: [String]

  /// Returns what the scan may do, given which aggregations have no rows for the groups in question;
  /// nil where the finish needs every group.
  init?(_ plan: LogicalPlan, isAside: [Bool]) {
    let report = plan.report
    let makers = plan.aggregations.indices.filter {
      !isAside[$0] && plan.aggregations[$0].makesGroups
    }
    guard let limit = report.limit, report.having == nil, report.fill == nil,
      report.pivot.isEmpty,
      makers.count == 1, let maker = makers.first,
      !report.metrics.contains(where: \.hasRank)
    else { return nil }
    let groups = plan.aggregations[maker]
    guard groups.level == Array(report.keys.indices), !groups.level.isEmpty,
      !groups.hasOnlyAbsentKeys
    else { return nil }
    let (rows, overflow) = limit.addingReportingOverflow(report.offset)
    guard !overflow else { return nil }
    let reader = StepReader(
      plan: plan,
      groups: groups,
      aside: Set(plan.aggregations.indices.filter { isAside[$0] })
    )
    var order: [ScanPlan.Order] = []
    var doubtful: [String] = []
    steps: for entry in report.effectiveOrder {
      switch reader.step(entry) {
      case .equal: continue
      case .order(let step):
        order.append(step)
        if step.takesNullForZero { doubtful.append(step.column) }
      case .unknown: break steps
      }
    }
    guard !order.isEmpty, Set(order.map(\.column)).count == order.count else { return nil }
    self.order = order
    self.limit = rows
    doubtfulColumns = doubtful
  }

  /// Returns a plan that leaves groups out.
  func limiting(_ plan: ScanPlan) -> ScanPlan {
    var limited = plan
    limited.order = order
    limited.limit = limit
    limited.keepsTies = true
    return limited
  }

  /// Tells whether an answer has all groups that are shown: no place was decided by a null that may
  /// be a blank.
  func isCertain(_ result: ResultTable) -> Bool {
    if result.groupCount == result.rowCount { return true }
    return !doubtfulColumns.contains { result.column($0)?.hasNull ?? true }
  }
}

/// Finds the steps of a report's order that a scan can take.
private struct StepReader {
  /// What the scan makes of a step.
  enum Step {
    /// All groups are equal in it.
    case equal
    case order(ScanPlan.Order)
    /// The scan does not know it.
    case unknown
  }

  let plan: LogicalPlan
  /// The aggregation that makes the groups.
  let groups: Aggregation
  /// The positions of the aggregations that have no rows for the groups.
  let aside: Set<Int>

  func step(_ entry: BoundOrder) -> Step {
    switch entry.target {
    case .key(let key):
      // Other shapes are ordered by what people see.
      guard plan.shapes[key] == .value, !entry.putsBlanksFirst,
        let part = groups.keys[key].first,
        part.expression != nil
      else { return .unknown }
      switch plan.report.keys[key].type {
      case .count, .date, .grain, .timestamp, .string, .bool, .money: break
      case .number, .percent: return .unknown
      }
      return .order(ScanPlan.Order(part.name, descending: entry.isDescending))
    case .metric(let metric):
      switch metric.kind {
      case .aggregate(let aggregate): return step([aggregate], entry)
      case .union(let parts):
        var aggregates: [BaseAggregate] = []
        for part in parts {
          guard case .aggregate(let aggregate) = part.kind else { return .unknown }
          aggregates.append(aggregate)
        }
        return step(aggregates, entry)
      case .constant, .arithmetic, .negated, .conditional, .coalesce, .function, .rank,
        .compared, .nested:
        return .unknown
      }
    }
  }

  /// The step for a sum of aggregates, of which those without rows add nothing.
  private func step(_ aggregates: [BaseAggregate], _ entry: BoundOrder) -> Step {
    let left = aggregates.filter { !isAside($0) }
    guard let aggregate = left.first else { return .equal }
    guard left.count == 1, !entry.putsBlanksFirst,
      let measure = groups.measures.first(where: { $0.aggregate == aggregate })
    else { return .unknown }
    return order(measure, entry.isDescending).map { .order($0) } ?? .unknown
  }

  private func isAside(_ aggregate: BaseAggregate) -> Bool {
    aside.contains { fact in
      plan.aggregations[fact].measures.contains { $0.aggregate == aggregate }
    }
  }

  private func order(_ measure: Aggregation.Measure, _ isDescending: Bool) -> ScanPlan.Order? {
    switch measure.aggregate.function {
    case .countRows, .count, .countDistinct, .countMembers:
      // A count without rows is 0 for the scan.
      guard !measure.aggregate.isBlankWithoutRows else { return nil }
      return ScanPlan.Order(measure.column, descending: isDescending)
    case .sum(let row):
      guard row.physical != .float64 else { return nil }
      return ScanPlan.Order(
        measure.column,
        descending: isDescending,
        nullForZero: !measure.aggregate.isBlankWithoutRows
      )
    case .minimum(let row), .maximum(let row), .average(let row),
      .percentile(let row, _):
      guard row.physical != .float64 else { return nil }
      return ScanPlan.Order(measure.column, descending: isDescending)
    }
  }
}

extension ResultTable.Column {
  /// Tells whether a row has no value.
  fileprivate var hasNull: Bool {
    switch values {
    case .integers(let values): values.contains(nil)
    case .wide(let values): values.contains(nil)
    case .doubles(let values): values.contains(nil)
    case .strings(let values): values.contains(nil)
    case .coded(let values): values.codes.contains(0)
    }
  }
}

extension MetricExpression {
  /// Tells whether a rank is part of it, which looks at all groups.
  var hasRank: Bool {
    if case .rank = kind { return true }
    if case .conditional(let branches, _) = kind,
      branches.contains(where: { $0.condition.parts.contains(where: \.hasRank) })
    {
      return true
    }
    return parts.contains(where: \.hasRank)
  }
}

extension BoundReport {
  /// The order as written, or the one that a report without ORDER BY has.
  var effectiveOrder: [BoundOrder] {
    if !order.isEmpty { return order }
    let hasGrain = keys.contains { $0.reportGrain != nil }
    guard !hasGrain, let first = columns.first else { return [] }
    return [BoundOrder(target: .metric(first.metric), isDescending: true, putsBlanksFirst: false)]
  }
}
