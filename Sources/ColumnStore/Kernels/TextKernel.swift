/// Short texts as words of eight bytes, the first byte in the lowest bits.
enum TextKernel {
  private static let zeros: UInt64 = 0x3030_3030_3030_3030
  private static let highBits: UInt64 = 0x8080_8080_8080_8080

  /// Returns up to eight bytes from an offset; the others are zero.
  @inline(__always)
  static func load(_ bytes: Span<UInt8>, _ offset: Int, count: Int) -> UInt64 {
    guard offset &+ 8 <= bytes.count else { return loadSlowly(bytes, offset, count: count) }
    precondition(offset >= 0 && count > 0 && count <= 8, "one to eight bytes to load")
    // Safe: the eight bytes are inside the span, checked above.
    let word = unsafe bytes.bytes.unsafeLoadUnaligned(
      fromUncheckedByteOffset: offset,
      as: UInt64.self
    )
    return UInt64(littleEndian: word) & .max >> UInt64(truncatingIfNeeded: 64 &- count &* 8)
  }

  private static func loadSlowly(_ bytes: Span<UInt8>, _ offset: Int, count: Int) -> UInt64 {
    var word: UInt64 = 0
    for place in (0..<count).reversed() { word = word << 8 | UInt64(bytes[offset + place]) }
    return word
  }

  /// The word with a zero for every digit: what a text looks like apart from its numbers.
  @inline(__always)
  static func shape(_ word: UInt64) -> UInt64 {
    let distance = word ^ zeros
    let others = ((distance & ~highBits) &+ 0x7676_7676_7676_7676 | distance) & highBits
    let digits = ((~others & highBits) >> 7) &* 0xFF
    return word & ~digits | zeros & digits
  }

  /// A hash of what a text looks like apart from its numbers.
  @inline(__always)
  static func shapeHash(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
    var hash = UInt64(truncatingIfNeeded: range.count)
    var place = range.lowerBound
    while place < range.upperBound {
      let count = min(8, range.upperBound &- place)
      hash = KeyHash.mix(hash, shape(load(bytes, place, count: count)))
      place &+= 8
    }
    return hash
  }

  /// Tells whether two texts look alike apart from their numbers.
  @inline(__always)
  static func areAlike(_ bytes: Span<UInt8>, _ range: Range<Int>, _ other: Range<Int>) -> Bool {
    guard range.count == other.count else { return false }
    var place = 0
    while place < range.count {
      let count = min(8, range.count &- place)
      let word = shape(load(bytes, range.lowerBound &+ place, count: count))
      guard word == shape(load(bytes, other.lowerBound &+ place, count: count)) else {
        return false
      }
      place &+= 8
    }
    return true
  }

  /// The number that up to sixteen digits are.
  @inline(__always)
  static func number(_ bytes: Span<UInt8>, _ offset: Int, digits: Int) -> UInt64 {
    guard digits > 8 else { return eightDigits(bytes, offset, count: digits) }
    let high = eightDigits(bytes, offset, count: digits &- 8)
    return high &* 100_000_000 &+ eightDigits(bytes, offset &+ digits &- 8, count: 8)
  }

  @inline(__always)
  private static func eightDigits(_ bytes: Span<UInt8>, _ offset: Int, count: Int) -> UInt64 {
    // The last digit moves into the highest byte, after zeros.
    let shift = UInt64(truncatingIfNeeded: 64 &- count &* 8)
    var value = (load(bytes, offset, count: count) & 0x0F0F_0F0F_0F0F_0F0F) << shift
    value = (value &* 10 &+ value >> 8) & 0x00FF_00FF_00FF_00FF
    value = (value &* 100 &+ value >> 16) & 0x0000_FFFF_0000_FFFF
    return (value &* 10_000 &+ value >> 32) & 0xFFFF_FFFF
  }
}
