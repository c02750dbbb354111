/// Finds the runs of a block that make its pages smallest: those of the rows on which one of its
/// columns does not change, where several other columns do not change either.
struct RunFinder {
  /// The runs of a block, and which columns may go by them.
  struct Plan {
    let runs: BlockRuns
    /// One flag a column.
    let isColumnByRuns: [Bool]
  }

  /// Rows of a block that are looked at, in so many pieces.
  private static let sampleRows = 1_024
  private static let pieceCount = 2
  /// Runs have to save so many rows of these many for anything else to be looked at.
  private static let leastSaved = (rows: 1, of: 16)

  let columns: [ColumnRows]
  /// The order in which rows are written; nil when they are in order.
  let order: [Int]?
  let codec: ZstdCodec
  let effort: PageEffort

  /// Returns the runs of some rows; nil where they would not make the block smaller.
  func plan(_ rows: Range<Int>) throws(StoreError) -> Plan? {
    let pieces = Self.pieces(of: rows)
    let sample = columns.map { column in
      var sample = ColumnRows(kind: column.kind)
      for piece in pieces {
        sample.append(column.part(piece, in: order), rows: .range(0..<piece.count))
      }
      return sample
    }
    let changes = sample.map { BlockRuns(changesOf: $0) }
    guard let lead = Self.lead(changes) else { return nil }
    var isColumnByRuns = [Bool](repeating: false, count: columns.count)
    var saved = 0
    for column in columns.indices where changes[column].count > 1 {
      let gain = try gain(sample[column], by: changes[lead])
      guard gain > 0 else { continue }
      isColumnByRuns[column] = true
      saved += gain
    }
    let cost = changes[lead].bytes(codec, effort).count
    guard saved > cost else { return nil }
    return Plan(
      runs: BlockRuns(changesOf: columns[lead].part(rows, in: order)),
      isColumnByRuns: isColumnByRuns
    )
  }

  /// The bytes that a column's sample takes less when it goes by runs.
  private func gain(_ sample: ColumnRows, by runs: BlockRuns) throws(StoreError) -> Int {
    let byRuns = try PageEncoder(codec: codec, effort: effort, runs: runs).encode(sample)
    guard byRuns.descriptor.runs != .none else { return 0 }
    let byRows = try PageEncoder(codec: codec, effort: effort).encode(sample)
    return byRows.bytes.count - byRuns.bytes.count
  }

  /// The column whose runs save most values; nil when those of none save enough.
  private static func lead(_ changes: [BlockRuns]) -> Int? {
    var best: (column: Int, saved: Int)?
    for (column, runs) in changes.enumerated() {
      let saved = runs.rowCount - runs.count
      guard runs.count > 1, saved * leastSaved.of >= runs.rowCount * leastSaved.rows else {
        continue
      }
      let followers = changes.count { $0.count > 1 && $0.areRefined(by: runs) }
      if saved * followers > best?.saved ?? 0 { best = (column, saved * followers) }
    }
    return best?.column
  }

  private static func pieces(of rows: Range<Int>) -> [Range<Int>] {
    guard rows.count > sampleRows else { return [rows] }
    let length = sampleRows / pieceCount
    return (0..<pieceCount).map { piece in
      // In the middle of each part of the block.
      let middle = rows.lowerBound + (2 * piece + 1) * rows.count / (2 * pieceCount)
      return (middle - length / 2)..<(middle + length / 2)
    }
  }
}
