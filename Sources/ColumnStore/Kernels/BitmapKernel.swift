/// Loops over bitmaps: one bit a row, bit 0 of word 0 first; bits past the last row are zero.
enum BitmapKernel {
  /// The number of words for a number of rows.
  static func wordCount(_ rows: Int) -> Int { (rows + 63) / 64 }

  /// Sets the bits of the first `rows` rows and clears the rest of their last word.
  static func fill(_ words: inout MutableSpan<UInt64>, rows: Int) {
    precondition(words.count >= wordCount(rows), "a bitmap has a bit for every row")
    for word in 0..<(rows / 64) { words[word] = ~0 }
    if rows % 64 != 0 { words[rows / 64] = (1 << UInt64(rows % 64)) - 1 }
  }

  /// Keeps in `words` what `other` has too.
  static func and(_ words: inout MutableSpan<UInt64>, _ other: Span<UInt64>, count: Int) {
    precondition(words.count >= count && other.count >= count, "bitmaps are equally long")
    for word in 0..<count {
      // Safe: `word` is below both counts, checked above.
      unsafe words[unchecked: word] &= unsafe other[unchecked: word]
    }
  }

  /// Removes from `words` what `other` has.
  static func andNot(_ words: inout MutableSpan<UInt64>, _ other: Span<UInt64>, count: Int) {
    precondition(words.count >= count && other.count >= count, "bitmaps are equally long")
    for word in 0..<count {
      // Safe: `word` is below both counts, checked above.
      unsafe words[unchecked: word] &= unsafe ~other[unchecked: word]
    }
  }

  /// Adds to `words` what `other` has.
  static func or(_ words: inout MutableSpan<UInt64>, _ other: Span<UInt64>, count: Int) {
    precondition(words.count >= count && other.count >= count, "bitmaps are equally long")
    for word in 0..<count {
      // Safe: `word` is below both counts, checked above.
      unsafe words[unchecked: word] |= unsafe other[unchecked: word]
    }
  }

  /// Turns every bit of the first `rows` rows around.
  static func invert(_ words: inout MutableSpan<UInt64>, rows: Int) {
    let count = wordCount(rows)
    precondition(words.count >= count, "a bitmap has a bit for every row")
    for word in 0..<count { words[word] = ~words[word] }
    if rows % 64 != 0 { words[count - 1] &= (1 << UInt64(rows % 64)) - 1 }
  }

  /// Counts the set bits.
  static func count(_ words: Span<UInt64>, count: Int) -> Int {
    precondition(words.count >= count, "a bitmap has that many words")
    var total = 0
    for word in 0..<count {
      // Safe: `word` is below the count, checked above.
      total &+= unsafe words[unchecked: word].nonzeroBitCount
    }
    return total
  }

  /// Writes the numbers of the rows whose bits are set, ascending, and returns how many they are.
  static func select(
    _ words: Span<UInt64>,
    count: Int,
    into rows: inout MutableSpan<UInt16>
  ) -> Int {
    precondition(rows.count >= count * 64 && count <= 1_024, "a selection has room for each row")
    var found = 0
    for word in 0..<count {
      var bits = words[word]
      let first = word * 64
      while bits != 0 {
        // Safe: at most 64 rows are found in each of `count` words, and there is room for those.
        unsafe rows[unchecked: found] = UInt16(
          truncatingIfNeeded: first &+ bits.trailingZeroBitCount
        )
        found &+= 1
        bits &= bits &- 1
      }
    }
    return found
  }

  /// Writes the bits of the selected rows side by side.
  static func compact(
    _ words: Span<UInt64>,
    keeping kept: Span<UInt64>,
    count: Int,
    into result: inout MutableSpan<UInt64>
  ) {
    precondition(words.count >= count && kept.count >= count, "bitmaps are equally long")
    var place = 0
    var gathered: UInt64 = 0
    for word in 0..<count {
      let source = words[word]
      var bits = kept[word]
      while bits != 0 {
        gathered |= (source &>> UInt64(bits.trailingZeroBitCount) & 1) &<< UInt64(place & 63)
        place &+= 1
        if place & 63 == 0 {
          result[place >> 6 &- 1] = gathered
          gathered = 0
        }
        bits &= bits &- 1
      }
    }
    if place & 63 != 0 { result[place >> 6] = gathered }
  }
}
