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
  private let codec: ZstdCodec
  private var tables: [String: TableWork] = [:]
  private var dictionaries: [String: DictionaryWriter] = [:]

  init(base: Snapshot, files: TransactionFiles, opener: SnapshotOpener) throws(StoreError) {
    self.base = base
    self.annotations = base.annotations
    self.files = files
    self.opener = opener
    self.codec = try ZstdCodec()
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
    let rows = try translate(batch, for: work.schema)
    let request = Upsert.Request(
      columns: rows,
      rowCount: batch.rowCount,
      returning: try indices(of: columns, in: work.schema)
    )
    return try upsert(request, into: work)
  }

  func upsert(
    _ request: Upsert.Request,
    into work: TableWork
  ) throws(StoreError) -> UpsertOutcome {
    var upsert = Upsert(request, into: work, texts: self)
    try upsert.resolve()
    var rest = upsert.rowsToAppend[...]
    while !rest.isEmpty {
      let room = SegmentFormat.segmentRows - work.pendingCount
      work.append(request.columns, rows: Array(rest.prefix(room)), hashes: upsert.hashes)
      rest = rest.dropFirst(room)
      if work.pendingCount == SegmentFormat.segmentRows
        || work.pendingBytes >= TransactionFiles.pendingLimit
      {
        try flush(work)
      }
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

  /// Writes what is left and publishes the next version, unless nothing changed.
  func commit() throws(StoreError) {
    for work in tables.values { try flush(work) }
    let changed = tables.values.filter(\.isChanged).sorted { $0.schema.name < $1.schema.name }
    guard !changed.isEmpty || annotations != base.annotations else { return }
    var manifest = base.manifest
    for work in changed {
      let table = Manifest.Table(schema: work.schema, segments: try finishSegments(of: work))
      if let place = manifest.tables.firstIndex(where: { $0.schema.name == work.schema.name }) {
        manifest.tables[place] = table
      } else {
        manifest.tables.append(table)
      }
    }
    if changed.contains(where: { work in work.segments.contains { $0.temporary != nil } }) {
      try writeDictionaries(into: &manifest)
    }
    manifest.annotations = annotations
    manifest.version += 1
    try files.publish(manifest)
  }

  /// Removes what was written.
  func abandon() {
    files.removeTemporaries()
  }
}

extension WriteTransaction {
  /// Writes the pending rows of a table as a segment.
  func flush(_ work: TableWork) throws(StoreError) {
    guard work.pendingCount > 0 else { return }
    let name = files.makeName(in: "segments/\(work.schema.name)", suffix: ".seg")
    let writer = SegmentWriter(schema: work.schema, codec: codec)
    let (temporary, result) = try files.write(name) { file throws(StoreError) in
      try writer.write(work.pending, rowCount: work.pendingCount, to: file)
    }
    let entry = Manifest.Segment(
      file: Manifest.File(path: name, byteCount: result.byteCount, checksum: result.checksum),
      rowCount: work.pendingCount,
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
        deletions: DeletionVector(rowCount: work.pendingCount),
        temporary: temporary
      )
    )
    work.clearPending()
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

  private func writeDictionaries(into manifest: inout Manifest) throws(StoreError) {
    for (name, writer) in dictionaries.sorted(by: { $0.key < $1.key }) where writer.addedCount > 0 {
      let added = try writer.makeExtension()
      let path = files.makeName(in: "dictionaries", prefix: name + ".", suffix: "")
      let chunk = Manifest.Chunk(
        file: try files.write(path, added.bytes),
        firstCode: added.firstCode,
        count: added.count,
        headChecksum: added.headChecksum
      )
      if let place = manifest.dictionaries.firstIndex(where: { $0.name == name }) {
        manifest.dictionaries[place].chunks.removeSubrange(added.keptChunks...)
        manifest.dictionaries[place].chunks.append(chunk)
      } else {
        manifest.dictionaries.append(Manifest.Dictionary(name: name, chunks: [chunk]))
      }
    }
  }

  private func viewedDictionaries() throws(StoreError) -> [String: TextDictionary] {
    var result = base.dictionaries
    for (name, writer) in dictionaries where writer.addedCount > 0 {
      let added = try writer.makeExtension()
      let chunk = try DictionaryChunk(
        MappedFile(path: "dictionaries/\(name)", copying: added.bytes),
        name: name,
        firstCode: added.firstCode,
        count: added.count
      )
      let chunks = writer.base.chunks.prefix(added.keptChunks) + [chunk]
      result[name] = TextDictionary(name: name, chunks: Array(chunks))
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

  /// Returns the text of a code of a dictionary, added ones included.
  func text(_ code: Int, of dictionary: String) throws(StoreError) -> String {
    if let writer = dictionaries[dictionary] { return try writer.text(code) }
    return try base.dictionaries[dictionary]?.text(code) ?? ""
  }

  /// Returns the codes of texts, and adds the texts that are new.
  func codes(of texts: [String], in dictionary: String) throws(StoreError) -> [UInt32] {
    var writer: DictionaryWriter
    if let known = dictionaries.removeValue(forKey: dictionary) {
      writer = known
    } else {
      let base = base.dictionaries[dictionary]
      writer = try DictionaryWriter(base ?? TextDictionary(name: dictionary, chunks: []))
    }
    defer { dictionaries[dictionary] = writer }
    var codes: [UInt32] = []
    codes.reserveCapacity(texts.count)
    for text in texts { codes.append(try writer.code(of: text)) }
    return codes
  }

  private var dictionaryCounts: [String: Int] {
    base.dictionaries.mapValues(\.count).merging(dictionaries.mapValues(\.count)) { $1 }
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
