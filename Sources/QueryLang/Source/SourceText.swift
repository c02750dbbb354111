/// A text in the report language or a model file, with the name that messages show for it.
///
/// Offsets are UTF-8 bytes from the beginning of the text as given, a byte order mark included.
/// Lines end with LF; a CR before it belongs to the line end.
public struct SourceText: Sendable, Hashable {
  /// The name of the file, or nil for text that came from an argument or a request.
  public let name: String?
  /// The text as given.
  public let text: String
  /// The UTF-8 bytes of `text`.
  let bytes: [UInt8]

  /// A place for people: line and column, both counted from 1.
  public struct Location: Sendable, Hashable {
    /// The line.
    public let line: Int
    /// The column in Unicode scalars.
    public let column: Int
  }

  /// Makes a source out of a text.
  public init(_ text: String, name: String? = nil) {
    self.name = name
    self.text = text
    self.bytes = Array(text.utf8)
  }

  /// The number of UTF-8 bytes.
  public var byteCount: Int { bytes.count }

  /// The length of the byte order mark at the beginning, 0 or 3.
  var markLength: Int { bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0 }

  /// Returns the text that a span covers; a span that reaches outside the source is cut.
  public func slice(_ span: SourceSpan) -> String {
    let start = min(max(0, span.start), bytes.count)
    let end = min(max(start, span.end), bytes.count)
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }

  /// Returns the line and column of a byte offset; takes time proportional to the offset.
  public func location(of offset: Int) -> Location {
    let end = min(max(0, offset), bytes.count)
    var line = 1
    var column = 1
    var index = min(markLength, end)
    while index < end {
      if bytes[index] == UInt8(ascii: "\n") {
        line += 1
        column = 1
      } else if bytes[index] & 0xC0 != 0x80 {
        column += 1
      }
      index += 1
    }
    return Location(line: line, column: column)
  }

  /// Returns the span of the line that holds an offset, without its line end and without the byte
  /// order mark.
  public func lineSpan(containing offset: Int) -> SourceSpan {
    let place = min(max(0, offset), bytes.count)
    var start = place
    while start > 0, bytes[start - 1] != UInt8(ascii: "\n") {
      start -= 1
    }
    var end = place
    while end < bytes.count, bytes[end] != UInt8(ascii: "\n") {
      end += 1
    }
    if end > start, bytes[end - 1] == UInt8(ascii: "\r") {
      end -= 1
    }
    if start == 0 {
      start = min(markLength, end)
    }
    return SourceSpan(start: start, end: end)
  }
}
