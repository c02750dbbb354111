@testable import ColumnStore
import TestKit
import Testing

@Suite struct CompactionTests {
  /// A policy that finds something to do in tables of a few rows.
  // Private to this suite but for the power losses, which merge too.
  static let eager = CompactionPolicy(
    fanIn: 2,
    firstTierRows: 4,
    segmentRows: 200,
    deletedPercent: 10
  )

  private func shapes(_ rows: [Int], deleted: [Int: Int] = [:]) -> [CompactionPolicy.Shape] {
    rows.enumerated().map {
      CompactionPolicy.Shape(rowCount: $0.element, deletedCount: deleted[$0.offset] ?? 0)
    }
  }

  @Test func segmentsOfOneTierAreMergedWhenTheyAreMany() {
    let policy = CompactionPolicy(firstTierRows: 16_384)
    #expect(policy.nextMerge(of: shapes([5, 10, 16_383])) == nil)
    #expect(policy.nextMerge(of: shapes([5, 10, 16_384, 20, 7])) == [0, 1, 3, 4])
    #expect(policy.nextMerge(of: shapes([20_000, 20_000, 5, 20_000, 65_535])) == [0, 1, 3, 4])
    #expect(policy.nextMerge(of: shapes([1_048_576, 600_000, 900_000, 700_000])) == nil)
  }

  @Test func aMergedSegmentIsNotTooLarge() {
    let policy = CompactionPolicy()
    #expect(policy.nextMerge(of: shapes([400_000, 400_000, 400_000, 400_000])) == [0, 1])
    #expect(policy.nextMerge(of: shapes([9, 9, 9, 9]), rowLimit: 20) == [0, 1])
    #expect(policy.nextMerge(of: shapes([9, 9, 9, 9]), rowLimit: 10) == nil)
  }

  @Test func aSegmentWithManyDeletionsIsWrittenAgain() {
    let policy = CompactionPolicy()
    #expect(policy.nextMerge(of: shapes([100_000, 900_000], deleted: [1: 179_999])) == nil)
    #expect(policy.nextMerge(of: shapes([100_000, 900_000], deleted: [1: 180_000])) == [1])
    #expect(policy.nextMerge(of: shapes([1_048_576], deleted: [0: 1_048_000])) == [0])
  }

  private func answers(_ store: Store) throws -> [[String]] {
    let backend = LocalBackend(snapshot: try store.snapshot(), pool: ScanPool(threads: 1))
    let aggregates = [
      Aggregate("rows", .countRows),
      Aggregate("sum", .sum(.column("amount"))),
      Aggregate("least", .minimum(.column("rate"))),
      Aggregate("orders", .countDistinct([.column("order_id")])),
    ]
    return try ["channel", "day", "order_id"].map { key in
      let plan = ScanPlan(
        table: "sale",
        keys: [ScanPlan.Key(key, .column(key))],
        aggregates: aggregates
      )
      let table = try backend.executeNow(plan, limits: ScanLimits())
      return (0..<table.rowCount).map { row in
        table.columns.map { column in
          switch column.values {
          case .integers(let values): "\(values[row].map(String.init) ?? "-")"
          case .wide(let values): "\(values[row].map(String.init) ?? "-")"
          case .doubles(let values): "\(values[row].map { "\($0)" } ?? "-")"
          case .strings(let values): values[row] ?? "-"
          case .coded(let values): "code \(values.codes[row])"
          }
        }.joined(separator: " ")
      }.sorted()
    }
  }

  /// One commit of a history, as a batch or as slices.
  private func commit(
    _ store: Store,
    _ history: inout SalesHistory,
    _ model: inout SalesModel
  ) throws {
    let batches = (0..<2).map { _ in history.batch(keys: 60, upTo: 12) }
    let isSlice = Int.random(in: 0..<3, using: &history.random) == 0
    if isSlice {
      model.replaceSlices(batches)
    } else {
      for batch in batches { model.upsert(batch) }
    }
    try store.write { transaction in
      try transaction.declare(Sales.schema)
      if isSlice {
        let slice = try transaction.beginSliceReplacement(of: "sale", slice: ["channel", "day"])
        for batch in batches { _ = try slice.upsert(Sales.batch(batch)) }
        _ = try slice.finish()
      } else {
        for batch in batches { _ = try transaction.upsert(Sales.batch(batch), into: "sale") }
      }
    }
  }

  @Test(arguments: 1...10)
  func answersStayTheSameWhereverAHistoryIsCompacted(seed: UInt64) throws {
    var history = SalesHistory(seed: seed)
    var model = SalesModel()
    let directory = MemoryDirectory()
    var store = try Store.open(directory, mode: .readWrite)
    var merges = 0
    for _ in 0..<20 {
      try commit(store, &history, &model)
      if Bool.random(using: &history.random) {
        let before = try answers(store)
        let outcome = try store.compact(Self.eager)
        merges += outcome.mergeCount
        #expect(try answers(store) == before, "seed \(seed)")
        #expect(outcome.abandonedCount == 0)
      }
      if Bool.random(using: &history.random) {
        store = try Store.open(directory, mode: .readWrite)
      }
      #expect(try Sales.rows(store.snapshot()) == model.rows, "seed \(seed)")
      #expect(try store.verify(.everything).damages.isEmpty)
      #expect(!directory.files.keys.contains { $0.hasSuffix(SegmentMerge.suffix) })
    }
    #expect(merges > 0)
  }

  @Test(arguments: 1...10)
  func aWriterThatComesFirstLosesNothing(seed: UInt64) throws {
    var history = SalesHistory(seed: seed)
    var model = SalesModel()
    let directory = MemoryDirectory()
    let store = try Store.open(directory, mode: .readWrite)
    let other = try Store.open(directory, mode: .readWrite)
    var (carried, abandoned) = (0, 0)
    for _ in 0..<12 {
      for _ in 0..<3 { try commit(store, &history, &model) }
      var races = Int.random(in: 0...4, using: &history.random)
      let outcome = try store.compact(Self.eager) { () throws(StoreError) in
        guard races > 0 else { return }
        races -= 1
        do {
          if Bool.random(using: &history.random) {
            _ = try other.compact(Self.eager)
          } else {
            try commit(other, &history, &model)
          }
        } catch let error as StoreError {
          throw error
        } catch {
          throw .mismatch("\(error)")
        }
      }
      abandoned += outcome.abandonedCount
      carried += outcome.carriedCount
      #expect(try Sales.rows(store.snapshot()) == model.rows, "seed \(seed)")
      #expect(try store.verify(.everything).damages.isEmpty)
    }
    #expect(carried + abandoned > 0)
  }

  @Test func aMergeWhoseRowsAreAllDeletedMeanwhileLeavesNothing() throws {
    let directory = MemoryDirectory()
    let store = try Store.open(directory, mode: .readWrite)
    func put(_ seen: Int64) throws {
      for order in ["a", "b"] {
        try store.write { transaction in
          try transaction.declare(Sales.schema)
          var row = Sales.Row(channel: "own", order: order)
          row.seen = seen
          row.amount = seen
          _ = try transaction.upsert(Sales.batch([row]), into: "sale")
        }
      }
    }
    try put(1)
    var isFirst = true
    let outcome = try store.compact(Self.eager) { () throws(StoreError) in
      guard isFirst else { return }
      isFirst = false
      do { try put(2) } catch { throw .mismatch("\(error)") }
    }
    // Segments without rows leave the manifest, so the first merge is given up.
    #expect(outcome.abandonedCount == 1 && outcome.mergeCount == 1)
    #expect(try Sales.rows(store.snapshot()).values.allSatisfy { $0.amount == 2 })
    #expect(!directory.files.keys.contains { $0.hasSuffix(SegmentMerge.suffix) })
  }

  @Test func aReaderOfAnOldVersionDoesNotNotice() throws {
    var history = SalesHistory(seed: 9)
    var model = SalesModel()
    let rule = RetentionRule(versions: 1, grace: .zero)
    let store = try Store.open(MemoryDirectory(), mode: .readWrite, retention: rule)
    for _ in 0..<8 { try commit(store, &history, &model) }
    let reader = try store.snapshot()
    #expect(try store.compact(Self.eager).mergeCount > 0)
    #expect(try Sales.rows(reader) == model.rows)
  }

  @Test func rowsStayInTheSortOrder() throws {
    var history = SalesHistory(seed: 10)
    var model = SalesModel()
    let store = try Store.open(MemoryDirectory(), mode: .readWrite)
    for _ in 0..<12 { try commit(store, &history, &model) }
    _ = try store.compact(Self.eager)
    let table = try #require(try store.snapshot().table("sale"))
    let day = try #require(table.schema.index(of: "day"))
    for live in table.segments {
      var rows = ColumnRows(kind: .integers)
      let vector = try live.segment.readVector(column: day, block: 0)
      rows.append(vector, rows: Array(0..<live.segment.rowCount))
      #expect(rows.integers == rows.integers.sorted())
    }
  }

  @Test func twoHundredSmallCommitsAreWrittenFewTimesEach() throws {
    let directory = MemoryDirectory()
    let store = try Store.open(directory, mode: .readWrite)
    var written = CompactionOutcome()
    let commits = 200
    let rowCount = 500
    for commit in 0..<commits {
      let rows = (0..<rowCount).map { index in
        var row = Sales.Row(channel: "own", order: "o\(commit * rowCount + index)")
        row.day = 20_000 + Int64(commit)
        return row
      }
      try store.write { transaction in
        try transaction.declare(Sales.schema)
        _ = try transaction.upsert(Sales.batch(rows), into: "sale")
      }
      let outcome = try store.compact()
      written.rowCount += outcome.rowCount
      written.mergeCount += outcome.mergeCount
    }
    let segments = try store.snapshot().manifest.tables[0].segments.count
    let factor = Double(written.rowCount) / Double(commits * rowCount)
    print("\(commits) commits: \(written.mergeCount) merges, each row written \(factor) times more")
    #expect(segments < 16)
    #expect(factor < 5)
  }

  @Test func aStoreThatIsOnlyReadIsNotCompacted() throws {
    let directory = MemoryDirectory()
    let writer = try Store.open(directory, mode: .readWrite)
    var history = SalesHistory(seed: 1)
    var model = SalesModel()
    for _ in 0..<4 { try commit(writer, &history, &model) }
    let reader = try Store.open(directory, mode: .read)
    #expect(throws: StoreError.self) { try reader.compact(Self.eager) }
    #expect(try writer.compact(Self.eager, rowLimit: 0) == CompactionOutcome())
  }
}
