/// Finds the codes of texts by their hash, in an open table of eight bytes an entry.
///
/// The upper bits of a hash say where a search begins, and the upper half of it is kept with the
/// code. So a table that grows needs no text to be hashed again, and its entries move in order.
struct DictionaryIndex: Sendable {
  /// The upper half of a hash, and one more than a code; zero is free.
  private var slots: [UInt64]
  /// What a hash is shifted by to give the place at which a search begins.
  private var shift: UInt64
  private var used = 0

  /// Makes an index with room for some texts.
  init(capacity: Int) {
    var bits: UInt64 = 4
    while (2 << bits) < capacity * 3 { bits += 1 }
    slots = LargePages.zeros(1 << bits)
    shift = 64 - bits
  }

  /// The place at which a search for a hash begins.
  @inline(__always)
  func start(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> shift) }

  /// Goes on from a place and returns the next code with that hash; the place moves past it.
  @inline(__always)
  func next(_ place: inout Int, hash: UInt64) -> Int? {
    while true {
      let slot = slots[place]
      guard slot != 0 else { return nil }
      place = (place &+ 1) & (slots.count &- 1)
      if slot >> 32 == hash >> 32 { return Int(slot & 0xFFFF_FFFF) &- 1 }
    }
  }

  /// The code that a search finds first, or nil; it brings the entry into the caches.
  @inline(__always)
  func first(_ hash: UInt64) -> Int? {
    let slot = slots[start(hash)]
    return slot >> 32 == hash >> 32 ? Int(slot & 0xFFFF_FFFF) &- 1 : nil
  }

  /// The upper halves of the hashes of the first `count` codes, all of which are there.
  func upperHalves(count: Int) -> [UInt32] {
    var halves = [UInt32](repeating: 0, count: count)
    for slot in slots where slot != 0 {
      halves[Int(slot & 0xFFFF_FFFF) &- 1] = UInt32(truncatingIfNeeded: slot >> 32)
    }
    return halves
  }

  /// The bytes that it takes.
  var byteCount: Int { slots.count * MemoryLayout<UInt64>.stride }

  /// Adds a code that is not there.
  mutating func insert(_ code: Int, hash: UInt64) {
    if (used &+ 1) &* 3 > slots.count &* 2 { grow() }
    place((hash & ~0xFFFF_FFFF) | UInt64(code &+ 1))
  }

  private mutating func grow() {
    let former = slots
    slots = LargePages.zeros(former.count * 2)
    shift -= 1
    used = 0
    for slot in former where slot != 0 { place(slot) }
  }

  @inline(__always)
  private mutating func place(_ slot: UInt64) {
    var place = start(slot)
    while slots[place] != 0 { place = (place &+ 1) & (slots.count &- 1) }
    slots[place] = slot
    used &+= 1
  }
}
