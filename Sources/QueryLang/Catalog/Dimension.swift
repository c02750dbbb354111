/// Something that rows can be grouped and filtered by.
public struct Dimension: Sendable, Hashable {
  /// Where the values come from.
  public enum Source: Sendable, Hashable {
    /// Columns of the fact itself, named by its relation; of several the last is shown.
    case column
    /// A row of a table, found by its key; groups are keys, people see `column`.
    case table(TableSource)
    /// A column of the row that another dimension finds.
    case attribute(of: String, column: String)
    /// A date of the row that an entity's dimension finds, cut to a grain.
    case cohort(entity: String, column: String, grain: ReportGrain?)
    /// A row expression over columns of one fact.
    case expression(CatalogExpression, facts: [String])
  }

  /// A table with the columns that a dimension needs.
  public struct TableSource: Sendable, Hashable {
    /// The stored table.
    public var table: String
    /// The column that facts refer to; the primary key.
    public var key: String
    /// The column that people see.
    public var column: String
    /// A column with other names for the same rows, which filters accept too.
    public var labelColumn: String?
  }

  /// The name.
  public var name: String
  /// What people call it.
  public var label: String
  /// Other names for it.
  public var aka: [String]
  /// What it means, in a sentence.
  public var description: String?
  /// Whether listings leave it out.
  public var isHidden: Bool
  /// The type of its values.
  public var type: ResultType
  /// Where the values come from.
  public var source: Source
  /// A column of its table by which its values are ordered.
  public var orderColumn: String?
  /// The known values, where the model lists them.
  public var values: [String]
  /// Whether whoever writes reports may not see it.
  var isDenied = false
  /// Where the model file defines it.
  var origin: CatalogOrigin
}

/// An expression of the report language inside a model file.
public struct CatalogExpression: Sendable, Hashable {
  /// The text.
  public var text: String
  /// Where the text stands.
  var origin: CatalogOrigin
}
