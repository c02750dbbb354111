// From slots and values to states.

extension ScanTask {
  /// Adds a whole block to one slot by its zone map alone; false where that does not say enough.
  func addZoneMap(_ accumulator: Accumulator, _ slot: Int, _ address: BlockAddress) -> Bool {
    let plan = accumulator.plan
    guard plan.filter == nil else { return false }
    guard let input = plan.input else {
      guard plan.kind == .count else { return false }
      let rows = compiled.blocks.rowCount(of: address)
      accumulator.integers[slot * accumulator.replicas] += Int64(rows)
      return true
    }
    guard case .column(let column) = compiled.program.values[input].operation else {
      return false
    }
    let map = compiled.blocks.zoneMap(compiled.program.columns[column].index, of: address)
    switch (plan.kind, map.bounds) {
    case (.count, _):
      accumulator.integers[slot * accumulator.replicas] += Int64(map.rowCount - map.nullCount)
    case (.sum(isWide: true), _): accumulator.wides[slot] += map.sum
    case (.sum(isWide: false), _):
      accumulator.integers[slot * accumulator.replicas] &+= Int64(truncatingIfNeeded: map.sum)
    case (.minimum, .integers(let minimum, _)):
      accumulator.integers[slot] = min(accumulator.integers[slot], minimum)
    case (.maximum, .integers(_, let maximum)):
      accumulator.integers[slot] = max(accumulator.integers[slot], maximum)
    case (.doubleMinimum, .doubles(let minimum, _)):
      accumulator.doubles[slot] = min(accumulator.doubles[slot], minimum)
    case (.doubleMaximum, .doubles(_, let maximum)):
      accumulator.doubles[slot] = max(accumulator.doubles[slot], maximum)
    case (.minimum, .empty), (.maximum, .empty), (.doubleMinimum, .empty),
      (.doubleMaximum, .empty):
      return true
    case (.doubleSum, _), (.distinct, _), (.minimum, _), (.maximum, _), (.doubleMinimum, _),
      (.doubleMaximum, _):
      return false
    }
    return true
  }

  /// Adds the rows of a block that all belong to one slot.
  func add(_ accumulator: Accumulator, _ rows: RowBits, slot: Int) throws(StoreError) {
    let plan = accumulator.plan
    if case .distinct = plan.kind {
      return try add(accumulator, rows, mask(oneSlot(slot), rows))
    }
    let asked = try asked(plan, rows)
    if case .none = asked { return }
    guard let input = plan.input else {
      accumulator.integers[slot * accumulator.replicas] += Int64(evaluator.count(asked))
      return
    }
    let lane = try evaluator.lane(input, active: asked)
    let counted = evaluator.and(asked, lane.validity)
    let count = evaluator.count(counted)
    if count == 0 { return }
    switch plan.kind {
    case .count: accumulator.integers[slot * accumulator.replicas] += Int64(count)
    case .sum(let isWide):
      let sum = sum(lane, counted, count)
      if isWide {
        accumulator.wides[slot] += sum
      } else {
        accumulator.integers[slot * accumulator.replicas] &+= Int64(truncatingIfNeeded: sum)
      }
    case .doubleSum:
      let values = evaluator.widenDoubles(lane)
      evaluator.kernelCalls += 1
      accumulator.doubles[slot] = SumKernel.doubles(
        values.values.span,
        evaluator.bitmap(counted).words.span,
        count: evaluator.rowCount,
        onto: accumulator.doubles[slot]
      )
    case .minimum, .maximum:
      let values = evaluator.widen(lane)
      evaluator.kernelCalls += 1
      let found = MinMaxKernel.masked(
        values.values.span,
        evaluator.bitmap(counted).words.span,
        count: evaluator.rowCount
      )
      let old = accumulator.integers[slot]
      accumulator.integers[slot] =
        plan.kind == .minimum ? min(old, found.minimum) : max(old, found.maximum)
    case .doubleMinimum, .doubleMaximum:
      let values = evaluator.widenDoubles(lane)
      evaluator.kernelCalls += 1
      let found = MinMaxKernel.doubles(
        values.values.span,
        evaluator.bitmap(counted).words.span,
        count: evaluator.rowCount
      )
      let old = accumulator.doubles[slot]
      accumulator.doubles[slot] =
        plan.kind == .doubleMinimum ? min(old, found.minimum) : max(old, found.maximum)
    case .distinct: return
    }
  }

  /// Returns the slots of a block whose rows all belong to one.
  private func oneSlot(_ slot: Int) -> SlotLane {
    let lane = evaluator.arena.slots()
    var memory = lane.storage.taken()
    defer { lane.storage = memory }
    var slots = memory.mutableSpan
    evaluator.kernelCalls += 1
    SlotKernel.write(
      UInt32(truncatingIfNeeded: slot),
      count: evaluator.rowCount,
      into: &slots
    )
    return lane
  }

  private func sum(_ lane: Lane, _ rows: RowBits, _ count: Int) -> Int128 {
    switch lane.values {
    case .integer(let value): return Int128(value) * Int128(count)
    case .integers(let base, let multiplier, let codes):
      evaluator.kernelCalls += 1
      let bits: BitLane? = if case .some(let bits) = rows { bits } else { nil }
      let sum = codes.apply(SumCall(rows: bits, count: evaluator.rowCount))
      return Int128(base) * Int128(count) + Int128(multiplier) * sum
    case .double, .storedDoubles, .doubles, .texts:
      preconditionFailure("a sum of integers has no doubles and no texts")
    }
  }

  private func asked(_ plan: AccumulatorPlan, _ rows: RowBits) throws(StoreError) -> RowBits {
    guard let filter = plan.filter else { return rows }
    return evaluator.and(rows, try evaluator.rows(filter, active: rows))
  }

  /// Adds the rows of a block to their slots; rows that do not count have slot 0.
  func add(
    _ accumulator: Accumulator,
    _ rows: RowBits,
    _ slots: SlotLane
  ) throws(StoreError) {
    let plan = accumulator.plan
    let asked = try asked(plan, rows)
    if case .none = asked { return }
    if case .distinct(let position) = plan.kind {
      try addDistinct(accumulator, position, asked, slots)
      return
    }
    guard let input = plan.input else {
      addCount(accumulator, counted(slots, rows, asked, MaskKey(filter: plan.filter, inputs: [])))
      return
    }
    let lane = try evaluator.lane(input, active: asked)
    let counted = counted(
      slots,
      rows,
      evaluator.and(asked, lane.validity),
      MaskKey(filter: plan.filter, inputs: isAll(lane.validity) ? [] : [input])
    )
    switch plan.kind {
    case .count: addCount(accumulator, counted)
    case .sum: addSum(accumulator, lane, counted)
    case .doubleSum, .doubleMinimum, .doubleMaximum:
      addDoubles(accumulator, evaluator.widenDoubles(lane), counted)
    case .minimum, .maximum: addExtremum(accumulator, evaluator.widen(lane), counted)
    case .distinct: return
    }
  }

  private func isAll(_ rows: RowBits) -> Bool {
    if case .all = rows { true } else { false }
  }

  /// Returns the slots of rows that a state counts; equal ones are made once a block.
  private func counted(
    _ slots: SlotLane,
    _ rows: RowBits,
    _ counted: RowBits,
    _ key: MaskKey
  ) -> SlotLane {
    // Without a filter and without nulls the slots are right as they are.
    if key.filter == nil && key.inputs.isEmpty { return slots }
    if let known = masked[key] { return known }
    let result = mask(slots, counted)
    masked[key] = result
    return result
  }

  private func addCount(_ accumulator: Accumulator, _ slots: SlotLane) {
    var countsMemory = accumulator.integers.taken()
    defer { accumulator.integers = countsMemory }
    var counts = countsMemory.mutableSpan
    evaluator.kernelCalls += 1
    if accumulator.replicas == 1 {
      GroupKernel.count(slots.slots.span, rows: evaluator.rowCount, into: &counts)
    } else {
      GroupKernel.countReplicated(slots.slots.span, rows: evaluator.rowCount, into: &counts)
    }
  }

  private func addSum(_ accumulator: Accumulator, _ lane: Lane, _ slots: SlotLane) {
    var base: Int64 = 0
    var multiplier: Int64 = 1
    let codes: LaneCodes
    if case .integers(let first, let step, let found) = lane.values {
      (base, multiplier, codes) = (first, step, found)
    } else {
      codes = .computed(evaluator.widen(lane))
    }
    evaluator.kernelCalls += 1
    codes.apply(
      GroupSumCall(
        slots: slots,
        base: base,
        multiplier: multiplier,
        count: evaluator.rowCount,
        result: accumulator
      )
    )
  }

  private func addExtremum(
    _ accumulator: Accumulator,
    _ lane: IntegerLane,
    _ slots: SlotLane
  ) {
    var statesMemory = accumulator.integers.taken()
    defer { accumulator.integers = statesMemory }
    var states = statesMemory.mutableSpan
    evaluator.kernelCalls += 1
    if accumulator.plan.kind == .minimum {
      GroupKernel.minimum(
        lane.values.span,
        slots.slots.span,
        rows: evaluator.rowCount,
        into: &states
      )
    } else {
      GroupKernel.maximum(
        lane.values.span,
        slots.slots.span,
        rows: evaluator.rowCount,
        into: &states
      )
    }
  }

  private func addDoubles(_ accumulator: Accumulator, _ lane: DoubleLane, _ slots: SlotLane) {
    var statesMemory = accumulator.doubles.taken()
    defer { accumulator.doubles = statesMemory }
    var states = statesMemory.mutableSpan
    let values = lane.values.span
    let span = slots.slots.span
    evaluator.kernelCalls += 1
    switch accumulator.plan.kind {
    case .doubleSum: GroupKernel.sum(values, span, rows: evaluator.rowCount, into: &states)
    case .doubleMinimum:
      GroupKernel.minimum(values, span, rows: evaluator.rowCount, into: &states)
    case .doubleMaximum:
      GroupKernel.maximum(values, span, rows: evaluator.rowCount, into: &states)
    case .count, .sum, .minimum, .maximum, .distinct: return
    }
  }
}
