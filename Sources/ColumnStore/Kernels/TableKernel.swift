/// Lookups of codes in small tables.
///
/// Every table has `entries` values and two more: entry 0 is for null, entry `entries + 1` for
/// values that the table does not cover. A code's entry is `1 + (value - low)`.
enum TableKernel {
  /// Where the codes of a column begin in a table.
  struct Origin {
    /// The value of code 0 minus the table's lowest value, wrapping.
    let offset: Int64
    /// What one code is worth.
    let multiplier: Int64
    /// The number of entries besides the two extra ones.
    let entries: UInt64

    /// Returns the entry of a code.
    @inline(__always)
    func entry<Code: LaneCode>(_ code: Code) -> Int {
      let distance = offset &+ multiplier &* Int64(truncatingIfNeeded: code)
      return Int(truncatingIfNeeded: min(UInt64(bitPattern: distance), entries)) &+ 1
    }
  }

  /// Gathers the entries of codes; the result of a null row is entry 0's only after `patch`.
  static func gather<Code: LaneCode, Value: BitwiseCopyable>(
    _ codes: Span<Code>,
    _ origin: Origin,
    _ table: Span<Value>,
    count: Int,
    into result: inout MutableSpan<Value>
  ) {
    precondition(codes.count >= count && result.count >= count, "a place for every code")
    precondition(UInt64(table.count) >= origin.entries + 2, "a table has its two extra entries")
    for row in 0..<count {
      // Safe: rows are below `count`; an entry is at most `entries + 1`; all checked above.
      unsafe result[unchecked: row] = unsafe table[unchecked: origin.entry(codes[unchecked: row])]
    }
  }

  /// Sets the bits of rows whose entry is not zero.
  static func test<Code: LaneCode>(
    _ codes: Span<Code>,
    _ origin: Origin,
    _ table: Span<UInt8>,
    count: Int,
    into words: inout MutableSpan<UInt64>
  ) {
    precondition(
      codes.count >= count && words.count >= BitmapKernel.wordCount(count),
      "a bit for every code"
    )
    precondition(UInt64(table.count) >= origin.entries + 2, "a table has its two extra entries")
    let full = count / 64
    for word in 0..<full {
      words[word] = testBits(codes, origin, table, first: word &* 64, rows: 64)
    }
    if count % 64 != 0 {
      words[full] = testBits(codes, origin, table, first: full * 64, rows: count % 64)
    }
  }

  /// Returns the flags of up to 64 rows, which must exist.
  @inline(__always)
  private static func testBits<Code: LaneCode>(
    _ codes: Span<Code>,
    _ origin: Origin,
    _ table: Span<UInt8>,
    first: Int,
    rows: Int
  ) -> UInt64 {
    var bits: UInt64 = 0
    for place in 0..<rows {
      // Safe: `test` has checked rows and table; an entry is at most `entries + 1`.
      let flag = unsafe table[unchecked: origin.entry(codes[unchecked: first &+ place])]
      bits |= UInt64(flag & 1) &<< UInt64(truncatingIfNeeded: place)
    }
    return bits
  }

  /// Sizes that a table of bits for codes of 16 bits may have.
  static let memberSizes = [512, 1_024, 2_048]

  /// Sets the bits of rows whose byte has a flag of 1; there are 256 flags of 0 or 1.
  static func member(
    _ codes: Span<UInt8>,
    flags: Span<UInt8>,
    count: Int,
    into words: inout MutableSpan<UInt64>
  ) {
    precondition(codes.count >= count && flags.count >= 256, "a flag for every byte")
    for word in 0..<BitmapKernel.wordCount(count) {
      var bits: UInt64 = 0
      for row in (word * 64)..<min(word * 64 + 64, count) {
        // Safe: `row` is below the count, and a byte below the number of flags; checked above.
        let flag = unsafe flags[unchecked: Int(codes[unchecked: row])] & 1
        bits |= UInt64(flag) &<< UInt64(row & 63)
      }
      words[word] = bits
    }
  }

  /// Sets the bits of rows whose code's bit is set in a table; a code beyond the table counts by its
  /// remainder.
  static func member(
    _ codes: Span<UInt16>,
    table: Span<UInt64>,
    count: Int,
    into words: inout MutableSpan<UInt64>
  ) {
    let entries = table.count * 64
    precondition(codes.count >= count && memberSizes.contains(entries), "a table of bits")
    for word in 0..<BitmapKernel.wordCount(count) {
      var bits: UInt64 = 0
      for row in (word * 64)..<min(word * 64 + 64, count) {
        // Safe: `row` is below the count; the remainder is inside the table; checked above.
        let entry = unsafe Int(codes[unchecked: row]) & (entries &- 1)
        let bit = unsafe table[unchecked: entry >> 6] &>> UInt64(entry & 63) & 1
        bits |= bit &<< UInt64(row & 63)
      }
      words[word] = bits
    }
  }

  /// Writes one value into the rows whose bits are clear.
  static func patch<Value: BitwiseCopyable>(
    _ values: inout MutableSpan<Value>,
    with value: Value,
    where words: Span<UInt64>,
    count: Int
  ) {
    for word in 0..<BitmapKernel.wordCount(count) {
      let rows = min(64, count - word * 64)
      var missing = ~words[word]
      if rows < 64 { missing &= (1 << UInt64(rows)) - 1 }
      while missing != 0 {
        values[word &* 64 &+ missing.trailingZeroBitCount] = value
        missing &= missing &- 1
      }
    }
  }

  /// Finds keys in an ascending list; a position is the list's count where the key is missing.
  static func search(
    _ keys: Span<Int64>,
    in list: Span<Int64>,
    count: Int,
    into positions: inout MutableSpan<Int64>
  ) {
    for row in 0..<count {
      let key = keys[row]
      var low = 0
      var high = list.count
      while low < high {
        let middle = (low &+ high) >> 1
        if list[middle] < key { low = middle &+ 1 } else { high = middle }
      }
      positions[row] = Int64(low < list.count && list[low] == key ? low : list.count)
    }
  }
}
