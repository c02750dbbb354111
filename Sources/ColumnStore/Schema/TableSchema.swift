/// The shape of a table: its ordered fields, primary key and sort order.
public struct TableSchema: Sendable, Hashable {
  /// The table's name; letters, digits and underscores.
  public let name: String
  /// The columns in order.
  public let fields: [Field]
  /// Names of the columns that identify a row: integers or dictionary strings, never null.
  public let primaryKey: [String]
  /// Names of the columns by which rows are sorted inside a segment; usually the business date.
  public let sortOrder: [String]
  /// Grows by one with every change; a reader fills columns that a segment lacks with nulls.
  public let version: UInt32

  /// Makes a schema.
  public init(
    name: String,
    fields: [Field],
    primaryKey: [String],
    sortOrder: [String] = [],
    version: UInt32 = 1
  ) {
    self.name = name
    self.fields = fields
    self.primaryKey = primaryKey
    self.sortOrder = sortOrder
    self.version = version
  }

  /// Returns the position of a column, or nil when the table has none of that name.
  public func index(of name: String) -> Int? {
    fields.firstIndex { $0.name == name }
  }

  /// Returns a field by name, or nil when the table has none of that name.
  public func field(_ name: String) -> Field? {
    fields.first { $0.name == name }
  }
}
