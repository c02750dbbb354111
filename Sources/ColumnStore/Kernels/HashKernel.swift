/// Mixing of 64-bit keys.
enum HashKernel {
  /// Spreads a key over 64 bits: the high half of a 128-bit product folded onto the low one.
  @inline(__always)
  static func mix(_ key: UInt64) -> UInt64 {
    let product = (key ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
    return product.high ^ product.low
  }

  /// Writes one word of multi-word keys: the words of row `r` begin at `r * width`.
  static func interleave(
    _ words: Span<UInt64>,
    word: Int,
    width: Int,
    count: Int,
    into tuples: inout MutableSpan<UInt64>
  ) {
    precondition(words.count >= count && tuples.count >= count * width, "a place for every word")
    for row in 0..<count { tuples[row &* width &+ word] = words[row] }
  }

  /// Joins a slot and a packed value to one word.
  static func join(
    _ slots: Span<UInt32>,
    _ values: Span<UInt64>,
    shift: UInt64,
    count: Int,
    into words: inout MutableSpan<UInt64>
  ) {
    precondition(slots.count >= count && values.count >= count, "a value for every row")
    for row in 0..<count { words[row] = UInt64(slots[row]) << shift | values[row] }
  }
}
