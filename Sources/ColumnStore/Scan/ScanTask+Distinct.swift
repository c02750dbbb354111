// Distinct counts: from slots and values to sets.

extension ScanTask {
  /// Adds the values of a block to the sets of their slots.
  func addDistinct(
    _ accumulator: Accumulator,
    _ position: Int,
    _ asked: RowBits,
    _ slots: SlotLane
  ) throws(StoreError) {
    let plan = compiled.distincts[position]
    var counted = asked
    // Slots know already which rows of the block count.
    var isNarrower = accumulator.plan.filter != nil
    for coding in plan.codings {
      let node = compiled.distinctCodings[coding].node
      let validity = try evaluator.lane(node, active: asked).validity
      if case .all = validity { continue }
      isNarrower = true
      counted = evaluator.and(counted, validity)
    }
    if case .none = counted { return }
    let masked = isNarrower ? mask(slots, counted) : slots
    switch plan.way {
    case .bits(let width):
      let values = try numbers(position, plan, asked, last: width - 1)
      values.apply(MarkCall(rows: values.rows, slots: masked, width: width, result: accumulator))
    case .clustered(let count):
      guard let sets = accumulator.clusters else { return }
      let values = try numbers(position, plan, asked, last: count - 1)
      values.apply(
        ClusterCall(
          rows: values.rows,
          slots: masked,
          conflicts: evaluator.arena.words(),
          kept: evaluator.arena.slots(),
          sets: sets
        )
      )
    case .owners(let count):
      guard let owners = accumulator.owners else { return }
      let values = try numbers(position, plan, asked, last: count - 1)
      claim(values, masked, owners)
    case .words(let shift):
      insert(accumulator, masked, try packedValues(position, plan, asked), shift: shift)
    case .tuples:
      insert(accumulator, masked, try tupleNumbers(accumulator, plan, asked), shift: 32)
    }
  }

  /// The values of a distinct count as the codes of a lane, or packed.
  struct Numbers {
    let rows: DistinctKernel.Rows
    let codes: LaneCodes?
    let packed: WordLane?

    /// Runs a kernel on the codes.
    func apply<Kernel: CodeKernel>(_ kernel: Kernel) where Kernel.Answer == Void {
      codes?.apply(kernel)
      if let packed { kernel.run(packed.words.span) }
    }
  }

  /// Returns the values of a distinct count; rows with a null part have any.
  private func numbers(
    _ position: Int,
    _ plan: DistinctPlan,
    _ asked: RowBits,
    last: Int
  ) throws(StoreError) -> Numbers {
    let coding = compiled.distinctCodings[plan.codings[0]]
    evaluator.kernelCalls += 1
    if plan.codings.count == 1, case .affine(let low) = coding.way,
      case .integers(let base, let multiplier, let codes) =
        try evaluator.lane(coding.source, active: asked).values
    {
      return Numbers(
        rows: rows(UInt64(bitPattern: base &- low &+ 1), UInt64(bitPattern: multiplier), last),
        codes: codes,
        packed: nil
      )
    }
    let packed = try packedValues(position, plan, asked)
    return Numbers(rows: rows(0, 1, last), codes: nil, packed: packed)
  }

  private func rows(_ offset: UInt64, _ multiplier: UInt64, _ last: Int) -> DistinctKernel.Rows {
    DistinctKernel.Rows(
      count: evaluator.rowCount,
      offset: offset,
      multiplier: multiplier,
      last: UInt64(last),
      shift: UInt64(64 - UInt64(last).leadingZeroBitCount)
    )
  }

  private func claim(_ values: Numbers, _ slots: SlotLane, _ owners: OwnerSets) {
    let conflicts = evaluator.arena.words()
    let lowest = compiled.schedule.lowestSlot(of: visit.slices)
    values.apply(
      ClaimCall(
        rows: values.rows,
        slots: slots,
        conflicts: conflicts,
        lowest: lowest ?? 1,
        slices: lowest == nil ? compiled.schedule.slices : [],
        owners: owners
      )
    )
  }

  /// Tells whether the values of a stored column never descend from row to row of the block.
  func isAscending(_ column: Int, _ columns: BlockColumns) throws(StoreError) -> Bool {
    let vector = try columns.vector(column)
    guard vector.validity.isAllValid else { return false }
    evaluator.kernelCalls += 1
    switch Lane(vector).values {
    case .integer: return true
    case .integers(_, let multiplier, let codes):
      return multiplier > 0 && codes.apply(AscentCall())
    case .double, .storedDoubles, .doubles, .texts: return false
    }
  }

  /// Tells clustered distinct counts which values are the block's own.
  func beginClusters(_ columns: BlockColumns) throws(StoreError) {
    for accumulator in state.accumulators {
      guard let sets = accumulator.clusters, let plan = accumulator.distinct,
        case .column(let column) =
          compiled.program.values[compiled.distinctCodings[plan.codings[0]].node].operation
      else { continue }
      sets.begin(plan.exclusive[visit.block], isOrdered: try isAscending(column, columns))
    }
  }

  /// Returns the packed values of a distinct count; rows with a null part have any.
  private func packedValues(
    _ position: Int,
    _ plan: DistinctPlan,
    _ asked: RowBits
  ) throws(StoreError) -> WordLane {
    if let known = distinctWords[position] { return known }
    let result = filled(0)
    var stride: UInt64 = 1
    for position in plan.codings {
      let coding = compiled.distinctCodings[position]
      let lane = try evaluator.lane(coding.source, active: asked)
      addWords(coding, lane, stride, coding.parts(stride: stride), to: result)
      stride &*= coding.count ?? 1
    }
    distinctWords[position] = result
    return result
  }

  private func tupleNumbers(
    _ accumulator: Accumulator,
    _ plan: DistinctPlan,
    _ asked: RowBits
  ) throws(StoreError) -> WordLane {
    let width = plan.codings.count
    let tuples = evaluator.arena.words(width: width)
    for (word, position) in plan.codings.enumerated() {
      let coding = compiled.distinctCodings[position]
      let lane = try evaluator.lane(coding.source, active: asked)
      let words = filled(0)
      addWords(coding, lane, 1, coding.parts(stride: 1), to: words)
      interleave(words, word, width, into: tuples)
    }
    let numbers = evaluator.arena.slots()
    do {
      var slotsMemory = numbers.storage.taken()
      defer { numbers.storage = slotsMemory }
      var slots = slotsMemory.mutableSpan
      evaluator.kernelCalls += 1
      accumulator.tuples?.insert(tuples.words.span, count: evaluator.rowCount, into: &slots)
    }
    let result = filled(0)
    var wordsMemory = result.storage.taken()
    defer { result.storage = wordsMemory }
    var words = wordsMemory.mutableSpan
    SlotKernel.addAffine(
      numbers.slots.span,
      offset: 0,
      multiplier: 1,
      count: evaluator.rowCount,
      to: &words
    )
    return result
  }

  private func insert(
    _ accumulator: Accumulator,
    _ slots: SlotLane,
    _ values: WordLane,
    shift: UInt64
  ) {
    let joined = evaluator.arena.words()
    var wordsMemory = joined.storage.taken()
    defer { joined.storage = wordsMemory }
    var words = wordsMemory.mutableSpan
    HashKernel.join(
      slots.slots.span,
      values.words.span,
      shift: shift,
      count: evaluator.rowCount,
      into: &words
    )
    let ids = evaluator.arena.slots()
    var unusedMemory = ids.storage.taken()
    defer { ids.storage = unusedMemory }
    var unused = unusedMemory.mutableSpan
    evaluator.kernelCalls += 2
    accumulator.set.insert(words.span, count: evaluator.rowCount, into: &unused)
  }
}
