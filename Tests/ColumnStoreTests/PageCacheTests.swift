@testable import ColumnStore
import TestKit
import Testing

@Suite struct PageCacheTests {
  private func vector(_ value: UInt8) -> ColumnVector {
    ColumnVector(
      type: .int64,
      rowCount: 1_000,
      validity: .allValid,
      storage: .frame(
        .bits8,
        base: 0,
        multiplier: 1,
        codes: VectorBuffer(copying: [UInt8](repeating: value, count: 1_000))
      )
    )
  }

  private func key(_ block: Int) -> PageCache.Key {
    PageCache.Key(segment: 1, column: 2, block: UInt32(block))
  }

  @Test func theBudgetHoldsWhateverIsKept() {
    let cache = PageCache(byteBudget: 20_000, shardCount: 1)
    for block in 0..<200 {
      cache.insert(vector(UInt8(block)), for: key(block))
      #expect(cache.byteCount <= 20_000)
    }
    #expect(cache.vector(key(199)) != nil)
    #expect(cache.vector(key(0)) == nil)
  }

  @Test func aUsedPageOutlivesUnusedOnes() {
    let cache = PageCache(byteBudget: 20_000, shardCount: 1)
    cache.insert(vector(1), for: key(0))
    for block in 1..<100 {
      #expect(cache.vector(key(0)) != nil, "before block \(block)")
      cache.insert(vector(2), for: key(block))
    }
  }

  @Test func aPageLargerThanTheBudgetIsNotKept() {
    let cache = PageCache(byteBudget: 100, shardCount: 1)
    cache.insert(vector(1), for: key(0))
    #expect(cache.byteCount == 0)
  }

  @Test func aSecondReadComesFromTheCacheAndAnOlderSnapshotSharesIt() throws {
    let store = try Store.open(MemoryDirectory(), mode: .readWrite)
    try store.write { transaction in
      try transaction.declare(Sales.schema)
      let rows = (0..<10).map { Sales.Row(channel: "own", order: "\($0)") }
      _ = try transaction.upsert(Sales.batch(rows), into: "sale")
    }
    let first = try #require(try store.snapshot().table("sale")?.segments.first?.segment)
    #expect(try !first.vector(column: 1, block: 0).wasCached)
    try store.write { $0.annotations["n"] = "1" }
    let second = try #require(try store.snapshot().table("sale")?.segments.first?.segment)
    #expect(try second.vector(column: 1, block: 0).wasCached)
  }
}
