/// A merge of segments of one table into one: the rows that are not deleted, sorted again.
///
/// It reads and writes without the store's lock. Until it is committed the new file has a name that
/// commits of others leave alone.
struct SegmentMerge {
  /// A segment as it was when the merge began.
  struct Input {
    let path: String
    let byteCount: Int
    let live: LiveSegment

    /// The rows that are not deleted.
    var rows: [Int] {
      (0..<live.segment.rowCount).filter { live.deletions?.contains($0) != true }
    }
  }

  /// What the merge wrote.
  struct Output {
    let entry: Manifest.Segment
    /// The rows of the inputs, one input after the other, in the order of the output; nil when they
    /// are in order.
    let order: [Int]?
  }

  /// What the name of a file ends with until it is committed, in place of `.tmp`.
  static let suffix = ".new"

  let schema: TableSchema
  let inputs: [Input]

  /// Takes the next merge that is due in a table; nil when there is none.
  init?(of table: Manifest.Table, in snapshot: Snapshot, policy: CompactionPolicy, rowLimit: Int) {
    guard let live = snapshot.table(table.schema.name) else { return nil }
    let shapes = table.segments.map {
      CompactionPolicy.Shape(rowCount: $0.rowCount, deletedCount: $0.deletedCount)
    }
    guard let places = policy.nextMerge(of: shapes, rowLimit: rowLimit) else { return nil }
    schema = table.schema
    inputs = places.map { place in
      let file = table.segments[place].file
      return Input(path: file.path, byteCount: file.byteCount, live: live.segments[place])
    }
  }

  /// The number of rows that are not deleted.
  var rowCount: Int {
    inputs.reduce(0) { $0 + $1.live.segment.rowCount - ($1.live.deletions?.deletedCount ?? 0) }
  }

  /// Writes the rows as a file and makes it last, under `path` with `suffix`.
  func write(_ path: String, in directory: any StoreDirectory) throws(StoreError) -> Output {
    let rowCount = rowCount
    let columns = try readColumns()
    let sortColumns = schema.sortOrder.compactMap { schema.index(of: $0) }.map { columns[$0] }
    let order = RowOrder.sorting(sortColumns, rowCount: rowCount)
    let file = try directory.create(path + Self.suffix)
    do throws(StoreError) {
      let writer = SegmentWriter(schema: schema, codec: try ZstdCodec(), effort: .thorough)
      let result = try writer.write(columns, rowCount: rowCount, to: file)
      try file.synchronise()
      try file.close()
      let entry = Manifest.Segment(
        file: Manifest.File(path: path, byteCount: result.byteCount, checksum: result.checksum),
        rowCount: rowCount,
        footerChecksum: result.footerChecksum
      )
      return Output(entry: entry, order: order)
    } catch {
      discard(path, in: directory)
      throw error
    }
  }

  /// Removes a file that is not committed.
  func discard(_ path: String, in directory: any StoreDirectory) {
    // What cannot be removed now is removed by a later commit.
    _ = try? directory.remove(path + Self.suffix)
  }

  private func readColumns() throws(StoreError) -> [ColumnRows] {
    var columns = schema.fields.map { ColumnRows(for: $0) }
    for input in inputs {
      let segment = input.live.segment
      for block in 0..<segment.blockCount {
        let range = segment.blockRange(block)
        let rows = (0..<range.count).filter {
          input.live.deletions?.contains(range.lowerBound + $0) != true
        }
        guard !rows.isEmpty else { continue }
        for column in columns.indices {
          columns[column].append(try segment.readVector(column: column, block: block), rows: rows)
        }
      }
    }
    return columns
  }

  /// Returns the deletions that came while the merge ran, as rows of the output; `now` are the
  /// inputs' deletions by path.
  func deletions(
    since now: [String: DeletionVector],
    of output: Output
  ) -> DeletionVector {
    var result = DeletionVector(rowCount: output.entry.rowCount)
    var added: [Int] = []
    var start = 0
    for input in inputs {
      let rows = input.rows
      if let deletions = now[input.path] {
        for place in rows.indices where deletions.contains(rows[place]) {
          added.append(start + place)
        }
      }
      start += rows.count
    }
    guard !added.isEmpty else { return result }
    guard let order = output.order else {
      for row in added { result.insert(row) }
      return result
    }
    var isAdded = [Bool](repeating: false, count: start)
    for row in added { isAdded[row] = true }
    for (place, row) in order.enumerated() where isAdded[row] { result.insert(place) }
    return result
  }
}
