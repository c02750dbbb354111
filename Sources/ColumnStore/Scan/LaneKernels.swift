/// A kernel call that waits for the type of a lane's codes.
///
/// `LaneCodes.apply` looks at the type once a call; everything below runs on one type.
protocol CodeKernel {
  associatedtype Answer
  func run<Code: LaneCode>(_ codes: Span<Code>) -> Answer
}

extension LaneCodes {
  /// Runs a kernel on the codes.
  func apply<Kernel: CodeKernel>(_ kernel: Kernel) -> Kernel.Answer {
    switch self {
    case .bits8(let buffer): buffer.withSpan(of: UInt8.self) { kernel.run($0) }
    case .bits16(let buffer): buffer.withSpan(of: UInt16.self) { kernel.run($0) }
    case .bits32(let buffer): buffer.withSpan(of: UInt32.self) { kernel.run($0) }
    case .bits64(let buffer): buffer.withSpan(of: UInt64.self) { kernel.run($0) }
    case .computed(let lane): kernel.run(lane.values.span)
    }
  }
}

/// Codes to values.
struct WidenCall: CodeKernel {
  let base: Int64
  let multiplier: Int64
  let count: Int
  let result: IntegerLane

  func run<Code: LaneCode>(_ codes: Span<Code>) {
    var valuesMemory = result.storage.taken()
    defer { result.storage = valuesMemory }
    var values = valuesMemory.mutableSpan
    GatherKernel.widen(codes, base: base, multiplier: multiplier, count: count, into: &values)
  }
}

/// Codes of selected rows, side by side in their own width.
struct CompressCall {
  let kept: BitLane
  let count: Int
  let result: CodeLane
  let level: KernelLevel

  func run<Code: LaneCode>(_ codes: Span<Code>) -> CodeSlice {
    let found = result.memory.withMutableSpan(of: Code.self) { target in
      VectorKernel.compress(codes, kept.words.span, count: count, into: &target, at: level)
    }
    return result.memory.slice(byteCount: found * MemoryLayout<Code>.stride)
  }
}

extension LaneCodes {
  /// Returns the codes of selected rows; computed values become codes of 64 bits.
  func compressed(_ call: CompressCall) -> LaneCodes {
    switch self {
    case .bits8(let slice): .bits8(slice.withSpan(of: UInt8.self) { call.run($0) })
    case .bits16(let slice): .bits16(slice.withSpan(of: UInt16.self) { call.run($0) })
    case .bits32(let slice): .bits32(slice.withSpan(of: UInt32.self) { call.run($0) })
    case .bits64(let slice): .bits64(slice.withSpan(of: UInt64.self) { call.run($0) })
    case .computed(let lane): .bits64(call.run(lane.values.span))
    }
  }
}

/// Values in a range to bits.
struct RangeCall: CodeKernel {
  let base: Int64
  let multiplier: Int64
  let low: Int64
  let high: Int64
  let count: Int
  let result: BitLane
  let level: KernelLevel

  /// Gives the number of rows' bits that may be set: none, all, or what the bitmap says.
  func run<Code: LaneCode>(_ codes: Span<Code>) -> RowBits {
    // In 128 bits nothing wraps: codes come from values by exact division.
    let step = Int128(multiplier)
    var first = Int128(low) - Int128(base)
    var last = Int128(high) - Int128(base)
    first = first <= 0 ? -(-first / step) : (first + step - 1) / step
    last = last >= 0 ? last / step : -((-last + step - 1) / step)
    first = max(first, Int128(Code.min))
    last = min(last, Int128(Code.max))
    if first > last { return .none }
    if first == Int128(Code.min) && last == Int128(Code.max) { return .all }
    var wordsMemory = result.storage.taken()
    defer { result.storage = wordsMemory }
    var words = wordsMemory.mutableSpan
    VectorKernel.range(
      codes,
      low: Code(truncatingIfNeeded: first),
      high: Code(truncatingIfNeeded: last),
      count: count,
      into: &words,
      at: level
    )
    return .some(result)
  }
}

/// Codes to the values of a table.
struct TableCall: CodeKernel {
  let origin: TableKernel.Origin
  let table: LookupTable
  let count: Int
  let integers: IntegerLane?
  let doubles: DoubleLane?

  func run<Code: LaneCode>(_ codes: Span<Code>) {
    switch table.values {
    case .integers(let entries):
      guard let integers else { return }
      var valuesMemory = integers.storage.taken()
      defer { integers.storage = valuesMemory }
      var values = valuesMemory.mutableSpan
      TableKernel.gather(codes, origin, entries.span, count: count, into: &values)
    case .doubles(let entries):
      guard let doubles else { return }
      var valuesMemory = doubles.storage.taken()
      defer { doubles.storage = valuesMemory }
      var values = valuesMemory.mutableSpan
      TableKernel.gather(codes, origin, entries.span, count: count, into: &values)
    }
  }
}

/// Codes to the flags of a table.
struct FlagCall: CodeKernel {
  let origin: TableKernel.Origin
  let flags: [UInt8]
  let count: Int
  let result: BitLane

  func run<Code: LaneCode>(_ codes: Span<Code>) {
    var wordsMemory = result.storage.taken()
    defer { result.storage = wordsMemory }
    var words = wordsMemory.mutableSpan
    TableKernel.test(codes, origin, flags.span, count: count, into: &words)
  }
}

/// Codes to parts of 32-bit slots, by a table.
struct SlotTableCall: CodeKernel {
  let origin: TableKernel.Origin
  let parts: [UInt32]
  let valid: BitLane?
  let count: Int
  let result: SlotLane

  func run<Code: LaneCode>(_ codes: Span<Code>) {
    var slotsMemory = result.storage.taken()
    defer { result.storage = slotsMemory }
    var slots = slotsMemory.mutableSpan
    if let valid {
      SlotKernel.addTable(
        codes,
        origin,
        parts.span,
        valid: valid.words.span,
        count: count,
        to: &slots
      )
    } else {
      SlotKernel.addTable(codes, origin, parts.span, count: count, to: &slots)
    }
  }
}

/// Codes to parts of 64-bit keys, by a table.
struct WordTableCall: CodeKernel {
  let origin: TableKernel.Origin
  let parts: [UInt64]
  let valid: BitLane?
  let count: Int
  let result: WordLane

  func run<Code: LaneCode>(_ codes: Span<Code>) {
    var wordsMemory = result.storage.taken()
    defer { result.storage = wordsMemory }
    var words = wordsMemory.mutableSpan
    if let valid {
      SlotKernel.addTable(
        codes,
        origin,
        parts.span,
        valid: valid.words.span,
        count: count,
        to: &words
      )
    } else {
      SlotKernel.addTable(codes, origin, parts.span, count: count, to: &words)
    }
  }
}

/// Codes to parts of 32-bit slots, by a multiplication; the first key writes, others add.
struct SlotAffineCall: CodeKernel {
  let part: SlotKernel.Part
  let valid: BitLane?
  let count: Int
  let result: SlotLane
  let level: KernelLevel

  func run<Code: LaneCode>(_ codes: Span<Code>) {
    var slotsMemory = result.storage.taken()
    defer { result.storage = slotsMemory }
    var slots = slotsMemory.mutableSpan
    if let valid {
      SlotKernel.addAffine(
        codes,
        offset: part.offset,
        multiplier: part.multiplier,
        valid: valid.words.span,
        count: count,
        to: &slots
      )
    } else {
      VectorKernel.addSlots(codes, part, count: count, to: &slots, at: level)
    }
  }
}

/// Codes of the only key to slots, with slot 0 for rows that do not count.
struct SlotWriteCall: CodeKernel {
  let part: SlotKernel.Part
  let kept: BitLane?
  let count: Int
  let result: SlotLane
  let level: KernelLevel

  func run<Code: LaneCode>(_ codes: Span<Code>) {
    var slotsMemory = result.storage.taken()
    defer { result.storage = slotsMemory }
    var slots = slotsMemory.mutableSpan
    guard let kept else {
      return VectorKernel.slots(codes, part, kept: nil, count: count, into: &slots, at: level)
    }
    let words = kept.words
    VectorKernel.slots(codes, part, kept: words.span, count: count, into: &slots, at: level)
  }
}

/// Codes to parts of 64-bit keys, by a multiplication.
struct WordAffineCall: CodeKernel {
  let offset: UInt64
  let multiplier: UInt64
  let valid: BitLane?
  let count: Int
  let result: WordLane

  func run<Code: LaneCode>(_ codes: Span<Code>) {
    var wordsMemory = result.storage.taken()
    defer { result.storage = wordsMemory }
    var words = wordsMemory.mutableSpan
    if let valid {
      SlotKernel.addAffine(
        codes,
        offset: offset,
        multiplier: multiplier,
        valid: valid.words.span,
        count: count,
        to: &words
      )
    } else {
      SlotKernel.addAffine(
        codes,
        offset: offset,
        multiplier: multiplier,
        count: count,
        to: &words
      )
    }
  }
}

/// Codes to their exact sum.
struct SumCall: CodeKernel {
  let rows: BitLane?
  let count: Int
  let level: KernelLevel

  func run<Code: LaneCode>(_ codes: Span<Code>) -> Int128 {
    guard let rows else { return VectorKernel.sum(codes, nil, count: count, at: level) }
    let words = rows.words
    return VectorKernel.sum(codes, words.span, count: count, at: level)
  }
}

/// Codes to the sums of their groups.
struct GroupSumCall: CodeKernel {
  let slots: SlotLane
  let base: Int64
  let multiplier: Int64
  let count: Int
  let result: Accumulator

  func run<Code: LaneCode>(_ codes: Span<Code>) {
    if result.isWide {
      var sumsMemory = result.wides.taken()
      defer { result.wides = sumsMemory }
      var sums = sumsMemory.mutableSpan
      GroupKernel.sumWide(
        codes,
        slots.slots.span,
        base: base,
        multiplier: multiplier,
        rows: count,
        into: &sums
      )
      return
    }
    var sumsMemory = result.integers.taken()
    defer { result.integers = sumsMemory }
    var sums = sumsMemory.mutableSpan
    if result.replicas == 1 {
      GroupKernel.sum(
        codes,
        slots.slots.span,
        base: base,
        multiplier: multiplier,
        rows: count,
        into: &sums
      )
    } else {
      GroupKernel.sumReplicated(
        codes,
        slots.slots.span,
        base: base,
        multiplier: multiplier,
        rows: count,
        into: &sums
      )
    }
  }
}
