import CMandiKernels

/// Loops that note which values were seen with which slots.
///
/// Rows with slot 0 do not count; their values are taken as value 0, which no row that counts has.
enum DistinctKernel {
  /// The rows of a call and how their codes become values: `offset + multiplier * code`, wrapping.
  struct Rows {
    /// The number of rows.
    let count: Int
    let offset: UInt64
    let multiplier: UInt64
    /// The largest value; a value past it is taken for it, so that no bound has to be believed.
    let last: UInt64
    /// Bits of a value in a pair of a slot and a value.
    let shift: UInt64

    /// The same for another number of rows.
    func counting(_ count: Int) -> Rows {
      Rows(count: count, offset: offset, multiplier: multiplier, last: last, shift: shift)
    }

    @inline(__always)
    func value<Code: LaneCode>(_ code: Code) -> UInt64 {
      min(offset &+ multiplier &* UInt64(truncatingIfNeeded: code), last)
    }
  }

  // Whether rows count, and whether values have owners, is close to chance, so the loops below work
  // with masks where a branch would be guessed wrong. The compiler does not see what the masks come
  // from, or it would make branches of them.

  /// The largest slot, so that signs tell which of two is larger.
  static let slotLimit = UInt32(Int32.max)

  /// All ones for a slot of rows that count, else zero.
  @inline(__always)
  private static func live(_ slot: UInt32) -> UInt64 {
    UInt64(bitPattern: (0 &- Int64(slot)) &>> 63)
  }

  /// All ones where one number, or slot, is below another, else zero.
  @inline(__always)
  private static func mask(_ left: UInt32, below right: UInt32) -> UInt32 {
    mandi_hidden(UInt32(bitPattern: Int32(bitPattern: left &- right) &>> 31))
  }

  /// Checks that there are rows, and counts for every slot.
  @inline(__always)
  private static func check(_ slots: Span<UInt32>, _ count: Int, below limit: Int) {
    precondition(slots.count >= count, "a slot for every row")
    var largest: UInt32 = 0
    for row in 0..<count {
      // Safe: `row` is below the count, checked above.
      largest = unsafe max(largest, slots[unchecked: row])
    }
    precondition(count == 0 || Int(largest) < limit, "a place for every slot")
  }

  /// Gives each value that has no owner its row's slot, and counts it there.
  ///
  /// A slot below `lowest` is no owner: 1 for none but slot 0, the lowest slot of a slice to leave
  /// out those of earlier slices. Pairs whose value is owned by another slot are written to
  /// `conflicts`.
  ///
  /// Returns the number of conflicts.
  static func claim<Code: LaneCode, Owner: LaneCode>(
    _ codes: Span<Code>,
    _ rows: Rows,
    _ slots: Span<UInt32>,
    lowest: UInt32,
    owners: inout MutableSpan<Owner>,
    counts: inout MutableSpan<Int64>,
    conflicts: inout MutableSpan<UInt64>
  ) -> Int {
    precondition(codes.count >= rows.count && conflicts.count >= rows.count, "a code a row")
    precondition(UInt64(owners.count) > rows.last, "an owner for every value")
    check(slots, rows.count, below: counts.count)
    let slotBits = counts.count &* 2
    var found = 0
    var first = 0
    while first < rows.count {
      let end = min(first &+ ahead, rows.count)
      let seen = touch(codes, rows, first..<end, owners)
      precondition(Int(truncatingIfNeeded: seen) < slotBits, "owners are slots")
      for row in first..<end {
        // Safe: rows, values and slots are inside their spans, checked above; there are never more
        // conflicts than rows.
        let slot = unsafe slots[unchecked: row]
        let value = unsafe rows.value(codes[unchecked: row]) & live(slot)
        let place = Int(truncatingIfNeeded: value)
        let owner = unsafe UInt32(truncatingIfNeeded: owners[unchecked: place])
        let isFree = mask(owner, below: lowest)
        let winner = owner ^ (owner ^ slot) & isFree
        unsafe owners[unchecked: place] = Owner(truncatingIfNeeded: winner)
        unsafe counts[unchecked: Int(slot)] &+= Int64(isFree & 1)
        unsafe conflicts[unchecked: found] = UInt64(slot) &<< rows.shift | value
        found &+= winner != slot ? 1 : 0
      }
      first = end
    }
    return found
  }

  /// Does the same where slots belong to slices and rows come slice by slice, the lowest first: an
  /// owner of a lower slice counts for nothing, since no row of that slice is left.
  static func claim<Code: LaneCode, Owner: LaneCode>(
    _ codes: Span<Code>,
    _ rows: Rows,
    _ slots: Span<UInt32>,
    slices: Span<UInt32>,
    owners: inout MutableSpan<Owner>,
    counts: inout MutableSpan<Int64>,
    conflicts: inout MutableSpan<UInt64>
  ) -> Int {
    precondition(codes.count >= rows.count && conflicts.count >= rows.count, "a code a row")
    precondition(UInt64(owners.count) > rows.last, "an owner for every value")
    check(slots, rows.count, below: min(counts.count, slices.count))
    // Owners are slots of earlier calls.
    let largest = UInt32(truncatingIfNeeded: slices.count &- 1)
    let slotBits = counts.count &* 2
    var found = 0
    var first = 0
    while first < rows.count {
      let end = min(first &+ ahead, rows.count)
      let seen = touch(codes, rows, first..<end, owners)
      precondition(Int(truncatingIfNeeded: seen) < slotBits, "owners are slots")
      for row in first..<end {
        // Safe: rows, values and slots are inside their spans, checked above; an owner is cut to the
        // last slot; there are never more conflicts than rows.
        let slot = unsafe slots[unchecked: row]
        let value = unsafe rows.value(codes[unchecked: row]) & live(slot)
        let place = Int(truncatingIfNeeded: value)
        let owner = unsafe min(UInt32(truncatingIfNeeded: owners[unchecked: place]), largest)
        let isFree = unsafe mask(slices[unchecked: Int(owner)], below: slices[unchecked: Int(slot)])
        let winner = owner ^ (owner ^ slot) & isFree
        unsafe owners[unchecked: place] = Owner(truncatingIfNeeded: winner)
        unsafe counts[unchecked: Int(slot)] &+= Int64(isFree & 1)
        unsafe conflicts[unchecked: found] = UInt64(slot) &<< rows.shift | value
        found &+= winner != slot ? 1 : 0
      }
      first = end
    }
    return found
  }

  /// Does the same for the values of which no other block has any.
  ///
  /// The first entry of `owners` and the one past the block's own values belong to nobody who
  /// counts, so that pairs of other values are conflicts.
  static func claim<Code: LaneCode>(
    _ codes: Span<Code>,
    _ rows: Rows,
    _ slots: Span<UInt32>,
    own: ExclusiveValues,
    owners: inout MutableSpan<UInt32>,
    counts: inout MutableSpan<Int64>,
    conflicts: inout MutableSpan<UInt64>
  ) -> Int {
    precondition(codes.count >= rows.count && conflicts.count >= rows.count, "a code a row")
    precondition(owners.count > own.count + 1, "an owner for every value")
    check(slots, rows.count, below: counts.count)
    let width = UInt64(own.count)
    var found = 0
    for row in 0..<rows.count {
      // Safe: rows, values and slots are inside their spans, checked above; there are never more
      // conflicts than rows.
      let slot = unsafe slots[unchecked: row]
      let value = unsafe rows.value(codes[unchecked: row])
      let distance = value &- own.first
      let place = Int(truncatingIfNeeded: (min(distance, width) &+ 1) & live(slot))
      let owner = unsafe owners[unchecked: place]
      let isFree = mask(owner, below: 1)
      let winner = owner | slot & isFree
      unsafe owners[unchecked: place] = winner
      unsafe counts[unchecked: Int(slot)] &+= Int64(isFree & 1)
      unsafe conflicts[unchecked: found] = UInt64(slot) &<< rows.shift | value
      found &+= (winner != slot ? 1 : 0) & Int(truncatingIfNeeded: live(slot))
    }
    return found
  }

  /// Rows whose owners are looked up ahead of their turn.
  private static let ahead = 512

  /// Reads the owners of rows that come next, and returns something that depends on each of them.
  ///
  /// These reads wait for memory together, since none waits for another row's work.
  @inline(__always)
  private static func touch<Code: LaneCode, Owner: LaneCode>(
    _ codes: Span<Code>,
    _ rows: Rows,
    _ range: Range<Int>,
    _ owners: borrowing MutableSpan<Owner>
  ) -> Owner {
    var seen: Owner = 0
    for row in range {
      // Safe: rows are below the count and values below the owners' count, checked by the caller.
      let place = unsafe Int(truncatingIfNeeded: rows.value(codes[unchecked: row]))
      seen |= unsafe owners[unchecked: place]
    }
    return seen
  }

  /// Tells whether values never descend from row to row.
  static func isAscending<Code: LaneCode>(_ codes: Span<Code>) -> Bool {
    guard codes.count > 1 else { return true }
    var descents: Code = 0
    for row in 1..<codes.count {
      // Safe: rows are below the count, checked above.
      descents |= unsafe codes[unchecked: row] < codes[unchecked: row &- 1] ? 1 : 0
    }
    return descents == 0
  }

  /// Rows of equal values that `fresh` compares with the ones before them.
  static let lookback = 4

  /// Keeps the slot of each row whose pair of a value and a slot no row before it has, else 0.
  ///
  /// Values do not descend, so only the rows just before can have the same. Returns whether some
  /// value has more rows than `lookback`, where the answer is not good.
  static func fresh<Code: LaneCode>(
    _ codes: Span<Code>,
    _ slots: Span<UInt32>,
    range: Range<Int>,
    into kept: inout MutableSpan<UInt32>
  ) -> Bool {
    precondition(range.lowerBound >= 0 && range.upperBound <= codes.count, "a code a row")
    precondition(slots.count >= range.upperBound && kept.count >= range.upperBound, "a slot a row")
    let first = min(range.lowerBound + lookback, range.upperBound)
    for row in range.lowerBound..<first {
      kept[row] = slots[row]
      for other in range.lowerBound..<row
      where codes[other] == codes[row] && slots[other] == slots[row] {
        kept[row] = 0
      }
    }
    var isDeep: Code = 0
    for row in first..<range.upperBound {
      // Safe: rows are inside the range, and at least `lookback` past its beginning.
      let code = unsafe codes[unchecked: row]
      let slot = unsafe slots[unchecked: row]
      let one = unsafe difference(
        (code, codes[unchecked: row &- 1]),
        (slot, slots[unchecked: row &- 1])
      )
      let two = unsafe difference(
        (code, codes[unchecked: row &- 2]),
        (slot, slots[unchecked: row &- 2])
      )
      let three = unsafe difference(
        (code, codes[unchecked: row &- 3]),
        (slot, slots[unchecked: row &- 3])
      )
      let repeats: UInt32 = (one == 0 ? 1 : 0) | (two == 0 ? 1 : 0) | (three == 0 ? 1 : 0)
      unsafe kept[unchecked: row] = slot & (repeats &- 1)
      isDeep |= unsafe codes[unchecked: row &- 4] == code ? 1 : 0
    }
    return isDeep != 0
  }

  /// Zero where both pairs are of equal numbers.
  @inline(__always)
  private static func difference<Code: LaneCode>(
    _ codes: (Code, Code),
    _ slots: (UInt32, UInt32)
  ) -> UInt32 {
    (codes.0 == codes.1 ? 0 : 1) | (slots.0 ^ slots.1)
  }

  /// Sets the bit of each row's value in its slot's set of `width` bits; slot 0 has a set too.
  static func mark<Code: LaneCode>(
    _ codes: Span<Code>,
    _ rows: Rows,
    _ slots: Span<UInt32>,
    width: Int,
    into sets: inout MutableSpan<UInt64>
  ) {
    precondition(codes.count >= rows.count, "a code a row")
    precondition(UInt64(width) > rows.last, "a bit for every value")
    check(slots, rows.count, below: sets.count &* 64 / width)
    for row in 0..<rows.count {
      // Safe: rows, and the bits of slots and values, are inside their spans, checked above.
      let slot = unsafe slots[unchecked: row]
      let value = unsafe rows.value(codes[unchecked: row]) & live(slot)
      let bit = Int(slot) &* width &+ Int(truncatingIfNeeded: value)
      unsafe sets[unchecked: bit &>> 6] |= 1 &<< UInt64(bit & 63)
    }
  }
}
