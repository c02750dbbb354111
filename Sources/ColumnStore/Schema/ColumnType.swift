/// The physical type of a column.
///
/// Every type except `float64` and `string` is stored as a signed 64-bit integer and encoded as
/// narrowly as its block allows. The raw value is the code on disk and never changes its meaning.
public enum ColumnType: UInt8, Sendable, Hashable, CaseIterable {
  /// A signed integer that fits 32 bits.
  case int32 = 1
  /// A signed 64-bit integer.
  case int64 = 2
  /// An IEEE 754 double; NaN is stored as null.
  case float64 = 3
  /// A decimal with 18 digits, four of them after the point, held as ten-thousandths.
  case decimal = 4
  /// A truth value, held as 0 or 1.
  case bool = 5
  /// A calendar day, held as days since 1970-01-01.
  case date = 6
  /// An instant, held as microseconds since 1970-01-01T00:00:00Z.
  case timestamp = 7
  /// UTF-8 text.
  case string = 8

  /// Tells whether values are held as signed 64-bit integers.
  public var isInteger: Bool {
    switch self {
    case .int32, .int64, .decimal, .bool, .date, .timestamp: true
    case .float64, .string: false
    }
  }
}
