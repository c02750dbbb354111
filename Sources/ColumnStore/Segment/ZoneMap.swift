/// What is known of one column of one block without reading it.
public struct ZoneMap: Sendable, Hashable {
  /// The range of the values that are not null.
  public enum Bounds: Sendable, Hashable {
    /// No row has a value.
    case empty
    /// Smallest and largest integer, or dictionary code.
    case integers(minimum: Int64, maximum: Int64)
    /// Smallest and largest double.
    case doubles(minimum: Double, maximum: Double)
    /// Nothing is known: plain texts.
    case unknown
  }

  /// The number of rows of the block.
  public let rowCount: Int
  /// The number of rows without a value.
  public let nullCount: Int
  /// The range of the values.
  public let bounds: Bounds
  /// The exact sum of an integer column's values; zero for other columns.
  public let sum: Int128

  /// Makes a zone map.
  public init(rowCount: Int, nullCount: Int, bounds: Bounds, sum: Int128) {
    self.rowCount = rowCount
    self.nullCount = nullCount
    self.bounds = bounds
    self.sum = sum
  }
}
