import ColumnStore
import Commerce
import QueryLang

extension SmallShop {
  /// The same shop in a store of its own, behind the real executor, with more tables.
  func stored(_ more: [(schema: TableSchema, rows: [NaiveBackend.Row])] = []) throws -> LocalBackend
  {
    let store = try Store.open(MemoryDirectory(), mode: .readWrite)
    var tables = [
      "order_line": lines, "sellout_daily": sellout, "channel": channels, "product": products,
      "place": places, "customer": customers,
    ]
    for (schema, rows) in more { tables[schema.name] = rows }
    let known = tables
    try store.write { transaction in
      for schema in CommerceTables.all + more.map(\.schema) {
        try transaction.declare(schema)
        let rows = known[schema.name] ?? []
        if !rows.isEmpty {
          _ = try transaction.upsert(SmallShop.batch(rows, schema), into: schema.name)
        }
      }
    }
    return LocalBackend(snapshot: try store.snapshot(), pool: ScanPool(threads: 2))
  }

  private static func batch(_ rows: [NaiveBackend.Row], _ schema: TableSchema) -> RowBatch {
    var columns: [String: RowBatch.Column] = [:]
    for field in schema.fields {
      let values = rows.map { $0[field.name] ?? .null }
      let isNull = values.map { $0 == .null && field.isNullable }
      let nulls = isNull.contains(true) ? RowNulls(flags: isNull) : RowNulls.none
      if field.type == .string {
        var texts: [String] = []
        var codes: [UInt32] = []
        for value in values {
          var text = ""
          if case .string(let found) = value { text = found }
          if let code = texts.firstIndex(where: { $0.utf8.elementsEqual(text.utf8) }) {
            codes.append(UInt32(code))
          } else {
            codes.append(UInt32(texts.count))
            texts.append(text)
          }
        }
        for (index, flag) in isNull.enumerated() where flag { codes[index] = 0 }
        columns[field.name] = .strings(codes: codes, values: texts, nulls: nulls)
      } else {
        columns[field.name] = .integers(values.map(\.asInteger), nulls: nulls)
      }
    }
    return RowBatch(columns: columns, rowCount: rows.count)
  }
}
