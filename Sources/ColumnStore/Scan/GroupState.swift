/// The groups that one thread has found, and their states.
final class GroupState {
  /// The plan.
  let compiled: CompiledPlan
  /// One for each state of the plan.
  let accumulators: [Accumulator]
  /// Groups by packed keys.
  var words = WordGroups()
  /// Groups by multi-word keys.
  var tuples: TupleGroups

  /// Makes a state without groups.
  init(_ compiled: CompiledPlan) {
    self.compiled = compiled
    let (slots, replicas) = Self.room(compiled)
    accumulators = compiled.accumulators.map { plan in
      Accumulator(plan, compiled, slots: slots, replicas: replicas)
    }
    tuples = TupleGroups(width: compiled.grouping.tupleWidth)
    for accumulator in accumulators { accumulator.reserve(slots ?? 1) }
  }

  /// The slots that are known before any row, and the replicas of each.
  private static func room(_ compiled: CompiledPlan) -> (slots: Int?, replicas: Int) {
    let slots: Int? =
      switch compiled.grouping.way {
      case .single: 2
      case .direct(let slots): slots
      case .words, .tuples: nil
      }
    let isSmall = slots.map { $0 <= GroupingPlan.replicaLimit } ?? false
    return (slots, isSmall ? GroupKernel.replicas : 1)
  }

  /// The bytes that states take before any group is found.
  static func leastByteCount(_ compiled: CompiledPlan) -> Int {
    let (slots, replicas) = room(compiled)
    return compiled.accumulators.reduce(0) { sum, plan in
      sum + Accumulator.leastByteCount(plan, compiled, slots: slots, replicas: replicas)
    }
  }

  /// One more than the largest slot so far.
  var slotCount: Int {
    switch compiled.grouping.way {
    case .single: 2
    case .direct(let slots): slots
    case .words: words.keys.count + 1
    case .tuples: tuples.count + 1
    }
  }

  /// Groups that hashing has found; direct slots are not counted before the end.
  var hashedGroups: Int {
    switch compiled.grouping.way {
    case .single, .direct: 0
    case .words: words.keys.count
    case .tuples: tuples.count
    }
  }

  /// The bytes that groups and states take.
  var byteCount: Int {
    let keys =
      switch compiled.grouping.way {
      case .single, .direct: 0
      case .words: words.byteCount
      case .tuples: tuples.byteCount
      }
    return accumulators.reduce(keys) { $0 + $1.byteCount }
  }

  /// Counts the room for every group found so far, then makes it, and returns the bytes.
  ///
  /// - Throws: `StoreError.limitReached` when there are too many; then no room is made.
  @discardableResult
  func reserve(_ budget: ScanBudget) throws(StoreError) -> Int {
    let slots = slotCount
    let growth = accumulators.reduce(0) { $0 + $1.growth(slots) }
    if growth > 0 { try budget.add(bytes: growth) }
    for accumulator in accumulators { accumulator.reserve(slots) }
    return growth
  }

  /// Adds the groups that another thread, or a later part, has found, and tells where they lie here;
  /// their states are still to be merged.
  ///
  /// - Throws: `StoreError.limitReached` when the states would take too many bytes.
  func unite(_ other: GroupState, _ budget: ScanBudget) throws(StoreError) -> SlotMap {
    var slots: [UInt32] = [0]
    switch compiled.grouping.way {
    case .single: return .same(2)
    case .direct(let count): return .same(count)
    case .words: for key in other.words.keys { slots.append(words.insert(key)) }
    case .tuples:
      for id in 0..<other.tuples.count {
        slots.append(tuples.insert(other.tuples.words.span, at: id * other.tuples.width))
      }
    }
    try reserve(budget)
    return .moved(slots)
  }
}
