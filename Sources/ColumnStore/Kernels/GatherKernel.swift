/// Loops that turn stored codes into values, or bring those of selected rows together.
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

  /// Writes the codes of rows whose bits are set side by side and returns how many they are.
  static func compress<Code: BitwiseCopyable>(
    _ codes: Span<Code>,
    _ words: Span<UInt64>,
    count: Int,
    into result: inout MutableSpan<Code>
  ) -> Int {
    precondition(codes.count >= count && result.count >= count, "a place for every code")
    var found = 0
    for word in 0..<BitmapKernel.wordCount(count) {
      var bits = words[word]
      while bits != 0 {
        // A bit past the last row would be found by the check of `codes`; so many codes have room.
        result[found] = codes[word &* 64 &+ bits.trailingZeroBitCount]
        found &+= 1
        bits &= bits &- 1
      }
    }
    return found
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
