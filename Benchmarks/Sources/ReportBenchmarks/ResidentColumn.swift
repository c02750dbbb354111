import ColumnStore
import Dispatch

/// A table whose columns are far larger than the processor's caches, and plain reading to compare
/// with.
final class ResidentColumn {
  /// The rows of the table.
  static let rowCount = 1 << 25

  /// A scan and the bytes that it reads.
  struct Scan {
    let name: String
    let plan: ScanPlan
    let byteCount: Int
  }

  private static let batchRows = 1 << 20
  private static let threads = 2

  private let backend: LocalBackend
  private let memory = [UInt64](repeating: 1, count: ResidentColumn.rowCount / 2)

  /// Fills the table and reads it once.
  init() throws {
    let schema = TableSchema(
      name: "rows",
      fields: [Field("id", .int64), Field("small", .int32), Field("amount", .int32)],
      primaryKey: ["id"]
    )
    let store = try Store.open(
      MemoryDirectory(),
      mode: .readWrite,
      cacheByteBudget: 8 << 30
    )
    try store.write { transaction in
      try transaction.declare(schema)
      for first in stride(from: 0, to: ResidentColumn.rowCount, by: ResidentColumn.batchRows) {
        let ids = (first..<(first + ResidentColumn.batchRows)).map { Int64($0) }
        // Fibonacci hashing: values without an order.
        let mixed = ids.map { UInt64(bitPattern: $0 &+ 1) &* 0x9E37_79B9_7F4A_7C15 }
        let batch = RowBatch(
          columns: [
            "id": .integers(ids, nulls: .none),
            "small": .integers(mixed.map { Int64($0 >> 57) }, nulls: .none),
            "amount": .integers(mixed.map { Int64($0 >> 40 & 0xFF_FFFF) }, nulls: .none),
          ],
          rowCount: ids.count
        )
        _ = try transaction.upsert(batch, into: "rows")
      }
    }
    backend = LocalBackend(
      snapshot: try store.snapshot(),
      pool: ScanPool(threads: ResidentColumn.threads)
    )
    for scan in scans { run(scan.plan) }
  }

  /// The scans.
  var scans: [Scan] {
    let small = Predicate.compare(.column("small"), .less, .literal(.integer(64), .int32))
    return [
      Scan(
        name: "filter, 1 byte a row",
        plan: ScanPlan(
          table: "rows",
          filter: small,
          aggregates: [Aggregate("rows", .countRows)]
        ),
        byteCount: ResidentColumn.rowCount
      ),
      Scan(
        name: "sum, 4 bytes a row",
        plan: ScanPlan(
          table: "rows",
          aggregates: [
            Aggregate("sum", .sum(.column("amount")), filter: small)
          ]
        ),
        byteCount: ResidentColumn.rowCount * 5
      ),
    ]
  }

  /// Runs a scan.
  func run(_ plan: ScanPlan) {
    do {
      _ = try backend.executeNow(plan, limits: ScanLimits())
    } catch {
      preconditionFailure("\(error)")
    }
  }

  /// Reads so many bytes with as many threads.
  func read(byteCount: Int) {
    let words = byteCount / 8 / ResidentColumn.threads
    let memory = memory
    let part = memory.count / ResidentColumn.threads
    DispatchQueue.concurrentPerform(iterations: ResidentColumn.threads) { thread in
      var left = words
      var sum: UInt64 = 0
      while left > 0 {
        let count = min(left, part)
        sum &+= memory.span.extracting((thread * part)..<(thread * part + count)).sum()
        left -= count
      }
      precondition(sum > 0, "the words are ones")
    }
  }
}

extension Span<UInt64> {
  fileprivate func sum() -> UInt64 {
    var sum: UInt64 = 0
    for place in indices { sum &+= self[place] }
    return sum
  }
}
