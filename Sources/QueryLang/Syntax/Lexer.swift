/// Splits a source text into tokens.
struct Lexer {
  static func isNameStart(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_")
      || (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
  }

  static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  static func isNamePart(_ byte: UInt8) -> Bool {
    isNameStart(byte) || isDigit(byte)
  }

  /// Whether bytes begin like `FY2026`, which is a date and never a name.
  static func beginsFiscalDate(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard bytes.count >= 6 else { return false }
    let start = bytes.startIndex
    return bytes[start] | 0x20 == UInt8(ascii: "f") && bytes[start + 1] | 0x20 == UInt8(ascii: "y")
      && bytes[start + 2..<start + 6].allSatisfy(isDigit)
  }
}
