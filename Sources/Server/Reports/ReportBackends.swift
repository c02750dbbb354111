public import ColumnStore

/// Where the server finds the newest state of the store.
///
/// Each request asks once, so that everything in its answer is of one snapshot.
public protocol ReportBackends: Sendable {
  /// Returns a backend on the newest snapshot.
  ///
  /// - Throws: `StoreError` when the store cannot be read or is damaged.
  func newest() throws -> any ScanBackend
}
