@testable import ColumnStore
import TestKit
import Testing

@Suite struct KeySearchTests {
  private static let schema = TableSchema(
    name: "t",
    fields: [
      Field("shop", .string, text: .dictionary("shop")), Field("id", .int64),
      Field("line", .int32), Field("amount", .int64), Field("note", .int64, nullable: true),
    ],
    primaryKey: ["shop", "id", "line"],
    sortOrder: ["id"]
  )

  private struct Key: Hashable {
    let shop: Int
    let id: Int64
    let line: Int64
  }

  private func batch(_ rows: [(key: Key, amount: Int64)]) -> RowBatch {
    RowBatch(
      columns: [
        "shop": .texts(
          codes: rows.map { UInt32($0.key.shop + 1) },
          TextList(["a", "b", "c"])
        ),
        "id": .integers(rows.map(\.key.id), nulls: .none),
        "line": .integers(rows.map(\.key.line), nulls: .none),
        "amount": .integers(rows.map(\.amount), nulls: .none),
        "note": .integers(rows.map { $0.amount / 3 }, nulls: .none),
      ],
      rowCount: rows.count
    )
  }

  /// Blocks whose ids never fall are searched by halving, those of later commits by hashes; both say
  /// what a dictionary of Swift says.
  @Test(arguments: 1...6)
  func rowsAreFoundWhereTheyAre(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let store = try Store.open(MemoryDirectory(), mode: .readWrite)
    var model: [Key: Int64] = [:]
    var ascending = 0
    for commit in 0..<6 {
      let count = commit == 0 ? 70_000 : Int.random(in: 1...3_000, using: &random)
      var rows: [(key: Key, amount: Int64)] = []
      var seen = Set<Key>()
      for index in 0..<count {
        let id =
          commit == 0
          ? Int64(index / 3 * 2) - 1_000 : Int64.random(in: -1_100...60_000, using: &random)
        let key = Key(shop: Int(id & 0xFF) % 3, id: id, line: Int64(commit == 0 ? index % 3 : 1))
        guard seen.insert(key).inserted else { continue }
        rows.append((key, .random(in: 0...2, using: &random)))
      }
      let outcome = try store.write { transaction in
        try transaction.declare(Self.schema)
        return try transaction.upsert(batch(rows), into: "t", returning: ["amount"])
      }
      let kinds: [UpsertOutcome.Kind] = rows.map { row in
        guard let known = model[row.key] else { return .inserted }
        return known == row.amount ? .unchanged : .updated
      }
      #expect(outcome.kinds == kinds, "seed \(seed), commit \(commit)")
      let former = rows.compactMap { row in
        model[row.key].flatMap { $0 == row.amount ? nil : $0 }
      }
      #expect(former.indices.map { outcome.replaced.integer("amount", $0) } == former)
      for row in rows { model[row.key] = row.amount }
      let table = try #require(try store.snapshot().table("t"))
      #expect(table.rowCount == model.count, "seed \(seed), commit \(commit)")
      for live in table.segments {
        let id = try #require(live.segment.columnIndex("id"))
        for block in 0..<live.segment.blockCount
        where live.segment.isAscending(column: id, block: block) { ascending += 1 }
      }
    }
    #expect(ascending > 0)
  }

  @Test(arguments: [1, 63, 64, 65, 4_095, 4_096, 4_097, 65_535, 65_536, 70_000])
  func deletionsComeBackInEitherForm(rowCount: Int) throws {
    var random = SeededRandom(seed: UInt64(rowCount))
    for share in [0.0, 0.001, 0.05, 0.5, 1] {
      var deletions = DeletionVector(rowCount: rowCount)
      for row in 0..<rowCount where Double.random(in: 0..<1, using: &random) < share {
        deletions.insert(row)
      }
      let bytes = deletions.write(segment: "s")
      let file = MappedFile(path: "d", copying: bytes)
      #expect(try DeletionVector.read(file, segment: "s", rowCount: rowCount) == deletions)
      if share == 0.001 { #expect(bytes.count < 64 + deletions.deletedCount * 2 + 8) }
    }
  }

  @Test func bytesThatWereWrittenAreCounted() throws {
    let store = try Store.open(MemoryDirectory(), mode: .readWrite)
    for commit in 0..<8 {
      let rows = (0..<50).map { (Key(shop: 0, id: Int64(commit * 50 + $0), line: 1), Int64(1)) }
      try store.write { transaction in
        try transaction.declare(Self.schema)
        _ = try transaction.upsert(batch(rows.map { (key: $0.0, amount: $0.1) }), into: "t")
      }
    }
    let before = try #require(try store.snapshot().byteCounts(ofTable: "t"))
    #expect(before.stored == before.taken && before.merged == 0 && before.writeAmplification == 1)
    _ = try store.compact(CompactionTests.eager)
    let after = try #require(try store.snapshot().byteCounts(ofTable: "t"))
    #expect(after.taken == before.taken && after.merged > 0 && after.stored < before.stored)
    #expect(after.writeAmplification > 1)
    #expect(try store.snapshot().byteCounts(ofTable: "u") == nil)
  }
}

extension RowBatch {
  fileprivate func integer(_ column: String, _ row: Int) -> Int64? {
    guard case .integers(let values, _)? = columns[column], row < values.count else { return nil }
    return values[row]
  }
}
