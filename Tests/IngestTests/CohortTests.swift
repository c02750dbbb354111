import ColumnStore
import TestKit
import Testing

@testable import Ingest

@Suite struct CohortTests {
  private static let text = """
    mandi: 1
    channel: shop
    kind: d2c
    timezone: UTC
    currency: USD
    datasets:
      lines:
        table: order_line
        recognise: {headers: [id, seen, buyer, day]}
        key: [order_id, line_key]
        version: seen
        columns:
          order_id: {from: id}
          line_key: {const: '1'}
          customer: {from: buyer, keep: plain}
          ordered_at: {from: day, type: timestamp}
          qty: {const: '1'}
          status: {const: delivered}
      days:
        table: order_line
        mode: replace_slice
        slice: [order_date]
        recognise: {headers: [id, seen, buyer, day]}
        key: [order_id, line_key]
        version: seen
        columns:
          order_id: {from: id}
          line_key: {const: '1'}
          customer: {from: buyer, keep: plain}
          ordered_at: {from: day, type: timestamp}
          qty: {const: '1'}
          status: {const: delivered}
    """

  /// What the test knows of a line.
  private struct Line {
    let seen: Int
    let buyer: Int
    let day: Int
    let dataset: String

    func text(_ id: Int) -> String {
      let (minute, day) = (CohortTests.twoDigits(seen), CohortTests.twoDigits(day))
      return "\(id),2026-06-01T00:\(minute):00Z,\(buyer == 0 ? "" : "c\(buyer)"),"
        + "2026-03-\(day)T10:00:00Z\n"
    }
  }

  private static func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }

  /// Files that stand for whole days remove the lines that they do not have; a customer's history
  /// then begins with the first line that is left, and begins again when lines come back.
  @Test(arguments: [(11, 20, 6), (12, 30, 10), (13, 8, 3), (14, 12, 30), (15, 40, 4), (16, 25, 5)])
  func firstOrdersStayExactWhenSlicesLoseLines(
    _ seed: UInt64,
    lineCount: Int,
    buyerCount: Int
  ) throws {
    var random = SeededRandom(seed: seed)
    let definition = try ChannelLibrary.parse(CohortTests.text, file: "shop.yaml")
    let harness = try ImportHarness()
    var lines: [Int: Line] = [:]
    var removed = 0
    for file in 0..<40 {
      let isSlice = Bool.random(using: &random)
      let days = (0..<3).map { _ in Int.random(in: 1...9, using: &random) }
      var rows: [Int: Line] = [:]
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        let line = Line(
          seen: isSlice ? file + 10 : Int.random(in: max(1, file)...(file + 9), using: &random),
          buyer: .random(in: 0..<buyerCount, using: &random),
          day: isSlice
            ? days[.random(in: 0..<3, using: &random)] : .random(in: 1...9, using: &random),
          dataset: isSlice ? "days" : "lines"
        )
        let id = Int.random(in: 0..<lineCount, using: &random)
        if let known = lines[id] ?? rows[id], known.seen >= line.seen { continue }
        if rows[id] == nil { rows[id] = line }
      }
      guard !rows.isEmpty else { continue }
      let text = rows.sorted { $0.key < $1.key }.reduce("id,seen,buyer,day\n") {
        $0 + $1.value.text($1.key)
      }
      let report = try harness.load(
        try harness.file("f\(file).csv", text),
        ImportRequest(dataset: isSlice ? "days" : "lines", definition: definition)
      )
      removed += report.removed
      if isSlice {
        let replaced = Set(rows.values.map(\.day))
        lines = lines.filter { $0.value.dataset != "days" || !replaced.contains($0.value.day) }
      }
      lines.merge(rows) { $1 }
      var expected: [Int: Int] = [:]
      for line in lines.values where line.buyer > 0 {
        expected[line.buyer] = min(expected[line.buyer] ?? 99, line.day)
      }
      let wanted = expected.map { buyer, day in
        "shop/main/c\(buyer) 2026-03-\(Self.twoDigits(day))"
      }
      let found = try harness.rows("customer", ["customer", "first_order_date"]).filter { row in
        // A customer without lines keeps its row, but no line names it.
        expected.keys.contains { row.hasPrefix("shop/main/c\($0) ") }
      }
      #expect(found.sorted() == wanted.sorted(), "seed \(seed), file \(file)")
      #expect(
        try harness.rows("order_line", ["order_id"]).count == lines.count,
        "seed \(seed), file \(file)"
      )
    }
    #expect(removed > 0)
  }

  /// With few lines and many buyers most customers lose all of their lines, and some come back.
  @Test(arguments: [(77, 30, 8), (1, 8, 20), (2, 8, 20), (3, 5, 12), (4, 3, 4), (5, 12, 40)])
  func firstOrdersStayExactThroughChanges(_ seed: UInt64, lineCount: Int, buyerCount: Int) throws {
    var random = SeededRandom(seed: seed)
    let definition = try ChannelLibrary.parse(CohortTests.text, file: "shop.yaml")
    let harness = try ImportHarness()
    var lines: [Int: (seen: Int, buyer: String, day: Int)] = [:]
    for file in 0..<20 {
      var text = "id,seen,buyer,day\n"
      for _ in 0..<Int.random(in: 1...12, using: &random) {
        let id = Int.random(in: 0..<lineCount, using: &random)
        let day = Int.random(in: 1...28, using: &random)
        // Blank buyers, buyers that change, days that move in both directions, and older files.
        let number = Int.random(in: 0..<buyerCount, using: &random)
        let buyer = number == 0 ? "" : "c\(number)"
        let seen = Int.random(in: max(1, file)...59, using: &random)
        if let known = lines[id], known.seen >= seen { continue }
        text += "\(id),2026-06-01T00:\(seen < 10 ? "0" : "")\(seen):00Z,\(buyer),"
        text += "2026-03-\(day < 10 ? "0" : "")\(day)T10:00:00Z\n"
        lines[id] = (seen, buyer, day)
      }
      guard text.contains("Z\n") else { continue }
      try harness.load(
        try harness.file("f\(file).csv", text),
        ImportRequest(dataset: "lines", definition: definition)
      )
      var expected: [String: Int] = [:]
      for line in lines.values where !line.buyer.isEmpty {
        expected[line.buyer] = min(expected[line.buyer] ?? 99, line.day)
      }
      let wanted = expected.map { buyer, day in
        "shop/main/\(buyer) \(buyer) 2026-03-\(day < 10 ? "0" : "")\(day)"
      }.sorted()
      let columns = ["customer", "customer_id", "first_order_date"]
      let found = try harness.rows("customer", columns).filter { row in
        // A customer whose last line went to another one keeps its row, but no line names it.
        expected.keys.contains { row.hasPrefix("shop/main/\($0) ") }
      }
      #expect(found.sorted() == wanted, "seed \(seed), file \(file)")
    }
  }
}

@Suite struct RealDataTests {
  private static let text = """
    mandi: 1
    channel: cdnow
    label: CDNOW
    kind: d2c
    timezone: America/New_York
    currency: USD
    value_basis: gross
    evidence: documented
    datasets:
      purchases:
        label: Purchase log
        table: order_line
        mode: upsert
        slice: []
        file:
          format: csv
          encoding: auto
          header: auto
          sheet: null
          skip_rows: []
          checksum: []
          name_date: null
        recognise:
          headers: [customer_id, date, number_of_cds, dollar_value]
        variants: []
        key: [order_id, line_key]
        version: null
        occurrence: [customer_id, date, number_of_cds, dollar_value]
        columns:
          order_id:    {concat: [customer_id, date, $occurrence], with: '-'}
          line_key:    {const: '1'}
          customer:    {from: customer_id, keep: plain}
          ordered_at:  {from: date, type: date, format: 'yyyyMMdd'}
          qty:         {from: number_of_cds, type: int}
          gross_value: {from: dollar_value, type: money}
          status:      {const: delivered}
        attributes:
          # coupon: {from: coupon_code, type: text}
        capabilities: [revenue, units, orders, customers]
        settle_days: 0
    """

  @Test func everyLineOfAPurchaseLogCountsAlsoIdenticalOnes() throws {
    let definition = try ChannelLibrary.parse(RealDataTests.text, file: "cdnow.yaml")
    let harness = try ImportHarness()
    let log = """
      customer_id,date,number_of_cds,dollar_value
      00001,19970101,1,11.77
      00001,19970101,1,11.77
      00001,19970101,2,23.54
      00002,19970112,5,77.00
      00001,19961231,1,5.00

      """
    let path = try harness.file("cdnow.csv", log)
    let request = ImportRequest(definition: definition)
    #expect(harness.counts(try harness.load(path, request)) == [5, 5, 0, 0, 0])
    #expect(
      try harness.rows("order_line", ["order_id", "order_date", "ordered_at", "gross_value"]) == [
        "00001-19961231-1 1996-12-31 - 5.0", "00001-19970101-1 1997-01-01 - 11.77",
        "00001-19970101-2 1997-01-01 - 11.77", "00001-19970101-3 1997-01-01 - 23.54",
        "00002-19970112-1 1997-01-12 - 77.0",
      ]
    )
    #expect(
      try harness.rows("customer", ["customer", "customer_id", "first_order_date"]) == [
        "cdnow/main/00001 00001 1996-12-31", "cdnow/main/00002 00002 1997-01-12",
      ]
    )
  }
}
