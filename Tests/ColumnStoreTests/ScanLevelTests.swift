import ColumnStore
import TestKit
import Testing

/// Plans give the same answers at every level of kernels, for tables of several blocks and strips.
@Suite struct ScanLevelTests {
  @Test(arguments: KernelLevel.allCases)
  func executorAgreesWithRows(level: KernelLevel) throws {
    guard level.isSupported else { return }
    let seed = 500 + UInt64(level.rawValue)
    let fixture = try ScanFixture(seed: seed, batches: 3, rows: 300)
    let reference = ScanReference(fixture)
    let pool = ScanPool(threads: 2, inlineRows: 0, kernels: level)
    let backend = LocalBackend(snapshot: fixture.snapshot, pool: pool)
    var generator = ScanPlanGenerator(seed: seed &* 977)
    for number in 0..<120 {
      let plan = generator.plan()
      let table = try backend.executeNow(plan, limits: ScanLimits())
      let difference = ScanAnswer.difference(table, reference.answer(plan))
      try #require(difference == nil, "seed \(seed), plan \(number): \(difference ?? "")\n\(plan)")
    }
  }

  /// Rows of a table that is large enough for several strips, with nulls, narrow and wide codes, and
  /// more groups than one word's fields can hold for a block.
  private static func snapshot(rows: Int) throws -> Snapshot {
    let schema = TableSchema(
      name: "lines",
      fields: [
        Field("id", .int64), Field("day", .date), Field("channel", .string),
        Field("sku", .int32), Field("status", .string, nullable: true),
        Field("quantity", .int32), Field("gross", .decimal),
        Field("discount", .decimal, nullable: true), Field("odd", .int64),
      ],
      primaryKey: ["id"],
      sortOrder: ["day"]
    )
    var random = SeededRandom(seed: 71)
    func draw(_ count: Int) -> [Int64] {
      (0..<rows).map { _ in Int64.random(in: 0..<Int64(count), using: &random) }
    }
    let nulls = draw(9).map { $0 == 0 }
    let discountNulls = draw(5).map { $0 == 0 }
    let batch = RowBatch(
      columns: [
        "id": .integers((0..<rows).map { Int64($0) }, nulls: .none),
        "day": .integers((0..<rows).map { Int64(20_000 + $0 / 900) }, nulls: .none),
        "channel": .strings(
          codes: draw(5).map { UInt32($0) },
          values: ["a", "b", "c", "d", "e"],
          nulls: .none
        ),
        "sku": .integers(draw(1_500), nulls: .none),
        "status": .strings(
          codes: zip(draw(4), nulls).map { $1 ? 0 : UInt32($0) },
          values: ["new", "sent", "lost", "back"],
          nulls: RowNulls(flags: nulls)
        ),
        "quantity": .integers(draw(7).map { $0 + 1 }, nulls: .none),
        "gross": .integers(draw(9_000).map { ($0 - 500) * 10_000 }, nulls: .none),
        "discount": .integers(
          zip(draw(90_000), discountNulls).map { $1 ? 0 : $0 * 100 },
          nulls: RowNulls(flags: discountNulls)
        ),
        "odd": .integers(draw(1 << 40).map { $0 - 1 << 39 }, nulls: .none),
      ],
      rowCount: rows
    )
    let store = try Store.open(MemoryDirectory(), mode: .readWrite)
    try store.write { transaction in
      try transaction.declare(schema)
      _ = try transaction.upsert(batch, into: "lines")
    }
    return try store.snapshot()
  }

  private static var plans: [ScanPlan] {
    let net = Expression.arithmetic(.subtract, .column("gross"), .column("discount"))
    let twice = Expression.arithmetic(
      .multiply,
      .column("quantity"),
      .literal(.integer(-2), .int64)
    )
    let sent = Predicate.compare(
      .column("status"),
      .equal,
      .literal(.string("sent"), .string)
    )
    let aggregates = [
      Aggregate("net", .sum(net)), Aggregate("units", .sum(.column("quantity"))),
      Aggregate("rows", .countRows), Aggregate("known", .count(.column("discount"))),
      Aggregate("sent", .sum(twice), filter: sent), Aggregate("odd", .sum(.column("odd"))),
      Aggregate("most", .maximum(net)), Aggregate("skus", .countDistinct([.column("sku")])),
    ]
    let month = Expression.truncated(.column("day"), to: .month, CalendarRule())
    let filters: [Predicate] = [
      .constant(true), .not(.oneOf(.column("status"), [.string("lost"), .string("back")])),
      .oneOf(.column("sku"), [3, 99, 700, 701, 1_400].map { .integer($0) }),
      .compare(.column("day"), .less, .literal(.integer(20_075), .date)),
    ]
    let keys: [[ScanPlan.Key]] = [
      [], [ScanPlan.Key("channel", .column("channel"))],
      [ScanPlan.Key("channel", .column("channel")), ScanPlan.Key("month", month)],
      [ScanPlan.Key("status", .column("status")), ScanPlan.Key("day", .column("day"))],
      [ScanPlan.Key("sku", .column("sku"))],
      [ScanPlan.Key("sku", .column("sku")), ScanPlan.Key("channel", .column("channel"))],
    ]
    return filters.flatMap { filter in
      keys.map { ScanPlan(table: "lines", filter: filter, keys: $0, aggregates: aggregates) }
    }
  }

  /// Adds up rows without any of the scan's ways of grouping: one plan for each group.
  @Test func groupsAreWhatTheirFiltersSay() throws {
    let snapshot = try Self.snapshot(rows: 70_000)
    let pool = ScanPool(threads: 1)
    let backend = LocalBackend(snapshot: snapshot, pool: pool)
    for plan in Self.plans where plan.keys.count == 1 && plan.keys[0].name == "channel" {
      let table = try backend.executeNow(plan, limits: ScanLimits())
      for (row, channel) in ["a", "b", "c", "d", "e"].enumerated() {
        var single = plan
        single.keys = []
        single.filter = .and([
          plan.filter, .compare(.column("channel"), .equal, .literal(.string(channel), .string)),
        ])
        let expected = try backend.executeNow(single, limits: ScanLimits())
        for name in plan.aggregates.map(\.name) {
          #expect(
            NumberedTable.integers(table, name)[row]
              == NumberedTable.integers(expected, name)[0],
            "\(name) of \(channel)"
          )
        }
      }
    }
  }

  @Test func levelsAndThreadsGiveEqualAnswers() throws {
    let snapshot = try Self.snapshot(rows: 150_000)
    let first = LocalBackend(
      snapshot: snapshot,
      pool: ScanPool(threads: 1, inlineRows: 0, kernels: .portable)
    )
    for (number, plan) in Self.plans.enumerated() {
      let expected = try first.executeNow(plan, limits: ScanLimits())
      for level in KernelLevel.supported {
        let pool = ScanPool(threads: 3, inlineRows: 0, kernels: level)
        let backend = LocalBackend(snapshot: snapshot, pool: pool)
        let table = try backend.executeNow(plan, limits: ScanLimits())
        try #require(table.columns == expected.columns, "plan \(number) at \(level)")
      }
    }
  }
}
