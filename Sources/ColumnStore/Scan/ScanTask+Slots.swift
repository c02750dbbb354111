// From the keys of rows to the slots of their groups.

extension ScanTask {
  /// Returns the one slot of a block whose keys are all constant; nil when they are not, or when the
  /// slot depends on what came before.
  func constantSlot(_ constants: [UInt64?]) -> Int? {
    switch compiled.grouping.way {
    case .single: return 1
    case .direct:
      guard constants.allSatisfy({ $0 != nil }) else { return nil }
      return Int(packed(constants, compiled.grouping.strides) &+ 1)
    case .words:
      guard constants.allSatisfy({ $0 != nil }) else { return nil }
      return Int(state.words.insert(packed(constants, compiled.grouping.strides)))
    case .tuples: return nil
    }
  }

  /// Returns where the slots of a block's rows can be, as far as zone maps tell.
  func slotRange(_ constants: [UInt64?], _ address: BlockAddress) -> Range<Int> {
    var (first, last) = (1, 1)
    for (position, key) in compiled.grouping.keys.enumerated() {
      var numbers = 0...((key.count ?? 1) &- 1)
      if let constant = constants[position] {
        numbers = constant...constant
      } else if let known = key.range(
        compiled.program,
        { compiled.blocks.zoneMap($0, of: address) }
      ) {
        numbers = known
      }
      let stride = Int(compiled.grouping.strides[position])
      first += Int(numbers.lowerBound) * stride
      last += Int(numbers.upperBound) * stride
    }
    return first..<(last + 1)
  }

  /// Returns the slots of a strip's rows; rows that do not count get slot 0.
  func slots(_ constants: [UInt64?], _ rows: RowBits) throws(StoreError) -> Slots {
    if let slot = constantSlot(constants) { return .single(slot) }
    switch compiled.grouping.way {
    case .single: return .single(1)
    case .direct:
      return .each(try directSlots(rows, constants, packed(constants, compiled.grouping.strides)))
    case .words:
      let base = packed(constants, compiled.grouping.strides)
      let words = try self.words(base, constants, rows)
      let result = evaluator.arena.slots()
      var slotsMemory = result.storage.taken()
      defer { result.storage = slotsMemory }
      var slots = slotsMemory.mutableSpan
      evaluator.kernelCalls += 1
      state.words.insert(words.words.span, count: evaluator.rowCount, into: &slots)
      return .each(result)
    case .tuples: return .each(try tupleSlots(rows))
    }
  }

  private func packed(_ constants: [UInt64?], _ strides: [UInt64]) -> UInt64 {
    zip(constants, strides).reduce(0) { $0 &+ ($1.0 ?? 0) &* $1.1 }
  }

  private func directSlots(
    _ rows: RowBits,
    _ constants: [UInt64?],
    _ packed: UInt64
  ) throws(StoreError) -> SlotLane {
    let grouping = compiled.grouping
    let base = UInt32(truncatingIfNeeded: packed &+ 1)
    let open = grouping.keys.indices.filter { constants[$0] == nil }
    if open.count == 1, let only = try onlySlots(open[0], rows, base) { return only }
    let result = evaluator.arena.slots()
    do {
      var slotsMemory = result.storage.taken()
      defer { result.storage = slotsMemory }
      var slots = slotsMemory.mutableSpan
      evaluator.kernelCalls += 1
      SlotKernel.write(base, count: evaluator.rowCount, into: &slots)
    }
    for position in open {
      let key = grouping.keys[position]
      let lane = try evaluator.lane(key.source, active: rows)
      let stride = UInt32(truncatingIfNeeded: grouping.strides[position])
      addSlots(key, lane, stride, grouping.slotParts[position], to: result)
    }
    return mask(result, rows)
  }

  /// Returns the slots of a strip in which one key without nulls differs, in one step.
  private func onlySlots(
    _ position: Int,
    _ rows: RowBits,
    _ base: UInt32
  ) throws(StoreError) -> SlotLane? {
    let key = compiled.grouping.keys[position]
    guard case .affine(let low) = key.way else { return nil }
    let lane = try evaluator.lane(key.source, active: rows)
    guard case .all = lane.validity,
      case .integers(let start, let multiplier, let codes) = lane.values
    else { return nil }
    let stride = UInt32(truncatingIfNeeded: compiled.grouping.strides[position])
    let first = UInt32(truncatingIfNeeded: start &- low &+ 1)
    let kept: BitLane? = if case .some(let bits) = rows { bits } else { nil }
    let result = evaluator.arena.slots()
    evaluator.kernelCalls += 1
    codes.apply(
      SlotWriteCall(
        part: SlotKernel.Part(
          offset: base &+ first &* stride,
          multiplier: UInt32(truncatingIfNeeded: multiplier) &* stride
        ),
        kept: kept,
        count: evaluator.rowCount,
        result: result,
        level: evaluator.level
      )
    )
    return result
  }

  private func addSlots(
    _ key: KeyCoding,
    _ lane: Lane,
    _ stride: UInt32,
    _ parts: [UInt32],
    to result: SlotLane
  ) {
    guard let source = codes(lane, of: key) else { return }
    let count = evaluator.rowCount
    evaluator.kernelCalls += 1
    switch key.way {
    case .affine(let low):
      source.codes.apply(
        SlotAffineCall(
          part: SlotKernel.Part(
            offset: UInt32(truncatingIfNeeded: source.base &- low &+ 1) &* stride,
            multiplier: UInt32(truncatingIfNeeded: source.multiplier) &* stride
          ),
          valid: source.valid,
          count: count,
          result: result,
          level: evaluator.level
        )
      )
    case .table(_, let low, _, _, _):
      source.codes.apply(
        SlotTableCall(
          origin: TableKernel.Origin(
            offset: source.base &- low,
            multiplier: source.multiplier,
            entries: UInt64(parts.count - 2)
          ),
          parts: parts,
          valid: source.valid,
          count: count,
          result: result
        )
      )
    case .integer, .pattern: preconditionFailure("a key of 64 bits is hashed")
    }
  }

  /// Returns packed keys.
  private func words(
    _ base: UInt64,
    _ constants: [UInt64?],
    _ rows: RowBits
  ) throws(StoreError) -> WordLane {
    let grouping = compiled.grouping
    let result = filled(base)
    for (position, key) in grouping.keys.enumerated() where constants[position] == nil {
      let lane = try evaluator.lane(key.source, active: rows)
      addWords(key, lane, grouping.strides[position], grouping.wordParts[position], to: result)
    }
    return result
  }

  private func tupleSlots(_ rows: RowBits) throws(StoreError) -> SlotLane {
    let grouping = compiled.grouping
    let width = grouping.tupleWidth
    let tuples = evaluator.arena.words(width: width)
    let nulls = filled(0)
    for (position, key) in grouping.keys.enumerated() {
      let lane = try evaluator.lane(key.source, active: rows)
      let words = filled(0)
      addWords(key, lane, 1, grouping.wordParts[position], to: words)
      interleave(words, position, width, into: tuples)
      switch key.way {
      case .integer, .pattern: markNulls(lane, position, in: nulls)
      case .affine, .table: break
      }
    }
    interleave(nulls, width - 1, width, into: tuples)
    let result = evaluator.arena.slots()
    var slotsMemory = result.storage.taken()
    defer { result.storage = slotsMemory }
    var slots = slotsMemory.mutableSpan
    evaluator.kernelCalls += 1
    state.tuples.insert(tuples.words.span, count: evaluator.rowCount, into: &slots)
    return result
  }

  private func markNulls(_ lane: Lane, _ position: Int, in nulls: WordLane) {
    let missing = evaluator.not(lane.validity)
    if case .none = missing { return }
    // Nulls of keys past the 64th share bits, which is no harm: their words differ or are equal,
    // and a null's word is 0.
    let call = WordAffineCall(
      offset: 1 << UInt64(position & 63),
      multiplier: 0,
      valid: evaluator.bitmap(missing),
      count: evaluator.rowCount,
      result: nulls
    )
    evaluator.kernelCalls += 1
    LaneCodes.computed(evaluator.arena.integers()).apply(call)
  }

  /// Adds the numbers, or the 64 bits, of a key.
  func addWords(
    _ key: KeyCoding,
    _ lane: Lane,
    _ stride: UInt64,
    _ parts: [UInt64],
    to result: WordLane
  ) {
    guard let source = codes(lane, of: key) else { return }
    let count = evaluator.rowCount
    evaluator.kernelCalls += 1
    switch key.way {
    case .affine(let low):
      source.codes.apply(
        WordAffineCall(
          offset: UInt64(bitPattern: source.base &- low &+ 1) &* stride,
          multiplier: UInt64(bitPattern: source.multiplier) &* stride,
          valid: source.valid,
          count: count,
          result: result
        )
      )
    case .table(_, let low, _, _, _):
      source.codes.apply(
        WordTableCall(
          origin: TableKernel.Origin(
            offset: source.base &- low,
            multiplier: source.multiplier,
            entries: UInt64(parts.count - 2)
          ),
          parts: parts,
          valid: source.valid,
          count: count,
          result: result
        )
      )
    case .integer, .pattern:
      source.codes.apply(
        WordAffineCall(
          offset: UInt64(bitPattern: source.base),
          multiplier: UInt64(bitPattern: source.multiplier),
          valid: source.valid,
          count: count,
          result: result
        )
      )
    }
  }

  /// Codes with what they are worth and the rows that have one.
  private struct Codes {
    let base: Int64
    let multiplier: Int64
    let codes: LaneCodes
    let valid: BitLane?
  }

  /// Returns a lane's codes, bit patterns for doubles; nil when no row has a number.
  private func codes(_ lane: Lane, of key: KeyCoding) -> Codes? {
    let valid: BitLane?
    switch lane.validity {
    case .none:
      // A table may have a number for null.
      guard case .table = key.way else { return nil }
      valid = evaluator.bitmap(.none)
    case .all: valid = nil
    case .some(let bits): valid = bits
    }
    switch lane.values {
    case .integers(let base, let multiplier, let codes):
      return Codes(base: base, multiplier: multiplier, codes: codes, valid: valid)
    case .integer:
      let codes = LaneCodes.computed(evaluator.widen(lane))
      return Codes(base: 0, multiplier: 1, codes: codes, valid: valid)
    case .double, .storedDoubles, .doubles:
      let source = evaluator.widenDoubles(lane)
      let patterns = evaluator.arena.integers()
      var valuesMemory = patterns.storage.taken()
      defer { patterns.storage = valuesMemory }
      var values = valuesMemory.mutableSpan
      evaluator.kernelCalls += 1
      ArithmeticKernel.patterns(source.values.span, count: evaluator.rowCount, into: &values)
      return Codes(base: 0, multiplier: 1, codes: .computed(patterns), valid: valid)
    case .texts: preconditionFailure("plain texts are no keys")
    }
  }

  /// Returns words that are all the same.
  func filled(_ word: UInt64) -> WordLane {
    let result = evaluator.arena.words()
    var wordsMemory = result.storage.taken()
    defer { result.storage = wordsMemory }
    var words = wordsMemory.mutableSpan
    evaluator.kernelCalls += 1
    SlotKernel.write(word, count: evaluator.rowCount, into: &words)
    return result
  }

  /// Writes one word of multi-word keys.
  func interleave(_ source: WordLane, _ word: Int, _ width: Int, into tuples: WordLane) {
    var wordsMemory = tuples.storage.taken()
    defer { tuples.storage = wordsMemory }
    var words = wordsMemory.mutableSpan
    evaluator.kernelCalls += 1
    HashKernel.interleave(
      source.words.span,
      word: word,
      width: width,
      count: evaluator.rowCount,
      into: &words
    )
  }

  /// Returns slots in which rows that do not count have slot 0.
  func mask(_ source: SlotLane, _ rows: RowBits) -> SlotLane {
    if case .all = rows { return source }
    let result = evaluator.arena.slots()
    var slotsMemory = result.storage.taken()
    defer { result.storage = slotsMemory }
    var slots = slotsMemory.mutableSpan
    evaluator.kernelCalls += 1
    VectorKernel.mask(
      source.slots.span,
      evaluator.bitmap(rows).words.span,
      count: evaluator.rowCount,
      into: &slots,
      at: evaluator.level
    )
    return result
  }
}
