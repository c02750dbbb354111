/// One column of a table: its name, physical type and how its values are kept.
public struct Field: Sendable, Hashable {
  /// How the text of a string column is kept.
  public enum TextStorage: Sendable, Hashable {
    /// Codes into an append-only dictionary. Columns that name the same dictionary share their
    /// codes, so values of one table find their rows in another without comparing text.
    case dictionary(String)
    /// The bytes themselves, for text that hardly ever repeats. Such a column can be returned and
    /// filtered but neither grouped by nor used as a key.
    case plain
  }

  /// What a column is for, where the store treats it differently.
  public enum Role: UInt8, Sendable, Hashable {
    /// Compared to tell whether a row changed.
    case content = 1
    /// Orders the versions of one row; the larger value wins. At most one `int64` or `timestamp`
    /// column of a table has this role.
    case version = 2
    /// Tells where a row came from and is not compared.
    case provenance = 3
  }

  /// The column's name, unique in its table.
  public let name: String
  /// The physical type.
  public let type: ColumnType
  /// Tells whether values may be missing.
  public let isNullable: Bool
  /// How text is kept; meaningful for `string` columns only.
  public let textStorage: TextStorage
  /// What the column is for.
  public let role: Role

  /// Makes a field; a string column defaults to a dictionary of its own, named after the column.
  public init(
    _ name: String,
    _ type: ColumnType,
    nullable isNullable: Bool = false,
    text textStorage: TextStorage? = nil,
    role: Role = .content
  ) {
    self.name = name
    self.type = type
    self.isNullable = isNullable
    self.textStorage = textStorage ?? .dictionary(name)
    self.role = role
  }

  /// The dictionary that a string column's codes point into; nil for every other column.
  public var dictionaryName: String? {
    guard type == .string, case .dictionary(let name) = textStorage else { return nil }
    return name
  }
}
