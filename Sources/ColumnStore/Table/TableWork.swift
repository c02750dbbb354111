/// One table while a transaction changes it.
final class TableWork {
  /// A segment with the deletions of this transaction.
  struct WorkingSegment {
    var entry: Manifest.Segment
    var segment: Segment
    var deletions: DeletionVector
    /// Tells whether this transaction deleted rows.
    var isChanged = false
    /// The temporary file of a segment that this transaction wrote; nil for older ones.
    let temporary: String?
  }

  /// Rows that are in no segment yet.
  struct Pending {
    var columns: [ColumnRows]
    var keys = KeyIndex()

    init(_ schema: TableSchema) {
      columns = schema.fields.map { ColumnRows(for: $0) }
    }

    /// The number of rows.
    var count: Int { keys.hashes.count }

    /// Removes all rows and keeps the memory.
    mutating func removeAll() {
      for column in columns.indices { columns[column].removeAll() }
      keys.removeAll()
    }
  }

  /// A segment that another thread is writing, and its rows.
  struct Writing {
    let job: SegmentJob
    let path: String
    let temporary: String
    private(set) var rows: Pending

    /// Hands over the rows, so that nobody else has them.
    mutating func takeRows(leaving others: consuming Pending) -> Pending {
      swap(&rows, &others)
      return others
    }
  }

  private(set) var schema: TableSchema
  /// Tells whether the schema differs from that of the base, or the table is new.
  var isSchemaChanged: Bool
  var segments: [WorkingSegment]
  private(set) var pendingRows: Pending
  /// Empty rows whose memory was used before.
  private var spare: Pending?
  /// The segment that is being written, which comes after all others.
  var writing: Writing?
  /// What a slice replacement that goes on has found again of the older segments.
  var kept: [DeletionVector]?

  private(set) var keyColumns: [Int] = []
  private(set) var versionColumn: Int?
  private(set) var contentColumns: [Int] = []
  /// The content columns in the order in which rows are compared, those first that were different
  /// last.
  private(set) var comparedColumns: [Int] = []

  init(schema: TableSchema, segments: [WorkingSegment], isNew: Bool) {
    self.schema = schema
    self.segments = segments
    self.isSchemaChanged = isNew
    self.pendingRows = Pending(schema)
    findColumns()
  }

  /// The rows that are in no segment yet, one column for each field.
  var pending: [ColumnRows] { pendingRows.columns }

  /// The number of rows that are in no segment yet.
  var pendingCount: Int { pendingRows.count }

  /// Tells whether a commit would change anything of the table.
  var isChanged: Bool {
    isSchemaChanged || hasNewRows || segments.contains { $0.isChanged }
  }

  /// Tells whether the transaction took rows.
  var hasNewRows: Bool {
    pendingCount > 0 || writing != nil || segments.contains { $0.temporary != nil }
  }

  /// Takes another schema; there must be no pending rows.
  func evolve(to schema: TableSchema) {
    precondition(
      pendingCount == 0 && writing == nil,
      "pending rows were written under the former schema"
    )
    self.schema = schema
    self.isSchemaChanged = true
    spare = nil
    self.pendingRows = Pending(schema)
    findColumns()
  }

  /// Pending rows from which on room is made for a whole segment.
  private static let manyRows = SegmentFormat.blockRows

  /// Adds rows of a batch.
  func append(_ columns: [ColumnRows], rows: RowList, hashes: [UInt64]) {
    if pendingCount < TableWork.manyRows, pendingCount + rows.count >= TableWork.manyRows {
      makeRoom()
    }
    for column in columns.indices {
      pendingRows.columns[column].append(columns[column], rows: rows)
    }
    switch rows {
    case .range(let rows): pendingRows.keys.append(hashes[rows])
    case .chosen(let rows): for row in rows { pendingRows.keys.append(hashes[row]) }
    }
  }

  /// The number of rows that are pending at most: a whole segment, or as many blocks as memory is
  /// for.
  var pendingLimit: Int {
    let stride = pending.reduce(24) { $0 + $1.stride }
    let rows = max(1, TransactionFiles.pendingLimit / stride)
    let rest = rows < SegmentFormat.blockRows ? 0 : rows % SegmentFormat.blockRows
    return min(SegmentFormat.segmentRows, rows - rest)
  }

  /// Makes room for as many rows as are pending at most.
  private func makeRoom() {
    let rows = pendingLimit
    for column in pendingRows.columns.indices {
      pendingRows.columns[column].reserveCapacity(rows)
    }
    pendingRows.keys.reserveCapacity(rows)
  }

  /// Puts a row of a batch into the place of a pending one with the same key.
  func replacePending(_ row: Int, by columns: [ColumnRows], row source: Int) {
    for column in columns.indices {
      pendingRows.columns[column].replace(row, by: columns[column], row: source)
    }
  }

  /// Hands over the pending rows, so that none are left.
  func takePending() -> Pending {
    var rows = spare ?? Pending(schema)
    spare = nil
    swap(&rows, &pendingRows)
    return rows
  }

  /// Gives back the memory of rows that are written; there must be no pending ones.
  func releaseMemory() {
    precondition(pendingCount == 0, "all rows are written")
    pendingRows = Pending(schema)
    spare = nil
  }

  /// Forgets the segment that was being written, and returns its names and the number of its rows.
  ///
  /// The next rows go where its rows were.
  func endWriting() -> (path: String, temporary: String, rowCount: Int)? {
    guard let path = writing?.path, let temporary = writing?.temporary,
      let rows = writing?.takeRows(leaving: Pending(schema))
    else { return nil }
    writing = nil
    let rowCount = rows.count
    reuse(consume rows)
    return (path, temporary, rowCount)
  }

  private func reuse(_ rows: consuming Pending) {
    guard rows.columns.count == schema.fields.count, rows.count >= TableWork.manyRows else {
      return
    }
    rows.removeAll()
    spare = rows
  }

  /// Marks a row of a segment as deleted.
  func delete(_ row: Int, ofSegment place: Int) {
    if segments[place].deletions.insert(row) { segments[place].isChanged = true }
  }

  /// Lets a content column be compared first from now on, since rows were different there.
  func compareFirst(_ column: Int) {
    guard comparedColumns.first != column else { return }
    comparedColumns.removeAll { $0 == column }
    comparedColumns.insert(column, at: 0)
  }

  private func findColumns() {
    keyColumns = schema.primaryKey.compactMap { schema.index(of: $0) }
    versionColumn = schema.fields.firstIndex { $0.role == .version }
    contentColumns = schema.fields.indices.filter {
      schema.fields[$0].role == .content && !keyColumns.contains($0)
    }
    comparedColumns = contentColumns
  }
}
