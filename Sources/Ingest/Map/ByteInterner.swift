/// Numbers the different byte strings of a page, so that work on texts is done once per text.
struct ByteInterner {
  private var slots: [UInt32]
  private var hashes: [UInt64] = []
  private var ends: [Int] = [0]
  private var arena: [UInt8] = []

  init(capacity: Int = 256) {
    var size = 64
    while size < capacity * 2 { size *= 2 }
    slots = [UInt32](repeating: 0, count: size)
  }

  /// The number of different strings.
  var count: Int { hashes.count }

  /// The strings in the order of their numbers.
  var strings: [String] {
    (0..<count).map { String(decoding: arena[ends[$0]..<ends[$0 + 1]], as: UTF8.self) }
  }

  /// Returns the number of a string, from 0, giving a new one to a new string.
  mutating func number(of bytes: borrowing Span<UInt8>, _ range: Range<Int>) -> UInt32 {
    let hash = ByteHash.hash(bytes, range)
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 {
      let number = Int(slots[slot]) - 1
      if hashes[number] == hash, isEqual(number, bytes, range) { return UInt32(number) }
      slot = (slot + 1) & mask
    }
    let number = hashes.count
    slots[slot] = UInt32(number + 1)
    hashes.append(hash)
    for index in range { arena.append(bytes[index]) }
    ends.append(arena.count)
    if hashes.count * 2 > slots.count { grow() }
    return UInt32(number)
  }

  private func isEqual(
    _ number: Int,
    _ bytes: borrowing Span<UInt8>,
    _ range: Range<Int>
  ) -> Bool {
    let start = ends[number]
    guard ends[number + 1] - start == range.count else { return false }
    var index = start
    for other in range {
      if arena[index] != bytes[other] { return false }
      index += 1
    }
    return true
  }

  private mutating func grow() {
    var larger = [UInt32](repeating: 0, count: slots.count * 2)
    let mask = larger.count - 1
    for (number, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & mask
      while larger[slot] != 0 { slot = (slot + 1) & mask }
      larger[slot] = UInt32(number + 1)
    }
    slots = larger
  }
}

/// A quick hash of bytes (FNV-1a steps with a final mix); never stored.
enum ByteHash {
  @inline(__always)
  static func hash(
    _ bytes: borrowing Span<UInt8>,
    _ range: Range<Int>,
    seed: UInt64 = 0xCBF2_9CE4_8422_2325
  ) -> UInt64 {
    var hash = seed
    for index in range {
      hash = (hash ^ UInt64(bytes[index])) &* 0x0000_0100_0000_01B3
    }
    hash ^= hash >> 32
    hash = hash &* 0x9E37_79B9_7F4A_7C15
    return hash ^ (hash >> 29)
  }
}
