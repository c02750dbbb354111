/// Rows of a table that have keys of a batch; of rows in a segment, columns are read when they are
/// needed.
struct ExistingRows {
  /// Where rows are that may have to be read.
  private struct Source {
    let segment: Segment
    let block: Int
    let positions: [Int]
  }

  /// The columns of the table, those that were not read empty.
  private(set) var columns: [ColumnRows]
  private var isRead: [Bool]
  private let source: Source?

  /// Takes rows all of whose columns are there.
  init(_ columns: [ColumnRows]) {
    self.columns = columns
    self.isRead = Array(repeating: true, count: columns.count)
    self.source = nil
  }

  /// Takes rows of a block.
  init(_ positions: [Int], of segment: Segment, block: Int) {
    self.columns = segment.schema.fields.map { ColumnRows(for: $0) }
    self.isRead = Array(repeating: false, count: columns.count)
    self.source = Source(segment: segment, block: block, positions: positions)
  }

  /// Sees to it that a column is there.
  mutating func read(_ column: Int) throws(StoreError) {
    guard !isRead[column], let source else { return }
    columns[column].append(
      try source.segment.vector(column: column, block: source.block).0,
      rows: source.positions
    )
    isRead[column] = true
  }
}
