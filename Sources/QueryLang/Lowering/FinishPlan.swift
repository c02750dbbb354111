internal import ColumnStore

/// Everything that works on groups: stitching, filling, metrics, HAVING, order and limit.
struct FinishPlan {
  let plan: LogicalPlan
  let catalog: Catalog
  /// The days of the report; nil when no row bounds them.
  let days: BoundDays?
  /// The currency of amounts; nil where every row has its own.
  let currency: String?

  /// The groups in their final order with the header's counts.
  struct Finished {
    var groups: [ReportGroup]
    var groupCount: Int
  }

  private var report: BoundReport { plan.report }

  /// Unites the groups of the facts and computes the report.
  ///
  /// - Throws: `ReportError.refused` when the result would be larger than the model allows.
  func finish(_ tables: [GroupTable]) throws(ReportError) -> Finished {
    let keys = KeyReader(plan)
    var groups = stitched(tables, keys)
    try densify(&groups, keys)
    for index in groups.indices {
      let identity = groups[index].identity
      groups[index].rows = tables.map { table in
        table.row(of: keys.identity(identity, level: table.aggregation.level))
      }
      groups[index].keyCells = report.keys.indices.map { keys.cell($0, of: identity) }
    }
    evaluate(&groups, tables, keys)
    fillForward(&groups, keys)
    let groupCount = groups.count
    let shown = try select(groups, tables, keys)
    return Finished(groups: shown, groupCount: groupCount)
  }

  // MARK: Groups

  /// The null-safe union of the groups of every fact.
  private func stitched(_ tables: [GroupTable], _ keys: KeyReader) -> [ReportGroup] {
    if report.keys.isEmpty {
      return [ReportGroup(identity: [], isFilled: false)]
    }
    var seen: Set<[Scalar]> = []
    var groups: [ReportGroup] = []
    for table in tables where table.aggregation.makesGroups {
      for identity in table.identities where seen.insert(identity).inserted {
        groups.append(ReportGroup(identity: identity, isFilled: false))
      }
    }
    return groups
  }

  /// Adds every bucket of the range for every observed combination of the other keys.
  private func densify(_ groups: inout [ReportGroup], _ keys: KeyReader) throws(ReportError) {
    guard report.fill != nil, let grainKey = report.grainKey, let days,
      let grain = report.keys[grainKey].reportGrain
    else { return }
    let buckets = self.buckets(grain, days)
    let place = keys.starts[grainKey]
    var series: [[Scalar]] = []
    var seenSeries: Set<[Scalar]> = []
    var seen: Set<[Scalar]> = []
    for group in groups {
      seen.insert(group.identity)
      var other = group.identity
      other[place] = .null
      if seenSeries.insert(other).inserted {
        series.append(other)
      }
    }
    if series.isEmpty, report.keys.count == 1 {
      series = [[.null]]
    }
    let cells = series.count.multipliedReportingOverflow(by: buckets.count * report.columns.count)
    guard !cells.overflow, cells.partialValue <= catalog.limits.maximumCells else {
      throw .refused(tooMany("cells", catalog.limits.maximumCells, 5102, "write FILL NONE"))
    }
    for other in series {
      for bucket in buckets {
        var identity = other
        identity[place] = .integer(Int64(bucket))
        if !seen.contains(identity) {
          groups.append(ReportGroup(identity: identity, isFilled: true))
        }
      }
    }
  }

  /// The first days of the buckets up to the last complete day, or up to today where the range
  /// includes it.
  private func buckets(_ grain: ReportGrain, _ days: BoundDays) -> [Int32] {
    let last = days.to <= report.today ? days.to : report.today - 1
    var buckets: [Int32] = []
    var start = catalog.calendar.start(of: grain, containing: days.from)
    while start <= last, buckets.count <= catalog.limits.maximumCells {
      buckets.append(start)
      start = catalog.calendar.day(start, movedBy: 1, grain)
    }
    return buckets
  }

  // MARK: Values

  private func evaluate(
    _ groups: inout [ReportGroup],
    _ tables: [GroupTable],
    _ keys: KeyReader
  ) {
    var evaluator = FinishEvaluator(tables)
    let columns = report.columns.map { evaluator.prepare($0.metric) }
    var orders: [FinishExpression?] = []
    for entry in effectiveOrder {
      switch entry.target {
      case .key: orders.append(nil)
      case .metric(let metric): orders.append(evaluator.prepare(metric))
      }
    }
    rank(&evaluator, groups, keys)
    for index in groups.indices {
      let rows = groups[index].rows
      groups[index].values = columns.enumerated().map { column, expression in
        let value = evaluator.value(expression, index, rows)
        return withReason(value, column, groups[index])
      }
      groups[index].orderValues = orders.map { expression in
        expression.map { evaluator.value($0, index, rows) } ?? .blank(.empty)
      }
    }
  }

  /// Works out the ranks of all groups, since a rank looks at the others.
  private func rank(
    _ evaluator: inout FinishEvaluator,
    _ groups: [ReportGroup],
    _ keys: KeyReader
  ) {
    for (value, within) in evaluator.ranks {
      let values = groups.indices.map { evaluator.value(value, $0, groups[$0].rows) }
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

  /// What FILL asks for in a bucket that it made, and the reason of blanks before recording began.
  private func withReason(
    _ value: ResultCell,
    _ column: Int,
    _ group: ReportGroup
  ) -> ResultCell {
    if isBeforeRecording(column, group) {
      return .blank(.notRecorded)
    }
    guard group.isFilled, let method = report.fill?[column] else { return value }
    switch method {
    case .none, .natural: return value
    case .zero: return report.columns[column].metric.type.isMoney ? .decimal(0) : .integer(0)
    case .null, .previous, .linear: return .blank(.empty)
    }
  }

  private func isBeforeRecording(_ column: Int, _ group: ReportGroup) -> Bool {
    guard let grainKey = report.grainKey, let grain = report.keys[grainKey].reportGrain,
      case .integer(let start) = group.keyCells[grainKey]
    else { return false }
    let aggregates = report.columns[column].metric.aggregates
    guard !aggregates.isEmpty else { return false }
    let end = catalog.calendar.end(of: grain, containing: Int32(clamping: start))
    return aggregates.allSatisfy { aggregate in
      catalog.fact(aggregate.fact)?.recordedFrom.map { end < $0 } ?? false
    }
  }

  /// Repeats or interpolates values along each series, where FILL asks for it.
  private func fillForward(_ groups: inout [ReportGroup], _ keys: KeyReader) {
    guard let fill = report.fill, let grainKey = report.grainKey,
      fill.contains(.previous) || fill.contains(.linear)
    else { return }
    let place = keys.starts[grainKey]
    let cells = groups
    let series = Dictionary(grouping: cells.indices) { index in
      var other = cells[index].identity
      other[place] = .null
      return other
    }
    for indices in series.values {
      let ordered = indices.sorted { keys.order(grainKey, cells[$0], cells[$1]) < 0 }
      for (column, method) in fill.enumerated() {
        switch method {
        case .previous: repeatLast(&groups, ordered, column)
        case .linear: interpolate(&groups, ordered, column)
        case .none, .natural, .zero, .null: break
        }
      }
    }
  }

  private func repeatLast(_ groups: inout [ReportGroup], _ ordered: [Int], _ column: Int) {
    var last: ResultCell?
    for index in ordered {
      if groups[index].isFilled {
        groups[index].values[column] = last ?? .blank(.empty)
      } else if case .blank = groups[index].values[column] {
        continue
      } else {
        last = groups[index].values[column]
      }
    }
  }

  private func interpolate(_ groups: inout [ReportGroup], _ ordered: [Int], _ column: Int) {
    var known: Int?
    for (position, index) in ordered.enumerated() where !groups[index].isFilled {
      if case .blank = groups[index].values[column] { continue }
      if let known, position - known > 1 {
        let first = CellArithmetic.double(groups[ordered[known]].values[column])
        let last = CellArithmetic.double(groups[index].values[column])
        for step in (known + 1)..<position where groups[ordered[step]].isFilled {
          let share = Double(step - known) / Double(position - known)
          groups[ordered[step]].values[column] = .double(first + (last - first) * share)
        }
      }
      known = position
    }
  }

  // MARK: HAVING, order, limit

  /// The order as written, or the one that a report without ORDER BY has.
  private var effectiveOrder: [BoundOrder] {
    if !report.order.isEmpty { return report.order }
    let hasGrain = report.keys.contains { $0.reportGrain != nil }
    guard !hasGrain, let first = report.columns.first else { return [] }
    return [BoundOrder(target: .metric(first.metric), isDescending: true, putsBlanksFirst: false)]
  }

  private func select(
    _ groups: [ReportGroup],
    _ tables: [GroupTable],
    _ keys: KeyReader
  ) throws(ReportError) -> [ReportGroup] {
    var shown = groups
    if let having = report.having {
      var evaluator = FinishEvaluator(tables)
      let condition = evaluator.prepare(having)
      rank(&evaluator, groups, keys)
      shown = groups.indices.filter { evaluator.holds(condition, $0, groups[$0].rows) }
        .map { groups[$0] }
    }
    let order = effectiveOrder
    shown.sort { precedes($0, $1, order, keys) }
    let start = min(report.offset, shown.count)
    let count = min(report.limit ?? shown.count, shown.count - start)
    shown = Array(shown[start..<(start + count)])
    guard shown.count <= catalog.limits.maximumRows else {
      throw .refused(
        tooMany("rows", catalog.limits.maximumRows, 5101, "add LIMIT, or fewer or coarser keys")
      )
    }
    return shown
  }

  private func precedes(
    _ left: ReportGroup,
    _ right: ReportGroup,
    _ order: [BoundOrder],
    _ keys: KeyReader
  ) -> Bool {
    for (index, entry) in order.enumerated() {
      let compared: Int
      switch entry.target {
      case .key(let key):
        compared = keys.order(
          key,
          left,
          right,
          isDescending: entry.isDescending,
          putsBlanksFirst: entry.putsBlanksFirst
        )
      case .metric:
        compared = FinishPlan.order(left.orderValues[index], right.orderValues[index], entry)
      }
      if compared != 0 { return compared < 0 }
    }
    for key in report.keys.indices {
      let compared = keys.order(key, left, right)
      if compared != 0 { return compared < 0 }
    }
    return false
  }

  private static func order(_ left: ResultCell, _ right: ResultCell, _ entry: BoundOrder) -> Int {
    if let order = CellArithmetic.order(left, right) {
      return entry.isDescending ? -order : order
    }
    switch (left, right) {
    case (.blank, .blank): return 0
    case (.blank, _): return entry.putsBlanksFirst ? -1 : 1
    default: return entry.putsBlanksFirst ? 1 : -1
    }
  }

  private func tooMany(_ what: String, _ limit: Int, _ number: Int, _ advice: String) -> Diagnostic
  {
    let span = report.columns.first?.span ?? SourceSpan(start: 0, end: 0)
    return Diagnostic(
      DiagnosticID(.error, number),
      "the result has more than \(limit) \(what)",
      at: span,
      label: advice
    )
  }
}
