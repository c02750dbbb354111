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

  /// How values are counted, for a distinct count.
  let distinct: DistinctPlan?
  /// The owners of a distinct count.
  let owners: OwnerSets?
  /// The sets of a distinct count over values that blocks hardly share.
  let clusters: ClusterSets?
  /// Tells whether no other thread has states of the same groups' values.
  let hasSlices: Bool
  /// All values, for percentiles.
  let collected: CollectedValues?
  private var slotCount = 0

  /// Makes states for no slot.
  init(_ plan: AccumulatorPlan, _ compiled: CompiledPlan, slots: Int?, replicas: Int) {
    self.plan = plan
    collected = plan.kind == .values ? CollectedValues() : nil
    var distinct: DistinctPlan?
    if case .distinct(let position) = plan.kind { distinct = compiled.distincts[position] }
    hasSlices = compiled.schedule.isSliced
    self.distinct = distinct
    switch distinct?.way {
    case .owners(let values):
      owners = OwnerSets(values: values, slots: slots)
      clusters = nil
    case .clustered(let values):
      owners = nil
      clusters = ClusterSets(shift: UInt64(64 - (UInt64(values) - 1).leadingZeroBitCount))
    case .bits, .words, .tuples, nil:
      owners = nil
      clusters = nil
    }
    switch plan.kind {
    case .count, .sum(isWide: false): self.replicas = replicas
    case .sum(isWide: true), .doubleSum, .minimum, .maximum, .doubleMinimum, .doubleMaximum,
      .values, .distinct:
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
      + (owners?.byteCount ?? 0) + (clusters?.byteCount ?? 0)
      + (collected?.byteCount ?? 0)
  }

  /// The bytes that states take from the beginning.
  static func leastByteCount(
    _ plan: AccumulatorPlan,
    _ compiled: CompiledPlan,
    slots: Int?,
    replicas: Int
  ) -> Int {
    var way: DistinctPlan.Way?
    if case .distinct(let position) = plan.kind { way = compiled.distincts[position].way }
    let states = byteCount(ofSlots: slots ?? 1, plan.kind, way, replicas: replicas)
    guard case .owners(let values) = way else { return states }
    return states + values * OwnerSets.width(slots: slots)
  }

  /// The bytes of the states of some slots, without sets.
  private static func byteCount(
    ofSlots slots: Int,
    _ kind: AccumulatorPlan.Kind,
    _ way: DistinctPlan.Way?,
    replicas: Int
  ) -> Int {
    switch kind {
    case .count, .sum(isWide: false): slots * replicas * 8
    case .sum(isWide: true): slots * 16
    case .doubleSum, .minimum, .maximum, .doubleMinimum, .doubleMaximum: slots * 8
    case .values: 0
    case .distinct:
      switch way {
      case .bits(let width): (slots * width + 63) / 64 * 8
      case .owners, .clustered: slots * 8
      case .words, .tuples, nil: 0
      }
    }
  }

  /// The bytes that making room for slots below a number would take.
  func growth(_ slots: Int) -> Int {
    guard slots > slotCount else { return 0 }
    let counts = [room(slots), slotCount].map {
      Accumulator.byteCount(ofSlots: $0, plan.kind, distinctWay, replicas: replicas)
    }
    return counts[0] - counts[1]
  }

  /// The slots for which room is made.
  private func room(_ slots: Int) -> Int {
    // Grows by half, so that many small steps cost no more than a few large ones.
    slotCount == 0 ? slots : max(slots, slotCount + slotCount / 2)
  }

  /// Makes room for slots below a number; new states are those of no rows.
  func reserve(_ slots: Int) {
    guard slots > slotCount else { return }
    slotCount = room(slots)
    switch plan.kind {
    case .count, .sum(isWide: false): grow(&integers, to: slotCount * replicas, with: 0)
    case .sum(isWide: true): grow(&wides, to: slotCount, with: 0)
    case .doubleSum: grow(&doubles, to: slotCount, with: 0)
    case .minimum: grow(&integers, to: slotCount, with: .max)
    case .maximum: grow(&integers, to: slotCount, with: .min)
    case .doubleMinimum: grow(&doubles, to: slotCount, with: .infinity)
    case .doubleMaximum: grow(&doubles, to: slotCount, with: -.infinity)
    case .values: break
    case .distinct:
      owners?.reserve(slotCount)
      clusters?.reserve(slotCount)
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

  /// Adds to a count, or to a sum that is proven to fit 64 bits in the end.
  func add(_ value: Int64, to slot: Int) { integers[slot * replicas] &+= value }

  /// The sum of a slot's replicas: a count or a sum.
  func total(_ slot: Int) -> Int128 {
    if isWide { return wides[slot] }
    if replicas == 1 { return Int128(integers[slot]) }
    var sum: Int128 = 0
    for replica in 0..<replicas { sum += Int128(integers[slot * replicas + replica]) }
    return sum
  }

  /// Adds another thread's states, whose slots lie here as a map says.
  func merge(_ other: Accumulator, slots: SlotMap) {
    switch plan.kind {
    case .count, .sum, .minimum, .maximum, .doubleSum, .doubleMinimum, .doubleMaximum:
      if case .same(let count) = slots { mergeSame(other, count) } else { mergeMoved(other, slots) }
    case .values:
      if let theirs = other.collected { collected?.merge(theirs, slots: slots) }
    case .distinct:
      if let distinct { mergeDistinct(distinct, other, slots) }
    }
  }

  private func mergeSame(_ other: Accumulator, _ count: Int) {
    switch plan.kind {
    case .count, .sum(isWide: false):
      merge(other, \.integers, count * replicas) { MergeKernel.add($0, to: &$1) }
    case .sum(isWide: true): merge(other, \.wides, count) { MergeKernel.add($0, to: &$1) }
    case .minimum: merge(other, \.integers, count) { MergeKernel.lower($0, in: &$1) }
    case .maximum: merge(other, \.integers, count) { MergeKernel.raise($0, in: &$1) }
    case .doubleMinimum: merge(other, \.doubles, count) { MergeKernel.lower($0, in: &$1) }
    case .doubleMaximum: merge(other, \.doubles, count) { MergeKernel.raise($0, in: &$1) }
    case .doubleSum: for slot in 1..<count { doubles[slot] += other.doubles[slot] }
    case .values, .distinct: return
    }
  }

  private func merge<Value>(
    _ other: Accumulator,
    _ states: ReferenceWritableKeyPath<Accumulator, [Value]>,
    _ count: Int,
    _ body: (Span<Value>, inout MutableSpan<Value>) -> Void
  ) {
    var memory = self[keyPath: states].taken()
    defer { self[keyPath: states] = memory }
    var mine = memory.mutableSpan
    let theirs = other[keyPath: states]
    let span = theirs.span
    body(span.extracting(first: count), &mine)
  }

  private func mergeMoved(_ other: Accumulator, _ slots: SlotMap) {
    for source in 1..<slots.count {
      let target = slots[source]
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
      case .values, .distinct: return
      }
    }
  }
}
