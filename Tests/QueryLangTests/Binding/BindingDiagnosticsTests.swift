import ColumnStore
import QueryLang
import Testing

@Suite struct BindingDiagnosticsTests {
  private func rendered(_ text: String) throws -> String {
    let prepared = Report.prepare(
      text,
      name: nil,
      catalog: try Catalog.commerce(),
      context: ReportContext(today: 20_527)
    )
    return DiagnosticRenderer().render(prepared.diagnostics, in: prepared.source)
  }

  private func codes(_ text: String) throws -> [String] {
    let prepared = Report.prepare(
      text,
      name: nil,
      catalog: try Catalog.commerce(),
      context: ReportContext(today: 20_527)
    )
    return prepared.diagnostics.map(\.id.code)
  }

  private func expect(_ text: String, _ lines: [String]) throws {
    let found = try rendered(text).split(separator: "\n", omittingEmptySubsequences: false)
      .map { String($0) }
    let wanted = lines.joined(separator: "\n")
    #expect(found.joined(separator: "\n").trimmed == wanted.trimmed)
  }

  @Test func unknownNamesGetTheClosestOnes() throws {
    try expect(
      "SELECT revenu BY chanel",
      [
        "error[E2101]: there is no metric or dimension called \"revenu\"",
        "  --> 1:8",
        "   |",
        " 1 | SELECT revenu BY chanel",
        "   |        ^^^^^^ did you mean \"revenue\"?",
        "",
        "error[E2101]: there is no dimension called \"chanel\"",
        "  --> 1:18",
        "   |",
        " 1 | SELECT revenu BY chanel",
        "   |                  ^^^^^^ did you mean \"channel\"?",
      ]
    )
  }

  @Test func moneyAndCountDoNotMix() throws {
    try expect(
      "SELECT revenue + orders",
      [
        "error[E3101]: money and count cannot be added",
        "  --> 1:16",
        "   |",
        " 1 | SELECT revenue + orders",
        "   |        ------- ^ ------ count",
        "   |        money(INR)",
        "   |",
        "   = note: for a value per order write revenue / orders",
      ]
    )
  }

  @Test func metricsCannotBeTestedRowByRow() throws {
    try expect(
      "SELECT revenue BY product WHERE revenue > 1000 INR",
      [
        "error[E3202]: \"revenue\" is one value per group, so it cannot be tested row by row",
        "  --> 1:33",
        "   |",
        " 1 | SELECT revenue BY product WHERE revenue > 1000 INR",
        "   |                           ----- ^^^^^^^ metric",
        "   |",
        "   = fix: move it: HAVING revenue > 1000 INR",
      ]
    )
  }

  @Test func factsThatCannotBeCombinedSayWhatCan() throws {
    let text = try rendered("SELECT revenue, orders BY channel, status DURING 2026-Q1")
    #expect(text.hasPrefix("error[E4101]: \"revenue\" is not recorded by status\n  --> 1:36\n"))
    #expect(text.contains("sellout_daily has no status"))
    #expect(text.contains("partly from the table sellout_daily"))
    #expect(text.contains("= both metrics share: channel, channel_type, account, product"))
    #expect(text.contains("take the part that is recorded by status: order_revenue"))
    #expect(text.contains("remove \"status\""))
    #expect(text.contains("take its total: TOTAL OF revenue WITHIN (channel)"))
  }

  @Test func theFixesOfAMissingDimensionAreReportsThatRun() throws {
    let source = "SELECT revenue, orders BY channel, status"
    let prepared = Report.prepare(
      source,
      name: nil,
      catalog: try Catalog.commerce(),
      context: ReportContext(today: 20_527)
    )
    let fixes = try #require(prepared.diagnostics.first).fixes
    #expect(fixes.count == 3)
    for fix in fixes {
      let fixed = fix.applied(to: prepared.source)
      #expect(try codes(fixed).isEmpty, "\(fixed)")
    }
  }

  @Test(arguments: [
    ("SELECT revenue WHERE status = 'shipped'", ["E4102"]),
    ("SELECT revenue FILTER (status = 'shipped')", ["E4103"]),
    ("SELECT channel", ["E3201"]),
    ("SELECT revenue BY orders", ["E3202"]),
    ("SELECT revenue BY channel HAVING channel = 'x'", ["E3203"]),
    ("SELECT revenue, revenue", ["E2104"]),
    ("SELECT revenue BY channel, channel", ["E2104"]),
    ("SELECT orders AS revenue", ["W2105"]),
    ("SELECT revenue * revenue", ["E3102"]),
    ("SELECT revenue + 10", ["E3101"]),
    ("SELECT orders / revenue", ["E3101"]),
    ("SELECT revenue BY month, month", ["E2104"]),
    ("SELECT 1 + 2", ["E3205"]),
    ("SELECT SUM(channel)", ["E3204"]),
    ("SELECT SUM(order_line.status)", ["E3104"]),
    ("SELECT SUM(order_line.nothing)", ["E2102"]),
    ("SELECT SUM(orderline.qty)", ["E2103"]),
    ("SELECT frobnicate(revenue)", ["E2106"]),
    ("SELECT order_line.qty", ["E3201"]),
    ("SELECT revenue WHERE channel > 3", ["E3114"]),
    ("SELECT revenue WHERE channel", ["E3107"]),
    ("SELECT revenue = 3", ["E3107"]),
    ("SELECT revenue HAVING revenue > 1000", ["N3101"]),
    ("SELECT revenue HAVING revenue > orders", ["E3114"]),
    ("SELECT revenue BY channel FILL ZERO", ["E4306"]),
    ("SELECT SHARE OF revenue WITHIN city BY channel", ["E4304"]),
    ("SELECT revenue DURING 2026-03 TO 2026-01", ["E4503"]),
    ("SELECT revenue DURING last 0 days", ["E4504"]),
    ("SELECT revenue DURING diwali", ["E2101"]),
    ("SELECT revenue BY channel AS CHART line", ["W6101"]),
    ("SELECT revenue BY channel AS CHART lin", ["E6102"]),
    ("DEFINE METRIC revenue = orders", ["E2203"]),
    ("DEFINE OR REPLACE METRIC revenue = orders", ["E2203"]),
    ("SELECT revenue + 999999999999999999 INR", ["E3109"]),
    ("SELECT revenue + 0.00001 INR", ["E3109"]),
    ("SELECT order_revenue WHERE order_line.gross_value > 999999999999999999 INR", ["E3109"]),
    ("SELECT " + String(repeating: "(", count: 9_000) + "revenue", ["E5111"]),
    (
      "SELECT " + String(repeating: "(", count: 9_000) + "revenue"
        + String(repeating: ")", count: 9_000), ["E5111"]
    ),
    ("SELECT" + String(repeating: " NOT", count: 9_000) + " revenue", ["E5111"]),
    ("SELECT revenue WHERE" + String(repeating: " NOT", count: 9_000) + " city = 'x'", ["E5111"]),
    ("SELECT revenue" + String(repeating: "+revenue", count: 4_000), ["E5111"]),
    ("SELECT orders, revenue" + String(repeating: "+revenue", count: 4_000), ["E5111"]),
    ("SELECT revenue" + String(repeating: "+revenue", count: 4_000) + " BY channel", ["E5111"]),
    ("SELECT revenue + 1, " + String(repeating: "(", count: 300) + "revenue", ["E3101", "E5111"]),
    ("DEFINE METRIC a = orders; DEFINE METRIC a = lines", ["E2201"]),
    ("DEFINE METRIC a = b; DEFINE METRIC b = orders", ["E2101"]),
    ("SELECT IF(orders > 1, revenue, orders) AS x", ["E3105"]),
    ("SELECT ROUND(revenue, 99)", ["E3112"]),
    ("SELECT units HAVING COVERED BY orders", ["E3107"]),
    ("SELECT MIN(order_line.status)", ["E3104"]),
  ])
  func mistakesHaveTheirCode(_ text: String, _ expected: [String]) throws {
    #expect(try codes(text) == expected)
  }

  @Test(arguments: [
    ("SELECT revenue + 999999999999999999 INR", "too large"),
    ("SELECT revenue + 0.00001 INR", "four digits"),
    ("DEFINE OR REPLACE METRIC revenue = orders", "OR REPLACE replaces only definitions"),
  ])
  func theMessageSaysWhy(_ text: String, _ part: String) throws {
    #expect(try rendered(text).contains(part))
  }

  @Test(arguments: [
    ("SELECT revenue ROLLING 7 days BY day", "ROLLING"),
    ("SELECT revenue CUMULATIVE BY day", "CUMULATIVE"),
    ("SELECT revenue YEAR TO DATE BY month", "TO DATE on a metric"),
    ("SELECT orders WHERE customer HAS (orders > 1)", "HAS"),
    ("SELECT AVERAGE OF (AVERAGE OF revenue PER day) PER channel", "PER inside PER"),
    ("SELECT customers COHORT first_order BY month", "COHORT"),
    ("SELECT FIRST_VALUE(order_line.qty)", "FIRST_VALUE"),
    ("SELECT revenue BY hour", "the grain hour"),
    ("EXPLAIN METRIC revenue", "the plan of a metric without a report"),
  ])
  func whatComesLaterSaysSo(_ text: String, _ construct: String) throws {
    #expect(try rendered(text).contains("]: \(construct) is not available yet\n"))
    #expect(try codes(text).count == 1)
  }

  @Test func definitionsThatMultiplyAreRefused() throws {
    var script = "DEFINE METRIC m0 = orders + 1;"
    for index in 1...60 {
      script += "DEFINE METRIC m\(index) = m\(index - 1) + m\(index - 1);"
    }
    #expect(try codes(script + "SELECT m60").contains("E5113"))
    var chain = "DEFINE METRIC m0 = orders + 1;"
    for index in 1...1_200 {
      chain += "DEFINE METRIC m\(index) = m\(index - 1) * 1;"
    }
    #expect(try codes(chain + "SELECT m1200").contains("E5113"))
  }

  @Test func anotherWordForAMetricIsNamed() throws {
    let text = try rendered("SELECT turnover")
    #expect(text.contains("this is another word for \"revenue\""))
  }

  @Test func aFirstOfTheMonthHasNoCompleteDay() throws {
    let prepared = Report.prepare(
      "SELECT revenue BY day DURING month to date",
      name: nil,
      catalog: try Catalog.commerce(),
      context: ReportContext(today: CivilDay(year: 2026, month: 3, day: 1).number)
    )
    let text = DiagnosticRenderer().render(prepared.diagnostics, in: prepared.source)
    #expect(
      text.trimmed
        == [
          "note[N4502]: \"month to date\" has no complete day yet (today is 1 March)",
          "  --> 1:30",
          "   |",
          " 1 | SELECT revenue BY day DURING month to date",
          "   |                              ^^^^^^^^^^^^^ "
            + "add INCLUDING CURRENT to see today so far",
        ].joined(separator: "\n")
    )
    #expect(prepared.isRunnable)
  }
}

extension String {
  fileprivate var trimmed: String {
    var lines = split(separator: "\n", omittingEmptySubsequences: false).map { line in
      String(line.reversed().drop { $0 == " " }.reversed())
    }
    while lines.last == "" { lines.removeLast() }
    return lines.joined(separator: "\n")
  }
}
