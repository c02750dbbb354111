import ColumnStore
import Foundation
import TestKit
import Testing

/// A small table of sales for tests of the store.
enum Sales {
  static let schema = TableSchema(
    name: "sale",
    fields: [
      Field("channel", .string),
      Field("order_id", .string),
      Field("day", .date),
      Field("amount", .decimal, nullable: true),
      Field("rate", .float64, nullable: true),
      Field("note", .string, nullable: true, text: .plain),
      Field("seen", .timestamp, role: .version),
      Field("source", .string, nullable: true, role: .provenance),
    ],
    primaryKey: ["channel", "order_id"],
    sortOrder: ["day"]
  )

  struct Row: Equatable, Hashable {
    var channel: String
    var order: String
    var day: Int64 = 20_000
    var amount: Int64? = 10_000
    var rate: Double? = 0.5
    var note: String?
    var seen: Int64 = 1
    var source: String? = "a.csv"
  }

  static func texts(_ values: [String?]) -> RowBatch.Column {
    var places: [String: UInt32] = [:]
    var distinct: [String] = []
    var codes: [UInt32] = []
    for value in values {
      guard let value else {
        codes.append(0)
        continue
      }
      if places[value] == nil {
        places[value] = UInt32(distinct.count)
        distinct.append(value)
      }
      codes.append(places[value] ?? 0)
    }
    let flags = values.map { $0 == nil }
    return .strings(
      codes: codes,
      values: distinct,
      nulls: flags.contains(true) ? RowNulls(flags: flags) : .none
    )
  }

  static func batch(_ rows: [Row]) -> RowBatch {
    RowBatch(
      columns: [
        "channel": texts(rows.map(\.channel)),
        "order_id": texts(rows.map(\.order)),
        "day": .integers(rows.map(\.day), nulls: .none),
        "amount": .integers(
          rows.map { $0.amount ?? 99 },
          nulls: RowNulls(flags: rows.map { $0.amount == nil })
        ),
        "rate": .doubles(
          rows.map { $0.rate ?? .nan },
          nulls: .none
        ),
        "note": texts(rows.map(\.note)),
        "seen": .integers(rows.map(\.seen), nulls: .none),
        "source": texts(rows.map(\.source)),
      ],
      rowCount: rows.count
    )
  }

  /// All live rows of a snapshot, by key.
  static func rows(_ snapshot: Snapshot) throws -> [String: Row] {
    guard let table = snapshot.table("sale") else { return [:] }
    let reader = TableReader(table)
    var result: [String: Row] = [:]
    for row in try reader.rows() {
      guard case .string(let channel) = row[0], case .string(let order) = row[1],
        case .integer(let day) = row[2], case .integer(let seen) = row[6]
      else { throw StoreError.mismatch("a row without a key") }
      var value = Row(channel: channel, order: order, day: day, seen: seen)
      value.amount = if case .integer(let amount) = row[3] { amount } else { nil }
      value.rate = if case .double(let rate) = row[4] { rate } else { nil }
      value.note = if case .string(let note) = row[5] { note } else { nil }
      value.source = if case .string(let source) = row[7] { source } else { nil }
      let former = result.updateValue(value, forKey: channel + "/" + order)
      #expect(former == nil, "a key is there once")
    }
    #expect(result.count == table.rowCount)
    return result
  }
}

@Suite struct StoreTests {
  @Test func committedRowsComeBackAfterReopening() throws {
    let path = FileManager.default.temporaryDirectory.path + "/store-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    var rows: [Sales.Row] = []
    for index in 0..<1_000 {
      var row = Sales.Row(channel: index % 2 == 0 ? "amazon" : "zepto", order: "o\(index)")
      row.day = 20_000 - Int64(index % 400)
      row.amount = index % 7 == 0 ? nil : Int64(index) * 100
      row.rate = index % 5 == 0 ? nil : Double(index) / 3
      row.note = index % 3 == 0 ? nil : "note \(index) ₹"
      rows.append(row)
    }
    let store = try Store.open(DiskDirectory(path: path + "/data/store"), mode: .readWrite)
    let outcome = try store.write { transaction in
      try transaction.declare(Sales.schema)
      transaction.annotations["file"] = "1"
      return try transaction.upsert(Sales.batch(rows), into: "sale")
    }
    #expect(outcome.count(of: .inserted) == 1_000)
    let again = try Store.open(DiskDirectory(path: path + "/data/store"), mode: .read)
    let snapshot = try again.snapshot()
    #expect(snapshot.version == 1)
    #expect(snapshot.annotations == ["file": "1"])
    let found = try Sales.rows(snapshot)
    #expect(found.count == 1_000)
    for row in rows { #expect(found[row.channel + "/" + row.order] == row) }
  }

  @Test func committingTheSameRowsTwiceChangesNothing() throws {
    let directory = MemoryDirectory()
    let store = try Store.open(directory, mode: .readWrite)
    let batch = Sales.batch((0..<100).map { Sales.Row(channel: "amazon", order: "o\($0)") })
    try store.write { transaction in
      try transaction.declare(Sales.schema)
      _ = try transaction.upsert(batch, into: "sale")
    }
    let files = directory.files
    let outcome = try store.write { try $0.upsert(batch, into: "sale") }
    #expect(outcome.kinds.allSatisfy { $0 == .unchanged })
    #expect(directory.files == files)
  }

  @Test func newerVersionsReplaceAndReturnWhatTheyReplaced() throws {
    let store = try Store.open(MemoryDirectory(), mode: .readWrite)
    try store.write { transaction in
      try transaction.declare(Sales.schema)
      _ = try transaction.upsert(
        Sales.batch([
          Sales.Row(channel: "amazon", order: "1", amount: 5),
          Sales.Row(channel: "amazon", order: "2", amount: 6),
        ]),
        into: "sale"
      )
    }
    let outcome = try store.write { transaction in
      try transaction.upsert(
        Sales.batch([
          Sales.Row(channel: "amazon", order: "3", amount: 7),
          Sales.Row(channel: "amazon", order: "2", amount: 8, seen: 2),
          Sales.Row(channel: "amazon", order: "1", amount: 9, seen: 0),
        ]),
        into: "sale",
        returning: ["order_id", "amount"]
      )
    }
    #expect(outcome.kinds == [.inserted, .updated, .unchanged])
    #expect(outcome.replaced.columns["amount"] == .integers([6], nulls: .none))
    #expect(
      outcome.replaced.columns["order_id"]
        == .strings(codes: [0], values: ["2"], nulls: .none)
    )
    let rows = try Sales.rows(store.snapshot())
    #expect(rows.mapValues(\.amount) == ["amazon/1": 5, "amazon/2": 8, "amazon/3": 7])
  }

  @Test func writersTakeTurnsAndReadersSeeWholeCommits() async throws {
    let path = FileManager.default.temporaryDirectory.path + "/store-\(UUID().uuidString)"
    // Only a temporary directory is left when this fails.
    defer { try? FileManager.default.removeItem(atPath: path) }
    let rule = RetentionRule(versions: 2, grace: .zero)
    let directory = DiskDirectory(path: path + "/store")
    func commit(_ writer: Int, _ round: Int) throws {
      let store = try Store.open(directory, mode: .readWrite, retention: rule)
      try store.write { transaction in
        try transaction.declare(Sales.schema)
        // Each commit moves an amount between two rows, so that the sum never changes.
        let amount = Int64(writer * 100 + round)
        let rows = [
          Sales.Row(channel: "own", order: "a", amount: amount, seen: amount),
          Sales.Row(channel: "own", order: "b", amount: -amount, seen: amount),
          Sales.Row(channel: "own", order: "\(writer)-\(round)", amount: 0),
        ]
        _ = try transaction.upsert(Sales.batch(rows), into: "sale")
      }
    }
    try commit(0, 0)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 1...3 {
        group.addTask {
          for round in 0..<8 { try commit(writer, round) }
        }
      }
      for _ in 0..<2 {
        group.addTask {
          let store = try Store.open(directory, mode: .read)
          var last: UInt64 = 0
          while last < 25 {
            let snapshot = try store.snapshot()
            #expect(snapshot.version >= last)
            last = snapshot.version
            let rows = try Sales.rows(snapshot)
            #expect(rows.values.reduce(0) { $0 + ($1.amount ?? 0) } == 0)
            #expect(rows.count == Int(last) + 2)
            await Task.yield()
          }
        }
      }
      try await group.waitForAll()
    }
    let store = try Store.open(directory, mode: .read)
    #expect(try store.snapshot().version == 25)
    #expect(try store.verify(.everything).damages.isEmpty)
  }
}
