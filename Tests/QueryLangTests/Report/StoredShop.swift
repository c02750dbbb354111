import ColumnStore
import Commerce
import QueryLang
import TestKit

extension SmallShop {
  /// The same shop in a store of its own, behind the real executor.
  func stored() throws -> LocalBackend {
    let store = try Store.open(MemoryDirectory(), mode: .readWrite)
    let tables = [
      "order_line": lines, "sellout_daily": sellout, "channel": channels, "product": products,
      "place": places, "customer": customers,
    ]
    try store.write { transaction in
      for schema in CommerceTables.all {
        try transaction.declare(schema)
        let rows = tables[schema.name] ?? []
        if !rows.isEmpty {
          _ = try transaction.upsert(RowBatch(rows: rows, of: schema), into: schema.name)
        }
      }
    }
    return LocalBackend(snapshot: try store.snapshot(), pool: ScanPool(threads: 2))
  }
}
