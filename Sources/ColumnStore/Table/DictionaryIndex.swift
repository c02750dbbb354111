/// Finds the codes of texts by their hash, in an open table of eight bytes an entry.
struct DictionaryIndex: Sendable {
  /// The upper half of a hash, and one more than a code; zero is free.
  private var slots: [UInt64]
  private var used = 0

  /// Makes an index with room for some texts.
  init(capacity: Int) {
    var size = 16
    while size * 2 < capacity * 3 { size *= 2 }
    slots = Array(repeating: 0, count: size)
  }

  /// The place at which a search for a hash begins.
  @inline(__always)
  func start(_ hash: UInt64) -> Int { Int(hash & UInt64(slots.count - 1)) }

  /// Goes on from a place and returns the next code with that hash; the place moves past it.
  @inline(__always)
  func next(_ place: inout Int, hash: UInt64) -> Int? {
    while true {
      let slot = slots[place]
      guard slot != 0 else { return nil }
      place = (place + 1) & (slots.count - 1)
      if slot >> 32 == hash >> 32 { return Int(slot & 0xFFFF_FFFF) - 1 }
    }
  }

  /// Adds a code that is not there; `hashOf` gives the hash of a code when the table grows.
  mutating func insert(_ code: Int, hash: UInt64, hashOf: (Int) -> UInt64) {
    if (used + 1) * 3 > slots.count * 2 {
      var larger = DictionaryIndex(capacity: 0)
      larger.slots = Array(repeating: 0, count: slots.count * 2)
      for slot in slots where slot != 0 {
        let code = Int(slot & 0xFFFF_FFFF) - 1
        larger.place(code, hash: hashOf(code))
      }
      self = larger
    }
    place(code, hash: hash)
  }

  private mutating func place(_ code: Int, hash: UInt64) {
    var place = start(hash)
    while slots[place] != 0 { place = (place + 1) & (slots.count - 1) }
    slots[place] = (hash & ~0xFFFF_FFFF) | UInt64(code + 1)
    used += 1
  }
}
