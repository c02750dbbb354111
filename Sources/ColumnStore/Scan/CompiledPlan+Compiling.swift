extension CompiledPlan {
  /// The largest number of keys.
  static let keyLimit = 60

  /// The rows for which a plan is compiled.
  enum Scope {
    /// All rows of the table.
    case table
    /// No rows: only what the columns of the result are is of interest.
    case nothing
    /// All rows of the table; the different values of distinct counts are asked for, and not only how
    /// many they are.
    case sets
    /// Rows of some blocks, with the different values.
    case blocks([BlockAddress])

    /// Tells whether different values are asked for.
    var keepsSets: Bool {
      switch self {
      case .table, .nothing: false
      case .sets, .blocks: true
      }
    }

    /// Returns the blocks.
    func blocks(of table: TableSnapshot) -> ScanBlocks {
      switch self {
      case .table, .sets: ScanBlocks(all: table)
      case .nothing: ScanBlocks(table: table, addresses: [])
      case .blocks(let addresses): ScanBlocks(table: table, addresses: addresses)
      }
    }
  }

  /// Checks a plan against a snapshot and makes it ready to run.
  ///
  /// - Throws: `StoreError` when the plan names what the table does not have, or does not fit it.
  init(
    _ plan: ScanPlan,
    on snapshot: Snapshot,
    attributes: AttributeCache,
    bitBudget: Int,
    threads: Int,
    tuning: ScanTuning = ScanTuning(),
    scope: Scope = .table
  ) throws(StoreError) {
    guard let table = snapshot.table(plan.table) else { throw .unknownTable(plan.table) }
    try CompiledPlan.checkNames(plan)
    let all = scope.blocks(of: table)
    var compiler = PlanCompiler(snapshot: snapshot, blocks: all, attributes: attributes)
    var filter = try compiler.simplifiedCondition(try compiler.condition(plan.filter))
    var statistics = ScanStatistics()
    statistics.blocks = all.addresses.count
    let (left, isProven) = CompiledPlan.prune(all, compiler.program, filter)
    statistics.prunedBlocks = all.addresses.count - left.addresses.count
    statistics.provenBlocks = isProven.count { $0 }
    if statistics.prunedBlocks > 0 {
      // Fewer blocks have narrower ranges, and narrower ranges make smaller tables and groups.
      compiler = PlanCompiler(snapshot: snapshot, blocks: left, attributes: attributes)
      filter = try compiler.simplifiedCondition(try compiler.condition(plan.filter))
    }
    var codings: [KeyCoding] = []
    for key in plan.keys { codings.append(try compiler.coding(key.expression)) }
    let grouping = GroupingPlan(
      codings,
      rowCount: left.rowCount,
      isGlobal: plan.keys.isEmpty,
      tuning: tuning
    )
    var aggregates = AggregateCompiler(
      compiler,
      grouping: grouping,
      bitBudget: bitBudget,
      tuning: tuning,
      keepsSets: scope.keepsSets
    )
    for aggregate in plan.aggregates { try aggregates.add(aggregate) }
    self.plan = plan
    keepsSets = scope.keepsSets
    var program = aggregates.compiler.program
    self.schedule = CompiledPlan.schedule(aggregates, grouping, left, threads, &program)
    self.program = program
    self.dictionaries = aggregates.compiler.dictionaries
    self.blocks = left
    self.isProven = isProven
    self.filter = filter
    self.grouping = grouping
    self.accumulators = aggregates.accumulators
    let compiled = aggregates.compiler.program
    forms = aggregates.accumulators.map { $0.input.flatMap { AffineForm(of: $0, in: compiled) } }
    runGroups = GroupRuns.limit(grouping, aggregates.accumulators, tuning)
    packed = PackedPlan(aggregates.accumulators, compiled, grouping, left)
    self.distinctCodings = aggregates.distinctCodings
    self.distincts = aggregates.distincts
    self.outputs = aggregates.outputs
    self.statistics = statistics
  }

  /// Slices are worth their while where values would have owners of other slices.
  private static func schedule(
    _ aggregates: AggregateCompiler,
    _ grouping: GroupingPlan,
    _ blocks: ScanBlocks,
    _ threads: Int,
    _ program: inout ScanProgram
  ) -> ScanSchedule {
    let hasOwners = aggregates.distincts.contains { plan in
      if case .owners = plan.way { true } else { false }
    }
    let addsDoubles = aggregates.accumulators.contains { $0.kind == .doubleSum }
    if hasOwners && !addsDoubles {
      let planner = SlicePlanner(grouping: grouping, blocks: blocks, threads: threads)
      if let schedule = planner.schedule(&program) { return schedule }
    }
    return ScanSchedule(blocks: blocks.addresses.count)
  }

  private static func checkNames(_ plan: ScanPlan) throws(StoreError) {
    guard plan.keys.count <= keyLimit else {
      throw .limitReached(limit: "group keys", value: "\(keyLimit)")
    }
    var names: Set<String> = []
    for name in plan.keys.map(\.name) + plan.aggregates.map(\.name) {
      guard names.insert(name).inserted else {
        throw .mismatch("two columns of the result are called \(name)")
      }
    }
    for order in plan.order where !names.contains(order.column) {
      throw .mismatch("the result has no column \(order.column) to order by")
    }
    if let limit = plan.limit, limit < 0 {
      throw .mismatch("a result has at least 0 rows, not \(limit)")
    }
  }

  private static func prune(
    _ blocks: ScanBlocks,
    _ program: ScanProgram,
    _ filter: Int
  ) -> (left: ScanBlocks, isProven: [Bool]) {
    var addresses: [BlockAddress] = []
    var isProven: [Bool] = []
    for address in blocks.addresses {
      let verdict = program.verdict(on: filter) { blocks.zoneMap($0, of: address) }
      switch verdict {
      case .never: continue
      case .maybe, .always: break
      }
      if let deleted = blocks.deletions(of: address),
        BitmapKernel.count(deleted.span, count: deleted.count) == blocks.rowCount(of: address)
      {
        continue
      }
      addresses.append(address)
      if case .always = verdict { isProven.append(true) } else { isProven.append(false) }
    }
    return (ScanBlocks(table: blocks.table, addresses: addresses), isProven)
  }
}
