/// What a compaction did.
public struct CompactionOutcome: Sendable, Equatable {
  /// Merges that were committed.
  public internal(set) var mergeCount = 0
  /// Segments that were merged.
  public internal(set) var segmentCount = 0
  /// Rows that were written again.
  public internal(set) var rowCount = 0
  /// Rows that other commits deleted while they were written again, and whose deletion was taken over.
  public internal(set) var carriedCount = 0
  /// The bytes of the segments that were merged.
  public internal(set) var byteCountBefore = 0
  /// The bytes of the segments that took their place.
  public internal(set) var byteCountAfter = 0
  /// Merges that were given up, because another commit replaced their segments meanwhile.
  public internal(set) var abandonedCount = 0

  /// An outcome of nothing.
  public init() {}
}

extension Store {
  /// Merges in a row that may be given up before a compaction ends.
  private static let abandonLimit = 3

  /// Merges segments until nothing is due.
  ///
  /// Readers and writers do not wait for it: segments are read and written without the lock. The
  /// lock is then taken to look that no other commit has replaced them, to carry over the rows that
  /// were deleted meanwhile, and to commit; each merge is a commit of its own. Where another commit
  /// was faster, the merge is given up and the next one begins from what is there.
  ///
  /// - Parameters:
  ///   - policy: What is due.
  ///   - rowLimit: Rows after which no further merge begins, nor one that has more.
  ///   - willCommit: Called before the lock is taken; for tests that let another writer come first.
  /// - Returns: What was merged.
  /// - Throws: `StoreError.damaged` and `.system`; what was committed before stays.
  public func compact(
    _ policy: CompactionPolicy = CompactionPolicy(),
    rowLimit: Int = .max,
    willCommit: () throws(StoreError) -> Void = {}
  ) throws(StoreError) -> CompactionOutcome {
    var outcome = CompactionOutcome()
    var abandoned = 0
    while abandoned < Self.abandonLimit {
      let snapshot = try snapshot()
      var next: SegmentMerge?
      for table in snapshot.manifest.tables where next == nil {
        next = SegmentMerge(
          of: table,
          in: snapshot,
          policy: policy,
          rowLimit: rowLimit - outcome.rowCount
        )
      }
      guard let merge = next else { break }
      let names = TransactionFiles(
        directory: directory,
        after: snapshot.manifest,
        epoch: makeEpoch()
      )
      let path = names.makeName(in: "segments/\(merge.schema.name)", suffix: ".seg")
      let output = try merge.write(path, in: directory)
      do throws(StoreError) {
        try willCommit()
        guard let carried = try commit(merge, output) else {
          merge.discard(path, in: directory)
          outcome.abandonedCount += 1
          abandoned += 1
          continue
        }
        outcome.carriedCount += carried
      } catch {
        merge.discard(path, in: directory)
        throw error
      }
      // The file has its name now; it still has the other one where no row of it was left.
      merge.discard(path, in: directory)
      abandoned = 0
      outcome.mergeCount += 1
      outcome.segmentCount += merge.inputs.count
      outcome.rowCount += output.entry.rowCount
      outcome.byteCountBefore += merge.inputs.reduce(0) { $0 + $1.byteCount }
      outcome.byteCountAfter += output.entry.file.byteCount
    }
    return outcome
  }

  /// Commits a merge and returns the number of rows that were deleted meanwhile; nil when the newest
  /// version does not have its segments any more.
  private func commit(
    _ merge: SegmentMerge,
    _ output: SegmentMerge.Output
  ) throws(StoreError) -> Int? {
    var carried = 0
    let isDone = try publish { base, files throws(StoreError) in
      let name = merge.schema.name
      var manifest = base.manifest
      guard let table = manifest.tables.firstIndex(where: { $0.schema.name == name }),
        let live = base.table(name)
      else { return nil }
      var places: [Int] = []
      var deletions: [String: DeletionVector] = [:]
      for input in merge.inputs {
        let segments = manifest.tables[table].segments
        guard let place = segments.firstIndex(where: { $0.file.path == input.path }) else {
          return nil
        }
        places.append(place)
        deletions[input.path] = live.segments[place].deletions
      }
      var entry = output.entry
      let added = merge.deletions(since: deletions, of: output)
      carried = added.deletedCount
      if carried > 0 {
        let path = files.makeName(in: "deletes/\(name)", suffix: ".del")
        entry.deletions = try files.write(path, added.write(segment: entry.file.path))
        entry.deletedCount = carried
      }
      // A merged segment stands where the first of its inputs stood, unless it has no rows left.
      if carried < entry.rowCount {
        try files.adopt(entry.file.path, temporary: entry.file.path + SegmentMerge.suffix)
        manifest.tables[table].segments[places[0]] = entry
        places.removeFirst()
      }
      for place in places.sorted(by: >) { manifest.tables[table].segments.remove(at: place) }
      manifest.tables[table].mergedByteCount += UInt64(entry.file.byteCount)
      manifest.version += 1
      return manifest
    }
    return isDone ? carried : nil
  }
}
