import ColumnStore
import QueryLang
import Testing

@Suite struct ParameterTests {
  private let shop = SmallShop.usual

  private func prepare(
    _ text: String,
    _ values: [String: ParameterValue] = [:]
  ) throws -> PreparedScript {
    Report.prepare(
      text,
      name: nil,
      catalog: try Catalog.commerce(),
      context: ReportContext(today: SmallShop.today, parameters: values)
    )
  }

  private func rendered(
    _ text: String,
    _ values: [String: ParameterValue] = [:]
  ) throws -> [String] {
    let prepared = try prepare(text, values)
    return DiagnosticRenderer().render(prepared.diagnostics, in: prepared.source)
      .split(separator: "\n").map { String($0) }
  }

  private func rows(
    _ text: String,
    _ values: [String: ParameterValue] = [:]
  ) async throws -> [String] {
    let prepared = try prepare(text, values)
    #expect(prepared.diagnostics.map(\.message) == [])
    let results = try await prepared.run(
      on: shop.backend,
      policy: .unrestricted(reason: "test"),
      limits: .untimed
    )
    guard case .report(let result) = results.last else { return [] }
    return result.rows.map { row in
      zip(row, result.columns).map { SmallShop.text($0, $1) }.joined(separator: " | ")
    }
  }

  static let dashboard = """
    DEFINE PARAM channels STRING[] IN VALUES OF channel DEFAULT ANY;
    DEFINE PARAM range PERIOD DEFAULT 2026-01;
    DEFINE PARAM what METRIC DEFAULT revenue;
    DEFINE PARAM split DIMENSION DEFAULT channel;
    SELECT $what BY $split WHERE channel IN $channels DURING $range ORDER BY $split
    """

  @Test func aDashboardRunsWithItsDefaults() async throws {
    #expect(
      try await rows(Self.dashboard) == ["amazon | 150.0", "shopify | 10.0", "zepto | 7.25"]
    )
  }

  @Test func valuesFromOutsideReplaceDefaults() async throws {
    let values: [String: ParameterValue] = [
      "channels": .list([.text("amazon"), .written("Our shop")]),
      "RANGE": .written("last 3 months including current"), "what": .name("units"),
      "split": .written("month"),
    ]
    #expect(
      try await rows(Self.dashboard, values) == ["2026-01 | 3", "2026-02 | 2", "2026-03 | 2"]
    )
    let days = ParameterValue.period(
      from: Int32(SmallShop.day("2026-02-01")),
      to: Int32(SmallShop.day("2026-02-28"))
    )
    #expect(try await rows(Self.dashboard, ["range": days]) == ["shopify | 50.0"])
  }

  @Test(arguments: [
    ("DEFINE PARAM c STRING DEFAULT 'zepto'; SELECT revenue WHERE channel = $c", "15.25"),
    ("DEFINE PARAM c STRING DEFAULT 'zepto'; SELECT revenue FILTER (channel IN ($c))", "15.25"),
    ("DEFINE PARAM c STRING DEFAULT 'zep'; SELECT revenue WHERE channel STARTS WITH $c", "15.25"),
    ("DEFINE PARAM c STRING[] DEFAULT ANY; SELECT revenue WHERE channel NOT IN $c", "0.0"),
    ("DEFINE PARAM f BOOL DEFAULT FALSE; SELECT revenue WHERE $f", "0.0"),
    ("DEFINE PARAM d DATE DEFAULT 2026-03-01; SELECT revenue SINCE $d", "33.5"),
    ("DEFINE PARAM d DATE DEFAULT 2026-01; SELECT revenue DURING $d", "167.25"),
    (
      "DEFINE PARAM d DATE DEFAULT 2026-03-02; SELECT order_revenue "
        + "WHERE order_line.order_date < $d AND order_line.order_date >= 2026-03-01", "25.5"
    ),
    ("DEFINE PARAM n COUNT DEFAULT 2; SELECT revenue * $n", "501.5"),
    ("DEFINE PARAM n NUMBER DEFAULT 2; SELECT orders + $n", "8.0"),
    ("DEFINE PARAM n COUNT DEFAULT 1; SELECT revenue BY channel LIMIT $n", "amazon | 175.5"),
    ("DEFINE PARAM n COUNT DEFAULT 14; SELECT revenue DURING last $n days", "33.5"),
    (
      "DEFINE PARAM m MONEY DEFAULT 100; SELECT revenue BY channel HAVING revenue > $m",
      "amazon | 175.5"
    ),
    ("DEFINE PARAM c STRING DEFAULT 'INR'; SELECT revenue CURRENCY $c", "250.75"),
    (
      "DEFINE PARAM n COUNT DEFAULT 3; DEFINE METRIC third = revenue / $n; SELECT ROUND(third, $n)",
      "83.583"
    ),
  ])
  func parametersStandWhereTheGrammarHasThem(_ text: String, _ row: String) async throws {
    #expect(try await rows(text) == [row])
  }

  @Test func aTextIsNeverReadAsPartOfAReport() async throws {
    let text = "DEFINE PARAM c STRING DEFAULT 'zepto'; SELECT revenue WHERE status = $c OR sku = $c"
    let attack = ParameterValue.written("x' OR 'a' = 'a")
    let narrow = text.replacing(
      "revenue WHERE status = $c OR sku = $c",
      with: "units WHERE sku = $c"
    )
    #expect(try await rows(narrow, ["c": attack]) == ["0"])
    let number = "DEFINE PARAM n COUNT DEFAULT 1; SELECT revenue * $n"
    let codes = try prepare(number, ["n": .written("1; SELECT orders")]).diagnostics.map(\.id.code)
    #expect(codes == ["E2303"])
  }

  @Test(arguments: [
    (
      "DEFINE PARAM city STRING DEFAULT 'x'; SELECT revenue WHERE channel = $cty",
      ["error[E2203]: the model has \"city\" already"]
    ),
    (
      "DEFINE PARAM town STRING DEFAULT 'x'; SELECT revenue WHERE channel = $twn",
      [
        "error[E2301]: there is no parameter called \"$twn\"", "did you mean \"$town\"?",
      ]
    ),
    (
      "DEFINE PARAM c STRING; SELECT revenue WHERE channel = $c",
      ["error[E2302]: \"$c\" has no value", "give one, or write DEFAULT in its definition"]
    ),
    (
      "DEFINE PARAM n COUNT DEFAULT 'x'; SELECT revenue LIMIT $n",
      ["error[E2303]: 'x' is no value of type COUNT", "a whole number such as 12 is needed"]
    ),
    (
      "DEFINE PARAM c STRING IN ('a', 'b') DEFAULT 'd'",
      ["error[E2304]: 'd' is none of the values of \"$c\"", "it is one of 'a', 'b'"]
    ),
    (
      "DEFINE PARAM c STRING IN VALUES OF status DEFAULT 'gone'",
      ["error[E2304]: 'gone' is none of the values of \"$c\"", "'pending', 'confirmed'"]
    ),
    (
      "DEFINE PARAM r PERIOD DEFAULT last month; DEFINE METRIC m = revenue * $r",
      [
        "error[E2305]: \"$r\" is a period, and a metric or a condition takes none",
        "write DURING $r",
      ]
    ),
    (
      "DEFINE PARAM c STRING[] DEFAULT 'a'; SELECT revenue WHERE channel = $c",
      ["error[E2307]: \"$c\" is a list, so it stands after IN only", "write IN $c"]
    ),
    (
      "DEFINE PARAM c STRING DEFAULT ANY; SELECT revenue WHERE channel = $c",
      ["error[E2307]: \"$c\" may be ANY, so it stands after IN only"]
    ),
    (
      "DEFINE PARAM c STRING DEFAULT 'a'; SELECT revenue LIMIT $c",
      ["error[E2307]: \"$c\" is of type STRING, and a whole number is needed"]
    ),
    (
      "DEFINE PARAM t TIMESTAMP",
      ["error[E2308]: no constant is of type TIMESTAMP", "write DATE"]
    ),
    (
      "DEFINE PARAM w METRIC DEFAULT channel",
      ["error[E2303]: \"channel\" is no value of type METRIC", "the name of a metric is needed"]
    ),
    (
      "DEFINE PARAM w METRIC DEFAULT revenu",
      ["error[E2101]: there is no metric called \"revenu\"", "did you mean \"revenue\"?"]
    ),
    (
      "DEFINE PARAM c STRING DEFAULT 'a'; DEFINE PARAM c COUNT DEFAULT 1",
      ["error[E2201]: \"c\" is defined already"]
    ),
  ])
  func mistakesAreSaid(_ text: String, _ parts: [String]) throws {
    let lines = try rendered(text)
    for part in parts {
      #expect(lines.contains { $0.contains(part) }, "\(lines)")
    }
  }

  @Test func aValueForNoParameterIsRefused() throws {
    let text = "DEFINE PARAM town STRING DEFAULT 'x'; SELECT revenue WHERE city = $town"
    #expect(
      try rendered(text, ["twn": .text("y")]).prefix(5) == [
        "error[E2306]: a value was given for \"twn\", and the text has no such parameter",
        "  --> 1:1", "   |", " 1 | " + text, "   | ^ did you mean \"town\"?",
      ]
    )
  }

  @Test(arguments: [
    ("COUNT", ParameterValue.written("1.5")), ("COUNT", .text("2")), ("DATE", .written("soon")),
    ("STRING", .integer(2)), ("STRING", .list([.text("a")])), ("STRING[]", .list([])),
    ("MONEY", .written("many")), ("PERIOD", .written("last")), ("PERIOD", .written("$p")),
    ("PERIOD", .period(from: 2, to: 1)), ("METRIC", .written("channel")), ("BOOL", .integer(1)),
  ])
  func valuesOfAnotherTypeAreRefused(_ type: String, _ value: ParameterValue) throws {
    let found = try prepare("DEFINE PARAM p \(type)", ["p": value]).diagnostics
    #expect(found.map(\.id.code) == ["E2303"], "\(found)")
  }

  @Test func aPeriodThatNamesItselfIsRefused() throws {
    let text = "DEFINE PARAM p PERIOD DEFAULT last month; DEFINE PERIOD q = $p;"
    let again = text + "DEFINE OR REPLACE PARAM p PERIOD DEFAULT q; SELECT revenue DURING $p"
    #expect(try prepare(again).diagnostics.map(\.id.code) == ["E2301"])
  }

  @Test func parametersAreListed() async throws {
    #expect(
      try await rows(Self.dashboard + "; SHOW PARAMS LIKE '%a%'", ["what": .name("orders")]) == [
        "channels | STRING[] | VALUES OF channel | ANY", "range | PERIOD |  | 2026-01",
        "what | METRIC |  | orders",
      ]
    )
  }
}
