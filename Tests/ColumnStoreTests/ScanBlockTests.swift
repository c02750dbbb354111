import ColumnStore
import TestKit
import Testing

/// Tables whose rows are known by their numbers, to test sizes, pruning, limits and errors.
enum NumberedTable {
  static let schema = TableSchema(
    name: "numbered",
    fields: [
      Field("id", .int64),
      Field("day", .date),
      Field("group", .string),
      Field("value", .int64, nullable: true),
      Field("bytes", .int64),
    ],
    primaryKey: ["id"],
    sortOrder: ["id"]
  )

  /// Row `n` has id `n`, a day a thousand rows, one of three groups, the value `n - 100` but null
  /// for multiples of seven, and `n % 200`.
  static func snapshot(rows: Int) throws -> Snapshot {
    let store = try Store.open(MemoryDirectory(), mode: .readWrite)
    let numbers = 0..<rows
    let batch = RowBatch(
      columns: [
        "id": .integers(numbers.map { Int64($0) }, nulls: .none),
        "day": .integers(numbers.map { Int64(20_000 + $0 / 1_000) }, nulls: .none),
        "group": .strings(
          codes: numbers.map { UInt32($0 % 3) },
          values: ["a", "b", "c"],
          nulls: .none
        ),
        "value": .integers(
          numbers.map { $0 % 7 == 0 ? 0 : Int64($0) - 100 },
          nulls: rows > 0 ? RowNulls(flags: numbers.map { $0 % 7 == 0 }) : .none
        ),
        "bytes": .integers(numbers.map { Int64($0 % 200) }, nulls: .none),
      ],
      rowCount: rows
    )
    try store.write { transaction in
      try transaction.declare(schema)
      if rows > 0 { _ = try transaction.upsert(batch, into: "numbered") }
    }
    return try store.snapshot()
  }

  static func integers(_ table: ResultTable, _ name: String) -> [Int64?] {
    switch table.column(name)?.values {
    case .integers(let values): values
    case .wide(let values): values.map { $0.flatMap { Int64(exactly: $0) } }
    case .doubles, .strings, .coded, nil: []
    }
  }
}

@Suite struct ScanSizeTests {
  @Test(arguments: [0, 1, 63, 64, 65, 4_095, 4_096, 4_097, 65_535, 65_536, 65_537])
  func everySizeIsCountedWhole(rows: Int) throws {
    let backend = LocalBackend(
      snapshot: try NumberedTable.snapshot(rows: rows),
      pool: ScanPool(threads: 2, inlineRows: 0)
    )
    let odd = Predicate.oneOf(.column("group"), [.string("b"), .string("c")])
    let plan = ScanPlan(
      table: "numbered",
      filter: odd,
      aggregates: [
        Aggregate("rows", .countRows),
        Aggregate("sum", .sum(.column("value"))),
        Aggregate(
          "few",
          .sum(.column("id")),
          filter: .compare(.column("bytes"), .less, .literal(.integer(3), .int64))
        ),
        Aggregate("least", .minimum(.column("value"))),
        Aggregate("most", .maximum(.column("value"))),
        Aggregate("different", .countDistinct([.column("bytes"), .column("group")])),
      ]
    )
    let table = try backend.executeNow(plan, limits: ScanLimits())
    let kept = (0..<rows).filter { $0 % 3 != 0 }
    let values = kept.filter { $0 % 7 != 0 }.map { Int64($0) - 100 }
    #expect(table.rowCount == 1)
    #expect(NumberedTable.integers(table, "rows") == [Int64(kept.count)])
    #expect(NumberedTable.integers(table, "sum") == [values.isEmpty ? nil : values.reduce(0, +)])
    let few = kept.filter { $0 % 200 < 3 }.map { Int64($0) }
    #expect(NumberedTable.integers(table, "few") == [few.isEmpty ? nil : few.reduce(0, +)])
    #expect(NumberedTable.integers(table, "least") == [values.min()])
    #expect(NumberedTable.integers(table, "most") == [values.max()])
    let pairs = Set(kept.map { [$0 % 200, $0 % 3] })
    #expect(NumberedTable.integers(table, "different") == [Int64(pairs.count)])
    let grouped = ScanPlan(
      table: "numbered",
      filter: odd,
      keys: [ScanPlan.Key("group", .column("group"))],
      aggregates: plan.aggregates
    )
    let groups = try backend.executeNow(grouped, limits: ScanLimits())
    #expect(NumberedTable.integers(groups, "rows").reduce(0) { $0 + ($1 ?? 0) } == kept.count)
    #expect(groups.rowCount == min(2, kept.count))
  }
}

@Suite struct ScanPruningTests {
  private func backend(rows: Int = 200_000) throws -> LocalBackend {
    LocalBackend(
      snapshot: try NumberedTable.snapshot(rows: rows),
      pool: ScanPool(threads: 2)
    )
  }

  private func statistics(_ filter: Predicate, _ backend: LocalBackend) throws -> ScanStatistics {
    let plan = ScanPlan(
      table: "numbered",
      filter: filter,
      keys: [ScanPlan.Key("group", .column("group"))],
      aggregates: [Aggregate("sum", .sum(.column("bytes")))]
    )
    return try backend.executeNow(plan, limits: ScanLimits()).statistics
  }

  @Test func zoneMapsRuleBlocksOut() throws {
    let backend = try backend()
    let day = Expression.column("day")
    func date(_ number: Int64) -> Expression { .literal(.integer(20_000 + number), .date) }
    let cases: [(Predicate, pruned: Int, proven: Int)] = [
      (.constant(true), 0, 4), (.constant(false), 4, 0),
      (.compare(day, .less, date(60)), 3, 0),
      (.compare(day, .greaterOrEqual, date(66)), 1, 2),
      (.compare(day, .greaterOrEqual, date(300)), 4, 0),
      (.not(.compare(day, .less, date(66))), 1, 2),
      (.and([.compare(day, .greater, date(70)), .compare(day, .less, date(80))]), 3, 0),
      (.or([.compare(day, .less, date(10)), .compare(day, .greater, date(190))]), 1, 1),
      (
        .compare(
          .truncated(day, to: .year, CalendarRule()),
          .equal,
          .literal(.integer(19_723), .date)
        ), 2, 1
      ),
      (.compare(.truncated(day, to: .month, CalendarRule()), .greater, date(160)), 2, 1),
      (.compare(.column("group"), .equal, .literal(.string("absent"), .string)), 4, 0),
      (.compare(.column("group"), .notEqual, .literal(.string("absent"), .string)), 0, 4),
      (.isNull(.column("day")), 4, 0), (.not(.isNull(.column("value"))), 0, 0),
    ]
    for (filter, pruned, proven) in cases {
      let found = try statistics(filter, backend)
      #expect(found.blocks == 4)
      #expect(found.prunedBlocks == pruned, "\(filter)")
      #expect(found.provenBlocks == proven, "\(filter)")
    }
  }

  /// No closure, existential or enum value a row: the number of calls grows with blocks, not rows.
  @Test func kernelCallsGrowWithBlocksOnly() throws {
    for rows in [1_000, 65_536, 200_000] {
      let backend = try backend(rows: rows)
      let filter = Predicate.and([
        .compare(.column("value"), .greater, .literal(.integer(5), .int64)),
        .oneOf(.column("group"), [.string("a"), .string("c")]),
      ])
      let plan = ScanPlan(
        table: "numbered",
        filter: filter,
        keys: [
          ScanPlan.Key("group", .column("group")),
          ScanPlan.Key("month", .truncated(.column("day"), to: .month, CalendarRule())),
        ],
        aggregates: [
          Aggregate("sum", .sum(.column("value"))), Aggregate("rows", .countRows),
          Aggregate("average", .average(.column("bytes"), scale: 1)),
        ]
      )
      let found = try backend.executeNow(plan, limits: ScanLimits()).statistics
      #expect(found.rows == rows)
      #expect(found.kernelCalls > 0)
      #expect(found.kernelCalls <= 80 * found.blocks)
    }
  }

  @Test func totalsComeFromZoneMaps() throws {
    let plan = ScanPlan(
      table: "numbered",
      aggregates: [
        Aggregate("sum", .sum(.column("value"))), Aggregate("most", .maximum(.column("value"))),
      ]
    )
    let table = try backend(rows: 70_000).executeNow(plan, limits: ScanLimits())
    #expect(table.statistics.decodedPages + table.statistics.cachedPages == 0)
    let values = (0..<70_000).filter { $0 % 7 != 0 }.map { Int64($0) - 100 }
    #expect(NumberedTable.integers(table, "sum") == [values.reduce(0, +)])
    #expect(NumberedTable.integers(table, "most") == [values.max()])
  }
}

@Suite struct ScanLimitTests {
  private let plan = ScanPlan(
    table: "numbered",
    keys: [ScanPlan.Key("id", .column("id"))],
    aggregates: [Aggregate("most", .maximum(.column("value")))]
  )

  private func error(_ limits: ScanLimits, rows: Int = 5_000) throws -> StoreError? {
    let snapshot = try NumberedTable.snapshot(rows: rows)
    let backend = LocalBackend(snapshot: snapshot, pool: ScanPool(threads: 1))
    return #expect(throws: StoreError.self) { try backend.executeNow(plan, limits: limits) }
  }

  @Test func everyLimitEndsTheScan() throws {
    #expect(try error(ScanLimits(rows: 4_999)) == .limitReached(limit: "rows", value: "4999"))
    #expect(try error(ScanLimits(groups: 100)) == .limitReached(limit: "groups", value: "100"))
    #expect(
      try error(ScanLimits(bytes: 1_000))
        == .limitReached(limit: "bytes of memory", value: "1000")
    )
    #expect(
      try error(ScanLimits(time: .zero)) == .limitReached(limit: "of time", value: "0.0 seconds")
    )
  }

  @Test func cancelledTaskEndsWithTheReason() async throws {
    let snapshot = try NumberedTable.snapshot(rows: 5_000)
    let backend = LocalBackend(snapshot: snapshot, pool: ScanPool(threads: 2))
    let plan = self.plan
    let task = Task {
      // The scan begins when the task is cancelled already, so it can end in one way only.
      while !Task.isCancelled { await Task.yield() }
      return try await backend.execute(plan, limits: ScanLimits())
    }
    task.cancel()
    await #expect(throws: StoreError.cancelled) { try await task.value }
  }

  @Test func asynchronousAnswerEqualsTheOther() async throws {
    let snapshot = try NumberedTable.snapshot(rows: 5_000)
    let backend = LocalBackend(snapshot: snapshot, pool: ScanPool(threads: 2))
    let one = try await backend.execute(plan, limits: ScanLimits())
    let other = try backend.executeNow(plan, limits: ScanLimits())
    #expect(one.columns == other.columns)
    #expect(one.rowCount == 5_000)
  }
}
