import ColumnStore
import QueryLang
import Testing

@Suite struct ReportLimitsTests {
  let shop = SmallShop.usual

  // MARK: Groups of facts that lack the keys

  @Test(arguments: [
    ("SELECT units BY cohort_month WHERE cohort_month = 2026-02", ["2026-02 | 1"]),
    ("SELECT units BY customer WHERE customer = 'c2'", ["c2 | 1"]),
    ("SELECT revenue BY customer WHERE customer = 'zzz'", []),
    ("SELECT revenue BY cohort_month WHERE channel = 'zzz'", []),
    ("SELECT revenue BY cohort_month WHERE channel = 'zepto'", ["(none) | 15.25"]),
  ])
  func aFactWithoutRowsMakesNoGroup(_ text: String, _ expected: [String]) async throws {
    #expect(try await shop.rows(text) == expected)
    let stored = try shop.stored()
    let results = try await shop.prepare(text).run(
      on: stored,
      policy: .unrestricted(reason: "test"),
      limits: .untimed
    )
    guard case .report(let result) = results.last else {
      Issue.record("no report")
      return
    }
    #expect(result.rows.count == expected.count)
  }

  // MARK: Size

  @Test(arguments: [
    ("SELECT revenue BY day SINCE 0001-01-01 UNTIL 9999-12-31", "E5101"),
    ("SELECT revenue, units, orders BY day SINCE 0001-01-01 UNTIL 9999-12-31", "E5102"),
    ("SELECT revenue BY day SINCE 0001-01-01 LIMIT 200000", "E5101"),
  ])
  func aSeriesThatIsTooLongIsRefusedBeforeItIsFilled(_ text: String, _ code: String) async throws {
    let clock = ContinuousClock()
    let start = clock.now
    await #expect {
      try await shop.result(text)
    } throws: { error in
      guard case .refused(let diagnostic) = error as? ReportError else { return false }
      return diagnostic.id.code == code
    }
    #expect(clock.now - start < .seconds(1))
  }

  @Test func aCutSeriesMayBeLong() async throws {
    let rows = try await shop.rows("SELECT units BY day SINCE 2010-01-01 ORDER BY day DESC LIMIT 1")
    #expect(rows == ["2026-03-14 | 0"])
  }

  @Test func theCountOfPeriodsIsTheNumberOfTheirBeginnings() {
    let calendar = ReportCalendar()
    let grains: [ReportGrain] = [
      .day, .week, .month, .quarter, .year, .fiscalQuarter, .fiscalYear,
    ]
    for grain in grains {
      for from in stride(from: Int32(20_000), to: 20_800, by: 37) {
        for last in stride(from: from, to: from + 900, by: 53) {
          let first = calendar.start(of: grain, containing: from)
          var starts = 0
          var day = first
          while day <= last {
            starts += 1
            day = calendar.day(day, movedBy: 1, grain)
          }
          #expect(calendar.count(of: grain, from: first, to: last) == starts)
        }
      }
    }
    #expect(calendar.count(of: .day, from: 10, to: 9) == 0)
  }

  // MARK: Time

  @Test func theFinishEndsWithTheTime() async throws {
    let prepared = try shop.prepare("SELECT units BY day SINCE 2010-01-01 LIMIT 1")
    await #expect {
      try await prepared.run(
        on: shop.backend,
        policy: .unrestricted(reason: "test"),
        limits: ScanLimits(time: .zero)
      )
    } throws: { error in
      guard case .store(.limitReached) = error as? ReportError else { return false }
      return true
    }
  }

  @Test func theFinishEndsWithItsTask() async throws {
    let prepared = try shop.prepare("SELECT units BY day SINCE 2010-01-01 LIMIT 1")
    let backend = shop.backend
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      _ = try await prepared.run(
        on: backend,
        policy: .unrestricted(reason: "test"),
        limits: .untimed
      )
    }
    await #expect(throws: ReportError.store(.cancelled)) { try await task.value }
  }

  @Test func aLongChainOfOrIsPlannedAsOneList() async throws {
    let chain = (0..<3_000).map { "channel = 'x\($0)'" }.joined(separator: " OR ")
    let result = try await shop.result(
      "SELECT units BY channel WHERE \(chain) OR channel = 'zepto'"
    )
    #expect(result.rows.count == 1)
    #expect(result.header.diagnostics.count == 20)
    let plan = try await shop.prepare("EXPLAIN PLAN SELECT units WHERE \(chain)").run(
      on: shop.backend,
      policy: .unrestricted(reason: "test"),
      limits: .untimed
    )
    guard case .plan(let text) = plan.last else {
      Issue.record("no plan")
      return
    }
    // A channel goes by its short name and by its label.
    #expect(text.split(separator: " or ").count <= 4)
  }

  // MARK: Numbers

  @Test(arguments: [
    "SELECT units + 999999999999999999" + String(repeating: " + 999999999999999999", count: 9),
    "SELECT units - 999999999999999999" + String(repeating: " - 999999999999999999", count: 9),
    "SELECT units HAVING units + 999999999999999999"
      + String(repeating: " + 999999999999999999", count: 9) + " > 5",
  ])
  func aCountThatIsTooLargeIsNoDouble(_ text: String) async throws {
    await #expect {
      try await shop.result(text)
    } throws: { error in
      guard case .refused(let diagnostic) = error as? ReportError else { return false }
      return diagnostic.id.code == "E9101"
    }
  }
}
