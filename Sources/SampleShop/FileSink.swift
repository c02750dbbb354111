import Foundation

/// Writes one text file piece by piece, holding at most about a megabyte of it.
///
/// A value with one owner: handing it on as `inout` costs nothing per piece.
struct FileSink: ~Copyable {
  /// How text becomes bytes.
  enum TextEncoding {
    case utf8
    /// Windows code page 1252, which older exports arrive in; only the sample's own letters are mapped.
    case windows1252
  }

  private static let flushByteCount = 1 << 20

  private let path: String
  private let handle: FileHandle
  private let encoding: TextEncoding
  private let lineEnd: [UInt8]
  private var buffer: [UInt8] = []

  /// Creates the file, or empties the one that is there.
  init(
    path: String,
    encoding: TextEncoding = .utf8,
    lineEnd: String = "\n",
    byteOrderMark: Bool = false
  ) throws(SampleShopError) {
    self.path = path
    self.encoding = encoding
    self.lineEnd = Array(lineEnd.utf8)
    do {
      let url = URL(fileURLWithPath: path)
      try Data().write(to: url)
      handle = try FileHandle(forWritingTo: url)
    } catch {
      throw .cannotWrite(path: path, reason: error.localizedDescription)
    }
    buffer.reserveCapacity(FileSink.flushByteCount + 4096)
    if byteOrderMark { buffer += [0xEF, 0xBB, 0xBF] }
  }

  mutating func append(_ text: String) {
    switch encoding {
    case .utf8:
      buffer.append(contentsOf: text.utf8)
    case .windows1252:
      for scalar in text.unicodeScalars {
        buffer.append(FileSink.windows1252Byte(of: scalar))
      }
    }
  }

  mutating func append(byte: UInt8) {
    buffer.append(byte)
  }

  /// Appends text as a CSV field, quoted where RFC 4180 asks for it.
  mutating func appendQuoted(_ text: String) {
    let quote = UInt8(ascii: "\"")
    let needsQuotes = text.utf8.contains { byte in
      byte == UInt8(ascii: ",") || byte == quote || byte == 0x0A || byte == 0x0D
    }
    guard needsQuotes else { return append(text) }
    append(byte: quote)
    for scalar in text.unicodeScalars {
      if scalar == "\"" { append(byte: quote) }
      switch encoding {
      case .utf8: buffer.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      case .windows1252: buffer.append(FileSink.windows1252Byte(of: scalar))
      }
    }
    append(byte: quote)
  }

  /// Appends a whole number with at least `width` digits.
  mutating func append(_ number: Int, width: Int = 1) {
    let magnitude = number.magnitude
    if number < 0 { buffer.append(UInt8(ascii: "-")) }
    var divisor: UInt = 1
    var digits = 1
    while magnitude / divisor >= 10 {
      divisor *= 10
      digits += 1
    }
    for _ in 0..<max(0, width - digits) { buffer.append(UInt8(ascii: "0")) }
    while divisor > 0 {
      buffer.append(UInt8(ascii: "0") + UInt8(magnitude / divisor % 10))
      divisor /= 10
    }
  }

  /// Appends paise as rupees with two decimals.
  mutating func append(paise: Int) {
    if paise < 0 { buffer.append(UInt8(ascii: "-")) }
    append(Int(paise.magnitude / 100))
    buffer.append(UInt8(ascii: "."))
    append(Int(paise.magnitude % 100), width: 2)
  }

  /// Ends the line, and hands the buffer to the file when it is full.
  mutating func endLine() throws(SampleShopError) {
    buffer.append(contentsOf: lineEnd)
    if buffer.count >= FileSink.flushByteCount { try flush() }
  }

  consuming func close() throws(SampleShopError) {
    try flush()
    do {
      try handle.close()
    } catch {
      throw .cannotWrite(path: path, reason: error.localizedDescription)
    }
  }

  private mutating func flush() throws(SampleShopError) {
    do {
      try handle.write(contentsOf: Data(buffer))
    } catch {
      throw .cannotWrite(path: path, reason: error.localizedDescription)
    }
    buffer.removeAll(keepingCapacity: true)
  }

  private static func windows1252Byte(of scalar: Unicode.Scalar) -> UInt8 {
    switch scalar {
    case "\u{2013}": 0x96
    case "\u{2019}": 0x92
    case "\u{20AC}": 0x80
    default: UInt8(exactly: scalar.value) ?? UInt8(ascii: "?")
    }
  }
}
