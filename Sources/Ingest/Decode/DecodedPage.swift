/// Some lines of a table as fields: ranges of one buffer of UTF-8 bytes.
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

  /// The bytes of all fields, quotes resolved.
  var bytes: [UInt8] = []
  /// Where fields begin and end in `bytes`, row by row.
  var starts: [UInt32] = []
  var ends: [UInt32] = []
  /// For each row the position of its first field; one entry more than there are rows.
  var rowStarts: [Int] = [0]
  /// The line, from 1, on which each row begins.
  var lines: [Int32] = []
  /// Rows that cannot be mapped.
  var flaws: [Int: Flaw] = [:]

  /// The number of rows.
  var rowCount: Int { lines.count }

  /// The number of fields of a row.
  func fieldCount(row: Int) -> Int {
    rowStarts[row + 1] - rowStarts[row]
  }

  /// The range of a field in `bytes` without white space at its ends; empty where the row is
  /// shorter.
  @inline(__always)
  func field(row: Int, column: Int) -> Range<Int> {
    let position = rowStarts[row] + column
    guard position < rowStarts[row + 1] else { return 0..<0 }
    var start = Int(starts[position])
    var end = Int(ends[position])
    while start < end, bytes[start] <= 0x20 { start += 1 }
    while end > start, bytes[end - 1] <= 0x20 { end -= 1 }
    return start..<end
  }

  /// A field as text, for headers and messages.
  func text(row: Int, column: Int) -> String {
    String(decoding: bytes[field(row: row, column: column)], as: UTF8.self)
  }
}
