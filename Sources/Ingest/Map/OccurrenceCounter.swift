/// Numbers the lines of one file that have the same key, from 1 in the order of the file.
///
/// The columns that count are those of the natural key: two lines of one order with one listing get
/// 1 and 2 whether or not the rest of them is the same, so no line is lost and a line that appears
/// twice on purpose counts twice. A key is remembered as 120 bits of hash.
struct OccurrenceCounter: Sendable {
  private let positions: [Int]
  private var counts = KeyCounts()

  init(positions: [Int]) {
    self.positions = positions
  }

  /// Returns the number of every row of a page; flawed rows count as well.
  mutating func numbers(for page: DecodedPage) -> [UInt32] {
    var numbers = [UInt32](repeating: 1, count: page.rowCount)
    guard !positions.isEmpty else { return numbers }
    let bytes = page.bytes.span
    var keys: [(UInt64, UInt64)] = []
    keys.reserveCapacity(page.rowCount)
    for row in 0..<page.rowCount {
      var first: UInt64 = 0xCBF2_9CE4_8422_2325
      var second: UInt64 = 0x6C62_272E_07BB_0142
      for position in positions {
        let range = page.field(row: row, column: position)
        // Fields are hashed one after another, each with its length, so that shifting a byte from
        // one field to the next makes another key.
        first = ByteHash.hash(bytes, range, seed: first ^ UInt64(range.count))
        second = ByteHash.hash(bytes, range, seed: second &+ UInt64(range.count))
      }
      keys.append((first, second))
    }
    var start = 0
    while start < keys.count {
      let end = min(start + KeyCounts.ahead, keys.count)
      counts.touch(keys[start..<end])
      for row in start..<end { numbers[row] = counts.next(keys[row].0, keys[row].1) }
      start = end
    }
    return numbers
  }
}

/// How often each of many keys was seen, in 16 bytes a key.
///
/// Open addressing with linear probing; at most seven of eight places are taken.
private struct KeyCounts: Sendable {
  private struct Place {
    var first: UInt64
    /// 56 bits of the key and the count in the lowest 8, which is 0 for an empty place only.
    var second: UInt64
  }

  private static let countMask: UInt64 = 0xFF

  /// Keys whose places are read ahead of their turn.
  static let ahead = 256

  private var places = [Place](repeating: Place(first: 0, second: 0), count: 1_024)
  private var keyCount = 0
  /// How often keys were seen beyond what a place holds, by place; few keys come so often.
  private var more: [Int: UInt32] = [:]
  /// What reading ahead has seen, so that it is not left out.
  private var seen: UInt64 = 0

  /// Reads the places of keys that come next: these reads wait for memory together, since none waits
  /// for another key's work.
  mutating func touch(_ keys: ArraySlice<(UInt64, UInt64)>) {
    var found: UInt64 = 0
    for (first, _) in keys { found |= places[home(first)].second }
    seen = found
  }

  /// Counts a key and returns how often it was seen with this time.
  mutating func next(_ first: UInt64, _ second: UInt64) -> UInt32 {
    if keyCount >= places.count / 8 * 7 { grow() }
    let place = find(first, second)
    let count = places[place].second & KeyCounts.countMask
    if count == KeyCounts.countMask {
      more[place, default: 0] += 1
      return UInt32(count) + (more[place] ?? 0)
    }
    if count == 0 {
      keyCount += 1
      places[place] = Place(first: first, second: second & ~KeyCounts.countMask | 1)
    } else {
      places[place].second += 1
    }
    return UInt32(count) + 1
  }

  /// The place of a key, or the empty one where it belongs.
  private func find(_ first: UInt64, _ second: UInt64) -> Int {
    let mask = places.count &- 1
    let wanted = second & ~KeyCounts.countMask
    var place = home(first)
    while places[place].second != 0,
      places[place].first != first || places[place].second & ~KeyCounts.countMask != wanted
    {
      place = (place &+ 1) & mask
    }
    return place
  }

  private func home(_ first: UInt64) -> Int {
    Int(truncatingIfNeeded: (first &* 0x9E37_79B9_7F4A_7C15) >> 20) & (places.count &- 1)
  }

  private mutating func grow() {
    let old = places
    let oldMore = more
    places = [Place](repeating: Place(first: 0, second: 0), count: old.count * 2)
    more = [:]
    for (index, entry) in old.enumerated() where entry.second != 0 {
      let place = find(entry.first, entry.second)
      places[place] = entry
      if let rest = oldMore[index] { more[place] = rest }
    }
  }
}
