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
  static let padding = MarkKernel.padding

  private let marks: MarkKernel.Marks
  private let level: KernelLevel
  /// The places found by the last call; only the first `count` mean something.
  private(set) var places: [UInt32]
  private(set) var count = 0
  /// Tells whether all bytes so far were below 128.
  private(set) var isASCII = true

  init(_ dialect: CSVDecoder.Dialect, level: KernelLevel) {
    self.level = level
    marks = MarkKernel.Marks(dialect.delimiter, dialect.isQuoted ? 0x22 : dialect.delimiter)
    let room = StructuralScan.windowBytes + MarkKernel.padding
    places = [UInt32](repeating: 0, count: room)
  }

  /// Looks at the bytes of a range of at most `windowBytes`.
  mutating func find(in bytes: borrowing Span<UInt8>, _ range: Range<Int>) {
    precondition(range.count <= StructuralScan.windowBytes, "a window")
    let found = look(at: bytes, range)
    count = found.count
    isASCII = isASCII && found.isASCII
  }

  private mutating func look(
    at bytes: borrowing Span<UInt8>,
    _ range: Range<Int>
  ) -> (count: Int, isASCII: Bool) {
    let (marks, level) = (marks, level)
    var output = places.mutableSpan
    return MarkKernel.find(in: bytes, range, marks, into: &output, at: level)
  }
}
