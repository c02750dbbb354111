/// What is computed over the rows of a group.
public enum AggregateFunction: Sendable, Hashable {
  /// The number of rows.
  case countRows
  /// The number of rows in which the value is not null.
  case count(Expression)
  /// The exact sum, null where no row has a value.
  case sum(Expression)
  /// The smallest value, null where no row has one.
  case minimum(Expression)
  /// The largest value, null where no row has one.
  case maximum(Expression)
  /// The mean as a double in the units of the input divided by `scale`, null where no row has a
  /// value; the sum underneath is exact for integers.
  case average(Expression, scale: Double)
  /// The value below which a fraction from 0 to 1 of the values lies, between two values in
  /// proportion: as a double in the units of the input divided by `scale`, null where no row has a
  /// value. The fraction 0.5 is the median.
  case percentile(Expression, fraction: Double, scale: Double)
  /// The exact number of different tuples in which no part is null.
  case countDistinct([Expression])
}

/// An aggregate of a plan: a function, the name of its column, and the rows that it looks at.
public struct Aggregate: Sendable, Hashable {
  /// The name of the result's column.
  public let name: String
  /// The function.
  public let function: AggregateFunction
  /// Rows that count, besides the plan's own filter; nil for all.
  public let filter: Predicate?

  /// Makes an aggregate.
  public init(_ name: String, _ function: AggregateFunction, filter: Predicate? = nil) {
    self.name = name
    self.function = function
    self.filter = filter
  }
}
