internal import ColumnStore

/// Everything that works on groups: stitching, filling, metrics, HAVING, order and limit.
struct FinishPlan {
  let plan: LogicalPlan
  let catalog: Catalog
  /// The days of the report; nil when no row bounds them.
  let days: BoundDays?
  /// The currency of amounts; nil where every row has its own.
  let currency: String?
  let budget: FinishBudget

  /// The groups in their final order with the header's counts.
  struct Finished {
    var groups: [ReportGroup]
    var groupCount: Int
  }

  var report: BoundReport { plan.report }

  /// Whether a group can be worked out without the others.
  private var isGroupwise: Bool {
    report.fill == nil && !report.metrics.contains { $0.hasRank || $0.holdsNested }
      && plan.unmatched.values.allSatisfy(\.isEmpty)
  }

  /// Unites the groups of the facts and computes the report.
  ///
  /// - Throws: `ReportError.refused` when the result would be larger than the model allows.
  func finish(_ tables: [GroupTable]) throws(ReportError) -> Finished {
    let keys = KeyReader(plan)
    // The scan may have left out groups that would not be shown.
    let left = tables.reduce(0) { $0 + $1.leftOut }
    if isGroupwise {
      let stitched = try StitchedGroups(tables, keys, budget)
      let shown = try shown(of: stitched, tables, keys)
      return Finished(groups: shown, groupCount: stitched.count + left)
    }
    let groups = try allGroups(tables, keys)
    let held = try holding(groups, tables, keys)
    return Finished(groups: try cut(held, keys), groupCount: groups.count + left)
  }

  /// Unites the groups of the facts and computes all of them, in no order.
  ///
  /// - Throws: `ReportError.refused` when FILL would make more cells than the model allows.
  func allGroups(_ tables: [GroupTable], _ keys: KeyReader) throws(ReportError) -> [ReportGroup] {
    let main = tables.filter(\.aggregation.per.isEmpty)
    let stitched = try StitchedGroups(main, keys, budget)
    var groups: [ReportGroup] = []
    groups.reserveCapacity(stitched.count)
    for group in 0..<stitched.count {
      try budget.check(at: group)
      groups.append(
        ReportGroup(
          identity: try stitched.identity(of: group),
          isFilled: false,
          rows: stitched.rows(of: group)
        )
      )
    }
    try densify(&groups, keys)
    try findRows(&groups, from: stitched.count, main, keys)
    for index in groups.indices {
      groups[index].keyCells = report.keys.indices.map { keys.cell($0, of: groups[index].identity) }
    }
    try evaluate(&groups, tables, keys)
    try fillForward(&groups, keys)
    return groups
  }

  /// For each comparison that lacks some buckets, which groups have no counterpart in it.
  private func unmatched(_ groups: [ReportGroup], _ keys: KeyReader) -> [Int: [Bool]] {
    let grains = report.keys.indices.filter { report.keys[$0].reportGrain != nil }
    var flags: [Int: [Bool]] = [:]
    for (baseline, buckets) in plan.unmatched where !buckets.isEmpty {
      flags[baseline] = groups.map { group in
        let starts = grains.compactMap { grain -> Int32? in
          guard case .integer(let start) = group.identity[keys.starts[grain]] else { return nil }
          return Int32(clamping: start)
        }
        return buckets.contains(starts)
      }
    }
    return flags
  }

  // MARK: Groups

  /// Finds the rows of groups that FILL made: those of aggregations at coarser keys.
  private func findRows(
    _ groups: inout [ReportGroup],
    from first: Int,
    _ tables: [GroupTable],
    _ keys: KeyReader
  ) throws(ReportError) {
    guard first < groups.count else { return }
    var lookups: [[[Scalar]: Int]] = []
    for table in tables { lookups.append(try table.rowsByIdentity()) }
    for index in first..<groups.count {
      try budget.check(at: index)
      let identity = groups[index].identity
      groups[index].rows = zip(tables, lookups).map { table, rows in
        rows[keys.identity(identity, level: table.aggregation.level)]
      }
    }
  }

  // MARK: Values

  private func evaluate(
    _ groups: inout [ReportGroup],
    _ tables: [GroupTable],
    _ keys: KeyReader
  ) throws(ReportError) {
    var evaluator = evaluator(tables, groups, keys)
    let columns = report.columns.map { evaluator.prepare($0.metric) }
    let orders = orders(&evaluator)
    try nest(&evaluator, tables, groups, keys)
    try rank(&evaluator, groups, keys)
    try evaluate(columns, evaluator, &groups)
    for index in groups.indices {
      try budget.check(at: index)
      for expression in orders {
        groups[index].orderValues.append(
          try orderValue(expression, evaluator, groups[index], index)
        )
      }
    }
  }

  private func evaluator(
    _ tables: [GroupTable],
    _ groups: [ReportGroup],
    _ keys: KeyReader
  ) -> FinishEvaluator {
    FinishEvaluator(
      tables.filter(\.aggregation.per.isEmpty),
      isUnmatched: unmatched(groups, keys)
    )
  }

  /// The expressions of the order's metrics; nil for its keys.
  func orders(_ evaluator: inout FinishEvaluator) -> [FinishExpression?] {
    var orders: [FinishExpression?] = []
    for entry in report.effectiveOrder {
      switch entry.target {
      case .key: orders.append(nil)
      case .metric(let metric): orders.append(evaluator.prepare(metric))
      }
    }
    return orders
  }

  /// The value by which a group is ordered; a blank for keys.
  func orderValue(
    _ expression: FinishExpression?,
    _ evaluator: FinishEvaluator,
    _ group: ReportGroup,
    _ index: Int
  ) throws(ReportError) -> ResultCell {
    guard let expression else { return .blank(.empty) }
    return try exactly { () throws(NumberTooLarge) in
      try evaluator.value(expression, index, group.rows)
    }
  }

  /// Adds the values of the report's columns to groups.
  ///
  /// `worked` has the values of columns for all groups of the report, by their places, where they
  /// were worked out.
  ///
  /// - Throws: `ReportError.refused` when a value does not fit.
  func evaluate(
    _ columns: [FinishExpression],
    _ evaluator: FinishEvaluator,
    _ groups: inout [ReportGroup],
    worked: [MetricColumn?] = []
  ) throws(ReportError) {
    let recordedFrom = report.columns.map { self.recordedFrom($0) }
    for index in groups.indices {
      try budget.check(at: index)
      groups[index].values.reserveCapacity(columns.count)
      for (column, expression) in columns.enumerated() {
        let value: ResultCell
        if column < worked.count, let values = worked[column] {
          value = values.cell(groups[index].place)
        } else {
          value = try exactly(report.columns[column]) { () throws(NumberTooLarge) in
            try evaluator.value(expression, index, groups[index].rows)
          }
        }
        let isRecorded = recordedFrom[column].map { !ends(groups[index], before: $0) } ?? true
        groups[index].values.append(
          isRecorded ? withReason(value, column, groups[index]) : .blank(.notRecorded)
        )
      }
    }
  }

  /// Works a value out, and says which column it was for where it is too large to be exact.
  func exactly<Value>(
    _ column: BoundColumn? = nil,
    _ value: () throws(NumberTooLarge) -> Value
  ) throws(ReportError) -> Value {
    do {
      return try value()
    } catch {
      let place = column ?? report.columns.first
      throw .refused(
        Diagnostic(
          .inexactNumber,
          "a value of \(place.map { "\"\($0.name)\"" } ?? "the report") does not fit a whole number",
          at: place?.span ?? SourceSpan(start: 0, end: 0),
          label: "counts end at 9,223,372,036,854,775,807"
        )
      )
    }
  }

  /// Works out the ranks of all groups, since a rank looks at the others.
  private func rank(
    _ evaluator: inout FinishEvaluator,
    _ groups: [ReportGroup],
    _ keys: KeyReader
  ) throws(ReportError) {
    for (value, within) in evaluator.ranks {
      var values: [ResultCell] = []
      values.reserveCapacity(groups.count)
      for (index, group) in groups.enumerated() {
        try budget.check(at: index)
        values.append(
          try exactly { () throws(NumberTooLarge) in
            try evaluator.value(value, index, group.rows)
          }
        )
      }
      var ranks = [ResultCell](repeating: .blank(.empty), count: groups.count)
      let members = Dictionary(grouping: groups.indices) { index in
        within.flatMap { groups[index].identity[keys.parts(of: $0)] }
      }
      for indices in members.values {
        let ranked = indices.filter { CellArithmetic.order(values[$0], values[$0]) != nil }
          .sorted { CellArithmetic.order(values[$0], values[$1]) == 1 }
        var rank: Int64 = 1
        for (position, index) in ranked.enumerated() {
          if position > 0,
            CellArithmetic.order(values[ranked[position - 1]], values[index]) != 0
          {
            rank = Int64(position + 1)
          }
          ranks[index] = .integer(rank)
        }
      }
      evaluator.rankValues.append(ranks)
    }
  }

  /// What FILL asks for in a bucket that it made.
  private func withReason(
    _ value: ResultCell,
    _ column: Int,
    _ group: ReportGroup
  ) -> ResultCell {
    guard group.isFilled, let method = report.fill?[column], !hasRows(column, group) else {
      return value
    }
    switch method {
    case .none, .natural: return value
    case .zero: return report.columns[column].metric.type.isMoney ? .decimal(0) : .integer(0)
    case .null, .previous, .linear: return .blank(.empty)
    }
  }

  /// Whether a metric has rows in a bucket that has none of its own: those of other days.
  func hasRows(_ column: Int, _ group: ReportGroup) -> Bool {
    let aggregates = report.columns[column].metric.aggregates
    guard aggregates.contains(where: { $0.period != .current }) else { return false }
    return zip(plan.aggregations, group.rows).contains { aggregation, row in
      row != nil && aggregation.period != .current
        && aggregates.contains { $0.fact == aggregation.fact && $0.period == aggregation.period }
    }
  }

  /// The day on which the first fact of a column began to be recorded; nil where nothing says so for
  /// one of them.
  private func recordedFrom(_ column: BoundColumn) -> Int32? {
    report.grainKey == nil ? nil : recordedFrom(column.metric)
  }

  private func recordedFrom(_ metric: MetricExpression) -> Int32? {
    let parts = metric.parts.filter { !$0.isConstant }.map { recordedFrom($0) }
    switch metric.kind {
    case .aggregate(let aggregate): return recordedFrom(aggregate)
    case .constant: return nil
    case .union, .coalesce, .conditional:
      // What was recorded of one part is a value.
      return parts.contains(nil) ? nil : parts.compactMap { $0 }.min()
    case .arithmetic, .negated, .function, .rank, .compared, .nested:
      return parts.compactMap { $0 }.max()
    }
  }

  /// The first bucket's day, seen from the report, for which an aggregate looks at recorded days.
  private func recordedFrom(_ aggregate: BaseAggregate) -> Int32? {
    guard let day = catalog.fact(aggregate.fact)?.recordedFrom else { return nil }
    let distance = aggregate.period.distance(report.step)
    var seen = catalog.calendar.day(day, movedBy: distance.months, .month)
    if distance.fiscalMonths != 0 {
      seen = catalog.calendar.day(seen, movedBy: distance.fiscalMonths, .fiscalMonth)
    }
    seen = catalog.calendar.day(seen, movedBy: distance.days, .day)
    if let baseline = aggregate.period.baseline, let days {
      let apart = Int(days.from) - Int(report.baselines[baseline].days.from)
      seen = catalog.calendar.day(seen, movedBy: apart, .day)
    }
    return seen
  }

  /// Tells whether the bucket of a group ends before a day.
  private func ends(_ group: ReportGroup, before day: Int32) -> Bool {
    guard let grainKey = report.grainKey, let grain = report.keys[grainKey].reportGrain,
      case .integer(let start) = group.keyCells[grainKey]
    else { return false }
    return catalog.calendar.end(of: grain, containing: Int32(clamping: start)) < day
  }

  // MARK: HAVING, order, limit

  /// Returns the groups for which HAVING holds.
  func holding(
    _ groups: [ReportGroup],
    _ tables: [GroupTable],
    _ keys: KeyReader
  ) throws(ReportError) -> [ReportGroup] {
    guard let having = report.having else { return groups }
    var evaluator = evaluator(tables, groups, keys)
    let condition = evaluator.prepare(having)
    try nest(&evaluator, tables, groups, keys)
    try rank(&evaluator, groups, keys)
    var shown: [ReportGroup] = []
    for (index, group) in groups.enumerated() {
      try budget.check(at: index)
      let holds = try exactly { () throws(NumberTooLarge) in
        try evaluator.holds(condition, index, group.rows)
      }
      if holds { shown.append(group) }
    }
    return shown
  }

  /// Puts groups in order and returns those that the limit leaves.
  ///
  /// - Throws: `ReportError.refused` when they are more than the model allows.
  func cut(_ groups: [ReportGroup], _ keys: KeyReader) throws(ReportError) -> [ReportGroup] {
    var shown = groups
    try sort(&shown, keys)
    let start = min(report.offset, shown.count)
    let count = min(report.limit ?? shown.count, shown.count - start)
    shown = Array(shown[start..<(start + count)])
    guard shown.count <= catalog.limits.maximumRows else {
      throw .refused(tooManyRows)
    }
    return shown
  }

  var tooManyRows: Diagnostic {
    tooMany("rows", catalog.limits.maximumRows, 5101, "add LIMIT, or fewer or coarser keys")
  }

  func tooMany(_ what: String, _ limit: Int, _ number: Int, _ advice: String) -> Diagnostic {
    let span = report.columns.first?.span ?? SourceSpan(start: 0, end: 0)
    return Diagnostic(
      DiagnosticID(.error, number),
      "the result has more than \(limit) \(what)",
      at: span,
      label: advice
    )
  }
}
