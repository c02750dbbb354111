/// Functions of one or two columns of doubles.
enum MathKernel {
  /// Calculates a function; a value that is not finite becomes one that is not a number.
  static func values(
    _ function: MathFunction,
    _ left: Span<Double>,
    _ right: Span<Double>,
    count: Int,
    into values: inout MutableSpan<Double>
  ) {
    precondition(
      left.count >= count && right.count >= count && values.count >= count,
      "a value for every row"
    )
    for row in 0..<count {
      let value = function.value(left[row], right[row])
      values[row] = value.isFinite ? value : .nan
    }
  }
}
