import Testing

@testable import QueryLang

/// What an editor offers at a cursor, which is written as `|`.
@Suite struct CompletionTests {
  private func labels(_ text: String) throws -> [String] {
    try EditorShop.completions(text).items.map(\.label)
  }

  // MARK: What can be combined

  @Test func dimensionsThatAllMetricsShareComeFirst() throws {
    let list = try EditorShop.completions("SELECT revenue, ad_spend BY |")
    let free = list.items.filter { $0.obstacle == nil && $0.kind == .dimension }.map(\.label)
    #expect(free == ["channel", "channel_type"])
    let grains = list.items.filter { $0.obstacle == nil && $0.kind == .grain }.map(\.label)
    #expect(grains.prefix(3) == ["day", "week", "month"])
    let product = try #require(list.items.first { $0.label == "product" })
    #expect(product.obstacle == "ad_spend has no product")
    let status = try #require(list.items.first { $0.label == "status" })
    #expect(status.obstacle == "revenue has no status")
    let firstObstacle = try #require(list.items.firstIndex { $0.obstacle != nil })
    let lastName = try #require(list.items.lastIndex { $0.label == "week_of_year" })
    #expect(lastName < firstObstacle)
  }

  @Test func metricsOfTheReportDecideFromBehindTheCursorToo() throws {
    let list = try EditorShop.completions("SELECT | BY product DURING LAST month")
    let spend = try #require(list.items.first { $0.label == "ad_spend" })
    #expect(spend.obstacle == "ad_spend has no product")
    let ratio = try #require(list.items.first { $0.label == "roas" })
    #expect(ratio.obstacle == "roas has no product")
    let revenue = try #require(list.items.first { $0.label == "revenue" })
    #expect(revenue.obstacle == nil)
    #expect(revenue.detail == "Revenue, money")
  }

  @Test func conditionsDecideWhatMetricsFit() throws {
    let list = try EditorShop.completions("SELECT | WHERE city = 'Mumbai'")
    #expect(list.items.first { $0.label == "ad_spend" }?.obstacle == "ad_spend has no city")
    #expect(list.items.first { $0.label == "orders" }?.obstacle == nil)
  }

  @Test func aTotalNeedsNoKeys() throws {
    let list = try EditorShop.completions("SELECT TOTAL OF ad_spend AS t, revenue BY |")
    #expect(list.items.first { $0.label == "product" }?.obstacle == nil)
  }

  @Test func onlyTheFilteredMetricDecidesInsideItsFilter() throws {
    let list = try EditorShop.completions("SELECT ad_spend, orders FILTER (|")
    #expect(list.items.first { $0.label == "status" }?.obstacle == nil)
    let other = try EditorShop.completions("SELECT orders, ad_spend FILTER (|")
    #expect(other.items.first { $0.label == "status" }?.obstacle == "ad_spend has no status")
  }

  @Test func keysAreNotOfferedTwice() throws {
    let found = try labels("SELECT revenue BY channel, |, month")
    #expect(!found.contains("channel"))
    #expect(!found.contains("month"))
    #expect(found.contains("channel_type"))
  }

  // MARK: Places

  /// A place, what is offered there, and what is not.
  static let places: [(String, offered: [String], missing: [String])] = [
    ("|", ["SELECT", "DEFINE", "SHOW"], ["revenue", "WHERE"]),
    ("SELECT orders; |", ["SELECT", "DEFINE"], ["orders"]),
    ("SELECT |", ["revenue", "SHARE OF", "SUM", "CASE"], ["channel", "sellout_revenue", "month"]),
    ("SELECT rev|", ["revenue", "SHARE OF"], ["channel"]),
    ("SELECT revenue |", ["FILTER", "PREVIOUS", "AS", "FORMAT", "BY", "WHERE"], ["AND", "IN"]),
    ("SELECT revenue / |", ["orders"], ["BY", "channel"]),
    ("SELECT (revenue + orders) |", ["BY"], ["FILTER", "PREVIOUS"]),
    ("SELECT revenue BY channel |", ["AS", "WHERE", "DURING"], ["BY", "FILTER", "SELECT"]),
    (
      "SELECT revenue BY channel DURING LAST month | LIMIT 5",
      ["WHERE", "HAVING", "INCLUDING CURRENT"], ["DURING", "LIMIT", "BY", "SINCE"]
    ),
    ("SELECT revenue DURING ALL TIME |", ["WHERE"], ["INCLUDING CURRENT"]),
    (
      "SELECT revenue WHERE |", ["channel", "month", "NOT", "LOWER"],
      ["revenue", "SUM", "SHARE OF"]
    ),
    ("SELECT revenue WHERE channel |", ["IN", "CONTAINS", "IS"], ["AND", "OR", "FILTER"]),
    ("SELECT revenue WHERE channel = 'x' |", ["AND", "OR"], ["IN", "IS", "FILTER"]),
    ("SELECT revenue WHERE channel IN |", [], ["channel"]),
    ("SELECT revenue WHERE units BETWEEN 1 |", ["AND"], ["OR"]),
    ("SELECT revenue WHERE city IN SEGMENT |", ["big_city"], ["city"]),
    ("SELECT revenue WHERE city IS |", ["NULL", "NONE", "UNKNOWN", "NOT"], ["city"]),
    ("SELECT revenue BY channel HAVING |", ["revenue", "orders"], ["channel"]),
    ("SELECT revenue BY channel HAVING revenue > 1 |", ["AND", "OR"], ["CONTAINS"]),
    ("SELECT revenue AS r BY channel ORDER BY |", ["r", "channel", "revenue"], ["city"]),
    ("SELECT revenue BY channel ORDER BY revenue |", ["DESC", "ASC", "NULLS", "LIMIT"], ["AND"]),
    ("SELECT revenue BY channel TOP 3 |", ["channel", "BY", "WITHIN"], ["city", "revenue"]),
    ("SELECT revenue BY channel TOP 3 channel BY |", ["revenue", "orders"], ["channel"]),
    ("SELECT revenue BY channel TOP 3 channel BY orders |", ["WITH OTHERS", "TOTALS"], ["OTHERS"]),
    ("SELECT revenue BY channel TOTALS |", ["BY", "ALL", "SHOWN"], ["ALL TIME"]),
    ("SELECT revenue BY channel TOTALS BY |", ["channel"], ["city"]),
    ("SELECT revenue BY month FILL |", ["ZERO", "PREVIOUS", "LINEAR"], ["WHERE"]),
    ("SELECT revenue AS r BY month FILL ZERO FOR (|", ["r"], ["orders"]),
    ("SELECT SHARE OF revenue WITHIN | BY channel, city", ["channel", "city"], ["state"]),
    ("SELECT AVERAGE OF orders PER |", ["customer", "day", "channel"], ["revenue"]),
    (
      "SELECT SUM(|", ["order_line.qty", "ad_spend.amount"],
      ["order_line.sku", "channel", "revenue"]
    ),
    ("SELECT SUM(order_line.|", ["qty", "gross_value"], ["sku", "order_line.qty"]),
    ("SELECT COUNT(|", ["DISTINCT", "order_line", "order_line.sku"], ["revenue"]),
    ("SELECT COUNT(DISTINCT |", ["order_line.order_id"], ["DISTINCT"]),
    ("SELECT CASE |", ["WHEN"], ["revenue"]),
    ("SELECT CASE WHEN |", ["revenue", "NOT"], ["channel"]),
    ("SELECT revenue BY CASE WHEN |", ["channel", "NOT"], ["revenue"]),
    ("SELECT revenue BY channel AS CHART |", ["bar", "line"], ["revenue"]),
    ("SELECT revenue BY channel AS CHART bar (x = |", ["revenue", "channel"], ["orders"]),
    ("SELECT revenue CURRENCY |", ["INR"], ["channel"]),
    ("SELECT revenue TIMEZONE |", ["'Asia/Kolkata'", "'UTC'"], ["channel"]),
    ("SELECT revenue TIMEZONE '|'", ["'Asia/Kolkata'", "'Asia/Dubai'"], ["'#,##0'"]),
    ("SELECT revenue BY channel, month PIVOT |", ["channel", "month"], ["city"]),
    ("DEFINE |", ["METRIC", "SEGMENT", "OR REPLACE"], ["revenue"]),
    ("DEFINE METRIC x = revenue |", ["LABEL", "TYPE", "FILTER"], ["BY", "AND"]),
    ("DEFINE DIMENSION x = |", ["channel", "CASE"], ["revenue"]),
    ("DEFINE SEGMENT x OF |", ["city"], ["revenue"]),
    ("DEFINE SEGMENT x OF city = |", ["city", "NOT"], ["revenue"]),
    ("DEFINE PARAM x |", ["STRING", "MONEY", "PERIOD"], ["revenue"]),
    ("DEFINE METRIC own = orders; SELECT |", ["own"], []),
    ("SELECT own; DEFINE METRIC own = orders|", [], ["own"]),
    ("DEFINE METRIC own = orders; DROP METRIC |", ["own"], ["orders"]),
    ("SHOW |", ["METRICS", "VALUES OF"], ["revenue"]),
    ("SHOW DIMENSIONS FOR |", ["revenue"], ["channel"]),
    ("SHOW VALUES OF |", ["channel"], ["revenue"]),
    ("DESCRIBE |", ["revenue", "channel", "order_line", "diwali_2025"], ["SELECT"]),
    ("EXPLAIN |", ["PLAN", "LINEAGE", "SELECT", "METRIC"], ["WHERE"]),
    ("SELECT revenue -- a remark|", [], ["BY"]),
    ("SELECT revenue LIMIT 1|", [], ["0"]),
    ("DEFINE PARAM n COUNT DEFAULT 3; SELECT revenue BY channel LIMIT |", ["$n"], ["$floor"]),
    ("DEFINE PARAM d DIMENSION DEFAULT city; SELECT revenue BY |", ["$d"], ["$floor"]),
    ("DEFINE PARAM r PERIOD DEFAULT LAST week; SELECT revenue DURING |", ["$r"], ["$floor"]),
  ]

  @Test(arguments: places.indices)
  func onlyWhatFitsIsOffered(_ index: Int) throws {
    let (text, offered, missing) = CompletionTests.places[index]
    let found = Set(try labels(text))
    #expect(Set(offered).isSubset(of: found), "\(text): \(Set(offered).subtracting(found))")
    #expect(found.isDisjoint(with: missing), "\(text): \(found.intersection(missing))")
  }

  /// What the language cannot run yet is not offered, and what it can run is: both follow the binder.
  @Test(arguments: [
    ("SELECT revenue |", "ROLLING", "SELECT revenue ROLLING 7 days AS r BY day"),
    ("SELECT revenue |", "month TO DATE", "SELECT revenue month TO DATE AS r BY day"),
    ("SELECT revenue |", "COHORT", "SELECT revenue COHORT first_order BY month"),
    ("SELECT revenue BY month |", "PIVOT", "SELECT revenue BY month PIVOT month"),
    ("SELECT revenue WHERE customer |", "HAS", "SELECT revenue WHERE customer HAS (orders > 1)"),
    ("SELECT revenue |", "PREVIOUS", "SELECT revenue PREVIOUS month AS r"),
    ("SELECT revenue WHERE city |", "MATCHES", "SELECT revenue WHERE city MATCHES 'x'"),
    ("SELECT |", "RETENTION OF", "SELECT RETENTION OF orders AS r"),
    ("SELECT revenue |", "TIMEZONE", "SELECT revenue TIMEZONE 'UTC'"),
    ("EXPLAIN |", "SQL", "EXPLAIN SQL SELECT orders"),
    ("SELECT revenue |", "TOTALS", "SELECT revenue BY channel TOTALS"),
  ])
  func whatCannotRunIsNotOffered(_ text: String, _ word: String, _ report: String) throws {
    let problems = try EditorShop.script(report).diagnostics.map(\.message)
    let canRun = !problems.contains { $0.hasSuffix("is not available yet") }
    #expect(try labels(text).contains(word) == canRun)
  }

  // MARK: Dates

  @Test(arguments: [
    ("SELECT revenue DURING |", "LAST month", "1–28 Feb 2026"),
    ("SELECT revenue DURING |", "LAST 7 days", "8–14 Mar 2026"),
    ("SELECT revenue DURING |", "YESTERDAY", "14 Mar 2026"),
    ("SELECT revenue DURING |", "diwali_2025", "14–23 Oct 2025"),
    ("SELECT revenue DURING |", "year TO DATE", "1 Jan – 14 Mar 2026"),
    ("SELECT revenue DURING |", "LAST fiscal_year", "1 Apr 2024 – 31 Mar 2025"),
    ("SELECT revenue DURING LAST |", "month", "1–28 Feb 2026"),
    ("SELECT revenue DURING THIS |", "month", "1–14 Mar 2026"),
    ("SELECT revenue DURING LAST 3 |", "weeks", "16 Feb – 8 Mar 2026"),
    ("SELECT revenue DURING | AS OF 2026-01-10", "LAST month", "1–31 Dec 2025"),
    ("SELECT revenue DURING LAST month COMPARE TO |", "PREVIOUS year", "1–28 Feb 2025"),
    ("SELECT revenue DURING LAST month COMPARE TO PREVIOUS |", "PERIOD", "1–31 Jan 2026"),
    ("SELECT revenue DURING month TO DATE COMPARE TO |", "PREVIOUS month", "1–14 Feb 2026"),
    ("SELECT revenue SINCE |", "YESTERDAY", "14 Mar 2026"),
  ])
  func rangesShowTheirDays(_ text: String, _ label: String, _ days: String) throws {
    let item = try EditorShop.completions(text).items.first { $0.label == label }
    #expect(item?.detail == days)
  }

  @Test func aRangeThatHasNotBegunSaysSo() throws {
    let script = EditedScript(
      SourceText("SELECT revenue DURING "),
      catalog: try EditorShop.catalog(),
      context: ReportContext(today: CivilDay(year: 2026, month: 3, day: 1).number)
    )
    let item = script.completions(at: 22).items.first { $0.label == "month TO DATE" }
    #expect(item?.detail == "no complete day yet")
  }

  // MARK: Members

  @Test(arguments: [
    ("SELECT revenue WHERE channel = '|", "channel", ""),
    ("SELECT revenue WHERE channel = 'am|'", "channel", "am"),
    ("SELECT revenue WHERE channel != |", "channel", ""),
    ("SELECT revenue WHERE channel IN ('amazon', 'z|", "channel", "z"),
    ("SELECT revenue WHERE NOT product CONTAINS '|", "product", ""),
    ("SELECT revenue FILTER (channel_type = '|", "channel_type", ""),
    ("SELECT revenue WHERE channel = '| AND city = 'Pune'", "channel", ""),
  ])
  func textsAskForMembers(_ text: String, _ dimension: String, _ typed: String) throws {
    let members = try #require(try EditorShop.completions(text).members)
    #expect(members == MemberRequest(dimension: dimension, typed: typed))
  }

  @Test(arguments: [
    "SELECT revenue WHERE month = |", "SELECT revenue WHERE channel |", "SELECT revenue FORMAT '|'",
    "SELECT revenue BY channel HAVING revenue > |",
  ])
  func otherPlacesAskForNone(_ text: String) throws {
    #expect(try EditorShop.completions(text).members == nil)
  }

  @Test func theModelsOwnValuesAreKnownWithoutData() throws {
    #expect(
      try labels("SELECT revenue WHERE channel_type = '|") == [
        "'marketplace'", "'quick'", "'d2c'", "'vendor'",
      ]
    )
  }

  @Test func membersFromOutsideComeFirstAndOnce() throws {
    let list = try EditorShop.completions("SELECT revenue WHERE channel_type = '|")
    let offered = list.offering(["quick", "it's", "quick"])
    #expect(
      offered.items.map(\.text) == ["'quick'", "'it''s'", "'marketplace'", "'d2c'", "'vendor'"]
    )
  }

  // MARK: What is replaced

  @Test(arguments: [
    ("SELECT rev|", "rev"), ("SELECT |revenue", ""),
    ("SELECT revenue WHERE channel = 'am|'", "'am'"),
    ("SELECT revenue WHERE channel = 'am|", "'am"), ("SELECT revenue LIMIT $n|", "$n"),
    ("SELECT SUM(order_line.q|)", "q"),
  ])
  func theWordBeingWrittenIsReplaced(_ text: String, _ word: String) throws {
    let (script, offset) = try EditorShop.marked(text)
    #expect(script.source.slice(script.completions(at: offset).replaced) == word)
  }

  @Test func namesThatNeedQuotesGetThem() throws {
    let item = try EditorShop.completions("SELECT orders BY |").items.first { $0.label == "order" }
    #expect(item?.text == "\"order\"")
  }

  @Test func anOffsetOutsideTheTextIsItsEnd() throws {
    let script = try EditorShop.script("SELECT ")
    #expect(script.completions(at: 1_000) == script.completions(at: 7))
    #expect(script.completions(at: -5) == script.completions(at: 0))
  }
}
