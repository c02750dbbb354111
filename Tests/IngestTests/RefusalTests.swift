import Foundation
import Testing

@testable import Ingest

@Suite struct RefusalTests {
  private func message(
    _ harness: ImportHarness,
    _ path: String,
    _ request: ImportRequest = ImportRequest()
  ) -> String {
    do {
      try harness.load(path, request)
      return "imported"
    } catch {
      return "\(error)".replacing(harness.folder + "/", with: "")
    }
  }

  private let amazonHeader =
    "amazon-order-id\tpurchase-date\tlast-updated-date\torder-status\tfulfillment-channel\t"
    + "sales-channel\tsku\tasin\titem-status\tquantity\tcurrency\titem-price\titem-tax\t"
    + "item-promotion-discount\tship-city\tship-state\tship-postal-code\tship-country\n"

  @Test func filesThatAreNoTablesSayWhatTheyAre() throws {
    let harness = try ImportHarness()
    let cases: [([UInt8], String)] = [
      (
        [0x50, 0x4B, 3, 4, 20],
        "f.csv: this is an Excel workbook (.xlsx) or another zip archive, not a text table; "
          + "open it and save the sheet as CSV, or unpack the archive"
      ),
      (
        [0x1F, 0x8B, 8],
        "f.csv: this is a gzip archive, not a text table; unpack it with gunzip"
      ),
      (
        Array("%PDF-1.7".utf8),
        "f.csv: this is a PDF document, not a text table; export the report as CSV"
      ),
      (
        Array("\n<!DOCTYPE html><html>".utf8),
        "f.csv: this is a web page, not a text table; the download probably answered with a login "
          + "or error page; download it again"
      ),
      ([], "f.csv: the file has no rows; export it again"),
    ]
    for (bytes, expected) in cases {
      #expect(message(harness, try harness.file("f.csv", bytes)) == expected)
    }
    #expect(try harness.store.snapshot().tableNames.isEmpty)
  }

  @Test func aMissingFileAndADirectoryAreNamed() throws {
    let harness = try ImportHarness()
    #expect(
      message(harness, harness.folder + "/none.csv")
        == "none.csv: could not be read: there is no such file"
    )
    #expect(
      message(harness, harness.folder + "/store")
        == "store: could not be read: it is a directory; name the files in it"
    )
  }

  @Test func aWrongChannelNamesTheRightOne() throws {
    let harness = try ImportHarness()
    let path = try ImportHarness.fixture("orders_export_2026-03-31.csv")
    let text = message(harness, path, ImportRequest(channel: "amazon"))
    #expect(
      text.hasSuffix(
        "orders_export_2026-03-31.csv: asked to import amazon.all_orders, but the columns are those "
          + "of shopify.orders; import it as shopify.orders, or pick the right file"
      )
    )
  }

  @Test func unknownChannelsAndDataSetsSuggestTheNearest() throws {
    let harness = try ImportHarness()
    let path = try harness.file("f.csv", "a,b\n1,2\n")
    #expect(
      message(harness, path, ImportRequest(channel: "amzon"))
        == "there is no channel amzon; did you mean amazon? (known: amazon, shopify, zepto)"
    )
    #expect(
      message(harness, path, ImportRequest(channel: "zepto", dataset: "sales"))
        == "there is no data set sales (known: sales_f)"
    )
  }

  @Test func unknownColumnsAreComparedWithTheNearestDataSet() throws {
    let harness = try ImportHarness()
    let path = try harness.file(
      "f.csv",
      "Date,SKU Number,SKU Name,City,Units Sold,MRP,Gross Merchandise Value\n1,2,3,4,5,6,7\n"
    )
    #expect(
      message(harness, path)
        == "f.csv: the columns fit no known data set; the nearest is zepto.sales_f; "
        + "missing: 'Sales (Qty) - Units'; unexpected: 'Units Sold'; export the file with these "
        + "columns, or describe it with --definition FILE.yaml"
    )
  }

  @Test func halfAFileIsRefusedWhereItCannotBeRead() throws {
    let harness = try ImportHarness()
    let whole = try ImportHarness.fixture("orders_export_2026-03-31.csv")
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: whole)))
    let cut = try #require(bytes.firstRange(of: Array("leave at".utf8))?.upperBound)
    let path = try harness.file("orders_export_2026-03-31.csv", Array(bytes[..<cut]))
    #expect(
      message(harness, path)
        == "orders_export_2026-03-31.csv:2: the quote that opens on this line never closes, so "
        + "half of the file is missing; export or download it again"
    )
    #expect(try harness.store.snapshot().tableNames.isEmpty)
  }

  @Test func aCutOffLastLineGoesToQuarantine() throws {
    let harness = try ImportHarness()
    let row = "1\t2026-03-01T00:00:00Z\t2026-03-01T00:00:00Z\tShipped\tAmazon\tAmazon.in\tS\tA\t"
    let rest = "Shipped\t1\tINR\t10\t\t\tPune\tMH\t411001\tIN\n"
    let path = try harness.file("a.txt", amazonHeader + row + rest + "2\t2026-03-01T00:00:00Z\t20")
    let report = try harness.load(path)
    #expect(harness.counts(report) == [2, 1, 0, 0, 1])
    #expect(
      report.issues.map(\.description) == [
        "a.txt:3: the file ends in the middle of this line (3 of 18 fields); the download was cut "
          + "off; export the file again"
      ]
    )
  }

  @Test func aFileWithoutAReadableRowIsRefused() throws {
    let harness = try ImportHarness()
    let row = "1\tyesterday\t2026-03-01T00:00:00Z\tShipped\tAmazon\tAmazon.in\tS\tA\t"
    let path = try harness.file("a.txt", amazonHeader + row + "Shipped\t1\tINR\t10\t\t\t\t\t\tIN\n")
    #expect(message(harness, path).hasPrefix("a.txt: none of its 1 rows can be read; the first: "))
    #expect(message(harness, try harness.file("b.txt", amazonHeader)).contains("has no rows"))
    #expect(try harness.store.snapshot().tableNames.isEmpty)
  }

  @Test func strictRefusesTheFileAndLeavesTheStore() throws {
    let harness = try ImportHarness()
    let path = try ImportHarness.fixture("amazon_all_orders_32.txt")
    let text = message(harness, path, ImportRequest(isStrict: true))
    #expect(text.contains("2 rows cannot be read and --strict refuses the file; the first: "))
    #expect(try harness.store.snapshot().tableNames.isEmpty)
    let quarantine = harness.folder + "/quarantine"
    if FileManager.default.fileExists(atPath: quarantine) {
      #expect(try FileManager.default.contentsOfDirectory(atPath: quarantine).isEmpty)
    }
  }

  @Test func aRoundedIdIsRefusedAndNotGuessed() throws {
    let harness = try ImportHarness()
    let row = "2026-03-01T00:00:00Z\t2026-03-01T00:00:00Z\tShipped\tAmazon\tAmazon.in\t"
    let rest = "\tA\tShipped\t1\tINR\t10\t\t\tPune\tMH\t411001\tIN\n"
    let path = try harness.file(
      "a.txt",
      amazonHeader + "1\t" + row + "8.91E+12" + rest + "2\t" + row + "SKU" + rest
    )
    let report = try harness.load(path)
    #expect(report.quarantined == 1)
    #expect(
      report.issues.first?.description
        == "a.txt:2, column 'sku': the digits of this id were rounded away by a spreadsheet "
        + "('8.91E+12'); export the file again and do not save it from a spreadsheet"
    )
  }

  @Test func damagedFilesNeverStopTheProgram() throws {
    let harness = try ImportHarness()
    let names = [
      "amazon_all_orders_32.txt", "orders_export_2026-03-31.csv",
      "Sales_F_2026-03-01_2026-03-02.xlsx",
    ]
    for name in names {
      let fixture = try ImportHarness.fixture(name)
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: fixture)))
      let importer = try harness.importer()
      for step in 0..<60 {
        var damaged = bytes
        let place = (step * 7919) % bytes.count
        if step % 2 == 0 {
          damaged = Array(bytes[..<place])
        } else {
          damaged[place] ^= UInt8(1 << (step / 2 % 8))
        }
        let path = try harness.file("damaged.csv", damaged)
        do {
          _ = try importer.preview(path, ImportRequest(asOf: 20_000))
        } catch {
          #expect(!error.description.isEmpty)
        }
      }
    }
  }
}
