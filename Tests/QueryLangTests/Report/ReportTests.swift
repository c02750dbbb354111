import ColumnStore
import QueryLang
import Testing

@Suite struct ReportTests {
  let shop = SmallShop.usual

  @Test func factsAreStitchedWithoutFanOut() async throws {
    #expect(
      try await shop.rows("SELECT revenue, units BY channel, month") == [
        "amazon | 2026-01 | 150.0 | 2",
        "amazon | 2026-02 | 0.0 | 0",
        "amazon | 2026-03 | 25.5 | 2",
        "shopify | 2026-01 | 10.0 | 1",
        "shopify | 2026-02 | 50.0 | 2",
        "shopify | 2026-03 | 0.0 | 0",
        "zepto | 2026-01 | 7.25 | 3",
        "zepto | 2026-02 | 0.0 | 0",
        "zepto | 2026-03 | 8.0 | 1",
      ]
    )
  }

  @Test func channelsWithoutCustomersStandUnderNone() async throws {
    #expect(
      try await shop.rows("SELECT revenue BY channel, cohort_month") == [
        "amazon | (none) | 175.5",
        "shopify | 2026-01 | 40.0",
        "shopify | 2026-02 | 20.0",
        "zepto | (none) | 15.25",
      ]
    )
  }

  @Test func withoutByThereIsExactlyOneRow() async throws {
    #expect(try await shop.rows("SELECT revenue, orders, customers") == ["250.75 | 6 | 2"])
    #expect(
      try await SmallShop().rows("SELECT revenue, orders, AVG(order_line.gross_value) AS mean")
        == ["0.0 | 0 | <empty>"]
    )
  }
}
