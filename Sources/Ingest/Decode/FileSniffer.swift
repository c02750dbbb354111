/// Tells what a file is from its first bytes; its name is not asked.
enum FileSniffer {
  /// What the first bytes say.
  enum Verdict: Sendable, Equatable {
    /// Perhaps a text table; a byte order mark of that many bytes names the encoding.
    case text(markBytes: Int, encoding: TextEncoding?)
    /// Something else, with what to do about it.
    case other(found: String, remedy: String)
  }

  /// Judges the first bytes of a file (512 are enough).
  static func judge(_ head: [UInt8]) -> Verdict {
    if head.starts(with: [0xEF, 0xBB, 0xBF]) { return .text(markBytes: 3, encoding: .utf8) }
    if head.starts(with: [0xFF, 0xFE]) {
      return .text(markBytes: 2, encoding: .utf16LittleEndian)
    }
    if head.starts(with: [0xFE, 0xFF]) { return .text(markBytes: 2, encoding: .utf16BigEndian) }
    for signature in signatures where head.starts(with: signature.bytes) {
      return .other(found: signature.found, remedy: signature.remedy)
    }
    if let markup = markup(head) { return markup }
    if isBinary(head) {
      return .other(found: "a binary file", remedy: "export the report as CSV")
    }
    return .text(markBytes: 0, encoding: nil)
  }

  /// Tells a page or a document in JSON or XML from a table by its first visible character.
  private static func markup(_ head: [UInt8]) -> Verdict? {
    let visible = head.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
    guard let first = visible.first else { return nil }
    let opening = String(decoding: visible.prefix(16), as: UTF8.self).lowercased()
    if opening.hasPrefix("<!doctype html") || opening.hasPrefix("<html") {
      return .other(
        found: "a web page",
        remedy: "the download probably answered with a login or error page; download it again"
      )
    }
    if opening.hasPrefix("<?xml") {
      return .other(found: "an XML document", remedy: "export the report as CSV")
    }
    if first == UInt8(ascii: "{") || opening.hasPrefix("[{") {
      return .other(found: "a JSON document", remedy: "export the report as CSV")
    }
    return nil
  }

  /// Control characters that no text table has; NUL is left to the decoder, which names its line,
  /// unless there are many.
  private static func isBinary(_ head: [UInt8]) -> Bool {
    guard !head.isEmpty else { return false }
    let controls = head.reduce(0) { count, byte in
      let isControl = byte < 0x20 && byte != 0x09 && byte != 0x0A && byte != 0x0D
      return count + (isControl ? 1 : 0)
    }
    return controls * 10 > head.count
  }

  private struct Signature {
    let bytes: [UInt8]
    let found: String
    let remedy: String
  }

  private static let signatures: [Signature] = [
    Signature(
      bytes: [0x50, 0x4B, 0x03, 0x04],
      found: "an Excel workbook (.xlsx) or another zip archive",
      remedy: "open it and save the sheet as CSV, or unpack the archive"
    ),
    Signature(
      bytes: [0x50, 0x4B, 0x05, 0x06],
      found: "an empty zip archive",
      remedy: "download it again"
    ),
    Signature(bytes: [0x1F, 0x8B], found: "a gzip archive", remedy: "unpack it with gunzip"),
    Signature(bytes: Array("BZh".utf8), found: "a bzip2 archive", remedy: "unpack it first"),
    Signature(
      bytes: [0xFD, 0x37, 0x7A, 0x58, 0x5A],
      found: "an xz archive",
      remedy: "unpack it first"
    ),
    Signature(
      bytes: [0x28, 0xB5, 0x2F, 0xFD],
      found: "a Zstandard archive",
      remedy: "unpack it first"
    ),
    Signature(
      bytes: [0x37, 0x7A, 0xBC, 0xAF],
      found: "a 7-Zip archive",
      remedy: "unpack it first"
    ),
    Signature(bytes: Array("Rar!".utf8), found: "a RAR archive", remedy: "unpack it first"),
    Signature(
      bytes: [0xD0, 0xCF, 0x11, 0xE0],
      found: "an old Excel workbook (.xls)",
      remedy: "open it and save the sheet as CSV"
    ),
    Signature(
      bytes: Array("%PDF".utf8),
      found: "a PDF document",
      remedy: "export the report as CSV"
    ),
    Signature(
      bytes: Array("PAR1".utf8),
      found: "a Parquet file",
      remedy: "export the report as CSV"
    ),
    Signature(
      bytes: Array("SQLite format 3".utf8),
      found: "a SQLite database",
      remedy: "export the table as CSV"
    ),
    Signature(bytes: [0x89, 0x50, 0x4E, 0x47], found: "a PNG image", remedy: image),
    Signature(bytes: [0xFF, 0xD8, 0xFF], found: "a JPEG image", remedy: image),
    Signature(bytes: Array("GIF8".utf8), found: "a GIF image", remedy: image),
    Signature(bytes: Array("RIFF".utf8), found: "a media file", remedy: image),
    Signature(bytes: [0x7F, 0x45, 0x4C, 0x46], found: "a program", remedy: image),
  ]

  private static let image = "pick the file that the channel exported"
}
