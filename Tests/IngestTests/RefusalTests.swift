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

  private let amazonRow =
    "1\t2026-03-01T00:00:00Z\t2026-03-01T00:00:00Z\tShipped\tAmazon\tAmazon.in\tS\tA\t"
    + "Shipped\t1\tINR\t10\t\t\tPune\tMH\t411001\tIN\n"

  @Test func aFileThatEndsInsideALineIsRefusedAsAWhole() throws {
    let harness = try ImportHarness()
    let path = try harness.file("a.txt", amazonHeader + amazonRow + "2\t2026-03-01T00:00:00Z\t20")
    let expected =
      "a.txt:3: the file ends in the middle of this line (3 of 18 fields), so the rest of it is "
      + "missing; export or download it again"
    #expect(message(harness, path) == expected)
    #expect(throws: IngestError.self) { try harness.importer().preview(path) }
    let whole = try ImportHarness.fixture("orders_export_2026-03-31.csv")
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: whole)))
    let cut = try #require(bytes.firstRange(of: Array("902,".utf8))?.upperBound)
    let half = try harness.file("orders_export_2026-03-31.csv", Array(bytes[..<(cut - 4)]))
    #expect(message(harness, half).contains("ends in the middle of this line (29 of 30 fields)"))
    #expect(try harness.store.snapshot().tableNames.isEmpty)
  }

  @Test func aShortLastLineIsWholeWhereShortLinesAreAllowed() throws {
    let harness = try ImportHarness()
    let short =
      "2\t2026-03-01T00:00:00Z\t2026-03-01T00:00:00Z\tShipped\tAmazon\tAmazon.in\tS\tA\tShipped\t1"
    let report = try harness.load(try harness.file("a.txt", amazonHeader + amazonRow + short))
    #expect(harness.counts(report) == [2, 2, 0, 0, 0])
  }

  @Test func aLineOfEndlessFieldsIsRefused() throws {
    let harness = try ImportHarness()
    let field = String(repeating: "x", count: 4_600) + "\t"
    let path = try harness.file(
      "a.txt",
      amazonHeader + amazonRow + String(repeating: field, count: 2_000) + "\n"
    )
    #expect(
      message(harness, path)
        == "a.txt:3: the field or line that begins here is longer than 8388608 bytes; check whether a "
        + "quote is missing, or the file is not a table"
    )
  }

  @Test func onlyRegularFilesAreRead() throws {
    let harness = try ImportHarness()
    #expect(
      message(harness, "/dev/null")
        == "/dev/null: could not be read: it is not a regular file; save it as one first"
    )
  }

  private let zeptoHeader =
    "Date,SKU Number,SKU Name,City,Sales (Qty) - Units,MRP,Gross Merchandise Value\n"

  @Test func aFileThatReplacesDaysLosesNoRowThatItCannotRead() throws {
    let harness = try ImportHarness()
    let rows = "02-03-2026,a,Tea,Mumbai,4,299,1196\n02-03-2026,b,Tea,Mumbai,5,299,1495\n"
    let first = try harness.load(try harness.file("S_2026-03-02.csv", zeptoHeader + rows))
    #expect(first.removed == 0)
    let columns = ["sku", "qty"]
    let before = try harness.store.snapshot().version
    let bad = "02-03-2026,a,Tea,Mumbai,6,299,1794\n02-03-2026,b,Tea,Mumbai,five,299,1495\n"
    #expect(
      message(harness, try harness.file("S_2026-03-03.csv", zeptoHeader + bad))
        == "S_2026-03-03.csv: 1 row cannot be read; the file replaces what is known of its slices, so "
        + "nothing of it is taken until all rows can be read\n"
        + "S_2026-03-03.csv:3, column 'Sales (Qty) - Units': this is not a whole number ('five'); "
        + "write it like 1,200"
    )
    #expect(try harness.rows("sellout_daily", columns) == ["a 4", "b 5"])
    #expect(try harness.store.snapshot().version == before)
    let next = "02-03-2026,a,Tea,Mumbai,6,299,1794\n"
    let report = try harness.load(try harness.file("S_2026-03-04.csv", zeptoHeader + next))
    #expect(report.removed == 1)
    #expect(report.snapshot == before + 1)
    #expect(try harness.rows("sellout_daily", columns) == ["a 6"])
  }

  @Test func aFirstFileForItsDaysIsTakenWithoutItsUnreadableRows() throws {
    let harness = try ImportHarness()
    let rows = "02-03-2026,a,Tea,Mumbai,6,299,1794\n02-03-2026,b,Tea,Mumbai,five,299,1495\n"
    let report = try harness.load(try harness.file("S_2026-03-03.csv", zeptoHeader + rows))
    #expect(report.inserted == 1)
    #expect(report.quarantined == 1)
    #expect(report.removed == 0)
    #expect(try harness.rows("sellout_daily", ["sku", "qty"]) == ["a 6"])
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
