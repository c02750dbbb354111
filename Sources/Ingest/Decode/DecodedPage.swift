/// Some lines of a table as fields: ranges of one buffer of UTF-8 bytes, row after row.
///
/// Rows are in the order of the file; a row knows the line on which it begins.
struct DecodedPage: Sendable {
  /// What is wrong with a line before any field is looked at.
  enum Flaw: Sendable, Equatable {
    /// More filled fields than the header has.
    case long(found: Int)
    /// Fewer fields than the header has.
    case short(found: Int)
    /// Fewer fields than the header has in the last line, which no line end closes.
    case cutOff(found: Int)
    /// Text between a closing quote and the next delimiter.
    case textAfterQuote
    /// A NUL byte.
    case nulByte
  }

  /// Bytes after the last one that means something, so that whole words can be read anywhere.
  static let padding = StructuralScan.padding

  /// The bytes of all fields, quotes resolved, and then `padding` zeros.
  private(set) var bytes: [UInt8]
  /// The number of fields of a row for which there is room.
  let columnCount: Int
  /// Where fields begin and end in `bytes`: the field of a row at `row * columnCount + column`.
  ///
  /// There is room for more rows than there are; the decoder puts the fields of an open row where
  /// they will stay.
  var starts: [UInt32] = []
  var ends: [UInt32] = []
  /// The line, from 1, on which each row begins.
  var lines: [Int32] = []
  /// The number of fields of rows that have fewer than there are columns.
  var shortRows: [Int: Int] = [:]
  /// Rows that cannot be mapped.
  var flaws: [Int: Flaw] = [:]
  /// Tells whether every byte is below 128.
  var isASCII = false
  /// Tells whether the fields are in Unicode's composed form.
  var isComposed = false

  /// Makes a page without rows over bytes that end with the padding.
  init(bytes: [UInt8] = [UInt8](repeating: 0, count: padding), columnCount: Int = 0) {
    self.bytes = bytes
    self.columnCount = columnCount
  }

  /// The number of rows.
  var rowCount: Int { lines.count }

  /// The number of fields of a row.
  func fieldCount(row: Int) -> Int {
    shortRows.isEmpty ? columnCount : shortRows[row] ?? columnCount
  }

  /// The range of a field in `bytes` without white space at its ends; empty where the row is
  /// shorter.
  @inline(__always)
  func field(row: Int, column: Int) -> Range<Int> {
    guard column < columnCount else { return 0..<0 }
    let place = row &* columnCount &+ column
    return DecodedPage.trimmed(bytes.span, Int(starts[place])..<Int(ends[place]))
  }

  /// A range without white space at its ends.
  @inline(__always)
  static func trimmed(_ bytes: borrowing Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
    var start = range.lowerBound
    var end = range.upperBound
    while start < end, bytes[start] <= 0x20 { start &+= 1 }
    while end > start, bytes[end &- 1] <= 0x20 { end &-= 1 }
    return start..<end
  }

  /// A field as text, for headers and messages.
  func text(row: Int, column: Int) -> String {
    String(decoding: bytes[field(row: row, column: column)], as: UTF8.self)
  }

  /// Points a field somewhere else in `bytes`.
  mutating func setField(row: Int, column: Int, to range: Range<Int>) {
    starts[row * columnCount + column] = UInt32(range.lowerBound)
    ends[row * columnCount + column] = UInt32(range.upperBound)
  }

  /// Adds bytes to which fields can point, and returns where they are.
  mutating func append(_ added: [UInt8]) -> Range<Int> {
    let start = bytes.count
    bytes.append(contentsOf: added)
    let end = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: DecodedPage.padding))
    return start..<end
  }

  /// The number of rows for which there is room.
  var capacity: Int { columnCount == 0 ? 0 : starts.count / columnCount }

  /// Makes room for a number of rows, at least as many as there are.
  mutating func makeRoom(_ rows: Int) {
    guard rows > capacity else { return }
    let added = repeatElement(UInt32(0), count: rows * columnCount - starts.count)
    starts.append(contentsOf: added)
    ends.append(contentsOf: added)
    lines.reserveCapacity(rows)
  }

  /// Removes the first rows.
  mutating func removeFirst(_ count: Int) {
    guard count > 0 else { return }
    starts.removeFirst(count * columnCount)
    ends.removeFirst(count * columnCount)
    lines.removeFirst(count)
    shortRows = DecodedPage.shifted(shortRows, by: count)
    flaws = DecodedPage.shifted(flaws, by: count)
  }

  private static func shifted<Value>(_ marks: [Int: Value], by count: Int) -> [Int: Value] {
    var result: [Int: Value] = [:]
    for (row, value) in marks where row >= count { result[row - count] = value }
    return result
  }
}
