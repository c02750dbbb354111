import ColumnStore
import QueryLang
import TestKit
import Testing

/// What is worked out a column at a time is what is worked out group by group: a rank looks at all
/// groups one by one, so a report with one is the plain version of the same report without.
@Suite struct SelectionTests {
  static let tails = [
    "ORDER BY revenue DESC LIMIT 3",
    "ORDER BY revenue LIMIT 3 OFFSET 2",
    "ORDER BY revenue DESC NULLS FIRST LIMIT 4",
    "ORDER BY units, revenue DESC LIMIT 5",
    "ORDER BY revenue / units DESC LIMIT 4",
    "ORDER BY revenue / orders LIMIT 6",
    "ORDER BY orders / units LIMIT 6",
    "ORDER BY revenue + discount LIMIT 4",
    "ORDER BY units - orders DESC LIMIT 4",
    "ORDER BY revenue * 2 DESC LIMIT 4",
    "ORDER BY -units LIMIT 4",
    "ORDER BY IF(units > 3, units, orders) DESC LIMIT 4",
    "ORDER BY COALESCE(revenue, 1 INR) LIMIT 4",
    "ORDER BY AVG(order_line.qty) DESC LIMIT 4",
    "ORDER BY MAX(order_line.gross_value) LIMIT 4",
    "ORDER BY MIN(order_line.order_date), revenue LIMIT 4",
    "ORDER BY lines DESC LIMIT 2",
    "LIMIT 3",
    "ORDER BY revenue DESC LIMIT 0",
    "HAVING units > 2 AND NOT orders = 0",
    "HAVING revenue IS NULL OR revenue / units > 30 INR",
    "HAVING orders >= units / 3 ORDER BY units LIMIT 2",
    "HAVING revenue != 1 INR ORDER BY revenue LIMIT 100",
    "HAVING IF(units > 3, units, orders) <= 4",
  ]
  static let keys = ["customer", "product, channel", "place", "channel, status", "sku, city"]

  @Test(arguments: tails) func columnsSayWhatGroupsSay(_ tail: String) async throws {
    let policy = AccessPolicy.unrestricted(reason: "test")
    for seed in 1...3 as ClosedRange<UInt64> {
      var shop = SmallShop.random(seed: seed)
      if seed == 3 { shop.sellout = [] }
      let backend = try shop.stored()
      for keys in SelectionTests.keys {
        let metrics = keys.contains("status") ? "order_revenue, lines" : "revenue, lines"
        let texts = ["", ", RANK OF lines AS place_of_all"].map { rank in
          var report = "SELECT \(metrics)\(rank) BY \(keys) \(tail)"
          if keys.contains("status") {
            report = report.replacing("revenue", with: "order_revenue")
              .replacing("order_order_", with: "order_").replacing("units", with: "order_units")
          }
          return report
        }
        var rows: [[[ResultCell]]] = []
        var counts: [Int] = []
        for (text, engine) in [
          (texts[0], backend as any ScanBackend), (texts[0], shop.backend), (texts[1], backend),
        ] {
          let prepared = try shop.prepare(text)
          let problems = prepared.diagnostics.filter { $0.severity == .error }.map(\.message)
          try #require(problems.isEmpty, "\(text): \(problems)")
          let answers = try await prepared.run(on: engine, policy: policy, limits: .untimed)
          guard case .report(let report) = answers.last else { continue }
          let shared = report.columns.count - (text == texts[1] ? 1 : 0)
          rows.append(report.rows.map { Array($0.prefix(shared)) })
          counts.append(report.header.groupCount)
        }
        #expect(rows[0] == rows[2], "\(texts[0]), seed \(seed)")
        #expect(rows[1] == rows[2], "\(texts[0]), seed \(seed)")
        #expect(Set(counts).count == 1, "\(texts[0]), seed \(seed)")
      }
    }
  }
}
