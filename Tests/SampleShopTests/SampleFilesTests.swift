import Foundation
import SampleShop
import Testing

@Suite struct SampleFilesTests {
  @Test func theSameInputsGiveTheSameBytes() throws {
    let first = try SampleFolder(rows: 800, seed: 5)
    let second = try SampleFolder(rows: 800, seed: 5)
    let other = try SampleFolder(rows: 800, seed: 6)
    var differing = 0
    for channel in ["amazon", "shopify", "zepto"] {
      #expect(try first.names(of: channel) == second.names(of: channel))
      for name in try first.names(of: channel) {
        #expect(try first.bytes(of: channel, name) == second.bytes(of: channel, name), "\(name)")
        if try first.bytes(of: channel, name) != other.bytes(of: channel, name) { differing += 1 }
      }
    }
    #expect(differing > 60)
  }

  @Test func onlyTheChannelsFoldersAreMade() throws {
    let sample = try SampleFolder(rows: 50, seed: 1)
    let content = try FileManager.default.contentsOfDirectory(atPath: sample.directory)
    #expect(content.sorted() == ["amazon", "shopify", "zepto"])
  }

  @Test(arguments: [1, 2, 37, 999, 5000])
  func asManyLinesAsAskedForAreWritten(rows: Int) throws {
    var last = 0
    let folder = NSTemporaryDirectory() + "sample-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try SampleShop(rows: rows, seed: 2).write(to: folder) { progress in
      #expect(progress.rowsWritten >= last && progress.rowsPlanned == rows)
      last = progress.rowsWritten
    }
    #expect(last == rows)
  }

  @Test func aFolderWithFilesIsRefused() throws {
    let sample = try SampleFolder(rows: 10, seed: 1)
    let error = #expect(throws: SampleShopError.self) {
      try SampleShop(rows: 10, seed: 1).write(to: sample.directory)
    }
    #expect(
      error?.description
        == "\(sample.directory)/amazon already holds files; give a directory without them"
    )
  }

  @Test func aSampleWithoutRowsIsRefused() {
    let error = #expect(throws: SampleShopError.self) {
      try SampleShop(rows: 0, seed: 1).write(to: NSTemporaryDirectory() + "never-made")
    }
    #expect(error?.description == "a sample needs at least one row, not 0")
  }

  @Test func aPlaceThatCannotBeWrittenIsNamed() {
    let error = #expect(throws: SampleShopError.self) {
      try SampleShop(rows: 5, seed: 1).write(to: "/dev/null/sample")
    }
    #expect(error?.description.hasPrefix("cannot write /dev/null/sample/amazon: ") == true)
  }

  @Test func amazonFilesHaveTheirQuirks() throws {
    let sample = try SampleFolder(rows: 4000, seed: 11)
    let names = try sample.names(of: "amazon")
    #expect(names.count == 37)
    let old = try sample.rows(of: "amazon", "all_orders_2024-01.txt", separator: "\t")
    let new = try sample.rows(of: "amazon", "all_orders_2026-01.txt", separator: "\t")
    #expect(old.first?.count == 29)
    #expect(new.first?.count == 32)
    for row in old + new where ["Pending", "Cancelled"].contains(row["order-status"] ?? "") {
      #expect(row["item-price"] == "" && row["currency"] == "")
    }
    let legacy = try sample.bytes(of: "amazon", "all_orders_2024-04.txt")
    #expect(String(validating: legacy, as: UTF8.self) == nil)
    let ends = Set(old.map { $0["ship-country"] })
    #expect(ends == ["IN"])
  }

  @Test func anOverlapRepeatsLinesWithoutAChange() throws {
    let sample = try SampleFolder(rows: 4000, seed: 11)
    let first = try sample.bytes(of: "amazon", "all_orders_2025-06.txt")
    let again = try sample.bytes(of: "amazon", "all_orders_2025-06_again.txt")
    let delivered = Set(first.split(separator: 0x0A))
    let repeated = again.split(separator: 0x0A)
    #expect(repeated.count > 10)
    #expect(repeated.allSatisfy(delivered.contains))
  }

  @Test func aLaterFileBringsNewerStatesOfEarlierOrders() throws {
    let sample = try SampleFolder(rows: 4000, seed: 11)
    var before: [String: String] = [:]
    for row in try sample.rows(of: "amazon", "all_orders_2025-02.txt", separator: "\t") {
      before[row["amazon-order-id", default: ""]] = row["order-status"]
    }
    var changes: Set<String> = []
    for row in try sample.rows(of: "amazon", "all_orders_2025-03.txt", separator: "\t") {
      guard let old = before[row["amazon-order-id", default: ""]] else { continue }
      changes.insert(old + " to " + row["order-status", default: ""])
    }
    #expect(!changes.isEmpty)
    #expect(changes.allSatisfy { change in !change.hasSuffix(" to Pending") })
  }

  @Test func shopifyRowsHaveTheOrderOnTheFirstLineOnly() throws {
    let sample = try SampleFolder(rows: 4000, seed: 11)
    var notesWithBreaks = 0
    var followers = 0
    for name in try sample.names(of: "shopify") {
      var previous = ""
      for row in try sample.rows(of: "shopify", name, separator: ",") {
        #expect(row.count == 79)
        let isFirst = row["Name"] != previous
        previous = row["Name", default: ""]
        #expect((row["Total"] != "") == isFirst && (row["Created at"] != "") == isFirst)
        if isFirst {
          #expect(row["Shipping Zip"]?.hasPrefix("'") == true)
        } else {
          followers += 1
        }
        if row["Notes"]?.contains(where: \.isNewline) == true { notesWithBreaks += 1 }
      }
    }
    #expect(followers > 100 && notesWithBreaks > 5)
  }

  @Test func zeptoFilesHaveTheirQuirks() throws {
    let sample = try SampleFolder(rows: 4000, seed: 11)
    let names = try sample.names(of: "zepto")
    #expect(names.filter { $0.hasSuffix(".xlsx") } == ["Sales_F_2024-07-01_2024-07-31.xlsx"])
    #expect(names.contains("Sales_F_2025-05-12_2025-05-18_restated_2025-06-10.csv"))
    let workbook = try sample.bytes(of: "zepto", "Sales_F_2024-07-01_2024-07-31.xlsx")
    #expect(workbook.starts(with: Array("\u{FEFF}Date,SKU Number".utf8)))
    let all = try names.flatMap { try sample.rows(of: "zepto", $0, separator: ",") }
    #expect(all.contains { $0["EAN"] == "8.91E+12" })
    #expect(all.contains { $0["Gross Selling Value"] == nil })
    #expect(all.contains { $0["Gross Selling Value"] != nil })
  }

  @Test func anotherEndMovesAllDays() throws {
    let end = try #require(ShopDay("2024-02-29"))
    let sample = try SampleFolder(rows: 2000, seed: 4, until: end)
    let names = try sample.names(of: "shopify")
    #expect(names.first == "orders_export_2021-03-31.csv")
    #expect(names.last == "orders_export_2024-02-29.csv")
  }
}
