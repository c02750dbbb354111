/// How the rows of a result become a table in which the members of some keys are columns.
///
/// The rows themselves stay as they are, one for each group, so that charts and programs need not
/// know the columns beforehand.
public struct PivotDescription: Sendable, Hashable {
  /// A row of the table.
  public struct Row: Sendable, Hashable {
    /// What the row is.
    public var kind: RowKind
    /// The values of the keys that stay, in their order; blank where the row sums over them.
    public var cells: [ResultCell]

    /// Makes a row.
    public init(kind: RowKind, cells: [ResultCell]) {
      self.kind = kind
      self.cells = cells
    }
  }

  /// The place of a row of the result.
  public struct Place: Sendable, Hashable {
    /// The row of the table.
    public var row: Int
    /// The header under which its metrics stand; nil for the sum over all headers.
    public var header: Int?

    /// Makes a place.
    public init(row: Int, header: Int?) {
      self.row = row
      self.header = header
    }
  }

  /// The names of the keys whose members are columns, as written.
  public var keys: [String]
  /// The members, in the order of the columns; each has a value for every key.
  public var headers: [[ResultCell]]
  /// The rows in their order: sums below the last row that they sum up.
  public var rows: [Row]
  /// A place for each row of the result.
  public var places: [Place]

  /// Makes a description.
  public init(keys: [String], headers: [[ResultCell]], rows: [Row], places: [Place]) {
    self.keys = keys
    self.headers = headers
    self.rows = rows
    self.places = places
  }

  /// Whether the table has a column for the sum over all headers.
  public var hasTotals: Bool { places.contains { $0.header == nil } }
}
