internal import ColumnStore

/// Which groups of a report the scan may leave out, because the report's own order and limit would.
///
/// The scan orders by the leading steps of the report's order, as far as a stored value has the same
/// order as the cell that it becomes, and keeps the ties of its last row; so what it leaves out comes
/// after what is shown, and the finish does the rest.
struct TopGroups {
  /// The steps that the scan takes.
  let order: [ScanPlan.Order]
  /// The number of rows to keep, ties not counted.
  let limit: Int
  /// Columns in which a null may stand for 0 or for a blank; one that is kept leaves that open.
  let doubtfulColumns: [String]

  /// Returns what the scan may do; nil where the finish needs every group.
  init?(_ plan: LogicalPlan) {
    let report = plan.report
    guard let limit = report.limit, report.having == nil, report.fill == nil,
      plan.aggregations.count == 1, let aggregation = plan.aggregations.first,
      aggregation.makesGroups, aggregation.level == Array(report.keys.indices),
      !aggregation.level.isEmpty, !aggregation.hasOnlyAbsentKeys,
      !report.metrics.contains(where: \.hasRank)
    else { return nil }
    let (rows, overflow) = limit.addingReportingOverflow(report.offset)
    guard !overflow else { return nil }
    var order: [ScanPlan.Order] = []
    var doubtful: [String] = []
    for entry in report.effectiveOrder {
      guard let step = TopGroups.step(entry, plan, aggregation) else { break }
      order.append(step)
      if step.takesNullForZero { doubtful.append(step.column) }
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

  private static func step(
    _ entry: BoundOrder,
    _ plan: LogicalPlan,
    _ aggregation: Aggregation
  ) -> ScanPlan.Order? {
    switch entry.target {
    case .key(let key):
      // Other shapes are ordered by what people see.
      guard plan.shapes[key] == .value, !entry.putsBlanksFirst,
        let part = aggregation.keys[key].first,
        part.expression != nil
      else { return nil }
      switch plan.report.keys[key].type {
      case .count, .date, .grain, .timestamp, .string, .bool, .money: break
      case .number, .percent: return nil
      }
      return ScanPlan.Order(part.name, descending: entry.isDescending)
    case .metric(let metric):
      guard case .aggregate(let aggregate) = metric.kind, !entry.putsBlanksFirst,
        let measure = aggregation.measures.first(where: { $0.aggregate == aggregate })
      else { return nil }
      return step(measure, descending: entry.isDescending)
    }
  }

  private static func step(
    _ measure: Aggregation.Measure,
    descending isDescending: Bool
  ) -> ScanPlan.Order? {
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
    case .minimum(let row), .maximum(let row), .average(let row):
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
