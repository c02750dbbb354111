/// Replaces whole slices of a table: rows that agree in some columns, such as one channel's day.
///
/// Batches are taken one after the other; `finish` then deletes the rows of their slices that were
/// there before and that no batch had. A slice whose rows there are newer than a row of a batch does
/// not take that row.
public final class SliceReplacement {
  private let transaction: WriteTransaction
  private let work: TableWork
  private let slice: [Int]
  /// The deletions of the segments that were there when the replacement began.
  private let formerDeletions: [DeletionVector]
  /// The values of each slice that a batch had, in the columns of the table.
  private var slices: [ColumnRows]
  private var index = KeyIndex()
  /// The newest version that each slice had before.
  private var formerVersions: [Int64] = []
  /// Tells for each slice whether a row of a batch was taken.
  private var isReplaced: [Bool] = []

  init(transaction: WriteTransaction, work: TableWork, slice: [Int]) {
    self.transaction = transaction
    self.work = work
    self.slice = slice
    self.formerDeletions = work.segments.map(\.deletions)
    self.slices = work.schema.fields.map { ColumnRows(for: $0) }
    work.kept = work.segments.map { DeletionVector(rowCount: $0.segment.rowCount) }
  }

  /// Takes the next rows of the slices.
  ///
  /// - Throws: What `WriteTransaction.upsert` throws.
  public func upsert(
    _ batch: RowBatch,
    returning columns: [String] = []
  ) throws(StoreError) -> UpsertOutcome {
    let returning = try transaction.indices(of: columns, in: work.schema)
    let rows = try transaction.translate(batch, for: work.schema)
    let places = try findSlices(of: rows, rowCount: batch.rowCount)
    var excluded = [Bool](repeating: false, count: batch.rowCount)
    if let version = work.versionColumn {
      for row in excluded.indices {
        excluded[row] = rows[version].version(row) < formerVersions[places[row]]
      }
    }
    for row in excluded.indices where !excluded[row] { isReplaced[places[row]] = true }
    let request = Upsert.Request(
      columns: rows,
      rowCount: batch.rowCount,
      returning: returning,
      excluded: excluded
    )
    return try transaction.upsert(request, into: work)
  }

  /// Deletes what the replaced slices had before and no batch had.
  ///
  /// - Parameter columns: Columns whose former values the outcome shall have.
  /// - Returns: An outcome without kinds: the removed rows and their number.
  /// - Throws: `StoreError.unknownColumn`, `.damaged`.
  public func finish(returning columns: [String] = []) throws(StoreError) -> UpsertOutcome {
    let returning = try transaction.indices(of: columns, in: work.schema)
    var former = FormerRows(schema: work.schema, columns: returning)
    let kept = work.kept ?? []
    work.kept = nil
    var removed = 0
    do throws(StoreError) {
      try visit(isReplaced, needing: returning) { place, rows, _, existing in
        let deletions = work.segments[place].deletions
        let lost = rows.indices.filter {
          !kept[place].contains(rows[$0]) && !deletions.contains(rows[$0])
        }
        for i in lost {
          work.delete(rows[i], ofSegment: place)
          removed += 1
        }
        former.append(existing, rows: lost, batchRows: lost.map { _ in 0 })
      }
    } catch {
      // Some of the rows are removed, others are not.
      transaction.failure = error
      throw error
    }
    return try UpsertOutcome(
      kinds: [],
      replaced: former.batch(texts: transaction),
      removed: removed
    )
  }

  /// Returns for every row the number of its slice; new slices are looked up in the table.
  private func findSlices(of rows: [ColumnRows], rowCount: Int) throws(StoreError) -> [Int] {
    var hashes = [UInt64](repeating: KeyHash.seed, count: rowCount)
    for column in slice { rows[column].mix(into: &hashes) }
    var places = [Int](repeating: 0, count: rowCount)
    let known = isReplaced.count
    for row in 0..<rowCount {
      var slot = index.start(hashes[row])
      var found: Int?
      while found == nil, let candidate = index.next(&slot, hash: hashes[row]) {
        let isSame = slice.allSatisfy {
          rows[$0].equals(row, slices[$0], row: candidate)
        }
        if isSame { found = candidate }
      }
      if found == nil {
        found = isReplaced.count
        index.append(hashes[row])
        for column in slice { slices[column].append(rows[column], rows: [row]) }
        formerVersions.append(.min)
        isReplaced.append(false)
      }
      places[row] = found ?? 0
    }
    if known < isReplaced.count, let version = work.versionColumn {
      let isNew = isReplaced.indices.map { $0 >= known }
      try visit(isNew, needing: [version]) { _, rows, sliceRows, existing in
        for i in rows.indices {
          let value = existing[version].version(i)
          formerVersions[sliceRows[i]] = max(formerVersions[sliceRows[i]], value)
        }
      }
    }
    return places
  }

  /// Calls `body` for every block that had live rows of marked slices when the replacement began,
  /// with the segment's place, the rows, their slices, and their values in some columns.
  private func visit(
    _ isMarked: [Bool],
    needing columns: [Int],
    _ body: (Int, [Int], [Int], [ColumnRows]) -> Void
  ) throws(StoreError) {
    let bounds = slice.map { slices[$0].bounds(of: isMarked) }
    for place in formerDeletions.indices {
      let segment = work.segments[place].segment
      for block in 0..<segment.blockCount {
        let isPossible = zip(slice, bounds).allSatisfy { column, bounds in
          segment.zoneMap(column: column, block: block).mayContain(bounds)
        }
        guard isPossible else { continue }
        try visit(isMarked, block: block, of: place, needing: columns, body)
      }
    }
  }

  private func visit(
    _ isMarked: [Bool],
    block: Int,
    of place: Int,
    needing columns: [Int],
    _ body: (Int, [Int], [Int], [ColumnRows]) -> Void
  ) throws(StoreError) {
    let segment = work.segments[place].segment
    let range = segment.blockRange(block)
    var values = work.schema.fields.map { ColumnRows(for: $0) }
    let all = Array(0..<range.count)
    var hashes = [UInt64](repeating: KeyHash.seed, count: range.count)
    for column in slice {
      values[column].append(try segment.vector(column: column, block: block).0, rows: all)
      values[column].mix(into: &hashes)
    }
    var sliceRows: [Int] = []
    var positions: [Int] = []
    index.match(hashes, rows: &sliceRows, positions: &positions)
    let deletions = formerDeletions[place]
    let hits = positions.indices.filter { i in
      isMarked[sliceRows[i]] && !deletions.contains(range.lowerBound + positions[i])
        && slice.allSatisfy {
          values[$0].equals(positions[i], slices[$0], row: sliceRows[i])
        }
    }
    guard !hits.isEmpty else { return }
    let rows = hits.map { positions[$0] }
    var existing = work.schema.fields.map { ColumnRows(for: $0) }
    for column in Set(columns) {
      existing[column].append(try segment.vector(column: column, block: block).0, rows: rows)
    }
    body(place, rows.map { range.lowerBound + $0 }, hits.map { sliceRows[$0] }, existing)
  }
}
