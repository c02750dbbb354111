@testable import ColumnStore
import TestKit
import Testing

@Suite struct LitterTests {
  private func rows(_ range: Range<Int>) -> RowBatch {
    Sales.batch(range.map { Sales.Row(channel: "own", order: "order \($0)") })
  }

  /// What a writer leaves that is killed while texts are in scratch files and rows in a segment;
  /// beside it lie the file of a merge that goes on, and one that is not the store's.
  private func left() throws -> MemoryDirectory {
    let directory = MemoryDirectory()
    let store = try Store.open(directory, mode: .readWrite)
    try store.write { transaction in
      try transaction.declare(Sales.schema)
      _ = try transaction.upsert(rows(0..<5), into: "sale")
    }
    var files: [String: [UInt8]] = [:]
    try store.write { transaction in
      transaction.textByteLimit = 0
      _ = try transaction.upsert(rows(5..<40), into: "sale")
      _ = try transaction.view()
      files = directory.files
    }
    files["segments/sale/9-1.seg" + SegmentMerge.suffix] = [1]
    files["notes.txt"] = [2]
    return MemoryDirectory(files: files)
  }

  private func temporaries(_ directory: MemoryDirectory) -> [String] {
    directory.files.keys.filter { $0.hasSuffix(".tmp") }.sorted()
  }

  @Test func aTransactionRemovesWhatAKilledOneLeft() throws {
    let directory = try left()
    let litter = temporaries(directory)
    for prefix in ["dictionaries/texts.", "dictionaries/hashes.", "segments/sale/"] {
      #expect(litter.contains { $0.hasPrefix(prefix) }, "\(prefix) in \(litter)")
    }
    var expected = directory.files
    for path in litter { expected[path] = nil }
    let store = try Store.open(directory, mode: .readWrite)
    // It is gone before the transaction needs room, and although nothing is committed.
    try store.write { _ in #expect(directory.files == expected) }
    #expect(directory.files == expected)
    #expect(try Sales.rows(store.snapshot()).count == 5)
  }

  @Test func readersLeaveWhatAWriterMayStillNeed() throws {
    let directory = try left()
    let before = directory.files
    for mode in [Store.OpenMode.read, .inspect, .readWrite] {
      #expect(try Sales.rows(Store.open(directory, mode: mode).snapshot()).count == 5)
    }
    #expect(directory.files == before)
  }

  @Test func whatCannotBeRemovedStopsNoTransaction() throws {
    let directory = try left()
    let litter = temporaries(directory)
    let store = try Store.open(Keeping(base: directory, paths: Set(litter)), mode: .readWrite)
    try store.write { _ = try $0.upsert(rows(5..<9), into: "sale") }
    #expect(temporaries(directory) == litter)
    #expect(try Sales.rows(store.snapshot()).count == 9)
  }
}

/// A directory some files of which cannot be removed.
private struct Keeping: ForwardingDirectory {
  let base: any StoreDirectory
  let paths: Set<String>

  func remove(_ path: String) throws(StoreError) {
    guard !paths.contains(path) else {
      throw .system(operation: "remove", path: path, code: 13)
    }
    try base.remove(path)
  }
}
