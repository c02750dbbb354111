import Synchronization

/// Decoded pages, kept while they fit a budget of bytes.
///
/// Each shard is a clock: a page that was used since the hand last passed it is spared once.
final class PageCache: Sendable {
  /// A page of a segment that was opened.
  struct Key: Hashable, Sendable {
    let segment: UInt64
    let column: UInt32
    let block: UInt32
  }

  private struct Entry {
    let key: Key
    let vector: ColumnVector
    let byteCount: Int
    var isRecent: Bool
  }

  private struct Shard {
    var positions: [Key: Int] = [:]
    var entries: [Entry?] = []
    var free: [Int] = []
    var hand = 0
    var byteCount = 0
  }

  // A class, because a `Mutex` cannot be moved into an array.
  private final class LockedShard: Sendable {
    let state = Mutex(Shard())
  }

  /// What an entry takes besides its values.
  private static let overhead = 256

  private let shards: [LockedShard]
  private let shardBudget: Int
  private let identities = Atomic<UInt64>(0)

  /// Makes a cache of that many bytes; zero keeps nothing.
  init(byteBudget: Int, shardCount: Int = 16) {
    precondition(shardCount > 0, "a cache has a shard")
    shards = (0..<shardCount).map { _ in LockedShard() }
    shardBudget = max(byteBudget, 0) / shardCount
  }

  /// Returns a number that no other segment of this cache has.
  func makeIdentity() -> UInt64 {
    identities.wrappingAdd(1, ordering: .relaxed).newValue
  }

  /// The bytes that are kept now.
  var byteCount: Int {
    shards.reduce(0) { $0 + $1.state.withLock { $0.byteCount } }
  }

  /// Returns a page that is kept.
  func vector(_ key: Key) -> ColumnVector? {
    shard(of: key).state.withLock { shard in
      guard let position = shard.positions[key] else { return nil }
      shard.entries[position]?.isRecent = true
      return shard.entries[position]?.vector
    }
  }

  /// Keeps a page, and drops others until the budget holds.
  func insert(_ vector: ColumnVector, for key: Key) {
    let byteCount = vector.byteCount + PageCache.overhead
    guard byteCount <= shardBudget else { return }
    let budget = shardBudget
    shard(of: key).state.withLock { shard in
      guard shard.positions[key] == nil else { return }
      PageCache.evict(from: &shard, until: budget - byteCount)
      let entry = Entry(key: key, vector: vector, byteCount: byteCount, isRecent: false)
      let position = shard.free.popLast() ?? shard.entries.count
      if position == shard.entries.count {
        shard.entries.append(entry)
      } else {
        shard.entries[position] = entry
      }
      shard.positions[key] = position
      shard.byteCount += byteCount
    }
  }

  private static func evict(from shard: inout Shard, until budget: Int) {
    while shard.byteCount > budget {
      if shard.hand >= shard.entries.count { shard.hand = 0 }
      defer { shard.hand += 1 }
      guard let entry = shard.entries[shard.hand] else { continue }
      if entry.isRecent {
        shard.entries[shard.hand]?.isRecent = false
        continue
      }
      shard.entries[shard.hand] = nil
      shard.free.append(shard.hand)
      shard.positions[entry.key] = nil
      shard.byteCount -= entry.byteCount
    }
  }

  private func shard(of key: Key) -> LockedShard {
    let mixed = (key.segment &* 31 &+ UInt64(key.column)) &* 31 &+ UInt64(key.block)
    return shards[Int((mixed &* 0x9E37_79B9_7F4A_7C15) >> 33) % shards.count]
  }
}
