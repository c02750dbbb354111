import ColumnStore
import QueryLang
import Testing

/// `PREVIOUS` and `COMPARE TO`, by numbers that are worked out by hand; today is 15 March 2026.
@Suite struct ComparisonTests {
  /// One order a day of 1, 2, 3, … rupees through January and February 2026, and some in 2025.
  static var daily: SmallShop {
    var shop = SmallShop()
    for day in 1...31 { shop.line("a", "j\(day)", "2026-01-\(day)", Double(day)) }
    for day in 1...28 { shop.line("a", "f\(day)", "2026-02-\(day)", Double(100 + day)) }
    for day in 1...15 { shop.line("a", "m\(day)", "2026-03-\(day)", Double(1_000 + day)) }
    shop.line("b", "x1", "2025-03-10", 7)
    shop.line("b", "x2", "2025-03-14", 8)
    shop.line("b", "x3", "2025-03-15", 9)
    return shop
  }

  @Test func aMonthIsSetAgainstTheSameMonthOfTheYearBefore() async throws {
    var shop = SmallShop()
    shop.line("a", "1", "2025-01-31", 40)
    shop.line("a", "2", "2026-01-05", 50)
    shop.line("a", "3", "2025-02-28", 10)
    shop.line("b", "4", "2024-02-29", 5)
    #expect(
      try await shop.rows(
        "SELECT revenue, revenue PREVIOUS year AS before, revenue / revenue PREVIOUS year - 1 AS g "
          + "BY channel, month DURING 2026-01 TO 2026-02"
      ) == [
        "a | 2026-01 | 50.0 | 40.0 | 0.25", "a | 2026-02 | 0.0 | 10.0 | -1.0",
      ]
    )
    // A whole February takes in the leap day, wherever it is.
    #expect(
      try await shop.rows("SELECT revenue PREVIOUS 2 years AS r DURING 2026-02") == ["5.0"]
    )
  }

  @Test func aDefinitionKeepsItsDaysWhenItIsBlankWithoutRows() async throws {
    var shop = SmallShop()
    shop.line("a", "1", "2025-01-31", 40)
    for channel in ["a", "b"] { shop.line(channel, "2", "2026-01-05", 50) }
    #expect(
      try await shop.rows(
        "DEFINE METRIC before = revenue PREVIOUS year EMPTY NULL; "
          + "SELECT revenue, before BY channel DURING 2026-01 ORDER BY channel"
      ) == ["a | 50.0 | 40.0", "b | 50.0 | <empty>"]
    )
  }

  @Test func aRangeThatHasNotBegunIsSetAgainstNothing() async throws {
    var shop = SmallShop()
    shop.line("a", "1", "2026-04-30", 40)
    shop.line("a", "2", "2026-05-02", 10)
    #expect(
      try await shop.rows(
        "SELECT revenue BY month DURING 2026-05 COMPARE TO PREVIOUS PERIOD"
      ) == ["2026-05 | 10.0 | <not_recorded> | <not_recorded> | <not_recorded>"]
    )
  }

  @Test func ofAllTimeTheWholeMonthIsLookedAt() async throws {
    var shop = SmallShop()
    shop.line("a", "1", "2025-03-20", 40)
    shop.line("a", "2", "2026-03-05", 50)
    #expect(
      try await shop.rows(
        "SELECT revenue, revenue PREVIOUS year AS before BY month DURING ALL TIME FILL NONE"
      ) == ["2025-03 | 40.0 | 0.0", "2026-03 | 50.0 | 40.0"]
    )
    // A range that was asked for is cut, and so is what it is set against.
    #expect(
      try await shop.rows(
        "SELECT revenue, revenue PREVIOUS year AS before BY month DURING 2026-03-01 TO 2026-03-14"
      ) == ["2026-03 | 50.0 | 0.0"]
    )
  }

  @Test func aDayThatAMonthLacksIsItsLast() async throws {
    let rows = try await Self.daily.rows(
      "SELECT revenue PREVIOUS month AS r BY day DURING 2026-03-27 TO 2026-04-01 FILL NONE"
    )
    // There is no row in these days, so there is no group.
    #expect(rows == [])
    let dense = try await Self.daily.rows(
      "SELECT revenue PREVIOUS month AS r BY day DURING 2026-03-01 TO 2026-03-14"
    )
    #expect(dense.first == "2026-03-01 | 101.0")
    #expect(dense.last == "2026-03-14 | 114.0")
    var shop = SmallShop()
    shop.line("a", "1", "2026-02-28", 28)
    for day in 27...31 { shop.line("a", "m\(day)", "2026-03-\(day)", 1) }
    #expect(
      try await shop.rows(
        "SELECT revenue PREVIOUS month AS r BY day DURING 2026-03-27 TO 2026-03-31 FILL NONE"
      ) == [
        "2026-03-27 | 0.0", "2026-03-28 | 28.0", "2026-03-29 | 28.0", "2026-03-30 | 28.0",
        "2026-03-31 | 28.0",
      ]
    )
  }

  @Test func noStepBackChangesNothing() async throws {
    let shop = SmallShop.usual
    let plain = try await shop.rows("SELECT revenue AS r BY channel, month")
    #expect(
      try await shop.rows("SELECT revenue PREVIOUS 0 days AS r BY channel, month") == plain
    )
    #expect(
      try await shop.rows(
        "SELECT orders PREVIOUS 1 month PREVIOUS 1 month AS r BY month DURING 2026-03"
      ) == (try await shop.rows("SELECT orders PREVIOUS 2 months AS r BY month DURING 2026-03"))
    )
  }

  @Test func theRunningMonthIsComparedWithAsManyDays() async throws {
    // 1 to 14 March against 1 to 14 February, and against all of it.
    let result = try await Self.daily.result(
      "SELECT revenue, orders DURING month to date "
        + "COMPARE TO previous period, previous period FULL AS whole"
    )
    #expect(
      result.columns.map(\.name) == [
        "revenue", "revenue.previous", "revenue.change", "revenue.change_pct", "revenue.whole",
        "revenue.whole_change", "revenue.whole_change_pct", "orders", "orders.previous",
        "orders.change", "orders.change_pct", "orders.whole", "orders.whole_change",
        "orders.whole_change_pct",
      ]
    )
    let february = (1...14).reduce(0) { $0 + 100 + $1 }
    let march = (1...14).reduce(0) { $0 + 1_000 + $1 }
    #expect(result.rows[0][0] == .decimal(Int128(march * 10_000)))
    #expect(result.rows[0][1] == .decimal(Int128(february * 10_000)))
    #expect(result.rows[0][2] == .decimal(Int128((march - february) * 10_000)))
    #expect(result.rows[0][3] == .double(Double(march - february) / Double(february)))
    #expect(result.rows[0][11] == .integer(28))
    #expect(result.header.baselines.map(\.cutDayCount) == [14, 0])
    #expect(result.header.baselines.map(\.name) == ["previous", "whole"])
  }

  @Test func groupsOfEitherPeriodAreShown() async throws {
    #expect(
      try await Self.daily.rows(
        "SELECT revenue BY channel DURING month to date COMPARE TO previous year "
          + "ORDER BY revenue.change"
      ) == [
        "b | 0.0 | 15.0 | -15.0 | -1.0",
        "a | 14105.0 | 0.0 | 14105.0 | <undefined>",
      ]
    )
    #expect(
      try await Self.daily.rows(
        "SELECT revenue BY channel DURING month to date COMPARE TO previous year "
          + "HAVING revenue.\"previous\" > 0 INR"
      ) == ["b | 0.0 | 15.0 | -15.0 | -1.0"]
    )
  }

  @Test func bucketsAreAlignedByPosition() async throws {
    #expect(
      try await Self.daily.rows(
        "SELECT revenue BY day DURING 2026-03-02 TO 2026-03-04 COMPARE TO 2026-01-10 TO 2026-01-11"
      ) == [
        "2026-03-02 | 1002.0 | 10.0 | 992.0 | 99.2",
        "2026-03-03 | 1003.0 | 11.0 | 992.0 | 90.181818",
        "2026-03-04 | 1004.0 | <not_recorded> | <not_recorded> | <not_recorded>",
      ]
    )
  }

  @Test func bucketsOfTwoGrainsAreToldApart() async throws {
    var shop = SmallShop()
    for month in 1...2 { shop.line("a", "p\(month)", "2025-0\(month)-10", Double(10 * month)) }
    for month in 1...3 { shop.line("a", "n\(month)", "2026-0\(month)-10", Double(month)) }
    let rows = try await shop.result(
      "SELECT revenue BY year, month DURING 2026-01 TO 2026-03 COMPARE TO 2025-01 TO 2025-02"
    ).rows.map { $0[3] }
    #expect(rows == [.decimal(100_000), .decimal(200_000), .blank(.notRecorded)])
  }

  @Test func earlierDaysStandInAFilledSeries() async throws {
    var shop = SmallShop()
    shop.line("a", "1", "2025-01-02", 5)
    shop.line("a", "2", "2026-01-01", 10)
    shop.line("a", "3", "2026-01-03", 30)
    #expect(
      try await shop.rows(
        "SELECT revenue, revenue PREVIOUS year AS py BY day DURING 2026-01-01 TO 2026-01-03 "
          + "FILL PREVIOUS"
      ) == ["2026-01-01 | 10.0 | 0.0", "2026-01-02 | 10.0 | 5.0", "2026-01-03 | 30.0 | 0.0"]
    )
  }

  @Test func anotherCurrencyOfEarlierDaysIsRefused() async throws {
    var shop = SmallShop()
    shop.line("a", "1", "2025-01-05", 100, currency: "USD")
    shop.line("a", "2", "2026-01-05", 150)
    await #expect(throws: (any Error).self) {
      try await shop.rows("SELECT revenue DURING 2026-01 COMPARE TO previous year")
    }
  }

  @Test func whatWouldLookAtOtherDaysIsRefused() throws {
    for text in [
      "SELECT revenue BY month DURING 2026 COMPARE TO previous year TOTALS SHOWN",
      "SELECT revenue BY month DURING 2026 COMPARE TO previous year TOP 1 month BY revenue",
      "SELECT revenue BY day DURING 2026 COMPARE TO previous year FILL PREVIOUS",
      "SELECT AVERAGE OF (revenue - revenue PREVIOUS year) PER day AS x DURING 2026",
    ] {
      #expect(try SmallShop.usual.prepare(text).diagnostics.map(\.id.code) == ["E4300"], "\(text)")
    }
  }

  @Test func weekdaysAreMatched() async throws {
    // 2 March 2026 is a Monday, and 3 March 2025 is the Monday nearest to 2 March 2025.
    let result = try await Self.daily.result(
      "SELECT revenue DURING 2026-03-02 TO 2026-03-08 COMPARE TO previous year MATCH WEEKDAY"
    )
    let baseline = try #require(result.header.baselines.first)
    #expect(Int64(baseline.period.from) == SmallShop.day("2025-03-03"))
    #expect(Int64(baseline.period.to) == SmallShop.day("2025-03-09"))
  }

  @Test func aRangeStepsByItsKind() async throws {
    let from: (String) async throws -> [Int64] = { dates in
      let result = try await Self.daily.result(
        "SELECT revenue DURING \(dates) COMPARE TO previous period FULL"
      )
      let period = try #require(result.header.baselines.first).period
      return [Int64(period.from), Int64(period.to)]
    }
    #expect(
      try await from("last month") == [SmallShop.day("2026-01-01"), SmallShop.day("2026-01-31")]
    )
    #expect(
      try await from("2026-Q1") == [SmallShop.day("2025-10-01"), SmallShop.day("2025-12-31")]
    )
    #expect(
      try await from("2026-01 TO 2026-02")
        == [SmallShop.day("2025-11-01"), SmallShop.day("2025-12-31")]
    )
    #expect(
      try await from("last 10 days") == [SmallShop.day("2026-02-23"), SmallShop.day("2026-03-04")]
    )
    #expect(
      try await from("2026-01-05 TO 2026-01-06")
        == [SmallShop.day("2026-01-03"), SmallShop.day("2026-01-04")]
    )
  }

  @Test func allTimeHasNothingBeforeIt() throws {
    for text in [
      "SELECT revenue DURING ALL TIME COMPARE TO previous period",
      "SELECT revenue PREVIOUS PERIOD AS p DURING ALL TIME",
    ] {
      let prepared = try SmallShop.usual.prepare(text)
      #expect(prepared.diagnostics.map(\.id.code) == ["E4602"])
    }
    let unknown = try SmallShop.usual.prepare("SELECT revenue BY month ORDER BY revenue.change")
    #expect(unknown.diagnostics.map(\.id.code) == ["E2106"])
  }
}
