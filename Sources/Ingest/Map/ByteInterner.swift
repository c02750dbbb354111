import ColumnStore

/// Numbers the different byte strings of a page, so that work on texts is done once per text.
///
/// A string of up to 16 bytes is kept as two words beside its length, so that comparing it touches
/// nothing else; of a longer one the words are its hash and its beginning, and its bytes are compared.
struct ByteInterner {
  private struct Entry {
    let first: UInt64
    let second: UInt64
    let start: UInt32
    let count: UInt32
  }

  /// The upper half of a hash, and one more than a number; zero is free.
  private var slots: [UInt64]
  private var shift: UInt64
  private var entries: [Entry] = []
  private var arena: [UInt8] = []
  /// The string of the last call, if it was a short one: columns repeat what the row before has.
  private var lastWords: (UInt64, UInt64) = (0, 0)
  private var lastCount = -1
  private var lastNumber: UInt32 = 0

  init(capacity: Int = 256) {
    var bits: UInt64 = 6
    while (1 << bits) < capacity * 2 { bits += 1 }
    slots = [UInt64](repeating: 0, count: 1 << bits)
    shift = 64 - bits
  }

  /// The number of different strings.
  var count: Int { entries.count }

  /// The strings in the order of their numbers.
  var texts: TextList {
    TextList(utf8: arena, ends: entries.map { $0.start + $0.count })
  }

  /// Returns the number of a string, from 0, giving a new one to a new string.
  @inline(__always)
  mutating func number(of bytes: borrowing Span<UInt8>, _ range: Range<Int>) -> UInt32 {
    let count = range.count
    guard count <= 16 else {
      let words = (ByteHash.hash(bytes, range), ByteWords.load(bytes, range.lowerBound))
      return number(of: bytes, range, words)
    }
    let words = ByteHash.words(bytes, range)
    if count == lastCount, words == lastWords { return lastNumber }
    lastWords = words
    lastCount = count
    lastNumber = number(of: bytes, range, words)
    return lastNumber
  }

  @inline(__always)
  private mutating func number(
    of bytes: borrowing Span<UInt8>,
    _ range: Range<Int>,
    _ words: (UInt64, UInt64)
  ) -> UInt32 {
    let count = range.count
    let hash = ByteHash.mix(words.0 ^ UInt64(truncatingIfNeeded: count) << 56, words.1)
    let mask = slots.count &- 1
    var slot = Int(truncatingIfNeeded: hash >> shift)
    while slots[slot] != 0 {
      let found = slots[slot]
      if found >> 32 == hash >> 32 {
        let number = Int(found & 0xFFFF_FFFF) &- 1
        let entry = entries[number]
        if entry.first == words.0, entry.second == words.1, Int(entry.count) == count,
          count <= 16 || isEqual(Int(entry.start), bytes, range)
        {
          return UInt32(truncatingIfNeeded: number)
        }
      }
      slot = (slot &+ 1) & mask
    }
    return add(bytes, range, words, hash: hash, slot: slot)
  }

  private mutating func add(
    _ bytes: borrowing Span<UInt8>,
    _ range: Range<Int>,
    _ words: (UInt64, UInt64),
    hash: UInt64,
    slot: Int
  ) -> UInt32 {
    let number = entries.count
    slots[slot] = hash & ~0xFFFF_FFFF | UInt64(number + 1)
    entries.append(
      Entry(
        first: words.0,
        second: words.1,
        start: UInt32(arena.count),
        count: UInt32(range.count)
      )
    )
    ByteWords.append(bytes, range, to: &arena)
    if entries.count * 2 > slots.count { grow() }
    return UInt32(number)
  }

  private func isEqual(
    _ start: Int,
    _ bytes: borrowing Span<UInt8>,
    _ range: Range<Int>
  ) -> Bool {
    ByteWords.areEqual(arena.span, start, bytes, range.lowerBound, count: range.count)
  }

  private mutating func grow() {
    let former = slots
    slots = [UInt64](repeating: 0, count: former.count * 2)
    shift -= 1
    let mask = slots.count - 1
    for entry in former where entry != 0 {
      var slot = Int(truncatingIfNeeded: entry >> shift)
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = entry
    }
  }
}

/// Quick hashes of bytes; never stored.
enum ByteHash {
  /// Returns a string of at most 16 bytes as two words.
  @inline(__always)
  static func words(_ bytes: borrowing Span<UInt8>, _ range: Range<Int>) -> (UInt64, UInt64) {
    let (start, count) = (range.lowerBound, range.count)
    guard start &+ 16 <= bytes.count else { return shortWords(bytes, range) }
    return (
      ByteWords.load(bytes, start, count: min(count, 8)),
      ByteWords.load(bytes, start &+ 8, count: max(count, 8) &- 8)
    )
  }

  /// The same at the end of a buffer.
  private static func shortWords(
    _ bytes: borrowing Span<UInt8>,
    _ range: Range<Int>
  ) -> (UInt64, UInt64) {
    var words: (UInt64, UInt64) = (0, 0)
    for index in range.reversed() {
      if index - range.lowerBound >= 8 {
        words.1 = words.1 << 8 | UInt64(bytes[index])
      } else {
        words.0 = words.0 << 8 | UInt64(bytes[index])
      }
    }
    return words
  }

  /// Mixes two words.
  @inline(__always)
  static func mix(_ first: UInt64, _ second: UInt64) -> UInt64 {
    let product = (first ^ 0x9E37_79B9_7F4A_7C15)
      .multipliedFullWidth(by: second ^ 0xD6E8_FEB8_6659_FD93)
    return (product.high ^ product.low) &* 0x9E37_79B9_7F4A_7C15
  }

  /// Hashes a string of any length.
  @inline(__always)
  static func hash(
    _ bytes: borrowing Span<UInt8>,
    _ range: Range<Int>,
    seed: UInt64 = 0xCBF2_9CE4_8422_2325
  ) -> UInt64 {
    let count = range.count
    var hash = seed ^ UInt64(truncatingIfNeeded: count)
    if count > 16, count <= 32 {
      // Two halves that may overlap, apart from each other.
      let (start, end) = (range.lowerBound, range.upperBound)
      let first = mix(hash ^ ByteWords.load(bytes, start), ByteWords.load(bytes, start &+ 8))
      let last = mix(hash ^ ByteWords.load(bytes, end &- 16), ByteWords.load(bytes, end &- 8))
      return mix(first, last)
    }
    var start = range.lowerBound
    while start &+ 16 <= range.upperBound {
      let words = words(bytes, start..<(start &+ 16))
      hash = mix(hash ^ words.0, words.1)
      start &+= 16
    }
    let words = words(bytes, start..<range.upperBound)
    return mix(hash ^ words.0, words.1 ^ hash >> 32)
  }
}
