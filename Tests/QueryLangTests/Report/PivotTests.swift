import ColumnStore
import Commerce
import QueryLang
import TestKit
import Testing

/// PIVOT; all numbers are worked out by hand.
@Suite struct PivotTests {
  /// The table of a report: its headers, then a line for each row; `.` where there is no group.
  private func table(_ text: String, _ shop: SmallShop = RowSetTests.assortment) async throws
    -> [String]
  {
    let result = try await shop.result(text)
    let pivot = try #require(result.pivot)
    let spread = pivot.keys.compactMap { name in result.columns.first { $0.name == name } }
    let kept = result.columns.filter { $0.role == .key && !pivot.keys.contains($0.name) }
    let metrics = result.columns.indices.filter { result.columns[$0].role == .metric }
    func line(_ cells: [ResultCell], _ columns: [ResultColumn]) -> String {
      zip(cells, columns).map { SmallShop.text($0, $1) }.joined(separator: "/")
    }
    var headers = pivot.headers.map { line($0, spread) }
    if pivot.hasTotals { headers.append("total") }
    var cells = pivot.rows.map { _ in headers.map { _ in "." } }
    #expect(pivot.places.count == result.rows.count)
    for (row, place) in zip(result.rows, pivot.places) {
      let text = metrics.map { SmallShop.text(row[$0], result.columns[$0]) }
      let column = place.header ?? pivot.headers.count
      #expect(cells[place.row][column] == ".", "two groups have one place")
      cells[place.row][column] = text.joined(separator: " ")
    }
    let rows = zip(pivot.rows, cells).map { row, cells in
      ([line(row.cells, kept) + (row.kind == .detail ? "" : " (\(row.kind.rawValue))")] + cells)
        .joined(separator: " | ")
    }
    return [headers.joined(separator: " | ")] + rows
  }

  @Test func membersBecomeColumns() async throws {
    #expect(
      try await table(
        "SELECT order_revenue AS r BY channel, month DURING 2026-01 TO 2026-02 PIVOT month"
      ) == ["2026-01 | 2026-02", "a | 190.0 | 30.0", "b | 5.0 | 51.0"]
    )
    #expect(
      try await table(
        "SELECT order_revenue AS r, customers BY channel, month DURING 2026-01 TO 2026-02 "
          + "PIVOT channel, month"
      ) == [
        "a/2026-01 | a/2026-02 | b/2026-01 | b/2026-02",
        " | 190.0 1 | 30.0 1 | 5.0 1 | 51.0 2",
      ]
    )
  }

  @Test func theLongFormStays() async throws {
    let text = "SELECT order_revenue AS r BY channel, month DURING 2026-01 TO 2026-02"
    let plain = try await RowSetTests.assortment.result(text)
    let pivoted = try await RowSetTests.assortment.result(text + " PIVOT month")
    #expect(plain.pivot == nil)
    #expect(plain.rows == pivoted.rows)
    #expect(plain.columns == pivoted.columns)
    #expect(plain.header == pivoted.header)
  }

  @Test func totalsGoBothWaysAndAreAskedAgain() async throws {
    // c1 buys in both channels and months: it is one customer of every sum.
    let expected = [
      "2026-01 | 2026-02 | total", "a | 190.0 1 | 30.0 1 | 220.0 1", "b | 5.0 1 | 51.0 2 | 56.0 3",
      "<empty> (total) | 195.0 2 | 81.0 2 | 276.0 3",
    ]
    for clause in ["TOTALS", "TOTALS ALL"] {
      #expect(
        try await table(
          "SELECT order_revenue AS r, customers BY channel, month DURING 2026-01 TO 2026-02 "
            + "PIVOT month \(clause)"
        ) == expected
      )
    }
    #expect(
      try await table(
        "SELECT order_revenue AS r BY channel, month DURING 2026-01 TO 2026-02 PIVOT month "
          + "TOTALS BY channel"
      ) == [
        "2026-01 | 2026-02 | total", "a | 190.0 | 30.0 | 220.0", "b | 5.0 | 51.0 | 56.0",
        "<empty> (total) | . | . | 276.0",
      ]
    )
  }

  @Test func subtotalsStandBelowWhatTheySumUp() async throws {
    #expect(
      try await table(
        "SELECT order_revenue AS r BY channel, product, month DURING 2026-01 TO 2026-02 FILL NONE "
          + "PIVOT month TOTALS ALL"
      ) == [
        "2026-01 | 2026-02 | total", "a/p1 | 100.0 | . | 100.0", "a/p2 | 60.0 | . | 60.0",
        "a/p3 | 30.0 | . | 30.0", "a/p4 | . | 30.0 | 30.0",
        "a/<empty> (subtotal) | 190.0 | 30.0 | 220.0", "b/p1 | 5.0 | . | 5.0",
        "b/p4 | . | 50.0 | 50.0", "b/(none) | . | 1.0 | 1.0",
        "b/<empty> (subtotal) | 5.0 | 51.0 | 56.0",
        "<empty>/<empty> (total) | 195.0 | 81.0 | 276.0",
      ]
    )
  }

  @Test func theLimitCountsRowsOfTheTable() async throws {
    let text = "SELECT order_revenue AS r BY product, channel PIVOT channel ORDER BY r DESC "
    #expect(
      try await table(text) == [
        "a | b", "p1 | 100.0 | 5.0", "p2 | 60.0 | .", "p4 | 30.0 | 50.0", "p3 | 30.0 | .",
        "(none) | . | 1.0",
      ]
    )
    #expect(
      try await table(text + "LIMIT 2") == ["a | b", "p1 | 100.0 | 5.0", "p2 | 60.0 | ."]
    )
    #expect(
      try await table(text + "LIMIT 2 OFFSET 1") == ["a | b", "p2 | 60.0 | .", "p4 | 30.0 | 50.0"]
    )
    // Seven groups, three of which are shown.
    let header = try await RowSetTests.assortment.result(text + "LIMIT 2").header
    #expect(header.groupCount == 7)
    #expect(header.hiddenGroupCount == 4)
    #expect(try await table(text + "LIMIT 0") == [""])
  }

  @Test func columnsHaveTheOrderOfTheirKey() async throws {
    #expect(
      try await table(
        "SELECT lines BY channel, BAND(order_line.gross_value, 6 INR, 50 INR, 100 INR) AS band "
          + "ORDER BY channel PIVOT band"
      ) == [
        "[−∞,6) | [6,50) | [50,100) | [100,∞)", "a | . | 2 | 1 | 1", "b | 2 | . | 1 | .",
      ]
    )
    #expect(
      try await table(
        "SELECT lines BY product, channel ORDER BY channel DESC, product LIMIT 1 PIVOT channel"
      ) == ["b | a", "p1 | 1 | 1"]
    )
  }

  @Test func othersAreAColumnOrARow() async throws {
    let text =
      "SELECT order_revenue AS r BY month, product DURING 2026-01 TO 2026-02 "
      + "TOP 1 product BY order_revenue WITH OTHERS "
    #expect(
      try await table(text + "PIVOT product") == [
        "p1 | Others", "2026-01 | 105.0 | 90.0", "2026-02 | 0.0 | 81.0",
      ]
    )
    #expect(
      try await table(text + "PIVOT month ORDER BY product") == [
        "2026-01 | 2026-02", "p1 | 105.0 | 0.0", "Others (others) | 90.0 | 81.0",
      ]
    )
  }

  /// Two products of one name are two columns.
  @Test func membersOfOneNameStayApart() async throws {
    var shop = SmallShop()
    for key in ["k1", "k2"] {
      shop.products.append([
        "product": .string(key), "channel": .string("a"), "sku": .string(key),
        "title": .string("Mug"), "brand": .null, "category": .null,
      ])
    }
    shop.line("a", "1", "2026-01-01", 10, product: "k1")
    shop.line("a", "2", "2026-01-01", 20, product: "k2")
    #expect(
      try await table("SELECT order_revenue AS r BY channel, product PIVOT product", shop) == [
        "Mug | Mug", "a | 10.0 | 20.0",
      ]
    )
  }

  // MARK: Limits and refusals

  @Test func tooManyColumnsAreRefused() async throws {
    let catalog = try Catalog.load(
      yaml: "mandi: 1\nlimits: {max_pivot_columns: 3}\n",
      name: "shop.yaml",
      extending: try Catalog.commerce(),
      schemas: CommerceTables.all
    )
    #expect(try Catalog.commerce().limits.maximumPivotColumns == 400)
    let text = "SELECT order_revenue AS r, lines BY product, channel PIVOT channel"
    let error = await #expect(throws: ReportError.self) {
      _ = try await RowSetTests.assortment.result(text, catalog)
    }
    guard case .refused(let diagnostic) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(diagnostic.id.code == "E5103")
    #expect(diagnostic.message == "the result has more than 3 column headers")
    // Two channels of one metric are two columns.
    let fitting = "SELECT lines BY product, channel PIVOT channel"
    #expect(try await RowSetTests.assortment.result(fitting, catalog).pivot?.headers.count == 2)
  }

  @Test(arguments: [
    (
      "SELECT revenue BY channel PIVOT month",
      "E6001 PIVOT takes keys of the report, and month is none of them",
      "SELECT revenue BY channel, month PIVOT month"
    ),
    (
      "SELECT revenue PIVOT month",
      "E6001 PIVOT takes keys of the report, and month is none of them",
      "SELECT revenue BY month PIVOT month"
    ),
    (
      "SELECT revenue BY channel PIVOT channel, channel",
      "E6002 \"channel\" becomes columns already", nil
    ),
    (
      "SELECT revenue BY channel, month, city PIVOT channel, month TOTALS BY channel",
      "E6003 TOTALS BY takes all keys of PIVOT or none of them", nil
    ),
  ])
  func whatCannotBeSpreadIsRefused(_ text: String, _ message: String, _ fixed: String?) throws {
    let prepared = try SmallShop.usual.prepare(text)
    #expect(prepared.diagnostics.map { "\($0.id.code) \($0.message)" } == [message])
    let fix = prepared.diagnostics.first?.fixes.first?.applied(to: prepared.source)
    #expect(fix == fixed)
    if let fixed { #expect(try SmallShop.usual.prepare(fixed).diagnostics.isEmpty) }
  }

  @Test func thePlanSaysWhatIsSpread() async throws {
    let prepared = try SmallShop.usual.prepare(
      "EXPLAIN PLAN SELECT revenue BY channel, month PIVOT month"
    )
    let results = try await prepared.run(
      on: SmallShop.usual.backend,
      policy: .unrestricted(reason: "test"),
      limits: .untimed
    )
    guard case .plan(let plan) = results.last else {
      Issue.record("no plan")
      return
    }
    #expect(plan.contains("spread month\n"))
  }
}
