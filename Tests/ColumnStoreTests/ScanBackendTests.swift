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
