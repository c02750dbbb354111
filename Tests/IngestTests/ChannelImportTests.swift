import ColumnStore
import Foundation
import Testing

@testable import Ingest

@Suite struct ChannelImportTests {
  private let columns = [
    "order_id", "line_key", "order_date", "status", "qty", "gross_value", "discount_value", "place",
  ]

  @Test func amazonLinesBecomeCanonicalLines() throws {
    let harness = try ImportHarness()
    let report = try harness.load(try ImportHarness.fixture("amazon_all_orders_32.txt"))
    #expect(harness.counts(report) == [7, 5, 0, 0, 2])
    #expect(report.channel == "amazon")
    #expect(report.dataset == "all_orders")
    #expect(
      try harness.rows("order_line", columns) == [
        "403-1111111-0000001 MUG-1#1 2026-04-01 delivered 2 1199.5 99.5 "
          + "IN|Maharashtra|Mumbai|400001",
        "403-1111111-0000002 PLT-2#1 2026-03-01 shipped 1 450.0 - IN|Maharashtra|Pune|411001",
        "403-1111111-0000002 PLT-2#2 2026-03-01 shipped 1 450.0 - IN|Maharashtra|Pune|411001",
        "403-1111111-0000003 PLT-2#1 2026-03-05 pending 1 - - (unknown)",
        "403-1111111-0000004 PLT-2#1 2026-03-06 cancelled 0 - - IN|Delhi|New Delhi|110001",
      ]
    )
    #expect(
      try harness.rows("product", ["product", "title", "category"]) == [
        "amazon:MUG-1 Café mug (unmapped)", "amazon:PLT-2 Plate 12\" blue (unmapped)",
      ]
    )
    #expect(
      try harness.rows("channel", ["channel", "label", "kind", "timezone", "value_basis"]) == [
        "amazon Amazon marketplace Asia/Kolkata gross"
      ]
    )
    #expect(
      report.issues.map(\.description) == [
        "amazon_all_orders_32.txt:7, column 'item-price': the amount has more than four decimals "
          + "('12.34567'); round it in the source; it is never rounded here",
        "amazon_all_orders_32.txt:8, column 'purchase-date': this is not a time of the form "
          + "2026-03-31T18:45:00+05:30 ('06/03/2026'); correct it, or give the form in the "
          + "definition's `format`",
      ]
    )
  }

  @Test func quarantinedRowsAreKeptInTheDataDirectory() throws {
    let harness = try ImportHarness()
    let report = try harness.load(try ImportHarness.fixture("amazon_all_orders_32.txt"))
    let path = harness.folder + "/" + (try #require(report.quarantinePath))
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let lines = text.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(
      lines.first.map(String.init)
        == #"{"file":"amazon_all_orders_32.txt","line":7,"column":"item-price","value":"12.34567","#
        + #""reason":"the amount has more than four decimals","#
        + #""remedy":"round it in the source; it is never rounded here"}"#
    )
  }

  @Test func aLaterStatusWinsWhateverTheOrderOfTheFiles() throws {
    let older = try ImportHarness.fixture("amazon_all_orders_32.txt")
    let newer = try ImportHarness.fixture("amazon_all_orders_29.txt")
    let forwards = try ImportHarness()
    try forwards.load(older)
    #expect(forwards.counts(try forwards.load(newer)) == [1, 0, 1, 0, 0])
    let backwards = try ImportHarness()
    try backwards.load(newer)
    #expect(backwards.counts(try backwards.load(older)) == [7, 4, 0, 1, 2])
    let titles = ["product", "title"]
    #expect(try forwards.rows("order_line", columns) == backwards.rows("order_line", columns))
    #expect(try forwards.rows("product", titles) == backwards.rows("product", titles))
    #expect(
      try forwards.rows("product", titles).last == "amazon:PLT-2 Plate 12\" blue, new"
    )
    #expect(
      try forwards.rows("order_line", columns).contains(
        "403-1111111-0000003 PLT-2#1 2026-03-05 rto 1 450.0 - IN|Gujarat|Surat|395003"
      )
    )
  }

  @Test func theSameFileAgainChangesNothing() throws {
    let harness = try ImportHarness()
    let path = try ImportHarness.fixture("amazon_all_orders_32.txt")
    let first = try harness.load(path)
    let again = try harness.load(path)
    #expect(harness.counts(again) == [7, 0, 0, 7, 0])
    #expect(again.isKnown)
    #expect(again.snapshot == first.snapshot)
  }

  @Test func zeptoIsReadThoughItIsNamedAWorkbook() throws {
    let harness = try ImportHarness()
    let path = try ImportHarness.fixture("Sales_F_2026-03-01_2026-03-02.xlsx")
    let report = try harness.load(path)
    #expect(harness.counts(report) == [3, 3, 0, 0, 0])
    let columns = ["date_from", "sku", "place", "qty", "mrp_value", "gross_value", "order_count"]
    #expect(
      try harness.rows("sellout_daily", columns) == [
        "2026-03-01 7b1f-aa IN||Bengaluru| 3 897.0 - -",
        "2026-03-01 7b1f-aa IN||Mumbai| 12 3588.0 - -",
        "2026-03-02 7b1f-bb IN||Mumbai| 5 300.0 - -",
      ]
    )
  }

  @Test func aNewerFileRestatesWholeDaysAndAnOlderOneDoesNot() throws {
    let older = try ImportHarness.fixture("Sales_F_2026-03-01_2026-03-02.xlsx")
    let newer = try ImportHarness.fixture("Sales_F_2026-03-02_2026-03-03.csv")
    let columns = ["date_from", "sku", "place", "qty", "gross_value", "order_count"]
    let expected = [
      "2026-03-01 7b1f-aa IN||Bengaluru| 3 - -", "2026-03-01 7b1f-aa IN||Mumbai| 12 - -",
      "2026-03-02 7b1f-aa IN||Mumbai| 4 1080.0 4", "2026-03-03 7b1f-aa IN||Mumbai| 6 1620.0 5",
    ]
    for order in [[older, newer], [newer, older]] {
      let harness = try ImportHarness()
      for path in order { try harness.load(path) }
      #expect(try harness.rows("sellout_daily", columns) == expected)
    }
  }

  @Test func shopifyOrdersTakeWhatStandsOnTheirFirstRow() throws {
    let harness = try ImportHarness()
    let report = try harness.load(try ImportHarness.fixture("orders_export_2026-03-31.csv"))
    #expect(harness.counts(report) == [6, 6, 0, 0, 0])
    #expect(
      try harness.rows("order_line", columns) == [
        "#1001 CUP-1#1 2026-03-30 shipped 1 224.5 25.5 IN|Maharashtra|Mumbai|400001",
        "#1001 CUP-1#2 2026-03-30 shipped 1 250.0 0.0 IN|Maharashtra|Mumbai|400001",
        "#1001 TEA-1#1 2026-03-30 shipped 2 1000.0 0.0 IN|Maharashtra|Mumbai|400001",
        "#1002 CUP-1#1 2026-03-31 returned 1 250.0 0.0 IN|Tamil Nadu|Chennai|600001",
        "#1003 CUP-1#1 2026-03-31 pending 1 250.0 0.0 IN|Maharashtra|Mumbai|400001",
        "#1004 CUP-1#1 2026-03-31 cancelled 1 250.0 0.0 IN|Tamil Nadu|Chennai|600001",
      ]
    )
    let customers = try harness.rows("customer", ["customer", "customer_id", "first_order_date"])
    #expect(customers.count == 2)
    #expect(customers.allSatisfy { !$0.contains("@") })
    #expect(Set(customers.map { $0.suffix(10) }) == ["2026-03-30", "2026-03-31"])
  }

  @Test func noPersonalDataReachesTheStoreOrItsKeysAndTheKeyIsPrivate() throws {
    let harness = try ImportHarness()
    try harness.load(try ImportHarness.fixture("orders_export_2026-03-31.csv"))
    let manager = FileManager.default
    let files = try #require(manager.enumerator(atPath: harness.folder + "/store"))
    for case let name as String in files {
      guard let data = manager.contents(atPath: harness.folder + "/store/" + name) else { continue }
      #expect(data.range(of: Data("example.in".utf8)) == nil, "\(name)")
    }
    let key = harness.folder + "/keys/customer-hash.key"
    let attributes = try manager.attributesOfItem(atPath: key)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    #expect(attributes[.size] as? Int == 32)
  }

  @Test func twoStoresHashOneCustomerDifferently() throws {
    let keys = try (0..<2).map { _ in
      let harness = try ImportHarness()
      try harness.load(try ImportHarness.fixture("orders_export_2026-03-31.csv"))
      return Set(try harness.rows("customer", ["customer"]))
    }
    #expect(keys[0].isDisjoint(with: keys[1]))
  }

  @Test func accountsKeepTheirLinesApart() throws {
    let harness = try ImportHarness()
    let path = try ImportHarness.fixture("orders_export_2026-03-31.csv")
    try harness.load(path, ImportRequest(account: "north"))
    let report = try harness.load(path, ImportRequest(account: "south"))
    #expect(harness.counts(report) == [6, 6, 0, 0, 0])
    #expect(try harness.rows("customer", ["customer"]).count == 4)
  }

  @Test func aDryRunShowsTheMappingAndWritesNothing() throws {
    let harness = try ImportHarness()
    let path = try ImportHarness.fixture("orders_export_2026-03-31.csv")
    let preview = try harness.importer().preview(path)
    #expect(preview.table == "order_line")
    #expect(preview.encoding == "UTF-8")
    #expect(preview.delimiter == "comma")
    #expect(preview.mapping.first?.source == "'Name'")
    #expect(preview.rows.count == 5)
    #expect(try harness.store.snapshot().tableNames.isEmpty)
    #expect(!FileManager.default.fileExists(atPath: harness.folder + "/keys"))
  }
}
