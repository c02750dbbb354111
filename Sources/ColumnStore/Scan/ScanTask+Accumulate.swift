// From slots and values to states.

extension ScanTask {
  /// Adds a whole block to one slot by its zone maps alone; false where those do not say enough.
  func addZoneMap(_ position: Int, _ slot: Int, _ address: BlockAddress) -> Bool {
    let accumulator = state.accumulators[position]
    let plan = accumulator.plan
    guard plan.filter == nil else { return false }
    guard let input = plan.input else {
      guard plan.kind == .count else { return false }
      accumulator.add(Int64(compiled.blocks.rowCount(of: address)), to: slot)
      return true
    }
    guard case .column(let column) = compiled.program.values[input].operation else {
      return addZoneSums(position, slot, address)
    }
    let map = compiled.blocks.zoneMap(compiled.program.columns[column].index, of: address)
    switch (plan.kind, map.bounds) {
    case (.count, _):
      accumulator.add(Int64(map.rowCount - map.nullCount), to: slot)
    case (.sum(isWide: true), _): accumulator.wides[slot] += map.sum
    case (.sum(isWide: false), _):
      accumulator.add(Int64(truncatingIfNeeded: map.sum), to: slot)
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
    case (.doubleSum, _), (.distinct, _), (.values, _), (.minimum, _), (.maximum, _),
      (.doubleMinimum, _), (.doubleMaximum, _):
      return false
    }
    return true
  }

  /// Adds the sum of an expression over a whole block, from the sums of columns without nulls.
  private func addZoneSums(_ position: Int, _ slot: Int, _ address: BlockAddress) -> Bool {
    let accumulator = state.accumulators[position]
    guard case .sum(let isWide) = accumulator.plan.kind, let form = compiled.forms[position] else {
      return false
    }
    var sum = Int128(form.constant) * Int128(compiled.blocks.rowCount(of: address))
    for term in form.terms {
      guard case .column(let column) = compiled.program.values[term.node].operation else {
        return false
      }
      let map = compiled.blocks.zoneMap(compiled.program.columns[column].index, of: address)
      let (part, overflow) = map.sum.multipliedReportingOverflow(by: Int128(term.coefficient))
      let (next, isTooLarge) = sum.addingReportingOverflow(part)
      guard map.nullCount == 0, !overflow, !isTooLarge else { return false }
      sum = next
    }
    add(sum, isWide: isWide, accumulator, slot)
    return true
  }

  private func add(_ sum: Int128, isWide: Bool, _ accumulator: Accumulator, _ slot: Int) {
    if isWide {
      accumulator.wides[slot] += sum
    } else {
      accumulator.add(Int64(truncatingIfNeeded: sum), to: slot)
    }
  }

  /// Adds the sum of an expression over the rows of a strip, from the sums of its columns.
  private func addSums(
    _ position: Int,
    _ form: AffineForm,
    _ asked: RowBits,
    slot: Int
  ) throws(StoreError) {
    let accumulator = state.accumulators[position]
    guard case .sum(let isWide) = accumulator.plan.kind else { return }
    var lanes: [Lane] = []
    var counted = asked
    for term in form.terms {
      let lane = try evaluator.lane(term.node, active: asked)
      counted = evaluator.and(counted, lane.validity)
      lanes.append(lane)
    }
    let count = evaluator.count(counted)
    if count == 0 { return }
    // Each part has at most 64 + 64 + 16 bits less two signs; only the whole is known to fit, so the
    // parts wrap.
    var total = Int128(form.constant) &* Int128(count)
    for (term, lane) in zip(form.terms, lanes) {
      total &+= Int128(term.coefficient) &* sum(lane, counted, count)
    }
    add(total, isWide: isWide, accumulator, slot)
  }

  /// Adds the rows of a strip that all belong to one slot.
  func add(_ position: Int, _ rows: RowBits, slot: Int) throws(StoreError) {
    let accumulator = state.accumulators[position]
    let plan = accumulator.plan
    switch plan.kind {
    case .distinct, .values: return try add(accumulator, rows, mask(oneSlot(slot), rows))
    case .count, .sum, .doubleSum, .minimum, .maximum, .doubleMinimum, .doubleMaximum: break
    }
    let asked = try asked(plan, rows)
    if case .none = asked { return }
    guard let input = plan.input else {
      accumulator.add(Int64(evaluator.count(asked)), to: slot)
      return
    }
    if let form = compiled.forms[position], case .sum = plan.kind {
      return try addSums(position, form, asked, slot: slot)
    }
    let lane = try evaluator.lane(input, active: asked)
    let counted = evaluator.and(asked, lane.validity)
    let count = evaluator.count(counted)
    if count == 0 { return }
    switch plan.kind {
    case .count: accumulator.add(Int64(count), to: slot)
    case .sum(let isWide): add(sum(lane, counted, count), isWide: isWide, accumulator, slot)
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
    case .values, .distinct: return
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
      let sum = codes.apply(SumCall(rows: bits, count: evaluator.rowCount, level: evaluator.level))
      return Int128(base) * Int128(count) + Int128(multiplier) * sum
    case .double, .storedDoubles, .doubles, .texts:
      preconditionFailure("a sum of integers has no doubles and no texts")
    }
  }

  private func asked(_ plan: AccumulatorPlan, _ rows: RowBits) throws(StoreError) -> RowBits {
    guard let filter = plan.filter else { return rows }
    return evaluator.and(rows, try evaluator.rows(filter, active: rows))
  }

  /// Adds the rows of a strip to their slots; rows that do not count have slot 0.
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
    case .values: addValues(accumulator, lane, counted)
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

  private func addValues(_ accumulator: Accumulator, _ lane: Lane, _ slots: SlotLane) {
    let (span, count) = (slots.slots.span, evaluator.rowCount)
    switch lane.values {
    case .integer, .integers:
      let values = evaluator.widen(lane).values
      accumulator.collected?.add(values.span, span, count: count)
    case .double, .storedDoubles, .doubles:
      let values = evaluator.widenDoubles(lane).values
      accumulator.collected?.add(values.span, span, count: count)
    case .texts: preconditionFailure("texts have no percentile")
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
    case .count, .sum, .minimum, .maximum, .values, .distinct: return
    }
  }
}
