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
    report.fill == nil && report.pivot.isEmpty
      && !report.metrics.contains { $0.hasRank || $0.holdsNested }
      && plan.unmatched.values.allSatisfy(\.isEmpty) && unrecordedBuckets.isEmpty
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
    try addOrderValues(&groups, tables, keys)
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

  /// For each table of a fact that was not recorded from the beginning, which groups stand for days
  /// before its first.
  private func unrecorded(
    _ tables: [GroupTable],
    _ groups: [ReportGroup],
    _ keys: KeyReader
  ) -> [Int: [Bool]] {
    var flags: [Int: [Bool]] = [:]
    for (aggregation, buckets) in unrecordedBuckets {
      guard let table = tables.firstIndex(where: { $0.aggregation == aggregation }) else {
        continue
      }
      let grains = aggregation.level.filter { report.keys[$0].reportGrain != nil }
      flags[table] = groups.map { group in
        let starts = grains.compactMap { grain -> Int32? in
          guard case .integer(let start) = group.identity[keys.starts[grain]] else { return nil }
          return Int32(clamping: start)
        }
        return buckets.contains(starts)
      }
    }
    return flags
  }

  /// The buckets whose days all lie before the first of a fact, by what looks at them.
  private var unrecordedBuckets: [Aggregation: Set<[Int32]>] {
    var found: [Aggregation: Set<[Int32]>] = [:]
    for aggregation in plan.aggregations where aggregation.per.isEmpty {
      guard let first = catalog.fact(aggregation.fact)?.recordedFrom, let days else { continue }
      if aggregation.period == .current, first <= days.from { continue }
      let buckets = PeriodMap.buckets(
        aggregation.period,
        report,
        level: aggregation.level,
        days: days,
        calendar: catalog.calendar
      )
      let before = buckets.matched.filter { $0.days.to < first }
      if !before.isEmpty { found[aggregation] = Set(before.map(\.starts)) }
    }
    return found
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
    try nest(&evaluator, tables, groups, keys)
    try rank(&evaluator, groups, keys)
    try evaluate(columns, evaluator, &groups)
  }

  /// Adds the values by which groups are ordered; those of a column are as FILL left them.
  private func addOrderValues(
    _ groups: inout [ReportGroup],
    _ tables: [GroupTable],
    _ keys: KeyReader
  ) throws(ReportError) {
    var evaluator = evaluator(tables, groups, keys)
    evaluator.columns = filledColumns(groups)
    let orders = orders(&evaluator)
    try nest(&evaluator, tables, groups, keys)
    try rank(&evaluator, groups, keys)
    for index in groups.indices {
      try budget.check(at: index)
      for expression in orders {
        groups[index].orderValues.append(
          try orderValue(expression, evaluator, groups[index], index)
        )
      }
    }
  }

  /// The values of the columns in which FILL replaces some, by what the columns show.
  private func filledColumns(_ groups: [ReportGroup]) -> [MetricExpression: [ResultCell]] {
    var columns: [MetricExpression: [ResultCell]] = [:]
    for (column, method) in (report.fill ?? []).enumerated() where column < report.columns.count {
      switch method {
      case .none, .natural: continue
      case .zero, .null, .previous, .linear:
        columns[report.columns[column].metric] = groups.map { $0.values[column] }
      }
    }
    return columns
  }

  private func evaluator(
    _ tables: [GroupTable],
    _ groups: [ReportGroup],
    _ keys: KeyReader
  ) -> FinishEvaluator {
    let main = tables.filter(\.aggregation.per.isEmpty)
    return FinishEvaluator(
      main,
      isUnmatched: unmatched(groups, keys),
      isUnrecorded: unrecorded(main, groups, keys)
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
        groups[index].values.append(withReason(value, column, groups[index]))
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
    guard group.isFilled, let method = report.fill?[column], !hasRows(column, group),
      value != .blank(.notRecorded)
    else { return value }
    switch method {
    case .none, .natural: return value
    case .zero: return report.columns[column].metric.type.isMoney ? .decimal(0) : .integer(0)
    case .null, .previous, .linear: return .blank(.empty)
    }
  }

  /// Whether FILL made a value up.
  func isMade(_ column: Int, _ group: ReportGroup) -> Bool {
    group.isFilled && !hasRows(column, group) && group.values[column] != .blank(.notRecorded)
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

  // MARK: HAVING, order, limit

  /// Returns the groups for which HAVING holds.
  func holding(
    _ groups: [ReportGroup],
    _ tables: [GroupTable],
    _ keys: KeyReader
  ) throws(ReportError) -> [ReportGroup] {
    guard let having = report.having else { return groups }
    var evaluator = evaluator(tables, groups, keys)
    evaluator.columns = filledColumns(groups)
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
    if !report.pivot.isEmpty {
      let builder = PivotBuilder(report, keys)
      shown = builder.limited(shown, limit: report.limit, offset: report.offset)
      let (count, limit) = (builder.headerCount(shown), catalog.limits.maximumPivotColumns)
      guard count * report.columns.count <= limit else {
        let advice = "add TOP, or spread a key with fewer values"
        throw .refused(tooMany("column headers", limit, 5103, advice))
      }
      guard shown.count <= catalog.limits.maximumRows else { throw .refused(tooManyRows) }
      return shown
    }
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
