/// One version of the store with its files opened: what every read works on, start to end.
///
/// The files stay readable while a snapshot exists, whatever later commits retire.
public final class Snapshot: Sendable {
  let manifest: Manifest
  private let tables: [String: TableSnapshot]
  let dictionaries: [String: TextDictionary]

  init(
    manifest: Manifest,
    tables: [String: TableSnapshot],
    dictionaries: [String: TextDictionary]
  ) {
    self.manifest = manifest
    self.tables = tables
    self.dictionaries = dictionaries
  }

  /// The number of the version; it grows with every commit.
  public var version: UInt64 { manifest.version }

  /// Small texts that travel with the data: fingerprints, cursors, keys of idempotency.
  public var annotations: [String: String] { manifest.annotations }

  /// The names of the tables, sorted.
  public var tableNames: [String] { tables.keys.sorted() }

  /// Returns a snapshot in which a table has other segments.
  func replacing(_ table: TableSnapshot, with segments: [LiveSegment]) -> Snapshot {
    var tables = tables
    tables[table.schema.name] = TableSnapshot(
      schema: table.schema,
      segments: segments,
      dictionaries: table.dictionaries
    )
    return Snapshot(manifest: manifest, tables: tables, dictionaries: dictionaries)
  }

  /// Returns what a table takes on disk and what was written for it; nil when there is none of that
  /// name.
  public func byteCounts(ofTable name: String) -> TableByteCounts? {
    guard let table = manifest.tables.first(where: { $0.schema.name == name }) else { return nil }
    return TableByteCounts(
      stored: table.segments.reduce(0) {
        $0 + UInt64($1.file.byteCount) + UInt64($1.deletions?.byteCount ?? 0)
      },
      taken: table.takenByteCount,
      merged: table.mergedByteCount
    )
  }

  /// Returns a table, or nil when there is none of that name.
  public func table(_ name: String) -> TableSnapshot? { tables[name] }
}

/// The bytes of a table's segments.
public struct TableByteCounts: Sendable, Hashable {
  /// The segments and deletions of the version.
  public let stored: UInt64
  /// All segments that were written with new rows since the table was made.
  public let taken: UInt64
  /// All segments that merges wrote.
  public let merged: UInt64

  /// How often a byte was written: 1 when nothing was merged, and for an empty table.
  public var writeAmplification: Double {
    taken == 0 ? 1 : Double(taken + merged) / Double(taken)
  }
}

/// A table in one version of the store.
public struct TableSnapshot: Sendable {
  /// The schema through which all segments are seen.
  public let schema: TableSchema
  /// The segments in the order in which they were written.
  public let segments: [LiveSegment]
  let dictionaries: [String: TextDictionary]

  /// The number of rows that are not deleted.
  public var rowCount: Int {
    segments.reduce(0) { $0 + $1.segment.rowCount - ($1.deletions?.deletedCount ?? 0) }
  }

  /// Returns the dictionary of a column; nil when the table has no such column, when the column has
  /// no dictionary, and when the dictionary has no text yet.
  public func dictionary(_ column: String) -> TextDictionary? {
    schema.field(column)?.dictionaryName.flatMap { dictionaries[$0] }
  }
}

/// A segment and the rows of it that do not count any more.
public struct LiveSegment: Sendable {
  /// The segment.
  public let segment: Segment
  /// The deleted rows; nil when there are none.
  public let deletions: DeletionVector?
}
