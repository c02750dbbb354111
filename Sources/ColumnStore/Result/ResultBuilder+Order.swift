// The order of a result: columns are compared where they lie, so that nothing is made for groups
// that a limit leaves out.

extension ResultBuilder {
  /// A column by which groups are ordered; nulls come last in both directions.
  struct SortKey {
    /// What is compared.
    enum Source {
      /// Ranks of all groups, by their slots; -1 for null.
      case ranks([Int32])
      /// Ranks of a key's numbers, of which there are few; -1 for null.
      case numbers(Int, ranks: [Int32])
      /// A key, read from the group.
      case key(Int)
      /// An aggregate, read from the group's states.
      case output(AggregateOutput)
    }

    let source: Source
    let isDescending: Bool
    /// Tells whether a sum of no values has the place of 0.
    let takesNullForZero: Bool
  }

  /// Numbers of a key up to which their ranks are worth finding in any case.
  private static let rankedNumbers = 1_024

  /// Returns the groups in the order of the plan, as far as its limit.
  func ordered() -> [Int] {
    if compiled.plan.isRaw, compiled.plan.order.isEmpty, compiled.plan.limit == nil {
      return existing
    }
    let sortKeys = sortKeys()
    let limit = compiled.plan.limit ?? groupCount
    guard limit < groupCount else {
      return existing.sorted { compare(sortKeys[...], $0, $1) < 0 }
    }
    guard limit > 0 else { return [] }
    var first = best(limit, sortKeys)
    first.sort { compare(sortKeys[...], $0, $1) < 0 }
    if compiled.plan.keepsTies, let last = first.last {
      first += ties(last, Set(first), sortKeys)
    }
    return first
  }

  /// The slots of all groups.
  private var existing: [Int] {
    guard case .direct(let count) = compiled.grouping.way, state.accumulators[0].replicas == 1
    else { return (1..<state.slotCount).filter(exists) }
    // State 0 counts the rows of each group.
    let rows = state.accumulators[0].integers
    return (1..<count).filter { rows[$0] > 0 }
  }

  /// Returns the first groups in no order: a heap holds the best so far with the worst on top.
  private func best(_ limit: Int, _ sortKeys: [SortKey]) -> [Int] {
    let values = sortKeys.first.flatMap { leading($0) } ?? []
    let isDescending = sortKeys.first?.isDescending ?? false
    var heap = SlotHeap(limit: limit)
    var bound: Int64?
    for slot in 1..<state.slotCount {
      // Most groups are ruled out by one comparison with the worst of the best.
      if let bound, isDescending ? values[slot] < bound : values[slot] > bound { continue }
      guard exists(slot) else { continue }
      let isChanged = heap.offer(slot) { compare(sortKeys[...], $0, $1) < 0 }
      if isChanged, let worst = heap.worst, !values.isEmpty, let first = sortKeys.first {
        bound = isNull(first, worst) ? nil : values[worst]
      }
    }
    return heap.slots
  }

  /// Returns the groups that the plan's own order does not tell from the last one.
  private func ties(_ last: Int, _ taken: Set<Int>, _ sortKeys: [SortKey]) -> [Int] {
    let own = sortKeys.prefix(Set(compiled.plan.order.map(\.column)).count)
    let values = own.first.flatMap { leading($0) } ?? []
    var result: [Int] = []
    for slot in 1..<state.slotCount {
      if !values.isEmpty && values[slot] != values[last] { continue }
      if exists(slot) && !taken.contains(slot) && compare(own, slot, last) == 0 {
        result.append(slot)
      }
    }
    return result.sorted { compare(sortKeys[...], $0, $1) < 0 }
  }

  /// The values of the first column by slot, where they are integers side by side; 0 for null.
  private func leading(_ key: SortKey) -> [Int64]? {
    guard case .output(let output) = key.source else { return nil }
    switch output {
    case .count(let position), .sum(let position, _, _):
      let states = state.accumulators[position]
      return states.isWide || states.replicas > 1 ? nil : states.integers
    case .distinct(let position): return distincts[position]
    case .doubleSum, .extremum, .doubleExtremum, .average, .percentile: return nil
    }
  }

  private func isNull(_ key: SortKey, _ slot: Int) -> Bool {
    guard case .output(let output) = key.source, case .sum = output else { return false }
    return !key.takesNullForZero && sum(output, slot) == nil
  }

  private func compare(_ sortKeys: ArraySlice<SortKey>, _ left: Int, _ right: Int) -> Int {
    for key in sortKeys {
      let answer = compare(key, left, right)
      if answer != 0 { return answer }
    }
    return 0
  }

  private func sortKeys() -> [SortKey] {
    var result: [SortKey] = []
    var used: Set<String> = []
    let keyNames = compiled.plan.keys.map(\.name)
    let appended = keyNames.map { ScanPlan.Order($0) }
    for order in compiled.plan.order + appended where used.insert(order.column).inserted {
      if let key = keyNames.firstIndex(of: order.column) {
        result.append(
          SortKey(
            source: source(key),
            isDescending: order.isDescending,
            takesNullForZero: false
          )
        )
      } else if let output = compiled.plan.aggregates.firstIndex(where: { $0.name == order.column })
      {
        result.append(
          SortKey(
            source: .output(compiled.outputs[output]),
            isDescending: order.isDescending,
            takesNullForZero: order.takesNullForZero
          )
        )
      }
    }
    return result
  }

  private func source(_ position: Int) -> SortKey.Source {
    let key = compiled.grouping.keys[position]
    // With a limit most groups are compared once, and a later column for ties only.
    let groups = compiled.plan.limit == nil ? groupCount : 0
    if let numbers = key.count, numbers <= UInt64(max(ResultBuilder.rankedNumbers, groups)) {
      var values: [Int64?] = [nil]
      for number in 1..<max(1, numbers) { values.append(key.value(number)) }
      return .numbers(position, ranks: ranks(values, key.kind))
    }
    guard compiled.plan.limit == nil else { return .key(position) }
    let slots = existing
    let found = ranks(slots.map { self.key(position, key, $0) }, key.kind)
    var bySlot = [Int32](repeating: -1, count: state.slotCount)
    for (slot, rank) in zip(slots, found) { bySlot[slot] = rank }
    return .ranks(bySlot)
  }

  /// Returns the ranks of a key's values; -1 for null.
  private func ranks(_ values: [Int64?], _ kind: ValueKind) -> [Int32] {
    let distinct = Array(Set(values.compactMap { $0 }))
    let sorted: [Int64]
    switch kind {
    case .integer: sorted = distinct.sorted()
    case .double: sorted = distinct.sorted { number($0) < number($1) }
    case .text(let space):
      let texts = distinct.map { (code: $0, text: text($0, space)) }
      sorted = texts.sorted { TextTable.precedes($0.text, $1.text) }.map(\.code)
    case .plainText: preconditionFailure("plain texts are no keys")
    }
    var ranks: [Int64: Int32] = [:]
    for (rank, value) in sorted.enumerated() { ranks[value] = Int32(truncatingIfNeeded: rank) }
    return values.map { value in value.flatMap { ranks[$0] } ?? -1 }
  }

  private func number(_ pattern: Int64) -> Double {
    Double(bitPattern: UInt64(bitPattern: pattern))
  }

  private func compare(_ key: SortKey, _ left: Int, _ right: Int) -> Int {
    switch key.source {
    case .ranks(let ranks): return compare(ranks[left], ranks[right], key)
    case .numbers(let position, let ranks):
      return compare(
        ranks[Int(state.keyNumber(position, left))],
        ranks[Int(state.keyNumber(position, right))],
        key
      )
    case .key(let position):
      return compareKeys(position, left, right, key.isDescending)
    case .output(let output):
      return compareOutputs(key, output, left, right)
    }
  }

  /// Compares ranks; -1 comes last.
  private func compare(_ one: Int32, _ other: Int32, _ key: SortKey) -> Int {
    if one == other { return 0 }
    if one < 0 || other < 0 { return one < 0 ? 1 : -1 }
    return (one < other) == key.isDescending ? 1 : -1
  }

  private func compareKeys(
    _ position: Int,
    _ left: Int,
    _ right: Int,
    _ isDescending: Bool
  ) -> Int {
    let coding = compiled.grouping.keys[position]
    let one = key(position, coding, left)
    let other = key(position, coding, right)
    switch coding.kind {
    case .integer: return compare(one, other, isDescending) { $0 < $1 }
    case .double: return compare(one, other, isDescending) { number($0) < number($1) }
    case .text(let space):
      if one == other { return 0 }
      return compare(one, other, isDescending) {
        TextTable.precedes(text($0, space), text($1, space))
      }
    case .plainText: preconditionFailure("plain texts are no keys")
    }
  }

  private func compareOutputs(
    _ key: SortKey,
    _ output: AggregateOutput,
    _ left: Int,
    _ right: Int
  ) -> Int {
    let isDescending = key.isDescending
    switch output {
    case .count(let count):
      let states = state.accumulators[count]
      return compare(states.total(left), states.total(right), isDescending) { $0 < $1 }
    case .distinct(let position):
      let counts = distincts[position] ?? []
      return compare(counts[left], counts[right], isDescending) { $0 < $1 }
    case .sum:
      let zero: Int128? = key.takesNullForZero ? 0 : nil
      return compare(sum(output, left) ?? zero, sum(output, right) ?? zero, isDescending) {
        $0 < $1
      }
    case .doubleSum, .doubleExtremum, .average, .percentile:
      return compare(double(output, left), double(output, right), isDescending) { $0 < $1 }
    case .extremum:
      // Texts are ranks, so integers have their order.
      return compare(extremum(output, left), extremum(output, right), isDescending) { $0 < $1 }
    }
  }

  @inline(__always)
  private func compare<Value>(
    _ left: Value?,
    _ right: Value?,
    _ isDescending: Bool,
    _ precedes: (Value, Value) -> Bool
  ) -> Int {
    guard let left else { return right == nil ? 0 : 1 }
    guard let right else { return -1 }
    let sign = isDescending ? -1 : 1
    if precedes(left, right) { return -sign }
    return precedes(right, left) ? sign : 0
  }
}
