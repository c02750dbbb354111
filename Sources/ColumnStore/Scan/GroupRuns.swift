import Synchronization

/// Groups that threads put aside because there are many, on their way to one table.
///
/// A table of millions of groups waits for memory with every row. So a thread begins anew when its
/// table is as large as what lies near a core, and at the end the groups of all runs are parted by
/// bits of their hashes: equal keys fall into one part, each part is united by itself in a table
/// that lies near again, and parts are worked on by all threads.
final class GroupRuns: @unchecked Sendable {
  // @unchecked Sendable: runs are only read; the lists of parts are touched under the lock, and each
  // accumulator of the target by the one thread that has its number.
  private let runs: [GroupState]
  private let target: GroupState
  private let lock = Mutex(())
  private var splits: [Split?]
  private var unions: [Union?]

  /// Parts of the groups; bits that the places of a table do not depend on.
  private static let parts = 128

  /// The groups of a run in the order of their parts.
  private struct Split {
    var slots: [UInt32]
    /// The key of each slot.
    var keys: [UInt64]
    /// Where each part begins in `slots`, and the end.
    var starts: [Int]
  }

  /// The groups of a part.
  private struct Union {
    var keys: [UInt64]
    /// One more than the place in `keys` of each group of each run, run after run.
    var places: [UInt32]
  }

  /// Takes the groups of all threads.
  init(_ runs: [GroupState], _ compiled: CompiledPlan) {
    self.runs = runs
    target = GroupState(compiled)
    splits = Array(repeating: nil, count: runs.count)
    unions = Array(repeating: nil, count: GroupRuns.parts)
  }

  /// Returns the number of groups from which they are put aside; nil where states cannot be: only
  /// counts, sums of integers, smallest and largest values are added up in any order and place.
  static func limit(
    _ grouping: GroupingPlan,
    _ accumulators: [AccumulatorPlan],
    _ tuning: ScanTuning
  ) -> Int? {
    guard case .words = grouping.way else { return nil }
    for plan in accumulators {
      switch plan.kind {
      case .count, .sum, .minimum, .maximum, .doubleMinimum, .doubleMaximum: continue
      case .doubleSum, .values, .distinct: return nil
      }
    }
    return tuning.runGroups
  }

  /// Unites the groups of all runs.
  ///
  /// - Throws: `StoreError.limitReached` when there are too many groups, or the time is over.
  func merged(_ pool: ScanPool, _ budget: ScanBudget) throws(StoreError) -> GroupState {
    try pool.run(parts: runs.count, threads: pool.threads, makeWorker: { _ in }) {
      _,
      run throws(StoreError) in
      try budget.check()
      self.split(run)
    }
    try pool.run(parts: GroupRuns.parts, threads: pool.threads, makeWorker: { _ in }) {
      _,
      part throws(StoreError) in
      try budget.check()
      self.unite(part)
    }
    var keys: [UInt64] = []
    var firsts: [Int] = []
    for union in unions {
      firsts.append(keys.count)
      keys.append(contentsOf: union?.keys ?? [])
    }
    try budget.check(groups: keys.count)
    target.words = WordGroups(finished: keys)
    try target.reserve(budget)
    let starts = firsts
    let accumulators = target.accumulators.count
    try pool.run(parts: accumulators, threads: pool.threads, makeWorker: { _ in }) {
      _,
      position throws(StoreError) in
      try budget.check()
      self.add(position, starts)
    }
    return target
  }

  private func split(_ run: Int) {
    let keys = runs[run].words.keys
    let mask = UInt64(GroupRuns.parts - 1)
    var starts = [Int](repeating: 0, count: GroupRuns.parts + 1)
    for key in keys { starts[Int(HashKernel.mix(key) & mask) + 1] += 1 }
    for part in 0..<GroupRuns.parts { starts[part + 1] += starts[part] }
    var next = starts
    var slots = [UInt32](repeating: 0, count: keys.count)
    var parted = [UInt64](repeating: 0, count: keys.count)
    for (index, key) in keys.enumerated() {
      let part = Int(HashKernel.mix(key) & mask)
      slots[next[part]] = UInt32(truncatingIfNeeded: index + 1)
      parted[next[part]] = key
      next[part] += 1
    }
    lock.withLock { _ in splits[run] = Split(slots: slots, keys: parted, starts: starts) }
  }

  private func unite(_ part: Int) {
    let splits = lock.withLock { _ in self.splits }
    var keys: [UInt64] = []
    keys.reserveCapacity(
      splits.reduce(0) { sum, split in
        sum + (split.map { $0.starts[part + 1] - $0.starts[part] } ?? 0)
      }
    )
    for split in splits {
      guard let split else { continue }
      keys.append(contentsOf: split.keys[split.starts[part]..<split.starts[part + 1]])
    }
    var groups = WordGroups(capacity: keys.count)
    var places = [UInt32](repeating: 0, count: keys.count)
    var span = places.mutableSpan
    groups.insert(keys.span, count: keys.count, into: &span)
    let union = Union(keys: groups.keys, places: places)
    lock.withLock { _ in unions[part] = union }
  }

  /// Adds one state of all runs, part after part, so that what is written lies near.
  private func add(_ position: Int, _ firsts: [Int]) {
    let target = self.target.accumulators[position]
    for (part, first) in firsts.enumerated() {
      guard let places = unions[part]?.places else { continue }
      var done = 0
      for (run, split) in splits.enumerated() {
        guard let split else { continue }
        let range = split.starts[part]..<split.starts[part + 1]
        target.merge(
          runs[run].accumulators[position],
          from: split.slots[range],
          to: places[done..<(done + range.count)],
          after: first
        )
        done += range.count
      }
    }
  }
}

extension Accumulator {
  /// Adds the states of some slots of another thread; the slot of each here is so many after a first
  /// one.
  func merge(
    _ other: Accumulator,
    from slots: ArraySlice<UInt32>,
    to places: ArraySlice<UInt32>,
    after first: Int
  ) {
    let pairs = (slots, places, first)
    switch plan.kind {
    case .count, .sum(isWide: false):
      Accumulator.merge(other.integers, into: &integers, pairs) { $0 &+ $1 }
    case .sum(isWide: true): Accumulator.merge(other.wides, into: &wides, pairs) { $0 + $1 }
    case .minimum: Accumulator.merge(other.integers, into: &integers, pairs) { min($0, $1) }
    case .maximum: Accumulator.merge(other.integers, into: &integers, pairs) { max($0, $1) }
    case .doubleMinimum: Accumulator.merge(other.doubles, into: &doubles, pairs) { min($0, $1) }
    case .doubleMaximum: Accumulator.merge(other.doubles, into: &doubles, pairs) { max($0, $1) }
    case .doubleSum, .values, .distinct: preconditionFailure("such groups are not put aside")
    }
  }

  private static func merge<Value>(
    _ source: [Value],
    into target: inout [Value],
    _ pairs: (slots: ArraySlice<UInt32>, places: ArraySlice<UInt32>, first: Int),
    _ combine: (Value, Value) -> Value
  ) {
    precondition(pairs.slots.count == pairs.places.count, "a place for every slot")
    var place = pairs.places.startIndex
    for slot in pairs.slots {
      let slotHere = pairs.first &+ Int(pairs.places[place])
      target[slotHere] = combine(target[slotHere], source[Int(slot)])
      place &+= 1
    }
  }
}
