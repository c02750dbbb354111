public import ColumnStore
internal import Synchronization

/// The backends of one open store: one for each version, made when a request first meets it.
///
/// Asking reads the newest manifest of the store's directory, a small file. A backend that a report
/// still uses stays alive with that report.
public final class StoreBackends: ReportBackends {
  private let store: Store
  private let pool: ScanPool
  private let states: StateCache
  private let current = Mutex<LocalBackend?>(nil)

  /// Makes a source of backends that scan on one pool, and keep groups of plans between requests in so
  /// many bytes.
  public init(store: Store, pool: ScanPool, stateByteBudget: Int) {
    self.store = store
    self.pool = pool
    states = StateCache(byteBudget: stateByteBudget)
  }

  /// Returns a backend on the newest snapshot, the same one while the store does not change.
  ///
  /// - Throws: `StoreError` when the store cannot be read or is damaged.
  public func newest() throws -> any ScanBackend {
    let snapshot = try store.snapshot()
    let held = current.withLock { $0 }
    if let held, held.snapshotVersion == snapshot.version { return held }
    let backend = LocalBackend(snapshot: snapshot, pool: pool, states: states)
    current.withLock { current in
      if let version = current?.snapshotVersion, version > backend.snapshotVersion { return }
      current = backend
    }
    return backend
  }
}
