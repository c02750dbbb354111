/// What one thread does for a scan: a block after another goes through the filter into the groups.
///
/// What can be told for a whole block is told once: which keys are constant, which states its zone
/// maps answer. The rest works on whole columns of a strip of its rows, so that what a step writes is
/// still near when the next one reads it.
final class ScanTask {
  /// The groups of the rows of a strip.
  enum Slots {
    /// All rows belong to one group.
    case single(Int)
    /// Every row has its own slot; rows that do not count have slot 0.
    case each(SlotLane)
  }

  /// Which rows a state counts, to tell equal ones.
  struct MaskKey: Hashable {
    let filter: Int?
    let inputs: [Int]
  }

  /// Rows of a strip; a multiple of 64.
  static let stripRows = 32_768
  /// Selected rows go on alone when they are fewer than one in so many.
  static let sparseness = 2

  /// The plan.
  let compiled: CompiledPlan
  /// The groups and states.
  private(set) var state: GroupState
  /// Groups that were put aside.
  private(set) var runs: [GroupState] = []
  /// What was done.
  private(set) var statistics = ScanStatistics()
  /// The nodes' values.
  let evaluator: BlockEvaluator
  /// Counts and sums that are added together; nil when there are none.
  let packed: PackedState?
  /// Slots of rows that count for some states, in this strip.
  var masked: [MaskKey: SlotLane] = [:]
  /// Packed values of distinct counts, in this strip.
  var distinctWords: [Int: WordLane] = [:]

  /// What is read now.
  private(set) var visit = ScanSchedule.Visit(block: 0)

  private let budget: ScanBudget
  private let fields: [Int]
  private var countedBytes: Int
  private var runBytes = 0

  /// Makes a task without groups.
  init(_ compiled: CompiledPlan, budget: ScanBudget, level: KernelLevel) {
    self.compiled = compiled
    self.budget = budget
    state = GroupState(compiled)
    let rows = compiled.blocks.addresses.map { compiled.blocks.rowCount(of: $0) }.max() ?? 1
    evaluator = BlockEvaluator(
      program: compiled.program,
      arena: LaneArena(capacity: min(rows, ScanTask.stripRows)),
      level: level
    )
    fields = compiled.program.columns.map(\.index)
    packed = compiled.packed.map { PackedState($0) }
    countedBytes = ScanTask.leastByteCount(compiled)
  }

  /// The bytes that a task takes from the beginning, which are counted before it is made.
  static func leastByteCount(_ compiled: CompiledPlan) -> Int {
    GroupState.leastByteCount(compiled) + (compiled.packed.map { PackedState.byteCount($0) } ?? 0)
  }

  /// Moves everything that was added to the states, which is the last thing that is done.
  func finish() {
    packed?.empty(into: state.accumulators)
  }

  /// Forgets what only the slices of a part needed.
  func endPart() {
    guard compiled.schedule.isSliced else { return }
    for accumulator in state.accumulators { accumulator.owners?.forgetOthers() }
  }

  /// Works on a block.
  ///
  /// - Throws: `StoreError` when a limit is reached, the scan is cancelled, arithmetic does not
  ///   fit, or the block is damaged.
  func run(_ visit: ScanSchedule.Visit) throws(StoreError) {
    let address = compiled.blocks.addresses[visit.block]
    let columns = BlockColumns(
      segment: compiled.blocks.table.segments[address.segment].segment,
      block: address.block,
      fields: fields
    )
    if let pivot = compiled.schedule.pivot, visit.slices.count > 1,
      try !isAscending(pivot, columns)
    {
      for piece in visit.pieces { try run(piece, address, columns) }
    } else {
      try run(visit, address, columns)
    }
    statistics.decodedPages += columns.decodedPages
    statistics.cachedPages += columns.cachedPages
  }

  private func run(
    _ visit: ScanSchedule.Visit,
    _ address: BlockAddress,
    _ columns: BlockColumns
  ) throws(StoreError) {
    try budget.check()
    self.visit = visit
    let rowCount = compiled.blocks.rowCount(of: address)
    if visit.isFirst { try budget.add(rows: rowCount) }
    let callsBefore = evaluator.kernelCalls
    let grouping = compiled.grouping
    let constants = grouping.keys.enumerated().map { position, key in
      grouping.determinants[position] == nil
        ? key.constant(compiled.program) { compiled.blocks.zoneMap($0, of: address) } : 0
    }
    let block = Block(
      columns: columns,
      deleted: compiled.blocks.deletions(of: address),
      constants: constants,
      slots: packed == nil ? 0..<0 : slotRange(constants, address)
    )
    let left = try addWhole(block, address)
    if !left.isEmpty {
      try beginClusters(columns)
      var first = 0
      while first < rowCount {
        let end = min(first + ScanTask.stripRows, rowCount)
        try run(block, first..<end, left)
        first = end
      }
      try account()
    }
    if visit.isFirst { statistics.rows += rowCount }
    statistics.kernelCalls += evaluator.kernelCalls - callsBefore
  }

  /// What is the same for all strips of a block.
  struct Block {
    let columns: BlockColumns
    let deleted: [UInt64]?
    /// The numbers of keys that all rows share.
    let constants: [UInt64?]
    /// Where the slots of its rows can be, if states are packed.
    let slots: Range<Int>
  }

  /// Adds a block whose rows all count and share a group by its zone maps, and returns the states
  /// that those do not answer.
  private func addWhole(_ block: Block, _ address: BlockAddress) throws(StoreError) -> [Int] {
    let all = Array(state.accumulators.indices)
    guard compiled.isProven[visit.block], visit.condition == nil, block.deleted == nil,
      let slot = constantSlot(block.constants)
    else { return all }
    try reserve()
    let left = all.filter { !addZoneMap($0, slot, address) }
    if left.isEmpty { try account() }
    return left
  }

  /// Works on a strip of a block, for some of the states.
  private func run(_ block: Block, _ strip: Range<Int>, _ states: [Int]) throws(StoreError) {
    evaluator.arena.reset()
    masked.removeAll(keepingCapacity: true)
    distinctWords.removeAll(keepingCapacity: true)
    evaluator.begin(.stored(block.columns), strip: strip)
    var rows = try filtered(block)
    let count = evaluator.count(rows)
    if count == 0 { return }
    if count == strip.count {
      rows = .all
    } else if isSelectionBetter(count, of: strip.count) {
      let selection = RowSelection(kept: evaluator.bitmap(rows), count: count)
      evaluator.begin(.stored(block.columns), strip: strip, selection: selection)
      rows = .all
    }
    try accumulate(block, rows, states)
    if let limit = compiled.runGroups, state.hashedGroups >= limit {
      runBytes += state.byteCount
      runs.append(state)
      state = GroupState(compiled)
      state.words = WordGroups(capacity: limit)
    }
  }

  private func filtered(_ block: Block) throws(StoreError) -> RowBits {
    var live = RowBits.all
    if let deleted = block.deleted {
      live = evaluator.not(.some(evaluator.stripBits(deleted)))
    }
    if !compiled.isProven[visit.block] {
      live = evaluator.and(live, try evaluator.rows(compiled.filter, active: live))
    }
    guard let condition = visit.condition else { return live }
    return evaluator.and(live, try evaluator.rows(condition, active: live))
  }

  private func isSelectionBetter(_ count: Int, of rowCount: Int) -> Bool {
    switch compiled.grouping.way {
    // A hash table must not see keys of rows that do not count.
    case .words, .tuples: true
    case .single, .direct: count * ScanTask.sparseness < rowCount
    }
  }

  private func accumulate(
    _ block: Block,
    _ rows: RowBits,
    _ states: [Int]
  ) throws(StoreError) {
    switch try slots(block.constants, rows) {
    case .single(let slot):
      try reserve()
      for position in states { try add(position, rows, slot: slot) }
    case .each(let lane):
      try reserve()
      var left = states
      if let packed, try addPacked(packed, rows, lane, in: block.slots) {
        left = packed.plan.others
      }
      for position in left { try add(state.accumulators[position], rows, lane) }
    }
  }

  /// Makes room for every group found so far.
  private func reserve() throws(StoreError) { countedBytes += try state.reserve(budget) }

  private func account() throws(StoreError) {
    try budget.check(groups: state.hashedGroups)
    let bytes = runBytes + state.byteCount + (packed?.byteCount ?? 0)
    try budget.add(bytes: bytes - countedBytes)
    countedBytes = bytes
  }
}
