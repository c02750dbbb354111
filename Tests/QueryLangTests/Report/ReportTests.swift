import ColumnStore
import QueryLang
import Testing

@Suite struct ReportTests {
  let shop = SmallShop.usual

  // MARK: Facts

  @Test func factsAreStitchedWithoutFanOut() async throws {
    #expect(
      try await shop.rows("SELECT revenue, units BY channel, month") == [
        "amazon | 2026-01 | 150.0 | 2",
        "amazon | 2026-02 | 0.0 | 0",
        "amazon | 2026-03 | 25.5 | 2",
        "shopify | 2026-01 | 10.0 | 1",
        "shopify | 2026-02 | 50.0 | 2",
        "shopify | 2026-03 | 0.0 | 0",
        "zepto | 2026-01 | 7.25 | 3",
        "zepto | 2026-02 | 0.0 | 0",
        "zepto | 2026-03 | 8.0 | 1",
      ]
    )
  }

  @Test func channelsWithoutCustomersStandUnderNone() async throws {
    #expect(
      try await shop.rows("SELECT revenue BY channel, cohort_month") == [
        "amazon | (none) | 175.5",
        "shopify | 2026-01 | 40.0",
        "shopify | 2026-02 | 20.0",
        "zepto | (none) | 15.25",
      ]
    )
  }

  @Test func rowsWithoutAKeyAndRowsOfAFactWithoutKeysAreOneMember() async throws {
    #expect(
      try await shop.rows("SELECT revenue BY cohort_month ORDER BY cohort_month") == [
        "2026-01 | 40.0", "2026-02 | 20.0", "(none) | 190.75",
      ]
    )
  }

  @Test func withoutByThereIsExactlyOneRow() async throws {
    #expect(try await shop.rows("SELECT revenue, orders, customers") == ["250.75 | 6 | 2"])
    #expect(
      try await SmallShop().rows("SELECT revenue, orders, AVG(order_line.gross_value) AS mean")
        == ["0.0 | 0 | <empty>"]
    )
  }

  @Test func addingAMetricChangesNoOther() async throws {
    let alone = try await shop.rows("SELECT order_revenue BY channel ORDER BY channel")
    let together = try await shop.rows("SELECT order_revenue, units BY channel ORDER BY channel")
    for (one, both) in zip(alone, together) {
      #expect(both.hasPrefix(one))
    }
    #expect(together.last == "zepto | 0.0 | 4")
  }

  @Test func aChannelWithoutSellingValueIsBlankAndSpoilsNoTotal() async throws {
    var shop = SmallShop()
    shop.line("amazon", "a1", "2026-01-05", 100)
    shop.sold("zepto", "2026-01-06", nil, qty: 5)
    #expect(
      try await shop.rows("SELECT revenue, units BY channel ORDER BY channel") == [
        "amazon | 100.0 | 1", "zepto | <empty> | 5",
      ]
    )
    #expect(try await shop.rows("SELECT revenue, units") == ["100.0 | 6"])
    var onlyZepto = SmallShop()
    onlyZepto.sold("zepto", "2026-01-06", nil, qty: 5)
    #expect(try await onlyZepto.rows("SELECT revenue") == ["<empty>"])
  }

  // MARK: Blanks

  @Test func divisionByNothingIsUndefined() async throws {
    #expect(
      try await shop.rows("SELECT revenue / orders AS aov BY channel ORDER BY channel") == [
        "amazon | 58.5", "shopify | 20.0", "zepto | <undefined>",
      ]
    )
  }

  @Test func coalesceReplacesABlank() async throws {
    #expect(
      try await shop.rows(
        "SELECT COALESCE(revenue / orders, 0) AS aov BY channel ORDER BY aov, channel"
      ) == ["zepto | 0.0", "shopify | 20.0", "amazon | 58.5"]
    )
  }

  @Test func blanksComeLastInBothDirections() async throws {
    #expect(
      try await shop.rows("SELECT revenue / orders AS aov BY channel ORDER BY aov DESC") == [
        "amazon | 58.5", "shopify | 20.0", "zepto | <undefined>",
      ]
    )
    #expect(
      try await shop.rows("SELECT revenue / orders AS aov BY channel ORDER BY aov NULLS FIRST")
        == ["zepto | <undefined>", "shopify | 20.0", "amazon | 58.5"]
    )
  }

  // MARK: Fill

  @Test func aSeriesIsDenseUpToTheLastCompleteDay() async throws {
    #expect(
      try await shop.rows("SELECT revenue BY month DURING 2026") == [
        "2026-01 | 167.25", "2026-02 | 50.0", "2026-03 | 33.5",
      ]
    )
    let days = try await shop.rows("SELECT revenue BY day DURING last 3 days")
    #expect(days == ["2026-03-12 | 0.0", "2026-03-13 | 0.0", "2026-03-14 | 0.0"])
  }

  @Test func fillSaysWhatNewCellsHold() async throws {
    let query =
      "SELECT order_revenue AS r, revenue / orders AS aov BY day "
      + "WHERE channel = 'amazon' DURING 2026-02-28 TO 2026-03-04 "
    #expect(
      try await shop.rows(query + "FILL NONE") == [
        "2026-03-01 | 25.5 | 25.5", "2026-03-02 | 0.0 | 0.0",
      ]
    )
    #expect(
      try await shop.rows(query + "FILL ZERO FOR (r), PREVIOUS FOR (aov)") == [
        "2026-02-28 | 0.0 | <empty>", "2026-03-01 | 25.5 | 25.5", "2026-03-02 | 0.0 | 0.0",
        "2026-03-03 | 0.0 | 0.0", "2026-03-04 | 0.0 | 0.0",
      ]
    )
    #expect(
      try await shop.rows(
        "SELECT order_revenue BY day WHERE channel = 'shopify' DURING 2026-02-01 TO 2026-02-09 "
          + "FILL LINEAR"
      ).prefix(3) == ["2026-02-01 | 20.0", "2026-02-02 | 21.25", "2026-02-03 | 22.5"]
    )
    #expect(
      try await shop.rows(query + "FILL NULL").first == "2026-02-28 | <empty> | <empty>"
    )
  }

  @Test func cohortsAreNoGrainsAndStayUnfilled() async throws {
    #expect(
      try await shop.rows("SELECT order_revenue BY cohort_month, month FILL NONE") == [
        "2026-01 | 2026-01 | 10.0", "2026-01 | 2026-02 | 30.0", "2026-02 | 2026-02 | 20.0",
        "(none) | 2026-01 | 150.0", "(none) | 2026-03 | 25.5",
      ]
    )
  }

  // MARK: Contexts

  @Test func filterTrueChangesNothing() async throws {
    let plain = try await shop.rows("SELECT revenue AS r BY channel, month")
    #expect(try await shop.rows("SELECT revenue FILTER (TRUE) AS r BY channel, month") == plain)
  }

  @Test func filterWorksThroughDerivedMetrics() async throws {
    #expect(
      try await shop.rows(
        "SELECT revenue FILTER (channel_type = 'quick') AS quick, revenue BY quarter"
      ) == ["2026-Q1 | 15.25 | 250.75"]
    )
    #expect(
      try await shop.rows(
        "SELECT (revenue / orders) FILTER (channel = 'shopify') AS aov, orders"
      ) == ["20.0 | 6"]
    )
  }

  @Test func sharesSumToOne() async throws {
    let result = try await shop.result("SELECT SHARE OF revenue AS s BY channel, month")
    let sum = result.rows.reduce(0.0) { sum, row in
      if case .double(let share) = row[2] { sum + share } else { sum }
    }
    #expect(abs(sum - 1) < 1e-12)
    #expect(result.columns[2].type == .percent)
    let within = try await shop.rows(
      "SELECT SHARE OF revenue WITHIN month AS s BY month, channel HAVING revenue > 0"
    )
    #expect(
      within == [
        "2026-01 | amazon | 0.896861", "2026-01 | shopify | 0.059791",
        "2026-01 | zepto | 0.043348", "2026-02 | shopify | 1.0", "2026-03 | amazon | 0.761194",
        "2026-03 | zepto | 0.238806",
      ]
    )
  }

  @Test func sharesIgnoreHavingAndLimit() async throws {
    let result = try await shop.result(
      "SELECT SHARE OF revenue AS s BY channel HAVING revenue > 50 INR LIMIT 1"
    )
    #expect(result.header.groupCount == 3)
    #expect(result.header.hiddenGroupCount == 2)
    #expect(result.rows == [[.text("amazon"), .double(1_755_000.0 / 2_507_500.0)]])
  }

  @Test func ranksLeaveGapsAfterTies() async throws {
    var shop = SmallShop()
    for (index, amount) in [5.0, 9, 9, 1].enumerated() {
      shop.line("c\(index)", "o", "2026-01-01", amount)
    }
    #expect(
      try await shop.rows("SELECT RANK OF revenue AS r BY channel ORDER BY r, channel") == [
        "c1 | 1", "c2 | 1", "c0 | 3", "c3 | 4",
      ]
    )
  }

  // MARK: Names and definitions

  @Test func definedMetricsAreReused() async throws {
    #expect(
      try await shop.rows(
        "DEFINE METRIC aov = revenue / orders LABEL 'Average';"
          + "DEFINE METRIC twice = aov * 2; SELECT aov, twice"
      ) == ["41.791667 | 83.583333"]
    )
  }

  @Test func definedDimensionsGroupAndFilter() async throws {
    #expect(
      try await shop.rows(
        "DEFINE DIMENSION own = CASE WHEN channel = 'shopify' THEN 'own' ELSE 'others' END;"
          + "SELECT revenue BY own WHERE own != 'x'"
      ) == ["others | 190.75", "own | 60.0"]
    )
  }

  @Test func filtersMatchSlugAndLabelButNothingElse() async throws {
    #expect(try await shop.rows("SELECT revenue WHERE channel = 'Our shop'") == ["60.0"])
    #expect(try await shop.rows("SELECT revenue WHERE channel = 'shopify'") == ["60.0"])
    #expect(try await shop.rows("SELECT revenue WHERE channel = 'our shop'") == ["0.0"])
    #expect(try await shop.rows("SELECT revenue WHERE channel != 'Our shop'") == ["190.75"])
    #expect(
      try await shop.rows("SELECT revenue WHERE channel NOT IN ('Our shop', 'zepto')") == ["175.5"]
    )
  }

  @Test func quotedNamesMatchLabelsAndOtherNames() async throws {
    #expect(
      try await shop.rows("SELECT \"Revenue\" BY \"sales channel\" LIMIT 1") == ["amazon | 175.5"]
    )
  }

  @Test func columnsWithoutAliasGetASteadyName() async throws {
    let result = try await shop.result("SELECT revenue / orders, revenue / orders, revenue")
    #expect(result.columns.map(\.name) == ["revenue_orders", "revenue_orders_2", "revenue"])
  }

  // MARK: Header

  @Test func theHeaderSaysWhatWasAsked() async throws {
    let result = try await shop.result("SELECT revenue BY month")
    #expect(result.header.period?.from == Int32(SmallShop.day("2026-01-05")))
    #expect(result.header.period?.to == Int32(SmallShop.day("2026-03-03")))
    #expect(result.header.period?.isComplete == true)
    #expect(result.header.currency == "INR")
    #expect(result.header.timezone == "Asia/Kolkata")
    #expect(result.header.snapshot == 7)
    #expect(result.columns[1].type == .money(currency: "INR"))
    #expect(result.columns[1].additivity == .additive)
    #expect(result.chart?.kind == "line")
  }

  @Test func anotherSingleCurrencyIsTakenAndTwoAreRefused() async throws {
    var shop = SmallShop()
    shop.line("cdnow", "1", "2026-01-01", 5, currency: "USD")
    #expect(try await shop.result("SELECT revenue").header.currency == "USD")
    shop.line("amazon", "1", "2026-01-01", 5, currency: "INR")
    await #expect(throws: ReportError.self) { try await shop.result("SELECT revenue") }
    #expect(try await shop.rows("SELECT units") == ["2"])
    #expect(
      try await shop.rows("SELECT revenue BY currency_code ORDER BY currency_code") == [
        "INR | 5.0", "USD | 5.0",
      ]
    )
    #expect(
      try await shop.rows("SELECT revenue WHERE currency_code = 'USD' HAVING revenue > 1 USD") == [
        "5.0"
      ]
    )
    await #expect(throws: ReportError.self) {
      try await shop.result("SELECT revenue WHERE currency_code = 'USD' HAVING revenue > 1 INR")
    }
  }

  @Test func tooManyRowsAreAnErrorAndNoCut() async throws {
    var catalog = try Catalog.commerce()
    catalog.limits.maximumRows = 2
    await #expect(throws: ReportError.self) {
      try await shop.result("SELECT revenue BY channel", catalog)
    }
    #expect(try await shop.result("SELECT revenue BY channel LIMIT 2", catalog).rows.count == 2)
    catalog.limits.maximumCells = 3
    await #expect(throws: ReportError.self) {
      try await shop.result("SELECT revenue BY day, channel LIMIT 1", catalog)
    }
  }

  // MARK: Listings

  @Test func listingsShowTheCatalogue() async throws {
    let metrics = try await shop.result("SHOW METRICS LIKE 'order%'")
    #expect(
      metrics.rows.map { $0[0] } == [.text("order_revenue"), .text("order_units"), .text("orders")]
    )
    let shared = try await shop.result("SHOW DIMENSIONS FOR revenue")
    #expect(!shared.rows.contains { $0[0] == .text("status") })
    #expect(shared.rows.contains { $0[0] == .text("cohort_month") })
    let recorded = try await shop.result("SHOW METRICS FOR status")
    #expect(!recorded.rows.contains { $0[0] == .text("revenue") })
    #expect(try await shop.rows("SHOW VALUES OF channel") == ["amazon", "shopify", "zepto"])
    #expect(try await shop.rows("SHOW VALUES OF status LIKE 'c%'") == ["cancelled"])
    #expect(try await shop.result("DESCRIBE revenue").rows.count > 4)
  }

  @Test func anEmptyStoreAnswersWithNothing() async throws {
    let backend = NaiveBackend([:], schemas: [])
    let results = try await shop.prepare("SELECT revenue, orders; SELECT revenue BY channel, month")
      .run(on: backend, policy: .unrestricted(reason: "test"), limits: .untimed)
    guard case .report(let one) = results[0], case .report(let other) = results[1] else {
      Issue.record("no reports")
      return
    }
    #expect(one.rows == [[.decimal(0), .integer(0)]])
    #expect(other.rows.isEmpty)
    #expect(other.header.period == nil)
  }
}
