// The order of a result: columns are compared where they lie, so that nothing is made for groups
// that a limit leaves out.

extension ResultBuilder {
  /// A column by which groups are ordered; nulls come last in both directions.
  struct SortKey {
    /// What is compared.
    enum Source {
      /// Ranks of all groups, by their positions.
      case ranks([Int32])
      /// A key, read from the group.
      case key(Int)
      /// An aggregate, read from the group's states.
      case output(AggregateOutput)
    }

    let source: Source
    let isDescending: Bool
  }

  /// Numbers of a key up to which their ranks are worth finding for a tie.
  private static let rankLimit = 65_536

  /// Returns the groups in the order of the plan, as far as its limit.
  func ordered() -> [Int] {
    let sortKeys = sortKeys()
    return TopN.first(compiled.plan.limit ?? slots.count, of: slots.count) { left, right in
      for key in sortKeys {
        let answer = compare(key, left, right)
        if answer != 0 { return answer < 0 }
      }
      return left < right
    }.map { slots[$0] }
  }

  private func sortKeys() -> [SortKey] {
    var result: [SortKey] = []
    var used: Set<String> = []
    let keyNames = compiled.plan.keys.map(\.name)
    let appended = keyNames.map { ScanPlan.Order($0) }
    for order in compiled.plan.order + appended where used.insert(order.column).inserted {
      if let key = keyNames.firstIndex(of: order.column) {
        // The first column is compared for every group, a later one for ties only.
        let isBusy = result.isEmpty || compiled.plan.limit == nil
        result.append(
          SortKey(source: source(key, isBusy: isBusy), isDescending: order.isDescending)
        )
      } else if let output = compiled.plan.aggregates.firstIndex(where: { $0.name == order.column })
      {
        result.append(
          SortKey(source: .output(compiled.outputs[output]), isDescending: order.isDescending)
        )
      }
    }
    return result
  }

  private func source(_ position: Int, isBusy: Bool) -> SortKey.Source {
    let key = compiled.grouping.keys[position]
    let numbers = key.count ?? .max
    guard isBusy || (key.kind != .integer && numbers <= UInt64(ResultBuilder.rankLimit)) else {
      return .key(position)
    }
    let values = slots.map { self.key(position, key, $0) }
    let distinct = Array(Set(values.compactMap { $0 }))
    let sorted: [Int64]
    switch key.kind {
    case .integer: sorted = distinct.sorted()
    case .double: sorted = distinct.sorted { number($0) < number($1) }
    case .text(let space):
      let texts = distinct.map { (code: $0, text: text($0, space)) }
      sorted = texts.sorted { TextTable.precedes($0.text, $1.text) }.map(\.code)
    case .plainText: preconditionFailure("plain texts are no keys")
    }
    var ranks: [Int64: Int32] = [:]
    for (rank, value) in sorted.enumerated() { ranks[value] = Int32(truncatingIfNeeded: rank) }
    return .ranks(values.map { value in value.flatMap { ranks[$0] } ?? -1 })
  }

  private func number(_ pattern: Int64) -> Double {
    Double(bitPattern: UInt64(bitPattern: pattern))
  }

  private func compare(_ key: SortKey, _ left: Int, _ right: Int) -> Int {
    switch key.source {
    case .ranks(let ranks):
      let one = ranks[left]
      let other = ranks[right]
      if one == other { return 0 }
      if one < 0 || other < 0 { return one < 0 ? 1 : -1 }
      return (one < other) == key.isDescending ? 1 : -1
    case .key(let position):
      return compareKeys(position, slots[left], slots[right], key.isDescending)
    case .output(let output):
      return compareOutputs(output, slots[left], slots[right], key.isDescending)
    }
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
    _ output: AggregateOutput,
    _ left: Int,
    _ right: Int,
    _ isDescending: Bool
  ) -> Int {
    switch output {
    case .count(let count):
      let states = state.accumulators[count]
      return compare(states.total(left), states.total(right), isDescending) { $0 < $1 }
    case .distinct(let position):
      let counts = distincts[position] ?? []
      return compare(counts[left], counts[right], isDescending) { $0 < $1 }
    case .sum:
      return compare(sum(output, left), sum(output, right), isDescending) { $0 < $1 }
    case .doubleSum, .doubleExtremum, .average:
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
