/// Row arithmetic on two columns of values.
enum ArithmeticKernel {
  /// Adds, subtracts or multiplies integers, wrapping; used where bounds prove that all fits.
  static func wrapping(
    _ left: Span<Int64>,
    _ operation: ArithmeticOperator,
    _ right: Span<Int64>,
    count: Int,
    into values: inout MutableSpan<Int64>
  ) {
    precondition(
      left.count >= count && right.count >= count && values.count >= count,
      "a value for every row"
    )
    // Safe: `row` is below all counts, checked above.
    switch operation {
    case .add:
      for row in 0..<count {
        unsafe values[unchecked: row] = left[unchecked: row] &+ right[unchecked: row]
      }
    case .subtract:
      for row in 0..<count {
        unsafe values[unchecked: row] = left[unchecked: row] &- right[unchecked: row]
      }
    case .multiply:
      for row in 0..<count {
        unsafe values[unchecked: row] = left[unchecked: row] &* right[unchecked: row]
      }
    case .divide: preconditionFailure("integers are divided as doubles")
    }
  }

  /// Does the same and sets the bits of rows whose result does not fit; tells whether any is set.
  static func checked(
    _ left: Span<Int64>,
    _ operation: ArithmeticOperator,
    _ right: Span<Int64>,
    count: Int,
    into values: inout MutableSpan<Int64>,
    overflows words: inout MutableSpan<UInt64>
  ) -> Bool {
    for word in 0..<BitmapKernel.wordCount(count) { words[word] = 0 }
    var any = false
    for row in 0..<count {
      let answer =
        switch operation {
        case .add: left[row].addingReportingOverflow(right[row])
        case .subtract: left[row].subtractingReportingOverflow(right[row])
        case .multiply: left[row].multipliedReportingOverflow(by: right[row])
        case .divide: (partialValue: Int64(0), overflow: false)
        }
      values[row] = answer.partialValue
      if answer.overflow {
        words[row >> 6] |= 1 << UInt64(row & 63)
        any = true
      }
    }
    return any
  }

  /// Calculates with doubles; a division by zero gives a value that is not a number.
  static func doubles(
    _ left: Span<Double>,
    _ operation: ArithmeticOperator,
    _ right: Span<Double>,
    count: Int,
    into values: inout MutableSpan<Double>
  ) {
    precondition(
      left.count >= count && right.count >= count && values.count >= count,
      "a value for every row"
    )
    // Safe: `row` is below all counts, checked above.
    switch operation {
    case .add:
      for row in 0..<count {
        unsafe values[unchecked: row] = left[unchecked: row] + right[unchecked: row]
      }
    case .subtract:
      for row in 0..<count {
        unsafe values[unchecked: row] = left[unchecked: row] - right[unchecked: row]
      }
    case .multiply:
      for row in 0..<count {
        unsafe values[unchecked: row] = left[unchecked: row] * right[unchecked: row]
      }
    case .divide:
      for row in 0..<count {
        let divisor = unsafe right[unchecked: row]
        unsafe values[unchecked: row] = divisor == 0 ? .nan : left[unchecked: row] / divisor
      }
    }
  }

  /// Turns integers into doubles, divided by a scale.
  static func convert(
    _ source: Span<Int64>,
    scale: Double,
    count: Int,
    into values: inout MutableSpan<Double>
  ) {
    precondition(source.count >= count && values.count >= count, "a value for every row")
    for row in 0..<count { values[row] = Double(source[row]) / scale }
  }

  /// Copies the bit patterns of doubles, with one zero and one pattern for what is not a number.
  static func patterns(
    _ source: Span<Double>,
    count: Int,
    into values: inout MutableSpan<Int64>
  ) {
    precondition(source.count >= count && values.count >= count, "a value for every row")
    for row in 0..<count { values[row] = Int64(bitPattern: (source[row] + 0).bitPattern) }
  }
}
