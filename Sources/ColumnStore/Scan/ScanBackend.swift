/// Something that can answer plans: the store's own executor, or another engine.
public protocol ScanBackend: Sendable {
  /// Answers a plan on one snapshot.
  ///
  /// - Throws: `StoreError` when a limit is reached, the scan is cancelled, a value overflows, a
  ///   block is damaged, or the plan names what the table does not have.
  func execute(_ plan: ScanPlan, limits: ScanLimits) async throws -> ResultTable

  /// Returns the schema of a table, or nil when the snapshot has no such table.
  func schema(of table: String) -> TableSchema?

  /// Tells whether no row can match a plan's filter, as far as that is known without reading rows.
  func isCertainlyEmpty(_ plan: ScanPlan) -> Bool

  /// The version of the snapshot on which every plan runs.
  var snapshotVersion: UInt64 { get }
}

extension ScanBackend {
  /// Tells whether the plan's table does not exist.
  public func isCertainlyEmpty(_ plan: ScanPlan) -> Bool { schema(of: plan.table) == nil }
}
