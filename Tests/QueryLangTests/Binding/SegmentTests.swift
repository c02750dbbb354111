import QueryLang
import Testing

@Suite struct SegmentTests {
  private let shop = SmallShop.usual
  private static let early = "DEFINE SEGMENT early OF customer = cohort_month = 2026-01;"

  @Test func aSegmentIsAConditionOnItsDimension() async throws {
    let report = Self.early + "SELECT order_revenue WHERE customer IN SEGMENT early"
    #expect(try await shop.rows(report) == ["40.0"])
    let others =
      Self.early + "SELECT order_revenue FILTER (customer NOT IN SEGMENT early) AS r, orders"
    #expect(try await shop.rows(others) == ["195.5 | 6"])
    #expect(
      try await shop.rows(Self.early + "SHOW SEGMENTS") == [
        "early | customer | cohort_month = 2026-01"
      ]
    )
  }

  @Test func aDroppedDefinitionIsUnknown() async throws {
    let text = "DEFINE METRIC a = orders; DROP METRIC a; DEFINE METRIC a = orders * 2; SELECT a"
    #expect(try await shop.rows(text) == ["12.0"])
  }

  @Test(arguments: [
    (
      "SELECT orders WHERE customer IN SEGMENT erly",
      "E2310", "there is no segment called \"erly\"", "did you mean \"early\"?"
    ),
    (
      "SELECT orders WHERE channel IN SEGMENT early",
      "E2311", "\"early\" is a segment of customer", "write customer IN SEGMENT early"
    ),
    (
      "DEFINE SEGMENT x OF customer = channel = 'amazon'",
      "E2312", "a segment of customer is about its attributes only",
      "channel is no attribute of customer"
    ),
    (
      "DEFINE SEGMENT x OF customer = order_line.qty > 1",
      "E2312", "a segment of customer is about its attributes only",
      "columns and dates of rows are none"
    ),
    (
      "DEFINE SEGMENT x OF customer = month = 2026-01",
      "E2312", "a segment of customer is about its attributes only",
      "columns and dates of rows are none"
    ),
    ("DROP METRIC early", "E2206", "\"early\" is defined as SEGMENT", "write DROP SEGMENT early"),
    ("DROP METRIC revenue", "E2205", "\"revenue\" belongs to the model and cannot be dropped", nil),
    ("DROP METRIC nothing", "E2204", "the text defines nothing called \"nothing\"", nil),
    (
      "DROP SEGMENT early; SELECT orders WHERE customer IN SEGMENT early",
      "E2310", "there is no segment called \"early\"", nil
    ),
  ])
  func mistakesAreSaid(_ text: String, _ code: String, _ message: String, _ label: String?) throws {
    let found = try shop.prepare(Self.early + text).diagnostics
    #expect(found.map(\.id.code) == [code])
    #expect(found.map(\.message) == [message])
    #expect(found.first?.label == label)
  }
}
