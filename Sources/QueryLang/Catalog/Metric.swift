/// Something that can be measured: one value per group.
public struct Metric: Sendable, Hashable {
  /// How the value comes about.
  public enum Definition: Sendable, Hashable {
    /// An aggregate over rows of one fact.
    case aggregate(BaseDefinition)
    /// An expression over other metrics.
    case expression(CatalogExpression)
  }

  /// An aggregate over rows of one fact.
  public struct BaseDefinition: Sendable, Hashable {
    /// The fact's name.
    public var fact: String
    /// The function.
    public var function: Function
    /// The rows that count, as a row expression.
    public var condition: CatalogExpression?
  }

  /// What is computed over the rows of a group.
  public enum Function: Sendable, Hashable {
    case countRows
    case count(column: String)
    case sum(column: String)
    case minimum(column: String)
    case maximum(column: String)
    case average(column: String)
    case median(column: String)
    case countDistinct(Distinct)
  }

  /// What distinct values are counted.
  public enum Distinct: Sendable, Hashable {
    /// Values of a column.
    case column(String)
    /// Members of a dimension.
    case key(String)
  }

  /// The name.
  public var name: String
  /// What people call it.
  public var label: String
  /// Other names for it.
  public var aka: [String]
  /// What it means, in a sentence.
  public var description: String?
  /// Who answers for it.
  public var owner: String?
  /// A spreadsheet pattern for its values.
  public var format: String?
  /// Whether listings leave it out.
  public var isHidden: Bool
  /// The type, where the model overrules the one that follows from the definition.
  public var type: ResultType?
  /// Whether it is blank where there are no rows, although it is a sum or a count.
  public var isBlankWithoutRows: Bool
  /// How the value comes about.
  public var definition: Definition
  /// Whether whoever writes reports may not see it.
  var isDenied = false
  /// Where the model file defines it.
  var origin: CatalogOrigin
}
