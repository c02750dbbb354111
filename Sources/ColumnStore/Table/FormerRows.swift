/// The former values of rows that a batch replaced or removed.
struct FormerRows {
  private let fields: [Field]
  private let indices: [Int]
  private var columns: [ColumnRows]
  /// The row of the batch that replaced each, or nil for removed ones, which come last.
  private var batchRows: [Int] = []

  /// Begins with no rows; `columns` are the ones to keep.
  init(schema: TableSchema, columns: [Int]) {
    self.indices = columns
    self.fields = columns.map { schema.fields[$0] }
    self.columns = fields.map { ColumnRows(for: $0) }
  }

  /// Takes rows of the table's columns, and for each the row of the batch that replaced it.
  mutating func append(_ existing: [ColumnRows], rows: [Int], batchRows added: [Int]) {
    for (place, index) in indices.enumerated() {
      columns[place].append(existing[index], rows: rows)
    }
    batchRows.append(contentsOf: added)
  }

  /// The rows in the order of the batch.
  func batch(texts: WriteTransaction) throws(StoreError) -> RowBatch {
    let order = batchRows.indices.sorted { batchRows[$0] < batchRows[$1] }
    var result: [String: RowBatch.Column] = [:]
    for (field, values) in zip(fields, columns) {
      var sorted = ColumnRows(kind: values.kind)
      sorted.append(values, rows: order)
      result[field.name] = try column(sorted, field: field, texts: texts)
    }
    return RowBatch(columns: result, rowCount: order.count)
  }

  private func column(
    _ values: ColumnRows,
    field: Field,
    texts: WriteTransaction
  ) throws(StoreError) -> RowBatch.Column {
    let nulls = RowNulls(flags: values.nulls.contains(true) ? values.nulls : [])
    switch values.kind {
    case .integers: return .integers(values.integers, nulls: nulls)
    case .doubles: return .doubles(values.doubles, nulls: nulls)
    case .codes:
      var places: [UInt32: UInt32] = [:]
      var distinct: [String] = []
      var codes: [UInt32] = []
      for row in values.codes.indices {
        guard !values.isNull(row) else {
          codes.append(0)
          continue
        }
        let code = values.codes[row]
        if places[code] == nil {
          places[code] = UInt32(distinct.count)
          distinct.append(try texts.text(Int(code), of: field.dictionaryName ?? field.name))
        }
        codes.append(places[code] ?? 0)
      }
      return .strings(codes: codes, values: distinct, nulls: nulls)
    case .texts:
      let codes = values.texts.indices.map { UInt32($0) }
      return .strings(codes: codes, values: values.texts, nulls: nulls)
    }
  }
}
