/// Scans the rows by which a table has changed, for the groups that a plan has over them.
struct ChangeScan {
  let snapshot: Snapshot
  let attributes: AttributeCache
  let pool: ScanPool
  let bitBudget: Int
  let tuning: ScanTuning
  let budget: ScanBudget

  /// Rows among which different values are looked for in any case, and the part of a table beyond.
  private static let keptRows = 1 << 18
  private static let keptPart = 4

  /// Compiles a plan for no rows, to learn what its columns are.
  func shape(of plan: ScanPlan) throws(StoreError) -> StateShape? {
    StateShape(try compiled(plan, snapshot, .nothing))
  }

  /// Returns the groups of a change; nil where they cannot be found for less than a scan of all rows.
  ///
  /// `texts` numbers the texts that expressions make.
  func run(
    _ plan: ScanPlan,
    _ change: TableChange,
    of table: TableSnapshot,
    _ texts: inout TextTable,
    _ statistics: inout ScanStatistics
  ) throws(StoreError) -> StateChange? {
    var result = StateChange()
    if !change.removed.isEmpty {
      let rows = snapshot.replacing(table, with: change.removed)
      guard let groups = try groups(plan, rows, .sets, &texts, &statistics) else { return nil }
      result.removed = groups
    }
    if !change.added.isEmpty {
      let rows = snapshot.replacing(table, with: change.added)
      guard let groups = try groups(plan, rows, .sets, &texts, &statistics) else { return nil }
      result.added = groups
    }
    statistics.reusedSegments += change.kept.count
    let positions = plan.aggregates.indices.filter { position in
      if case .countDistinct = plan.aggregates[position].function { true } else { false }
    }
    let changed = [result.removed, result.added].compactMap { $0 }
    guard !positions.isEmpty && !changed.isEmpty else { return result }
    var distinct = plan
    distinct.aggregates = positions.map { plan.aggregates[$0] }
    distinct.order = []
    distinct.limit = nil
    let rows = snapshot.replacing(table, with: change.kept)
    let all = try compiled(distinct, rows, .table)
    let blocks = SharedValues(changed, positions, all).blocks()
    let rowCount = ScanBlocks(table: all.blocks.table, addresses: blocks).rowCount
    let most = max(ChangeScan.keptRows, all.blocks.rowCount / ChangeScan.keptPart)
    guard rowCount <= most else { return nil }
    guard !blocks.isEmpty else { return result }
    guard let groups = try groups(distinct, rows, .blocks(blocks), &texts, &statistics) else {
      return nil
    }
    result.kept = StateChange.Kept(groups: groups, positions: positions)
    return result
  }

  private func compiled(
    _ plan: ScanPlan,
    _ snapshot: Snapshot,
    _ scope: CompiledPlan.Scope
  ) throws(StoreError) -> CompiledPlan {
    try CompiledPlan(
      plan,
      on: snapshot,
      attributes: attributes,
      bitBudget: bitBudget,
      threads: pool.threads,
      tuning: tuning,
      scope: scope
    )
  }

  /// Returns the groups of some rows; nil where they need more memory than they may take, since
  /// different values are kept that a plain scan only counts.
  private func groups(
    _ plan: ScanPlan,
    _ rows: Snapshot,
    _ scope: CompiledPlan.Scope,
    _ texts: inout TextTable,
    _ statistics: inout ScanStatistics
  ) throws(StoreError) -> PlanGroups? {
    let before = budget.byteCount
    defer { budget.release(bytes: budget.byteCount - before) }
    do throws(StoreError) {
      let compiled = try compiled(plan, rows, scope)
      let (state, done) = try LocalScan(compiled, pool: pool, budget: budget).run()
      statistics += done
      return StateReader(state).read(&texts)
    } catch .limitReached(ScanBudget.memoryLimit, _) {
      return nil
    }
  }
}

/// Tells in which blocks rows may share different values with those of a change: rows of the same
/// group, by the ranges of its keys, with a value in the range of the block's.
struct SharedValues {
  private let changed: [PlanGroups]
  private let positions: [Int]
  private let compiled: CompiledPlan
  /// What each of the columns counts; several columns may count the same of different rows.
  private let distincts: [DistinctPlan]

  /// Prepares for the groups of a change, of which `positions` are columns of different values, and a
  /// plan for the rows that stayed that counts those.
  init(_ changed: [PlanGroups], _ positions: [Int], _ compiled: CompiledPlan) {
    self.changed = changed
    self.positions = positions
    self.compiled = compiled
    distincts = compiled.outputs.map { output in
      guard case .distinct(let state) = output,
        case .distinct(let number) = compiled.accumulators[state].kind
      else { preconditionFailure("a plan that counts different values only") }
      return compiled.distincts[number]
    }
  }

  /// Returns the blocks.
  func blocks() -> [BlockAddress] {
    let keys = compiled.grouping.keys.indices.map { keyNumbers($0) }
    let values = positions.indices.map { elements($0) }
    if keys.contains(where: { $0?.isEmpty ?? false }) { return [] }
    let ranges = keys.map { numbers in
      numbers.flatMap { list in list.first.flatMap { first in list.last.map { first...$0 } } }
    }
    return compiled.blocks.addresses.filter { address in
      func zone(_ field: Int) -> ZoneMap { compiled.blocks.zoneMap(field, of: address) }
      for (key, range) in zip(compiled.grouping.keys, ranges) {
        guard let range, let found = key.range(compiled.program, zone) else { continue }
        if !found.overlaps(range) { return false }
      }
      return zip(distincts, values).contains { plan, values in
        guard let values else { return true }
        let coding = compiled.distinctCodings[plan.codings[0]]
        guard let found = coding.range(compiled.program, zone) else { return true }
        return hasValue(values, in: found)
      }
    }
  }

  /// Returns the numbers that the values of a key have in the plan, ascending; nil where that does not
  /// tell blocks apart.
  ///
  /// A value that the plan does not have is in no block of it.
  private func keyNumbers(_ position: Int) -> [UInt64]? {
    let key = compiled.grouping.keys[position]
    if case .text(.program) = key.kind { return nil }
    let width = compiled.grouping.keys.count + 1
    var values: [Int64] = []
    for groups in changed {
      for group in 0..<groups.count {
        let nulls = groups.keys[group * width + width - 1]
        // Nulls have no range.
        if nulls >> UInt64(position & 63) & 1 == 1 { return nil }
        values.append(Int64(bitPattern: groups.keys[group * width + position]))
      }
    }
    return numbers(of: values, key)
  }

  /// Returns the numbers of the different values of a column, ascending; nil where those do not tell
  /// blocks apart.
  private func elements(_ index: Int) -> [UInt64]? {
    let codings = distincts[index].codings
    let coding = compiled.distinctCodings[codings[0]]
    guard codings.count == 1 else { return nil }
    if case .text(.program) = coding.kind { return nil }
    var values: [Int64] = []
    for groups in changed {
      guard case .distinct(let lists) = groups.columns[positions[index]] else { return nil }
      for element in lists.elements { values.append(Int64(bitPattern: element ^ 1 << 63)) }
    }
    return numbers(of: values, coding)
  }

  private func numbers(of values: [Int64], _ coding: KeyCoding) -> [UInt64]? {
    switch coding.way {
    case .affine(let low):
      var numbers: [UInt64] = []
      numbers.reserveCapacity(values.count)
      let count = coding.count ?? .max
      for value in values where value >= low {
        let number = UInt64(bitPattern: value &- low &+ 1)
        if number < count { numbers.append(number) }
      }
      let bits = 64 - (numbers.max() ?? 0).leadingZeroBitCount
      RowOrder.radixSort(&numbers, fromBit: 0, toBit: bits)
      return numbers
    case .table(_, _, _, _, let known):
      let wanted = Set(values)
      return known.indices.filter { wanted.contains(known[$0]) }.map { UInt64($0 + 1) }
    case .integer, .pattern: return nil
    }
  }

  /// Tells whether an ascending list has a number in a range.
  private func hasValue(_ numbers: [UInt64], in range: ClosedRange<UInt64>) -> Bool {
    var low = 0
    var high = numbers.count
    while low < high {
      let middle = (low + high) / 2
      if numbers[middle] < range.lowerBound { low = middle + 1 } else { high = middle }
    }
    return low < numbers.count && numbers[low] <= range.upperBound
  }
}
