/// Opens the files of a manifest, and takes from an earlier snapshot what it has open already.
struct SnapshotOpener {
  let directory: any StoreDirectory
  let cache: PageCache

  /// Opens a version; `former` is any snapshot of the same store.
  func open(_ manifest: Manifest, reusing former: Snapshot?) throws(StoreError) -> Snapshot {
    let dictionaries = try openDictionaries(of: manifest, reusing: former)
    let counts = dictionaries.mapValues(\.count)
    var tables: [String: TableSnapshot] = [:]
    for table in manifest.tables {
      var open: [String: LiveSegment] = [:]
      for live in former?.table(table.schema.name)?.segments ?? [] {
        open[live.segment.path] = live
      }
      let listed = former?.manifest.tables.first { $0.schema.name == table.schema.name }
      var formerEntries: [String: Manifest.Segment] = [:]
      for entry in listed?.segments ?? [] { formerEntries[entry.file.path] = entry }
      var segments: [LiveSegment] = []
      for entry in table.segments {
        let known = open[entry.file.path]
        let segment =
          if let known, known.segment.schema == table.schema {
            known.segment
          } else {
            try Segment(
              reopen(entry, known: known?.segment.file),
              schema: table.schema,
              cache: cache,
              dictionaryCounts: counts
            )
          }
        let formerEntry = formerEntries[entry.file.path]
        let isSame =
          formerEntry?.file == entry.file && formerEntry?.deletions == entry.deletions
        let deletions =
          if let known, isSame { known.deletions } else { try openDeletions(entry) }
        segments.append(LiveSegment(segment: segment, deletions: deletions))
      }
      tables[table.schema.name] = TableSnapshot(
        schema: table.schema,
        segments: segments,
        dictionaries: dictionaries
      )
    }
    return Snapshot(manifest: manifest, tables: tables, dictionaries: dictionaries)
  }

  /// Opens a file and compares its length with what the manifest says.
  func openFile(_ entry: Manifest.File) throws(StoreError) -> MappedFile {
    let file: MappedFile
    do throws(StoreError) {
      file = try directory.map(entry.path)
    } catch .system(_, _, StoreError.noSuchFile) {
      throw .damaged(file: entry.path, offset: nil, reason: "it is missing")
    }
    guard file.count == entry.byteCount else {
      throw .damaged(
        file: entry.path,
        offset: nil,
        reason: "it has \(file.count) bytes, not \(entry.byteCount)"
      )
    }
    return file
  }

  /// Opens a file and compares its whole contents with what the manifest says.
  func openVerified(_ entry: Manifest.File) throws(StoreError) -> MappedFile {
    let file = try openFile(entry)
    guard file.checksum == entry.checksum else {
      throw .damaged(file: entry.path, offset: nil, reason: "its checksum does not match")
    }
    return file
  }

  func openSegment(_ entry: Manifest.Segment) throws(StoreError) -> SegmentFile {
    let file = try SegmentFile(openFile(entry.file), identity: cache.makeIdentity())
    guard file.footerChecksum == entry.footerChecksum, file.rowCount == entry.rowCount else {
      throw .damaged(file: entry.file.path, offset: nil, reason: "it is another segment")
    }
    return file
  }

  private func reopen(
    _ entry: Manifest.Segment,
    known: SegmentFile?
  ) throws(StoreError) -> SegmentFile {
    if let known { return known }
    return try openSegment(entry)
  }

  func openDeletions(_ entry: Manifest.Segment) throws(StoreError) -> DeletionVector? {
    guard let file = entry.deletions else { return nil }
    let deletions = try DeletionVector.read(
      openVerified(file),
      segment: entry.file.path,
      rowCount: entry.rowCount
    )
    guard deletions.deletedCount == entry.deletedCount else {
      throw .damaged(file: file.path, offset: nil, reason: "it deletes another number of rows")
    }
    return deletions
  }

  private func openDictionaries(
    of manifest: Manifest,
    reusing former: Snapshot?
  ) throws(StoreError) -> [String: TextDictionary] {
    var result: [String: TextDictionary] = [:]
    for entry in manifest.dictionaries {
      let known = former?.dictionaries[entry.name]
      let listed = former?.manifest.dictionaries.first { $0.name == entry.name }
      if let known, listed == entry {
        result[entry.name] = known
        continue
      }
      var chunks: [DictionaryChunk] = []
      for (place, chunk) in entry.chunks.enumerated() {
        if let known, let listed, place < listed.chunks.count, listed.chunks[place] == chunk {
          chunks.append(known.chunks[place])
        } else {
          chunks.append(try openChunk(chunk, of: entry.name))
        }
      }
      result[entry.name] = TextDictionary(name: entry.name, chunks: chunks)
    }
    return result
  }

  func openChunk(
    _ chunk: Manifest.Chunk,
    of name: String
  ) throws(StoreError) -> DictionaryChunk {
    let opened = try DictionaryChunk(
      openFile(chunk.file),
      name: name,
      firstCode: chunk.firstCode,
      count: chunk.count
    )
    guard opened.headChecksum == chunk.headChecksum else {
      throw .damaged(file: chunk.file.path, offset: nil, reason: "it is another part")
    }
    return opened
  }
}
