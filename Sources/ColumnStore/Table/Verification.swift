/// How much of a store is read to verify it.
public enum VerificationDepth: Sendable, Hashable {
  /// The manifest, lengths of files, footers, dictionaries and deletions: what opening reads.
  case structure
  /// Besides, every byte of every file, and every page decoded.
  case everything
}

/// What a verification found.
public struct Verification: Sendable {
  /// The version that was verified; nil when its manifest cannot be read.
  public internal(set) var version: UInt64?
  /// The number of files of that version, without the manifest.
  public internal(set) var fileCount = 0
  /// The bytes of those files.
  public internal(set) var byteCount = 0
  /// The pages that were decoded; 0 unless everything was read.
  public internal(set) var pageCount = 0
  /// What is damaged, each with its file; empty when the store is whole.
  public internal(set) var damages: [StoreError] = []
}

extension Store {
  /// Verifies the newest version.
  ///
  /// Damage does not end it: every file is looked at, and `progress` is told how many are done.
  ///
  /// - Throws: `StoreError.system` when files cannot be read at all; damage is not thrown.
  public func verify(
    _ depth: VerificationDepth,
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws(StoreError) -> Verification {
    var result = Verification()
    let manifest: Manifest
    do throws(StoreError) {
      let log = ManifestLog(directory: directory)
      manifest = try log.read(version: log.newestVersion())
    } catch .damaged(let file, let offset, let reason) {
      result.damages = [.damaged(file: file, offset: offset, reason: reason)]
      return result
    }
    result.version = manifest.version
    result.fileCount = manifest.files.count
    result.byteCount = manifest.files.reduce(0) { $0 + $1.byteCount }
    var done = 0
    let counts = manifest.dictionaries.reduce(into: [:]) { counts, dictionary in
      counts[dictionary.name] = dictionary.chunks.last.map { $0.firstCode + $0.count }
    }
    for table in manifest.tables {
      for segment in table.segments {
        try result.collect { result throws(StoreError) in
          let file = try opener.openSegment(segment)
          _ = try Segment(
            file,
            schema: table.schema,
            cache: opener.cache,
            dictionaryCounts: counts
          )
          result.pageCount += try verify(segment, file, depth)
        }
        try result.collect { _ throws(StoreError) in _ = try opener.openDeletions(segment) }
        done += segment.deletions == nil ? 1 : 2
        progress(done, result.fileCount)
      }
    }
    for dictionary in manifest.dictionaries {
      for chunk in dictionary.chunks {
        try result.collect { _ throws(StoreError) in
          try verify(chunk, opener.openChunk(chunk, of: dictionary.name), depth)
        }
        done += 1
        progress(done, result.fileCount)
      }
    }
    return result
  }

  private func verify(
    _ entry: Manifest.Chunk,
    _ chunk: DictionaryChunk,
    _ depth: VerificationDepth
  ) throws(StoreError) {
    switch depth {
    case .structure: return
    case .everything: break
    }
    try chunk.verify()
    _ = try opener.openVerified(entry.file)
  }

  /// Returns the number of pages that were decoded.
  private func verify(
    _ entry: Manifest.Segment,
    _ segment: SegmentFile,
    _ depth: VerificationDepth
  ) throws(StoreError) -> Int {
    switch depth {
    case .structure: return 0
    case .everything: break
    }
    var pages = 0
    for column in segment.footer.columns.indices {
      for block in segment.footer.columns[column].pages.indices {
        _ = try segment.vector(column: column, block: block)
        pages += 1
      }
    }
    _ = try opener.openVerified(entry.file)
    return pages
  }
}

extension Verification {
  /// Runs a step and keeps the damage that it meets; other errors end the verification.
  fileprivate mutating func collect(
    _ step: (inout Verification) throws(StoreError) -> Void
  ) throws(StoreError) {
    do throws(StoreError) {
      try step(&self)
    } catch .damaged(let file, let offset, let reason) {
      damages.append(.damaged(file: file, offset: offset, reason: reason))
    }
  }
}
