import ColumnStore
import Commerce
import QueryLang
import Testing

/// Segments and parameters of the model, and that a name means one thing.
@Suite struct ModelNamesTests {
  private let shop = SmallShop.usual

  private static let yaml = """
    mandi: 1
    segments:
      early: {of: customer, where: cohort_month = 2026-01, label: Early buyers}
      later: {of: customer, where: "NOT customer IN SEGMENT early AND cohort_month >= $start"}
    parameters:
      channels: {type: "string[]", values_of: channel, default: any, label: Channels}
      start: {type: date, default: 2026-02-01}
      span: {type: period, default: all time}
      what: {type: metric, default: order_revenue}
      kind: {type: string, in: [d2c, it's], default: d2c}
      least: {type: count}
    """

  private func catalog(_ yaml: String = ModelNamesTests.yaml) throws -> Catalog {
    try Catalog.load(
      yaml: yaml,
      name: "shop.yaml",
      extending: try Catalog.commerce(),
      schemas: CommerceTables.all
    )
  }

  private func value(_ text: String) async throws -> ResultCell? {
    try await shop.result(text, try catalog()).rows.first?.first
  }

  @Test(arguments: [
    ("SELECT order_revenue WHERE customer IN SEGMENT early", 400_000),
    ("SELECT order_revenue WHERE customer IN SEGMENT later", 200_000),
    ("SELECT order_revenue WHERE channel IN $channels", 2_355_000),
    ("SELECT $what DURING $span", 2_355_000),
    ("SELECT order_revenue WHERE channel_type = $kind", 600_000),
    ("SELECT order_revenue SINCE $start", 755_000),
  ])
  func namesOfTheModelStandInReports(_ text: String, _ amount: Int) async throws {
    #expect(try await value(text) == .decimal(Int128(amount)))
  }

  @Test func parametersTakeValuesFromOutside() async throws {
    func prepared(_ text: String, _ given: [String: ParameterValue]) throws -> PreparedScript {
      Report.prepare(
        text,
        name: nil,
        catalog: try catalog(),
        context: ReportContext(today: SmallShop.today, parameters: given)
      )
    }
    let script = try prepared(
      "SELECT order_revenue WHERE channel IN $channels",
      ["channels": .list([.text("amazon")])]
    )
    let results = try await script.run(
      on: shop.backend,
      policy: .unrestricted(reason: "test"),
      limits: .untimed
    )
    guard case .report(let result) = results.first else {
      Issue.record("no report")
      return
    }
    #expect(result.rows == [[.decimal(1_755_000)]])
    let wrong = try prepared("SELECT orders", ["kind": .text("b2b")]).diagnostics
    #expect(wrong.map(\.id.code) == ["E2304"])
    #expect(wrong.first?.label == "it is one of 'd2c', 'it''s'")
    let missing = try prepared("SELECT orders LIMIT $least", [:]).diagnostics
    #expect(missing.map(\.message) == ["\"$least\" has no value"])
    let unknown = try prepared("SELECT orders", ["kinds": .text("d2c")]).diagnostics
    #expect(unknown.map(\.id.code) == ["E2306"])
  }

  @Test func theyAreListedAndDescribed() async throws {
    let catalog = try catalog()
    let segments = try await shop.result("SHOW SEGMENTS", catalog).rows
    #expect(segments.map { $0[0] } == [.text("early"), .text("later")])
    let parameters = try await shop.result("SHOW PARAMS LIKE 'c%'", catalog).rows
    #expect(
      parameters == [
        [.text("channels"), .text("STRING[]"), .text("VALUES OF channel"), .text("ANY")]
      ]
    )
    let segment = try await shop.result("DESCRIBE early", catalog).rows
    #expect(segment.contains([.text("label"), .text("Early buyers")]))
    #expect(segment.contains([.text("facts"), .text("order_line, sellout_daily")]))
    let parameter = try await shop.result("DESCRIBE channels", catalog).rows
    #expect(parameter.contains([.text("label"), .text("Channels")]))
    let text = "EXPLAIN LINEAGE SELECT orders WHERE customer IN SEGMENT early"
    let lineage = try await shop.result(text, catalog).rows
    #expect(lineage.contains { $0[0] == .text("early") && $0[2] == .text("cohort_month") })
  }

  @Test(arguments: [
    ("DEFINE SEGMENT early OF customer = cohort_month = 2026-01", "E2203"),
    ("DEFINE PARAM start DATE", "E2203"),
    ("DEFINE OR REPLACE METRIC start = orders", "E2203"),
    ("DROP PARAM start", "E2205"),
    ("DROP SEGMENT early", "E2205"),
    ("SELECT orders WHERE customer IN SEGMENT erly", "E2310"),
    ("SELECT orders WHERE channel IN SEGMENT early", "E2311"),
  ])
  func theyCannotBeTakenAway(_ text: String, _ code: String) throws {
    #expect(try shop.prepare(text, catalog()).diagnostics.map(\.id.code) == [code])
  }

  @Test(arguments: [
    (
      "segments: {revenue: {of: customer, where: cohort_month = 2026-01}}",
      "is a segment and a metric at once"
    ),
    ("parameters: {channel: {type: string}}", "\"channel\" is a parameter and a dimension at once"),
    (
      "segments: {a: {of: customer, where: cohort_month = 2026-01}}\nperiods: {a: {from: 2026-01-01, to: 2026-01-02}}",
      "\"a\" is a segment and a period at once"
    ),
    (
      "parameters: {sales: {type: string}}", "\"sales\", another word for revenue, is a name itself"
    ),
    ("parameters: {month: {type: date}}", "\"month\" has a meaning in the language already"),
    ("segments: {a: {of: custmer, where: x}}", "there is no dimension called \"custmer\""),
    (
      "segments: {a: {of: customer, where: channel = 'amazon'}}",
      "a segment of customer is about its attributes only"
    ),
    (
      "segments: {a: {of: customer, where: cohort_mont = 2026-01}}",
      "no dimension called \"cohort_mont\""
    ),
    (
      "segments: {a: {of: customer, where: customer IN SEGMENT b}, b: {of: customer, where: customer IN SEGMENT a}}",
      "\"a\" is defined by itself: a → b → a"
    ),
    ("parameters: {n: {type: count, default: soon}}", "soon is no value of type COUNT"),
    ("parameters: {n: {type: metric, default: revenu}}", "there is no metric called \"revenu\""),
    ("parameters: {n: {type: string, in: [a], default: b}}", "'b' is none of the values of \"$n\""),
    ("parameters: {n: {type: string, in: [a], values_of: channel}}", "therefore no \"values_of\""),
    ("parameters: {n: {type: counts}}", "there is no type \"counts\""),
    ("parameters: {n: {type: count, default: 3; SELECT orders}}", "\"n\" is no parameter"),
  ])
  func mistakesAreSaid(_ yaml: String, _ message: String) throws {
    var found: [String] = []
    do {
      _ = try catalog("mandi: 1\n" + yaml)
    } catch let error as CatalogError {
      found = error.diagnostics.map(\.message)
    }
    #expect(found.contains { $0.contains(message) }, "\(found)")
  }
}
