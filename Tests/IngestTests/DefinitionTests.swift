import Testing

@testable import Ingest

@Suite struct DefinitionTests {
  private func problems(_ text: String) -> [String] {
    do throws(IngestError) {
      _ = try ChannelLibrary.parse(text, file: "d.yaml")
      return []
    } catch {
      return error.description.split(separator: "\n").map(String.init)
    }
  }

  private func definition(_ columns: String, dataset: String = "") -> String {
    """
    mandi: 1
    channel: shop
    kind: d2c
    datasets:
      sales:
        table: order_line
        recognise: {headers: [id, day, n, price]}
        key: [order_id, line_key]
    \(dataset)    columns:
          order_id: {from: id}
          line_key: {const: '1'}
          ordered_at: {from: day, type: date}
          qty: {from: n}
    \(columns)
    """
  }

  @Test func theBuiltInDefinitionsAreValid() throws {
    let library = try ChannelLibrary.builtIn()
    #expect(library.channels.map(\.name) == ["amazon", "shopify", "zepto"])
  }

  @Test func aCompleteDefinitionIsRead() {
    #expect(problems(definition("      gross_value: {expr: n * price}")) == [])
  }

  @Test(arguments: [
    (
      "      gros_value: {from: price}",
      "d.yaml:14:7: the table order_line has no column 'gros_value' to fill; did you mean "
        + "'gross_value'?"
    ),
    (
      "      gross_value: {form: price}",
      "d.yaml:14:21: the column gross_value has no key 'form'; did you mean 'from'?"
    ),
    (
      "      gross_value: {from: price, type: monye}",
      "d.yaml:14:40: type is one of text, int, decimal, money, date, timestamp, bool, percent, not "
        + "'monye'; did you mean 'money'?"
    ),
    (
      "      gross_value: {from: price, type: date}",
      "d.yaml:14:40: the column gross_value cannot hold a value of type date"
    ),
    (
      "      gross_value: {expr: 'price *'}",
      "d.yaml:14:27: in 'price *': expected a header, a number or '(', found the end"
    ),
    (
      "      gross_value: {expr: 'price / 2'}",
      "d.yaml:14:27: in 'price / 2': '/' has no meaning here; only + - * ( ) and coalesce have"
    ),
    (
      "      gross_value: {from: price, const: 1}",
      "d.yaml:14:20: the column gross_value needs exactly one of from, const, concat, coalesce or "
        + "expr"
    ),
    (
      "      gross_value: {unpivot: [a, b]}", "d.yaml:14:30: 'unpivot' is not read yet"
    ),
    (
      "      shipped_at: {from: day, format: 'dd-QQ-yyyy'}",
      "d.yaml:14:39: 'dd-QQ-yyyy' is not a date pattern; write one like dd-MM-yyyy"
    ),
    (
      "      customer: {from: mail}\n      payment_type: {coalesce: [n, ' MAIL']}",
      "d.yaml:10:7: the column payment_type reads ' MAIL', of which the customer keeps a hash only; "
        + "take another header, or write `keep: plain` when it may be stored as it is"
    ),
    (
      "      status: {from: id, map: {a: shiped}}",
      "d.yaml:14:31: 'shiped' is not a status; did you mean 'shipped'?"
    ),
  ])
  func mistakesInColumnsAreNamedWithTheirPlace(_ column: String, _ expected: String) {
    #expect(problems(definition(column)) == [expected])
  }

  @Test func aCustomerThatIsKeptPlainMayBePartOfAKey() {
    let columns = "      customer: {from: id, keep: plain}"
    #expect(problems(definition(columns)) == [])
    #expect(problems(definition("      customer: {from: id}")).count == 1)
  }

  @Test func whatIsNotReadYetIsRefusedAndNotIgnored() {
    let file =
      "    file: {format: xlsx, sheet: Sales, checksum: [{column: a}], encoding: latin-1}\n"
    #expect(
      problems(definition("", dataset: file)) == [
        "d.yaml:9:20: files in 'xlsx' are not read yet; csv and tsv are",
        "d.yaml:9:75: encoding is auto: it is found from the bytes; 'latin-1' is not read yet",
        "d.yaml:9:33: 'sheet' is not read yet; leave the key out",
        "d.yaml:9:50: 'checksum' is not read yet; leave the key out",
      ]
    )
  }

  @Test func severalMistakesAreReportedAtOnce() {
    let text = """
      mandi: 2
      channel: My Shop
      kind: shop
      timezone: Asia/Kolkatta
      currency: Rupees
      dataset: {}
      """
    #expect(
      problems(text) == [
        "d.yaml:6:1: a channel definition has no key 'dataset'; did you mean 'datasets'?",
        "d.yaml:1:1: the definition needs 'datasets'",
        "d.yaml:1:8: this program reads definitions with `mandi: 1`",
        "d.yaml:2:10: channel has only a-z, 0-9 and _, not 'My Shop'",
        "d.yaml:3:7: kind is one of marketplace, quick, d2c, vendor, not 'shop'",
        "d.yaml:4:11: 'Asia/Kolkatta' is not a time zone; write one like Asia/Kolkata",
        "d.yaml:5:11: currency is an ISO 4217 code like INR, not 'Rupees'",
      ]
    )
  }

  @Test func whatIsNoYAMLSaysWhere() {
    #expect(problems("mandi: 1\nchannel: [a, b\n").first?.hasPrefix("d.yaml:") == true)
    #expect(problems("").first?.contains("empty") == true)
    let deep = String(repeating: "[", count: 9000)
    #expect(problems(deep) == ["d.yaml:1:65: the definition is nested too deeply"])
    let dashes = String(repeating: "- ", count: 9000) + "a"
    #expect(problems(dashes) == ["d.yaml:1:201: the definition is nested too deeply"])
  }

  @Test func damagedDefinitionsNeverStopTheProgram() throws {
    let bytes = Array(definition("      gross_value: {expr: 'n * price'}").utf8)
    for place in bytes.indices {
      var damaged = bytes
      damaged[place] ^= 0x15
      _ = problems(String(decoding: damaged, as: UTF8.self))
      _ = problems(String(decoding: bytes[..<place], as: UTF8.self))
    }
  }

  @Test func expressionsAreBounded() {
    let nested = String(repeating: "(", count: 9000) + "1"
    #expect(throws: RowExpression.Mistake.self) { try RowExpression(parsing: nested) }
    let minus = String(repeating: "-", count: 9000) + "1"
    #expect(throws: RowExpression.Mistake.self) { try RowExpression(parsing: minus) }
  }
}
