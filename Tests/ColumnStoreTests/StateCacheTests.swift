import TestKit
import Testing

@testable import ColumnStore

/// Answers from kept states against full scans, over random histories.
@Suite struct StateCacheTests {
  /// A store that changes by inserts, changed rows and changed attributes.
  private struct History {
    let store: Store
    var random: SeededRandom
    private var nextID: Int64 = 0

    init(seed: UInt64) throws {
      store = try Store.open(MemoryDirectory(), mode: .readWrite)
      random = SeededRandom(seed: seed)
      try store.write { transaction in
        try transaction.declare(ScanFixture.facts)
        try transaction.declare(ScanFixture.cities)
      }
    }

    /// Commits new rows, changes of old ones, or both; sometimes of the cities.
    mutating func step(_ number: Int) throws {
      var rows: [ScanFixture.Row] = []
      for _ in 0..<Int.random(in: 0...60, using: &random) {
        rows.append(ScanFixture.fact(nextID, batch: number, &random))
        nextID += 1
      }
      if Bool.random(using: &random), nextID > 0 {
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          let id = Int64.random(in: 0..<nextID, using: &random)
          rows.append(ScanFixture.fact(id, batch: number + 1, &random))
        }
      }
      var cities: [ScanFixture.Row] = []
      if Int.random(in: 0..<4, using: &random) == 0 {
        let city = Int.random(in: 0..<9, using: &random)
        var row = ScanFixture.city(city, &random)
        row["tier"] = .integer(Int64.random(in: 0...4, using: &random))
        cities.append(row)
      }
      try store.write { transaction in
        _ = try transaction.upsert(ScanFixture.batch(rows, ScanFixture.facts), into: "facts")
        _ = try transaction.upsert(ScanFixture.batch(cities, ScanFixture.cities), into: "cities")
      }
    }
  }

  @Test(arguments: [UInt64(1), 2, 3, 4, 5, 6])
  func keptStatesGiveTheAnswersOfFullScans(seed: UInt64) throws {
    var history = try History(seed: seed)
    var generator = ScanPlanGenerator(seed: seed &* 131)
    let plans = (0..<40).map { _ in generator.plan() }
    let cache = StateCache(byteBudget: 64 << 20)
    let pool = ScanPool(threads: 2)
    var reused = 0
    for step in 0..<10 {
      try history.step(step)
      let snapshot = try history.store.snapshot()
      let kept = LocalBackend(snapshot: snapshot, pool: pool, states: cache)
      let full = LocalBackend(snapshot: snapshot, pool: pool)
      for (number, plan) in plans.enumerated() {
        let expected = outcome { () throws(StoreError) in
          try full.executeNow(plan, limits: ScanLimits())
        }
        let found = outcome { () throws(StoreError) in
          try kept.executeNow(plan, limits: ScanLimits())
        }
        try #require(
          found.columns == expected.columns && found.error == expected.error,
          "seed \(seed), step \(step), plan \(number)\n\(plan)"
        )
        reused += found.reusedSegments
      }
    }
    #expect(reused > 300, "most plans are answered from states")
  }

  private func outcome(
    _ run: () throws(StoreError) -> ResultTable
  ) -> (columns: [ResultTable.Column]?, error: StoreError?, reusedSegments: Int) {
    do throws(StoreError) {
      let table = try run()
      return (table.columns, nil, table.statistics.reusedSegments)
    } catch {
      return (nil, error, 0)
    }
  }

  private let plan = ScanPlan(
    table: "facts",
    keys: [ScanPlan.Key("channel", .column("channel"))],
    aggregates: [
      Aggregate("rows", .countRows), Aggregate("cities", .countDistinct([.column("city")])),
    ]
  )

  @Test func onlyNewSegmentsAreScanned() throws {
    var history = try History(seed: 9)
    let cache = StateCache(byteBudget: 64 << 20)
    let pool = ScanPool(threads: 1)
    var scanned: [Int] = []
    for _ in 0..<4 {
      try history.store.write { transaction in
        let first = Int64(scanned.count * 100)
        let rows = (first..<(first + 100)).map {
          ScanFixture.fact($0, batch: 0, &history.random)
        }
        _ = try transaction.upsert(ScanFixture.batch(rows, ScanFixture.facts), into: "facts")
      }
      let snapshot = try history.store.snapshot()
      let table = try LocalBackend(snapshot: snapshot, pool: pool, states: cache)
        .executeNow(plan, limits: ScanLimits())
      scanned.append(table.statistics.rows)
    }
    // States are made when the plan comes back on a second version.
    #expect(scanned == [100, 200, 100, 100])
  }

  @Test func aRepetitionOnOneVersionIsScannedInFullWhereOnlyChangesMayReuse() throws {
    var history = try History(seed: 10)
    for step in 0..<3 { try history.step(step) }
    let cache = StateCache(byteBudget: 64 << 20)
    let pool = ScanPool(threads: 1)
    let limits = ScanLimits()
    func backend(_ use: StateCache.Use) throws -> LocalBackend {
      LocalBackend(snapshot: try history.store.snapshot(), pool: pool, states: cache, use: use)
    }
    for use in [StateCache.Use.afterChanges, .making, .making, .afterChanges] {
      let table = try backend(use).executeNow(plan, limits: limits)
      #expect(table.statistics.reusedSegments == 0)
    }
    #expect(cache.byteCount > 0, "the states were made")
    try history.step(4)
    let after = try backend(.afterChanges)
    #expect(try after.executeNow(plan, limits: limits).statistics.reusedSegments > 0)
    #expect(try after.executeNow(plan, limits: limits).statistics.reusedSegments == 0)
  }

  @Test func plansAreForgottenWhereTheBudgetEnds() throws {
    var history = try History(seed: 11)
    for step in 0..<4 { try history.step(step) }
    let backend = LocalBackend(snapshot: try history.store.snapshot(), pool: ScanPool(threads: 1))
    let states = StateCache(byteBudget: 60_000)
    let kept = LocalBackend(
      snapshot: try history.store.snapshot(),
      pool: ScanPool(threads: 1),
      states: states,
      use: .making
    )
    for limit in 1...40 {
      var limited = plan
      limited.limit = limit
      let expected = try backend.executeNow(limited, limits: ScanLimits())
      let table = try kept.executeNow(limited, limits: ScanLimits())
      #expect(table.columns == expected.columns)
      #expect(states.byteCount <= 60_000)
    }
    #expect(states.byteCount > 0)
  }

  @Test func aPlanThatNeedsMoreThanItsShareIsScannedInFull() throws {
    var history = try History(seed: 12)
    for step in 0..<4 { try history.step(step) }
    let states = StateCache(byteBudget: 100)
    let backend = LocalBackend(
      snapshot: try history.store.snapshot(),
      pool: ScanPool(threads: 1),
      states: states,
      use: .making
    )
    for _ in 0..<3 {
      let table = try backend.executeNow(plan, limits: ScanLimits())
      #expect(table.statistics.reusedSegments == 0)
    }
    #expect(states.byteCount == 0)
  }

  @Test func aPlanWhoseSetsNeedTooMuchMemoryIsScannedInFull() throws {
    let store = try Store.open(MemoryDirectory(), mode: .readWrite)
    var random = SeededRandom(seed: 14)
    try store.write { transaction in
      try transaction.declare(ScanFixture.facts)
      let rows = (0..<20_000).map { ScanFixture.fact($0, batch: 0, &random) }
      _ = try transaction.upsert(ScanFixture.batch(rows, ScanFixture.facts), into: "facts")
    }
    var wide = plan
    wide.aggregates = [Aggregate("ids", .countDistinct([.column("id"), .column("day")]))]
    let limits = ScanLimits(bytes: 400_000)
    let states = StateCache(byteBudget: 64 << 20)
    let pool = ScanPool(threads: 1)
    let backend = LocalBackend(
      snapshot: try store.snapshot(),
      pool: pool,
      states: states,
      use: .making
    )
    let full = LocalBackend(snapshot: try store.snapshot(), pool: pool)
    let expected = outcome { () throws(StoreError) in try full.executeNow(wide, limits: limits) }
    let found = outcome { () throws(StoreError) in try backend.executeNow(wide, limits: limits) }
    #expect(found.columns == expected.columns && found.error == expected.error)
    #expect(states.byteCount == 0)
  }

  @Test func aPlanOfManyGroupsIsScannedInFull() throws {
    var history = try History(seed: 13)
    let states = StateCache(byteBudget: 64 << 20, groupLimit: 2)
    for step in 0..<4 {
      try history.step(step)
      let backend = LocalBackend(
        snapshot: try history.store.snapshot(),
        pool: ScanPool(threads: 1),
        states: states
      )
      let table = try backend.executeNow(plan, limits: ScanLimits())
      #expect(table.statistics.reusedSegments == 0)
    }
  }
}
