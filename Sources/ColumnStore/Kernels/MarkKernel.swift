import CMandiKernels

/// Finds the bytes of a text that may have a meaning, for readers of text tables: eight bytes at a time
/// in Swift, or with vectors.
public enum MarkKernel {
  /// The two bytes that are looked for besides control characters.
  public struct Marks: Sendable {
    let one: UInt8
    let other: UInt8

    /// Names two bytes, which may be the same.
    public init(_ one: UInt8, _ other: UInt8) {
      self.one = one
      self.other = other
    }
  }

  /// Bytes after the range that must be there, and places after the last one that are written.
  public static let padding = 64

  /// Finds the bytes of a range that are one of two, or below 16.
  ///
  /// - Parameters:
  ///   - bytes: The text; `padding` bytes follow the range.
  ///   - range: Where to look, before byte 2^32.
  ///   - marks: What to look for.
  ///   - places: Gets the offsets of what was found, ascending; there is room for all bytes of the
  ///     range and `padding` more.
  ///   - level: The instructions to use.
  /// - Returns: How many were found, and whether all bytes of the range are below 128.
  public static func find(
    in bytes: borrowing Span<UInt8>,
    _ range: Range<Int>,
    _ marks: Marks,
    into places: inout MutableSpan<UInt32>,
    at level: KernelLevel
  ) -> (count: Int, isASCII: Bool) {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= bytes.count - padding
        && range.upperBound <= Int(UInt32.max) && places.count >= range.count + padding,
      "bytes to look at, and room for their places"
    )
    if level == .portable { return findWords(in: bytes, range, marks, into: &places) }
    var seen: UInt8 = 0
    // Safe: the kernel reads the range and `padding` bytes more, and writes at most a place for
    // each byte of the range and `padding` more; checked above.
    let count = unsafe bytes.withUnsafeBufferPointer { source in
      unsafe places.withUnsafeMutableBufferPointer { target in
        unsafe mandi_marks(
          level.rawValue,
          source.baseAddress.map { unsafe $0 + range.lowerBound },
          range.count,
          marks.one,
          marks.other,
          UInt32(range.lowerBound),
          target.baseAddress,
          &seen
        )
      }
    }
    return (count, seen < 128)
  }

  private static let lowBits: UInt64 = 0x0101_0101_0101_0101
  private static let highBits: UInt64 = 0x8080_8080_8080_8080

  private static func findWords(
    in bytes: borrowing Span<UInt8>,
    _ range: Range<Int>,
    _ marks: Marks,
    into places: inout MutableSpan<UInt32>
  ) -> (count: Int, isASCII: Bool) {
    let (one, other) = (UInt64(marks.one) &* lowBits, UInt64(marks.other) &* lowBits)
    var found = 0
    var seen: UInt64 = 0
    var start = range.lowerBound
    while start < range.upperBound {
      let rest = min(64, range.upperBound &- start)
      var bits: UInt64 = 0
      for part in 0..<8 {
        let word = TextKernel.load(bytes, start &+ part &* 8, count: 8)
        let marked = zeroBytes(word ^ one) | zeroBytes(word ^ other) | controlBytes(word)
        bits |= packed(marked) << UInt64(truncatingIfNeeded: part &* 8)
        let inside = min(8, rest &- part &* 8)
        if inside > 0 { seen |= word & .max >> UInt64(truncatingIfNeeded: 64 &- inside &* 8) }
      }
      if rest < 64 { bits &= 1 << UInt64(truncatingIfNeeded: rest) &- 1 }
      while bits != 0 {
        places[found] = UInt32(truncatingIfNeeded: start &+ bits.trailingZeroBitCount)
        found &+= 1
        bits &= bits &- 1
      }
      start &+= 64
    }
    return (found, seen & highBits == 0)
  }

  /// The high bits of the bytes that are zero, and no others.
  @inline(__always)
  private static func zeroBytes(_ word: UInt64) -> UInt64 {
    ~(((word & ~highBits) &+ ~highBits) | word) & highBits
  }

  /// The high bits of the bytes below 16: line ends, NUL and other control characters.
  @inline(__always)
  private static func controlBytes(_ word: UInt64) -> UInt64 {
    ~(((word & ~highBits) &+ 0x70 &* lowBits) | word) & highBits
  }

  /// Packs the high bits of eight bytes into eight bits, the first byte's first.
  @inline(__always)
  private static func packed(_ highBits: UInt64) -> UInt64 {
    ((highBits >> 7) &* 0x0102_0408_1020_4080) >> 56
  }
}
