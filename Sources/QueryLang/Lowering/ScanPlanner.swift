internal import ColumnStore

/// Plans the scans of an authorised plan.
struct ScanPlanner {
  let authorized: AuthorizedPlan
  let catalog: Catalog

  /// The scan that finds the first and the last day of a fact, between which ALL TIME runs, or nil
  /// when the report names its days.
  ///
  /// The report's own filter does not count, so that zone maps answer wherever the policy has no
  /// condition.
  ///
  /// - Throws: `ReportError.unauthorised` when the scan lacks its policy's condition.
  func daysPlan(for aggregation: Aggregation) throws(ReportError) -> ScanPlan? {
    let report = authorized.plan.report
    guard report.range == .allTime, !report.columns.isEmpty else { return nil }
    let date = aggregation.reportDay
    return try checked(
      ScanPlan(
        table: aggregation.rows.table,
        filter: Predicate.all(aggregation.rows.policyConditions),
        aggregates: [Aggregate("first", .minimum(date)), Aggregate("last", .maximum(date))]
      )
    )
  }

  /// The scan that finds the currencies of an aggregation's amounts, or nil when they are not in
  /// question.
  ///
  /// - Throws: `ReportError.unauthorised` when the scan lacks its policy's condition.
  func currencyPlan(for aggregation: Aggregation) throws(ReportError) -> ScanPlan? {
    guard let currency = aggregation.currencyColumn else { return nil }
    var range = days(authorized.plan.report.range)
    if let map = aggregation.periodMap {
      guard let from = map.layers.map(\.days.from).min(), let to = map.layers.map(\.days.to).max()
      else { return nil }
      range = BoundDays(from: from, to: to)
    }
    return try checked(
      ScanPlan(
        table: aggregation.rows.table,
        filter: filter(of: aggregation, range),
        keys: [ScanPlan.Key("currency", .column(currency))],
        aggregates: [Aggregate("rows", .countRows)]
      )
    )
  }

  /// The scans of an aggregation, whose groups are all different: one, or one for each layer of days.
  ///
  /// - Throws: `ReportError.unauthorised` when the scan lacks its policy's condition.
  func plans(for aggregation: Aggregation) throws(ReportError) -> [ScanPlan] {
    guard let map = aggregation.periodMap else {
      return [try plan(for: aggregation, days(authorized.plan.report.range), [:])]
    }
    var plans: [ScanPlan] = []
    for layer in map.layers {
      plans.append(try plan(for: aggregation, layer.days, layer.tables))
    }
    return plans
  }

  private func plan(
    for aggregation: Aggregation,
    _ days: BoundDays?,
    _ tables: [Int: DayTable]
  ) throws(ReportError) -> ScanPlan {
    let date = aggregation.reportDay
    var keys: [ScanPlan.Key] = []
    var restriction = aggregation.restriction
    for (key, parts) in zip(aggregation.level, aggregation.keys) {
      for part in parts {
        guard let expression = part.expression else { continue }
        let mapped = tables[key].map { Expression.mapped(date, $0) }
        if let mapped { restriction = restriction.replacing(expression, with: mapped) }
        keys.append(ScanPlan.Key(part.name, mapped ?? expression))
      }
    }
    for part in aggregation.perKeys.joined() {
      if let expression = part.expression { keys.append(ScanPlan.Key(part.name, expression)) }
    }
    var aggregates = aggregation.aggregates
    // A group is known by having a row, so a scan without aggregates still counts its rows.
    if aggregates.isEmpty || aggregation.hasOnlyAbsentKeys {
      aggregates.append(Aggregate(Aggregation.rowCountColumn, .countRows))
    }
    var filter = self.filter(of: aggregation, days)
    if restriction != .constant(true) { filter = Predicate.all([filter, restriction]) }
    return try checked(
      ScanPlan(table: aggregation.rows.table, filter: filter, keys: keys, aggregates: aggregates)
    )
  }

  private func days(_ range: BoundRange) -> BoundDays? {
    switch range {
    case .allTime: nil
    case .days(let from, let to): BoundDays(from: from, to: to)
    }
  }

  private func filter(of aggregation: Aggregation, _ days: BoundDays?) -> Predicate {
    Predicate.all(conditions(of: aggregation.rows, aggregation.reportDay, days))
  }

  /// The conditions of a row source, the policy's first.
  private func conditions(
    of rows: RowSource,
    _ date: Expression,
    _ days: BoundDays?
  ) -> [Predicate] {
    switch rows {
    case .scan:
      guard let days else { return [] }
      return [
        .compare(date, .greaterOrEqual, .literal(.integer(Int64(days.from)), .date)),
        .compare(date, .lessOrEqual, .literal(.integer(Int64(days.to)), .date)),
      ]
    case .secured(let inner, let condition): return [condition] + conditions(of: inner, date, days)
    case .filtered(let inner, let condition): return conditions(of: inner, date, days) + [condition]
    }
  }

  /// Checks once more that a scan carries the condition of its policy.
  private func checked(_ plan: ScanPlan) throws(ReportError) -> ScanPlan {
    guard let grant = authorized.policy.grant(for: plan.table) else { throw .denied(plan.table) }
    let needed = conjuncts(Predicate.all([grant.rows]))
    let present = Set(conjuncts(plan.filter))
    guard plan.filter == .constant(false) || needed.allSatisfy(present.contains) else {
      throw .unauthorised(table: plan.table)
    }
    return plan
  }

  private func conjuncts(_ predicate: Predicate) -> [Predicate] {
    switch predicate {
    case .and(let parts): parts
    case .constant(true): []
    default: [predicate]
    }
  }
}

extension Predicate {
  /// Returns the condition with one value in place of another, where it is compared with members.
  fileprivate func replacing(_ old: Expression, with new: Expression) -> Predicate {
    switch self {
    case .and(let parts): .and(parts.map { $0.replacing(old, with: new) })
    case .or(let parts): .or(parts.map { $0.replacing(old, with: new) })
    case .not(let inner): .not(inner.replacing(old, with: new))
    case .oneOf(let value, let list) where value == old: .oneOf(new, list)
    case .isNull(let value) where value == old: .isNull(new)
    case .constant, .compare, .oneOf, .isNull, .text, .isTrue, .isUnknown: self
    }
  }
}

extension Aggregation {
  /// The day of a row.
  var reportDay: Expression { day ?? .column(rows.dateColumn) }
}

extension RowSource {
  /// The conditions of the policy.
  var policyConditions: [Predicate] {
    switch self {
    case .scan: []
    case .secured(let inner, let condition): [condition] + inner.policyConditions
    case .filtered(let inner, _): inner.policyConditions
    }
  }

  /// The column of the report date.
  var dateColumn: String {
    switch self {
    case .scan(_, let column): column
    case .secured(let inner, _), .filtered(let inner, _): inner.dateColumn
    }
  }
}
