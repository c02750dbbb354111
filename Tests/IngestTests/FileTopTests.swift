import ColumnStore
import Foundation
import TestKit
import Testing

@testable import Ingest

/// What the top of a file promises, and what the rest of it may prove wrong.
@Suite struct FileTopTests {
  private static let header =
    "Name,Email,Financial Status,Fulfillment Status,Currency,Created at,Lineitem quantity,"
    + "Lineitem name,Lineitem price,Lineitem sku,Lineitem discount,Shipping City,Shipping Zip,"
    + "Shipping Province,Shipping Country,Cancelled at,Notes\n"

  /// An export of some orders, whose last one goes to a city of some bytes.
  private func export(orders: Int, lastCity: [UInt8]) -> [UInt8] {
    var bytes = Array(FileTopTests.header.utf8)
    for order in 0..<orders {
      let created = "2026-03-12 10:00:00 +0530"
      let head = "#\(1000 + order),b\(order % 9)@example.in,paid,fulfilled,INR,\(created)"
      bytes += Array((head + ",1,Cup,99.50,S-\(order % 5),0.00,").utf8)
      bytes += order == orders - 1 ? lastCity : Array("Pune".utf8)
      bytes += Array(",400001,MH,IN,,\n".utf8)
    }
    return bytes
  }

  private func cities(_ harness: ImportHarness) throws -> Set<String> {
    Set(try harness.rows("place", ["city"]))
  }

  /// Long enough that its end is not in its top.
  private static let orders = 4_000

  @Test func lateBytesOfAnotherEncodingChangeTheWholeFile() throws {
    for (city, expected) in [
      ([0x4F, 0x72, 0x6C, 0xE9, 0x61, 0x6E, 0x73], "Orléans"),
      (Array("Orléans".utf8), "Orléans"),
    ] as [([UInt8], String)] {
      for blockBytes in [7_000, IngestLimits.blockBytes] {
        let harness = try ImportHarness()
        let bytes = export(orders: Self.orders, lastCity: city)
        #expect(bytes.count > IngestLimits.headBytes)
        let path = try harness.file("orders_export_2026-03-31.csv", bytes)
        var importer = try harness.importer()
        importer.blockBytes = blockBytes
        let report = try importer.importFile(path)
        #expect(harness.counts(report) == [Self.orders, Self.orders, 0, 0, 0])
        #expect(try cities(harness) == ["Pune", expected])
        #expect(report.snapshot == (try harness.store.snapshot()).version)
        let again = try importer.importFile(path)
        #expect(again.isKnown)
        #expect(again.snapshot == report.snapshot)
      }
    }
  }

  @Test func aFileOfTheSameLengthIsLookedAtAndImported() throws {
    let harness = try ImportHarness()
    let first = export(orders: Self.orders, lastCity: Array("Agra".utf8))
    let second = export(orders: Self.orders, lastCity: Array("Gaya".utf8))
    let path = try harness.file("orders_export_2026-03-31.csv", first)
    try harness.load(path)
    _ = try harness.file("orders_export_2026-03-31.csv", second)
    let report = try harness.load(path)
    #expect(!report.isKnown)
    #expect(report.read == Self.orders)
    #expect(report.unchanged + report.updated == Self.orders)
    #expect(try harness.load(path).isKnown)
    _ = try harness.file("orders_export_2026-03-31.csv", first)
    #expect(try harness.load(path).isKnown)
  }

  @Test func marksWithoutALengthAreKnownToo() throws {
    let harness = try ImportHarness()
    let bytes = export(orders: Self.orders, lastCity: Array("Agra".utf8))
    let path = try harness.file("orders_export_2026-03-31.csv", bytes)
    let report = try harness.load(path)
    for lastWord in ["", " 1"] {
      // A mark without the length, then one with a length that the file has not.
      try harness.store.write { transaction in
        for (name, text) in transaction.annotations where name.hasPrefix(FileMark.prefix) {
          let words = text.split(separator: " ").prefix(2).joined(separator: " ")
          transaction.annotations[name] = words + lastWord
        }
      }
      let version = try harness.store.snapshot().version
      let again = try harness.load(path)
      #expect(again.isKnown)
      #expect(again.read == report.read)
      #expect(try harness.store.snapshot().version == version)
    }
  }

  @Test func aTopThatIsAllOfTheFileTellsAllOfIt() throws {
    let harness = try ImportHarness()
    let bytes: [UInt8] = Array("a,b\ncaf".utf8) + [0xE9] + Array(",1\n".utf8)
    let top = try FileTop(path: try harness.file("a.csv", bytes))
    #expect(top.encoding == .windows1252)
    #expect(top.text == Array("a,b\ncafé,1\n".utf8))
    #expect(top.survey == (try FileSurvey.of(path: harness.folder + "/a.csv")))
    #expect(top.survey?.byteCount == bytes.count)
  }
}
