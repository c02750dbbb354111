import ColumnStore
import Foundation
import TestKit
import Testing

@testable import Ingest

/// How many threads read a file, and into how many blocks it is cut, makes no difference.
@Suite struct ThreadTests {
  private static let header =
    "Name,Email,Financial Status,Fulfillment Status,Currency,Created at,Lineitem quantity,"
    + "Lineitem name,Lineitem price,Lineitem sku,Lineitem discount,Shipping City,Shipping Zip,"
    + "Shipping Province,Shipping Country,Cancelled at,Notes\n"

  /// An export with carried fields, notes of several lines, and rows that cannot be read.
  private func export(seed: UInt64) -> String {
    var random = SeededRandom(seed: seed)
    var text = ThreadTests.header
    let notes = [
      "", "\"leave at\nthe gate\"", "\"say \"\"hello\"\"\r\n, then go\"", "plain \" quote",
    ]
    for order in 0..<60 {
      let city = ["Mumbai", "Pune", "Bengaluru, South"].randomElement(using: &random) ?? ""
      for line in 0..<Int.random(in: 1...4, using: &random) {
        let isFirst = line == 0
        let day = 1 + order % 28
        let created = "2026-03-\(day < 10 ? "0" : "")\(day) 10:00:00 +0530"
        let price = Int.random(in: 0..<12, using: &random) == 0 ? "n/a" : "\(order * 7 + 1).50"
        let head = isFirst ? "b\(order % 9)@example.in,paid,fulfilled,INR,\(created)" : ",,,,"
        let place = isFirst ? "\"\(city)\",400001,MH,IN" : ",,,"
        let note = notes.randomElement(using: &random) ?? ""
        text += "#\(1000 + order),\(head),2,Café cup,\(price),S-\(order % 5),0.00,\(place),,\(note)"
        text += Int.random(in: 0..<25, using: &random) == 0 ? ",too,many\n" : "\n"
      }
    }
    return text
  }

  private struct Result: Equatable {
    var report: FileReport
    var rows: [String]
    var quarantine: String
  }

  private func load(_ text: String, threads: Int, blockBytes: Int) throws -> Result {
    let harness = try ImportHarness()
    let path = try harness.file("orders_export_2026-03-31.csv", text)
    let pool = ScanPool(threads: threads)
    var importer = Importer(
      store: harness.store,
      dataDirectory: harness.folder,
      library: try ChannelLibrary.builtIn(),
      pool: pool
    )
    importer.blockBytes = blockBytes
    var report = try importer.importFile(path)
    let quarantine = try report.quarantinePath.map {
      try String(contentsOfFile: harness.folder + "/" + $0, encoding: .utf8)
    }
    (report.seconds, report.file) = (0, "")
    let columns = [
      "order_id", "line_key", "order_date", "sku", "gross_value", "place", "source_line", "status",
    ]
    return Result(
      report: report,
      rows: try harness.rows("order_line", columns),
      quarantine: quarantine ?? ""
    )
  }

  @Test(arguments: 1...3)
  func oneThreadAndSeveralImportTheSame(seed: UInt64) throws {
    let text = export(seed: seed)
    let whole = try load(text, threads: 1, blockBytes: IngestLimits.blockBytes)
    #expect(whole.report.quarantined > 0)
    #expect(whole.report.inserted > 60)
    #expect(!whole.quarantine.isEmpty)
    for threads in [1, 2, 4] {
      for blockBytes in [97, 700, 5_000] {
        let parts = try load(text, threads: threads, blockBytes: blockBytes)
        #expect(parts == whole, "seed \(seed), \(threads) threads, blocks of \(blockBytes)")
      }
    }
  }

  @Test func anErrorInTheMiddleEndsTheWorkOfAllThreads() throws {
    let text = export(seed: 4) + "#9,\"never closes\n" + String(repeating: "a,b\n", count: 400)
    for threads in [1, 4] {
      let error = #expect(throws: IngestError.self) {
        try load(text, threads: threads, blockBytes: 300)
      }
      let line = export(seed: 4).utf8.count { $0 == 0x0A } + 1
      #expect(error?.description.contains(":\(line): the quote that opens") == true)
    }
  }

  @Test func plainNumbersAndDatesReadAsTheGeneralReadersDo() {
    var random = SeededRandom(seed: 11)
    let pieces = ["0", "1", "9", "12", "345", "6789", ".", ".", "-", ",", " ", "e", "+", "00"]
    for _ in 0..<20_000 {
      let text = (0..<Int.random(in: 0...6, using: &random))
        .map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
      for padding in [0, 16] {
        let count = text.utf8.count
        let bytes = Array(text.utf8) + [UInt8](repeating: 0x37, count: padding)
        guard let value = PlainNumber.tenThousandths(bytes.span, 0..<count) else { continue }
        let general = DecimalText.read(bytes.span, 0..<count, hasDecimalComma: false)
        #expect(general == .value(value), "\(text)")
        if let whole = PlainNumber.whole(bytes.span, 0..<count) { #expect(whole * 10_000 == value) }
      }
    }
    let dates = ["2026-03-31", "2026-02-30", "0000-01-01", "2026-3-31", "2026-13-01", "20260331xx"]
    let times = ["", " 18:45:00", "T18:45:00", " 24:00:00", " 18:60:00", " 18:45:61", " 1a:45:00"]
    for date in dates {
      for time in times {
        let bytes = Array((date + time).utf8)
        for layout in [FixedLayout.isoDay, FixedLayout.isoTime] {
          guard let moment = layout?.read(bytes.span, 0..<bytes.count) else { continue }
          #expect(moment == DateReader.readISO(bytes.span, 0..<bytes.count))
        }
      }
    }
  }

  @Test func textsOfAnyLengthAreNumberedOnce() {
    var random = SeededRandom(seed: 5)
    var interner = ByteInterner(capacity: 1)
    var numbers: [[UInt8]: UInt32] = [:]
    for _ in 0..<5_000 {
      let count = Int.random(in: 0...40, using: &random)
      let text = (0..<count).map { _ in UInt8.random(in: 0x61...0x62, using: &random) }
      let tail = [UInt8](repeating: 0x7A, count: Int.random(in: 0...20, using: &random))
      let bytes = [0x79] + text + tail
      let number = interner.number(of: bytes.span, 1..<(1 + count))
      #expect(numbers[text] ?? UInt32(numbers.count) == number)
      numbers[text] = number
    }
    for (text, number) in numbers {
      #expect(interner.texts[Int(number)] == String(decoding: text, as: UTF8.self))
    }
  }
}
