/// The states of one `AccumulatorPlan`, by slot; owned by one thread.
final class Accumulator {
  /// What is kept.
  let plan: AccumulatorPlan
  /// How many states a group has side by side, to be added up at the end.
  let replicas: Int
  /// Counts, sums that fit 64 bits, smallest and largest integers.
  var integers: [Int64] = []
  /// Sums in 128 bits.
  var wides: [Int128] = []
  /// Sums, smallest and largest doubles.
  var doubles: [Double] = []
  /// Bits of a distinct count.
  var bits: [UInt64] = []
  /// The set of a distinct count.
  var set = WordGroups()
  /// The tuples of a distinct count.
  var tuples: TupleGroups?

  private let distinct: DistinctPlan?
  private var slotCount = 0

  /// Makes states for no slot.
  init(_ plan: AccumulatorPlan, distinct: DistinctPlan?, replicas: Int) {
    self.plan = plan
    self.distinct = distinct
    switch plan.kind {
    case .count, .sum(isWide: false): self.replicas = replicas
    case .sum(isWide: true), .doubleSum, .minimum, .maximum, .doubleMinimum, .doubleMaximum,
      .distinct:
      self.replicas = 1
    }
    if let distinct, distinct.way == .tuples {
      tuples = TupleGroups(width: distinct.codings.count)
    }
  }

  /// How a distinct count is kept; nil for other states.
  var distinctWay: DistinctPlan.Way? { distinct?.way }

  /// Tells whether sums are kept in 128 bits.
  var isWide: Bool { plan.kind == .sum(isWide: true) }

  /// The bytes that the states take.
  var byteCount: Int {
    integers.count * 8 + wides.count * 16 + doubles.count * 8 + bits.count * 8
      + (distinct == nil ? 0 : set.byteCount) + (tuples?.byteCount ?? 0)
  }

  /// Makes room for slots below a number; new states are those of no rows.
  func reserve(_ slots: Int) {
    guard slots > slotCount else { return }
    // Grows by half, so that many small steps cost no more than a few large ones.
    slotCount = slotCount == 0 ? slots : max(slots, slotCount + slotCount / 2)
    switch plan.kind {
    case .count, .sum(isWide: false): grow(&integers, to: slotCount * replicas, with: 0)
    case .sum(isWide: true): grow(&wides, to: slotCount, with: 0)
    case .doubleSum: grow(&doubles, to: slotCount, with: 0)
    case .minimum: grow(&integers, to: slotCount, with: .max)
    case .maximum: grow(&integers, to: slotCount, with: .min)
    case .doubleMinimum: grow(&doubles, to: slotCount, with: .infinity)
    case .doubleMaximum: grow(&doubles, to: slotCount, with: -.infinity)
    case .distinct:
      if case .bits(let width) = distinct?.way {
        grow(&bits, to: (slotCount * width + 63) / 64, with: 0)
      }
    }
  }

  private func grow<Value>(_ values: inout [Value], to count: Int, with value: Value) {
    if values.isEmpty {
      values = Array(repeating: value, count: count)
    } else {
      values.append(contentsOf: repeatElement(value, count: count - values.count))
    }
  }

  /// The sum of a slot's replicas: a count or a sum.
  func total(_ slot: Int) -> Int128 {
    if isWide { return wides[slot] }
    if replicas == 1 { return Int128(integers[slot]) }
    var sum: Int128 = 0
    for replica in 0..<replicas { sum += Int128(integers[slot * replicas + replica]) }
    return sum
  }

  /// Adds another thread's states; its slot `s` is slot `slots[s]` here.
  func merge(_ other: Accumulator, slots: [UInt32]) {
    for source in 1..<slots.count {
      let target = Int(slots[source])
      switch plan.kind {
      case .count, .sum(isWide: false):
        for replica in 0..<replicas {
          integers[target * replicas + replica] &+= other.integers[source * replicas + replica]
        }
      case .sum(isWide: true): wides[target] += other.wides[source]
      case .doubleSum: doubles[target] += other.doubles[source]
      case .minimum: integers[target] = min(integers[target], other.integers[source])
      case .maximum: integers[target] = max(integers[target], other.integers[source])
      case .doubleMinimum: doubles[target] = min(doubles[target], other.doubles[source])
      case .doubleMaximum: doubles[target] = max(doubles[target], other.doubles[source])
      case .distinct: break
      }
    }
    if let distinct { mergeDistinct(distinct, other, slots) }
  }

  private func mergeDistinct(_ distinct: DistinctPlan, _ other: Accumulator, _ slots: [UInt32]) {
    switch distinct.way {
    case .bits:
      // Only direct slots have bits, and those are the same in every thread.
      for word in bits.indices where word < other.bits.count { bits[word] |= other.bits[word] }
    case .words(let shift):
      for key in other.set.keys {
        let slot = UInt64(slots[Int(key >> shift)])
        _ = set.insert(slot << shift | key & ((1 << shift) - 1))
      }
    case .tuples:
      guard let source = other.tuples else { return }
      var ids: [UInt32] = [0]
      for id in 0..<source.count {
        ids.append(tuples?.insert(source.words.span, at: id * source.width) ?? 0)
      }
      for key in other.set.keys {
        let slot = UInt64(slots[Int(key >> 32)])
        _ = set.insert(slot << 32 | UInt64(ids[Int(key & 0xFFFF_FFFF)]))
      }
    }
  }

  /// The number of different values of each slot.
  func distinctCounts(slots: Int) -> [Int64] {
    var counts: [Int64] = Array(repeating: 0, count: slots)
    switch distinct?.way {
    case nil: break
    case .bits(let width):
      for slot in 1..<slots { counts[slot] = Int64(count(slot * width..<(slot + 1) * width)) }
    case .words(let shift): for key in set.keys { counts[Int(key >> shift)] += 1 }
    case .tuples: for key in set.keys { counts[Int(key >> 32)] += 1 }
    }
    counts[0] = 0
    return counts
  }

  /// Counts bits in a range that need not begin with a word.
  private func count(_ range: Range<Int>) -> Int {
    guard !range.isEmpty else { return 0 }
    let first = range.lowerBound >> 6
    let last = (range.upperBound - 1) >> 6
    let head = ~UInt64(0) << UInt64(range.lowerBound & 63)
    let tail = ~UInt64(0) >> UInt64(63 - (range.upperBound - 1) & 63)
    if first == last { return (bits[first] & head & tail).nonzeroBitCount }
    var total = (bits[first] & head).nonzeroBitCount + (bits[last] & tail).nonzeroBitCount
    if last > first + 1 {
      for word in (first + 1)..<last { total &+= bits[word].nonzeroBitCount }
    }
    return total
  }
}
