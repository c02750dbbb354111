import ColumnStore
import TestKit
import Testing

@Suite struct FaultTests {
  private let first = (0..<12).map { Sales.Row(channel: "amazon", order: "o\($0)") }
  private let second = (6..<18).map {
    Sales.Row(channel: "amazon", order: "o\($0)", amount: 7, note: "late", seen: 2)
  }

  private func commit(_ rows: [Sales.Row], to directory: any StoreDirectory) throws {
    let rule = RetentionRule(versions: 1, grace: .zero)
    let store = try Store.open(directory, mode: .readWrite, retention: rule)
    try store.write { transaction in
      try transaction.declare(Sales.schema)
      _ = try transaction.upsert(Sales.batch(rows), into: "sale")
      transaction.annotations["n"] = "\(rows.count)"
    }
  }

  private func contents(_ directory: any StoreDirectory) throws -> [String: Sales.Row] {
    try Sales.rows(Store.open(directory, mode: .read).snapshot())
  }

  @Test(arguments: [false, true], [Int32(5), 28])
  func everyRefusedOperationLeavesAWholeStore(isLasting: Bool, code: Int32) throws {
    var model = SalesModel()
    model.upsert(first)
    let before = model.rows
    model.upsert(second)
    let after = model.rows
    var operation = 0
    var failures = 0
    while true {
      let memory = MemoryDirectory()
      try commit(first, to: memory)
      let fault = FailingDirectory.Fault(operation: operation, code: code, isLasting: isLasting)
      let failing = FailingDirectory(memory, fault: fault)
      do {
        try commit(second, to: failing)
        #expect(try contents(memory) == after)
      } catch let error as StoreError {
        guard case .system(_, _, code) = error else {
          Issue.record("operation \(operation) ended with \(error)")
          return
        }
        failures += 1
        let found = try contents(memory)
        #expect(found == before || found == after, "operation \(operation)")
      }
      try commit(second, to: memory)
      #expect(try contents(memory) == after, "operation \(operation), again")
      #expect(!memory.files.keys.contains { $0.hasSuffix(".tmp") } || failing.operationCount > 0)
      guard failing.operationCount > operation else { break }
      operation += 1
    }
    #expect(failures > 20, "\(failures) of \(operation) operations matter")
  }

  @Test func theLoserOfARaceIsToldAndCanTryAgain() throws {
    let directory = MemoryDirectory()
    try commit(first, to: directory)
    let store = try Store.open(Unlocked(base: directory), mode: .readWrite)
    #expect(throws: StoreError.lostRace(version: 2)) {
      try store.write { transaction in
        _ = try transaction.upsert(Sales.batch(second), into: "sale")
        let other = try Store.open(directory, mode: .readWrite)
        try other.write { inner in
          let row = Sales.Row(channel: "own", order: "x")
          _ = try inner.upsert(Sales.batch([row]), into: "sale")
        }
      }
    }
    #expect(try contents(directory).count == 13)
    try store.write { _ = try $0.upsert(Sales.batch(second), into: "sale") }
    #expect(try contents(directory).count == 19)
  }

  @Test func aCommitSynchronisesEverythingBeforeItIsAcknowledged() throws {
    let directory = FailingDirectory(MemoryDirectory(), fault: .none)
    let store = try Store.open(directory, mode: .readWrite, makeEpoch: { 0xE })
    let start = directory.operationCount
    let table = TableSchema(
      name: "city",
      fields: [Field("city", .string), Field("size", .int64)],
      primaryKey: ["city"]
    )
    let batch = RowBatch(
      columns: [
        "city": Sales.texts(["Pune", "Agra"]), "size": .integers([2, 1], nulls: .none),
      ],
      rowCount: 2
    )
    try store.write { transaction in
      try transaction.declare(table)
      _ = try transaction.upsert(batch, into: "city")
    }
    let segment = "segments/city/1-e.seg"
    let dictionary = "dictionaries/city.2-e"
    let manifest = "manifest-00000000000000000001"
    var found = Array(directory.operations[start...])
    // Six writes make a segment of two pages: header, pages, footer, trailer.
    found.removeAll { $0.hasPrefix("write ") || $0.hasPrefix("open ") }
    // The segment and the dictionary are written by two threads.
    let written = found.prefix { !$0.hasPrefix("rename ") }
    #expect(
      written.filter { !$0.contains("dictionaries") } == [
        "lock lock", "list ", "list segments", "list deletes", "list ",
        "create segments", "create segments/city", "create \(segment).tmp",
        "synchronise \(segment).tmp", "close \(segment).tmp",
      ]
    )
    #expect(
      written.filter { $0.contains("dictionaries") } == [
        "list dictionaries", "create dictionaries", "create \(dictionary).tmp",
        "synchronise \(dictionary).tmp",
        "close \(dictionary).tmp",
      ]
    )
    let rest = found.dropFirst(written.count)
    #expect(
      rest.prefix(2).sorted() == ["rename \(dictionary).tmp", "rename \(segment).tmp"]
    )
    #expect(
      rest.dropFirst(2) == [
        "synchronise directory segments/city", "synchronise directory segments",
        "synchronise directory dictionaries", "synchronise directory ",
        "create \(manifest).e.tmp", "synchronise \(manifest).e.tmp", "close \(manifest).e.tmp",
        "link \(manifest).e.tmp", "synchronise directory ", "remove \(manifest).e.tmp",
        "list ", "list segments", "list deletes", "list ", "list dictionaries",
        "list segments/city",
      ]
    )
  }

  @Test func foldersWhoseNamesLastAreNotSynchronisedAgain() throws {
    let directory = FailingDirectory(MemoryDirectory(), fault: .none)
    let store = try Store.open(directory, mode: .readWrite)
    let table = TableSchema(name: "city", fields: [Field("city", .string)], primaryKey: ["city"])
    func synchronised(_ names: [String]) throws -> [String] {
      let start = directory.operationCount
      try store.write { transaction in
        try transaction.declare(table)
        let batch = RowBatch(columns: ["city": Sales.texts(names)], rowCount: names.count)
        _ = try transaction.upsert(batch, into: "city")
      }
      return directory.operations[start...].filter { $0.hasPrefix("synchronise directory") }
    }
    #expect(try synchronised(["Pune"]).count == 5)
    #expect(
      try synchronised(["Agra"]) == [
        "synchronise directory segments/city", "synchronise directory dictionaries",
        "synchronise directory ",
      ]
    )
    // Nothing changes, but the version that says so may be one whose writer was killed.
    #expect(try synchronised(["Pune", "Agra"]) == ["synchronise directory "])
  }

  @Test func anErrorOfTheBodyWritesNothing() throws {
    struct Refusal: Error {}
    let directory = MemoryDirectory()
    try commit(first, to: directory)
    let files = directory.files
    let store = try Store.open(directory, mode: .readWrite)
    #expect(throws: Refusal.self) {
      try store.write { transaction in
        _ = try transaction.upsert(Sales.batch(second), into: "sale")
        _ = try transaction.view()
        throw Refusal()
      }
    }
    #expect(directory.files == files)
  }

  @Test func aSnapshotStaysReadableAfterItsFilesAreRetired() throws {
    let directory = MemoryDirectory()
    try commit(first, to: directory)
    let snapshot = try Store.open(directory, mode: .read).snapshot()
    let expected = try Sales.rows(snapshot)
    for round in 1...3 {
      let rows = first.map { row in
        var next = row
        next.seen = Int64(round + 1)
        next.amount = Int64(round)
        return next
      }
      try commit(rows, to: directory)
    }
    #expect(directory.files.keys.filter { $0.hasPrefix("manifest") }.count == 1)
    #expect(directory.files.keys.filter { $0.hasPrefix("segments") }.count == 1)
    #expect(try Sales.rows(snapshot) == expected)
  }
}

/// A directory whose lock does not hold: the view of a writer that was paused too long.
private struct Unlocked: ForwardingDirectory {
  private final class NoLock: StoreLock {
    func release() {}
  }

  let base: any StoreDirectory

  func lock(_ path: String) -> any StoreLock { NoLock() }
}
