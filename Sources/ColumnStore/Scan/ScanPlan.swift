/// What to read from one table: a filter, group keys, aggregates, an order and a limit.
///
/// A plan names stored columns only; it knows no metrics and no users. Two equal plans on one
/// snapshot have equal answers, whatever the number of threads.
public struct ScanPlan: Sendable, Hashable {
  /// A group key and the name of its column in the result.
  public struct Key: Sendable, Hashable {
    /// The name of the result's column.
    public let name: String
    /// The value by which rows are grouped; null is a group of its own.
    public let expression: Expression

    /// Makes a key.
    public init(_ name: String, _ expression: Expression) {
      self.name = name
      self.expression = expression
    }
  }

  /// One step of an order: a column of the result.
  public struct Order: Sendable, Hashable {
    /// The name of a key or an aggregate.
    public let column: String
    /// Tells whether large values come first.
    public let isDescending: Bool
    /// Tells whether a sum of no values has the place of 0; other nulls come last in any case.
    public let takesNullForZero: Bool

    /// Makes an order; nulls come last in both directions.
    public init(
      _ column: String,
      descending isDescending: Bool = false,
      nullForZero takesNullForZero: Bool = false
    ) {
      self.column = column
      self.isDescending = isDescending
      self.takesNullForZero = takesNullForZero
    }
  }

  /// The table.
  public var table: String
  /// The rows that count.
  public var filter: Predicate
  /// The group keys; empty for one group over all rows, which exists even without rows.
  public var keys: [Key]
  /// The aggregates.
  public var aggregates: [Aggregate]
  /// The order; the keys ascending are appended, so that the order is total.
  public var order: [Order]
  /// The largest number of rows in the result, after ordering; nil for all.
  public var limit: Int?
  /// Tells whether rows that `order` alone does not tell from the last one come too.
  public var keepsTies: Bool
  /// Tells whether the caller takes texts as codes, sums as narrow as they fit, and the rows of a
  /// plan without an order as they come; for many groups that is much less work.
  public var isRaw = false

  /// Makes a plan.
  public init(
    table: String,
    filter: Predicate = .constant(true),
    keys: [Key] = [],
    aggregates: [Aggregate] = [],
    order: [Order] = [],
    limit: Int? = nil,
    keepsTies: Bool = false
  ) {
    self.table = table
    self.filter = filter
    self.keys = keys
    self.aggregates = aggregates
    self.order = order
    self.limit = limit
    self.keepsTies = keepsTies
  }
}
