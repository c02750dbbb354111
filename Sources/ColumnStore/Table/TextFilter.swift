/// Tells of most texts that they are in no scratch file, with one look into memory.
///
/// A Bloom filter whose bits of a text are in one word, which the upper half of its hash says; so a
/// filter can be made larger from the halves that were spilled, and making it in their order stays in
/// the caches. It takes a bounded memory: with very many texts it lets more through, never less.
///
/// Source: F. Putze, P. Sanders, J. Singler, "Cache-, Hash- and Space-Efficient Bloom Filters", 2007.
struct TextFilter: Sendable {
  /// Bits for a text, at least, as long as the filter may grow.
  private static let bitsOfText = 12
  /// Words of a filter at most: 64 MiB.
  static let wordLimit = 8 << 20

  private var words: [UInt64]
  /// What the upper half of a hash is shifted by to give the number of a word.
  private let shift: UInt32

  /// Makes an empty filter for a number of texts.
  init(count: Int, wordLimit: Int = TextFilter.wordLimit) {
    var bits: UInt32 = 4
    while 64 << Int(bits) < count * Self.bitsOfText, 2 << Int(bits) <= wordLimit { bits += 1 }
    words = LargePages.zeros(1 << Int(bits))
    shift = 32 - bits
  }

  /// Tells whether it is large enough for a number of texts, or as large as it may be.
  func hasRoom(for count: Int, wordLimit: Int = TextFilter.wordLimit) -> Bool {
    words.count * 64 >= count * Self.bitsOfText || words.count * 2 > wordLimit
  }

  /// Adds a text by the upper half of its hash.
  @inline(__always)
  mutating func insert(_ half: UInt32) {
    words[Int(half >> shift)] |= Self.mask(half)
  }

  /// Tells whether there may be a text with a hash; it brings the word into the caches.
  @inline(__always)
  func mayHave(_ hash: UInt64) -> Bool {
    let half = UInt32(truncatingIfNeeded: hash >> 32)
    let mask = Self.mask(half)
    return words[Int(half >> shift)] & mask == mask
  }

  /// Four bits of a word, which are not always different.
  @inline(__always)
  private static func mask(_ half: UInt32) -> UInt64 {
    let mixed = UInt64(half) &* 0x9E37_79B9_7F4A_7C15
    return 1 << (mixed >> 58) | 1 << (mixed >> 52 & 63) | 1 << (mixed >> 46 & 63)
      | 1 << (mixed >> 40 & 63)
  }
}
