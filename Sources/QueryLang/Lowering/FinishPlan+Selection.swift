internal import ColumnStore

/// Which groups are shown where nothing else needs all of them: conditions and the first step of the
/// order are worked out a column at a time, and only groups that may be shown become values of their
/// own.
extension FinishPlan {
  /// Groups beyond those wanted that are collected before the worst are dropped.
  private static let slack = 4_096
  /// Columns are worked out for all groups where one in so many is shown.
  private static let columnwisePart = 4

  /// Returns the groups that are shown, in order, with their values.
  ///
  /// - Throws: `ReportError.refused` when they are too many.
  func shown(
    of stitched: StitchedGroups,
    _ tables: [GroupTable],
    _ keys: KeyReader
  ) throws(ReportError) -> [ReportGroup] {
    var evaluator = FinishEvaluator(tables)
    let columns = report.columns.map { evaluator.prepare($0.metric) }
    let orders = orders(&evaluator)
    let having = report.having.map { evaluator.prepare($0) }
    let all = ColumnEvaluator(evaluator: evaluator, groups: stitched, budget: budget)
    var candidates = Array(0..<Int32(stitched.count))
    if let having {
      let flags = try worked { () throws(ColumnEvaluator.Failure) in try all.holds(having) }
      candidates.removeAll { !flags[Int($0)] }
    }
    let start = min(report.offset, candidates.count)
    let count = min(report.limit ?? candidates.count, candidates.count - start)
    guard count <= catalog.limits.maximumRows else { throw .refused(tooManyRows) }
    let wanted = start + count
    if wanted < candidates.count, wanted > 0, let first = report.effectiveOrder.first,
      !first.putsBlanksFirst, let expression = orders.first ?? nil
    {
      let column = try worked { () throws(ColumnEvaluator.Failure) in
        try all.column(expression)
      }
      candidates = column.leading(wanted, of: candidates, isDescending: first.isDescending)
    }
    var shown = try best(wanted, of: candidates, stitched, keys) { (group) throws(ReportError) in
      for expression in orders {
        group.orderValues.append(try orderValue(expression, evaluator, group, 0))
      }
    }
    shown.removeFirst(start)
    var worked: [MetricColumn?] = []
    if shown.count >= stitched.count / FinishPlan.columnwisePart {
      for column in columns { worked.append(try values(of: column, all)) }
    }
    try evaluate(columns, evaluator, &shown, worked: worked)
    return shown
  }

  /// Returns the values of a column for all groups; nil where one is too large, which going on group
  /// by group finds again, and says for which column.
  private func values(
    of column: FinishExpression,
    _ all: ColumnEvaluator
  ) throws(ReportError) -> MetricColumn? {
    do throws(ColumnEvaluator.Failure) {
      return try all.column(column)
    } catch {
      switch error {
      case .report(let error): throw error
      case .tooLarge: return nil
      }
    }
  }

  /// Returns the first of some groups, in order.
  private func best(
    _ wanted: Int,
    of candidates: [Int32],
    _ stitched: StitchedGroups,
    _ keys: KeyReader,
    _ order: (inout ReportGroup) throws(ReportError) -> Void
  ) throws(ReportError) -> [ReportGroup] {
    guard wanted > 0 else { return [] }
    let room = wanted >= candidates.count ? candidates.count : 2 * wanted + FinishPlan.slack
    var groups: [ReportGroup] = []
    for (index, candidate) in candidates.enumerated() {
      try budget.check(at: index)
      let group = Int(candidate)
      let identity = try stitched.identity(of: group)
      var made = ReportGroup(
        identity: identity,
        isFilled: false,
        place: group,
        rows: stitched.rows(of: group)
      )
      made.keyCells = report.keys.indices.map { keys.cell($0, of: identity) }
      try order(&made)
      groups.append(made)
      if groups.count > room {
        try sort(&groups, keys)
        groups.removeSubrange(wanted...)
      }
    }
    try sort(&groups, keys)
    if groups.count > wanted { groups.removeSubrange(wanted...) }
    return groups
  }

  private func worked<Value>(
    _ body: () throws(ColumnEvaluator.Failure) -> Value
  ) throws(ReportError) -> Value {
    let failure: NumberTooLarge
    do throws(ColumnEvaluator.Failure) {
      return try body()
    } catch {
      switch error {
      case .report(let error): throw error
      case .tooLarge(let error): failure = error
      }
    }
    return try exactly { () throws(NumberTooLarge) in throw failure }
  }
}

extension MetricColumn {
  /// Returns those of some groups that can be among the first so many by their values: all that are
  /// not after the last of these, and blank ones where there are too few others.
  func leading(_ wanted: Int, of groups: [Int32], isDescending: Bool) -> [Int32] {
    switch values {
    case .integers(let values): first(wanted, groups, values, isDescending)
    case .decimals(let values): first(wanted, groups, values, isDescending)
    case .doubles(let values): first(wanted, groups, values, isDescending)
    case .cells: groups
    }
  }

  private func first<Value: Comparable>(
    _ wanted: Int,
    _ groups: [Int32],
    _ values: [Value],
    _ isDescending: Bool
  ) -> [Int32] {
    var best: [Value] = []
    var bound: Value?
    func isAfter(_ one: Value, _ other: Value) -> Bool {
      isDescending ? one < other : one > other
    }
    func cut() {
      best.sort { isAfter($1, $0) }
      best.removeSubrange(wanted...)
      bound = best.last
    }
    for group in groups where blanks.isEmpty || blanks[Int(group)] == 0 {
      let value = values[Int(group)]
      if let bound, !isAfter(bound, value) { continue }
      best.append(value)
      if best.count > 2 * wanted + 1_024 { cut() }
    }
    guard best.count >= wanted else { return groups }
    if best.count > wanted { cut() }
    guard let last = bound ?? best.max(by: { isAfter($1, $0) }) else { return groups }
    return groups.filter { group in
      (blanks.isEmpty || blanks[Int(group)] == 0) && !isAfter(values[Int(group)], last)
    }
  }
}
