/// The values of one block of which no other block has any, by zone maps.
struct ExclusiveValues: Sendable, Hashable {
  /// The smallest value's number.
  let first: UInt64
  /// How many numbers there are; 0 for none.
  let count: Int
}

/// The sets of a distinct count over values that blocks hardly share: what a block alone has is
/// counted with it and forgotten, the rest is kept in a hash set.
///
/// It belongs to one thread.
final class ClusterSets {
  /// How many different values each slot has.
  var counts: [Int64] = []
  /// The slots of the block's own values, from entry 1 on; the entries around them belong to nobody.
  var owners: [UInt32] = []
  /// Pairs of the block's own values and slots that do not own them.
  private var others = PairSet()
  /// Pairs of values that several blocks may have.
  private(set) var shared = PairSet()
  /// The block's own values.
  private(set) var own = ExclusiveValues(first: 0, count: 0)
  /// Tells whether the block's values never descend from row to row.
  private(set) var isOrdered = false
  /// Bits of a value in a pair.
  let shift: UInt64

  /// Makes sets for values of so many bits.
  init(shift: UInt64) { self.shift = shift }

  /// The bytes that the sets take.
  var byteCount: Int {
    counts.count * 8 + owners.count * 4 + others.byteCount + shared.byteCount
  }

  /// Makes room for slots below a number.
  func reserve(_ slots: Int) {
    if counts.count < slots {
      counts.append(contentsOf: repeatElement(0, count: slots - counts.count))
    }
  }

  /// Begins a block; `isOrdered` tells that its values never descend from row to row.
  func begin(_ values: ExclusiveValues, isOrdered: Bool) {
    own = values
    self.isOrdered = isOrdered
    if !isOrdered { forget() }
  }

  /// Forgets the owners of the block's own values.
  func forget() {
    let count = own.count + 2
    if owners.count < count {
      owners = Array(repeating: 0, count: count)
    } else {
      var memory = owners.taken()
      defer { owners = memory }
      for value in 0..<count { memory[value] = 0 }
    }
    owners[0] = DistinctKernel.slotLimit
    owners[count - 1] = DistinctKernel.slotLimit
    others.clear(room: others.count)
  }

  /// Adds pairs that the owners did not settle.
  func settle(_ pairs: Span<UInt64>, count: Int) {
    // Taken, so that the loop touches no object.
    var (near, far) = (PairSet(), PairSet())
    swap(&near, &others)
    swap(&far, &shared)
    var countsMemory = counts.taken()
    defer {
      others = near
      shared = far
      counts = countsMemory
    }
    PairSet.settle(
      pairs,
      count: count,
      own,
      shift: shift,
      near: &near,
      far: &far,
      counts: &countsMemory
    )
  }

  /// Counts rows at their slots.
  func add(_ slots: Span<UInt32>, _ range: Range<Int>) {
    var countsMemory = counts.taken()
    defer { counts = countsMemory }
    var states = countsMemory.mutableSpan
    GroupKernel.count(slots.extracting(range), rows: range.count, into: &states)
  }

  /// Adds the pairs of rows whose values several blocks may have.
  func share<Code: LaneCode>(
    _ codes: Span<Code>,
    _ rows: DistinctKernel.Rows,
    _ slots: Span<UInt32>,
    _ range: Range<Int>
  ) {
    for row in range where slots[row] != 0 {
      let pair = UInt64(slots[row]) &<< shift | rows.value(codes[row])
      if shared.insert(pair) { counts[Int(slots[row])] += 1 }
    }
  }

  /// Adds what another thread has seen in other blocks; whose slots lie here as a map says.
  func merge(_ other: ClusterSets, slots: SlotMap) {
    if case .same(let count) = slots {
      var memory = counts.taken()
      defer { counts = memory }
      var mine = memory.mutableSpan
      let theirs = other.counts
      let span = theirs.span
      MergeKernel.add(span.extracting(first: count), to: &mine)
    } else {
      for slot in 1..<slots.count { counts[slots[slot]] += other.counts[slot] }
    }
    let mask = UInt64(1) &<< shift &- 1
    other.shared.forEach { pair in
      let slot = slots[Int(pair &>> shift)]
      if !shared.insert(UInt64(slot) &<< shift | pair & mask) { counts[slot] -= 1 }
    }
  }
}
