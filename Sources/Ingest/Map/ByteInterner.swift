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
  mutating func number(of bytes: borrowing Span<UInt8>, _ range: Range<Int>) -> UInt32 {
    let words = ByteInterner.words(bytes, range)
    let hash = ByteInterner.hash(words, count: range.count)
    switch find(bytes, range, words, hash: hash) {
    case .number(let number): return number
    case .slot(let slot): return add(bytes, range, words, hash: hash, slot: slot)
    }
  }

  /// Where a search ends.
  private enum Place {
    case number(UInt32)
    /// The string is new, and would be found from this slot.
    case slot(Int)
  }

  @inline(__always)
  private static func words(
    _ bytes: borrowing Span<UInt8>,
    _ range: Range<Int>
  ) -> (UInt64, UInt64) {
    range.count <= 16
      ? ByteHash.words(bytes, range)
      : (ByteHash.hash(bytes, range), ByteWords.load(bytes, range.lowerBound))
  }

  @inline(__always)
  private static func hash(_ words: (UInt64, UInt64), count: Int) -> UInt64 {
    ByteHash.mix(words.0 ^ UInt64(truncatingIfNeeded: count) << 56, words.1)
  }

  @inline(__always)
  private func find(
    _ bytes: borrowing Span<UInt8>,
    _ range: Range<Int>,
    _ words: (UInt64, UInt64),
    hash: UInt64
  ) -> Place {
    let count = range.count
    let mask = slots.count &- 1
    var slot = Int(truncatingIfNeeded: hash >> shift)
    while true {
      let found = slots[slot]
      if found == 0 { return .slot(slot) }
      if found >> 32 == hash >> 32 {
        let number = Int(truncatingIfNeeded: found & 0xFFFF_FFFF) &- 1
        let entry = entries[number]
        if entry.first == words.0, entry.second == words.1, Int(entry.count) == count,
          count <= 16 || isEqual(Int(entry.start), bytes, range)
        {
          return .number(UInt32(truncatingIfNeeded: number))
        }
      }
      slot = (slot &+ 1) & mask
    }
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

  private mutating func grow() { grow(bits: 1) }

  /// Makes room for a number of strings, if there is not enough.
  private mutating func reserve(_ count: Int) {
    var bits: UInt64 = 0
    while slots.count << bits < count * 2 { bits += 1 }
    if bits > 0 { grow(bits: bits) }
    entries.reserveCapacity(count)
    if entries.count > 0 { arena.reserveCapacity(arena.count / entries.count * count) }
  }

  private mutating func grow(bits: UInt64) {
    let former = slots
    slots = [UInt64](repeating: 0, count: former.count << bits)
    shift -= bits
    let mask = slots.count - 1
    for entry in former where entry != 0 {
      var slot = Int(truncatingIfNeeded: entry >> shift)
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = entry
    }
  }
}

// MARK: - Columns

extension ByteInterner {
  /// A field that is new.
  private struct Newcomer {
    let row: Int
    let range: Range<Int>
    let words: (UInt64, UInt64)
    let hash: UInt64
    let slot: Int
  }

  /// Rows after which it is estimated how many strings there will be.
  private static let sampleRows = 512

  /// Numbers the fields of a column from 1, in the order of their first appearance; empty fields
  /// stay 0.
  mutating func number(_ page: DecodedPage, column: Int, into codes: inout MutableSpan<UInt32>) {
    var row = 0
    var isEstimated = false
    while let new = known(page, column: column, from: row, &codes) {
      row = new.row
      if !isEstimated, row >= ByteInterner.sampleRows {
        isEstimated = true
        reserve(entries.count * codes.count / row)
        // The slots have moved; the field is looked up again.
        continue
      }
      let number = add(page.bytes.span, new.range, new.words, hash: new.hash, slot: new.slot)
      codes[row] = number &+ 1
      row &+= 1
    }
  }

  /// Numbers fields until one is new; it changes nothing here, so that the loop keeps all that it
  /// needs at hand.
  private func known(
    _ page: DecodedPage,
    column: Int,
    from first: Int,
    _ codes: inout MutableSpan<UInt32>
  ) -> Newcomer? {
    let (bytes, starts, ends) = (page.bytes.span, page.starts.span, page.ends.span)
    let stride = page.columnCount
    // Columns repeat what the row before has, and short strings are compared at once.
    var last: (words: (UInt64, UInt64), count: Int, code: UInt32) = ((0, 0), -1, 0)
    var place = first &* stride &+ column
    for row in first..<codes.count {
      let range = DecodedPage.trimmed(bytes, Int(starts[place])..<Int(ends[place]))
      place &+= stride
      if range.isEmpty { continue }
      let words = ByteInterner.words(bytes, range)
      if range.count == last.count, words == last.words {
        codes[row] = last.code
        continue
      }
      let hash = ByteInterner.hash(words, count: range.count)
      switch find(bytes, range, words, hash: hash) {
      case .slot(let slot):
        return Newcomer(row: row, range: range, words: words, hash: hash, slot: slot)
      case .number(let number):
        codes[row] = number &+ 1
        if range.count <= 16 { last = (words, range.count, number &+ 1) }
      }
    }
    return nil
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
