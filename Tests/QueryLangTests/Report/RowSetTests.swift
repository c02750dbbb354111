import ColumnStore
import QueryLang
import TestKit
import Testing

/// TOP, WITH OTHERS and TOTALS; all numbers are worked out by hand.
@Suite struct RowSetTests {
  /// Four products in two channels; the same customers buy several.
  static var assortment: SmallShop {
    var shop = SmallShop()
    shop.line("a", "1", "2026-01-01", 100, customer: "c1", product: "p1")
    shop.line("a", "2", "2026-01-02", 60, customer: "c1", product: "p2")
    shop.line("a", "3", "2026-01-03", 30, customer: "c1", product: "p3")
    shop.line("a", "4", "2026-02-04", 30, customer: "c1", product: "p4")
    shop.line("b", "5", "2026-01-05", 5, customer: "c2", product: "p1")
    shop.line("b", "6", "2026-02-06", 50, customer: "c1", product: "p4")
    shop.line("b", "7", "2026-02-07", 1, customer: "c3", product: nil)
    return shop
  }

  private func kinds(_ text: String) async throws -> [String] {
    try await Self.assortment.result(text).rowKinds.map(\.rawValue)
  }

  @Test func othersAreCountedAnew() async throws {
    // c1 buys both products that are left out, and is one customer of theirs.
    #expect(
      try await Self.assortment.rows(
        "SELECT order_revenue, customers, order_revenue / orders AS aov BY product "
          + "TOP 2 product BY order_revenue WITH OTHERS"
      ) == [
        "p1 | 105.0 | 2 | 52.5", "p4 | 80.0 | 1 | 40.0", "Others | 91.0 | 2 | 30.333333",
      ]
    )
    #expect(
      try await kinds(
        "SELECT order_revenue BY product TOP 2 product BY order_revenue WITH OTHERS"
      ) == ["detail", "detail", "others"]
    )
  }

  @Test func withoutOthersTheRestStillCounts() async throws {
    #expect(
      try await Self.assortment.rows(
        "SELECT order_revenue, SHARE OF order_revenue AS s BY product TOP 2 BY order_revenue TOTALS"
      ) == ["p1 | 105.0 | 0.380435", "p4 | 80.0 | 0.289855", "<empty> | 276.0 | 1.0"]
    )
  }

  @Test func tiesGoToTheFirstKeyAndBottomIsAscending() async throws {
    var shop = SmallShop()
    for name in ["z", "y", "x", "w"] { shop.line(name, "o", "2026-01-01", 5) }
    #expect(
      try await shop.rows("SELECT revenue BY channel TOP 2 BY revenue ORDER BY channel") == [
        "w | 5.0", "x | 5.0",
      ]
    )
    #expect(
      try await Self.assortment.rows(
        "SELECT order_revenue BY product BOTTOM 2 product BY order_revenue ORDER BY order_revenue"
      ) == ["(none) | 1.0", "p3 | 30.0"]
    )
  }

  @Test func membersAreChosenWithinGroups() async throws {
    #expect(
      try await Self.assortment.rows(
        "SELECT order_revenue, customers BY channel, product "
          + "TOP 1 product WITHIN channel BY order_revenue WITH OTHERS ORDER BY channel"
      ) == [
        "a | p1 | 100.0 | 1", "a | Others | 120.0 | 1", "b | p4 | 50.0 | 1",
        "b | Others | 6.0 | 2",
      ]
    )
  }

  @Test func membersAreChosenOverTheWholeRange() async throws {
    #expect(
      try await Self.assortment.rows(
        "SELECT order_revenue AS r BY product, month DURING 2026-01 TO 2026-02 "
          + "TOP 1 product BY order_revenue WITH OTHERS"
      ) == [
        "p1 | 2026-01 | 105.0", "p1 | 2026-02 | 0.0", "Others | 2026-01 | 90.0",
        "Others | 2026-02 | 81.0",
      ]
    )
  }

  @Test func thereAreNoOthersWhereNobodyIsLeftOut() async throws {
    #expect(
      try await Self.assortment.rows(
        "SELECT order_revenue BY channel TOP 5 BY order_revenue WITH OTHERS"
      ) == ["a | 220.0", "b | 56.0"]
    )
  }

  @Test func severalDimensionsHaveOthersOfTheirOwn() async throws {
    #expect(
      try await Self.assortment.rows(
        "SELECT order_revenue AS r BY channel, product "
          + "TOP 1 channel BY order_revenue WITH OTHERS TOP 1 product BY order_revenue WITH OTHERS"
      ) == [
        "a | p1 | 100.0", "a | Others | 120.0", "Others | p1 | 5.0", "Others | Others | 51.0",
      ]
    )
  }

  @Test func totalsAreAskedAgain() async throws {
    #expect(
      try await Self.assortment.rows(
        "SELECT order_revenue, customers BY channel, month DURING 2026-01 TO 2026-02 "
          + "TOTALS BY channel"
      ) == [
        "a | 2026-01 | 190.0 | 1", "a | 2026-02 | 30.0 | 1", "a | <empty> | 220.0 | 1",
        "b | 2026-01 | 5.0 | 1", "b | 2026-02 | 51.0 | 2", "b | <empty> | 56.0 | 3",
        "<empty> | <empty> | 276.0 | 3",
      ]
    )
    #expect(
      try await kinds("SELECT order_revenue BY channel, month TOTALS ALL") == [
        "detail", "detail", "subtotal", "detail", "detail", "subtotal", "total",
      ]
    )
  }

  @Test func totalsTakeInWhatHavingHides() async throws {
    let text = "SELECT order_revenue BY product HAVING order_revenue > 60 INR TOTALS"
    #expect(try await Self.assortment.rows(text).last == "<empty> | 276.0")
    #expect(
      try await Self.assortment.rows(text + " SHOWN") == [
        "p1 | 105.0", "p4 | 80.0", "<empty> | 185.0",
      ]
    )
    #expect(
      try await Self.assortment.rows(
        "SELECT order_revenue, customers BY channel, product "
          + "TOP 1 product WITHIN channel BY order_revenue WITH OTHERS "
          + "HAVING order_revenue > 40 INR TOTALS SHOWN BY channel ORDER BY channel"
      ) == [
        "a | p1 | 100.0 | 1", "a | Others | 120.0 | 1", "a | <empty> | 220.0 | 1",
        "b | p4 | 50.0 | 1", "b | <empty> | 50.0 | 1", "<empty> | <empty> | 270.0 | 1",
      ]
    )
  }

  @Test func denominatorsIgnoreWhatIsChosenOrShown() async throws {
    #expect(
      try await Self.assortment.rows(
        "SELECT order_revenue, SHARE OF order_revenue WITHIN product AS s BY channel, product "
          + "TOP 1 product WITHIN channel BY order_revenue TOTALS BY product"
      ) == [
        "a | p1 | 100.0 | 0.952381", "<empty> | p1 | 105.0 | 1.0", "b | p4 | 50.0 | 0.625",
        "<empty> | p4 | 80.0 | 1.0", "<empty> | <empty> | 276.0 | 1.0",
      ]
    )
    #expect(
      try await Self.assortment.rows(
        "SELECT order_revenue, SHARE OF order_revenue AS s BY product "
          + "HAVING order_revenue > 60 INR TOTALS SHOWN"
      ).last == "<empty> | 185.0 | 0.67029"
    )
  }

  @Test func membersOfAMonthAreNotMadeUpInOthers() async throws {
    var shop = SmallShop()
    shop.line("a", "1", "2026-01-10", 100, product: "p1")
    shop.line("a", "2", "2026-01-10", 10, product: "p2")
    shop.line("a", "3", "2026-02-10", 5, product: "p1")
    shop.line("a", "4", "2026-02-10", 50, product: "p2")
    #expect(
      try await shop.rows(
        "SELECT order_revenue AS r BY product, month DURING 2026-01 TO 2026-02 "
          + "TOP 1 product WITHIN month BY order_revenue WITH OTHERS ORDER BY month"
      ) == [
        "p1 | 2026-01 | 100.0", "Others | 2026-01 | 10.0", "p2 | 2026-02 | 50.0",
        "Others | 2026-02 | 5.0",
      ]
    )
  }

  @Test func membersAreChosenOnTheReportsOwnDays() async throws {
    var shop = SmallShop()
    shop.line("c", "1", "2025-01-05", 40)
    shop.line("a", "2", "2026-01-05", 10)
    shop.line("b", "3", "2026-01-05", 20)
    #expect(
      try await shop.rows(
        "SELECT revenue BY channel DURING 2026-01 COMPARE TO previous year BOTTOM 1 BY revenue"
      ) == ["a | 10.0 | 0.0 | 10.0 | <undefined>"]
    )
  }

  @Test func aRankHasNoTotal() async throws {
    #expect(
      try await Self.assortment.rows(
        "SELECT RANK OF order_revenue AS r BY channel ORDER BY channel TOTALS"
      ) == ["a | 1", "b | 2", "<empty> | <empty>"]
    )
  }

  @Test func totalsOfAdditiveMetricsAreTheSumOfTheirRows() async throws {
    var random = SeededRandom(seed: 11)
    func next(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }
    for _ in 0..<20 {
      var shop = SmallShop()
      for index in 0..<40 {
        shop.line(
          "c\(next(4))",
          "o\(index)",
          "2026-0\(1 + next(2))-1\(next(10))",
          Double(next(2_000)) - 500,
          product: next(5) == 0 ? nil : "p\(next(5))"
        )
      }
      let result = try await shop.result(
        "SELECT order_revenue BY channel, product, month "
          + "TOP 2 product BY order_revenue WITH OTHERS TOTALS BY channel, (channel, product)"
      )
      var sums: [RowKind: Int128] = [:]
      for (row, kind) in zip(result.rows, result.rowKinds) {
        guard case .decimal(let amount) = row[3] else { continue }
        sums[kind == .others ? .detail : kind, default: 0] += amount
      }
      #expect(sums[.detail] == sums[.total])
      // There are two kinds of subtotals, each of which sums to the total.
      #expect(sums[.subtotal] == sums[.total].map { $0 * 2 })
    }
  }

  @Test func whatCannotBeChosenIsExplained() throws {
    let cases: [(String, String)] = [
      ("SELECT revenue BY channel, city TOP 3 BY revenue", "E4701"),
      ("SELECT revenue BY channel TOP 3 city BY revenue", "E4703"),
      ("SELECT revenue BY channel TOP 0 channel BY revenue", "E4704"),
      ("SELECT revenue BY channel TOP 1 channel BY revenue TOP 2 channel BY revenue", "E4702"),
      ("SELECT revenue BY channel, city TOP 1 city WITHIN month BY revenue", "E4304"),
      ("SELECT revenue BY channel TOTALS BY channel", "E6005"),
    ]
    for (text, code) in cases {
      #expect(try SmallShop.usual.prepare(text).diagnostics.map(\.id.code) == [code], "\(text)")
    }
  }
}
