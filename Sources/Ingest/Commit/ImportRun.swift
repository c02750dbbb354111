import ColumnStore
import Commerce

/// The one loop that calls the stages of an import in order, inside one transaction.
struct ImportRun {
  /// How a file is read.
  struct Reading {
    /// Threads that read it, the calling one counted.
    let threads: Int
    /// Bytes that are decoded and mapped at once.
    let blockBytes: Int
  }

  private let file: PreparedFile
  private let transaction: WriteTransaction
  private let fileVersion: Int64?
  private let reading: Reading
  private var normaliser: Normaliser
  private var dimensions = DimensionLedger()
  private var cohorts = CohortLedger()
  private var slices: SliceReplacement?

  /// Prepares the tables and the version of the file.
  init(
    _ file: PreparedFile,
    transaction: WriteTransaction,
    dataDirectory: String,
    reading: Reading
  ) throws {
    self.reading = reading
    self.transaction = transaction
    let key = try CustomerKeyFile.load(
      dataDirectory: dataDirectory,
      known: transaction.annotations[CustomerKeyFile.annotation]
    )
    transaction.annotations[CustomerKeyFile.annotation] = CustomerKeyFile.fingerprint(of: key)
    normaliser = file.normaliser(customerKey: key)
    var file = file
    if file.isVersionInRows(for: normaliser) { try file.readSurvey() }
    self.file = file
    fileVersion = try file.version(for: normaliser)
    if fileVersion == nil, normaliser.needsFileVersion {
      throw IngestError.noVersion(path: file.path)
    }
    let dataset = file.recognised.dataset
    switch dataset.shape.origin {
    case .canonical: for schema in CommerceTables.all { try transaction.declare(schema) }
    case .declared: try transaction.declare(dataset.shape.schema)
    }
    if dataset.mode == .replaceSlice {
      let own = ["channel", "dataset"].filter { dataset.shape.schema.index(of: $0) != nil }
      slices = try transaction.beginSliceReplacement(
        of: dataset.table,
        slice: own + dataset.slice.filter { !own.contains($0) }
      )
    }
  }

  /// Reads, writes and closes; the transaction commits when this returns.
  mutating func run(
    _ empty: FileReport,
    quarantine: inout Quarantine,
    scan: Importer.Scan,
    progress: (ImportProgress) -> Void
  ) throws -> FileReport {
    var report = empty
    let pipeline = PagePipeline(
      try file.parts(blockBytes: reading.blockBytes),
      normaliser: normaliser,
      fileVersion: fileVersion,
      isEncodingAssumed: file.top.isEncodingAssumed,
      threads: reading.threads
    )
    defer { pipeline.stop() }
    while let step = try pipeline.next() {
      let page = step.page
      if let cutOff = page.cutOff { throw file.error(cutOff) }
      try take(page, into: &report)
      try quarantine.append(page.issues)
      progress(
        ImportProgress(
          bytesRead: step.bytesRead,
          byteCount: file.top.byteCount,
          rows: report.read
        )
      )
    }
    let survey = try survey(pipeline)
    try judge(report)
    if let slices {
      let outcome = try slices.finish(returning: formerColumns)
      // A row that cannot be read may be the newer state of one that would go with its slice.
      guard report.quarantined == 0 || outcome.removed == 0 else {
        throw IngestError.refusedSlice(
          path: file.path,
          rows: report.quarantined,
          issues: report.issues
        )
      }
      report.removed = outcome.removed
      try cohorts.remove(outcome.replaced, from: transaction)
    }
    switch file.recognised.dataset.shape.origin {
    case .canonical:
      try dimensions.write(channel: file.recognised.channel, to: transaction)
      try cohorts.write(to: transaction, scan: scan)
    case .declared: break
    }
    let mark = FileMark(
      read: report.read,
      quarantined: report.quarantined,
      byteCount: survey.byteCount
    )
    transaction.annotations[file.fingerprintKey(survey)] = mark.text
    if quarantine.count > 0 {
      try quarantine.publish(fingerprint: file.fingerprint(survey))
      report.quarantinePath = quarantine.path
    }
    // The mark is new, so the commit makes one version more.
    report.snapshot = transaction.base.version + 1
    return report
  }

  /// What all bytes of the file told, which were read by now.
  ///
  /// - Throws: `ReadingFailure.otherEncoding`, `.known` when the store has the file.
  private func survey(_ pipeline: PagePipeline) throws(ReadingFailure) -> FileSurvey {
    guard let survey = file.survey ?? pipeline.survey else {
      preconditionFailure("a file that was read to its end is surveyed")
    }
    guard survey.isUTF8 || !file.top.isEncodingAssumed else { throw .otherEncoding }
    if let mark = FileMark(transaction.annotations[file.fingerprintKey(survey)]) {
      throw .known(mark)
    }
    return survey
  }

  /// Only lines of orders have customers.
  private var formerColumns: [String] {
    file.recognised.dataset.table == CommerceTables.orderLine.name
      ? CohortLedger.formerColumns : []
  }

  private mutating func take(_ page: CanonicalPage, into report: inout FileReport) throws {
    report.read += page.readCount
    report.quarantined += page.issues.count
    report.issues.append(
      contentsOf: page.issues.prefix(IngestLimits.shownIssues - report.issues.count)
    )
    guard page.batch.rowCount > 0 else { return }
    let table = file.recognised.dataset.table
    let outcome =
      if let slices {
        try slices.upsert(page.batch, returning: formerColumns)
      } else {
        try transaction.upsert(page.batch, into: table, returning: formerColumns)
      }
    for kind in outcome.kinds {
      switch kind {
      case .inserted: report.inserted += 1
      case .updated: report.updated += 1
      case .unchanged: report.unchanged += 1
      }
    }
    dimensions.add(page)
    if let buyers = page.buyers {
      try cohorts.add(buyers, outcome: outcome, to: transaction)
    } else {
      try cohorts.remove(outcome.replaced, from: transaction)
    }
  }

  /// A file without a readable row is refused; so is one with an unreadable row when that was asked
  /// for.
  private func judge(_ report: FileReport) throws(IngestError) {
    guard report.read > 0 else { throw .empty(path: file.path) }
    guard report.quarantined < report.read else {
      throw .nothingReadable(path: file.path, rows: report.read, first: report.issues.first)
    }
    guard !file.request.isStrict || report.quarantined == 0 else {
      throw .refusedByStrict(
        path: file.path,
        rows: report.quarantined,
        first: report.issues.first
      )
    }
  }
}
