import Synchronization

/// A store of tables in one directory: snapshots for readers, one transaction at a time for writers.
public final class Store: Sendable {
  /// What a store is opened for.
  public enum OpenMode: Sendable {
    /// Reading only; the directory must exist.
    case read
    /// Looking for damage: nothing is checked when the store is opened.
    case inspect
    /// Reading and writing; the directory is created when it is missing.
    case readWrite
  }

  let directory: any StoreDirectory
  let opener: SnapshotOpener
  private let mode: OpenMode
  private let retention: RetentionRule
  let makeEpoch: @Sendable () -> UInt64
  private let current = Mutex<Snapshot?>(nil)

  private init(
    _ directory: any StoreDirectory,
    mode: OpenMode,
    cache: PageCache,
    retention: RetentionRule,
    makeEpoch: @escaping @Sendable () -> UInt64
  ) {
    self.directory = directory
    self.mode = mode
    self.opener = SnapshotOpener(directory: directory, cache: cache)
    self.retention = retention
    self.makeEpoch = makeEpoch
  }

  /// Opens a store.
  ///
  /// - Parameters:
  ///   - directory: Where its files are.
  ///   - mode: What it is opened for.
  ///   - cacheByteBudget: Bytes of decoded pages that are kept.
  ///   - retention: How long versions stay that newer ones replaced.
  ///   - makeEpoch: Gives every transaction a number that no other one has, of any process.
  /// - Returns: A store whose newest version could be opened, unless it is only inspected.
  /// - Throws: `StoreError.damaged` when the newest version is damaged, `.system` when the directory
  ///   cannot be read.
  public static func open(
    _ directory: any StoreDirectory,
    mode: OpenMode,
    cacheByteBudget: Int = 1 << 30,
    retention: RetentionRule = RetentionRule(),
    makeEpoch: @escaping @Sendable () -> UInt64 = { .random(in: .min ... .max) }
  ) throws(StoreError) -> Store {
    switch mode {
    case .read, .inspect: break
    case .readWrite: try directory.prepare()
    }
    let store = Store(
      directory,
      mode: mode,
      cache: PageCache(byteBudget: cacheByteBudget),
      retention: retention,
      makeEpoch: makeEpoch
    )
    switch mode {
    case .inspect: break
    case .read, .readWrite: _ = try store.snapshot()
    }
    return store
  }

  /// Returns the newest version.
  ///
  /// - Throws: `StoreError.damaged` when it is damaged: an older version never takes its place.
  public func snapshot() throws(StoreError) -> Snapshot {
    let log = ManifestLog(directory: directory)
    let former = current.withLock { $0 }
    var version = try log.newestVersion()
    while true {
      if let former, former.version == version { return former }
      do throws(StoreError) {
        let snapshot = try opener.open(log.read(version: version), reusing: former)
        remember(snapshot)
        return snapshot
      } catch {
        // A version that is older than the grace may be retired while it is being opened.
        let newest = try log.newestVersion()
        guard newest != version else { throw error }
        version = newest
      }
    }
  }

  /// Runs `body` on the newest version under the store's lock, and commits what it changed.
  ///
  /// When this returns, the changes survive a power loss. When `body` changes nothing, no version is
  /// written. When it throws, or the commit fails, the store is as before.
  ///
  /// - Throws: What `body` throws; `StoreError.system` when the disk refuses, `.lostRace` when
  ///   another writer ignored the lock and came first: the work can be done again on its version.
  public func write<Result>(
    _ body: (WriteTransaction) throws -> Result
  ) throws -> Result {
    switch mode {
    case .read, .inspect:
      throw StoreError.system(operation: "write to", path: "a store", code: StoreError.readOnly)
    case .readWrite: break
    }
    let lock = try directory.lock("lock")
    defer { lock.release() }
    let base = try snapshot()
    removeTemporaries()
    let files = TransactionFiles(directory: directory, after: base.manifest, epoch: makeEpoch())
    let transaction = WriteTransaction(base: base, files: files, opener: opener)
    do {
      let result = try body(transaction)
      if try transaction.commit() {
        retire()
      } else {
        // A writer that ended between its `link` and its last synchronisation left a version that
        // readers see and a power loss takes away. A commit makes its names last with its own; who
        // found nothing to change, because all is there, may rely on it only now.
        try directory.synchronise(directory: "")
      }
      return result
    } catch {
      transaction.abandon()
      throw error
    }
  }

  /// Lets `body` make the next version under the store's lock, and publishes it; returns false when
  /// there is none.
  func publish(
    _ body: (Snapshot, TransactionFiles) throws(StoreError) -> Manifest?
  ) throws(StoreError) -> Bool {
    switch mode {
    case .read, .inspect:
      throw .system(operation: "write to", path: "a store", code: StoreError.readOnly)
    case .readWrite: break
    }
    let lock = try directory.lock("lock")
    defer { lock.release() }
    let base = try snapshot()
    let files = TransactionFiles(directory: directory, after: base.manifest, epoch: makeEpoch())
    do throws(StoreError) {
      guard let manifest = try body(base, files) else { return false }
      try files.publish(manifest)
    } catch {
      files.removeTemporaries()
      throw error
    }
    retire()
    return true
  }

  private func remember(_ snapshot: Snapshot) {
    current.withLock { current in
      if let known = current, known.version > snapshot.version { return }
      current = snapshot
    }
  }

  /// Removes what a killed writer left, so that its gigabytes are free before this one needs some.
  private func removeTemporaries() {
    do throws(StoreError) {
      try Retirement(directory: directory, rule: retention).removeTemporaries()
    } catch {
      // Litter does no harm; what could not be removed is tried again by the next transaction.
    }
  }

  private func retire() {
    do throws(StoreError) {
      try Retirement(directory: directory, rule: retention).run()
    } catch {
      // The commit is done and acknowledged; what could not be removed is removed by the next one.
    }
  }
}
