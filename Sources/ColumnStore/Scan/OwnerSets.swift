/// The sets of a distinct count whose values are small numbers: for each value the slot that it was
/// first seen with, its owner, and a hash set for what was seen with other slots too.
///
/// Where values belong to one group each, which is common (an order has one channel), the hash set
/// stays empty and a row costs one access to an array. It belongs to one thread.
final class OwnerSets {
  /// How many different values each slot has.
  var counts: [Int64] = []
  /// Owners by value, 0 for none; one of the three is used.
  var owners8: [UInt8] = []
  var owners16: [UInt16] = []
  var owners32: [UInt32] = []
  /// Pairs of a slot and a value that another slot owns.
  private(set) var others = PairSet()

  /// The number of values, value 0 included.
  let values: Int
  /// The largest value's bits.
  let shift: UInt64

  /// Makes sets for values below a number; `slots` is nil where slots come as rows come.
  init(values: Int, slots: Int?) {
    self.values = values
    shift = UInt64(64 - (UInt64(values) - 1).leadingZeroBitCount)
    switch OwnerSets.width(slots: slots) {
    case 1: owners8 = Array(repeating: 0, count: values)
    case 2: owners16 = Array(repeating: 0, count: values)
    default: owners32 = Array(repeating: 0, count: values)
    }
  }

  /// The bytes of an owner where slots are below a number.
  static func width(slots: Int?) -> Int {
    guard let slots else { return 4 }
    return slots <= Int(UInt8.max) + 1 ? 1 : slots <= Int(UInt16.max) + 1 ? 2 : 4
  }

  /// The bytes that the sets take.
  var byteCount: Int {
    counts.count * 8 + owners8.count + owners16.count * 2 + owners32.count * 4 + others.byteCount
  }

  /// Makes room for slots below a number.
  func reserve(_ slots: Int) {
    if counts.count < slots {
      counts.append(contentsOf: repeatElement(0, count: slots - counts.count))
    }
  }

  /// Adds pairs whose values have other owners.
  func addOthers(_ pairs: Span<UInt64>, count: Int) {
    // Taken, so that the loop touches no object.
    var set = PairSet()
    swap(&set, &others)
    var countsMemory = counts.taken()
    defer {
      others = set
      counts = countsMemory
    }
    set.insert(pairs, count: count, shift: shift, counts: &countsMemory)
  }

  /// Forgets the pairs of slots that no later row has.
  func forgetOthers() {
    if others.count > 0 { others = PairSet() }
  }

  /// Adds what another thread has seen; whose slots lie here as a map says.
  func merge(_ other: OwnerSets, slots: SlotMap) {
    let strip = 65_536
    var pairs = [UInt64](repeating: 0, count: min(strip, values))
    var first = 0
    while first < values {
      let count = min(strip, values - first)
      let found = merge(other, first..<(first + count), slots, &pairs)
      if found > 0 { addOthers(pairs.span, count: found) }
      first += count
    }
    let mask = UInt64(1) << shift - 1
    other.others.forEach { pair in
      let slot = slots[Int(pair >> shift)]
      let value = pair & mask
      if owner(Int(value)) != slot && others.insert(UInt64(slot) << shift | value) {
        counts[slot] += 1
      }
    }
  }

  /// Adds counts of slots whose pairs no other thread has.
  func addCounts(_ other: OwnerSets) {
    reserve(other.counts.count)
    for slot in other.counts.indices { counts[slot] += other.counts[slot] }
  }

  private func owner(_ value: Int) -> Int {
    if !owners8.isEmpty { return Int(owners8[value]) }
    return owners16.isEmpty ? Int(owners32[value]) : Int(owners16[value])
  }

  private func merge(
    _ other: OwnerSets,
    _ range: Range<Int>,
    _ slots: SlotMap,
    _ pairs: inout [UInt64]
  ) -> Int {
    if !owners8.isEmpty { return merge(&owners8, other.owners8, range, slots, &pairs) }
    if !owners16.isEmpty { return merge(&owners16, other.owners16, range, slots, &pairs) }
    return merge(&owners32, other.owners32, range, slots, &pairs)
  }

  private func merge<Owner: LaneCode>(
    _ mine: inout [Owner],
    _ theirs: [Owner],
    _ range: Range<Int>,
    _ slots: SlotMap,
    _ pairs: inout [UInt64]
  ) -> Int {
    var found = 0
    for value in range {
      let slot = slots[Int(truncatingIfNeeded: theirs[value])]
      let owner = Int(truncatingIfNeeded: mine[value])
      if slot == 0 || slot == owner { continue }
      if owner == 0 {
        mine[value] = Owner(truncatingIfNeeded: slot)
        counts[slot] += 1
      } else {
        pairs[found] = UInt64(slot) << shift | UInt64(value)
        found += 1
      }
    }
    return found
  }
}
