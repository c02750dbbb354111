/// Which rows of a segment count.
///
/// A segment is never changed and a deletion is never taken back, so the number of deletions tells
/// their generation.
struct SegmentStamp: Sendable, Hashable {
  let path: String
  let deletedCount: Int

  init(_ live: LiveSegment) {
    path = live.segment.path
    deletedCount = live.deletions?.deletedCount ?? 0
  }
}

/// The rows of a table in one version, as far as has to be known of them to tell later what changed.
struct TableRows: Sendable {
  /// Rows of a segment up to which it is kept readable when the table has it no more, as after a
  /// compaction: long enough for the next version of the state, with little disk held.
  private static let heldRows = 1 << 18
  /// One row that changed for so many that stayed is as much as all.
  private static let changedPart = 2

  private struct Part: Sendable {
    let stamp: SegmentStamp
    let deletions: DeletionVector?
    /// The segment, unless it is long.
    let held: LiveSegment?
  }

  /// The newest version of the store that is known to have these rows.
  private(set) var version: UInt64
  private let parts: [Part]
  private let schema: TableSchema
  /// The version of the tables in which attributes are looked up.
  private let attributes: [String: [SegmentStamp]]

  /// Notes the rows of a plan's table in a snapshot.
  init(_ table: TableSnapshot, _ plan: ScanPlan, _ snapshot: Snapshot) {
    version = snapshot.version
    schema = table.schema
    parts = table.segments.map { live in
      Part(
        stamp: SegmentStamp(live),
        deletions: live.deletions,
        held: live.segment.rowCount <= TableRows.heldRows ? live : nil
      )
    }
    attributes = TableRows.attributes(plan, snapshot)
  }

  /// The bytes that it takes, besides the files of segments that are held.
  var byteCount: Int {
    parts.reduce(0) { $0 + MemoryLayout<Part>.stride + ($1.deletions?.rowCount ?? 0) / 8 }
  }

  /// Notes that another version has the same rows.
  mutating func carry(to version: UInt64) { self.version = max(self.version, version) }

  /// Tells whether a snapshot has the same rows.
  func isCurrent(_ table: TableSnapshot, _ plan: ScanPlan, _ snapshot: Snapshot) -> Bool {
    schema == table.schema && parts.map(\.stamp) == table.segments.map { SegmentStamp($0) }
      && attributes == TableRows.attributes(plan, snapshot)
  }

  /// Returns what changed from these rows to those of a snapshot; nil where that cannot be told, or
  /// where it is so much that a scan of all rows is not slower.
  func change(to table: TableSnapshot, _ plan: ScanPlan, _ snapshot: Snapshot) -> TableChange? {
    guard schema == table.schema, attributes == TableRows.attributes(plan, snapshot) else {
      return nil
    }
    var change = TableChange()
    var former: [String: Part] = [:]
    for part in parts { former[part.stamp.path] = part }
    for live in table.segments {
      guard let part = former.removeValue(forKey: live.segment.path) else {
        change.added.append(live)
        continue
      }
      change.kept.append(live)
      let deletedCount = live.deletions?.deletedCount ?? 0
      // An earlier version has rows that are not deleted yet.
      guard deletedCount >= part.stamp.deletedCount else { return nil }
      if let deletions = live.deletions, deletedCount > part.stamp.deletedCount {
        let others = deletions.complement(since: part.deletions)
        change.removed.append(LiveSegment(segment: live.segment, deletions: others))
      }
    }
    for part in parts where former[part.stamp.path] != nil {
      guard let held = part.held else { return nil }
      change.removed.append(held)
    }
    let changed = TableChange.rowCount(change.added) + TableChange.rowCount(change.removed)
    let limit = TableChange.rowCount(change.kept) / TableRows.changedPart
    return changed <= limit ? change : nil
  }

  /// The segments of the tables in which a plan looks attributes up.
  private static func attributes(
    _ plan: ScanPlan,
    _ snapshot: Snapshot
  ) -> [String: [SegmentStamp]] {
    var stamps: [String: [SegmentStamp]] = [:]
    for name in plan.attributeTables {
      stamps[name] = snapshot.table(name)?.segments.map { SegmentStamp($0) } ?? []
    }
    return stamps
  }
}

/// The rows by which two versions of a table differ.
struct TableChange {
  /// Segments that came.
  var added: [LiveSegment] = []
  /// Segments that went, and segments with all rows but the newly deleted ones deleted.
  var removed: [LiveSegment] = []
  /// Segments that stayed, as they are now.
  var kept: [LiveSegment] = []

  /// The number of rows of segments that are not deleted.
  static func rowCount(_ segments: [LiveSegment]) -> Int {
    segments.reduce(0) { $0 + $1.segment.rowCount - ($1.deletions?.deletedCount ?? 0) }
  }
}
