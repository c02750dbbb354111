/// A set of changes that becomes visible at once, or not at all.
///
/// It is used by one thread, inside `Store.write`. Rows that were taken are visible to the batches
/// that follow; memory is bounded, because rows are written to segments as they come.
public final class WriteTransaction {
  /// The version on which the changes are made.
  public let base: Snapshot
  /// Small texts that are committed with the data; assign nil to drop one.
  public var annotations: [String: String]

  let files: TransactionFiles
  let opener: SnapshotOpener
  /// Rows after which a segment is written.
  var segmentRows = SegmentFormat.segmentRows
  /// Whether batches whose keys ascend or are new are decided without looking every key up.
  var hasShortcuts = true
  /// The table whose segment is being written by another thread.
  private var writingWork: TableWork?
  private var tables: [String: TableWork] = [:]
  var dictionaries: [String: DictionaryWriter] = [:]
  /// The number of texts of dictionaries that were written and let go.
  var writtenCounts: [String: Int] = [:]
  /// Bytes of added texts, of all dictionaries, above which those of one go to scratch files.
  var textByteLimit = TransactionFiles.textLimit
  /// What makes a commit impossible: rows or texts that were taken are lost.
  var failure: StoreError?
  /// Texts that were looked up.
  var translatedTexts = 0
  /// Bytes of files that were in memory when their pages were let go last.
  var leastMappedBytes = 0

  init(base: Snapshot, files: TransactionFiles, opener: SnapshotOpener) {
    self.base = base
    self.annotations = base.annotations
    self.files = files
    self.opener = opener
  }

  /// Creates a table, or lets one evolve: new columns must be nullable, the key stays.
  ///
  /// The store counts schema versions itself; the version of `schema` does not matter.
  ///
  /// - Throws: `StoreError.mismatch` when the schema is not possible, or not after the present one.
  public func declare(_ schema: TableSchema) throws(StoreError) {
    if let flaw = schema.flaw { throw .mismatch(flaw) }
    guard let work = try existingWork(schema.name) else {
      tables[schema.name] = TableWork(schema: schema.at(version: 1), segments: [], isNew: true)
      return
    }
    let next = schema.at(version: work.schema.version)
    guard next != work.schema else { return }
    if let obstacle = work.schema.obstacle(to: schema) { throw .mismatch(obstacle) }
    try flush(work)
    work.evolve(to: schema.at(version: work.schema.version + 1))
    for place in work.segments.indices {
      work.segments[place].segment = try Segment(
        work.segments[place].segment.file,
        schema: work.schema,
        cache: opener.cache,
        dictionaryCounts: dictionaryCounts
      )
    }
  }

  /// Takes rows by primary key.
  ///
  /// A newer version replaces an older one, whatever the order in which they come; of two equal
  /// versions with different contents the one with the larger content hash stays. In a table
  /// without a version column the later row replaces the earlier one.
  ///
  /// - Parameters:
  ///   - batch: Rows; up to about 256K at once keep memory small.
  ///   - table: The name of a declared table.
  ///   - columns: Columns whose former values `UpsertOutcome.replaced` shall have.
  /// - Returns: What became of each row, and the former values that were asked for.
  /// - Throws: `StoreError.unknownTable`, `.unknownColumn`, `.mismatch` when the batch does not fit
  ///   the schema, `.damaged` and `.system`.
  public func upsert(
    _ batch: RowBatch,
    into table: String,
    returning columns: [String] = []
  ) throws(StoreError) -> UpsertOutcome {
    let work = try self.work(table)
    let counts = work.keyColumns.map { column in
      work.schema.fields[column].dictionaryName.map { dictionaryCount($0) }
    }
    let rows = try translate(batch, for: work.schema)
    let request = Upsert.Request(
      columns: rows,
      rowCount: batch.rowCount,
      returning: try indices(of: columns, in: work.schema),
      knownCodes: hasShortcuts ? counts : []
    )
    return try upsert(request, into: work)
  }

  func upsert(
    _ request: Upsert.Request,
    into work: TableWork
  ) throws(StoreError) -> UpsertOutcome {
    do throws(StoreError) {
      return try take(request, into: work)
    } catch {
      // Rows may be replaced already by some that are not taken.
      failure = error
      throw error
    }
  }

  private func take(
    _ request: Upsert.Request,
    into work: TableWork
  ) throws(StoreError) -> UpsertOutcome {
    var upsert = Upsert(request, into: work, texts: self)
    try upsert.resolve()
    let appended = upsert.rowsToAppend
    let limit = min(segmentRows, work.pendingLimit)
    var first = 0
    while first < appended.count {
      let last = min(appended.count, first + limit - work.pendingCount)
      let part = appended.part(first..<last)
      work.append(request.columns, rows: part, hashes: upsert.hashes)
      first = last
      if work.pendingCount == limit { try beginFlush(work) }
    }
    return try upsert.outcome()
  }

  /// Begins to replace whole slices: rows that have the same values in some columns.
  ///
  /// - Throws: `StoreError.unknownTable`, `.unknownColumn`, `.system`.
  public func beginSliceReplacement(
    of table: String,
    slice columns: [String]
  ) throws(StoreError) -> SliceReplacement {
    let work = try self.work(table)
    try flush(work)
    let slice = try indices(of: columns, in: work.schema)
    return SliceReplacement(transaction: self, work: work, slice: slice)
  }

  /// Returns what a reader would see if the transaction were committed now.
  ///
  /// - Throws: `StoreError.system` when pending rows cannot be written.
  public func view() throws(StoreError) -> Snapshot {
    for work in tables.values { try flush(work) }
    let dictionaries = try viewedDictionaries()
    var snapshots: [String: TableSnapshot] = [:]
    for name in Set(base.tableNames).union(tables.keys) {
      if let work = tables[name] {
        snapshots[name] = TableSnapshot(
          schema: work.schema,
          segments: work.segments.map {
            LiveSegment(
              segment: $0.segment,
              deletions: $0.deletions.deletedCount > 0 ? $0.deletions : nil
            )
          },
          dictionaries: dictionaries
        )
      } else if let table = base.table(name) {
        snapshots[name] = TableSnapshot(
          schema: table.schema,
          segments: table.segments,
          dictionaries: dictionaries
        )
      }
    }
    var manifest = base.manifest
    manifest.version += 1
    manifest.annotations = annotations
    return Snapshot(manifest: manifest, tables: snapshots, dictionaries: dictionaries)
  }

  /// Writes what is left and publishes the next version; returns false, and publishes none, when
  /// nothing changed.
  func commit() throws(StoreError) -> Bool {
    if let failure { throw failure }
    for work in tables.values { try beginFlush(work) }
    // Dictionaries are written while the last segment is.
    let added = tables.values.contains(where: \.hasNewRows) ? try writeDictionaries() : []
    files.removeScratch()
    try endFlush()
    for work in tables.values { work.releaseMemory() }
    let changed = tables.values.filter(\.isChanged).sorted { $0.schema.name < $1.schema.name }
    guard !changed.isEmpty || annotations != base.annotations else { return false }
    var manifest = base.manifest
    for work in changed {
      let segments = try finishSegments(of: work)
      let taken = work.segments.reduce(0) {
        $0 + ($1.temporary == nil ? 0 : $1.entry.file.byteCount)
      }
      let place = manifest.place(ofTable: work.schema)
      manifest.tables[place].schema = work.schema
      manifest.tables[place].segments = segments
      manifest.tables[place].takenByteCount += UInt64(taken)
    }
    for part in added { manifest.add(part.chunks, to: part.name, after: part.keptCount) }
    manifest.annotations = annotations
    manifest.version += 1
    try files.publish(manifest)
    return true
  }

  /// Removes what was written.
  func abandon() {
    writingWork?.writing?.job.wait()
    files.removeTemporaries()
  }
}

extension WriteTransaction {
  /// Writes the pending rows of a table as a segment, and waits until it is written.
  func flush(_ work: TableWork) throws(StoreError) {
    try beginFlush(work)
    try endFlush()
  }

  /// Begins to write the pending rows of a table as a segment, on another thread.
  ///
  /// At most one segment is being written at a time, so that memory stays bounded.
  private func beginFlush(_ work: TableWork) throws(StoreError) {
    try endFlush()
    guard work.pendingCount > 0 else { return }
    let name = files.makeName(in: "segments/\(work.schema.name)", suffix: ".seg")
    let temporary = try files.prepare(name)
    let rows = work.takePending()
    let job = SegmentJob(
      rows.columns,
      rowCount: rows.count,
      schema: work.schema,
      temporary: temporary,
      directory: files.directory
    )
    work.writing = TableWork.Writing(job: job, path: name, temporary: temporary, rows: rows)
    writingWork = work
  }

  /// Waits for the segment that is being written, and makes it one of its table.
  func endFlush() throws(StoreError) {
    guard let work = writingWork, let job = work.writing?.job else { return }
    writingWork = nil
    let outcome = Result { () throws(StoreError) in try job.result() }
    // Nobody else has the rows now, so that their memory can be used again.
    guard let (path, temporary, rowCount) = work.endWriting() else { return }
    do throws(StoreError) {
      try take(outcome.get(), path: path, temporary: temporary, rowCount: rowCount, into: work)
    } catch {
      // The rows are in no segment, and nowhere else any more.
      failure = error
      throw error
    }
  }

  /// Makes a segment that was written one of its table.
  private func take(
    _ result: SegmentWriter.Result,
    path: String,
    temporary: String,
    rowCount: Int,
    into work: TableWork
  ) throws(StoreError) {
    let entry = Manifest.Segment(
      file: Manifest.File(path: path, byteCount: result.byteCount, checksum: result.checksum),
      rowCount: rowCount,
      footerChecksum: result.footerChecksum
    )
    let file = try SegmentFile(
      files.directory.map(temporary),
      identity: opener.cache.makeIdentity()
    )
    let segment = try Segment(
      file,
      schema: work.schema,
      cache: opener.cache,
      dictionaryCounts: dictionaryCounts
    )
    work.segments.append(
      TableWork.WorkingSegment(
        entry: entry,
        segment: segment,
        deletions: DeletionVector(rowCount: rowCount),
        temporary: temporary
      )
    )
  }

  /// Writes the deletions of a table's segments and returns the segments that have rows left.
  private func finishSegments(of work: TableWork) throws(StoreError) -> [Manifest.Segment] {
    var result: [Manifest.Segment] = []
    for segment in work.segments {
      guard segment.deletions.deletedCount < segment.entry.rowCount else {
        if let temporary = segment.temporary { files.discard(temporary) }
        continue
      }
      var entry = segment.entry
      if segment.isChanged {
        let name = files.makeName(in: "deletes/\(work.schema.name)", suffix: ".del")
        let bytes = segment.deletions.write(segment: entry.file.path)
        entry.deletions = try files.write(name, bytes)
        entry.deletedCount = segment.deletions.deletedCount
      }
      result.append(entry)
    }
    return result
  }

  /// Returns the table of that name as this transaction has it.
  func work(_ name: String) throws(StoreError) -> TableWork {
    guard let work = try existingWork(name) else { throw .unknownTable(name) }
    return work
  }

  private func existingWork(_ name: String) throws(StoreError) -> TableWork? {
    if let work = tables[name] { return work }
    guard let table = base.table(name),
      let listed = base.manifest.tables.first(where: { $0.schema.name == name })
    else { return nil }
    let segments = zip(listed.segments, table.segments).map { entry, live in
      TableWork.WorkingSegment(
        entry: entry,
        segment: live.segment,
        deletions: live.deletions ?? DeletionVector(rowCount: live.segment.rowCount),
        temporary: nil
      )
    }
    let work = TableWork(schema: table.schema, segments: segments, isNew: false)
    tables[name] = work
    return work
  }

  func indices(
    of columns: [String],
    in schema: TableSchema
  ) throws(StoreError) -> [Int] {
    var result: [Int] = []
    for column in columns {
      guard let index = schema.index(of: column) else {
        throw .unknownColumn(table: schema.name, column: column)
      }
      result.append(index)
    }
    return result
  }
}

extension TableSchema {
  fileprivate func at(version: UInt32) -> TableSchema {
    TableSchema(
      name: name,
      fields: fields,
      primaryKey: primaryKey,
      sortOrder: sortOrder,
      version: version
    )
  }
}
