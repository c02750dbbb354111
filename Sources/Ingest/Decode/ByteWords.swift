/// Eight bytes of text at once, as the words that scanners, hashes and number readers work on.
///
/// A word holds the byte at the lowest address in its lowest bits, as the machines that this runs on
/// do anyway.
enum ByteWords {
  /// The high bit of every byte.
  static let highBits: UInt64 = 0x8080_8080_8080_8080

  /// Returns the eight bytes from an offset.
  @inline(__always)
  static func load(_ bytes: borrowing Span<UInt8>, _ offset: Int) -> UInt64 {
    precondition(offset >= 0 && offset &+ 8 <= bytes.count, "eight bytes to load")
    // Safe: the eight bytes are inside the span, checked above.
    let word = unsafe bytes.bytes.unsafeLoadUnaligned(
      fromUncheckedByteOffset: offset,
      as: UInt64.self
    )
    return UInt64(littleEndian: word)
  }

  /// Returns the first `count` bytes from an offset, at most eight; the others are zero.
  ///
  /// Eight bytes must be readable, whatever the count.
  @inline(__always)
  static func load(_ bytes: borrowing Span<UInt8>, _ offset: Int, count: Int) -> UInt64 {
    count == 8
      ? load(bytes, offset)
      : load(bytes, offset) & (1 &<< UInt64(truncatingIfNeeded: count &* 8) &- 1)
  }

  /// Copies bytes of a span to the end of an array.
  @inline(__always)
  static func append(_ bytes: borrowing Span<UInt8>, _ range: Range<Int>, to array: inout [UInt8]) {
    // Safe: `extracting` checks the range, and the copy ends before the borrow does.
    unsafe bytes.extracting(range).withUnsafeBufferPointer {
      unsafe array.append(contentsOf: $0)
    }
  }

  /// Tells whether two ranges hold the same bytes; they are of equal length.
  @inline(__always)
  static func areEqual(
    _ bytes: borrowing Span<UInt8>,
    _ start: Int,
    _ other: borrowing Span<UInt8>,
    _ otherStart: Int,
    count: Int
  ) -> Bool {
    var index = 0
    while index &+ 8 <= count {
      guard load(bytes, start &+ index) == load(other, otherStart &+ index) else { return false }
      index &+= 8
    }
    while index < count {
      guard bytes[start &+ index] == other[otherStart &+ index] else { return false }
      index &+= 1
    }
    return true
  }
}
