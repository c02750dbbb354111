// Distinct counts: how their values become numbers.

extension AggregateCompiler {
  /// Adds a distinct count.
  mutating func addDistinct(
    _ expressions: [Expression],
    _ filter: Int?
  ) throws(StoreError) {
    guard !expressions.isEmpty else { throw .mismatch("a distinct count of nothing") }
    var positions: [Int] = []
    for expression in expressions {
      let coding = try compiler.coding(expression)
      if let position = distinctCodings.firstIndex(where: { $0.node == coding.node }) {
        if !positions.contains(position) { positions.append(position) }
      } else {
        distinctCodings.append(coding)
        positions.append(distinctCodings.count - 1)
      }
    }
    let plan = DistinctPlan(way: way(positions), codings: positions)
    let position = distincts.firstIndex(of: plan) ?? distincts.count
    if position == distincts.count { distincts.append(plan) }
    outputs.append(.distinct(add(.distinct(position), nil, filter)))
  }

  private func way(_ positions: [Int]) -> DistinctPlan.Way {
    var product: UInt64 = 1
    for position in positions {
      guard let factor = distinctCodings[position].count else { return .tuples }
      let (next, overflow) = product.multipliedReportingOverflow(by: factor)
      if overflow { return .tuples }
      product = next
    }
    let slots: Int? =
      switch grouping.way {
      case .single: 2
      case .direct(let slots): slots
      case .words, .tuples: nil
      }
    if let slots {
      let (bits, overflow) = product.multipliedReportingOverflow(by: UInt64(slots))
      if !overflow && bits / 8 <= UInt64(bitBudget) { return .bits(width: Int(product)) }
    }
    let bits = UInt64(64 - (product - 1).leadingZeroBitCount)
    return bits <= 32 ? .words(shift: bits) : .tuples
  }
}
