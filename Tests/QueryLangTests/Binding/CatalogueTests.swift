import ColumnStore
import Commerce
import QueryLang
import Testing

/// What `SHOW`, `DESCRIBE` and `EXPLAIN` say of names, without looking at rows.
@Suite struct CatalogueTests {
  private let shop = SmallShop.usual

  private func described(_ text: String) async throws -> [String: String] {
    let rows = try await shop.rows(text).map { row -> (String, String) in
      let cells = row.components(separatedBy: " | ")
      return (cells[0], cells.dropFirst().joined(separator: " | "))
    }
    return Dictionary(uniqueKeysWithValues: rows)
  }

  @Test func tablesAndCohortsAreListed() async throws {
    let tables = try await shop.rows("SHOW TABLES LIKE '%_daily'")
    #expect(tables.count == 1)
    #expect(tables[0].hasPrefix("sellout_daily | channel, account, date_from, date_to, place, sku"))
    #expect(tables[0].hasSuffix(" | sellout_daily | "))
    let customer = try await shop.rows("SHOW TABLES LIKE 'customer'")
    #expect(customer.first?.hasSuffix(" |  | customer") == true)
    #expect(
      try await shop.rows("SHOW COHORTS") == [
        "first_order | First order | customer | order_line | orders | "
          + "cohort_day, cohort_week, cohort_month, first_order_at"
      ]
    )
  }

  @Test func periodsOfTheTextAreListedWithTheirDays() async throws {
    let text = """
      DEFINE PERIOD spring = 2026-02 TO 2026-03; DEFINE PERIOD lately = LAST 7 days;
      DEFINE PERIOD ever = ALL TIME; SHOW PERIODS
      """
    #expect(
      try await shop.rows(text) == [
        "ever | ever |  |  | ALL TIME",
        "lately | lately | 2026-03-08 | 2026-03-14 | LAST 7 days",
        "spring | spring | 2026-02-01 | 2026-03-31 | 2026-02 TO 2026-03",
      ]
    )
  }

  @Test func aMetricIsDescribed() async throws {
    let revenue = try await described("DESCRIBE revenue")
    #expect(revenue["kind"] == "metric")
    #expect(revenue["type"] == "money")
    #expect(revenue["unit"] == "the report's currency")
    #expect(revenue["additivity"] == "additive")
    #expect(revenue["definition"] == "order_revenue + sellout_revenue")
    #expect(revenue["facts"] == "order_line, sellout_daily")
    #expect(revenue["dimensions"]?.contains("cohort_month") == true)
    #expect(revenue["dimensions"]?.contains("status") == false)
    let tax = try await described("DESCRIBE tax")
    #expect(
      tax["definition"]
        == "SUM(order_line.tax_value) FILTER (status NOT IN ('cancelled', 'rto', 'returned'))"
    )
    let text = "DEFINE METRIC aov = order_revenue / orders LABEL 'Basket' AKA 'basket'; "
    let aov = try await described(text + "DESCRIBE aov")
    #expect(aov["label"] == "Basket")
    #expect(aov["definition"] == "order_revenue / orders")
    #expect(aov["additivity"] == "non_additive")
    #expect(aov["also called"] == "basket")
    #expect(try await described(text + "DESCRIBE orders")["used by"] == "aov")
  }

  @Test func everyOtherKindOfNameIsDescribed() async throws {
    let customer = try await described("DESCRIBE customer")
    #expect(customer["definition"] == "customer.customer_id, found by customer")
    #expect(customer["only (none) in"] == "sellout_daily")
    #expect(customer["attributes"] == "cohort_day, cohort_week, cohort_month, first_order_at")
    #expect(
      try await described("DESCRIBE cohort_month")["definition"]
        == "month(first_order_date of customer)"
    )
    let fact = try await described("DESCRIBE sellout_daily")
    #expect(fact["rows"] == "figures that are already summed")
    #expect(fact["report date"] == "date_from")
    #expect(fact["metrics"] == "revenue, units, net_revenue, mrp_value")
    #expect(try await described("DESCRIBE order_line.qty")["type"] == "count")
    #expect(try await described("DESCRIBE first_order")["activity"] == "orders")
    let text = """
      DEFINE PARAM n COUNT DEFAULT 5; DEFINE PERIOD spring = 2026-Q1;
      DEFINE SEGMENT early OF customer = cohort_month < 2026-02;
      DEFINE DIMENSION size = CASE WHEN order_line.qty > 1 THEN 'many' ELSE 'one' END;
      """
    let parameter = try await described(text + "DESCRIBE n")
    #expect(parameter["value"] == "5" && parameter["value from"] == "DEFAULT")
    #expect(try await described(text + "DESCRIBE spring")["to"] == "2026-03-31")
    #expect(try await described(text + "DESCRIBE early")["definition"] == "cohort_month < 2026-02")
    #expect(try await described(text + "DESCRIBE size")["facts"] == "order_line")
  }

  @Test(arguments: [
    ("DESCRIBE sellout_dayly", "there is nothing called \"sellout_dayly\""),
    ("DESCRIBE order_line.colour", "order_line has no column called \"colour\""),
    ("SHOW TABLES FOR revenue", "FOR stands after SHOW METRICS and SHOW DIMENSIONS only"),
    ("EXPLAIN LINEAGE METRIC revenu", "there is no metric or dimension called \"revenu\""),
    ("EXPLAIN TYPES SELECT revenu", "there is no metric or dimension called \"revenu\""),
  ])
  func whatIsNotThereIsSaid(_ text: String, _ message: String) throws {
    #expect(try shop.prepare(text).diagnostics.map(\.message) == [message])
  }

  @Test func aLineageEndsAtColumns() async throws {
    #expect(
      try await shop.rows("EXPLAIN LINEAGE METRIC units") == [
        "units | metric | order_units, sellout_units | order_units + sellout_units",
        "order_units | metric | order_line.qty, status | "
          + "SUM(order_line.qty) FILTER (status NOT IN ('cancelled', 'rto', 'returned'))",
        "order_line.qty | column |  | ",
        "status | dimension | order_line.status | a column of each fact",
        "order_line.status | column |  | ",
        "sellout_units | metric | sellout_daily.qty | SUM(sellout_daily.qty)",
        "sellout_daily.qty | column |  | ",
      ]
    )
  }

  @Test func aReportsLineageNamesItsClauses() async throws {
    let text = """
      DEFINE SEGMENT early OF customer = cohort_month < 2026-02;
      EXPLAIN LINEAGE SELECT tax / orders AS each_tax, lines BY city, month
      WHERE customer IN SEGMENT early ORDER BY each_tax
      """
    let rows = try await shop.rows(text)
    #expect(rows.first == "each_tax | output column | tax, orders | tax / orders")
    for row in [
      "orders | metric | order_line.channel, order_line.account, order_line.order_id | "
        + "COUNT(DISTINCT order)",
      "lines | metric | rows of order_line | COUNT(order_line)",
      "city | dimension | place, place.city | city of place",
      "place | dimension | order_line.place, place.place | place.place, found by place",
      "month | key | report date | month",
      "WHERE | condition | customer, early | customer IN SEGMENT early",
      "early | segment | cohort_month | customer: cohort_month < 2026-02",
      "customer.first_order_date | column |  | ",
      "report date | date | order_line.order_date | ",
      "ORDER BY | order |  | each_tax",
    ] {
      #expect(rows.contains(row), "\(row)")
    }
  }

  @Test func aLineageLeadsFromComparisonsAndSelections() async throws {
    let text = """
      EXPLAIN LINEAGE SELECT orders BY channel DURING 2026-02 COMPARE TO PREVIOUS month
      TOP 2 channel BY orders / lines ORDER BY orders.change
      """
    let rows = try await shop.rows(text)
    #expect(rows.contains("TOP | selection | orders, lines | orders / lines"))
    #expect(rows.contains("ORDER BY | order | orders | orders.change"))
  }

  @Test func everyPartHasATypeALevelAndFacts() async throws {
    let good = """
      EXPLAIN TYPES SELECT revenue / TOTAL OF orders AS r,
        IF(orders > 2, SUM(order_line.qty * 2) FILTER (channel = 'amazon'), 0) AS q BY channel
      """
    let parts = try await shop.rows(good)
    #expect(
      parts == [
        "r | revenue / TOTAL OF orders | money(INR) | group | order_line, sellout_daily",
        "r | revenue | money(INR) | group | order_line, sellout_daily",
        "r | TOTAL OF orders | count | report | order_line",
        "r | orders | count | group | order_line",
        "q | IF(orders > 2, SUM(order_line.qty * 2) FILTER (channel = 'amazon'), 0)"
          + " | number | group | order_line",
        "q | orders > 2 | condition | group | order_line",
        "q | orders | count | group | order_line",
        "q | 2 | count | constant | ",
        "q | SUM(order_line.qty * 2) FILTER (channel = 'amazon') | number | group | order_line",
        "q | SUM(order_line.qty * 2) | number | group | order_line",
        "q | order_line.qty * 2 | number | row | order_line",
        "q | order_line.qty | count | row | order_line",
        "q | 2 | count | constant | ",
        "q | channel = 'amazon' | condition | row | order_line",
        "q | channel | string | row | order_line",
        "q | 'amazon' | string | constant | ",
        "q | 0 | count | constant | ",
      ]
    )
    #expect(
      try await shop.rows("EXPLAIN TYPES SELECT AVERAGE OF units PER day AS a BY channel") == [
        "a | AVERAGE OF units PER day | number | group | order_line, sellout_daily",
        "a | units | count | each day | order_line, sellout_daily",
      ]
    )
    #expect(
      try await shop.rows("EXPLAIN TYPES METRIC units") == [
        "units | order_units + sellout_units | count | group | order_line, sellout_daily",
        "units | order_units | count | group | order_line",
        "units | sellout_units | count | group | sellout_daily",
      ]
    )
  }
}
