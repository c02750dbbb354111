import ColumnStore
import TestKit

/// What the store must hold after a history, by the plainest of means.
struct SalesModel: Equatable {
  private(set) var rows: [String: Sales.Row] = [:]

  static func key(_ row: Sales.Row) -> String { row.channel + "/" + row.order }

  mutating func upsert(_ batch: [Sales.Row]) {
    for row in batch {
      let key = Self.key(row)
      if let old = rows[key], old.seen >= row.seen { continue }
      rows[key] = row
    }
  }

  /// Replaces slices of one channel's day.
  mutating func replaceSlices(_ batches: [[Sales.Row]]) {
    struct Slice: Hashable {
      let channel: String
      let day: Int64
    }
    let before = rows
    var newest: [Slice: Int64] = [:]
    for row in before.values {
      let slice = Slice(channel: row.channel, day: row.day)
      newest[slice] = max(newest[slice] ?? .min, row.seen)
    }
    var replaced: Set<Slice> = []
    var found: Set<String> = []
    for batch in batches {
      let taken = batch.filter {
        $0.seen >= newest[Slice(channel: $0.channel, day: $0.day)] ?? .min
      }
      for row in taken {
        replaced.insert(Slice(channel: row.channel, day: row.day))
        found.insert(Self.key(row))
      }
      upsert(taken)
    }
    for (key, row) in before where !found.contains(key) {
      if replaced.contains(Slice(channel: row.channel, day: row.day)) { rows[key] = nil }
    }
  }
}

/// Draws random histories of small commits.
struct SalesHistory {
  var random: SeededRandom
  /// Later rows are mostly newer, but not always.
  private var horizon: Int64 = 200
  /// Versions are drawn once each, so that no two rows have the same.
  private var versions: Set<Int64> = []

  init(seed: UInt64) {
    random = SeededRandom(seed: seed)
  }

  mutating func row(keys: Int) -> Sales.Row {
    let index = Int.random(in: 0..<keys, using: &random)
    var row = Sales.Row(channel: ["amazon", "zepto", "own"][index % 3], order: "o\(index)")
    row.day = 20_000 + Int64.random(in: 0..<4, using: &random)
    row.amount = Bool.random(using: &random) ? nil : .random(in: -9_999...9_999, using: &random)
    row.rate = Bool.random(using: &random) ? nil : .random(in: -1...1, using: &random)
    row.note =
      Bool.random(using: &random) ? nil : "n\(Int.random(in: 0..<50, using: &random))"
    row.source = "f\(Int.random(in: 0..<5, using: &random)).csv"
    horizon += 100
    repeat {
      row.seen = .random(in: horizon / 2..<horizon, using: &random)
    } while !versions.insert(row.seen).inserted
    return row
  }

  mutating func batch(keys: Int, upTo limit: Int) -> [Sales.Row] {
    (0..<Int.random(in: 1...limit, using: &random)).map { _ in row(keys: keys) }
  }
}
