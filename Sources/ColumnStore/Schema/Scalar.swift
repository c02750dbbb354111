/// One typed value: a constant in a predicate, or a cell of a result.
public enum Scalar: Sendable, Hashable {
  /// A missing value.
  case null
  /// A value of any integer type: a count, ten-thousandths, days, microseconds, or 0 and 1.
  case integer(Int64)
  /// A double; never NaN.
  case double(Double)
  /// A text.
  case string(String)
}
