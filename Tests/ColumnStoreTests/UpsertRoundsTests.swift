@testable import ColumnStore
import TestKit
import Testing

@Suite struct UpsertRoundsTests {
  private static let schema = TableSchema(
    name: "t",
    fields: [Field("id", .int64), Field("amount", .int64)],
    primaryKey: ["id"]
  )
  private static let segmentCount = 12

  private func batch(_ ids: [Int64]) -> RowBatch {
    RowBatch(
      columns: ["id": .integers(ids, nulls: .none), "amount": .integers(ids, nulls: .none)],
      rowCount: ids.count
    )
  }

  /// Segments none of which zone maps exclude: each has an id of its own, 0 in the first, between two
  /// others.
  private func directory() throws -> MemoryDirectory {
    let directory = MemoryDirectory()
    let store = try Store.open(directory, mode: .readWrite)
    for number in 0..<Int64(Self.segmentCount) {
      try store.write { transaction in
        try transaction.declare(Self.schema)
        _ = try transaction.upsert(batch([-1_000 - number, number, 1_000 + number]), into: "t")
      }
    }
    return directory
  }

  private func segments(_ store: Store) throws -> [Segment] {
    try #require(try store.snapshot().table("t")).segments.map(\.segment)
  }

  /// The kinds of rows that the store has already.
  private func kinds(_ ids: [Int64], _ store: Store) throws -> [UpsertOutcome.Kind] {
    try store.write { try $0.upsert(batch(ids), into: "t").kinds }
  }

  /// Segments are read one by one first, then eight, until all rows are found.
  @Test(arguments: [([Int64(0)], 1), ([1], 9), ([8, 0], 9), ([9], 12), ([99], 12)])
  func noMoreSegmentsAreReadThanNeeded(ids: [Int64], count: Int) throws {
    let store = try Store.open(try directory(), mode: .readWrite)
    let before = try segments(store)
    #expect(before.count == Self.segmentCount)
    _ = try kinds(ids, store)
    let read = try before.map { try $0.vector(column: 0, block: 0).wasCached }
    #expect(read == before.indices.map { $0 < count })
  }

  /// A store that has damaged ids in all segments but some.
  private func damaged(except whole: Set<Int>) throws -> Store {
    let directory = try directory()
    var files = directory.files
    let table = try Store.open(directory, mode: .read).snapshot().manifest.tables[0]
    for (number, segment) in table.segments.enumerated() where !whole.contains(number) {
      let path = segment.file.path
      let file = try SegmentFile(try directory.map(path), identity: 1)
      files[path]?[file.footer.columns[0].pages[0].offset] ^= 1
    }
    return try Store.open(MemoryDirectory(files: files), mode: .readWrite)
  }

  @Test func damageInBlocksThatAreNotNeededIsNoError() throws {
    #expect(try kinds([0], damaged(except: [0])) == [.unchanged])
    #expect(try kinds([1, 0], damaged(except: [0, 1])) == [.unchanged, .unchanged])
    #expect(try kinds([3], damaged(except: [0, 1, 2, 3])) == [.unchanged])
  }

  @Test func damageInBlocksThatMayHaveTheRowIsAnError() throws {
    for whole in [[1], [0], [0, 2, 3]] as [Set<Int>] {
      let store = try damaged(except: whole)
      let error = #expect(throws: StoreError.self) { try kinds([3], store) }
      guard case .damaged? = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
  }
}
