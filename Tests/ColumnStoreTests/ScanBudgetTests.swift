@testable import ColumnStore
import TestKit
import Testing

/// What a scan is about to take is counted first, so that a scan that may not has not yet taken it.
@Suite struct ScanBudgetTests {
  private func plan(by key: String) -> ScanPlan {
    ScanPlan(
      table: "numbered",
      keys: [ScanPlan.Key(key, .column(key))],
      aggregates: [
        Aggregate("most", .maximum(.column("value"))), Aggregate("rows", .countRows),
        Aggregate("days", .countDistinct([.column("day")])),
      ]
    )
  }

  private func compiled(_ tuning: ScanTuning) throws -> CompiledPlan {
    try CompiledPlan(
      plan(by: "id"),
      on: NumberedTable.snapshot(rows: 9_000),
      attributes: AttributeCache(),
      bitBudget: 1 << 20,
      threads: 1,
      tuning: tuning
    )
  }

  private func budget(_ bytes: Int) -> ScanBudget {
    ScanBudget(ScanLimits(bytes: bytes), clock: ContinuousClock())
  }

  private var hashing: ScanTuning {
    var tuning = ScanTuning()
    tuning.directSlots = 0
    tuning.denseSlots = 0
    tuning.directFloor = 0
    return tuning
  }

  private func state(groups: Range<UInt64>) throws -> GroupState {
    let state = GroupState(try compiled(hashing))
    guard case .words = state.compiled.grouping.way else {
      Issue.record("keys are not hashed")
      return state
    }
    for key in groups { _ = state.words.insert(key) }
    return state
  }

  @Test func theBytesOfATaskAreThoseThatItTakes() throws {
    for tuning in [ScanTuning(), hashing] {
      let compiled = try compiled(tuning)
      let least = GroupState.leastByteCount(compiled)
      let state = GroupState(compiled)
      let taken = state.accumulators.reduce(0) {
        $0 + $1.integers.count * 8 + $1.bits.count * 8 + ($1.owners?.byteCount ?? 0)
      }
      let others = state.accumulators.reduce(0) { $0 + ($1.owners?.others.byteCount ?? 0) }
      #expect(least == taken - others)
      #expect(least > 0)
    }
  }

  @Test func tasksAreCountedBeforeAnyIsMade() throws {
    let backend = LocalBackend(
      snapshot: try NumberedTable.snapshot(rows: 5_000),
      pool: ScanPool(threads: 1)
    )
    // The first block would be refused for its rows.
    let limits = ScanLimits(rows: 0, bytes: 1_000)
    #expect(throws: StoreError.limitReached(limit: "bytes of memory", value: "1000")) {
      try backend.executeNow(plan(by: "bytes"), limits: limits)
    }
  }

  @Test func roomForGroupsIsCountedBeforeItIsMade() throws {
    let state = try state(groups: 0..<10_000)
    let before = state.byteCount
    let budget = budget(100_000)
    #expect(throws: StoreError.limitReached(limit: "bytes of memory", value: "100000")) {
      try state.reserve(budget)
    }
    #expect(state.byteCount == before)
    let enough = self.budget(10_000_000)
    let counted = try state.reserve(enough)
    #expect(state.byteCount == before + counted)
    #expect(enough.byteCount == counted && counted >= 160_000)
    #expect(try state.reserve(enough) == 0)
  }

  @Test func groupsOfSeveralThreadsAreCountedBeforeTheyAreUnited() throws {
    let (one, other) = (try state(groups: 0..<5_000), try state(groups: 4_000..<9_000))
    try one.reserve(budget(.max))
    let states = one.byteCount - one.words.byteCount
    #expect(throws: StoreError.self) { _ = try one.unite(other, budget(1_000)) }
    #expect(one.byteCount - one.words.byteCount == states)
    let enough = budget(.max)
    #expect(try one.unite(other, enough).count == 5_001)
    #expect(one.byteCount - one.words.byteCount == states + enough.byteCount)
  }
}
