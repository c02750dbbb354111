/// Loops that add rows to the states of their groups.
///
/// A state of counts or sums may have several replicas a group, side by side: rows take turns, so
/// that a run of rows of one group does not wait for its own last store. The replicas of a group
/// are added up at the end.
///
/// Every loop first looks for the largest slot, in a pass that takes a small part of its time, so
/// that the loop itself needs no check a row.
enum GroupKernel {
  /// Replicas of a group's state where groups are few.
  static let replicas = 4

  /// Checks that every slot has its states.
  @inline(__always)
  private static func check(_ slots: Span<UInt32>, rows count: Int, states: Int, each: Int) {
    precondition(slots.count >= count, "a slot for every row")
    var largest: UInt32 = 0
    for row in 0..<count {
      // Safe: `row` is below the count, checked above.
      largest = unsafe max(largest, slots[unchecked: row])
    }
    precondition(count == 0 || (Int(largest) + 1) * each <= states, "states for every slot")
  }

  /// Counts the rows of each slot.
  static func count(
    _ slots: Span<UInt32>,
    rows count: Int,
    into counts: inout MutableSpan<Int64>
  ) {
    check(slots, rows: count, states: counts.count, each: 1)
    for row in 0..<count {
      // Safe: rows and slots are inside their spans, checked above.
      unsafe counts[unchecked: Int(slots[unchecked: row])] &+= 1
    }
  }

  /// Counts the rows of each slot in replicas.
  static func countReplicated(
    _ slots: Span<UInt32>,
    rows count: Int,
    into counts: inout MutableSpan<Int64>
  ) {
    check(slots, rows: count, states: counts.count, each: replicas)
    for row in 0..<count {
      // Safe: rows and slots are inside their spans, checked above.
      let slot = unsafe Int(slots[unchecked: row])
      unsafe counts[unchecked: slot &* replicas &+ (row & 3)] &+= 1
    }
  }

  /// Adds the values of codes; the caller has proven that no sum leaves 64 bits.
  static func sum<Code: LaneCode>(
    _ codes: Span<Code>,
    _ slots: Span<UInt32>,
    base: Int64,
    multiplier: Int64,
    rows count: Int,
    into sums: inout MutableSpan<Int64>
  ) {
    precondition(codes.count >= count, "a code for every row")
    check(slots, rows: count, states: sums.count, each: 1)
    for row in 0..<count {
      // Safe: rows and slots are inside their spans, checked above.
      let value = unsafe base &+ multiplier &* Int64(truncatingIfNeeded: codes[unchecked: row])
      unsafe sums[unchecked: Int(slots[unchecked: row])] &+= value
    }
  }

  /// Adds the values of codes in replicas; the caller has proven that no sum leaves 64 bits.
  static func sumReplicated<Code: LaneCode>(
    _ codes: Span<Code>,
    _ slots: Span<UInt32>,
    base: Int64,
    multiplier: Int64,
    rows count: Int,
    into sums: inout MutableSpan<Int64>
  ) {
    precondition(codes.count >= count, "a code for every row")
    check(slots, rows: count, states: sums.count, each: replicas)
    for row in 0..<count {
      // Safe: rows and slots are inside their spans, checked above.
      let value = unsafe base &+ multiplier &* Int64(truncatingIfNeeded: codes[unchecked: row])
      let slot = unsafe Int(slots[unchecked: row])
      unsafe sums[unchecked: slot &* replicas &+ (row & 3)] &+= value
    }
  }

  /// Adds the values of codes in 128 bits, which 2^63 rows of 64 bits cannot leave.
  static func sumWide<Code: LaneCode>(
    _ codes: Span<Code>,
    _ slots: Span<UInt32>,
    base: Int64,
    multiplier: Int64,
    rows count: Int,
    into sums: inout MutableSpan<Int128>
  ) {
    precondition(codes.count >= count && slots.count >= count, "a code and a slot for every row")
    for row in 0..<count {
      let value = base &+ multiplier &* Int64(truncatingIfNeeded: codes[row])
      sums[Int(slots[row])] &+= Int128(value)
    }
  }

  /// Adds doubles in the order of their rows.
  static func sum(
    _ values: Span<Double>,
    _ slots: Span<UInt32>,
    rows count: Int,
    into sums: inout MutableSpan<Double>
  ) {
    precondition(values.count >= count && slots.count >= count, "a value for every row")
    for row in 0..<count { sums[Int(slots[row])] += values[row] }
  }

  /// Lowers each group's minimum.
  static func minimum<Value: Comparable & BitwiseCopyable>(
    _ values: Span<Value>,
    _ slots: Span<UInt32>,
    rows count: Int,
    into minima: inout MutableSpan<Value>
  ) {
    precondition(values.count >= count && slots.count >= count, "a value for every row")
    for row in 0..<count {
      let slot = Int(slots[row])
      let value = values[row]
      minima[slot] = value < minima[slot] ? value : minima[slot]
    }
  }

  /// Raises each group's maximum.
  static func maximum<Value: Comparable & BitwiseCopyable>(
    _ values: Span<Value>,
    _ slots: Span<UInt32>,
    rows count: Int,
    into maxima: inout MutableSpan<Value>
  ) {
    precondition(values.count >= count && slots.count >= count, "a value for every row")
    for row in 0..<count {
      let slot = Int(slots[row])
      let value = values[row]
      maxima[slot] = value > maxima[slot] ? value : maxima[slot]
    }
  }

  /// Sets the bit of each row's value in its group's set of `width` bits; slot 0 has a set too.
  static func mark(
    _ values: Span<UInt64>,
    _ slots: Span<UInt32>,
    width: Int,
    rows count: Int,
    into sets: inout MutableSpan<UInt64>
  ) {
    precondition(values.count >= count && slots.count >= count, "a value for every row")
    for row in 0..<count {
      let bit = Int(slots[row]) &* width &+ Int(truncatingIfNeeded: values[row])
      sets[bit >> 6] |= 1 << UInt64(bit & 63)
    }
  }
}
