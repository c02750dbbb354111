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
    var inputs: [Int] = []
    for coding in plan.codings {
      let node = compiled.distinctCodings[coding].node
      counted = evaluator.and(counted, try evaluator.lane(node, active: asked).validity)
      inputs.append(node)
    }
    if case .none = counted { return }
    let masked = mask(slots, counted)
    switch plan.way {
    case .bits(let width):
      let values = try packedValues(position, plan, asked)
      var setsMemory = accumulator.bits.taken()
      defer { accumulator.bits = setsMemory }
      var sets = setsMemory.mutableSpan
      evaluator.kernelCalls += 1
      GroupKernel.mark(
        values.words.span,
        masked.slots.span,
        width: width,
        rows: evaluator.rowCount,
        into: &sets
      )
    case .words(let shift):
      insert(accumulator, masked, try packedValues(position, plan, asked), shift: shift)
    case .tuples:
      insert(accumulator, masked, try tupleNumbers(accumulator, plan, asked), shift: 32)
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
