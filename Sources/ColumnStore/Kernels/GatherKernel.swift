/// Loops that turn stored codes into values, for all rows or for selected ones.
enum GatherKernel {
  /// Writes the value of every code.
  static func widen<Code: LaneCode>(
    _ codes: Span<Code>,
    base: Int64,
    multiplier: Int64,
    count: Int,
    into values: inout MutableSpan<Int64>
  ) {
    precondition(codes.count >= count && values.count >= count, "a place for every code")
    for row in 0..<count {
      // Safe: `row` is below both counts, checked above.
      unsafe values[unchecked: row] =
        base &+ multiplier &* Int64(truncatingIfNeeded: codes[unchecked: row])
    }
  }

  /// Writes the values of the selected rows side by side.
  static func select<Code: LaneCode>(
    _ codes: Span<Code>,
    _ rows: Span<UInt16>,
    base: Int64,
    multiplier: Int64,
    count: Int,
    into values: inout MutableSpan<Int64>
  ) {
    precondition(rows.count >= count && values.count >= count, "a place for every row")
    for place in 0..<count {
      // Safe: `place` is below both counts, checked above; the code's row is checked here.
      let row = unsafe Int(rows[unchecked: place])
      unsafe values[unchecked: place] = base &+ multiplier &* Int64(truncatingIfNeeded: codes[row])
    }
  }

  /// Writes the doubles of the selected rows side by side.
  static func select(
    _ source: Span<Double>,
    _ rows: Span<UInt16>,
    count: Int,
    into values: inout MutableSpan<Double>
  ) {
    precondition(rows.count >= count && values.count >= count, "a place for every row")
    for place in 0..<count { values[place] = source[Int(rows[place])] }
  }

  /// Copies the first values.
  static func copy<Value: BitwiseCopyable>(
    _ source: Span<Value>,
    count: Int,
    into values: inout MutableSpan<Value>
  ) {
    precondition(source.count >= count && values.count >= count, "a place for every value")
    for row in 0..<count {
      // Safe: `row` is below both counts, checked above.
      unsafe values[unchecked: row] = unsafe source[unchecked: row]
    }
  }

  /// Writes one value into the first rows.
  static func fill<Value: BitwiseCopyable>(
    _ values: inout MutableSpan<Value>,
    with value: Value,
    count: Int
  ) {
    precondition(values.count >= count, "a place for every value")
    for row in 0..<count {
      // Safe: `row` is below the count, checked above.
      unsafe values[unchecked: row] = value
    }
  }

  /// Copies the values of rows whose bits are set.
  static func blend<Value: BitwiseCopyable>(
    _ source: Span<Value>,
    where words: Span<UInt64>,
    count: Int,
    into values: inout MutableSpan<Value>
  ) {
    for word in 0..<BitmapKernel.wordCount(count) {
      var bits = words[word]
      while bits != 0 {
        let row = word &* 64 &+ bits.trailingZeroBitCount
        values[row] = source[row]
        bits &= bits &- 1
      }
    }
  }
}
