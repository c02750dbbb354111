import ColumnStore
import QueryLang
import TestKit

/// A world whose model is read and whose tables lie in a store of their own.
struct StoredWorld {
  let world: World
  let catalog: Catalog
  let backend: LocalBackend

  /// Reads the model and stores the tables.
  ///
  /// - Throws: `CatalogError` when the model is refused, `StoreError` when a row is.
  init(_ world: World, threads: Int = 1) throws {
    self.world = world
    catalog = try Catalog.load(yaml: world.yaml, name: "world.yaml", extending: nil, schemas: [])
    let store = try Store.open(MemoryDirectory(), mode: .readWrite)
    let schemas = catalog.tables
    try store.write { transaction in
      for table in world.tables {
        guard let schema = schemas[table.name] else { continue }
        try transaction.declare(schema)
        if !table.rows.isEmpty {
          _ = try transaction.upsert(StoredWorld.batch(table), into: table.name)
        }
      }
    }
    backend = LocalBackend(snapshot: try store.snapshot(), pool: ScanPool(threads: threads))
  }

  private static func batch(_ table: WorldTable) -> RowBatch {
    var columns: [String: RowBatch.Column] = [:]
    for (place, column) in table.columns.enumerated() {
      let values = table.rows.map { $0[place] }
      let isNull = values.map { $0 == .null }
      let nulls = isNull.contains(true) ? RowNulls(flags: isNull) : RowNulls.none
      switch column.type {
      case "text", "string": columns[column.name] = texts(values, nulls)
      case "number", "percent":
        let doubles = values.map { value -> Double in
          if case .double(let number) = value { number } else { 0 }
        }
        columns[column.name] = .doubles(doubles, nulls: nulls)
      default:
        let integers = values.map { value -> Int64 in
          if case .integer(let number) = value { number } else { 0 }
        }
        columns[column.name] = .integers(integers, nulls: nulls)
      }
    }
    return RowBatch(columns: columns, rowCount: table.rows.count)
  }

  private static func texts(_ values: [Scalar], _ nulls: RowNulls) -> RowBatch.Column {
    var known: [Scalar: UInt32] = [:]
    var list: [String] = []
    let codes = values.map { value -> UInt32 in
      guard case .string(let text) = value else { return 0 }
      if let code = known[value] { return code }
      let code = UInt32(list.count)
      known[value] = code
      list.append(text)
      return code
    }
    // A null has the code 0 of a list that then needs an entry.
    return .strings(codes: codes, values: list.isEmpty ? [""] : list, nulls: nulls)
  }
}
