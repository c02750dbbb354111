import ColumnStore

/// Finds the bytes of a text table that may have a meaning: delimiters, quotes and control
/// characters, line ends among them.
///
/// It keeps nothing between calls and knows no quoting, so any window of a file can be looked at
/// alone; `CSVDecoder` gives the places their meaning.
struct StructuralScan {
  /// Bytes that are looked at between two turns of the decoder; small enough that the bytes and
  /// their places stay in the nearest caches.
  static let windowBytes = 32 << 10
  /// Bytes that must be readable past the last one.
  static let padding = 64

  /// The bytes that are looked for, besides control characters, eight times each.
  private struct Marks {
    let delimiter: UInt64
    let quote: UInt64
  }

  private let marks: Marks
  private let level: KernelLevel
  /// The places found by the last call; only the first `count` mean something.
  private(set) var places: [UInt32]
  private(set) var count = 0
  /// The bits that any byte had so far.
  private var seenBits: UInt64 = 0

  init(_ dialect: CSVDecoder.Dialect, level: KernelLevel) {
    self.level = level
    let delimiter = ByteWords.repeated(dialect.delimiter)
    marks = Marks(
      delimiter: delimiter,
      quote: dialect.isQuoted ? ByteWords.repeated(0x22) : delimiter
    )
    places = [UInt32](repeating: 0, count: StructuralScan.windowBytes + 64)
  }

  /// Tells whether all bytes so far were below 128.
  var isASCII: Bool { seenBits & ByteWords.highBits == 0 }

  /// Looks at the bytes of a range of at most `windowBytes`.
  mutating func find(in bytes: borrowing Span<UInt8>, _ range: Range<Int>) {
    precondition(range.count <= StructuralScan.windowBytes, "a window")
    if level != .portable {
      let found = findWithVectors(in: bytes, range)
      count = found.count
      if !found.isASCII { seenBits = .max }
      return
    }
    count = StructuralScan.find(
      in: bytes,
      range,
      marks,
      into: &places,
      seenBits: &seenBits
    )
  }

  private mutating func findWithVectors(
    in bytes: borrowing Span<UInt8>,
    _ range: Range<Int>
  ) -> (count: Int, isASCII: Bool) {
    let marks = MarkKernel.Marks(
      UInt8(truncatingIfNeeded: marks.delimiter),
      UInt8(truncatingIfNeeded: marks.quote)
    )
    let level = level
    var output = places.mutableSpan
    return MarkKernel.find(in: bytes, range, marks, into: &output, at: level)
  }

  private static func find(
    in bytes: borrowing Span<UInt8>,
    _ range: Range<Int>,
    _ marks: Marks,
    into places: inout [UInt32],
    seenBits: inout UInt64
  ) -> Int {
    var found = 0
    var seen = seenBits
    var start = range.lowerBound
    var output = places.mutableSpan
    while start < range.upperBound {
      var bits: UInt64 = 0
      for part in 0..<8 {
        let word = ByteWords.load(bytes, start &+ part &* 8)
        let isDelimiter = ByteWords.zeroBytes(word ^ marks.delimiter)
        let isQuote = ByteWords.zeroBytes(word ^ marks.quote)
        let found = isDelimiter | isQuote | ByteWords.controlBytes(word)
        bits |= ByteWords.packed(found) << UInt64(truncatingIfNeeded: part &* 8)
        seen |= word
      }
      let rest = range.upperBound &- start
      if rest < 64 { bits &= 1 << UInt64(truncatingIfNeeded: rest) &- 1 }
      while bits != 0 {
        output[found] = UInt32(truncatingIfNeeded: start &+ bits.trailingZeroBitCount)
        found &+= 1
        bits &= bits &- 1
      }
      start &+= 64
    }
    seenBits = seen
    return found
  }
}
