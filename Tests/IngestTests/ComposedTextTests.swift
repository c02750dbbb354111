import Testing

@testable import Ingest

@Suite struct ComposedTextTests {
  private static let definition = """
    mandi: 1
    channel: shop
    kind: d2c
    timezone: UTC
    currency: USD
    datasets:
      lines:
        table: order_line
        recognise: {headers: [id, sku, city]}
        key: [order_id, line_key]
        columns:
          order_id: {from: id}
          line_key: {concat: [sku, $occurrence], with: '#'}
          ordered_at: {const: '2026-03-01', type: date}
          sku: {from: sku}
          city: {from: city}
          status: {const: delivered}
          qty: {const: '1'}
    """

  /// A text with accents of their own, and the same in one character.
  private let decomposed = "Cafe\u{301}"
  private let composed = "Caf\u{E9}"

  private func keys(_ lines: [String]) throws -> [[UInt8]] {
    let harness = try ImportHarness()
    let definition = try ChannelLibrary.parse(ComposedTextTests.definition, file: "shop.yaml")
    let path = try harness.file("f.csv", "id,sku,city\n" + lines.joined(separator: "\n") + "\n")
    let report = try harness.load(path, ImportRequest(definition: definition, asOf: 20_000))
    #expect(report.inserted == lines.count)
    return try harness.rows("order_line", ["order_id", "line_key", "product", "place"]).map {
      Array($0.utf8)
    }
  }

  @Test func theSpellingOfAnAccentMakesNoDifference() throws {
    let one = try keys(["1,\(decomposed),\(decomposed)", "1,\(composed),\(composed)"])
    let other = try keys(["1,\(composed),\(composed)", "1,\(decomposed),\(composed)"])
    #expect(one == other)
    #expect(
      one == [
        Array("1 \(composed)#1 shop:\(composed) ||\(composed)|".utf8),
        Array("1 \(composed)#2 shop:\(composed) ||\(composed)|".utf8),
      ]
    )
  }

  @Test func fieldsAreComposedInPlaceAndOthersStay() throws {
    let decoder = CSVDecoder(dialect: .comma, shape: .fields(4))
    let text = "a,\(decomposed),\u{1100}\u{1161},\(decomposed)\nb,\(composed),कि,\n"
    let block = ByteBlock(unpadded: Array(text.utf8), isLast: true, bytesRead: text.utf8.count)
    var page = decoder.decode(block).page
    page.composeCharacters()
    let fields = (0..<2).map { row in
      (0..<4).map { Array(page.text(row: row, column: $0).utf8) }
    }
    #expect(
      fields == [
        ["a", composed, "\u{AC00}", composed].map { Array($0.utf8) },
        ["b", composed, "कि", ""].map { Array($0.utf8) },
      ]
    )
  }
}
