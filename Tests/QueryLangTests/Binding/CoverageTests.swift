import ColumnStore
import Commerce
import QueryLang
import Testing

/// Facts that have rows of some channels only, and ratios of metrics over them.
@Suite struct CoverageTests {
  private static func model(_ sales: String, _ visits: String, _ more: String = "") -> String {
    """
    mandi: 1
    tables:
      takings:
        primary_key: [day, channel]
        columns: {day: {type: date}, channel: {type: text}, amount: {type: count}}
      visits:
        primary_key: [day, channel]
        columns: {day: {type: date}, channel: {type: text}, count: {type: count}}
    facts:
      takings:
        source: {table: takings}
        grain: [day, channel]
        date: {column: day}
        covers: {\(sales)}
        columns: {amount: {type: count}}
        relations: {channel: channel}
      visits:
        source: {table: visits}
        grain: [day, channel]
        date: {column: day}
        covers: {\(visits)}
        columns: {count: {type: count}}
        relations: {channel: channel}
    metrics:
      sold: {fact: takings, agg: sum, column: amount}
      visits: {fact: visits, agg: sum, column: count}
      per_visit: {expr: sold / visits}
    \(more)
    """
  }

  private func catalog(_ yaml: String) throws -> Catalog {
    try Catalog.load(
      yaml: yaml,
      name: "shop.yaml",
      extending: try Catalog.commerce(),
      schemas: CommerceTables.all
    )
  }

  private var usual: Catalog {
    get throws {
      try catalog(
        Self.model("channel: [amazon, shopify, zepto, blinkit]", "channel: [amazon, shopify]")
      )
    }
  }

  private func prepared(_ text: String, _ catalog: Catalog? = nil) throws -> PreparedScript {
    Report.prepare(
      text,
      name: nil,
      catalog: try catalog ?? usual,
      context: ReportContext(today: SmallShop.today)
    )
  }

  private func rows(_ text: String) async throws -> [[ResultCell]] {
    let catalog = try usual
    func row(_ channel: String, _ name: String, _ number: Int64) -> NaiveBackend.Row {
      ["day": .integer(20_500), "channel": .string(channel), name: .integer(number)]
    }
    let backend = NaiveBackend(
      [
        "takings": [
          row("amazon", "amount", 10), row("shopify", "amount", 5), row("zepto", "amount", 9),
        ],
        "visits": [row("amazon", "count", 2), row("shopify", "count", 3)],
        "channel": SmallShop.usual.channels,
      ],
      schemas: Array(catalog.tables.values)
    )
    let results = try await prepared(text, catalog).run(
      on: backend,
      policy: .unrestricted(reason: "test"),
      limits: .untimed
    )
    guard case .report(let result) = results.last else { return [] }
    return result.rows
  }

  // MARK: COVERED BY

  @Test(arguments: [
    ("SELECT sold", ResultCell.integer(24)),
    ("SELECT sold FILTER (COVERED BY visits) AS s", .integer(15)),
    ("SELECT sold FILTER (NOT COVERED BY visits) AS s", .integer(9)),
    ("SELECT sold WHERE COVERED BY per_visit AND channel != 'amazon'", .integer(14)),
    ("DEFINE METRIC seen = visits * 2; SELECT sold WHERE COVERED BY seen", .integer(15)),
    ("SELECT sold FILTER (COVERED BY visits) / visits AS p", .double(3)),
  ])
  func aConditionKeepsToWhatAFactCovers(_ text: String, _ value: ResultCell) async throws {
    #expect(try await rows(text) == [[value]])
  }

  @Test func whatCannotBeCoveredIsSaid() throws {
    func found(_ text: String) throws -> [String] {
      try prepared(text).diagnostics.map { "\($0.id.code) \($0.message)" }
    }
    #expect(
      try found("SELECT sold WHERE COVERED BY vists") == [
        "E2101 there is no metric or fact called \"vists\""
      ]
    )
    #expect(
      try found("SELECT sold WHERE COVERED BY orders") == [
        "W4302 \"orders\" covers everything, so COVERED BY leaves nothing out"
      ]
    )
    #expect(
      try found("SELECT COVERED BY visits") == [
        "E3107 a condition is true or false and is no value of its own"
      ]
    )
  }

  // MARK: Ratios

  @Test func aRatioOfDifferentCoverageIsWarnedOf() throws {
    let script = try prepared("SELECT sold / visits AS each BY month")
    let text = DiagnosticRenderer().render(script.diagnostics, in: script.source)
    #expect(
      text == """
        warning[W4301]: "each" mixes channels that have no visits
          --> 1:8
           |
         1 | SELECT sold / visits AS each BY month
           |        ^^^^^^^^^^^^^ sold covers 4 channels, visits covers 2 (amazon, shopify)
           |
           = fix: sold FILTER (COVERED BY visits) / visits
        """
    )
    #expect(script.isRunnable)
  }

  @Test func aTotalOfSeparatedMembersIsWarnedOf() throws {
    let script = try prepared("SELECT sold / visits AS each BY channel TOTALS")
    let text = DiagnosticRenderer().render(script.diagnostics, in: script.source)
    #expect(
      text == """
        warning[W4301]: the total of "each" mixes channels that have no visits
          --> 1:8
           |
         1 | SELECT sold / visits AS each BY channel TOTALS
           |        ^^^^^^^^^^^^^                    ------ adds up all channels
           |        sold covers 4 channels, visits covers 2 (amazon, shopify)
           |
           = fix: sold FILTER (COVERED BY visits) / visits
        """
    )
    #expect(script.isRunnable)
  }

  @Test(arguments: [
    ("SELECT per_visit", "SELECT sold FILTER (COVERED BY visits) / visits AS per_visit"),
    ("SELECT per_visit AS p", "SELECT sold FILTER (COVERED BY visits) / visits AS p"),
    ("SELECT visits / sold AS p", "SELECT visits / sold FILTER (COVERED BY visits) AS p"),
    (
      "SELECT 2 * sold / visits AS p",
      "SELECT (2 * sold) FILTER (COVERED BY visits) / visits AS p"
    ),
    (
      "SELECT ROUND(sold / visits, 1) AS p BY month",
      "SELECT ROUND(sold FILTER (COVERED BY visits) / visits, 1) AS p BY month"
    ),
  ])
  func theFixCanRunWithoutTheWarning(_ text: String, _ fixed: String) throws {
    let script = try prepared(text)
    let warning = try #require(script.diagnostics.first)
    #expect(warning.id.code == "W4301")
    let fix = try #require(warning.fixes.first)
    #expect(fix.applied(to: script.source) == fixed)
    let again = try prepared(fixed)
    #expect(!again.diagnostics.contains { $0.id.code == "W4301" })
    #expect(again.isRunnable)
  }

  @Test(arguments: [
    "SELECT per_visit BY channel",
    "SELECT per_visit BY channel, month",
    "SELECT per_visit WHERE channel IN ('amazon', 'shopify')",
    "SELECT per_visit WHERE channel = 'zepto'",
    "SELECT sold, visits",
    "SELECT sold / orders AS p",
    "SELECT revenue / orders AS aov",
  ])
  func aRatioWithinBothIsNotWarnedOf(_ text: String) throws {
    #expect(try prepared(text).diagnostics.map(\.id.code) == [])
  }

  @Test func anAttributeOfAKeyIsSeparatedByIt() throws {
    let types = try catalog(
      Self.model("channel_type: [marketplace, quick]", "channel_type: [marketplace]")
    )
    #expect(try prepared("SELECT per_visit BY channel", types).diagnostics.isEmpty)
    let found = try prepared("SELECT per_visit BY month", types).diagnostics
    #expect(found.map(\.message) == ["\"per_visit\" mixes channel_types that have no visits"])
  }

  @Test func coverageIsDescribed() async throws {
    #expect(
      try await rows("DESCRIBE visits").contains([
        .text("coverage"), .text("visits: channel amazon, shopify"),
      ])
    )
    #expect(
      try await rows("EXPLAIN LINEAGE SELECT sold WHERE COVERED BY visits").contains([
        .text("WHERE"), .text("condition"), .text("channel"), .text("COVERED BY visits"),
      ])
    )
  }

  // MARK: Loading

  @Test(arguments: [
    ("chanel: [amazon]", "channel: [amazon]", "there is no dimension called \"chanel\""),
    ("status: [shipped]", "channel: [amazon]", "the fact takings has no texts of status to cover"),
    ("channel_type: [qick]", "channel: [amazon]", "no channel_type is called \"qick\""),
    ("channel: []", "channel: [amazon]", "\"channel\" must list at least one value"),
  ])
  func mistakesOfCoverageAreSaid(_ sales: String, _ visits: String, _ message: String) throws {
    var found: [String] = []
    do {
      _ = try catalog(Self.model(sales, visits))
    } catch let error as CatalogError {
      found = error.diagnostics.map(\.message)
    }
    #expect(found == [message])
  }

  @Test func aSumThatMayCountTwiceIsWarnedOf() throws {
    let both = "  both: {expr: sold + visits}"
    func warnings(_ sales: String, _ visits: String) throws -> [String] {
      try catalog(Self.model("channel: [\(sales)]", "channel: [\(visits)]", both)).warnings
        .map { "\($0.id.code) \($0.message)" }
    }
    #expect(
      try warnings("amazon, zepto", "amazon, shopify") == [
        "W8501 both may count amazon twice: takings and visits both cover it"
      ]
    )
    #expect(try warnings("zepto", "amazon") == [])
    #expect(try warnings("amazon", "amazon") == [])
  }
}
