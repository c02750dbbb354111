import ColumnStore
import Commerce
import QueryLang
import TestKit

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
          _ = try transaction.upsert(RowBatch(rows: rows, of: schema), into: schema.name)
        }
      }
    }
    return LocalBackend(snapshot: try store.snapshot(), pool: ScanPool(threads: 2))
  }
}
