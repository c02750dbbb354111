/// Smallest and largest codes without groups; at least one row must count.
enum MinMaxKernel {
  /// The smallest and the largest code of rows whose bits are set.
  static func masked<Code: LaneCode>(
    _ codes: Span<Code>,
    _ words: Span<UInt64>,
    count: Int
  ) -> (minimum: Code, maximum: Code) {
    var minimum = Code.max
    var maximum = Code.min
    for word in 0..<BitmapKernel.wordCount(count) {
      var bits = words[word]
      while bits != 0 {
        let code = codes[word &* 64 &+ bits.trailingZeroBitCount]
        minimum = min(minimum, code)
        maximum = max(maximum, code)
        bits &= bits &- 1
      }
    }
    return (minimum, maximum)
  }

  /// The smallest and the largest double of rows whose bits are set.
  static func doubles(
    _ values: Span<Double>,
    _ words: Span<UInt64>,
    count: Int
  ) -> (minimum: Double, maximum: Double) {
    var minimum = Double.infinity
    var maximum = -Double.infinity
    for word in 0..<BitmapKernel.wordCount(count) {
      var bits = words[word]
      while bits != 0 {
        let value = values[word &* 64 &+ bits.trailingZeroBitCount]
        minimum = value < minimum ? value : minimum
        maximum = value > maximum ? value : maximum
        bits &= bits &- 1
      }
    }
    return (minimum, maximum)
  }
}
