import QueryLang
import Testing

/// Days before a fact's first: blank, and not nothing.
///
/// Worked out by hand; today is 15 March 2026.
@Suite struct RecordingTests {
  /// Order lines are recorded from 10 February, daily sales from the beginning.
  private func rows(_ text: String) async throws -> [String] {
    var shop = SmallShop()
    shop.line("a", "1", "2026-02-20", 40)
    shop.line("a", "2", "2026-03-02", 10)
    shop.sold("z", "2026-01-05", 3)
    shop.sold("z", "2026-03-02", 5)
    return try await rows(text, shop)
  }

  private func rows(_ text: String, _ shop: SmallShop) async throws -> [String] {
    var catalog = try Catalog.commerce()
    for index in catalog.facts.indices where catalog.facts[index].table == "order_line" {
      catalog.facts[index].recordedFrom = Int32(SmallShop.day("2026-02-10"))
    }
    let result = try await shop.result(text, catalog)
    return result.rows.map { row in
      zip(row, result.columns).map { SmallShop.text($0, $1) }.joined(separator: " | ")
    }
  }

  @Test func bucketsBeforeItAreBlank() async throws {
    #expect(
      try await rows("SELECT order_revenue, revenue BY month DURING 2026-01 TO 2026-03") == [
        "2026-01 | <not_recorded> | 3.0", "2026-02 | 40.0 | 40.0", "2026-03 | 10.0 | 15.0",
      ]
    )
  }

  @Test func aRangeBeforeItIsBlank() async throws {
    #expect(
      try await rows(
        "SELECT order_revenue, revenue, order_revenue / revenue AS part DURING 2026-01"
      )
        == ["<not_recorded> | 3.0 | <not_recorded>"]
    )
  }

  @Test func whatIsChosenSeesTheBlank() async throws {
    var shop = SmallShop()
    shop.line("b", "1", "2026-01-05", 50)
    shop.line("a", "2", "2026-01-06", 20)
    #expect(
      try await rows("SELECT order_revenue BY channel DURING 2026-01 LIMIT 1", shop) == [
        "a | <not_recorded>"
      ]
    )
    #expect(
      try await rows(
        "SELECT lines BY channel DURING 2026-01 TOP 1 channel BY order_revenue",
        shop
      ) == ["a | <not_recorded>"]
    )
  }

  @Test func comparisonsLookAtTheirOwnDays() async throws {
    #expect(
      try await rows(
        "SELECT order_revenue BY month DURING 2026-03 COMPARE TO PREVIOUS 2 months AS OF 2026-04-02"
      ) == ["2026-03 | 10.0 | <not_recorded> | <not_recorded> | <not_recorded>"]
    )
    #expect(
      try await rows(
        "SELECT order_revenue PREVIOUS month AS before BY month DURING 2026-02 TO 2026-03 "
          + "AS OF 2026-04-02"
      ) == ["2026-02 | <not_recorded>", "2026-03 | 40.0"]
    )
  }

  @Test func conditionsAndOrderSeeTheBlank() async throws {
    #expect(
      try await rows(
        "SELECT order_revenue BY month DURING 2026-01 TO 2026-03 HAVING order_revenue < 20 INR"
      ) == ["2026-03 | 10.0"]
    )
    #expect(
      try await rows(
        "SELECT order_revenue BY month DURING 2026-01 TO 2026-03 ORDER BY order_revenue"
      ) == ["2026-03 | 10.0", "2026-02 | 40.0", "2026-01 | <not_recorded>"]
    )
  }

  @Test func finerBucketsBeforeItTakeNoPart() async throws {
    // 10 to 28 February: 19 days.
    #expect(
      try await rows(
        "SELECT AVERAGE OF order_revenue PER day AS mean BY month DURING 2026-01 TO 2026-02"
      ) == ["2026-01 | <not_recorded>", "2026-02 | 2.105263"]
    )
  }

  @Test func forcedZerosDoNotHideIt() async throws {
    #expect(
      try await rows(
        "SELECT order_revenue BY week DURING 2026-02-02 TO 2026-02-15 FILL ZERO"
      ) == ["2026-W06 | <not_recorded>", "2026-W07 | 0.0"]
    )
  }

  @Test func conditionsSeeWhatFillMade() async throws {
    let filled =
      "SELECT order_revenue BY week DURING 2026-02-16 TO 2026-03-08 FILL PREVIOUS "
    #expect(
      try await rows(filled) == ["2026-W08 | 40.0", "2026-W09 | 40.0", "2026-W10 | 10.0"]
    )
    #expect(
      try await rows(filled + "HAVING order_revenue > 20 INR")
        == ["2026-W08 | 40.0", "2026-W09 | 40.0"]
    )
    #expect(
      try await rows(filled + "ORDER BY order_revenue, week DESC")
        == ["2026-W10 | 10.0", "2026-W09 | 40.0", "2026-W08 | 40.0"]
    )
  }
}
