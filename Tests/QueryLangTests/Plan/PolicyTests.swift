import ColumnStore
import Commerce
import QueryLang
import TestKit
import Testing

/// Policy templates of the model: which rows and which names they leave.
@Suite struct PolicyTests {
  static let yaml = """
    mandi: 1
    metrics:
      cost: {fact: order_line, agg: sum, column: shipping_value}
      margin: {expr: order_revenue - cost, label: Margin}
      margin_pct: {expr: '"Margin" / order_revenue', type: percent}
    segments:
      early: {of: customer, where: cohort_month < 2026-02}
    parameters:
      who: {type: "string[]", values_of: customer, default: any}
    policies:
      - name: own_channels
        rows: channel IN $channels
      - name: quick
        rows: channel_type = 'quick'
      - name: past
        rows: day < today
      - name: delivered
        rows: status = $state
        attributes: {state: string}
        mandatory: true
      - name: delivered_orders
        rows: status = 'delivered'
        facts_without_dimension: allow
      - {name: hide_costs, deny_metrics: [cost]}
      - {name: hide_people, deny_dimensions: [customer, status]}
      - {name: hide_payment, deny_dimensions: [payment_type, brand]}
    """

  private func load(_ yaml: String) throws -> Catalog {
    try Catalog.load(
      yaml: yaml,
      name: "shop.yaml",
      extending: try Catalog.commerce(),
      schemas: CommerceTables.all
    )
  }

  private var catalog: Catalog { get throws { try load(Self.yaml) } }

  private func access(_ uses: [PolicyUse]) throws -> Access {
    try catalog.access(under: uses, today: SmallShop.today)
  }

  private func channels(_ names: String...) -> PolicyUse {
    PolicyUse("own_channels", attributes: ["channels": .list(names.map { .text($0) })])
  }

  /// The answers of both backends, which must agree.
  private func result(
    _ text: String,
    _ uses: [PolicyUse],
    _ shop: SmallShop = .usual
  ) async throws -> ReportResult {
    let access = try access(uses)
    let prepared = try shop.prepare(text, access.catalog)
    #expect(prepared.diagnostics.filter { $0.severity == .error } == [], "\(text)")
    var answers: [ReportResult] = []
    for backend in [shop.backend, try shop.stored()] as [any ScanBackend] {
      let results = try await prepared.run(on: backend, policy: access.policy, limits: .untimed)
      guard case .report(let result) = results.last else { throw ReportError.notRunnable }
      answers.append(result)
    }
    #expect(answers[0].rows == answers[1].rows, "\(text)")
    return answers[0]
  }

  private func lines(_ text: String, _ uses: [PolicyUse]) async throws -> [String] {
    SmallShop.lines(of: try await result(text, uses))
  }

  // MARK: Rows

  @Test func rowsAreThoseOfTheUsersAttributes() async throws {
    #expect(
      try await lines("SELECT revenue BY channel", [channels("shopify", "zepto")])
        == ["shopify | 60.0", "zepto | 15.25"]
    )
    #expect(
      try await lines("SHOW VALUES OF channel", [channels("Our shop")]) == ["shopify"]
    )
    #expect(try await lines("SELECT revenue BY channel", [channels("nobody")]) == [])
  }

  @Test func everyContextSeesTheSameRows() async throws {
    let own = [channels("shopify", "zepto")]
    #expect(
      try await lines(
        "SELECT revenue, SHARE OF revenue AS share, RANK OF revenue AS place BY channel TOTALS",
        own
      ) == [
        "shopify | 60.0 | 0.797342 | 1", "zepto | 15.25 | 0.202658 | 2",
        "<empty> | 75.25 | 1.0 | <empty>",
      ]
    )
    #expect(
      try await lines(
        "SELECT revenue BY channel DURING 2026-03 COMPARE TO 2026-01 TO 2026-01 FULL "
          + "TOP 1 channel BY revenue WITH OTHERS",
        own
      ) == ["zepto | 8.0 | 7.25 | 0.75 | 0.103448", "Others | 0.0 | 10.0 | -10.0 | -1.0"]
    )
    #expect(
      try await lines("SELECT revenue PREVIOUS 2 months AS r DURING 2026-03", own) == ["17.25"]
    )
  }

  @Test func todayIsTheDayOfTheReport() async throws {
    let february = Int32(SmallShop.day("2026-02-01"))
    let access = try catalog.access(under: [PolicyUse("past")], today: february)
    let results = try await SmallShop.usual.prepare("SELECT lines BY channel", access.catalog).run(
      on: SmallShop.usual.backend,
      policy: access.policy,
      limits: .untimed
    )
    guard case .report(let result) = results.last else { throw ReportError.notRunnable }
    #expect(SmallShop.lines(of: result) == ["amazon | 2", "shopify | 1"])
  }

  @Test func policiesAreUnitedAndMandatoryOnesRestrict() async throws {
    let both = [channels("shopify"), PolicyUse("quick")]
    #expect(
      try await lines("SELECT revenue BY channel", both) == ["shopify | 60.0", "zepto | 15.25"]
    )
    let delivered = PolicyUse("delivered", attributes: ["state": .text("cancelled")])
    #expect(
      try await lines("SELECT lines BY channel", [channels("amazon", "shopify"), delivered])
        == ["amazon | 1"]
    )
    // A policy that only denies names adds no rows.
    #expect(
      try await lines("SELECT lines BY channel", [channels("shopify"), PolicyUse("hide_costs")])
        == ["shopify | 3"]
    )
  }

  @Test func aFactWithoutTheDimensionIsDeniedUnlessThePolicySaysOtherwise() async throws {
    let delivered = [PolicyUse("delivered", attributes: ["state": .text("delivered")])]
    #expect(try await lines("SELECT lines", delivered) == ["6"])
    await #expect(throws: ReportError.denied("sellout_daily")) {
      try await result("SELECT revenue", delivered)
    }
    #expect(
      try await lines("SELECT revenue BY channel_type", [PolicyUse("delivered_orders")])
        == ["marketplace | 175.5", "d2c | 60.0", "quick | 15.25"]
    )
    await #expect(throws: ReportError.self) { try await result("SELECT lines", []) }
  }

  @Test func suggestionsAreAmongTheRowsThatAreSeen() async throws {
    let text = "SELECT revenue WHERE channel = 'amazn'"
    let free = try await result(text, [channels("amazon")]).header.diagnostics
    #expect(free.first?.label?.contains("Amazon") == true)
    let bound = try await result(text, [channels("shopify")]).header.diagnostics
    #expect(bound.map(\.id.code) == ["W4402"])
    #expect(bound.first?.label?.contains("Amazon") != true)
    // A member that may not be seen is no member.
    let hidden = try await result("SELECT revenue WHERE channel = 'zepto'", [channels("shopify")])
    #expect(hidden.header.diagnostics.map(\.message) == ["no channel is called \"zepto\""])
  }

  @Test(arguments: [
    ([:], "the user has no attribute \"channels\""),
    (["channels": ParameterValue.list([])], "the attribute \"channels\" has no values"),
  ])
  func attributesThatDoNotFitLetNothingThrough(
    _ attributes: [String: ParameterValue],
    _ reason: String
  ) throws {
    let use = PolicyUse("own_channels", attributes: attributes)
    #expect(throws: PolicyError.attribute(policy: "own_channels", reason: reason)) {
      try access([use])
    }
  }

  @Test func textIsNeverReadAsACondition() async throws {
    let use = channels("x') OR (channel != 'x")
    #expect(try await lines("SELECT revenue BY channel", [use]) == [])
    #expect(throws: PolicyError.unknown(policy: "own_chanels")) {
      try access([PolicyUse("own_chanels")])
    }
    #expect(throws: PolicyError.self) {
      try access([PolicyUse("own_channels", attributes: ["channels": .integer(3)])])
    }
  }

  // MARK: Names

  @Test(arguments: [
    "SELECT cost", "SELECT margin", "SELECT margin_pct", "SELECT order_revenue - cost AS x",
    "SELECT SUM(order_line.shipping_value) AS x", "DESCRIBE cost", "DESCRIBE margin",
    "SELECT \"Margin\"", "EXPLAIN LINEAGE METRIC margin", "SELECT revenue ORDER BY cost",
  ])
  func deniedMetricsAreUnknown(_ text: String) throws {
    let access = try access([PolicyUse("hide_costs")])
    let found = try SmallShop.usual.prepare(text, access.catalog).diagnostics
    #expect(["E2101", "E2102"].contains(found.first?.id.code), "\(found.map(\.message))")
    #expect(found.allSatisfy { $0.label?.contains("cost") != true && $0.notes.isEmpty })
    let plain = try SmallShop.usual.prepare(text, try catalog).diagnostics
    #expect(plain.allSatisfy { $0.severity != .error }, "\(plain.map(\.message))")
  }

  @Test(arguments: [
    "SELECT revenue BY customer", "SHOW VALUES OF customer",
    "SELECT order_revenue WHERE status = 'x'",
    "SELECT COUNT(DISTINCT order_line.status) AS n", "DESCRIBE status",
    "SELECT orders FILTER (status = 'x') AS n", "SELECT AVERAGE OF orders PER customer AS n",
    "SELECT revenue WHERE customer IN SEGMENT early", "SELECT revenue WHERE customer IN $who",
  ])
  func deniedDimensionsAreUnknown(_ text: String) throws {
    let access = try access([PolicyUse("hide_people")])
    let found = try SmallShop.usual.prepare(text, access.catalog).diagnostics
    #expect(found.contains { $0.severity == .error })
    #expect(
      found.allSatisfy { ["E2101", "E2102", "E2301", "E2310"].contains($0.id.code) },
      "\(found.map(\.id.code)) \(found.map(\.message))"
    )
    #expect(found.allSatisfy { $0.label?.contains("\"status\"") != true && $0.notes.isEmpty })
    let plain = try SmallShop.usual.prepare(text, try catalog).diagnostics
    #expect(plain.allSatisfy { $0.severity != .error }, "\(plain.map(\.message))")
  }

  /// A word stands nowhere in the listings of somebody who may not see it.
  @Test func deniedNamesStandInNoListing() async throws {
    let uses = [PolicyUse("hide_costs"), PolicyUse("hide_payment")]
    for text in [
      "SHOW METRICS", "SHOW DIMENSIONS", "SHOW TABLES", "SHOW COHORTS", "SHOW SEGMENTS",
      "SHOW PARAMS", "DESCRIBE revenue", "DESCRIBE order_line", "DESCRIBE orders",
      "DESCRIBE order_revenue", "DESCRIBE channel", "EXPLAIN LINEAGE METRIC revenue",
      "SHOW DIMENSIONS FOR revenue", "DESCRIBE cohort_month",
    ] {
      let words = SmallShop.lines(of: try await result(text, uses)).joined(separator: "\n")
        .split { !$0.isLetter && $0 != "_" }.map { String($0) }
      for word in ["cost", "margin", "shipping_value", "payment_type", "brand"] {
        #expect(!words.contains(word), "\(word) stands in \(text)")
      }
    }
  }

  @Test func whatTheModelComputesGoesOnWithDeniedNames() async throws {
    // The condition of revenue names the status.
    let uses = [PolicyUse("hide_people"), PolicyUse("hide_costs")]
    #expect(try await lines("SELECT revenue, customers", uses) == ["250.75 | 2"])
    let described = try await lines("DESCRIBE order_revenue", uses)
    #expect(described.contains("definition | SUM(order_line.gross_value) FILTER (…)"))
    #expect(
      try await lines("DEFINE METRIC cost = revenue * 2; SELECT cost", uses) == ["501.5"]
    )
    let shadow = try SmallShop.usual.prepare(
      "SELECT revenue AS cost",
      try access(uses).catalog
    )
    #expect(shadow.diagnostics == [])
  }

  @Test func aDeniedColumnIsDeniedToThePlanToo() async throws {
    let access = try access([PolicyUse("hide_costs")])
    let prepared = try SmallShop.usual.prepare("SELECT cost", try catalog)
    await #expect(throws: ReportError.denied("order_line.shipping_value")) {
      _ = try await prepared.run(
        on: SmallShop.usual.backend,
        policy: access.policy,
        limits: .untimed
      )
    }
  }

  // MARK: Removing a policy

  /// Rows of a report by what a policy tests are the same without the policy; only shares, ranks and
  /// totals change.
  @Test func removingAPolicyChangesNoRowThatItLetsThrough() async throws {
    for seed in UInt64(1)...25 {
      var random = SeededRandom(seed: seed)
      var shop = SmallShop.usual
      let names = ["amazon", "shopify", "zepto", "flipkart"]
      for number in 0..<Int.random(in: 1...30, using: &random) {
        let day = Int.random(in: 10...28, using: &random)
        let month = Int.random(in: 1...3, using: &random)
        shop.line(
          names.randomElement(using: &random) ?? "amazon",
          "r\(number % 7)",
          "2026-0\(month)-\(day)",
          Bool.random(using: &random) ? Double(Int.random(in: -20...90, using: &random)) : nil,
          status: Bool.random(using: &random) ? "delivered" : "cancelled",
          customer: Bool.random(using: &random) ? "c\(number % 3)" : nil
        )
      }
      let seen = names.filter { _ in Bool.random(using: &random) } + ["amazon"]
      let use = PolicyUse("own_channels", attributes: ["channels": .list(seen.map { .text($0) })])
      let text =
        "SELECT revenue, orders, customers, SHARE OF revenue AS share BY channel, month "
        + "DURING 2026-Q1 COMPARE TO previous period FILL NONE"
      let bound = try await result(text, [use], shop)
      let free = try await shop.result(text, try catalog)
      let share = free.columns.indices.filter { free.columns[$0].name.hasPrefix("share") }
      func withoutShares(_ rows: [[ResultCell]]) -> [[ResultCell]] {
        rows.map { row in row.indices.filter { !share.contains($0) }.map { row[$0] } }
      }
      let visible = free.rows.filter { row in
        guard case .text(let channel) = row[0] else { return false }
        return seen.contains(channel)
      }
      #expect(!visible.isEmpty, "seed \(seed)")
      #expect(withoutShares(bound.rows) == withoutShares(visible), "seed \(seed)")
    }
  }

  // MARK: The model file

  @Test(arguments: [
    ("{name: a, rows: chanel = 'x'}", "E8702 there is no dimension called \"chanel\""),
    (
      "{name: a, rows: revenue > 3 INR}",
      "E8702 \"revenue\" is one value per group, so it cannot be tested row by row"
    ),
    ("{name: a, rows: channel = $n, attributes: {n: count}}", "E8702"),
    ("{name: a, rows: channel = 'x', attributes: {n: count}}", "E8701"),
    ("{name: a, rows: channel = $n, attributes: {n: text}}", "E8107 there is no type \"text\""),
    ("{name: a, deny_metrics: [revenu]}", "E8214 there is no metric called \"revenu\""),
    ("{name: a, deny_dimensions: [chanel]}", "E8207 there is no dimension called \"chanel\""),
    ("{name: a, description: nothing}", "E8103 the policy \"a\" needs"),
    ("{rows: channel = 'x'}", "E8103 a policy needs \"name\""),
    (
      "{name: a, rows: channel = 'x', facts_without_dimension: maybe}",
      "E8107 \"facts_without_dimension\" is deny or allow"
    ),
    ("{name: a, rows: channel = 'x'}, {name: A, rows: channel = 'y'}", "E8401"),
    ("{name: a, rows: channel = 'x', applies_to: admins}", "E8105"),
    (
      "{name: a, rows: order_line.qty > 1 AND sellout_daily.qty > 1}",
      "E8703 no fact has all that the rows of \"a\" are tested by"
    ),
  ])
  func mistakesInPoliciesAreSaid(_ policies: String, _ message: String) {
    do {
      _ = try load("mandi: 1\npolicies: [\(policies)]")
      Issue.record("the model was read")
    } catch let error as CatalogError {
      let found = error.diagnostics.map { "\($0.id.code) \($0.message)" }
      #expect(found.contains { $0.hasPrefix(message) }, "\(found)")
    } catch {
      Issue.record("\(error)")
    }
  }
}
