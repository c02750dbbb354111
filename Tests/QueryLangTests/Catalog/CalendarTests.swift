import ColumnStore
import Commerce
import QueryLang
import Testing

/// Calendars of the model.
///
/// The retail years are those of the 4-5-4 calendar of American retailers,
/// whose 2023 has 53 weeks; today is 15 March 2026, in its second month of 2026.
@Suite struct CalendarTests {
  static let yaml = """
    mandi: 1
    defaults: {calendar: retail, week_start: sunday}
    calendars:
      standard: {fiscal_year_start: "01-01", fiscal_year_label: start}
      retail:
        fiscal_year_label: start
        pattern: 4-5-4
        starts: [2023-01-29, 2024-02-04, 2025-02-02, 2026-02-01, 2027-01-31]
    """

  private func load(_ yaml: String) throws -> Catalog {
    try Catalog.load(
      yaml: yaml,
      name: "shop.yaml",
      extending: try Catalog.commerce(),
      schemas: CommerceTables.all
    )
  }

  private var retail: Catalog { get throws { try load(Self.yaml) } }

  private func problems(_ calendars: String) -> [String] {
    do {
      _ = try load("mandi: 1\n" + calendars)
      return []
    } catch let error as CatalogError {
      return error.diagnostics.map { "\($0.id.code) \($0.message)" }
    } catch {
      return ["\(error)"]
    }
  }

  private func period(_ clause: String, _ catalog: Catalog) async throws -> [String] {
    let header = try await SmallShop.usual.result("SELECT revenue \(clause)", catalog).header
    let periods = [header.period].compactMap { $0 } + header.baselines.map(\.period)
    return periods.map {
      "\(CivilDay(number: $0.from).text) \(CivilDay(number: $0.to).text)"
    }
  }

  @Test(arguments: [
    ("2023-01-29", "2023-01-29", "2023-01-29", "2023-01-29", "2023-01-29"),
    ("2023-02-26", "2023-02-26", "2023-02-26", "2023-01-29", "2023-01-29"),
    ("2024-02-03", "2024-01-28", "2023-12-31", "2023-10-29", "2023-01-29"),
    ("2024-02-04", "2024-02-04", "2024-02-04", "2024-02-04", "2024-02-04"),
    ("2026-03-15", "2026-03-15", "2026-03-01", "2026-02-01", "2026-02-01"),
    ("2026-04-04", "2026-03-29", "2026-03-01", "2026-02-01", "2026-02-01"),
    ("2027-01-30", "2027-01-24", "2027-01-03", "2026-11-01", "2026-02-01"),
  ])
  func aDayIsInItsRetailPeriods(
    _ day: String,
    _ week: String,
    _ month: String,
    _ quarter: String,
    _ year: String
  ) throws {
    let calendar = try retail.calendar
    let number = Int32(SmallShop.day(day))
    let starts = [ReportGrain.fiscalWeek, .fiscalMonth, .fiscalQuarter, .fiscalYear].map {
      CivilDay(number: calendar.start(of: $0, containing: number)).text
    }
    #expect(starts == [week, month, quarter, year])
  }

  @Test func everyPeriodEndsWhereTheNextBegins() throws {
    let calendar = try retail.calendar
    let last = Int32(SmallShop.day("2028-06-01"))
    for grain in [ReportGrain.fiscalWeek, .fiscalMonth, .fiscalQuarter, .fiscalYear] {
      var day = Int32(SmallShop.day("2021-06-01"))
      while day <= last {
        let start = calendar.start(of: grain, containing: day)
        let end = calendar.end(of: grain, containing: day)
        #expect(start <= day && day <= end)
        #expect(calendar.start(of: grain, containing: end) == start)
        #expect(calendar.start(of: grain, containing: end + 1) == end + 1)
        day += 5
      }
    }
  }

  @Test(arguments: [
    (ReportGrain.fiscalWeek, "2024-01-28", "FY2023-W53"), (.fiscalWeek, "2024-02-04", "FY2024-W01"),
    (.fiscalMonth, "2026-03-01", "FY2026-M02"), (.fiscalQuarter, "2025-11-02", "FY2025-Q4"),
    (.fiscalYear, "2025-02-02", "FY2025"), (.month, "2026-03-01", "2026-03"),
  ])
  func retailPeriodsAreWrittenSo(_ grain: ReportGrain, _ start: String, _ label: String) throws {
    #expect(try retail.calendar.label(of: grain, start: Int32(SmallShop.day(start))) == label)
  }

  @Test func dateWordsFollowTheCalendar() async throws {
    let catalog = try retail
    #expect(
      try await period("DURING this fiscal_month", catalog) == ["2026-03-01 2026-03-14"]
    )
    #expect(
      try await period("DURING last fiscal_month", catalog) == ["2026-02-01 2026-02-28"]
    )
    #expect(
      try await period("DURING last fiscal_quarter", catalog) == ["2025-11-02 2026-01-31"]
    )
    #expect(try await period("DURING last fiscal_year", catalog) == ["2025-02-02 2026-01-31"])
    #expect(try await period("DURING FY2025", catalog) == ["2025-02-02 2026-01-31"])
    #expect(try await period("DURING FY2023-Q4", catalog) == ["2023-10-29 2024-02-03"])
    // Today is the first day of its week, so no day of it is over.
    #expect(try await period("DURING fiscal_week to date", catalog) == [])
    // Weeks of the year begin on Sunday too, as the defaults say.
    #expect(try await period("DURING last week", catalog) == ["2026-03-08 2026-03-14"])
  }

  @Test func comparisonsStepByRetailPeriods() async throws {
    let catalog = try retail
    #expect(
      try await period("DURING this fiscal_month COMPARE TO previous fiscal_year", catalog)
        == ["2026-03-01 2026-03-14", "2025-03-02 2025-03-15"]
    )
    #expect(
      try await period("DURING last fiscal_month COMPARE TO previous period", catalog)
        == ["2026-02-01 2026-02-28", "2026-01-04 2026-01-31"]
    )
    #expect(
      try await period("DURING FY2025-Q1 COMPARE TO previous period", catalog)
        == ["2025-02-02 2025-05-03", "2024-11-03 2025-02-01"]
    )
    #expect(
      try await period("DURING FY2024 COMPARE TO previous fiscal_year", catalog)
        == ["2024-02-04 2025-02-01", "2023-01-29 2024-02-03"]
    )
  }

  static var winter: SmallShop {
    var shop = SmallShop()
    shop.line("a", "1", "2025-10-05", 7)
    shop.line("a", "2", "2025-11-29", 10)
    shop.line("a", "3", "2025-11-30", 20)
    shop.line("a", "4", "2026-01-31", 5)
    shop.line("a", "5", "2026-02-01", 99)
    return shop
  }

  @Test func rowsAreGroupedByRetailPeriods() async throws {
    let catalog = try retail
    let shop = Self.winter
    #expect(
      try await shop.rows(
        "SELECT revenue, revenue PREVIOUS fiscal_month AS before BY fiscal_month DURING FY2025-Q4",
        catalog
      ) == [
        "FY2025-M10 | 10.0 | 7.0", "FY2025-M11 | 20.0 | 10.0", "FY2025-M12 | 5.0 | 20.0",
      ]
    )
    #expect(
      try await shop.rows(
        "SELECT revenue BY fiscal_week DURING 2025-11-23 TO 2025-12-13",
        catalog
      ) == ["FY2025-W43 | 10.0", "FY2025-W44 | 20.0", "FY2025-W45 | 0.0"]
    )
    #expect(
      try await shop.rows("SELECT revenue BY fiscal_year FILL NONE", catalog)
        == ["FY2025 | 42.0", "FY2026 | 99.0"]
    )
    // (10 + 20 + 5) / 3
    #expect(
      try await shop.rows(
        "SELECT AVERAGE OF revenue PER fiscal_month AS usual DURING FY2025-Q4",
        catalog
      ) == ["11.666667"]
    )
  }

  @Test func theStoreGroupsAlike() async throws {
    let catalog = try retail
    let shop = Self.winter
    for text in [
      "SELECT revenue BY fiscal_week, channel DURING FY2025",
      "SELECT revenue, orders BY fiscal_quarter DURING FY2025 COMPARE TO previous fiscal_year",
      "SELECT order_revenue BY fiscal_month(order_line.order_date)",
    ] {
      let prepared = try shop.prepare(text, catalog)
      let results = try await prepared.run(
        on: try shop.stored(),
        policy: .unrestricted(reason: "test"),
        limits: .untimed
      )
      guard case .report(let stored) = results.last else {
        Issue.record("no report")
        return
      }
      #expect(stored.rows == (try await shop.result(text, catalog).rows), "\(text)")
    }
  }

  /// The last week of a year of 53 weeks has no counterpart, so the last that there is stands for it.
  @Test func aWeekThatAYearLacksIsItsLast() async throws {
    var shop = SmallShop()
    shop.line("a", "1", "2023-01-28", 4)
    shop.line("a", "2", "2024-01-30", 1)
    shop.line("a", "3", "2025-02-01", 3)
    let calendar = try retail.calendar
    let moved = calendar.day(Int32(SmallShop.day("2024-02-01")), movedBy: 1, .fiscalYear)
    // Thursday of the 53rd week of 2023, and of the 52nd of 2024.
    #expect(CivilDay(number: moved).text == "2025-01-30")
    #expect(
      try await shop.rows(
        "SELECT revenue, revenue PREVIOUS fiscal_year AS before BY fiscal_month "
          + "DURING 2025-01-05 TO 2025-02-01",
        try retail
      ) == ["FY2024-M12 | 3.0 | 1.0"]
    )
  }

  @Test(arguments: [
    (
      "SELECT revenue DURING FY2030", "the calendar \"retail\" has no FY2030",
      "it has FY2023 to FY2026"
    ),
    (
      "SELECT revenue BY fiscal_month DURING 2022",
      "the calendar \"retail\" has no fiscal_month for 2022-01-01",
      "it runs from 2023-01-29 to 2027-01-30"
    ),
    (
      "SELECT revenue DURING FY2023 COMPARE TO previous fiscal_year",
      "the calendar \"retail\" has no fiscal_month for 2022-02-27",
      "it runs from 2023-01-29 to 2027-01-30"
    ),
  ])
  func daysOutsideTheCalendarAreRefused(_ text: String, _ message: String, _ label: String) throws {
    let found = try SmallShop.usual.prepare(text, try retail).diagnostics
    #expect(found.map(\.message) == [message])
    #expect(found.map(\.label) == [label])
    #expect(found.map(\.id.code) == ["E4506"])
  }

  @Test func rowsOutsideTheCalendarAreNotLeftOutInSilence() async throws {
    var shop = SmallShop.usual
    shop.line("a", "1", "2019-01-01", 1)
    let catalog = try retail
    await #expect(throws: ReportError.self) {
      _ = try await shop.result("SELECT revenue BY fiscal_month DURING ALL TIME", catalog)
    }
  }

  @Test func theYearIsNamedAsTheModelSays() async throws {
    let catalog = try load(
      """
      mandi: 1
      calendars:
        standard: {fiscal_year_start: "07-01", fiscal_year_label: start, week_start: saturday}
      """
    )
    #expect(try await period("DURING FY2025", catalog) == ["2025-07-01 2026-06-30"])
    #expect(try await period("DURING last week", catalog) == ["2026-03-07 2026-03-13"])
    #expect(
      try await SmallShop.usual.rows(
        "SELECT revenue BY fiscal_month DURING 2026-02-01 TO 2026-02-28",
        catalog
      ) == ["FY2025-M08 | 50.0"]
    )
  }

  @Test func mistakesInCalendarsAreSaid() {
    #expect(
      problems("defaults: {calendar: retial}\ncalendars: {retail: {}}").first?
        .hasPrefix("E8212 there is no calendar called \"retial\"") == true
    )
    let cases = [
      (
        "pattern: 4-4-5, starts: [2024-02-04, 2025-02-03]",
        "E8306 the year that starts on 2024-02-04 has 365 days, not 52 or 53 weeks"
      ),
      (
        "pattern: 4-4-5, starts: [2024-02-04]",
        "E8306 \"starts\" needs a first day, and the day after the last year"
      ),
      (
        "pattern: 4-4-5, starts: [2025-02-02, 2024-02-04]",
        "E8306 the year that starts on 2025-02-02 has -364 days, not 52 or 53 weeks"
      ),
      ("pattern: 4-4-4, starts: []", "E8107 there is no pattern \"4-4-4\""),
      ("starts: [2024-02-04]", "E8103 the calendar \"r\" needs \"pattern\", such as 4-4-5"),
      ("pattern: 4-4-5", "E8103 the calendar \"r\" needs \"starts\": the first days of its years"),
      (
        "pattern: 4-4-5, fiscal_year_start: 04-01, starts: [2024-02-04, 2025-02-02]",
        "E8108 the calendar \"r\" has \"starts\" and therefore no \"fiscal_year_start\""
      ),
      (
        "pattern: 4-4-5, starts: [2024-02-04, soon]",
        "E8102 \"starts\" must be a date such as 2026-03-15"
      ),
      ("table: {source: x}", "E8105 \"table\" is not available yet"),
    ]
    for (keys, message) in cases {
      #expect(problems("calendars: {r: {\(keys)}}").contains(message), "\(keys)")
    }
  }
}
