// What the order of a result reads from the states of a scan.

extension ResultBuilder: OrderableGroups {
  var plan: ScanPlan { compiled.plan }

  var slots: Range<Int> { 1..<max(1, state.slotCount) }

  func kind(ofKey position: Int) -> ValueKind { compiled.grouping.keys[position].kind }

  func key(_ position: Int, _ slot: Int) -> Int64? { state.keyValue(position, slot) }

  func numberCount(ofKey position: Int) -> UInt64? { compiled.grouping.keys[position].count }

  func value(ofKey position: Int, number: UInt64) -> Int64 {
    compiled.grouping.keys[position].value(number)
  }

  func number(ofKey position: Int, _ slot: Int) -> UInt64 { state.keyNumber(position, slot) }

  func value(ofOutput position: Int, _ slot: Int) -> OrderedValue {
    let output = compiled.outputs[position]
    switch output {
    case .count(let count): return .integer(state.accumulators[count].total(slot))
    case .distinct(let position):
      return .integer(Int128(distincts[position].map { $0[slot] } ?? 0))
    case .sum: return sum(output, slot).map { .integer($0) } ?? .null
    // Texts are ranks, so integers have their order.
    case .extremum: return extremum(output, slot).map { .integer(Int128($0)) } ?? .null
    case .doubleSum, .doubleExtremum, .average, .percentile:
      return double(output, slot).map { .double($0) } ?? .null
    }
  }

  func integers(ofOutput position: Int) -> [Int64]? {
    switch compiled.outputs[position] {
    case .count(let position), .sum(let position, _, _):
      let states = state.accumulators[position]
      return states.isWide || states.replicas > 1 ? nil : states.integers
    case .distinct(let position): return distincts[position]
    case .doubleSum, .extremum, .doubleExtremum, .average, .percentile: return nil
    }
  }
}
