import TestKit
import Testing

@testable import ColumnStore

/// Batches whose keys ascend or have new texts are not looked up, and segments are written by
/// another thread: neither may make a difference.
@Suite struct UpsertShortcutTests {
  /// What a history did to a store: every outcome, and the rows at its end.
  private struct Trace: Equatable {
    var outcomes: [[UpsertOutcome.Kind]] = []
    var replaced: [RowBatch] = []
    var rows: [String: Sales.Row] = [:]
  }

  private func trace(
    _ commits: [[[Sales.Row]]],
    hasShortcuts: Bool,
    segmentRows: Int
  ) throws -> Trace {
    let store = try Store.open(MemoryDirectory(), mode: .readWrite)
    var trace = Trace()
    for batches in commits {
      try store.write { transaction in
        transaction.hasShortcuts = hasShortcuts
        transaction.segmentRows = segmentRows
        try transaction.declare(Sales.schema)
        for batch in batches {
          let outcome = try transaction.upsert(
            Sales.batch(batch),
            into: "sale",
            returning: ["order_id", "amount"]
          )
          trace.outcomes.append(outcome.kinds)
          trace.replaced.append(outcome.replaced)
        }
      }
    }
    trace.rows = try Sales.rows(store.snapshot())
    #expect(try store.verify(.everything).damages.isEmpty)
    return trace
  }

  @Test(arguments: 1...40)
  func shortcutsAndThreadsChangeNothing(seed: UInt64) throws {
    var history = SalesHistory(seed: seed)
    let commits = (0..<5).map { _ in
      (0..<Int.random(in: 1...6, using: &history.random)).map { _ in
        let keys = [4, 40, 4_000].randomElement(using: &history.random) ?? 4
        let batch = history.batch(keys: keys, upTo: 60)
        // Half of the batches ascend by their keys, most of them strictly.
        return Bool.random(using: &history.random)
          ? batch : batch.sorted { SalesModel.key($0) < SalesModel.key($1) }
      }
    }
    var model = SalesModel()
    for batch in commits.joined() { model.upsert(batch) }
    let plain = try trace(commits, hasShortcuts: false, segmentRows: SegmentFormat.segmentRows)
    #expect(plain.rows == model.rows, "seed \(seed)")
    for segmentRows in [7, 64, SegmentFormat.segmentRows] {
      let quick = try trace(commits, hasShortcuts: true, segmentRows: segmentRows)
      #expect(quick == plain, "seed \(seed), segments of \(segmentRows) rows")
    }
  }

  @Test func textsAsBytesAreTextsAsStrings() throws {
    func rows(_ column: RowBatch.Column, text: Field.TextStorage) throws -> [Scalar] {
      let store = try Store.open(MemoryDirectory(), mode: .readWrite)
      let schema = TableSchema(
        name: "word",
        fields: [Field("id", .int64), Field("word", .string, nullable: true, text: text)],
        primaryKey: ["id"]
      )
      try store.write { transaction in
        try transaction.declare(schema)
        let ids = RowBatch.Column.integers([1, 2, 3, 4], nulls: .none)
        let batch = RowBatch(columns: ["id": ids, "word": column], rowCount: 4)
        _ = try transaction.upsert(batch, into: "word")
      }
      let table = try #require(try store.snapshot().table("word"))
      return try TableReader(table).rows().map { $0[1] }
    }
    let texts = TextList(["b", "", "ü₹"])
    for storage in [Field.TextStorage.dictionary("word"), .plain] {
      let bytes = try rows(.texts(codes: [3, 0, 1, 2], texts), text: storage)
      let strings = try rows(
        .strings(
          codes: [2, 0, 0, 1],
          values: texts.strings,
          nulls: RowNulls(flags: [false, true, false, false])
        ),
        text: storage
      )
      #expect(bytes == strings)
      #expect(throws: StoreError.self) {
        try rows(.texts(codes: [3, 0, 1, 4], texts), text: storage)
      }
    }
  }

  @Test func aDictionaryFindsEveryTextAsItGrows() throws {
    var writer = DictionaryWriter(TextDictionary(name: "d", chunks: []))
    var random = SeededRandom(seed: 7)
    var codes: [String: UInt32] = [:]
    for _ in 0..<60 {
      let texts = (0..<Int.random(in: 0...200, using: &random)).map { _ in
        String(Int.random(in: 0..<4_000, using: &random), radix: 2)
      }
      let found = try writer.codes(of: TextList(texts))
      for (text, code) in zip(texts, found) {
        #expect(codes[text] ?? UInt32(codes.count) == code)
        codes[text] = code
      }
    }
    for (text, code) in codes {
      #expect(try writer.text(Int(code)) == text)
      #expect(try writer.code(of: text) == code)
    }
  }
}
