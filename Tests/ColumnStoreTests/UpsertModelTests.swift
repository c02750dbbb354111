import ColumnStore
import TestKit
import Testing

@Suite struct UpsertModelTests {
  @Test(arguments: 1...40)
  func randomHistoriesEqualTheModel(seed: UInt64) throws {
    var history = SalesHistory(seed: seed)
    var model = SalesModel()
    let directory = MemoryDirectory()
    var store = try Store.open(directory, mode: .readWrite)
    for _ in 0..<12 {
      let keys = [4, 40, 400].randomElement(using: &history.random) ?? 4
      let batches = (0..<Int.random(in: 1...4, using: &history.random)).map { _ in
        history.batch(keys: keys, upTo: 40)
      }
      let isSlice = Int.random(in: 0..<3, using: &history.random) == 0
      let before = model.rows
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
          let outcome = try slice.finish(returning: ["channel", "order_id", "amount"])
          let removed = before.keys.filter { model.rows[$0] == nil }
          #expect(outcome.removed == removed.count)
          #expect(outcome.replaced.rowCount == removed.count)
        } else {
          for batch in batches {
            let known = try Sales.rows(transaction.view())
            let outcome = try transaction.upsert(Sales.batch(batch), into: "sale")
            #expect(outcome.kinds.count == batch.count)
            let keys = Set(batch.map(SalesModel.key))
            let inserted = keys.filter { known[$0] == nil }.count
            #expect(outcome.count(of: .inserted) == inserted)
          }
        }
        #expect(try Sales.rows(transaction.view()) == model.rows, "seed \(seed), before the commit")
      }
      if Bool.random(using: &history.random) {
        store = try Store.open(directory, mode: .readWrite)
      }
      #expect(try Sales.rows(store.snapshot()) == model.rows, "seed \(seed)")
      #expect(try store.verify(.everything).damages.isEmpty)
    }
  }

  @Test(arguments: 1...20)
  func theOrderOfBatchesDoesNotMatter(seed: UInt64) throws {
    var history = SalesHistory(seed: seed)
    let batches = (0..<5).map { _ in
      // Few versions, so that there are ties of different contents.
      history.batch(keys: 6, upTo: 8).map { row in
        var tied = row
        tied.seen %= 3
        tied.source = nil
        return tied
      }
    }
    func outcome(_ order: [[Sales.Row]]) throws -> [String: Sales.Row] {
      let store = try Store.open(MemoryDirectory(), mode: .readWrite)
      for batch in order {
        try store.write { transaction in
          try transaction.declare(Sales.schema)
          _ = try transaction.upsert(Sales.batch(batch), into: "sale")
        }
      }
      return try Sales.rows(store.snapshot())
    }
    let expected = try outcome(batches)
    #expect(try outcome(batches.reversed()) == expected)
    #expect(try outcome([batches.flatMap { $0 }]) == expected)
    #expect(try outcome(batches.shuffled(using: &history.random)) == expected)
  }

  @Test func updatedRowsGiveTheirFormerValuesInBatchOrder() throws {
    let store = try Store.open(MemoryDirectory(), mode: .readWrite)
    let rows = (0..<50).map {
      Sales.Row(
        channel: "amazon",
        order: "o\($0)",
        day: Int64(50 - $0),
        amount: Int64($0),
        note: "\($0)"
      )
    }
    try store.write { transaction in
      try transaction.declare(Sales.schema)
      _ = try transaction.upsert(Sales.batch(rows), into: "sale")
    }
    let changed = rows.reversed().map { row in
      var next = row
      next.seen = 2
      next.amount = nil
      return next
    }
    let outcome = try store.write {
      try $0.upsert(Sales.batch(changed), into: "sale", returning: ["amount", "note"])
    }
    #expect(outcome.count(of: .updated) == 50)
    #expect(outcome.replaced.columns["amount"] == .integers((0..<50).reversed(), nulls: .none))
    #expect(outcome.replaced.columns["note"] == Sales.texts((0..<50).reversed().map { "\($0)" }))
  }

  @Test func aNewColumnIsNullInOlderSegments() throws {
    let store = try Store.open(MemoryDirectory(), mode: .readWrite)
    try store.write { transaction in
      try transaction.declare(Sales.schema)
      let row = Sales.Row(channel: "amazon", order: "1")
      _ = try transaction.upsert(Sales.batch([row]), into: "sale")
    }
    let wider = TableSchema(
      name: "sale",
      fields: Sales.schema.fields + [Field("city", .string, nullable: true)],
      primaryKey: Sales.schema.primaryKey
    )
    try store.write { transaction in
      try transaction.declare(wider)
      var batch = Sales.batch([Sales.Row(channel: "amazon", order: "2")])
      batch.columns["city"] = Sales.texts(["Pune"])
      _ = try transaction.upsert(batch, into: "sale")
    }
    let table = try #require(try store.snapshot().table("sale"))
    #expect(table.schema.version == 2)
    let cities = try TableReader(table).rows().map { $0[8] }
    #expect(cities == [.null, .string("Pune")])
    #expect(table.segments[0].segment.zoneMap(column: 8, block: 0).nullCount == 1)
    #expect(throws: StoreError.self) { try store.write { try $0.declare(Sales.schema) } }
  }

  @Test func aBatchThatDoesNotFitIsRefusedWithItsPlace() throws {
    let store = try Store.open(MemoryDirectory(), mode: .readWrite)
    func message(_ change: (inout RowBatch) -> Void) -> String {
      var batch = Sales.batch([Sales.Row(channel: "amazon", order: "1")])
      change(&batch)
      do {
        try store.write { transaction in
          try transaction.declare(Sales.schema)
          _ = try transaction.upsert(batch, into: "sale")
        }
        return "taken"
      } catch {
        return "\(error)"
      }
    }
    #expect(message { $0.columns["day"] = nil } == "row 0 of the batch has no sale.day")
    #expect(
      message { $0.columns["day"] = .integers([1 << 40], nulls: .none) }
        == "row 0 of the batch has 1099511627776, which does not fit sale.day"
    )
    #expect(
      message { $0.columns["day"] = .integers([1, 2], nulls: .none) }
        == "the batch has 2 values of sale.day, not 1"
    )
    #expect(
      message { $0.columns["channel"] = .strings(codes: [3], values: ["a"], nulls: .none) }
        == "row 0 of the batch has a code of sale.channel without a text"
    )
    #expect(
      message { $0.columns["rate"] = .integers([1], nulls: .none) }
        == "the batch has values of another type for sale.rate"
    )
    #expect(
      message { $0.columns["price"] = .integers([1], nulls: .none) }
        == "the table sale has no column price"
    )
    #expect(try store.snapshot().version == 0)
  }
}
