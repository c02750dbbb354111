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
    let slots: Int? =
      switch compiled.grouping.way {
      case .single: 2
      case .direct(let slots): slots
      case .words, .tuples: nil
      }
    let isSmall = slots.map { $0 <= GroupingPlan.replicaLimit } ?? false
    accumulators = compiled.accumulators.map { plan in
      Accumulator(
        plan,
        compiled,
        slots: slots,
        replicas: isSmall ? GroupKernel.replicas : 1
      )
    }
    tuples = TupleGroups(width: compiled.grouping.tupleWidth)
    for accumulator in accumulators { accumulator.reserve(slots ?? 1) }
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

  /// Makes room for every group found so far.
  func reserve() {
    for accumulator in accumulators { accumulator.reserve(slotCount) }
  }

  /// Adds the groups that another thread, or a later part, has found, and tells where they lie here;
  /// their states are still to be merged.
  func unite(_ other: GroupState) -> SlotMap {
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
    reserve()
    return .moved(slots)
  }
}
