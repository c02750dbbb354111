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
    ///
    /// Sometimes small segments are merged.
    mutating func step(_ number: Int) throws {
      var rows: [ScanFixture.Row] = []
      for _ in 0..<(number == 0 ? 400 : Int.random(in: 0...60, using: &random)) {
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
      if Int.random(in: 0..<4, using: &random) == 0 {
        _ = try store.compact(CompactionTests.eager)
      }
    }

    /// Commits cities only.
    mutating func changeAnotherTable() throws {
      let cities = [ScanFixture.city(20, &random)]
      try store.write { transaction in
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
    #expect(reused > 150, "most plans are answered from states")
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
      Aggregate("rows", .countRows), Aggregate("ids", .countDistinct([.column("id")])),
    ]
  )

  @Test func onlyNewRowsAreScanned() throws {
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

  @Test func aChangeOfAnotherTableLeavesStatesCurrentAndIsUsedOnce() throws {
    var history = try History(seed: 13)
    for step in 0..<3 { try history.step(step) }
    let cache = StateCache(byteBudget: 64 << 20)
    let pool = ScanPool(threads: 1)
    func run(_ use: StateCache.Use) throws -> ResultTable {
      let snapshot = try history.store.snapshot()
      return try LocalBackend(snapshot: snapshot, pool: pool, states: cache, use: use)
        .executeNow(plan, limits: ScanLimits())
    }
    let expected = try run(.making)
    try history.changeAnotherTable()
    let reused = try run(.afterChanges)
    #expect(reused.columns == expected.columns)
    #expect(reused.statistics.reusedSegments > 0)
    #expect(reused.statistics.rows == 0)
    #expect(try run(.afterChanges).statistics.reusedSegments == 0)
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

  @Test(arguments: [UInt64(21), 22, 23, 24])
  func theFirstOfManyGroupsAreThoseOfFullScans(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let store = try Store.open(MemoryDirectory(), mode: .readWrite)
    let schema = TableSchema(
      name: "sales",
      fields: [
        Field("id", .int64), Field("customer", .int64), Field("order", .int64),
        Field("amount", .decimal, nullable: true),
      ],
      primaryKey: ["id"]
    )
    try store.write { transaction in try transaction.declare(schema) }
    func write(_ ids: Range<Int64>) throws {
      let rows = ids.map { id -> ScanFixture.Row in
        let amount = Int64.random(in: -50...400, using: &random) * (seed % 2 == 0 ? 1 : 10_000)
        return [
          "id": .integer(id),
          "customer": .integer(Int64.random(in: 0..<9_000, using: &random)),
          "order": .integer(id / 3),
          "amount": Int.random(in: 0..<5, using: &random) == 0 ? .null : .integer(amount),
        ]
      }
      try store.write { transaction in
        _ = try transaction.upsert(ScanFixture.batch(rows, schema), into: "sales")
      }
    }
    try write(0..<30_000)
    let plans = [(true, 5, false), (false, 5, true), (true, 40, true), (false, 3_000, false)].map {
      descending,
      limit,
      keepsTies in
      ScanPlan(
        table: "sales",
        keys: [ScanPlan.Key("customer", .column("customer"))],
        aggregates: [
          Aggregate("orders", .countDistinct([.column("order")])),
          Aggregate("amount", .sum(.column("amount"))),
        ],
        order: [ScanPlan.Order(limit == 40 ? "orders" : "amount", descending: descending)],
        limit: limit,
        keepsTies: keepsTies
      )
    }
    let cache = StateCache(byteBudget: 64 << 20)
    let pool = ScanPool(threads: 2)
    var reused = 0
    for step in 0..<8 {
      let kept = LocalBackend(snapshot: try store.snapshot(), pool: pool, states: cache)
      let full = LocalBackend(snapshot: try store.snapshot(), pool: pool)
      for plan in plans {
        let expected = try full.executeNow(plan, limits: ScanLimits())
        let found = try kept.executeNow(plan, limits: ScanLimits())
        try #require(found.columns == expected.columns, "seed \(seed), step \(step), \(plan)")
        #expect(found.groupCount == expected.groupCount)
        reused += found.statistics.reusedSegments
      }
      let next = Int64(30_000 + step * 100)
      try write(next..<(next + 100))
      if step % 2 == 1 {
        let first = Int64.random(in: 0..<29_000, using: &random)
        try write(first..<(first + 400))
      }
    }
    #expect(reused > 40, "most answers come from kept groups")
  }

  @Test func reportsOnAnEarlierVersionGetItsRows() throws {
    var history = try History(seed: 31)
    for step in 0..<3 { try history.step(step) }
    let cache = StateCache(byteBudget: 64 << 20)
    let pool = ScanPool(threads: 1)
    let earlier = try history.store.snapshot()
    try history.store.write { transaction in
      let rows = (0..<7).map { ScanFixture.fact($0 * 3, batch: 9, &history.random) }
      _ = try transaction.upsert(ScanFixture.batch(rows, ScanFixture.facts), into: "facts")
    }
    let later = try history.store.snapshot()
    for round in 0..<3 {
      for snapshot in [earlier, later, earlier, later] {
        let kept = LocalBackend(snapshot: snapshot, pool: pool, states: cache)
        let found = try kept.executeNow(plan, limits: ScanLimits())
        let full = LocalBackend(snapshot: snapshot, pool: pool)
        let expected = try full.executeNow(plan, limits: ScanLimits())
        #expect(found.columns == expected.columns, "round \(round)")
      }
    }
    #expect(cache.byteCount > 0)
  }

  @Test func equalDistinctCountsOfDifferentRowsAreKept() throws {
    var history = try History(seed: 32)
    let cache = StateCache(byteBudget: 64 << 20)
    let pool = ScanPool(threads: 1)
    let open = Predicate.isTrue(.column("open"))
    let plan = ScanPlan(
      table: "facts",
      keys: [ScanPlan.Key("channel", .column("channel"))],
      aggregates: [
        Aggregate("ids", .countDistinct([.column("id")])),
        Aggregate("open ids", .countDistinct([.column("id")]), filter: open),
        Aggregate("cities", .countDistinct([.column("city")])),
        Aggregate("open cities", .countDistinct([.column("city")]), filter: open),
      ]
    )
    var reused = 0
    for step in 0..<8 {
      try history.step(step)
      let snapshot = try history.store.snapshot()
      let found = try LocalBackend(snapshot: snapshot, pool: pool, states: cache)
        .executeNow(plan, limits: ScanLimits())
      let expected = try LocalBackend(snapshot: snapshot, pool: pool)
        .executeNow(plan, limits: ScanLimits())
      #expect(found.columns == expected.columns)
      reused += found.statistics.reusedSegments
    }
    #expect(reused > 0, "the plan is answered from its groups")
  }

  @Test(arguments: [1, 63, 64, 65, 65_535, 65_536, 65_537, 131_072])
  func theComplementOfDeletionsLeavesTheNewOnes(rowCount: Int) {
    var random = SeededRandom(seed: UInt64(rowCount))
    var earlier = DeletionVector(rowCount: rowCount)
    for _ in 0..<min(rowCount, 50) { earlier.insert(Int.random(in: 0..<rowCount, using: &random)) }
    var later = earlier
    for _ in 0..<min(rowCount, 90) { later.insert(Int.random(in: 0..<rowCount, using: &random)) }
    for (before, vector) in [(earlier, later), (DeletionVector(rowCount: rowCount), later)] {
      let complement = vector.complement(since: before)
      let left = (0..<rowCount).filter { !complement.contains($0) }
      #expect(left == (0..<rowCount).filter { vector.contains($0) && !before.contains($0) })
      #expect(complement.deletedCount == rowCount - left.count)
    }
    #expect(later.complement(since: nil).deletedCount == rowCount - later.deletedCount)
  }

  @Test func smallestValuesThatGoAreFoundAnew() throws {
    let store = try Store.open(MemoryDirectory(), mode: .readWrite)
    let schema = TableSchema(
      name: "sales",
      fields: [Field("id", .int64), Field("amount", .int64)],
      primaryKey: ["id"]
    )
    try store.write { transaction in try transaction.declare(schema) }
    func write(_ rows: [(id: Int64, amount: Int64)]) throws {
      let rows = rows.map { ["id": Scalar.integer($0.id), "amount": .integer($0.amount)] }
      try store.write { transaction in
        _ = try transaction.upsert(ScanFixture.batch(rows, schema), into: "sales")
      }
    }
    let plan = ScanPlan(
      table: "sales",
      aggregates: [Aggregate("least", .minimum(.column("amount")))]
    )
    let cache = StateCache(byteBudget: 1 << 20)
    let pool = ScanPool(threads: 1)
    try write((0..<100).map { ($0, $0 + 10) })
    var answers: [ResultTable.Column.Values] = []
    for changed in [(id: Int64(5), amount: Int64(90)), (0, 95), (200, 3), (1, 7)] {
      try write([changed])
      let backend = LocalBackend(snapshot: try store.snapshot(), pool: pool, states: cache)
      answers.append(try backend.executeNow(plan, limits: ScanLimits()).columns[0].values)
    }
    #expect(answers == [10, 11, 3, 3].map { .integers([$0]) })
  }
}
