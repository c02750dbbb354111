@testable import ColumnStore
import TestKit
import Testing

@Suite struct ColdStartTests {
  /// Every byte of pages and of dictionary texts is replaced; what opening needs stays.
  private func withoutContents(_ files: [String: [UInt8]]) throws -> (
    files: [String: [UInt8]], kept: Int, total: Int
  ) {
    var result = files
    var kept = 0
    var total = 0
    for (path, bytes) in files {
      let file = MappedFile(path: path, copying: bytes)
      var needed = bytes.count
      if path.hasPrefix("segments/") {
        let end = bytes.count - SegmentFormat.trailerLength
        let length = Int(UInt32(truncatingIfNeeded: file.word(at: end)))
        let contents = SegmentFormat.headerLength..<(end - length)
        for place in contents { result[path]?[place] = 0xA5 }
        needed -= contents.count
      } else if path.hasPrefix("dictionaries/") {
        let blockCount = Int(UInt32(truncatingIfNeeded: file.word(at: 32)))
        let name = Int(UInt32(truncatingIfNeeded: file.word(at: 20)))
        let regionCount = max(1, (1 << (file.word(at: 36) & 0xFF)) / 256)
        let head = 39 + blockCount * 29 + regionCount * 13 + name + 8
        for place in head..<bytes.count { result[path]?[place] = 0xA5 }
        needed = head
      }
      kept += needed
      total += bytes.count
    }
    return (result, kept, total)
  }

  @Test func openingReadsNeitherPagesNorTexts() throws {
    let directory = MemoryDirectory()
    let store = try Store.open(directory, mode: .readWrite)
    var random = SeededRandom(seed: 1)
    for commit in 0..<8 {
      let rows = (0..<500).map { index in
        var row = Sales.Row(channel: "own", order: "OD\(commit)-\(index)-\(index * 7_919 % 10_007)")
        row.amount = .random(in: 0...9_999_999, using: &random)
        row.rate = .random(in: 0...1, using: &random)
        row.note = "note \(index)"
        return row
      }
      try store.write { transaction in
        try transaction.declare(Sales.schema)
        _ = try transaction.upsert(Sales.batch(rows), into: "sale")
      }
    }
    let (files, kept, total) = try withoutContents(directory.files)
    print("opening needs \(kept) of \(total) bytes")
    #expect(kept * 4 < total)
    let opened = try Store.open(MemoryDirectory(files: files), mode: .read).snapshot()
    #expect(opened.table("sale")?.rowCount == 4_000)
    #expect(throws: StoreError.self) { try Sales.rows(opened) }
    #expect(opened.dictionaries["order_id"]?.count == 4_000)
    #expect(throws: StoreError.self) { try opened.dictionaries["order_id"]?.text(0) }
  }
}
