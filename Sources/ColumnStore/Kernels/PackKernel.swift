/// Sums of several columns in one pass over the rows of a group.
///
/// Each row's addends lie side by side in the bits of one or a few 64-bit words, so wide that so many
/// rows cannot carry from one into the next; adding the words adds all of them. A group has its
/// words side by side, in replicas that rows take in turns, so that a run of rows of one group does
/// not wait for its own last store.
///
/// ```
/// bit 63               28          13        0
///     │ net revenue     │ units     │ rows    │      one word, up to 8,192 rows
/// ```
enum PackKernel {
  /// Rows that are packed before they are added: their words stay in the first cache.
  static let stride = 2_048

  /// Adds a multiple of each code, wrapping, where the row's bit is set; without bits everywhere.
  static func add<Code: LaneCode>(
    _ codes: Span<Code>,
    _ multiplier: UInt64,
    valid words: Span<UInt64>,
    count: Int,
    to sums: inout MutableSpan<UInt64>
  ) {
    precondition(codes.count >= count && sums.count >= count, "a word for every code")
    guard !words.isEmpty else {
      for row in 0..<count {
        // Safe: `row` is below both counts, checked above.
        let code = unsafe UInt64(truncatingIfNeeded: codes[unchecked: row])
        unsafe sums[unchecked: row] &+= multiplier &* code
      }
      return
    }
    precondition(words.count >= BitmapKernel.wordCount(count), "a bit for every row")
    for row in 0..<count {
      // Safe: `row` is below all counts, checked above.
      let bit = unsafe words[unchecked: row >> 6] &>> UInt64(row & 63) & 1
      let code = unsafe UInt64(truncatingIfNeeded: codes[unchecked: row])
      unsafe sums[unchecked: row] &+= multiplier &* code & (0 &- bit)
    }
  }

  /// Adds a constant where the row's bit is set; without bits everywhere.
  static func add(
    _ constant: UInt64,
    valid words: Span<UInt64>,
    count: Int,
    to sums: inout MutableSpan<UInt64>
  ) {
    precondition(sums.count >= count, "a word for every row")
    guard !words.isEmpty else {
      for row in 0..<count { sums[row] &+= constant }
      return
    }
    precondition(words.count >= BitmapKernel.wordCount(count), "a bit for every row")
    for row in 0..<count {
      // Safe: `row` is below all counts, checked above.
      let bit = unsafe words[unchecked: row >> 6] &>> UInt64(row & 63) & 1
      unsafe sums[unchecked: row] &+= constant & (0 &- bit)
    }
  }

  /// Adds rows of one word to their groups, which have four replicas of it; a slot beyond the groups
  /// is taken for the last one, so that none leaves the states.
  static func group4(
    _ sums: Span<UInt64>,
    _ slots: Span<UInt32>,
    count: Int,
    into states: inout MutableSpan<UInt64>
  ) {
    precondition(sums.count >= count && slots.count >= count, "a word and a slot for every row")
    precondition(states.count >= 4, "a group")
    let last = UInt32(truncatingIfNeeded: states.count / 4 - 1)
    var row = 0
    while row &+ 4 <= count {
      // Safe: rows are below `count`; no slot is larger than the last group.
      let one = unsafe Int(min(slots[unchecked: row], last)) &* 4
      unsafe states[unchecked: one] &+= unsafe sums[unchecked: row]
      let two = unsafe Int(min(slots[unchecked: row &+ 1], last)) &* 4 &+ 1
      unsafe states[unchecked: two] &+= unsafe sums[unchecked: row &+ 1]
      let three = unsafe Int(min(slots[unchecked: row &+ 2], last)) &* 4 &+ 2
      unsafe states[unchecked: three] &+= unsafe sums[unchecked: row &+ 2]
      let four = unsafe Int(min(slots[unchecked: row &+ 3], last)) &* 4 &+ 3
      unsafe states[unchecked: four] &+= unsafe sums[unchecked: row &+ 3]
      row &+= 4
    }
    while row < count {
      // Safe: rows are below `count`; no slot is larger than the last group.
      let slot = unsafe Int(min(slots[unchecked: row], last)) &* 4
      unsafe states[unchecked: slot] &+= unsafe sums[unchecked: row]
      row &+= 1
    }
  }

  /// Adds one of the `width` words of rows to their groups, which have them side by side; a slot
  /// beyond the groups is taken for the last one, so that none leaves the states.
  static func group(
    _ sums: Span<UInt64>,
    _ slots: Span<UInt32>,
    word: Int,
    width: Int,
    count: Int,
    into states: inout MutableSpan<UInt64>
  ) {
    precondition(sums.count >= count && slots.count >= count, "a word and a slot for every row")
    precondition(width > 0 && word >= 0 && word < width, "a word of a group")
    precondition(states.count >= width, "a group")
    let last = UInt32(truncatingIfNeeded: states.count / width - 1)
    for row in 0..<count {
      // Safe: rows are below `count`; no slot is larger than the last group, and the word is below
      // the width.
      let state = unsafe Int(min(slots[unchecked: row], last)) &* width &+ word
      unsafe states[unchecked: state] &+= unsafe sums[unchecked: row]
    }
  }

  /// Where a field lies in the words of the groups.
  struct Field {
    let word: Int
    let shift: Int
    let bits: Int
    /// Words of a group, replicas included.
    let stride: Int
    /// Words from one replica to the next.
    let width: Int
  }

  /// Writes the totals of a field for the groups of a range, the first group's first.
  static func read(
    _ states: Span<UInt64>,
    _ field: Field,
    groups: Range<Int>,
    into totals: inout MutableSpan<Int64>
  ) {
    let mask: UInt64 = field.bits == 64 ? ~0 : 1 << UInt64(field.bits) - 1
    for group in groups {
      var total: UInt64 = 0
      var place = group &* field.stride &+ field.word
      let end = (group &+ 1) &* field.stride
      while place < end {
        total &+= states[place] &>> UInt64(field.shift) & mask
        place &+= field.width
      }
      totals[group &- groups.lowerBound] = Int64(truncatingIfNeeded: total)
    }
  }

  /// What a total is worth: `low` for each row of its count, and `unit` for each of its own.
  struct Worth {
    let low: Int64
    let unit: Int64
  }

  /// Adds what totals are worth to the states of a range of groups, which may have replicas; the
  /// caller has proven that no state leaves 64 bits in the end.
  ///
  /// Totals and counts are those of the range.
  static func move(
    _ totals: Span<Int64>,
    _ counts: Span<Int64>,
    _ worth: Worth,
    groups: Range<Int>,
    replicas: Int,
    to states: inout MutableSpan<Int64>
  ) {
    for group in groups {
      let place = group &- groups.lowerBound
      states[group &* replicas] &+=
        worth.low &* counts[place] &+ worth.unit &* totals[place]
    }
  }
}
