import ColumnStore
import Commerce

/// What a definition may say about a canonical table.
struct TableShape: Sendable {
  /// The table.
  let schema: TableSchema
  /// Columns that a definition may give, with the type of each.
  let columns: [String: ColumnType]
  /// Groups of columns of which one must be given.
  let needed: [[String]]

  static let orderLine = TableShape(
    CommerceTables.orderLine,
    needed: [["order_id"], ["line_key"], ["ordered_at", "order_date"], ["qty"]]
  )
  static let selloutDaily = TableShape(
    CommerceTables.selloutDaily,
    needed: [["date_from"], ["sku"], ["qty"]]
  )
  static let all = [orderLine, selloutDaily]

  /// Columns that the import itself fills.
  private static let reserved: Set<String> = [
    "channel", "account", "dataset", "updated_at", "source_file", "source_line", "product",
    "place", "occurrence",
  ]

  /// Columns of the places and listings that the rows name.
  static let placeColumns = ["country", "state", "city", "pincode"]
  static let productColumns = ["title", "brand", "category"]

  private init(_ schema: TableSchema, needed: [[String]]) {
    self.schema = schema
    self.needed = needed
    var columns: [String: ColumnType] = [:]
    for field in schema.fields where !TableShape.reserved.contains(field.name) {
      columns[field.name] = field.type
    }
    for name in TableShape.placeColumns + TableShape.productColumns { columns[name] = .string }
    self.columns = columns
  }

  /// The key that a definition may name: the table's without channel and account.
  var naturalKey: [String] {
    schema.primaryKey.filter { $0 != "channel" && $0 != "account" }
  }

  /// Tells whether a value of a type can stand in a column.
  static func fits(_ type: ColumnRule.ValueType, _ column: ColumnType) -> Bool {
    switch column {
    case .string: type == .text
    case .int32, .int64: type == .int
    case .decimal: type == .money || type == .decimal || type == .percent
    case .date, .timestamp: type == .date || type == .timestamp
    case .bool: type == .bool
    case .float64: false
    }
  }
}
