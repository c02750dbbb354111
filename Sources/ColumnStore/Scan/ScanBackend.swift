/// Something that can answer plans: the store's own executor, or another engine.
public protocol ScanBackend: Sendable {
  /// Answers a plan on one snapshot.
  ///
  /// - Throws: `StoreError` when a limit is reached, the scan is cancelled, a value overflows, a
  ///   block is damaged, or the plan names what the table does not have.
  func execute(_ plan: ScanPlan, limits: ScanLimits) async throws -> ResultTable

  /// Returns the schema of a table, or nil when the snapshot has no such table.
  func schema(of table: String) -> TableSchema?

  /// Returns how many rows can match a plan's filter at most, as far as that is known without
  /// reading rows; 0 where none can.
  func mostRows(_ plan: ScanPlan) -> Int

  /// The version of the snapshot on which every plan runs.
  var snapshotVersion: UInt64 { get }
}

extension ScanBackend {
  /// Knows only whether the plan's table exists.
  public func mostRows(_ plan: ScanPlan) -> Int { schema(of: plan.table) == nil ? 0 : .max }
}
