import ColumnStore
import Commerce
import QueryLang
import Testing

/// `COMPARE TO TARGET`, by numbers that are worked out by hand; today is 15 March 2026.
@Suite struct TargetTests {
  static let yaml = """
    mandi: 1
    tables:
      plan:
        primary_key: [month, seller]
        columns:
          month: {type: date}
          seller: {type: text}
          target_revenue: {type: money, nullable: true}
          target_orders: {type: count, nullable: true}
      goal:
        primary_key: [day]
        columns: {day: {type: date}, target_units: {type: count}}
    targets:
      plan:
        source: plan
        date: month
        grain: [month, channel]
        columns: {channel: seller}
        metrics: {revenue: target_revenue, orders: target_orders}
      goal: {source: goal, date: day, grain: [day], metrics: {units: target_units}}
    """

  private func load(_ yaml: String) throws -> Catalog {
    try Catalog.load(
      yaml: yaml,
      name: "shop.yaml",
      extending: try Catalog.commerce(),
      schemas: CommerceTables.all
    )
  }

  private static func plan(
    _ month: String,
    _ channel: String,
    _ revenue: Int64?,
    _ orders: Int64?
  ) -> NaiveBackend.Row {
    [
      "month": .integer(SmallShop.day(month)), "seller": .string(channel),
      "target_revenue": revenue.map { .integer($0 * 10_000) } ?? .null,
      "target_orders": orders.map { .integer($0) } ?? .null,
    ]
  }

  private static let rows = [
    plan("2026-01-01", "amazon", 100, 3), plan("2026-01-01", "shopify", 20, 1),
    plan("2026-02-01", "flipkart", 40, 2), plan("2026-03-01", "zepto", 10, 0),
    plan("2026-03-01", "amazon", 30, 5), plan("2026-04-01", "amazon", 1_000, 9),
    plan("2025-12-01", "amazon", 1_000, 9),
  ]

  private static let goals: [NaiveBackend.Row] = (1...20).map { day in
    ["day": .integer(SmallShop.day("2026-03-\(day)")), "target_units": .integer(Int64(day))]
  }

  private func tables(
    _ catalog: Catalog
  ) throws -> [(schema: TableSchema, rows: [NaiveBackend.Row])] {
    [
      (try #require(catalog.tables["plan"]), Self.rows),
      (try #require(catalog.tables["goal"]), Self.goals),
    ]
  }

  /// The answer of the naive backend, which the real executor must give too.
  private func result(_ text: String) async throws -> ReportResult {
    let catalog = try load(Self.yaml)
    let shop = SmallShop.usual
    let prepared = try shop.prepare(text, catalog)
    #expect(prepared.diagnostics.filter { $0.severity == .error } == [], "\(text)")
    let tables = try tables(catalog)
    var answers: [ReportResult] = []
    for backend in [shop.backend(tables), try shop.stored(tables)] as [any ScanBackend] {
      let results = try await prepared.run(
        on: backend,
        policy: .unrestricted(reason: "test"),
        limits: .untimed
      )
      guard case .report(let result) = results.last else { throw ReportError.notRunnable }
      answers.append(result)
    }
    #expect(answers[0].rows == answers[1].rows, "\(text)")
    return answers[0]
  }

  private func lines(_ text: String) async throws -> [String] {
    SmallShop.lines(of: try await result(text))
  }

  private func problems(_ text: String) throws -> [Diagnostic] {
    try SmallShop.usual.prepare(text, try load(Self.yaml)).diagnostics
  }

  @Test func everyGroupIsSetBesideItsTarget() async throws {
    let result = try await result(
      "SELECT revenue BY channel, month DURING 2026-Q1 COMPARE TO TARGET"
    )
    #expect(
      result.columns.map(\.name) == [
        "channel", "month", "revenue", "revenue.target", "revenue.change", "revenue.change_pct",
      ]
    )
    #expect(
      SmallShop.lines(of: result) == [
        "amazon | 2026-01 | 150.0 | 100.0 | 50.0 | 0.5",
        "amazon | 2026-02 | 0.0 | <empty> | <empty> | <undefined>",
        "amazon | 2026-03 | 25.5 | 30.0 | -4.5 | -0.15",
        "flipkart | 2026-01 | 0.0 | <empty> | <empty> | <undefined>",
        "flipkart | 2026-02 | 0.0 | 40.0 | -40.0 | -1.0",
        "flipkart | 2026-03 | 0.0 | <empty> | <empty> | <undefined>",
        "shopify | 2026-01 | 10.0 | 20.0 | -10.0 | -0.5",
        "shopify | 2026-02 | 50.0 | <empty> | <empty> | <undefined>",
        "shopify | 2026-03 | 0.0 | <empty> | <empty> | <undefined>",
        "zepto | 2026-01 | 7.25 | <empty> | <empty> | <undefined>",
        "zepto | 2026-02 | 0.0 | <empty> | <empty> | <undefined>",
        "zepto | 2026-03 | 8.0 | 10.0 | -2.0 | -0.2",
      ]
    )
  }

  @Test func targetsAreAddedUpToCoarserKeys() async throws {
    #expect(
      try await lines("SELECT revenue, orders DURING 2026-Q1 COMPARE TO TARGET")
        == ["250.75 | 200.0 | 50.75 | 0.25375 | 6 | 11 | -5 | -0.454545"]
    )
    #expect(
      try await lines(
        "SELECT revenue BY fiscal_quarter DURING FY2026-Q4 COMPARE TO TARGET"
      ) == ["FY2026-Q4 | 250.75 | 200.0 | 50.75 | 0.25375"]
    )
    #expect(
      try await lines(
        "SELECT revenue BY channel_type DURING 2026-Q1 COMPARE TO TARGET ORDER BY channel_type"
      ) == [
        "d2c | 60.0 | 20.0 | 40.0 | 2.0", "marketplace | 175.5 | 130.0 | 45.5 | 0.35",
        "quick | 15.25 | 10.0 | 5.25 | 0.525", "(unknown) | 0.0 | 40.0 | -40.0 | -1.0",
      ]
    )
    #expect(
      try await lines(
        "SELECT revenue DURING 2026-Q1 WHERE channel = 'Amazon' COMPARE TO TARGET"
      ) == ["175.5 | 130.0 | 45.5 | 0.35"]
    )
  }

  @Test func totalsAndChangesAreThoseOfTheTarget() async throws {
    let result = try await result(
      "SELECT revenue BY channel DURING 2026-Q1 COMPARE TO TARGET AS plan "
        + "HAVING revenue.plan > 0 INR ORDER BY revenue.plan_change TOTALS"
    )
    #expect(
      SmallShop.lines(of: result) == [
        "flipkart | 0.0 | 40.0 | -40.0 | -1.0", "zepto | 15.25 | 10.0 | 5.25 | 0.525",
        "shopify | 60.0 | 20.0 | 40.0 | 2.0", "amazon | 175.5 | 130.0 | 45.5 | 0.35",
        "<empty> | 250.75 | 200.0 | 50.75 | 0.25375",
      ]
    )
  }

  @Test func theBestAreChosenByWhatTheyAre() async throws {
    #expect(
      try await lines(
        "SELECT revenue BY channel DURING 2026-Q1 COMPARE TO TARGET "
          + "TOP 1 channel BY revenue WITH OTHERS"
      ) == ["amazon | 175.5 | 130.0 | 45.5 | 0.35", "Others | 75.25 | 70.0 | 5.25 | 0.075"]
    )
  }

  @Test func expressionsOfTargetsAreTargets() async throws {
    // 200 / 11, and nothing for lines, which have no target.
    #expect(
      try await lines(
        "DEFINE METRIC basket = revenue / orders; "
          + "SELECT basket, lines DURING 2026-Q1 COMPARE TO TARGET"
      ) == ["41.791667 | 18.181818 | 23.609848 | 1.298542 | 7 | <empty> | <empty> | <undefined>"]
    )
    #expect(
      try await lines(
        "SELECT revenue FILTER (channel = 'amazon') AS own DURING 2026-Q1 COMPARE TO TARGET"
      ) == ["175.5 | 130.0 | 45.5 | 0.35"]
    )
    #expect(
      try await lines("SELECT SUM(order_line.qty) AS n, orders DURING 2026-Q1 COMPARE TO TARGET")
        == ["8 | <empty> | <empty> | <undefined> | 6 | 11 | -5 | -0.454545"]
    )
  }

  @Test func aPeriodThatHasBegunCountsWhole() async throws {
    let result = try await result("SELECT revenue, units DURING this month COMPARE TO TARGET")
    // Units have a target a day: 1 + 2 + … + 14.
    #expect(
      SmallShop.lines(of: result) == ["33.5 | 40.0 | -6.5 | -0.1625 | 3 | 105 | -102 | -0.971429"]
    )
    #expect(
      result.header.baselines.map { CivilDay(number: $0.period.to).text }
        == ["2026-03-31", "2026-03-14"]
    )
    #expect(result.header.diagnostics.map(\.id.code) == ["N4607"])
    #expect(
      try await lines("SELECT revenue DURING this year COMPARE TO TARGET FULL")
        == ["250.75 | 1200.0 | -949.25 | -0.791042"]
    )
    #expect(
      try await lines("SELECT revenue DURING this year COMPARE TO TARGET")
        == ["250.75 | 200.0 | 50.75 | 0.25375"]
    )
  }

  @Test func targetsStandBesideOtherComparisons() async throws {
    let result = try await result(
      "SELECT revenue DURING last month COMPARE TO previous period, TARGET AS plan"
    )
    #expect(
      result.columns.map(\.name) == [
        "revenue", "revenue.previous", "revenue.change", "revenue.change_pct", "revenue.plan",
        "revenue.plan_change", "revenue.plan_change_pct",
      ]
    )
    #expect(
      SmallShop.lines(of: result) == ["50.0 | 167.25 | -117.25 | -0.701046 | 40.0 | 10.0 | 0.25"]
    )
    #expect(
      try problems("SELECT revenue DURING last month COMPARE TO TARGET, previous period")
        .map(\.id.code) == ["E4603"]
    )
  }

  @Test(arguments: [
    ("BY week DURING 2026-Q1", "E4605", "\"revenue\" has no target by week"),
    ("BY product DURING 2026-Q1", "E4605", "\"revenue\" has no target by product"),
    (
      "WHERE city = 'Pune' DURING 2026-Q1", "E4605", "\"revenue\" has no target by city"
    ),
    ("BY day_of_week DURING 2026-Q1", "E4605", "\"revenue\" has no target by day_of_week"),
    (
      "DURING 2026-01-10 TO 2026-01-31", "E4605",
      "targets of \"revenue\" are by month, and 2026-01-10 is inside of one"
    ),
    ("DURING ALL TIME", "E4604", "all time has no target"),
  ])
  func whatHasNoTargetIsSaid(_ clauses: String, _ code: String, _ message: String) throws {
    let found = try problems("SELECT revenue \(clauses) COMPARE TO TARGET")
    #expect(found.map(\.id.code) == [code])
    #expect(found.map(\.message) == [message])
    guard code == "E4605" else { return }
    #expect(found.map(\.label) == ["plan is by month, channel"])
    #expect(
      found.first?.notes.first?.hasSuffix(
        "channel, channel_type, month, quarter, year, fiscal_month, fiscal_quarter, fiscal_year"
      ) == true,
      "\(found.first?.notes ?? [])"
    )
  }

  @Test func aReportWithoutTargetsIsRefused() throws {
    let found = try problems("SELECT lines DURING 2026-Q1 COMPARE TO TARGET")
    #expect(found.map(\.id.code) == ["E4606"])
    #expect(found.map(\.label) == ["targets are there for orders, revenue, units"])
    let plain = try SmallShop.usual.prepare("SELECT revenue DURING 2026 COMPARE TO TARGET")
    #expect(plain.diagnostics.map(\.label) == ["the model has no targets"])
    #expect(
      try problems("SELECT revenue BY month DURING this year COMPARE TO TARGET FULL")
        .map(\.id.code) == ["E4608"]
    )
  }

  @Test func ofTwoTargetsTheNearestIsTaken() async throws {
    let yaml =
      Self.yaml + """

          year_goal: {source: goal, date: day, grain: [year], metrics: {revenue: target_units}}
        """
    #expect(throws: CatalogError.self) { try load(yaml) }
    let right =
      Self.yaml + """

          year_goal: {source: goal, date: day, grain: [year], metrics: {units: target_units}}
        """
    let prepared = try SmallShop.usual.prepare(
      "SELECT units DURING this year COMPARE TO TARGET",
      try load(right)
    )
    // The whole year counts, since it has begun; the targets by day would end with yesterday.
    #expect(prepared.diagnostics.map(\.id.code) == ["N4607"])
  }

  @Test(arguments: [
    ("revenu: target_revenue", "E8214 there is no metric called \"revenu\""),
    ("revenue: target_revenu", "E8203 the table plan has no column \"target_revenu\""),
    ("revenue: seller", "E8205 seller holds no numbers, which targets are"),
    (
      "revenue: target_orders",
      "E8215 revenue is money, and its target target_orders is added up as count"
    ),
  ])
  func mistakesInTargetsAreSaid(_ metrics: String, _ message: String) {
    let yaml =
      Self.yaml + """

          second: {source: plan, date: month, grain: [month], metrics: {\(metrics)}}
        """
    do {
      _ = try load(yaml)
      Issue.record("the model was read")
    } catch let error as CatalogError {
      #expect(error.diagnostics.map { "\($0.id.code) \($0.message)" } == [message])
    } catch {
      Issue.record("\(error)")
    }
  }

  @Test(arguments: [
    ("grain: [channel, month], columns: {channel: seller}", "E8502"), ("grain: [channel]", "E8213"),
    ("grain: [month, area]", "E8207"),
    ("grain: [month, city]", "E8213"), ("grain: [month], columns: {channel: seller}", "E8207"),
  ])
  func theGrainOfATargetIsChecked(_ grain: String, _ code: String) {
    let yaml =
      Self.yaml + """

          second: {source: plan, date: month, \(grain), metrics: {orders: target_orders}}
        """
    do {
      _ = try load(yaml)
      Issue.record("the model was read")
    } catch let error as CatalogError {
      #expect(error.diagnostics.map(\.id.code) == [code])
    } catch {
      Issue.record("\(error)")
    }
  }

  @Test func describeNamesTheTargets() async throws {
    let result = try await result("DESCRIBE revenue")
    #expect(result.rows.last == [.text("targets"), .text("plan by month, channel")])
  }
}
