import ColumnStore
import TestKit
import Testing

@Suite struct ScanBackendTests {
  @Test func sumsByTwoKeys() throws {
    let fixture = try ScanFixture(seed: 1, batches: 2, rows: 300)
    let backend = LocalBackend(snapshot: fixture.snapshot, pool: ScanPool(threads: 2))
    let plan = ScanPlan(
      table: "facts",
      keys: [
        ScanPlan.Key("channel", .column("channel")),
        ScanPlan.Key("month", .truncated(.column("day"), to: .month, CalendarRule())),
      ],
      aggregates: [
        Aggregate("rows", .countRows), Aggregate("amount", .sum(.column("amount"))),
      ]
    )
    let table = try backend.executeNow(plan, limits: ScanLimits())
    #expect(table.rowCount > 10)
    guard case .integers(let counts) = table.column("rows")?.values else {
      Issue.record("counts are integers")
      return
    }
    #expect(counts.reduce(0) { $0 + ($1 ?? 0) } == Int64(fixture.factRows.count))
    guard case .wide(let sums) = table.column("amount")?.values else {
      Issue.record("sums are wide")
      return
    }
    let expected = fixture.factRows.reduce(Int128(0)) {
      $0 + Int128(ScanFixture.integer($1["amount"]))
    }
    #expect(sums.reduce(0) { $0 + ($1 ?? 0) } == expected)
  }
}

@Suite struct ScanDifferenceTests {
  /// The executor and a plain row evaluator agree on random plans over random rows.
  @Test(arguments: [UInt64(11), 12, 13, 14])
  func executorAgreesWithRows(seed: UInt64) throws {
    let rows = [40, 150, 400, 0][Int(seed % 4)]
    let fixture = try ScanFixture(seed: seed, batches: 3, rows: rows)
    let reference = ScanReference(fixture)
    let backend = LocalBackend(snapshot: fixture.snapshot, pool: ScanPool(threads: 2))
    var generator = ScanPlanGenerator(seed: seed &* 977)
    for number in 0..<120 {
      let plan = generator.plan()
      do {
        let table = try backend.executeNow(plan, limits: ScanLimits())
        let difference = ScanAnswer.difference(table, reference.answer(plan))
        try #require(
          difference == nil,
          "seed \(seed), plan \(number): \(difference ?? "")\n\(plan)"
        )
      } catch let error as StoreError {
        Issue.record("seed \(seed), plan \(number): \(error)\n\(plan)")
        return
      }
    }
  }
}

extension ScanDifferenceTests {
  /// The number of threads changes nothing, sums of doubles included.
  @Test func threadsGiveEqualAnswers() throws {
    let fixture = try ScanFixture(seed: 77, batches: 6, rows: 60)
    let one = LocalBackend(snapshot: fixture.snapshot, pool: ScanPool(threads: 1))
    let four = LocalBackend(
      snapshot: fixture.snapshot,
      pool: ScanPool(threads: 4, inlineRows: 0)
    )
    var generator = ScanPlanGenerator(seed: 78)
    for number in 0..<120 {
      let plan = generator.plan()
      let left = try one.executeNow(plan, limits: ScanLimits())
      let right = try four.executeNow(plan, limits: ScanLimits())
      try #require(left.columns == right.columns, "plan \(number): \(plan)")
    }
  }
}

extension ScanDifferenceTests {
  /// The sizes at which the executor changes its ways change no answer.
  @Test func waysGiveEqualAnswers() throws {
    let fixture = try ScanFixture(seed: 91, batches: 6, rows: 60)
    let usual = LocalBackend(snapshot: fixture.snapshot, pool: ScanPool(threads: 1))
    var generator = ScanPlanGenerator(seed: 92)
    for number in 0..<120 {
      let plan = generator.plan()
      let expected = try usual.executeNow(plan, limits: ScanLimits())
      for tuning in ScanTuning.extremes {
        let other = LocalBackend(
          snapshot: fixture.snapshot,
          pool: ScanPool(threads: 3, inlineRows: 0),
          tuning: tuning
        )
        let found = try other.executeNow(plan, limits: ScanLimits())
        try #require(found.columns == expected.columns, "plan \(number), \(tuning): \(plan)")
        try #require(found.groupCount == expected.groupCount, "plan \(number): \(plan)")
      }
    }
  }
}

extension ScanDifferenceTests {
  /// More groups than are emptied at once have the sums that hashing finds.
  @Test func manyGroupsAddUpLikeHashedOnes() throws {
    let snapshot = try NumberedTable.snapshot(rows: 60_000)
    let pool = ScanPool(threads: 2, inlineRows: 0)
    let plan = ScanPlan(
      table: "numbered",
      filter: .oneOf(.column("group"), [.string("b"), .string("c")]),
      keys: [ScanPlan.Key("bytes", .column("bytes")), ScanPlan.Key("day", .column("day"))],
      aggregates: [
        Aggregate("rows", .countRows), Aggregate("ids", .sum(.column("id"))),
        Aggregate("values", .sum(.column("value"))),
      ],
      order: [ScanPlan.Order("ids", descending: true)],
      limit: 9_000
    )
    let direct = LocalBackend(snapshot: snapshot, pool: pool)
    let found = try direct.executeNow(plan, limits: ScanLimits())
    #expect(found.groupCount == 12_000)
    let hashed = LocalBackend(snapshot: snapshot, pool: pool, tuning: ScanTuning.extremes[1])
    #expect(found.columns == (try hashed.executeNow(plan, limits: ScanLimits())).columns)
  }
}

extension ScanTuning {
  /// Few bits and few slots, in all combinations, and hashed groups that are put aside at once.
  static var extremes: [ScanTuning] {
    var few = ScanTuning()
    few.smallBits = 0
    var hashed = few
    hashed.directSlots = 1
    hashed.directFloor = 1
    var aside = hashed
    aside.runGroups = 2
    return [few, hashed, aside]
  }
}

/// Compares a result with rows of scalars.
enum ScanAnswer {
  static func difference(_ table: ResultTable, _ rows: [[Scalar]]) -> String? {
    if table.rowCount != rows.count { return "\(table.rowCount) rows instead of \(rows.count)" }
    for (place, column) in table.columns.enumerated() {
      for row in rows.indices {
        let found = scalar(column.values, row)
        if !isEqual(found, rows[row][place]) {
          return "\(column.name) of row \(row) is \(found) instead of \(rows[row][place])"
        }
      }
    }
    return nil
  }

  static func scalar(_ values: ResultTable.Column.Values, _ row: Int) -> Scalar {
    switch values {
    case .integers(let values): values[row].map { .integer($0) } ?? .null
    case .wide(let values): values[row].map { .string(String($0)) } ?? .null
    case .doubles(let values): values[row].map { .double($0) } ?? .null
    case .strings(let values): values[row].map { .string($0) } ?? .null
    case .coded(let values): .integer(Int64(values.codes[row]))
    }
  }

  private static func isEqual(_ left: Scalar, _ right: Scalar) -> Bool {
    guard case .double(let one) = left, case .double(let other) = right else {
      return left == right
    }
    return abs(one - other) <= 1e-9 * max(1, abs(one), abs(other))
  }
}
