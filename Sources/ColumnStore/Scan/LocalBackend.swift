import Synchronization

/// The store's own executor: plans run on the blocks of one snapshot.
///
/// Attributes of other tables are read once and kept as long as the states, or the backend.
public struct LocalBackend: ScanBackend {
  /// Parts of a scan whose sums of doubles are added up in order, whatever the number of threads.
  static let orderedParts = 8
  /// The share of the byte limit that the bits of one distinct count may take.
  static let bitShare = 8
  /// The most bytes that the bits of one distinct count may take a thread.
  static let bitLimit = 256 << 20

  let snapshot: Snapshot
  private let pool: ScanPool
  private let attributes: AttributeCache
  private let tuning: ScanTuning
  private let states: StateCache?
  let use: StateCache.Use

  /// Makes a backend for one snapshot; `states` are shared by the backends of one store's versions,
  /// and without them every plan scans all its segments.
  public init(
    snapshot: Snapshot,
    pool: ScanPool,
    states: StateCache? = nil,
    use: StateCache.Use = .recurring
  ) {
    self.init(snapshot: snapshot, pool: pool, states: states, use: use, tuning: ScanTuning())
  }

  /// Makes a backend that changes its ways at given sizes.
  package init(
    snapshot: Snapshot,
    pool: ScanPool,
    states: StateCache? = nil,
    use: StateCache.Use = .recurring,
    tuning: ScanTuning
  ) {
    self.use = use
    self.snapshot = snapshot
    self.pool = pool
    self.states = states
    attributes = states?.attributes ?? AttributeCache()
    self.tuning = tuning
  }

  /// The version of the snapshot on which every plan runs.
  public var snapshotVersion: UInt64 { snapshot.version }

  /// Returns the schema of a table, or nil when the snapshot has no such table.
  public func schema(of table: String) -> TableSchema? { snapshot.table(table)?.schema }

  /// Returns the rows of the blocks that zone maps leave over; some where the plan cannot be
  /// compiled, so that running it says why.
  public func mostRows(_ plan: ScanPlan) -> Int {
    guard let table = snapshot.table(plan.table), table.rowCount > 0 else { return 0 }
    do throws(StoreError) {
      let filtered = ScanPlan(table: plan.table, filter: plan.filter)
      let compiled = try CompiledPlan(
        filtered,
        on: snapshot,
        attributes: attributes,
        bitBudget: 0,
        threads: 1,
        tuning: tuning
      )
      return compiled.blocks.rowCount
    } catch {
      return .max
    }
  }

  /// Answers a plan; cancelling the task ends the scan at its next block.
  ///
  /// - Throws: `StoreError` when a limit is reached, the scan is cancelled, a value overflows, a
  ///   block is damaged, or the plan names what the table does not have.
  public func execute(_ plan: ScanPlan, limits: ScanLimits) async throws -> ResultTable {
    let budget = ScanBudget(limits, clock: pool.clock)
    return try await withTaskCancellationHandler {
      try await pool.leave { () throws(StoreError) in
        try run(plan, limits: limits, budget: budget)
      }
    } onCancel: {
      budget.cancel()
    }
  }

  /// Answers a plan on the calling thread, with the pool's help.
  ///
  /// - Throws: `StoreError` like `execute`.
  public func executeNow(_ plan: ScanPlan, limits: ScanLimits) throws(StoreError) -> ResultTable {
    try run(plan, limits: limits, budget: ScanBudget(limits, clock: pool.clock))
  }

  private func run(
    _ plan: ScanPlan,
    limits: ScanLimits,
    budget: ScanBudget
  ) throws(StoreError) -> ResultTable {
    try budget.check()
    let bits = max(0, min(limits.bytes / LocalBackend.bitShare, LocalBackend.bitLimit))
    guard let states else {
      return try scanned(plan, bits, budget, keep: { _ throws(StoreError) in })
    }
    let change = ChangeScan(
      snapshot: snapshot,
      attributes: attributes,
      pool: pool,
      bitBudget: bits / pool.threads,
      tuning: tuning,
      budget: budget
    )
    var isKept = false
    switch states.take(plan, on: snapshot.version, use: use) {
    case .none: break
    case .new: isKept = true
    case .taken(let state):
      // A benchmark asks once more; or a report still reads an earlier version.
      let isOfNoUse =
        isCurrent(state, plan)
        ? use == .making || use == .afterChanges && state.rows.version >= snapshot.version
        : state.rows.version > snapshot.version
      if isOfNoUse {
        states.giveBack(state, of: plan)
        break
      }
      if let table = try answer(plan, from: state, in: states, change) { return table }
      isKept = true
    }
    guard isKept else { return try scanned(plan, bits, budget, keep: { _ throws(StoreError) in }) }
    do throws(StoreError) {
      return try scanned(plan, bits, budget) { groups throws(StoreError) in
        try keep(groups, of: plan, in: states, change)
      }
    } catch {
      states.giveBack(nil, of: plan)
      throw error
    }
  }

  private func isCurrent(_ state: PlanState, _ plan: ScanPlan) -> Bool {
    snapshot.table(plan.table).map { state.rows.isCurrent($0, plan, snapshot) } ?? false
  }

  /// Answers a plan by a scan of all rows, whose groups it shows to a function before.
  private func scanned(
    _ plan: ScanPlan,
    _ bits: Int,
    _ budget: ScanBudget,
    keep: (GroupState) throws(StoreError) -> Void
  ) throws(StoreError) -> ResultTable {
    let compiled = try CompiledPlan(
      plan,
      on: snapshot,
      attributes: attributes,
      bitBudget: bits / pool.threads,
      threads: pool.threads,
      tuning: tuning
    )
    let (state, statistics) = try LocalScan(compiled, pool: pool, budget: budget).run()
    try budget.check()
    try keep(state)
    return try ResultBuilder(state, statistics: statistics, budget: budget).table()
  }
}

/// One run of a compiled plan over its blocks.
struct LocalScan {
  private let compiled: CompiledPlan
  private let pool: ScanPool
  private let budget: ScanBudget

  /// Prepares a run.
  init(_ compiled: CompiledPlan, pool: ScanPool, budget: ScanBudget) {
    self.compiled = compiled
    self.pool = pool
    self.budget = budget
  }

  /// Reads every block and returns the groups, and what was done for them.
  func run() throws(StoreError) -> (state: GroupState, statistics: ScanStatistics) {
    let blocks = compiled.blocks.addresses.count
    let threads = compiled.blocks.rowCount < pool.inlineRows ? 1 : pool.threads
    return compiled.addsDoubles
      ? try runOrdered(blocks, threads) : try runUnordered(blocks, threads)
  }

  /// Integer states may be added in any order: every thread keeps its own to the end.
  private func runUnordered(
    _ blocks: Int,
    _ threads: Int
  ) throws(StoreError) -> (state: GroupState, statistics: ScanStatistics) {
    let parts = compiled.schedule.parts
    let tasks = try TaskSlots(
      count: max(1, min(threads, parts.count)),
      compiled,
      budget,
      pool.kernels
    )
    try pool.run(parts: parts.count, threads: threads, makeWorker: { tasks.task($0) }) {
      task,
      part throws(StoreError) in
      for visit in parts[part] { try task.run(visit) }
      task.endPart()
    }
    return try tasks.merged(compiled.statistics, pool)
  }

  /// Sums of doubles depend on the order of addition: blocks are cut into parts that do not depend
  /// on the threads, and the parts are added up in order.
  private func runOrdered(
    _ blocks: Int,
    _ threads: Int
  ) throws(StoreError) -> (state: GroupState, statistics: ScanStatistics) {
    let parts = max(1, min(LocalBackend.orderedParts, blocks))
    let tasks = try TaskSlots(count: parts, compiled, budget, pool.kernels)
    try pool.run(parts: parts, threads: threads, makeWorker: { _ in }) {
      _,
      part throws(StoreError) in
      let task = tasks.task(part)
      for block in (blocks * part / parts)..<(blocks * (part + 1) / parts) {
        try task.run(ScanSchedule.Visit(block: block))
      }
    }
    return try tasks.merged(compiled.statistics, pool)
  }
}

/// The tasks of a scan, made by the threads that use them.
private final class TaskSlots: @unchecked Sendable {
  // @unchecked Sendable: the list is touched under the lock only; a task is used by the thread that
  // made it, and read by another when all threads are done.
  private let lock = Mutex(())
  private var tasks: [ScanTask?]

  private let compiled: CompiledPlan
  private let budget: ScanBudget
  private let kernels: KernelLevel

  /// Counts what so many tasks take at least, before any is made.
  init(
    count: Int,
    _ compiled: CompiledPlan,
    _ budget: ScanBudget,
    _ kernels: KernelLevel
  ) throws(StoreError) {
    try budget.add(bytes: count * ScanTask.leastByteCount(compiled))
    self.kernels = kernels
    self.compiled = compiled
    self.budget = budget
    tasks = Array(repeating: nil, count: count)
  }

  func task(_ index: Int) -> ScanTask {
    let task = ScanTask(compiled, budget: budget, level: kernels)
    lock.withLock { _ in tasks[index] = task }
    return task
  }

  func merged(
    _ start: ScanStatistics,
    _ pool: ScanPool
  ) throws(StoreError) -> (state: GroupState, statistics: ScanStatistics) {
    let isSmall = (compiled.packed?.groups ?? 0) <= PackedPlan.freeSlots
    let parts = lock.withLock { _ in tasks.count }
    try pool.run(parts: parts, threads: isSmall ? 1 : pool.threads, makeWorker: { _ in }) {
      _,
      part throws(StoreError) in
      self.finish(part)
    }
    var statistics = start
    var state: GroupState?
    let done = lock.withLock { _ in tasks.compactMap { $0 } }
    if done.contains(where: { !$0.runs.isEmpty }) {
      for task in done { statistics += task.statistics }
      let runs = GroupRuns(done.flatMap { $0.runs + [$0.state] }, compiled)
      return (try runs.merged(pool, budget), statistics)
    }
    for task in done {
      statistics += task.statistics
      if let first = state {
        try budget.check()
        try StateMerge(task.state, into: first, budget).run(pool)
        try budget.check(groups: first.hashedGroups)
      } else {
        state = task.state
      }
    }
    return (state ?? GroupState(compiled), statistics)
  }

  private func finish(_ index: Int) {
    lock.withLock { _ in tasks[index] }?.finish()
  }
}

/// The merge of two states, a part for each of the plan's accumulators.
private final class StateMerge: @unchecked Sendable {
  // @unchecked Sendable: each part touches an accumulator of its own, and the threads that filled
  // them are done.
  private let target: GroupState
  private let source: GroupState
  private let slots: SlotMap

  /// States below which one thread merges all of them.
  private static let inlineStates = 65_536

  init(
    _ source: GroupState,
    into target: GroupState,
    _ budget: ScanBudget
  ) throws(StoreError) {
    self.target = target
    self.source = source
    slots = try target.unite(source, budget)
  }

  func run(_ pool: ScanPool) throws(StoreError) {
    let parts = target.accumulators.count
    let isSmall = slots.count * parts < StateMerge.inlineStates
    try pool.run(parts: parts, threads: isSmall ? 1 : pool.threads, makeWorker: { _ in }) {
      _,
      part throws(StoreError) in
      target.accumulators[part].merge(source.accumulators[part], slots: slots)
    }
  }
}
