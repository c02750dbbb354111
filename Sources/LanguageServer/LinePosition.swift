/// What the columns of positions count.
public enum PositionEncoding: String, Sendable, Hashable {
  /// Bytes.
  case utf8 = "utf-8"
  /// Units of UTF-16, of which characters outside the basic plane take two.
  case utf16 = "utf-16"
}

/// A place in a text as editors count it: line and column, both from 0.
struct LinePosition: Hashable, Comparable {
  let line: Int
  let column: Int

  static func < (left: LinePosition, right: LinePosition) -> Bool {
    (left.line, left.column) < (right.line, right.column)
  }
}

/// Where the lines of a text begin, to turn positions into byte offsets and back.
///
/// A line ends with LF, CR LF or CR.
struct LineTable {
  private let bytes: [UInt8]
  private let starts: [Int]
  private let encoding: PositionEncoding

  init(_ text: String, _ encoding: PositionEncoding) {
    bytes = Array(text.utf8)
    self.encoding = encoding
    var starts = [0]
    for (offset, byte) in bytes.enumerated() {
      let endsLine =
        byte == UInt8(ascii: "\n")
        || byte == UInt8(ascii: "\r")
          && !(offset + 1 < bytes.count && bytes[offset + 1] == UInt8(ascii: "\n"))
      if endsLine { starts.append(offset + 1) }
    }
    self.starts = starts
  }

  /// The end of a line, before its line end.
  private func end(of line: Int) -> Int {
    var end = line + 1 < starts.count ? starts[line + 1] : bytes.count
    let start = starts[line]
    guard line + 1 < starts.count else { return end }
    if end > start, bytes[end - 1] == UInt8(ascii: "\n") { end -= 1 }
    if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return end
  }

  /// The byte offset of a position; a column behind the line is its end, a line behind the text is
  /// the end of the text, and a column inside a character is its beginning.
  func offset(of position: LinePosition) -> Int {
    guard position.line >= 0 else { return 0 }
    guard position.line < starts.count else { return bytes.count }
    let end = end(of: position.line)
    var offset = starts[position.line]
    var column = 0
    while offset < end {
      let (length, units) = size(at: offset)
      guard column + units <= position.column else { break }
      column += units
      offset += length
    }
    return min(offset, end)
  }

  /// The position of a byte offset; one outside the text is cut to it.
  func position(of offset: Int) -> LinePosition {
    let place = min(max(0, offset), bytes.count)
    var (low, high) = (0, starts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= place { low = middle } else { high = middle }
    }
    var column = 0
    var index = starts[low]
    while index < place {
      let (length, units) = size(at: index)
      guard index + length <= place else { break }
      column += units
      index += length
    }
    return LinePosition(line: low, column: column)
  }

  /// The columns of a range of bytes that begins and ends between characters.
  func columnCount(from start: Int, to end: Int) -> Int {
    var columns = 0
    var index = start
    while index < end {
      let (length, units) = size(at: index)
      columns += units
      index += length
    }
    return columns
  }

  /// The lines of a range of bytes, each cut to the range and without its line end.
  func lines(from start: Int, to end: Int) -> [(position: LinePosition, start: Int, end: Int)] {
    var parts: [(position: LinePosition, start: Int, end: Int)] = []
    let first = position(of: start).line
    let last = position(of: end).line
    for line in first...max(first, last) {
      let from = max(start, starts[line])
      let to = min(end, self.end(of: line))
      if from < to { parts.append((position(of: from), from, to)) }
    }
    return parts
  }

  /// The bytes of the character at an offset, and its columns.
  private func size(at offset: Int) -> (length: Int, units: Int) {
    let length: Int
    switch bytes[offset] {
    case ..<0x80: length = 1
    case ..<0xE0: length = 2
    case ..<0xF0: length = 3
    default: length = 4
    }
    switch encoding {
    case .utf8: return (length, length)
    case .utf16: return (length, length == 4 ? 2 : 1)
    }
  }
}
