import ColumnStore
import QueryLang
import Testing

@Suite struct PeriodTests {
  /// Today, the clause, and the days that it stands for.
  @Test(arguments: [
    ("2026-03-15", "DURING last 90 days", "2025-12-15", "2026-03-14"),
    ("2026-03-15", "DURING last 3 months", "2025-12-01", "2026-02-28"),
    ("2026-03-15", "DURING last month", "2026-02-01", "2026-02-28"),
    ("2024-03-31", "DURING last month", "2024-02-01", "2024-02-29"),
    ("2026-03-15", "DURING this month", "2026-03-01", "2026-03-14"),
    ("2026-03-15", "DURING month to date", "2026-03-01", "2026-03-14"),
    ("2026-03-15", "DURING month to date INCLUDING CURRENT", "2026-03-01", "2026-03-15"),
    ("2026-03-15", "DURING last 7 days INCLUDING CURRENT", "2026-03-09", "2026-03-15"),
    ("2026-03-15", "DURING last 2 months INCLUDING CURRENT", "2026-02-01", "2026-03-15"),
    ("2026-03-15", "DURING last week", "2026-03-02", "2026-03-08"),
    ("2026-03-16", "DURING last week", "2026-03-09", "2026-03-15"),
    ("2026-03-15", "DURING this week", "2026-03-09", "2026-03-14"),
    ("2026-03-15", "DURING last quarter", "2025-10-01", "2025-12-31"),
    ("2026-03-15", "DURING this fiscal_year", "2025-04-01", "2026-03-14"),
    ("2026-04-02", "DURING this fiscal_quarter", "2026-04-01", "2026-04-01"),
    ("2026-04-02", "DURING last fiscal_year", "2025-04-01", "2026-03-31"),
    ("2026-03-15", "DURING last 2 years", "2024-01-01", "2025-12-31"),
    ("2026-03-15", "DURING 2026-Q1", "2026-01-01", "2026-03-31"),
    ("2026-03-15", "DURING 2026-02", "2026-02-01", "2026-02-28"),
    ("2026-03-15", "DURING 2024", "2024-01-01", "2024-12-31"),
    ("2026-03-15", "DURING FY2026", "2025-04-01", "2026-03-31"),
    ("2026-03-15", "DURING FY2026-Q4", "2026-01-01", "2026-03-31"),
    ("2026-03-15", "DURING 2026-W01", "2025-12-29", "2026-01-04"),
    ("2026-03-15", "DURING 2020-W53", "2020-12-28", "2021-01-03"),
    ("2026-03-15", "DURING 2025-11 TO 2026-01", "2025-11-01", "2026-01-31"),
    ("2026-03-15", "DURING yesterday", "2026-03-14", "2026-03-14"),
    ("2026-03-15", "DURING today", "2026-03-15", "2026-03-15"),
    ("2026-03-15", "SINCE 2026-01-05 UNTIL 2026-03", "2026-01-05", "2026-03-31"),
    ("2026-03-15", "SINCE 2026-02", "2026-02-01", "2026-03-14"),
    ("2026-03-15", "SINCE today - 7 days", "2026-03-08", "2026-03-14"),
    ("2024-03-31", "SINCE today - 1 month UNTIL today", "2024-02-29", "2024-03-31"),
    ("2026-03-15", "SINCE today - 1 year UNTIL yesterday", "2025-03-15", "2026-03-14"),
    ("2026-03-15", "DURING last month AS OF 2026-01-10", "2025-12-01", "2025-12-31"),
  ])
  func clausesStandForTheseDays(_ today: String, _ clause: String, _ from: String, _ to: String)
    async throws
  {
    let prepared = Report.prepare(
      "SELECT revenue \(clause)",
      name: nil,
      catalog: try Catalog.commerce(),
      context: ReportContext(today: Int32(SmallShop.day(today)))
    )
    #expect(prepared.diagnostics.isEmpty)
    let results = try await prepared.run(
      on: SmallShop().backend,
      policy: .unrestricted(reason: "test"),
      limits: .untimed
    )
    guard case .report(let result) = results.first, let period = result.header.period else {
      Issue.record("no period")
      return
    }
    #expect(CivilDay(number: period.from).text == from)
    #expect(CivilDay(number: period.to).text == to)
  }

  @Test func daysAgreeWithCountingThem() {
    var year = 1970
    var month = 1
    var day = 1
    for number in Int32(0)..<60_000 {
      let civil = CivilDay(number: number)
      #expect(civil == CivilDay(year: year, month: month, day: day))
      #expect(civil.number == number)
      day += 1
      if day > NaiveCalendar.length(month, year) { (month, day) = (month + 1, 1) }
      if month > 12 { (year, month) = (year + 1, 1) }
    }
    #expect(CivilDay(number: -1) == CivilDay(year: 1969, month: 12, day: 31))
    #expect(CivilDay(year: 1600, month: 2, day: 29).number == -135_081)
  }

  @Test func bucketsAgreeWithTheNaiveCalendar() {
    let calendar = ReportCalendar()
    let pairs: [(ReportGrain, CalendarUnit)] = [
      (.day, .day), (.week, .week), (.month, .month), (.quarter, .quarter), (.year, .year),
      (.fiscalQuarter, .fiscalQuarter), (.fiscalYear, .fiscalYear),
    ]
    for number in stride(from: Int32(400), to: 30_000, by: 7) {
      for (grain, unit) in pairs {
        let start = calendar.start(of: grain, containing: number)
        #expect(start == NaiveCalendar.start(of: unit, number, calendar.rule(zone: ZoneOffsets())))
        #expect(calendar.end(of: grain, containing: number) >= number)
      }
    }
  }

  @Test(arguments: [
    (ReportGrain.day, "2026-11-22", "2026-11-22"), (.week, "2026-11-16", "2026-W47"),
    (.week, "2024-12-30", "2025-W01"), (.month, "2026-11-01", "2026-11"),
    (.quarter, "2026-10-01", "2026-Q4"), (.year, "2026-01-01", "2026"),
    (.fiscalYear, "2026-04-01", "FY2027"), (.fiscalQuarter, "2026-10-01", "FY2027-Q3"),
  ])
  func bucketsAreWrittenSo(_ grain: ReportGrain, _ start: String, _ label: String) {
    #expect(
      ReportCalendar().label(of: grain, start: Int32(SmallShop.day(start))) == label
    )
  }
}
