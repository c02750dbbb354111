/// Loops that turn the keys of rows into slots.
///
/// Slot 0 belongs to rows that do not count; groups begin at slot 1. A slot is a sum of one part a
/// key, so the first key writes and the others add. The parts of a packed 64-bit key are made by
/// the same loops.
enum SlotKernel {
  /// Writes one value into every row.
  static func write<Slot: LaneCode>(
    _ slot: Slot,
    count: Int,
    into slots: inout MutableSpan<Slot>
  ) {
    precondition(slots.count >= count, "a slot for every row")
    for row in 0..<count {
      // Safe: `row` is below the count, checked above.
      unsafe slots[unchecked: row] = slot
    }
  }

  /// What a code is worth in slots: `offset + multiplier * code`, wrapping.
  struct Part {
    let offset: UInt32
    let multiplier: UInt32
  }

  /// Writes a part for each code, or slot 0 where the row's bit is clear.
  static func write<Code: LaneCode>(
    _ codes: Span<Code>,
    _ part: Part,
    kept words: Span<UInt64>?,
    count: Int,
    into slots: inout MutableSpan<UInt32>
  ) {
    precondition(codes.count >= count && slots.count >= count, "a slot for every code")
    let (offset, multiplier) = (part.offset, part.multiplier)
    guard let words else {
      for row in 0..<count {
        // Safe: `row` is below both counts, checked above.
        let code = unsafe UInt32(truncatingIfNeeded: codes[unchecked: row])
        unsafe slots[unchecked: row] = offset &+ multiplier &* code
      }
      return
    }
    precondition(words.count >= BitmapKernel.wordCount(count), "a bit for every row")
    for row in 0..<count {
      // Safe: `row` is below all counts, checked above.
      let bit = unsafe words[unchecked: row >> 6] &>> UInt64(row & 63) & 1
      let code = unsafe UInt32(truncatingIfNeeded: codes[unchecked: row])
      unsafe slots[unchecked: row] =
        (offset &+ multiplier &* code) & (0 &- UInt32(truncatingIfNeeded: bit))
    }
  }

  /// Adds the table's parts of a key without nulls.
  static func addTable<Code: LaneCode, Slot: LaneCode>(
    _ codes: Span<Code>,
    _ origin: TableKernel.Origin,
    _ parts: Span<Slot>,
    count: Int,
    to slots: inout MutableSpan<Slot>
  ) {
    precondition(codes.count >= count && slots.count >= count, "a slot for every code")
    precondition(UInt64(parts.count) >= origin.entries + 2, "a table has its two extra entries")
    for row in 0..<count {
      // Safe: rows are below `count`; an entry is at most `entries + 1`; all checked above.
      let part = unsafe parts[unchecked: origin.entry(codes[unchecked: row])]
      unsafe slots[unchecked: row] &+= part
    }
  }

  /// Adds the table's parts of a key; a row whose bit is clear gets entry 0's part.
  static func addTable<Code: LaneCode, Slot: LaneCode>(
    _ codes: Span<Code>,
    _ origin: TableKernel.Origin,
    _ parts: Span<Slot>,
    valid words: Span<UInt64>,
    count: Int,
    to slots: inout MutableSpan<Slot>
  ) {
    precondition(codes.count >= count && slots.count >= count, "a slot for every code")
    precondition(words.count >= BitmapKernel.wordCount(count), "a bit for every row")
    precondition(UInt64(parts.count) >= origin.entries + 2, "a table has its two extra entries")
    for row in 0..<count {
      // Safe: rows are below `count`; an entry is at most `entries + 1`; all checked above.
      let bit = unsafe words[unchecked: row >> 6] &>> UInt64(row & 63) & 1
      let entry = unsafe origin.entry(codes[unchecked: row]) & (0 &- Int(bit))
      unsafe slots[unchecked: row] &+= unsafe parts[unchecked: entry]
    }
  }

  /// Adds `offset + multiplier * code` of a key without nulls, wrapping.
  static func addAffine<Code: LaneCode, Slot: LaneCode>(
    _ codes: Span<Code>,
    offset: Slot,
    multiplier: Slot,
    count: Int,
    to slots: inout MutableSpan<Slot>
  ) {
    precondition(codes.count >= count && slots.count >= count, "a slot for every code")
    for row in 0..<count {
      // Safe: `row` is below both counts, checked above.
      let code = unsafe Slot(truncatingIfNeeded: codes[unchecked: row])
      unsafe slots[unchecked: row] &+= offset &+ multiplier &* code
    }
  }

  /// Adds `offset + multiplier * code`, or nothing where the row's bit is clear.
  static func addAffine<Code: LaneCode, Slot: LaneCode>(
    _ codes: Span<Code>,
    offset: Slot,
    multiplier: Slot,
    valid words: Span<UInt64>,
    count: Int,
    to slots: inout MutableSpan<Slot>
  ) {
    precondition(codes.count >= count && slots.count >= count, "a slot for every code")
    precondition(words.count >= BitmapKernel.wordCount(count), "a bit for every row")
    for row in 0..<count {
      // Safe: `row` is below all counts, checked above.
      let bit = unsafe words[unchecked: row >> 6] &>> UInt64(row & 63) & 1
      let code = unsafe Slot(truncatingIfNeeded: codes[unchecked: row])
      let part = (offset &+ multiplier &* code) & (0 &- Slot(truncatingIfNeeded: bit))
      unsafe slots[unchecked: row] &+= part
    }
  }

  /// Copies slots; a row whose bit is clear gets slot 0.
  static func mask(
    _ slots: Span<UInt32>,
    _ words: Span<UInt64>,
    count: Int,
    into result: inout MutableSpan<UInt32>
  ) {
    precondition(
      slots.count >= count && result.count >= count
        && words.count >= BitmapKernel.wordCount(count),
      "a slot and a bit for every row"
    )
    for row in 0..<count {
      // Safe: `row` is below all counts, checked above.
      let bit = unsafe words[unchecked: row >> 6] &>> UInt64(row & 63) & 1
      unsafe result[unchecked: row] =
        slots[unchecked: row] & (0 &- UInt32(truncatingIfNeeded: bit))
    }
  }
}
