/// Numbers of the plainest form: digits, perhaps a minus before them and a point with decimals.
///
/// It reads what it fits quickly; for any other text, right or wrong, it gives nothing, and
/// `DecimalText` says what that is.
enum PlainNumber {
  /// Digits of a number that is read here; as many fit 64 bits with four decimals.
  private static let digitLimit = 14

  /// Reads a number with at most four decimals as ten-thousandths.
  @inline(__always)
  static func tenThousandths(_ bytes: borrowing Span<UInt8>, _ range: Range<Int>) -> Int64? {
    guard range.count <= 8, range.lowerBound &+ 8 <= bytes.count, !range.isEmpty else {
      return digits(bytes, range)
    }
    // Up to eight characters, the last one in the highest byte, after zeros.
    let shift = UInt64(truncatingIfNeeded: 64 &- range.count &* 8)
    let text = ByteWords.load(bytes, range.lowerBound) << shift | zeros & ~(UInt64.max << shift)
    if text >> 40 & 0xFF == 0x2E {
      // Two decimals: what stands before the point moves up to them.
      let low = text << 8 & 0x0000_FFFF_FFFF_FF00 | 0x30
      guard let value = eightDigits(low | text & 0xFFFF_0000_0000_0000), range.count >= 4 else {
        return digits(bytes, range)
      }
      return value &* 100
    }
    guard let value = eightDigits(text) else { return digits(bytes, range) }
    return value &* 10_000
  }

  /// Reads a whole number.
  @inline(__always)
  static func whole(_ bytes: borrowing Span<UInt8>, _ range: Range<Int>) -> Int64? {
    guard range.count <= 8, range.lowerBound &+ 8 <= bytes.count, !range.isEmpty else { return nil }
    let shift = UInt64(truncatingIfNeeded: 64 &- range.count &* 8)
    return eightDigits(
      ByteWords.load(bytes, range.lowerBound) << shift | zeros & ~(UInt64.max << shift)
    )
  }

  private static let zeros: UInt64 = 0x3030_3030_3030_3030

  /// The number that eight characters are, the first one in the lowest byte; nil when one is no
  /// digit.
  @inline(__always)
  private static func eightDigits(_ text: UInt64) -> Int64? {
    let isHigh = text & 0xF0F0_F0F0_F0F0_F0F0 ^ zeros
    let isPastNine = (text &+ 0x0606_0606_0606_0606) & 0xF0F0_F0F0_F0F0_F0F0 ^ zeros
    guard isHigh | isPastNine == 0 else { return nil }
    var value = text & 0x0F0F_0F0F_0F0F_0F0F
    value = (value &* 10 &+ value >> 8) & 0x00FF_00FF_00FF_00FF
    value = (value &* 100 &+ value >> 16) & 0x0000_FFFF_0000_FFFF
    return Int64(truncatingIfNeeded: (value &* 10_000 &+ value >> 32) & 0xFFFF_FFFF)
  }

  private static func digits(_ bytes: borrowing Span<UInt8>, _ range: Range<Int>) -> Int64? {
    var index = range.lowerBound
    guard index < range.upperBound, range.count <= digitLimit else { return nil }
    let isNegative = bytes[index] == 0x2D
    if isNegative { index &+= 1 }
    let first = index
    var value: Int64 = 0
    var decimals = -1
    while index < range.upperBound {
      let byte = bytes[index]
      let digit = byte &- 0x30
      if digit < 10 {
        value = value &* 10 &+ Int64(digit)
        if decimals >= 0 { decimals &+= 1 }
      } else if byte == 0x2E, decimals < 0, index > first {
        decimals = 0
      } else {
        return nil
      }
      index &+= 1
    }
    guard index > first, decimals != 0, decimals <= 4 else { return nil }
    for _ in max(decimals, 0)..<4 { value = value &* 10 }
    return isNegative ? -value : value
  }
}
