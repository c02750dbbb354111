/// Finds rows by the hashes of their keys, in an open table of four bytes a slot.
///
/// Different keys may have equal hashes; whoever asks compares the keys of what it gets.
struct KeyIndex: Sendable {
  /// One more than a row; zero is free.
  private(set) var slots: [UInt32]
  /// The hash of every row, also of rows that are not in the table.
  private(set) var hashes: [UInt64]
  private var used = 0
  /// Keeps loads from being left out.
  private var touched: UInt32 = 0

  /// Makes an empty index.
  init() {
    slots = Array(repeating: 0, count: 16)
    hashes = []
  }

  /// Makes an index with the hashes of rows, none of which can be found yet; at most `capacity` of
  /// them will be let in.
  init(hashes: [UInt64], capacity: Int) {
    self.slots = Array(repeating: 0, count: KeyIndex.slotCount(capacity))
    self.hashes = hashes
  }

  private static func slotCount(_ rows: Int) -> Int {
    var size = 16
    while size < rows * 2 { size *= 2 }
    return size
  }

  /// Makes room for a number of rows, all of which can be found.
  mutating func reserveCapacity(_ rows: Int) {
    hashes.reserveCapacity(rows)
    let slotCount = KeyIndex.slotCount(rows)
    guard slots.count < slotCount else { return }
    slots = LargePages.zeros(slotCount)
    used = 0
    for row in hashes.indices { insert(row) }
  }

  /// Removes all rows and keeps the memory.
  mutating func removeAll() {
    for place in slots.indices { slots[place] = 0 }
    hashes.removeAll(keepingCapacity: true)
    used = 0
  }

  /// Adds the next rows.
  mutating func append(_ added: ArraySlice<UInt64>) {
    var first = added.startIndex
    while first < added.endIndex {
      let end = min(first + Self.groupCount, added.endIndex)
      // Loads that do not wait for one another take the time of one.
      var sum: UInt32 = 0
      for place in first..<end { sum |= slots[start(added[place])] }
      touched = sum
      for place in first..<end { append(added[place]) }
      first = end
    }
  }

  /// Rows that are added side by side.
  private static let groupCount = 64

  /// Tells whether some row has a hash.
  func contains(_ hash: UInt64) -> Bool {
    var place = start(hash)
    return next(&place, hash: hash) != nil
  }

  /// The place at which a search for a hash begins.
  @inline(__always)
  func start(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash) & (slots.count - 1) }

  /// Goes on from a place and returns the next row with that hash; the place moves past it.
  @inline(__always)
  func next(_ place: inout Int, hash: UInt64) -> Int? {
    while true {
      let slot = slots[place]
      guard slot != 0 else { return nil }
      place = (place + 1) & (slots.count - 1)
      let row = Int(slot) - 1
      if hashes[row] == hash { return row }
    }
  }

  /// Lets a row be found whose hash was given at the start.
  mutating func insert(_ row: Int) {
    var place = start(hashes[row])
    while slots[place] != 0 { place = (place + 1) & (slots.count - 1) }
    slots[place] = UInt32(row + 1)
    used += 1
  }

  /// Puts a row into the place of another one with the same hash.
  mutating func replace(_ row: Int, by other: Int) {
    var place = start(hashes[row])
    while slots[place] != UInt32(row + 1) { place = (place + 1) & (slots.count - 1) }
    slots[place] = UInt32(other + 1)
  }

  /// Adds the next row.
  mutating func append(_ hash: UInt64) {
    hashes.append(hash)
    if (used + 1) * 2 > slots.count {
      slots = Array(repeating: 0, count: slots.count * 2)
      used = 0
      for row in hashes.indices.dropLast() { insert(row) }
    }
    insert(hashes.count - 1)
  }

  /// Appends to two lists every row here, and the position there, that have equal hashes.
  func match(_ others: [UInt64], rows: inout [Int], positions: inout [Int]) {
    let mask = slots.count - 1
    for position in others.indices {
      let hash = others[position]
      var place = Int(truncatingIfNeeded: hash) & mask
      while slots[place] != 0 {
        let row = Int(slots[place]) - 1
        if hashes[row] == hash {
          rows.append(row)
          positions.append(position)
        }
        place = (place + 1) & mask
      }
    }
  }
}
