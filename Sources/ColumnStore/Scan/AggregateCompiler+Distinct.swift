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
    let counted = keepsSets ? nil : clustered(positions)
    let plan = counted ?? DistinctPlan(way: way(positions), codings: positions)
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
    let owners = keepsSets ? nil : ownerBytes(product, slots)
    if let slots {
      let (bits, overflow) = product.multipliedReportingOverflow(by: UInt64(slots))
      // Values are read out of sets one by one, so most of their bits should be set.
      let most = keepsSets ? compiler.blocks.rowCount : owners.map { $0 * 2 } ?? .max
      var limit = max(tuning.smallBits, most)
      // Values with several rows are rarely of one group each, and then owners do not help.
      if !keepsSets, UInt64(compiler.blocks.rowCount) / DistinctPlan.sharedRows >= product {
        limit = max(limit, DistinctPlan.sharedBits)
      }
      limit = min(limit, bitBudget)
      if !overflow && bits / 8 <= UInt64(limit) { return .bits(width: Int(product)) }
    }
    if owners != nil { return .owners(values: Int(product)) }
    let bits = UInt64(64 - (product - 1).leadingZeroBitCount)
    return bits <= 32 ? .words(shift: bits) : .tuples
  }

  /// The bytes that owners of values below a number take, or nil where they are too many.
  private func ownerBytes(_ values: UInt64, _ slots: Int?) -> Int? {
    let roomy = UInt64(compiler.blocks.rowCount) * DistinctPlan.valuesPerRow
    guard values <= roomy, values <= 1 << 32 else { return nil }
    let bytes = Int(values) * OwnerSets.width(slots: slots)
    return bytes <= bitBudget ? bytes : nil
  }

  /// Returns the plan for values that blocks hardly share: zone maps show for each block which
  /// values are its own.
  private func clustered(_ positions: [Int]) -> DistinctPlan? {
    let coding = distinctCodings[positions[0]]
    guard positions.count == 1, case .affine(let low) = coding.way, let values = coding.count,
      values <= 1 << 32, case .column(let column) = compiler.program.values[coding.node].operation
    else { return nil }
    let field = compiler.program.columns[column].index
    let maps = compiler.blocks.addresses.map { compiler.blocks.zoneMap(field, of: $0).bounds }
    var ranges: [(block: Int, low: Int64, high: Int64)] = []
    for (block, bounds) in maps.enumerated() {
      if case .integers(let minimum, let maximum) = bounds, minimum >= low {
        ranges.append((block, minimum, maximum))
      }
    }
    guard ranges.count > 1 else { return nil }
    ranges.sort { ($0.low, $0.block) < ($1.low, $1.block) }
    var exclusive = maps.map { _ in ExclusiveValues(first: 0, count: 0) }
    var highest = low - 1
    var shared: Int64 = 0
    var all: Int64 = 0
    for (place, range) in ranges.enumerated() {
      let first = max(range.low, highest + 1)
      let next = place + 1 < ranges.count ? ranges[place + 1].low : .max
      let last = min(range.high, next - 1)
      let own = max(0, last - first + 1)
      if own > 0 && own <= DistinctPlan.exclusiveLimit {
        exclusive[range.block] = ExclusiveValues(
          first: UInt64(first - low + 1),
          count: Int(own)
        )
        shared += range.high - range.low + 1 - own
      } else {
        shared += range.high - range.low + 1
      }
      all += range.high - range.low + 1
      highest = max(highest, range.high)
    }
    guard shared <= all / DistinctPlan.sharedPart else { return nil }
    return DistinctPlan(
      way: .clustered(values: Int(values)),
      codings: positions,
      exclusive: exclusive
    )
  }
}
