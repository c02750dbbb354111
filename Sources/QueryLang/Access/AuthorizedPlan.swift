internal import ColumnStore

/// A plan to which a policy was applied; only `AccessRewrite` makes one, and scans are planned from
/// nothing else.
struct AuthorizedPlan: Sendable, Hashable {
  let plan: LogicalPlan
  let policy: AccessPolicy

  fileprivate init(plan: LogicalPlan, policy: AccessPolicy) {
    self.plan = plan
    self.policy = policy
  }
}

/// Applies a policy to a plan: after metrics are expanded, so that a hidden column is found inside
/// them too, and before anything is optimised.
enum AccessRewrite {
  /// Puts the policy's condition directly above every scan.
  ///
  /// - Throws: `ReportError.denied` when a table or a column is not granted.
  static func apply(
    _ policy: AccessPolicy,
    to plan: LogicalPlan
  ) throws(ReportError) -> AuthorizedPlan {
    var rewritten = plan
    for index in rewritten.aggregations.indices {
      let rows = rewritten.aggregations[index].rows
      rewritten.aggregations[index].rows = try secured(rows, policy)
      for (table, columns) in reads(rewritten.aggregations[index]) {
        guard let grant = policy.grant(for: table) else { throw .denied(table) }
        if let hidden = columns.sorted().first(where: grant.hiddenColumns.contains) {
          throw .denied("\(table).\(hidden)")
        }
      }
    }
    return AuthorizedPlan(plan: rewritten, policy: policy)
  }

  private static func secured(
    _ rows: RowSource,
    _ policy: AccessPolicy
  ) throws(ReportError) -> RowSource {
    switch rows {
    case .scan(let table, _):
      guard let grant = policy.grant(for: table) else { throw .denied(table) }
      return .secured(rows, by: grant.rows)
    case .secured(let inner, _): return try secured(inner, policy)
    case .filtered(let inner, let condition):
      return .filtered(try secured(inner, policy), condition)
    }
  }

  /// The columns that an aggregation reads, by table.
  static func reads(_ aggregation: Aggregation) -> [String: Set<String>] {
    var reads = ColumnReads(table: aggregation.rows.table)
    reads.add(aggregation.rows)
    reads.add(aggregation.restriction)
    if let day = aggregation.day {
      reads.add(day)
    }
    for part in (aggregation.keys + aggregation.perKeys).joined() {
      if let expression = part.expression {
        reads.add(expression)
      }
    }
    for aggregate in aggregation.aggregates {
      reads.add(aggregate)
    }
    if let currency = aggregation.currencyColumn {
      reads.add(.column(currency))
    }
    return reads.columns
  }
}

extension RowSource {
  /// The table whose rows these are.
  var table: String {
    switch self {
    case .scan(let table, _): table
    case .secured(let inner, _), .filtered(let inner, _): inner.table
    }
  }
}
