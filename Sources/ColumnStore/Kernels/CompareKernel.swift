/// Comparisons of a column's codes or values that give a bitmap.
enum CompareKernel {
  /// Sets the bits of rows whose code is in `low...high`.
  static func range<Code: LaneCode>(
    _ codes: Span<Code>,
    low: Code,
    high: Code,
    count: Int,
    into words: inout MutableSpan<UInt64>
  ) {
    precondition(
      codes.count >= count && words.count >= BitmapKernel.wordCount(count),
      "a bit for every code"
    )
    // One unsigned comparison instead of two: below `low` wraps to something large.
    let width = Code.Magnitude(truncatingIfNeeded: high &- low)
    let full = count / 64
    for word in 0..<full {
      words[word] = rangeBits(codes, low: low, width: width, first: word &* 64, rows: 64)
    }
    if count % 64 != 0 {
      words[full] = rangeBits(codes, low: low, width: width, first: full * 64, rows: count % 64)
    }
  }

  /// Returns the bits of up to 64 rows, which must exist.
  @inline(__always)
  private static func rangeBits<Code: LaneCode>(
    _ codes: Span<Code>,
    low: Code,
    width: Code.Magnitude,
    first: Int,
    rows: Int
  ) -> UInt64 {
    var bits: UInt64 = 0
    for place in 0..<rows {
      // Safe: `range` has checked that the span has all rows.
      let code = unsafe codes[unchecked: first &+ place]
      let distance = Code.Magnitude(truncatingIfNeeded: code &- low)
      let holds: UInt64 = distance <= width ? 1 : 0
      bits |= holds &<< UInt64(truncatingIfNeeded: place)
    }
    return bits
  }

  /// Sets the bits of rows where the first integer stands in the relation to the second.
  static func integers(
    _ left: Span<Int64>,
    _ relation: ComparisonOperator,
    _ right: Span<Int64>,
    count: Int,
    into words: inout MutableSpan<UInt64>
  ) {
    switch relation {
    case .equal: compare(left, right, count, into: &words, equal: 1, less: 0, greater: 0)
    case .notEqual: compare(left, right, count, into: &words, equal: 0, less: 1, greater: 1)
    case .less: compare(left, right, count, into: &words, equal: 0, less: 1, greater: 0)
    case .lessOrEqual: compare(left, right, count, into: &words, equal: 1, less: 1, greater: 0)
    case .greater: compare(left, right, count, into: &words, equal: 0, less: 0, greater: 1)
    case .greaterOrEqual: compare(left, right, count, into: &words, equal: 1, less: 0, greater: 1)
    }
  }

  /// Sets the bits of rows where the first double stands in the relation to the second.
  static func doubles(
    _ left: Span<Double>,
    _ relation: ComparisonOperator,
    _ right: Span<Double>,
    count: Int,
    into words: inout MutableSpan<UInt64>
  ) {
    switch relation {
    case .equal: compare(left, right, count, into: &words, equal: 1, less: 0, greater: 0)
    case .notEqual: compare(left, right, count, into: &words, equal: 0, less: 1, greater: 1)
    case .less: compare(left, right, count, into: &words, equal: 0, less: 1, greater: 0)
    case .lessOrEqual: compare(left, right, count, into: &words, equal: 1, less: 1, greater: 0)
    case .greater: compare(left, right, count, into: &words, equal: 0, less: 0, greater: 1)
    case .greaterOrEqual: compare(left, right, count, into: &words, equal: 1, less: 0, greater: 1)
    }
  }

  /// Clears the bits of rows whose double is not a number.
  static func numbers(
    _ values: Span<Double>,
    count: Int,
    into words: inout MutableSpan<UInt64>
  ) {
    precondition(values.count >= count, "a value for every row")
    var row = 0
    for word in 0..<BitmapKernel.wordCount(count) {
      var bits: UInt64 = 0
      for place in 0..<min(64, count - row) {
        // Safe: `row + place` is below `count`, checked above.
        let value = unsafe values[unchecked: row &+ place]
        bits |= (value == value ? 1 : 0) &<< UInt64(truncatingIfNeeded: place)
      }
      words[word] &= bits
      row &+= 64
    }
  }

  /// The relation comes as three bits, so that the loop has no branch on it.
  @inline(__always)
  private static func compare<Value: Comparable & BitwiseCopyable>(
    _ left: Span<Value>,
    _ right: Span<Value>,
    _ count: Int,
    into words: inout MutableSpan<UInt64>,
    equal: UInt64,
    less: UInt64,
    greater: UInt64
  ) {
    precondition(
      left.count >= count && right.count >= count
        && words.count >= BitmapKernel.wordCount(count),
      "two values and a bit for every row"
    )
    var row = 0
    for word in 0..<BitmapKernel.wordCount(count) {
      var bits: UInt64 = 0
      for place in 0..<min(64, count - row) {
        // Safe: `row + place` is below `count`, checked above.
        let one = unsafe left[unchecked: row &+ place]
        let other = unsafe right[unchecked: row &+ place]
        let isLess: UInt64 = one < other ? 1 : 0
        let isGreater: UInt64 = one > other ? 1 : 0
        let isEqual: UInt64 = one == other ? 1 : 0
        let holds = isLess & less | isGreater & greater | isEqual & equal
        bits |= holds &<< UInt64(truncatingIfNeeded: place)
      }
      words[word] = bits
      row &+= 64
    }
  }
}
