/// A table of events, or of figures that are already summed, with what its columns mean.
public struct Fact: Sendable, Hashable {
  /// What one row is.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// One event, such as a line of an order.
    case event
    /// A figure that was summed before it came: no orders, no customers.
    case aggregated
  }

  /// How a dimension is reached from a row.
  public enum Relation: Sendable, Hashable {
    /// By the value of columns; several make one key.
    case columns([String])
    /// The rows have none: all belong to the member `(none)`.
    case absent
  }

  /// A column with its meaning.
  public struct Column: Sendable, Hashable {
    /// The stored column.
    public var name: String
    /// The kind of its values.
    public var type: ResultType
    /// The column that holds the currency of each row's amount.
    public var currencyColumn: String?
    /// A display unit such as `hours`, where the model names one.
    public var unit: String?
    /// Whether whoever writes reports may not see it.
    var isDenied = false
  }

  /// The members of a dimension that a fact has rows of.
  public struct Coverage: Sendable, Hashable {
    /// The dimension's name.
    public var dimension: String
    /// The members, by any of their names.
    public var values: [String]
  }

  /// The name.
  public var name: String
  /// The stored table.
  public var table: String
  /// What one row is.
  public var kind: Kind
  /// The columns that identify a row.
  public var grain: [String]
  /// The column of the report date.
  public var dateColumn: String
  /// The column of the instant, where there is one.
  public var instantColumn: String?
  /// The first day from which the fact was recorded, in days since 1970.
  public var recordedFrom: Int32?
  /// The members that the fact has rows of, by dimension; none where it may have rows of any.
  public var coverage: [Coverage]
  /// The columns with their meaning.
  public var columns: [Column]
  /// How dimensions are reached, by the dimension's folded name.
  public var relations: [String: Relation]
  /// Where the model file defines it.
  var origin: CatalogOrigin

  /// Returns a column by name, or nil when the fact declares none of that name.
  public func column(_ name: String) -> Column? {
    let folded = CatalogName.folded(name)
    return columns.first { CatalogName.folded($0.name) == folded }
  }
}
