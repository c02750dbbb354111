import ColumnStore
import Commerce
import QueryLang
import TestKit
import Testing

/// BAND, CONCAT, POWER, SQRT, LN, MATCHES and their like; all numbers are worked out by hand.
@Suite struct FunctionTests {
  /// Seven lines at the edges of bands, one of them without an amount.
  static var prices: SmallShop {
    var shop = SmallShop()
    let amounts: [Double?] = [99.99, 100, 249.5, 250, 1000, nil, 20]
    for (index, amount) in amounts.enumerated() {
      shop.line(
        index < 4 ? "a" : "b",
        "\(index)",
        "2026-01-0\(index + 1)",
        amount,
        qty: Int64(index + 1),
        product: ["Green Tea 250g", "green tea 50g", "Mug", nil][index % 4]
      )
    }
    return shop
  }

  private func messages(_ text: String) throws -> [String] {
    try Self.prices.prepare(text).diagnostics.map { "\($0.id.code) \($0.message)" }
  }

  // MARK: BAND

  @Test func bandsStandInTheOrderOfTheirBounds() async throws {
    let bands = "BAND(order_line.gross_value, 100 INR, 250 INR, 1000 INR) AS band"
    let rows = [
      "[−∞,100) | 2", "[100,250) | 2", "[250,1000) | 1", "[1000,∞) | 1",
    ]
    #expect(
      try await Self.prices.rows("SELECT lines BY \(bands) ORDER BY band") == rows + ["(none) | 1"]
    )
    #expect(
      try await Self.prices.rows("SELECT lines BY \(bands) ORDER BY band DESC")
        == rows.reversed() + ["(none) | 1"]
    )
  }

  @Test func boundsMayBeFractionsAndNegative() async throws {
    // The amounts less 100 are -0.01, 0, 149.5, 150, 900, none and -80.
    #expect(
      try await Self.prices.rows(
        "SELECT lines BY BAND(order_line.gross_value - 100 INR, -50.5 INR, 0 INR) AS b ORDER BY b"
      ) == ["[−∞,-50.5) | 1", "[-50.5,0) | 1", "[0,∞) | 4", "(none) | 1"]
    )
    // Bare numbers beside money are amounts.
    #expect(
      try await Self.prices.rows(
        "SELECT lines BY BAND(order_line.gross_value, 249.5) AS b ORDER BY b"
      ) == ["[−∞,249.5) | 3", "[249.5,∞) | 3", "(none) | 1"]
    )
    #expect(
      try await Self.prices.rows(
        "SELECT lines BY BAND(order_line.order_date, 2026-01-03) AS b ORDER BY b"
      ) == ["[−∞,2026-01-03) | 2", "[2026-01-03,∞) | 5"]
    )
  }

  @Test func bandsAreDimensionsToo() async throws {
    #expect(
      try await Self.prices.rows(
        "DEFINE DIMENSION size = BAND(order_line.qty, 2, 5); "
          + "SELECT lines BY size, channel WHERE size != '[−∞,2)' ORDER BY size"
      ) == ["[2,5) | a | 3", "[5,∞) | b | 3"]
    )
    let catalog = try Catalog.load(
      yaml: """
        mandi: 1
        dimensions:
          size: {type: string, expr: "BAND(order_line.qty, 10, 9000)", only: [order_line]}
        """,
      name: "shop.yaml",
      extending: try Catalog.commerce(),
      schemas: CommerceTables.all
    )
    let result = try await Self.prices.result("SELECT lines BY size", catalog)
    #expect(result.rows == [[.text("[−∞,10)"), .integer(7)]])
  }

  @Test func topAndTotalsKnowBands() async throws {
    #expect(
      try await Self.prices.rows(
        "SELECT lines BY BAND(order_line.gross_value, 100, 250) AS b TOP 1 b BY order_revenue "
          + "WITH OTHERS TOTALS ORDER BY b"
      ) == ["[250,∞) | 2", "Others | 5", "<empty> | 7"]
    )
  }

  @Test func aMetricHasABand() async throws {
    #expect(
      try await Self.prices.rows(
        "SELECT BAND(order_revenue, 700 INR, 1000 INR) AS size, BAND(orders - 4, -1, 0) AS low "
          + "BY channel ORDER BY channel"
      ) == ["a | [−∞,700) | [0,∞)", "b | [1000,∞) | [-1,0)"]
    )
    #expect(
      try await Self.prices.rows(
        "SELECT BAND(AVG(order_line.gross_value), 5 INR) AS b WHERE order_line.qty = 6"
      ) == ["<empty>"]
    )
  }

  // MARK: Numbers

  @Test func whatHasNoValueIsUndefined() async throws {
    #expect(
      try await Self.prices.rows(
        "SELECT SQRT(lines + 2) AS root, SQRT(-lines) AS a, LN(lines - 7) AS b, "
          + "POWER(lines - 7, -1) AS c, POWER(-lines, 0.5) AS d, POWER(10, 400) AS e, "
          + "POWER(lines - 5, 3) AS f, LN(1) AS g, orders"
      ) == [
        "3.0 | <undefined> | <undefined> | <undefined> | <undefined> | <undefined> | 8.0 | 0.0 | 7"
      ]
    )
  }

  @Test func rowsWithoutAValueAreLeftOut() async throws {
    // qty 1 to 7: SQRT of 1 and 4 alone are whole; LN(qty - 1) has no value for 1.
    #expect(
      try await Self.prices.rows(
        "SELECT SUM(POWER(order_line.qty, 2)) AS squares, COUNT(LN(order_line.qty - 1)) AS logs, "
          + "SUM(ROUND(order_line.gross_value)) AS whole, SUM(FLOOR(order_line.gross_value)) AS low, "
          + "SUM(CEIL(order_line.qty / 2)) AS halves"
      ) == ["140.0 | 6 | 1720.0 | 1718.0 | 16.0"]
    )
    #expect(
      try await Self.prices.rows(
        "SELECT SUM(ABS(order_line.qty - 4)) AS away, SUM(LEAST(order_line.qty, 3)) AS few, "
          + "SUM(GREATEST(order_line.gross_value, 100 INR)) AS many, "
          + "COUNT(NULLIF(order_line.qty, 4)) AS others"
      ) == ["12 | 18 | 1799.5 | 6"]
    )
  }

  // MARK: Texts

  @Test func textsAreJoined() async throws {
    #expect(
      try await Self.prices.rows(
        "SELECT lines BY CONCAT(channel, ': ', sku) AS what ORDER BY what"
      ) == [
        "a: Green Tea 250g | 1", "a: Mug | 1", "a: green tea 50g | 1", "b: Green Tea 250g | 1",
        "b: Mug | 1", "b: green tea 50g | 1", "(none) | 1",
      ]
    )
    #expect(
      try await Self.prices.rows(
        "SELECT CONCAT('more than ', IF(lines > 3, '3', '0')) AS much BY channel ORDER BY channel"
      ) == ["a | more than 3", "b | more than 0"]
    )
  }

  @Test func patternsFindPartsOfTexts() async throws {
    func count(_ condition: String) async throws -> [String] {
      try await Self.prices.rows("SELECT lines WHERE \(condition)")
    }
    #expect(try await count(#"sku MATCHES '(?i)^green.*\d+g$'"#) == ["4"])
    #expect(try await count("sku MATCHES 'reen [tT]ea'") == ["4"])
    #expect(try await count("NOT sku MATCHES 'e'") == ["3"])
    #expect(try await count("sku NOT MATCHES '^M'") == ["5"])
  }

  // MARK: Approximate counts

  @Test func approximateCountsAreMarked() async throws {
    let result = try await Self.prices.result(
      "SELECT APPROX_COUNT(DISTINCT order_line.sku) AS skus, lines, "
        + "lines / APPROX_COUNT(DISTINCT order_line.sku) AS each"
    )
    #expect(result.rows == [[.integer(3), .integer(7), .double(7.0 / 3)]])
    #expect(result.columns.map(\.isApproximate) == [true, false, true])
  }

  // MARK: Refusals

  @Test(arguments: [
    (
      "SELECT lines WHERE sku MATCHES 'a[b'",
      "E4404 the pattern cannot be read: this [ has no ] after it"
    ),
    (
      "SELECT lines BY BAND(order_line.qty, 5, 2) AS b",
      "E3112 the bounds of BAND go from the least to the greatest"
    ),
    (
      "SELECT lines BY BAND(order_line.qty, 5, 5) AS b",
      "E3112 the bounds of BAND go from the least to the greatest"
    ),
    ("SELECT lines BY BAND(channel, 2) AS b", "E3104 BAND takes numbers or dates, not string"),
    (
      "SELECT lines BY BAND(order_line.gross_value, 'x') AS b",
      "E3112 BAND takes constants of the type money"
    ),
    (
      "SELECT lines BY BAND(order_line.qty, order_line.qty) AS b",
      "E3112 BAND takes constants of the type count"
    ),
    (
      "SELECT lines BY BAND(order_line.qty) AS b",
      "E3112 BAND takes 2 to 201 values, and here are 1"
    ),
    ("SELECT BAND(revenue, lines) AS b", "E3112 BAND takes constants of the type money"),
    ("SELECT SQRT(revenue) AS x", "E3104 SQRT takes plain numbers, not money"),
    (
      "SELECT SUM(POWER(order_line.gross_value, 2)) AS x",
      "E3104 POWER takes plain numbers, not money"
    ),
    ("SELECT POWER(lines) AS x", "E3112 POWER takes 2 values, and here are 1"),
    ("SELECT lines BY CONCAT(channel, order_line.qty) AS c", "E3104 CONCAT takes texts, not count"),
    ("SELECT CONCAT('a', lines) AS c", "E3104 CONCAT takes texts, not count"),
    (
      "SELECT APPROX_COUNT(order_line.sku) AS x",
      "E3112 APPROX_COUNT counts different values only"
    ),
    ("SELECT LAST_VALUE(order_line.qty) AS x", "E3111 LAST_VALUE is not available yet"),
  ])
  func whatHasNoMeaningIsRefused(_ text: String, _ message: String) throws {
    #expect(try messages(text) == [message])
  }

  @Test func aMistakeInAPatternIsShownWhereItIs() throws {
    let text = "SELECT lines WHERE sku MATCHES 'a[b'"
    let prepared = try Self.prices.prepare(text)
    let span = try #require(prepared.diagnostics.first).span
    #expect(prepared.source.slice(span) == "[")
    let other = try Self.prices.prepare("SELECT lines WHERE sku MATCHES 'it''s[b'")
    let whole = try #require(other.diagnostics.first).span
    #expect(other.source.slice(whole) == "'it''s[b'")
  }
}
