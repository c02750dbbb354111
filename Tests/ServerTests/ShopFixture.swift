import ColumnStore
import Commerce
import QueryLang

/// A store in memory with a few order lines, and the model over it.
enum ShopFixture {
  /// The day that counts as today in tests, 2026-04-01.
  static let today: Int32 = 20_544

  /// Makes a store with one order line for each channel, day and value in rupees.
  static func store(_ lines: [(channel: String, day: Int64, rupees: Int64)]) throws -> Store {
    let store = try Store.open(MemoryDirectory(), mode: .readWrite)
    try add(lines, to: store)
    return store
  }

  /// Adds order lines in one commit.
  static func add(
    _ lines: [(channel: String, day: Int64, rupees: Int64)],
    to store: Store
  ) throws {
    try store.write { transaction in
      for schema in CommerceTables.all { try transaction.declare(schema) }
      let first = transaction.base.table("order_line")?.rowCount ?? 0
      var columns: [String: RowBatch.Column] = [:]
      for field in CommerceTables.orderLine.fields where !field.isNullable {
        columns[field.name] = standard(field, count: lines.count)
      }
      columns["channel"] = texts(lines.map(\.channel))
      columns["order_id"] = texts(lines.indices.map { "order-\(first + $0)" })
      columns["order_date"] = .integers(lines.map(\.day), nulls: .none)
      columns["gross_value"] = .integers(lines.map { $0.rupees * 10_000 }, nulls: .none)
      columns["status"] = texts(lines.map { _ in "delivered" })
      columns["currency"] = texts(lines.map { _ in "INR" })
      let batch = RowBatch(columns: columns, rowCount: lines.count)
      _ = try transaction.upsert(batch, into: "order_line")
    }
  }

  private static func standard(_ field: Field, count: Int) -> RowBatch.Column {
    switch field.type {
    case .string: texts(Array(repeating: "x", count: count))
    case .float64: .doubles(Array(repeating: 1, count: count), nulls: .none)
    case .int32, .int64, .decimal, .bool, .date, .timestamp:
      .integers(Array(repeating: 1, count: count), nulls: .none)
    }
  }

  private static func texts(_ values: [String]) -> RowBatch.Column {
    let distinct = Array(Set(values)).sorted()
    var codes: [String: UInt32] = [:]
    for (code, text) in distinct.enumerated() { codes[text] = UInt32(code) }
    return .strings(codes: values.map { codes[$0] ?? 0 }, values: distinct, nulls: .none)
  }
}
