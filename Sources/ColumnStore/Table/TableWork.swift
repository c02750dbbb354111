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

  private(set) var schema: TableSchema
  /// Tells whether the schema differs from that of the base, or the table is new.
  var isSchemaChanged: Bool
  var segments: [WorkingSegment]
  /// Rows that are in no segment yet, one column for each field.
  private(set) var pending: [ColumnRows]
  private(set) var pendingKeys = KeyIndex()
  /// What a slice replacement that goes on has found again of the older segments.
  var kept: [DeletionVector]?

  private(set) var keyColumns: [Int] = []
  private(set) var versionColumn: Int?
  private(set) var contentColumns: [Int] = []

  init(schema: TableSchema, segments: [WorkingSegment], isNew: Bool) {
    self.schema = schema
    self.segments = segments
    self.isSchemaChanged = isNew
    self.pending = schema.fields.map { ColumnRows(for: $0) }
    findColumns()
  }

  /// The number of rows that are in no segment yet.
  var pendingCount: Int { pendingKeys.hashes.count }

  /// The bytes that they take.
  var pendingBytes: Int {
    pendingCount * (pending.reduce(24) { $0 + $1.stride })
  }

  /// Tells whether a commit would change anything of the table.
  var isChanged: Bool {
    isSchemaChanged || pendingCount > 0
      || segments.contains { $0.isChanged || $0.temporary != nil }
  }

  /// Takes another schema; there must be no pending rows.
  func evolve(to schema: TableSchema) {
    precondition(pendingCount == 0, "pending rows were written under the former schema")
    self.schema = schema
    self.isSchemaChanged = true
    self.pending = schema.fields.map { ColumnRows(for: $0) }
    findColumns()
  }

  /// Adds rows of a batch, in the order of `rows`.
  func append(_ columns: [ColumnRows], rows: [Int], hashes: [UInt64]) {
    for column in pending.indices { pending[column].append(columns[column], rows: rows) }
    for row in rows { pendingKeys.append(hashes[row]) }
  }

  /// Puts a row of a batch into the place of a pending one with the same key.
  func replacePending(_ row: Int, by columns: [ColumnRows], row source: Int) {
    for column in pending.indices {
      pending[column].replace(row, by: columns[column], row: source)
    }
  }

  /// Forgets the pending rows, which are in a segment now.
  func clearPending() {
    pending = schema.fields.map { ColumnRows(for: $0) }
    pendingKeys = KeyIndex()
  }

  /// Marks a row of a segment as deleted.
  func delete(_ row: Int, ofSegment place: Int) {
    if segments[place].deletions.insert(row) { segments[place].isChanged = true }
  }

  private func findColumns() {
    keyColumns = schema.primaryKey.compactMap { schema.index(of: $0) }
    versionColumn = schema.fields.firstIndex { $0.role == .version }
    contentColumns = schema.fields.indices.filter {
      schema.fields[$0].role == .content && !keyColumns.contains($0)
    }
  }
}
