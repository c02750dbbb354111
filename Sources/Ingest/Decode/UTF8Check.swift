/// Tells whether a stream of bytes is strict UTF-8; a character may be cut by a chunk's end.
///
/// Overlong forms, surrogates and code points above U+10FFFF are refused (Unicode, table 3-7).
struct UTF8Check: Sendable {
  private(set) var isValid = true
  private var pending = 0
  private var hasLongCharacter = false
  private var low: UInt8 = 0x80
  private var high: UInt8 = 0xBF

  /// Looks at the next bytes.
  mutating func consume(_ bytes: Span<UInt8>) {
    guard isValid else { return }
    var index = 0
    while index < bytes.count {
      if pending == 0 { index = UTF8Check.skipASCII(bytes, from: index) }
      guard index < bytes.count else { return }
      let byte = bytes[index]
      index += 1
      if pending == 0 {
        guard begin(byte) else {
          isValid = false
          return
        }
      } else {
        guard byte >= low, byte <= high else {
          isValid = false
          return
        }
        low = 0x80
        high = 0xBF
        pending -= 1
        if pending == 0 { hasLongCharacter = true }
      }
    }
  }

  /// Returns where the next byte of a long character is, or the end.
  @inline(__always)
  private static func skipASCII(_ bytes: borrowing Span<UInt8>, from first: Int) -> Int {
    var index = first
    while index &+ 32 <= bytes.count {
      let words =
        ByteWords.load(bytes, index) | ByteWords.load(bytes, index &+ 8)
        | ByteWords.load(bytes, index &+ 16) | ByteWords.load(bytes, index &+ 24)
      guard words & ByteWords.highBits == 0 else { break }
      index &+= 32
    }
    while index < bytes.count, bytes[index] < 0x80 { index &+= 1 }
    return index
  }

  /// Tells whether the stream as a whole is UTF-8.
  ///
  /// A file that stops inside a character is cut off,
  /// not in another encoding, when it has complete long characters before.
  var isSatisfied: Bool { isValid && (pending == 0 || hasLongCharacter) }

  private mutating func begin(_ byte: UInt8) -> Bool {
    switch byte {
    case 0xC2...0xDF: pending = 1
    case 0xE0:
      pending = 2
      low = 0xA0
    case 0xED:
      pending = 2
      high = 0x9F
    case 0xE1...0xEC, 0xEE...0xEF: pending = 2
    case 0xF0:
      pending = 3
      low = 0x90
    case 0xF4:
      pending = 3
      high = 0x8F
    case 0xF1...0xF3: pending = 3
    default: return false
    }
    return true
  }
}
