/// What one thread does for a scan: a block after another goes through the filter into the groups.
///
/// Everything below works on whole columns of a block.
final class ScanTask {
  /// The groups of the rows of a block.
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

  /// A selection is worth its making below one row in so many.
  static let sparseness = 4

  /// The plan.
  let compiled: CompiledPlan
  /// The groups and states.
  var state: GroupState
  /// What was done.
  private(set) var statistics = ScanStatistics()
  /// The nodes' values.
  let evaluator: BlockEvaluator
  /// Slots of rows that count for some states, in this block.
  var masked: [MaskKey: SlotLane] = [:]
  /// Packed values of distinct counts, in this block.
  var distinctWords: [Int: WordLane] = [:]

  /// What is read now.
  private(set) var visit = ScanSchedule.Visit(block: 0)

  private let budget: ScanBudget
  private let fields: [Int]
  private let selection: RowSelection
  private var countedBytes = 0

  /// Makes a task without groups.
  init(_ compiled: CompiledPlan, budget: ScanBudget) {
    self.compiled = compiled
    self.budget = budget
    state = GroupState(compiled)
    let rows = compiled.blocks.addresses.map { compiled.blocks.rowCount(of: $0) }.max() ?? 1
    evaluator = BlockEvaluator(program: compiled.program, arena: LaneArena(capacity: rows))
    fields = compiled.program.columns.map(\.index)
    selection = RowSelection(wordCount: BitmapKernel.wordCount(rows))
  }

  /// Hands the groups over and begins with none.
  func takeState() -> GroupState {
    let taken = state
    state = GroupState(compiled)
    countedBytes = 0
    return taken
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
    evaluator.arena.reset()
    masked.removeAll(keepingCapacity: true)
    distinctWords.removeAll(keepingCapacity: true)
    let callsBefore = evaluator.kernelCalls
    evaluator.begin(.stored(columns), rowCount: rowCount)
    var rows = try filtered(address, isProven: compiled.isProven[visit.block])
    if let condition = visit.condition {
      rows = evaluator.and(rows, try evaluator.rows(condition, active: rows))
    }
    let count = evaluator.count(rows)
    if count == rowCount { rows = .all }
    if count > 0 {
      try beginClusters(columns)
      let isWhole = count == rowCount
      if !isWhole && isSelectionBetter(count, of: rowCount) {
        select(rows)
        evaluator.begin(.stored(columns), rowCount: rowCount, selection: selection)
        rows = .all
      }
      try accumulate(address, rows, isWhole: isWhole)
      try account()
    }
    if visit.isFirst { statistics.rows += rowCount }
    statistics.kernelCalls += evaluator.kernelCalls - callsBefore
  }

  private func filtered(
    _ address: BlockAddress,
    isProven: Bool
  ) throws(StoreError) -> RowBits {
    var live = RowBits.all
    if let deleted = compiled.blocks.deletions(of: address) {
      live = evaluator.not(.some(BitLane(words: deleted)))
    }
    if isProven { return live }
    return evaluator.and(live, try evaluator.rows(compiled.filter, active: live))
  }

  private func isSelectionBetter(_ count: Int, of rowCount: Int) -> Bool {
    switch compiled.grouping.way {
    // A hash table must not see keys of rows that do not count.
    case .words, .tuples: true
    case .single, .direct: count * ScanTask.sparseness < rowCount
    }
  }

  private func select(_ rows: RowBits) {
    let bits = evaluator.bitmap(rows)
    var numbersMemory = selection.storage.taken()
    defer { selection.storage = numbersMemory }
    var numbers = numbersMemory.mutableSpan
    evaluator.kernelCalls += 1
    selection.count = BitmapKernel.select(
      bits.words.span,
      count: evaluator.wordCount,
      into: &numbers
    )
  }

  private func accumulate(
    _ address: BlockAddress,
    _ rows: RowBits,
    isWhole: Bool
  ) throws(StoreError) {
    let slots = try slots(address, rows)
    state.reserve()
    for accumulator in state.accumulators {
      if case .single(let slot) = slots {
        if isWhole && addZoneMap(accumulator, slot, address) { continue }
        try add(accumulator, rows, slot: slot)
      } else if case .each(let lane) = slots {
        try add(accumulator, rows, lane)
      }
    }
  }

  private func account() throws(StoreError) {
    try budget.check(groups: state.hashedGroups)
    let bytes = state.byteCount
    try budget.add(bytes: bytes - countedBytes)
    countedBytes = bytes
  }
}
