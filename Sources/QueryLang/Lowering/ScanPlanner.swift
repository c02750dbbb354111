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
    let date = Expression.column(aggregation.rows.dateColumn)
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
    return try checked(
      ScanPlan(
        table: aggregation.rows.table,
        filter: filter(of: aggregation.rows, days(authorized.plan.report.range)),
        keys: [ScanPlan.Key("currency", .column(currency))],
        aggregates: [Aggregate("rows", .countRows)]
      )
    )
  }

  /// The scan of an aggregation.
  ///
  /// - Throws: `ReportError.unauthorised` when the scan lacks its policy's condition.
  func plan(for aggregation: Aggregation) throws(ReportError) -> ScanPlan {
    var keys: [ScanPlan.Key] = []
    for part in aggregation.keys.joined() {
      if let expression = part.expression {
        keys.append(ScanPlan.Key(part.name, expression))
      }
    }
    var aggregates = aggregation.aggregates
    // A group is known by having a row, so a scan without aggregates still counts its rows.
    if aggregates.isEmpty || aggregation.hasOnlyAbsentKeys {
      aggregates.append(Aggregate(Aggregation.rowCountColumn, .countRows))
    }
    return try checked(
      ScanPlan(
        table: aggregation.rows.table,
        filter: filter(of: aggregation.rows, days(authorized.plan.report.range)),
        keys: keys,
        aggregates: aggregates
      )
    )
  }

  private func days(_ range: BoundRange) -> BoundDays? {
    switch range {
    case .allTime: nil
    case .days(let from, let to): BoundDays(from: from, to: to)
    }
  }

  private func filter(of rows: RowSource, _ days: BoundDays?) -> Predicate {
    Predicate.all(conditions(of: rows, days))
  }

  /// The conditions of a row source, the policy's first.
  private func conditions(of rows: RowSource, _ days: BoundDays?) -> [Predicate] {
    switch rows {
    case .scan(_, let dateColumn):
      guard let days else { return [] }
      let date = Expression.column(dateColumn)
      return [
        .compare(date, .greaterOrEqual, .literal(.integer(Int64(days.from)), .date)),
        .compare(date, .lessOrEqual, .literal(.integer(Int64(days.to)), .date)),
      ]
    case .secured(let inner, let condition): return [condition] + conditions(of: inner, days)
    case .filtered(let inner, let condition): return conditions(of: inner, days) + [condition]
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

extension RowSource {
  /// The conditions of the policy.
  fileprivate var policyConditions: [Predicate] {
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
