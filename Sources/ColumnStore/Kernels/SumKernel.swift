/// Sums of codes without groups.
///
/// The caller turns a sum of codes into a sum of values: `base * rows + multiplier * sum`. A block
/// has at most 65,536 rows, so codes of up to 32 bits cannot overflow 64 bits; wider ones are
/// summed in halves.
enum SumKernel {
  /// The exact sum of all codes.
  static func all<Code: LaneCode>(_ codes: Span<Code>, count: Int) -> Int128 {
    precondition(codes.count >= count, "a code for every row")
    if Code.bitWidth <= 32 {
      var sum: UInt64 = 0
      for row in 0..<count {
        // Safe: `row` is below the count, checked above. 65,536 codes of 32 bits fit 48 bits.
        sum &+= unsafe UInt64(truncatingIfNeeded: codes[unchecked: row])
      }
      return Int128(sum)
    }
    // 65,536 halves of 32 bits fit 48 bits; the high half keeps the sign of a signed code.
    var low: UInt64 = 0
    var high: Int64 = 0
    for row in 0..<count {
      // Safe: `row` is below the count, checked above.
      let code = unsafe codes[unchecked: row]
      low &+= UInt64(truncatingIfNeeded: code) & 0xFFFF_FFFF
      high &+= Int64(truncatingIfNeeded: code >> 32)
    }
    return Int128(high) << 32 + Int128(low)
  }

  /// The exact sum of the codes of rows whose bits are set.
  static func masked<Code: LaneCode>(
    _ codes: Span<Code>,
    _ words: Span<UInt64>,
    count: Int
  ) -> Int128 {
    precondition(codes.count >= count, "a code for every row")
    var low: UInt64 = 0
    var high: Int64 = 0
    for word in 0..<BitmapKernel.wordCount(count) {
      var bits = words[word]
      let first = word &* 64
      while bits != 0 {
        let code = codes[first &+ bits.trailingZeroBitCount]
        low &+= UInt64(truncatingIfNeeded: code) & 0xFFFF_FFFF
        if Code.bitWidth > 32 { high &+= Int64(truncatingIfNeeded: code >> 32) }
        bits &= bits &- 1
      }
    }
    return Int128(high) << 32 + Int128(low)
  }

  /// Adds doubles in the order of their rows; rows whose bits are clear are left out.
  static func doubles(
    _ values: Span<Double>,
    _ words: Span<UInt64>,
    count: Int,
    onto start: Double
  ) -> Double {
    var sum = start
    for word in 0..<BitmapKernel.wordCount(count) {
      var bits = words[word]
      while bits != 0 {
        sum += values[word &* 64 &+ bits.trailingZeroBitCount]
        bits &= bits &- 1
      }
    }
    return sum
  }
}
