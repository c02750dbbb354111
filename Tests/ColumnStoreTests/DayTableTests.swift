import TestKit
import Testing

@testable import ColumnStore

/// Dates by a table of days, at the edges of the table and of the rows.
@Suite struct DayTableTests {
  private static let schema = TableSchema(
    name: "visits",
    fields: [
      Field("id", .int64), Field("day", .date, nullable: true), Field("count", .int64),
      Field("at", .timestamp),
    ],
    primaryKey: ["id"]
  )

  private func backend(_ days: [Int64?]) throws -> LocalBackend {
    let nulls = days.map { $0 == nil }
    let batch = RowBatch(
      columns: [
        "id": .integers(days.indices.map { Int64($0) }, nulls: .none),
        "day": .integers(
          days.map { $0 ?? 0 },
          nulls: nulls.contains(true) ? RowNulls(flags: nulls) : .none
        ),
        "count": .integers(days.indices.map { Int64.max - Int64($0) }, nulls: .none),
        "at": .integers(days.map { _ in 0 }, nulls: .none),
      ],
      rowCount: days.count
    )
    let store = try Store.open(MemoryDirectory(), mode: .readWrite)
    try store.write { transaction in
      try transaction.declare(Self.schema)
      _ = try transaction.upsert(batch, into: "visits")
    }
    return LocalBackend(snapshot: try store.snapshot(), pool: ScanPool(threads: 1))
  }

  /// Rows by the day that the table gives; texts show nulls.
  private func groups(_ days: [Int64?], _ expression: Expression) throws -> [String] {
    let plan = ScanPlan(
      table: "visits",
      keys: [ScanPlan.Key("period", expression)],
      aggregates: [
        Aggregate("rows", .countRows), Aggregate("known", .count(expression)),
        Aggregate("last", .maximum(expression)),
        Aggregate("periods", .countDistinct([expression])),
        Aggregate("none", .countRows, filter: .isNull(expression)),
      ]
    )
    let table = try backend(days).executeNow(plan, limits: ScanLimits())
    #expect(table.columns[0].type == .date)
    guard case .integers(let periods) = table.columns[0].values,
      case .integers(let last) = table.column("last")?.values
    else {
      Issue.record("days are integers")
      return []
    }
    let rows = NumberedTable.integers(table, "rows")
    let none = periods.map { $0 == nil }
    for row in periods.indices {
      #expect(last[row] == periods[row])
      #expect(NumberedTable.integers(table, "known")[row] == (none[row] ? 0 : rows[row]))
      #expect(NumberedTable.integers(table, "periods")[row] == (none[row] ? 0 : 1))
      #expect(NumberedTable.integers(table, "none")[row] == (none[row] ? rows[row] : 0))
    }
    return zip(periods, rows).map { "\($0.map { "\($0)" } ?? "null"): \($1.map { "\($0)" } ?? "")" }
  }

  private func mapped(_ first: Int32, _ days: [Int32?]) -> Expression {
    .mapped(.column("day"), DayTable(first: first, days: days))
  }

  @Test func daysOutsideAndGapsHaveNoValue() throws {
    let days: [Int64?] = [9, 10, 11, 12, 13, nil, 10]
    #expect(
      try groups(days, mapped(10, [-7, nil, -7])) == ["-7: 3", "null: 4"]
    )
  }

  @Test func negativeDaysHaveAPlace() throws {
    #expect(
      try groups([-3, -2, -1, 0, 1], mapped(-2, [-2, -2, 0])) == ["-2: 2", "0: 1", "null: 2"]
    )
  }

  @Test func tablesWithoutDaysGiveNullOnly() throws {
    let days: [Int64?] = [1, 2, nil]
    #expect(try groups(days, mapped(0, [])) == ["null: 3"])
    #expect(try groups(days, mapped(0, [nil, nil, nil, nil])) == ["null: 3"])
    #expect(try groups(days, mapped(100, [5])) == ["null: 3"])
    #expect(try groups(days, mapped(.max, [5, 6])) == ["null: 3"])
    #expect(try groups(days, mapped(.min, [5, 6])) == ["null: 3"])
  }

  @Test func columnsWithoutDatesGiveNullOnly() throws {
    #expect(try groups([nil, nil], mapped(0, [1, 2])) == ["null: 2"])
    #expect(try groups([], mapped(0, [1, 2])) == [])
    let null = Expression.mapped(.literal(.null, .date), DayTable(first: 0, days: [1]))
    #expect(try groups([3], null) == ["null: 1"])
  }

  /// A range of days too wide for a table of its own is looked up in the calendar's.
  @Test func farDaysAreLookedUp() throws {
    let days: [Int64?] = [-2_000_000_000, 20, 21, 2_000_000_000]
    #expect(try groups(days, mapped(20, [20, 20])) == ["20: 2", "null: 2"])
    #expect(
      try groups(days, mapped(1_999_999_999, [7, .max])) == ["2147483647: 1", "null: 3"]
    )
  }

  /// Arithmetic on dates may lead anywhere; such a day has no place.
  @Test func daysOfArithmeticNeverTrap() throws {
    let date = Expression.conditional(
      [ConditionalBranch(when: .constant(false), then: .column("day"))],
      otherwise: .arithmetic(.add, .literal(.integer(0), .date), .column("count"))
    )
    let table = DayTable(first: -5, days: [1, 2, 3])
    #expect(try groups([1, 2, 3], .mapped(date, table)) == ["null: 3"])
    let twice = Expression.mapped(mapped(0, [nil, -4, -5]), table)
    #expect(try groups([1, 2, 3], twice) == ["1: 1", "2: 1", "null: 1"])
    let month = Expression.mapped(
      .truncated(.column("day"), to: .month, CalendarRule()),
      DayTable(first: 0, days: [9])
    )
    #expect(try groups([1, 20, 31], month) == ["9: 2", "null: 1"])
  }

  @Test func onlyDatesHaveAPlace() throws {
    for name in ["id", "at"] {
      let plan = ScanPlan(
        table: "visits",
        aggregates: [
          Aggregate("a", .count(.mapped(.column(name), DayTable(first: 0, days: [1]))))
        ]
      )
      let backend = try backend([1])
      #expect(throws: StoreError.mismatch("only a date has a place in a table of days")) {
        try backend.executeNow(plan, limits: ScanLimits())
      }
    }
  }

  @Test func longTablesAreRefused() throws {
    let days = [Int32?](repeating: 3, count: DayTable.limit)
    #expect(try groups([1, 2], mapped(0, days)) == ["3: 2"])
    let plan = ScanPlan(
      table: "visits",
      aggregates: [Aggregate("a", .count(mapped(0, days + [3])))]
    )
    let backend = try backend([1])
    #expect(
      throws: StoreError.limitReached(limit: "days in a table of days", value: "1048576")
    ) {
      try backend.executeNow(plan, limits: ScanLimits())
    }
  }

  @Test func tablesAreEqualByTheirDays() {
    let table = DayTable(first: 3, days: [1, nil, 2])
    #expect(table == DayTable(first: 3, days: [1, nil, 2]))
    #expect(table.hashValue == DayTable(first: 3, days: [1, nil, 2]).hashValue)
    #expect(table != DayTable(first: 4, days: [1, nil, 2]))
    #expect(table != DayTable(first: 3, days: [1, 0, 2]))
    #expect(table != DayTable(first: 3, days: [1, nil]))
  }
}
