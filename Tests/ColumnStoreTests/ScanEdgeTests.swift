import ColumnStore
import TestKit
import Testing

@Suite struct ScanOverflowTests {
  private func backend(_ values: [Int64]) throws -> LocalBackend {
    let store = try Store.open(MemoryDirectory(), mode: .readWrite)
    let schema = TableSchema(
      name: "extreme",
      fields: [Field("id", .int64), Field("value", .int64)],
      primaryKey: ["id"]
    )
    let batch = RowBatch(
      columns: [
        "id": .integers(values.indices.map { Int64($0) }, nulls: .none),
        "value": .integers(values, nulls: .none),
      ],
      rowCount: values.count
    )
    try store.write { transaction in
      try transaction.declare(schema)
      _ = try transaction.upsert(batch, into: "extreme")
    }
    return LocalBackend(snapshot: try store.snapshot(), pool: ScanPool(threads: 1))
  }

  private func sum(
    _ expression: Expression,
    _ filter: Predicate = .constant(true),
    keys: [ScanPlan.Key] = []
  ) -> ScanPlan {
    ScanPlan(
      table: "extreme",
      filter: filter,
      keys: keys,
      aggregates: [Aggregate("sum", .sum(expression))]
    )
  }

  @Test func sumsNeedNotFit64Bits() throws {
    let backend = try backend([.max, .max, .min, .max, 7, .max])
    let value = Expression.column("value")
    let expected = Int128(Int64.max) * 4 + Int128(Int64.min) + 7
    let total = try backend.executeNow(sum(value), limits: ScanLimits())
    #expect(total.columns[0].values == .wide([expected]))
    let isPositive = Predicate.compare(value, .greater, .literal(.integer(0), .int64))
    let key = ScanPlan.Key(
      "key",
      .conditional(
        [ConditionalBranch(when: isPositive, then: .literal(.integer(1), .int64))],
        otherwise: .literal(.integer(2), .int64)
      )
    )
    let groups = try backend.executeNow(sum(value, keys: [key]), limits: ScanLimits())
    #expect(groups.columns[1].values == .wide([Int128(Int64.max) * 4 + 7, Int128(Int64.min)]))
    let filtered = try backend.executeNow(sum(value, isPositive), limits: ScanLimits())
    #expect(filtered.columns[0].values == .wide([Int128(Int64.max) * 4 + 7]))
    let byValue = sum(value, keys: [ScanPlan.Key("value", value)])
    let keys = try backend.executeNow(byValue, limits: ScanLimits())
    #expect(keys.columns[0].values == .integers([.min, 7, .max]))
  }

  @Test func rowArithmeticThatDoesNotFitEndsTheScan() throws {
    let backend = try backend([3, .max, 5])
    let double = Expression.arithmetic(.add, .column("value"), .column("value"))
    #expect(throws: StoreError.overflow("the sum of two values of a row")) {
      try backend.executeNow(sum(double), limits: ScanLimits())
    }
  }

  @Test func rowsThatDoNotAskCannotOverflow() throws {
    let backend = try backend([3, .max, 5])
    let value = Expression.column("value")
    let double = Expression.arithmetic(.add, value, value)
    let isSmall = Predicate.compare(value, .less, .literal(.integer(100), .int64))
    let filtered = try backend.executeNow(sum(double, isSmall), limits: ScanLimits())
    #expect(filtered.columns[0].values == .wide([16]))
    let guarded = Expression.conditional(
      [ConditionalBranch(when: isSmall, then: double)],
      otherwise: .literal(.integer(1), .int64)
    )
    let chosen = try backend.executeNow(sum(guarded), limits: ScanLimits())
    #expect(chosen.columns[0].values == .wide([17]))
    let both = ScanPlan(
      table: "extreme",
      aggregates: [Aggregate("sum", .sum(double), filter: isSmall)]
    )
    let aggregate = try backend.executeNow(both, limits: ScanLimits())
    #expect(aggregate.columns[0].values == .wide([16]))
    let condition = Predicate.and([isSmall, .compare(double, .less, .literal(.integer(9), .int64))])
    let tested = try backend.executeNow(sum(value, condition), limits: ScanLimits())
    #expect(tested.columns[0].values == .wide([3]))
  }
}

@Suite struct ScanErrorTests {
  private func error(_ plan: ScanPlan) throws -> StoreError? {
    let snapshot = try ScanFixture(seed: 3, batches: 1, rows: 20).snapshot
    let backend = LocalBackend(snapshot: snapshot, pool: ScanPool(threads: 1))
    return #expect(throws: StoreError.self) { try backend.executeNow(plan, limits: ScanLimits()) }
  }

  private func plan(
    _ function: AggregateFunction = .countRows,
    filter: Predicate = .constant(true),
    keys: [ScanPlan.Key] = []
  ) -> ScanPlan {
    ScanPlan(
      table: "facts",
      filter: filter,
      keys: keys,
      aggregates: [Aggregate("a", function)]
    )
  }

  @Test func namesThatDoNotExistAreErrors() throws {
    #expect(try error(ScanPlan(table: "fact")) == .unknownTable("fact"))
    #expect(
      try error(plan(.sum(.column("amont")))) == .unknownColumn(table: "facts", column: "amont")
    )
    let attribute = Expression.attribute(key: .column("city"), table: "cities", value: "size")
    #expect(try error(plan(.count(attribute))) == .unknownColumn(table: "cities", column: "size"))
    let table = Expression.attribute(key: .column("city"), table: "towns", value: "tier")
    #expect(try error(plan(.count(table))) == .unknownTable("towns"))
  }

  @Test func kindsThatDoNotFitAreErrors() throws {
    let text = Expression.literal(.string("x"), .string)
    let flawed: [ScanPlan] = [
      plan(.sum(.column("channel"))),
      plan(.minimum(.column("note"))),
      plan(.countDistinct([.column("note")])),
      plan(.countDistinct([])),
      plan(.average(.column("amount"), scale: 0)),
      plan(keys: [ScanPlan.Key("note", .column("note"))]),
      plan(keys: [ScanPlan.Key("a", .column("channel"))]),
      plan(filter: .compare(.column("tiny"), .equal, text)),
      plan(filter: .compare(.column("tiny"), .equal, .literal(.double(1), .float64))),
      plan(filter: .isTrue(.column("tiny"))),
      plan(filter: .text(.column("tiny"), .contains("1"))),
      plan(filter: .oneOf(.column("tiny"), [.string("1")])),
      plan(.sum(.arithmetic(.add, .column("tiny"), .column("ratio")))),
      plan(.sum(.part(.hourOfDay, .column("day"), CalendarRule()))),
      plan(.sum(.truncated(.column("tiny"), to: .month, CalendarRule()))),
      plan(.minimum(.truncated(.column("day"), to: .week, CalendarRule(weekStart: 9)))),
      plan(.minimum(.coalesce([]))),
      plan(.minimum(.coalesce([.column("tiny"), text]))),
      plan(.count(.attribute(key: .column("tiny"), table: "cities", value: "tier"))),
      plan(.sum(.literal(.string("x"), .int64))),
      ScanPlan(table: "facts", order: [ScanPlan.Order("nothing")]),
      ScanPlan(table: "facts", limit: -1),
    ]
    for plan in flawed {
      guard case .mismatch(let reason) = try error(plan) else {
        Issue.record("no mismatch: \(plan)")
        continue
      }
      #expect(!reason.isEmpty)
    }
  }

  @Test func deepNestingIsAnErrorAndNoCrash() throws {
    var deep = Predicate.isTrue(.column("open"))
    for _ in 0..<2_000 { deep = .not(deep) }
    #expect(
      try error(plan(filter: deep)) == .limitReached(limit: "levels of nesting", value: "400")
    )
  }
}

@Suite struct ScanTextTests {
  /// Two spellings of one text that look the same are two texts.
  @Test func textsAreToldApartByTheirBytes() throws {
    let store = try Store.open(MemoryDirectory(), mode: .readWrite)
    let schema = TableSchema(
      name: "words",
      fields: [Field("id", .int64), Field("word", .string)],
      primaryKey: ["id"]
    )
    let batch = RowBatch(
      columns: [
        "id": .integers([1, 2, 3], nulls: .none),
        "word": .strings(codes: [0, 1, 0], values: ["caf\u{E9}", "cafe\u{301}"], nulls: .none),
      ],
      rowCount: 3
    )
    try store.write { transaction in
      try transaction.declare(schema)
      _ = try transaction.upsert(batch, into: "words")
    }
    let backend = LocalBackend(snapshot: try store.snapshot(), pool: ScanPool(threads: 1))
    for word in [Expression.column("word"), .text(.lowercase, .column("word"))] {
      let plan = ScanPlan(
        table: "words",
        keys: [ScanPlan.Key("word", word)],
        aggregates: [Aggregate("rows", .countRows)]
      )
      let table = try backend.executeNow(plan, limits: ScanLimits())
      #expect(NumberedTable.integers(table, "rows") == [1, 2])
    }
  }

  @Test func attributesByIntegersFindTheirRows() throws {
    let store = try Store.open(MemoryDirectory(), mode: .readWrite)
    let names = TableSchema(
      name: "names",
      fields: [Field("key", .int64), Field("name", .string, nullable: true)],
      primaryKey: ["key"]
    )
    let facts = TableSchema(
      name: "facts",
      fields: [Field("id", .int64), Field("key", .int64, nullable: true)],
      primaryKey: ["id"]
    )
    for spread in [Int64(1), 1 << 40] {
      let keys = (0..<5).map { Int64($0) * spread - 2 }
      let batch = RowBatch(
        columns: [
          "key": .integers(keys, nulls: .none),
          "name": .strings(
            codes: [0, 1, 2, 0, 1],
            values: ["x", "y", "z"],
            nulls: RowNulls(flags: [false, false, false, true, false])
          ),
        ],
        rowCount: 5
      )
      let rows = RowBatch(
        columns: [
          "id": .integers([1, 2, 3, 4, 5], nulls: .none),
          "key": .integers(
            [keys[0], keys[3], keys[4], keys[4] + 1, 0],
            nulls: RowNulls(flags: [false, false, false, false, true])
          ),
        ],
        rowCount: 5
      )
      try store.write { transaction in
        try transaction.declare(names)
        try transaction.declare(facts)
        _ = try transaction.upsert(batch, into: "names")
        _ = try transaction.upsert(rows, into: "facts")
      }
      let backend = LocalBackend(snapshot: try store.snapshot(), pool: ScanPool(threads: 1))
      let name = Expression.attribute(key: .column("key"), table: "names", value: "name")
      let plan = ScanPlan(
        table: "facts",
        keys: [ScanPlan.Key("name", name)],
        aggregates: [
          Aggregate("rows", .countRows),
          Aggregate(
            "unknown",
            .countRows,
            filter: .isUnknown(key: .column("key"), table: "names")
          ),
        ]
      )
      let table = try backend.executeNow(plan, limits: ScanLimits())
      #expect(table.columns[0].values == .strings(["x", "y", nil]))
      #expect(NumberedTable.integers(table, "rows") == [1, 1, 3])
      #expect(NumberedTable.integers(table, "unknown") == [0, 0, 1])
    }
  }
}
