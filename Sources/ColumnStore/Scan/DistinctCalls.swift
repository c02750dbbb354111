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
  /// The slice of each slot where rows come slice by slice; empty where they do not.
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

/// Values of which most belong to one block alone to the counts of their slots.
struct ClusterCall: CodeKernel {
  let rows: DistinctKernel.Rows
  let slots: SlotLane
  let conflicts: WordLane
  let kept: SlotLane
  let own: ExclusiveValues
  let sets: ClusterSets

  func run<Code: LaneCode>(_ codes: Span<Code>) {
    if countsInOrder(codes) { return }
    sets.begin(own)
    let found = claim(codes)
    if found > 0 { sets.settle(conflicts.words.span, count: found, own) }
  }

  /// Counts rows whose values do not descend without any set; false where they do, or where a value
  /// has many rows.
  private func countsInOrder<Code: LaneCode>(_ codes: Span<Code>) -> Bool {
    guard rows.multiplier < UInt64(Int64.max), DistinctKernel.isAscending(codes, rows) else {
      return false
    }
    // Rows of values that are not the block's own come before or after those that are.
    var first = 0
    var last = rows.count
    while first < last, !isOwn(codes[first]) { first += 1 }
    while last > first, !isOwn(codes[last - 1]) { last -= 1 }
    do {
      var keptMemory = kept.storage.taken()
      defer { kept.storage = keptMemory }
      var keptSlots = keptMemory.mutableSpan
      let isDeep = DistinctKernel.fresh(
        codes,
        slots.slots.span,
        range: first..<last,
        into: &keptSlots
      )
      if isDeep { return false }
      sets.add(keptSlots.span, first..<last)
    }
    sets.share(codes, rows, slots.slots.span, 0..<first)
    sets.share(codes, rows, slots.slots.span, last..<rows.count)
    return true
  }

  private func isOwn<Code: LaneCode>(_ code: Code) -> Bool {
    rows.value(code) &- own.first < UInt64(own.count)
  }

  private func claim<Code: LaneCode>(_ codes: Span<Code>) -> Int {
    var countsMemory = sets.counts.taken()
    defer { sets.counts = countsMemory }
    var pairsMemory = conflicts.storage.taken()
    defer { conflicts.storage = pairsMemory }
    var ownersMemory = sets.owners.taken()
    defer { sets.owners = ownersMemory }
    var counts = countsMemory.mutableSpan
    var pairs = pairsMemory.mutableSpan
    var owners = ownersMemory.mutableSpan
    return DistinctKernel.claim(
      codes,
      rows,
      slots.slots.span,
      own: own,
      owners: &owners,
      counts: &counts,
      conflicts: &pairs
    )
  }
}
