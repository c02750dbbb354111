public import ColumnStore

extension RowBatch {
  /// Makes a batch of rows that the naive engine takes too; a value that is missing is null where
  /// the column allows it, else 0 or an empty text.
  public init(rows: [NaiveBackend.Row], of schema: TableSchema) {
    var columns: [String: Column] = [:]
    for field in schema.fields {
      let values = rows.map { $0[field.name] ?? .null }
      let isNull = values.map { $0 == .null && field.isNullable }
      let nulls = isNull.contains(true) ? RowNulls(flags: isNull) : RowNulls.none
      switch field.type {
      case .string: columns[field.name] = RowBatch.texts(values, nulls)
      case .float64: columns[field.name] = .doubles(values.map(\.asDouble), nulls: nulls)
      case .int32, .int64, .decimal, .bool, .date, .timestamp:
        columns[field.name] = .integers(values.map(\.asInteger), nulls: nulls)
      }
    }
    self.init(columns: columns, rowCount: rows.count)
  }

  private static func texts(_ values: [Scalar], _ nulls: RowNulls) -> Column {
    var texts: [String] = []
    var places: [Scalar: UInt32] = [:]
    var codes: [UInt32] = []
    for (index, value) in values.enumerated() {
      var text = ""
      if case .string(let found) = value { text = found }
      if nulls.isNull(index) {
        codes.append(0)
      } else if let place = places[.string(text)] {
        codes.append(place)
      } else {
        places[.string(text)] = UInt32(texts.count)
        codes.append(UInt32(texts.count))
        texts.append(text)
      }
    }
    return .strings(codes: codes, values: texts, nulls: nulls)
  }
}
