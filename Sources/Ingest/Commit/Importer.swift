public import ColumnStore
import Commerce

/// Imports files into a store, one transaction a file.
public struct Importer {
  /// Answers a plan on what a transaction has so far.
  public typealias Scan = (ScanPlan, Snapshot) throws(StoreError) -> ResultTable

  private let store: Store
  private let dataDirectory: String
  let library: ChannelLibrary
  private let scan: Scan
  private let threads: Int
  /// Bytes of the file that are decoded and mapped at once.
  var blockBytes = IngestLimits.blockBytes
  private let clock = ContinuousClock()

  /// Makes an importer.
  ///
  /// - Parameters:
  ///   - store: The store, opened for writing.
  ///   - dataDirectory: The folder that has the store, for `keys/` and `quarantine/`.
  ///   - library: The channels that are known.
  ///   - threads: The threads that read a file, the calling one counted.
  ///   - scan: Answers plans, for customers' first orders.
  public init(
    store: Store,
    dataDirectory: String,
    library: ChannelLibrary,
    threads: Int = 1,
    scan: @escaping Scan
  ) {
    self.store = store
    self.dataDirectory = dataDirectory
    self.library = library
    self.threads = max(1, threads)
    self.scan = scan
  }

  /// Makes an importer that answers its own questions with the store's executor on a pool.
  public init(store: Store, dataDirectory: String, library: ChannelLibrary, pool: ScanPool) {
    self.init(
      store: store,
      dataDirectory: dataDirectory,
      library: library,
      threads: pool.threads
    ) {
      (plan, snapshot) throws(StoreError) in
      let limits = ScanLimits(groups: .max, bytes: 8 << 30, time: .seconds(3600))
      return try LocalBackend(snapshot: snapshot, pool: pool).executeNow(plan, limits: limits)
    }
  }

  /// Rows that an import's merges write again at most, which takes less than a second.
  static let mergeRows = 262_144

  /// Merges small segments that earlier imports left, as far as that is quickly done.
  ///
  /// - Returns: What was merged.
  /// - Throws: What `Store.compact` throws; the imported files stay imported.
  public func mergeSmallSegments() throws(StoreError) -> CompactionOutcome {
    try store.compact(rowLimit: Self.mergeRows)
  }

  /// Imports a file: everything of it becomes visible at once, or nothing.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - request: How to read it.
  ///   - progress: Is called after every page.
  /// - Returns: What became of the rows.
  /// - Throws: `IngestError`; the store is unchanged then.
  public func importFile(
    _ path: String,
    _ request: ImportRequest = ImportRequest(),
    progress: (ImportProgress) -> Void = { _ in }
  ) throws(IngestError) -> FileReport {
    let start = clock.now
    let file = try PreparedFile(path: path, request: request, library: library)
    var report = FileReport(
      file: path,
      channel: file.recognised.channel.name,
      dataset: file.recognised.dataset.name
    )
    let directory = DiskDirectory(path: dataDirectory)
    var quarantine = Quarantine(fingerprint: file.fingerprint, in: directory)
    do {
      report = try store.write { transaction in
        if let known = FileMark(transaction.annotations[file.fingerprintKey]) {
          var report = try known.report(report, isStrict: request.isStrict)
          report.snapshot = transaction.base.version
          return report
        }
        var run = try ImportRun(
          file,
          transaction: transaction,
          dataDirectory: dataDirectory,
          reading: ImportRun.Reading(threads: threads, blockBytes: blockBytes)
        )
        return try run.run(report, quarantine: &quarantine, scan: scan, progress: progress)
      }
    } catch {
      quarantine.discard()
      throw Importer.ingestError(error)
    }
    report.seconds = seconds(since: start)
    return report
  }

  private func seconds(since start: ContinuousClock.Instant) -> Double {
    let parts = (clock.now - start).components
    return Double(parts.seconds) + Double(parts.attoseconds) / 1e18
  }

  private static func ingestError(_ error: any Error) -> IngestError {
    if let error = error as? IngestError { return error }
    if let error = error as? StoreError { return .store(error) }
    return .store(.mismatch("\(error)"))
  }
}

extension PreparedFile {
  /// The annotation under which the store remembers the file.
  var fingerprintKey: String { "import.\(fingerprint)" }
}

/// What the store remembers of a file that it has.
struct FileMark {
  let read: Int
  let quarantined: Int

  init(read: Int, quarantined: Int) {
    self.read = read
    self.quarantined = quarantined
  }

  /// Reads an annotation; nil when there is none.
  init?(_ text: String?) {
    let parts = (text ?? "").split(separator: " ").compactMap { Int($0) }
    guard parts.count == 2 else { return nil }
    self.init(read: parts[0], quarantined: parts[1])
  }

  var text: String { "\(read) \(quarantined)" }

  /// The report of a file that was loaded before: all of it is unchanged.
  func report(_ empty: FileReport, isStrict: Bool) throws(IngestError) -> FileReport {
    if isStrict, quarantined > 0 {
      throw .refusedByStrict(path: empty.file, rows: quarantined, first: nil)
    }
    var report = empty
    report.read = read
    report.unchanged = read
    report.isKnown = true
    return report
  }
}
