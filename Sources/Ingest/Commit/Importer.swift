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
    var report: FileReport
    do {
      let file = try PreparedFile(path: path, request: request, library: library)
      report = try take(file, progress: progress)
    } catch ReadingFailure.otherEncoding {
      do {
        // The top looked like UTF-8; nothing was kept of what was read as such.
        let file = try PreparedFile(
          path: path,
          request: request,
          library: library,
          encoding: .windows1252
        )
        report = try take(file, progress: progress)
      } catch {
        throw Importer.ingestError(error)
      }
    } catch {
      throw Importer.ingestError(error)
    }
    report.seconds = seconds(since: start)
    return report
  }

  /// Imports a file in one transaction, which is dropped when the reading says that it is in vain.
  private func take(
    _ file: PreparedFile,
    progress: (ImportProgress) -> Void
  ) throws -> FileReport {
    var empty = FileReport(
      file: file.path,
      channel: file.recognised.channel.name,
      dataset: file.recognised.dataset.name
    )
    var quarantine = Quarantine(in: DiskDirectory(path: dataDirectory))
    do {
      return try store.write { transaction in
        var file = file
        empty.snapshot = transaction.base.version
        // Most files are new, as their length tells, and need not be read before they are read.
        if FileMark.exists(byteCount: file.top.byteCount, in: transaction.annotations) {
          try file.readSurvey()
        }
        if let survey = file.survey,
          let mark = FileMark(transaction.annotations[file.fingerprintKey(survey)])
        {
          throw ReadingFailure.known(mark)
        }
        do {
          var run = try ImportRun(
            file,
            transaction: transaction,
            dataDirectory: dataDirectory,
            reading: ImportRun.Reading(threads: threads, blockBytes: blockBytes)
          )
          return try run.run(empty, quarantine: &quarantine, scan: scan, progress: progress)
        } catch {
          quarantine.discardDraft()
          throw error
        }
      }
    } catch ReadingFailure.known(let mark) {
      return try mark.report(empty, isStrict: file.request.isStrict)
    } catch {
      quarantine.discard()
      throw error
    }
  }

  /// Prepares a file of which everything is known but its rows.
  func surveyedFile(
    _ path: String,
    _ request: ImportRequest
  ) throws(IngestError) -> PreparedFile {
    var file = try PreparedFile(path: path, request: request, library: library)
    do throws(ReadingFailure) {
      try file.readSurvey()
    } catch {
      switch error {
      case .file(let error): throw error
      case .otherEncoding, .known:
        file = try PreparedFile(
          path: path,
          request: request,
          library: library,
          encoding: .windows1252
        )
      }
    }
    return file
  }

  private func seconds(since start: ContinuousClock.Instant) -> Double {
    let parts = (clock.now - start).components
    return Double(parts.seconds) + Double(parts.attoseconds) / 1e18
  }

  private static func ingestError(_ error: any Error) -> IngestError {
    if let error = error as? IngestError { return error }
    if case .file(let error)? = error as? ReadingFailure { return error }
    if let error = error as? StoreError { return .store(error) }
    return .store(.mismatch("\(error)"))
  }
}

extension PreparedFile {
  /// The annotation under which the store remembers the file.
  func fingerprintKey(_ survey: FileSurvey) -> String { FileMark.prefix + fingerprint(survey) }
}
