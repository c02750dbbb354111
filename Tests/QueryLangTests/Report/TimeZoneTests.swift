import ColumnStore
import Commerce
import QueryLang
import TestKit
import Testing

/// TIMEZONE; all numbers are worked out by hand.
@Suite struct TimeZoneTests {
  /// Seconds since 1970 of an instant in UTC.
  private static func instant(_ day: String, _ hour: Int64, _ minute: Int64) -> Int64 {
    (SmallShop.day(day) * 86_400 + hour * 3_600 + minute * 60) * 1_000_000
  }

  /// Three lines with the days that they have in India; the last has no time.
  ///
  /// The first is of 00:30 on 2 January in India, 23:00 on 1 January in Dubai; the second of 03:00
  /// on 1 February in India, 01:30 in Dubai, 21:30 on 31 January in UTC.
  static var night: SmallShop {
    var shop = SmallShop()
    shop.line("a", "1", "2026-01-02", 10)
    shop.line("a", "2", "2026-02-01", 20)
    shop.line("a", "3", "2026-02-02", 30)
    shop.lines[0]["ordered_at"] = .integer(instant("2026-01-01", 19, 0))
    shop.lines[1]["ordered_at"] = .integer(instant("2026-01-31", 21, 30))
    return shop
  }

  private func rows(_ text: String) async throws -> [String] { try await Self.night.rows(text) }

  @Test func daysAreCutInTheZone() async throws {
    let text = "SELECT lines BY day DURING 2026-01-01 TO 2026-02-02 FILL NONE"
    #expect(try await rows(text) == ["2026-01-02 | 1", "2026-02-01 | 1", "2026-02-02 | 1"])
    #expect(
      try await rows(text + " TIMEZONE 'Asia/Dubai'") == [
        "2026-01-01 | 1", "2026-02-01 | 1", "2026-02-02 | 1",
      ]
    )
    #expect(
      try await rows(text + " TIMEZONE 'UTC'") == [
        "2026-01-01 | 1", "2026-01-31 | 1", "2026-02-02 | 1",
      ]
    )
    #expect(try await rows(text + " TIMEZONE 'Asia/Kolkata'") == rows(text))
  }

  @Test func rangesAndGrainsFollowTheZone() async throws {
    #expect(try await rows("SELECT lines DURING 2026-01") == ["1"])
    #expect(try await rows("SELECT lines DURING 2026-01 TIMEZONE 'UTC'") == ["2"])
    #expect(
      try await rows("SELECT lines, order_revenue BY month TIMEZONE 'UTC'") == [
        "2026-01 | 2 | 30.0", "2026-02 | 1 | 30.0",
      ]
    )
    #expect(
      try await rows(
        "SELECT lines, lines PREVIOUS month AS before BY month DURING 2026-02 TIMEZONE 'UTC'"
      ) == ["2026-02 | 1 | 2"]
    )
    let header = try await Self.night.result("SELECT lines TIMEZONE 'Asia/Dubai'").header
    #expect(header.timezone == "Asia/Dubai")
    #expect(header.period?.from == Int32(SmallShop.day("2026-01-01")))
    #expect(header.period?.to == Int32(SmallShop.day("2026-02-02")))
  }

  @Test func partsOfTheDayFollowTheZone() async throws {
    let text = "SELECT lines BY hour_of_day ORDER BY hour_of_day"
    #expect(try await rows(text) == ["0 | 1", "3 | 1", "(none) | 1"])
    #expect(
      try await rows(text + " TIMEZONE 'Asia/Dubai'") == ["1 | 1", "23 | 1", "(none) | 1"]
    )
    // 1 January 2026 is a Thursday, 1 February a Sunday.
    #expect(
      try await rows("SELECT lines BY day_of_week ORDER BY day_of_week TIMEZONE 'Asia/Dubai'") == [
        "1 | 1", "4 | 1", "7 | 1",
      ]
    )
  }

  /// Offsets come from the machine, which knows when clocks are changed.
  @Test func changesOfTheClockAreKnown() async throws {
    var shop = SmallShop()
    shop.line("a", "1", "2026-03-29", 10)
    shop.line("a", "2", "2026-03-30", 20)
    // Half past midnight in Berlin, before and after its clocks go forward on 29 March.
    shop.lines[0]["ordered_at"] = .integer(Self.instant("2026-03-28", 23, 30))
    shop.lines[1]["ordered_at"] = .integer(Self.instant("2026-03-29", 22, 30))
    let change = Self.instant("2026-03-29", 1, 0)
    let zones = ZoneSource(
      names: { ["Europe/Berlin"] },
      offsets: { name in
        name == "Europe/Berlin" ? ZoneOffsets(changes: [change], offsets: [3_600, 7_200]) : nil
      }
    )
    let prepared = Report.prepare(
      "SELECT lines BY day, hour_of_day FILL NONE TIMEZONE 'Europe/Berlin'",
      name: nil,
      catalog: try Catalog.commerce(),
      context: ReportContext(today: SmallShop.today, zones: zones)
    )
    let results = try await prepared.run(
      on: try shop.stored(),
      policy: .unrestricted(reason: "test"),
      limits: .untimed
    )
    guard case .report(let result) = results.last else {
      Issue.record("no report")
      return
    }
    #expect(
      result.rows.map { $0.prefix(2) } == [
        [.integer(SmallShop.day("2026-03-29")), .integer(0)],
        [.integer(SmallShop.day("2026-03-30")), .integer(0)],
      ]
    )
  }

  // MARK: Today

  @Test func todayIsTheDayInTheZone() async throws {
    // 23:59 on 1 March in Dubai is 01:29 on 2 March in India.
    let now = Self.instant("2026-03-01", 19, 59)
    func header(_ text: String, now: Int64?) async throws -> ResultHeader {
      let prepared = Report.prepare(
        text,
        name: nil,
        catalog: try Catalog.commerce(),
        context: ReportContext(today: Int32(SmallShop.day("2026-03-02")), now: now)
      )
      let results = try await prepared.run(
        on: Self.night.backend,
        policy: .unrestricted(reason: "test"),
        limits: .untimed
      )
      guard case .report(let result) = results.last else { throw ReportError.notRunnable }
      return result.header
    }
    let dubai = try await header("SELECT lines DURING yesterday TIMEZONE 'Asia/Dubai'", now: now)
    #expect(dubai.asOf == Int32(SmallShop.day("2026-03-01")))
    #expect(dubai.period?.from == Int32(SmallShop.day("2026-02-28")))
    // The next report of the text is in the model's zone again.
    let india = try await header(
      "SELECT lines TIMEZONE 'Asia/Dubai'; SELECT lines DURING yesterday",
      now: now
    )
    #expect(india.asOf == Int32(SmallShop.day("2026-03-02")))
    #expect(india.timezone == "Asia/Kolkata")
    // A pinned day is the same day everywhere, and so is one that the text names.
    let pinned = try await header("SELECT lines TIMEZONE 'Asia/Dubai'", now: nil)
    #expect(pinned.asOf == Int32(SmallShop.day("2026-03-02")))
    let named = try await header("SELECT lines TIMEZONE 'Asia/Dubai' AS OF 2026-02-10", now: now)
    #expect(named.asOf == Int32(SmallShop.day("2026-02-10")))
    let moved = try await header(
      "SELECT lines TIMEZONE 'Asia/Dubai' AS OF today - 1 day",
      now: now
    )
    #expect(moved.asOf == Int32(SmallShop.day("2026-02-28")))
  }

  // MARK: Messages

  private func diagnostics(_ text: String) throws -> [Diagnostic] {
    try SmallShop.usual.prepare(text).diagnostics
  }

  @Test func rowsThatKeepTheirDayAreNamed() throws {
    let note = try #require(try diagnostics("SELECT revenue TIMEZONE 'UTC'").first)
    #expect(note.id.code == "N4903")
    #expect(note.message == "days are cut in UTC where a row has a time")
    #expect(
      note.notes == [
        "note: rows of order_line without a time keep their day",
        "note: sellout_daily has days without a time, and keeps them",
      ]
    )
    #expect(try diagnostics("SELECT revenue TIMEZONE 'Asia/Kolkata'").isEmpty)
    #expect(try SmallShop.usual.prepare("SELECT revenue TIMEZONE 'UTC'").isRunnable)
  }

  @Test(arguments: [
    ("Asia/Dubay", "Asia/Dubai"), ("dubai", "Asia/Dubai"), ("asia/singapore", "Asia/Singapore"),
  ])
  func unknownZonesGetTheClosestOnes(_ written: String, _ meant: String) throws {
    let text = "SELECT lines TIMEZONE '\(written)'"
    let found = try diagnostics(text)
    #expect(found.map(\.message) == ["there is no time zone called \"\(written)\""])
    #expect(found.first?.id.code == "E4904")
    #expect(found.first?.label == "did you mean \"\(meant)\"?")
    let source = try SmallShop.usual.prepare(text).source
    #expect(
      found.first?.fixes.first?.applied(to: source) == "SELECT lines TIMEZONE '\(meant)'"
    )
  }

  @Test func aParameterNamesTheZone() async throws {
    let text = "DEFINE PARAM z STRING DEFAULT 'Asia/Dubai'; SELECT lines TIMEZONE $z"
    #expect(try await Self.night.result(text).header.timezone == "Asia/Dubai")
    let unknown = try diagnostics("DEFINE PARAM z STRING DEFAULT 'Dubay'; SELECT lines TIMEZONE $z")
    #expect(unknown.map(\.id.code) == ["E4904"])
    #expect(unknown.first?.fixes.isEmpty == true)
    let count = try diagnostics("DEFINE PARAM z COUNT DEFAULT 4; SELECT lines TIMEZONE $z")
    #expect(
      count.map(\.message) == [
        "\"$z\" is of type COUNT, and a time zone such as 'Asia/Dubai' is needed"
      ]
    )
  }

  @Test func aHiddenTimeCannotBeCut() async throws {
    let policy = AccessPolicy.restricted(to: [
      "order_line": AccessPolicy.Grant(rows: .constant(true), hiddenColumns: ["ordered_at"])
    ])
    let shop = Self.night
    _ = try await shop.prepare("SELECT lines").run(
      on: shop.backend,
      policy: policy,
      limits: .untimed
    )
    await #expect(throws: ReportError.denied("order_line.ordered_at")) {
      _ = try await shop.prepare("SELECT lines TIMEZONE 'UTC'").run(
        on: shop.backend,
        policy: policy,
        limits: .untimed
      )
    }
  }

  @Test func thePlanShowsTheDay() async throws {
    let results = try await Self.night.prepare(
      "EXPLAIN PLAN SELECT lines DURING 2026-01 TIMEZONE 'UTC'"
    ).run(on: Self.night.backend, policy: .unrestricted(reason: "test"), limits: .untimed)
    guard case .plan(let plan) = results.last else {
      Issue.record("no plan")
      return
    }
    #expect(
      plan.hasSuffix(
        "scan order_line, coalesce(day(ordered_at), order_date) in 2026-01-01 to 2026-01-31"
      )
    )
  }
}
