import ColumnStore
import Commerce

/// What a definition may say about a table.
struct TableShape: Sendable {
  /// Whose table it is, which decides what an import adds to the fields of a file.
  enum Origin: Sendable {
    /// One of the tables of every store: rows name listings, places, customers and their version.
    case canonical
    /// One that a semantic model declares: rows have what the definition says and no more.
    case declared
  }

  /// The table.
  let schema: TableSchema
  /// Whose table it is.
  let origin: Origin
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
  static let canonical = [orderLine, selloutDaily]

  /// Columns that the import itself fills.
  private static let reserved: Set<String> = [
    "channel", "account", "dataset", "updated_at", "source_file", "source_line", "product",
    "place", "occurrence",
  ]

  /// Columns of the places and listings that the rows name.
  static let placeColumns = ["country", "state", "city", "pincode"]
  static let productColumns = ["title", "brand", "category"]

  /// Columns of a declared table that the import fills where the definition does not.
  private static let supplied: [String: ColumnType] = [
    "channel": .string, "account": .string, "dataset": .string, "currency": .string,
    "source_file": .string, "source_line": .int64, "occurrence": .int64,
  ]

  /// Makes the shape of a table that a semantic model declares: a definition may give every column,
  /// and must give those that always have a value and that the import does not know.
  init(declared schema: TableSchema) {
    self.schema = schema
    origin = .declared
    columns = schema.fields.reduce(into: [:]) { $0[$1.name] = $1.type }
    needed =
      schema.fields
      .filter { !$0.isNullable && TableShape.supplied[$0.name] != $0.type }
      .map { [$0.name] }
  }

  private init(_ schema: TableSchema, needed: [[String]]) {
    self.schema = schema
    self.needed = needed
    origin = .canonical
    var columns: [String: ColumnType] = [:]
    for field in schema.fields where !TableShape.reserved.contains(field.name) {
      columns[field.name] = field.type
    }
    for name in TableShape.placeColumns + TableShape.productColumns { columns[name] = .string }
    self.columns = columns
  }

  /// The key that a definition may name: a canonical table's without channel and account.
  var naturalKey: [String] {
    switch origin {
    case .canonical: schema.primaryKey.filter { $0 != "channel" && $0 != "account" }
    case .declared: schema.primaryKey
    }
  }

  /// Whether rows have a version that tells the newer of two.
  var hasVersion: Bool { schema.fields.contains { $0.role == .version } }

  /// Whether the import fills a column that the definition leaves out.
  func supplies(_ name: String) -> Bool {
    guard let type = schema.field(name)?.type else { return false }
    return origin == .canonical || TableShape.supplied[name] == type
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
