@testable import ColumnStore
import TestKit
import Testing

/// A transaction that has lost what it took is not committed, although its user goes on after the
/// error.
@Suite struct TransactionFailureTests {
  private func rows(_ range: Range<Int>) -> RowBatch {
    Sales.batch(range.map { Sales.Row(channel: "own", order: "order \($0)", seen: 2) })
  }

  private func directory() throws -> MemoryDirectory {
    let directory = MemoryDirectory()
    let store = try Store.open(directory, mode: .readWrite)
    for range in [0..<5, 5..<9] {
      try store.write { transaction in
        try transaction.declare(Sales.schema)
        _ = try transaction.upsert(rows(range), into: "sale")
      }
    }
    return directory
  }

  /// Expects that a transaction ends with the error of one of its steps, and changes nothing.
  private func expectNothingCommitted(
    _ directory: MemoryDirectory,
    through base: any StoreDirectory,
    error: StoreError,
    step: (WriteTransaction) throws -> Void
  ) throws {
    let before = directory.files
    let store = try Store.open(base, mode: .readWrite)
    var stepError: StoreError?
    let result = Result {
      try store.write { transaction in
        do {
          try step(transaction)
        } catch {
          stepError = error as? StoreError
        }
        transaction.annotations["went"] = "on"
      }
    }
    #expect(stepError == error)
    #expect(throws: error) { try result.get() }
    #expect(directory.files == before)
  }

  @Test(arguments: ["dictionaries/texts.", "dictionaries/hashes."])
  func aFailedSeal(prefix: String) throws {
    let directory = try directory()
    let error = StoreError.system(operation: "create", path: prefix, code: 28)
    let full = FullDirectory(base: directory, prefix: prefix)
    try expectNothingCommitted(directory, through: full, error: error) { transaction in
      transaction.textByteLimit = 0
      _ = try transaction.upsert(rows(20..<30), into: "sale")
    }
  }

  @Test func aSegmentThatCannotBeWritten() throws {
    let directory = try directory()
    let error = StoreError.system(operation: "create", path: "segments/", code: 28)
    let full = FullDirectory(base: directory, prefix: "segments/")
    try expectNothingCommitted(directory, through: full, error: error) { transaction in
      _ = try transaction.upsert(rows(20..<30), into: "sale")
      _ = try transaction.view()
    }
  }

  /// A store whose second segment has damaged order ids, and the error of reading them.
  private func damaged() throws -> (MemoryDirectory, StoreError) {
    let directory = try directory()
    var files = directory.files
    let table = try Store.open(directory, mode: .read).snapshot().manifest.tables[0]
    let path = table.segments[1].file.path
    let order = try #require(table.schema.index(of: "order_id"))
    let file = try SegmentFile(try directory.map(path), identity: 1)
    let offset = file.footer.columns[order].pages[0].offset
    files[path]?[offset] ^= 1
    let error = StoreError.damaged(
      file: path,
      offset: offset,
      reason: "block 0 of column order_id: its checksum does not match"
    )
    return (MemoryDirectory(files: files), error)
  }

  /// The batch replaces rows of the first segment before the second turns out to be damaged.
  @Test func aBatchThatIsHalfDecided() throws {
    let (directory, error) = try damaged()
    try expectNothingCommitted(directory, through: directory, error: error) { transaction in
      _ = try transaction.upsert(rows(0..<9), into: "sale")
    }
  }

  /// Rows of the first segment are removed before those of the second cannot be read.
  @Test func aSliceThatIsHalfReplaced() throws {
    let (directory, error) = try damaged()
    try expectNothingCommitted(directory, through: directory, error: error) { transaction in
      let slices = try transaction.beginSliceReplacement(of: "sale", slice: ["channel", "day"])
      _ = try slices.upsert(rows(0..<1))
      _ = try slices.finish(returning: ["order_id"])
    }
  }
}

/// A directory in which files whose names begin so cannot be made.
private struct FullDirectory: ForwardingDirectory {
  let base: any StoreDirectory
  let prefix: String

  func create(_ path: String) throws(StoreError) -> any StoreFileWriter {
    guard !path.hasPrefix(prefix) else {
      throw .system(operation: "create", path: prefix, code: 28)
    }
    return try base.create(path)
  }
}
