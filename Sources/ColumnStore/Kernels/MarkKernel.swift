import CMandiKernels

/// Finds the bytes of a text that may have a meaning, with vectors; for readers of text tables, which
/// have a loop of their own for processors without them.
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
  ///   - level: Any level but the portable one.
  /// - Returns: How many were found, and whether all bytes of the range are below 128.
  public static func find(
    in bytes: borrowing Span<UInt8>,
    _ range: Range<Int>,
    _ marks: Marks,
    into places: inout MutableSpan<UInt32>,
    at level: KernelLevel
  ) -> (count: Int, isASCII: Bool) {
    precondition(level != .portable, "a level with vectors")
    precondition(
      range.lowerBound >= 0 && range.upperBound <= bytes.count - padding
        && range.upperBound <= Int(UInt32.max) && places.count >= range.count + padding,
      "bytes to look at, and room for their places"
    )
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
}
