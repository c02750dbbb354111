import QueryLang
import Testing

/// `AVERAGE OF … PER` and its like, by numbers that are worked out by hand; today is 15 March 2026.
@Suite struct NestedTests {
  /// Orders of several lines, customers with several orders.
  static var shop: SmallShop {
    var shop = SmallShop()
    shop.line("a", "1", "2026-03-01", 10, customer: "c1")
    shop.line("a", "1", "2026-03-01", 20, customer: "c1")
    shop.line("a", "2", "2026-03-02", 50, customer: "c1")
    shop.line("a", "3", "2026-03-02", 100, customer: "c2")
    shop.line("b", "4", "2026-03-05", 7, customer: "c2")
    return shop
  }

  @Test func customersAreAveraged() async throws {
    #expect(
      try await Self.shop.rows(
        "SELECT AVERAGE OF order_revenue PER customer AS mean, "
          + "MEDIAN OF orders PER customer AS median, MAX OF order_revenue PER customer AS most, "
          + "MIN OF order_revenue PER customer AS least, SUM OF orders PER customer AS all_orders, "
          + "COUNT OF order_revenue PER customer AS buyers BY channel ORDER BY channel"
      ) == [
        "a | 90.0 | 1.5 | 100.0 | 80.0 | 3 | 2", "b | 7.0 | 1.0 | 7.0 | 7.0 | 1 | 1",
      ]
    )
  }

  @Test func bucketsWithoutRowsAreAddedUpByTheirOwnValue() async throws {
    // January has one order and February none: (1 - 10) + (0 - 10).
    var shop = SmallShop()
    shop.line("a", "1", "2026-01-05", 5)
    #expect(
      try await shop.rows(
        "SELECT SUM OF (orders - 10) PER month AS s, AVERAGE OF (orders - 10) PER month AS a, "
          + "SUM OF (revenue - 2 INR) PER month AS m DURING 2026-01 TO 2026-02"
      ) == ["-19 | -9.5 | 1.0"]
    )
  }

  @Test func percentilesLieBetweenTwoValuesInProportion() async throws {
    #expect(
      try await Self.shop.rows(
        "SELECT PERCENTILE(0.25) OF order_revenue PER \"order\" AS p, "
          + "COUNT OF order_revenue PER \"order\" AS n"
      ) == ["24.25 | 4"]
    )
  }

  @Test func everyCompleteDayTakesPart() async throws {
    // 1 to 14 March: 187 rupees in 14 days.
    #expect(
      try await Self.shop.rows(
        "SELECT AVERAGE OF order_revenue PER day AS mean, COUNT OF order_revenue PER day AS days "
          + "DURING month to date"
      ) == ["13.357143 | 3"]
    )
    // Weeks that are cut by the range do not count: 2 to 8 March is the only whole one.
    #expect(
      try await Self.shop.rows(
        "SELECT AVERAGE OF order_revenue PER week AS mean DURING 2026-03-01 TO 2026-03-10"
      ) == ["157.0"]
    )
    // A month that no row is in has days of 0.
    #expect(
      try await Self.shop.rows(
        "SELECT AVERAGE OF order_revenue PER day AS mean BY month DURING 2026-02 TO 2026-03"
      ) == ["2026-02 | 0.0", "2026-03 | 13.357143"]
    )
  }

  @Test func finerValuesGoBackAndTotal() async throws {
    #expect(
      try await Self.shop.rows(
        "SELECT AVERAGE OF order_revenue PER customer AS mean, "
          + "(AVERAGE OF order_revenue PER customer) PREVIOUS 1 day AS before "
          + "BY channel DURING 2026-03-02 TO 2026-03-02 TOTALS"
      ) == ["a | 75.0 | 30.0", "<empty> | 75.0 | 30.0"]
    )
  }

  @Test func whatIsNotRecordedPerKeyIsRefused() throws {
    let prepared = try Self.shop.prepare("SELECT AVERAGE OF revenue PER order_id AS x")
    #expect(prepared.diagnostics.count == 1)
    #expect(!prepared.isRunnable)
  }
}
