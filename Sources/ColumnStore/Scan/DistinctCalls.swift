/// Values to bits of their slots' sets.
struct MarkCall: CodeKernel {
  let rows: DistinctKernel.Rows
  let slots: SlotLane
  let width: Int
  let result: Accumulator

  func run<Code: LaneCode>(_ codes: Span<Code>) {
    var setsMemory = result.bits.taken()
    defer { result.bits = setsMemory }
    var sets = setsMemory.mutableSpan
    DistinctKernel.mark(codes, rows, slots.slots.span, width: width, into: &sets)
  }
}

/// Values to owners, and to pairs that have another owner.
struct ClaimCall: CodeKernel {
  let rows: DistinctKernel.Rows
  let slots: SlotLane
  let conflicts: WordLane
  /// The lowest slot that is an owner.
  let lowest: UInt32
  /// The slice of each slot where rows are of several slices; else empty.
  let slices: [UInt32]
  let owners: OwnerSets

  func run<Code: LaneCode>(_ codes: Span<Code>) {
    let found: Int
    if !owners.owners8.isEmpty {
      found = claim(codes, &owners.owners8)
    } else if !owners.owners16.isEmpty {
      found = claim(codes, &owners.owners16)
    } else {
      found = claim(codes, &owners.owners32)
    }
    if found > 0 { owners.addOthers(conflicts.words.span, count: found) }
  }

  private func claim<Code: LaneCode, Owner: LaneCode>(
    _ codes: Span<Code>,
    _ memory: inout [Owner]
  ) -> Int {
    var countsMemory = owners.counts.taken()
    defer { owners.counts = countsMemory }
    var pairsMemory = conflicts.storage.taken()
    defer { conflicts.storage = pairsMemory }
    var counts = countsMemory.mutableSpan
    var pairs = pairsMemory.mutableSpan
    var values = memory.mutableSpan
    if slices.isEmpty {
      return DistinctKernel.claim(
        codes,
        rows,
        slots.slots.span,
        lowest: lowest,
        owners: &values,
        counts: &counts,
        conflicts: &pairs
      )
    }
    return DistinctKernel.claim(
      codes,
      rows,
      slots.slots.span,
      slices: slices.span,
      owners: &values,
      counts: &counts,
      conflicts: &pairs
    )
  }
}

/// Tells whether codes never descend.
struct AscentCall: CodeKernel {
  func run<Code: LaneCode>(_ codes: Span<Code>) -> Bool { DistinctKernel.isAscending(codes) }
}

/// Values of which most belong to one block alone to the counts of their slots.
struct ClusterCall: CodeKernel {
  let rows: DistinctKernel.Rows
  let slots: SlotLane
  let conflicts: WordLane
  let kept: SlotLane
  let sets: ClusterSets

  func run<Code: LaneCode>(_ codes: Span<Code>) {
    if sets.isOrdered { countInOrder(codes) } else { claim(codes, 0..<rows.count) }
  }

  /// Counts rows whose values do not descend: a pair can only repeat among the rows of its value,
  /// which follow each other.
  private func countInOrder<Code: LaneCode>(_ codes: Span<Code>) {
    // What another block, or the rows before and after these, may have too is kept in a set.
    var first = 0
    var last = rows.count
    guard last > 0 else { return }
    let head = codes[first]
    let tail = codes[last - 1]
    while first < last, codes[first] == head || !isOwn(codes[first]) { first += 1 }
    while last > first, codes[last - 1] == tail || !isOwn(codes[last - 1]) { last -= 1 }
    sets.share(codes, rows, slots.slots.span, 0..<first)
    sets.share(codes, rows, slots.slots.span, last..<rows.count)
    var keptMemory = kept.storage.taken()
    defer { kept.storage = keptMemory }
    var keptSlots = keptMemory.mutableSpan
    let isDeep = DistinctKernel.fresh(
      codes,
      slots.slots.span,
      range: first..<last,
      into: &keptSlots
    )
    if isDeep {
      sets.forget()
      claim(codes, first..<last)
    } else {
      sets.add(keptSlots.span, first..<last)
    }
  }

  private func isOwn<Code: LaneCode>(_ code: Code) -> Bool {
    rows.value(code) &- sets.own.first < UInt64(sets.own.count)
  }

  private func claim<Code: LaneCode>(_ codes: Span<Code>, _ range: Range<Int>) {
    let found: Int
    do {
      var countsMemory = sets.counts.taken()
      defer { sets.counts = countsMemory }
      var pairsMemory = conflicts.storage.taken()
      defer { conflicts.storage = pairsMemory }
      var ownersMemory = sets.owners.taken()
      defer { sets.owners = ownersMemory }
      var counts = countsMemory.mutableSpan
      var pairs = pairsMemory.mutableSpan
      var owners = ownersMemory.mutableSpan
      found = DistinctKernel.claim(
        codes.extracting(range),
        rows.counting(range.count),
        slots.slots.span.extracting(range),
        own: sets.own,
        owners: &owners,
        counts: &counts,
        conflicts: &pairs
      )
    }
    if found > 0 { sets.settle(conflicts.words.span, count: found) }
  }
}
