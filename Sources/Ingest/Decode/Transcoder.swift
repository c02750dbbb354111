/// Turns chunks of bytes of one encoding into UTF-8, keeping what a chunk's end cuts off.
struct Transcoder: Sendable {
  let encoding: TextEncoding
  private var carried: UInt8?
  private var highSurrogate: UInt16?

  init(from encoding: TextEncoding) {
    self.encoding = encoding
  }

  /// Returns the characters that are complete; what does not decode becomes U+FFFD.
  mutating func transcode(_ chunk: [UInt8]) -> [UInt8] {
    switch encoding {
    case .utf8: return chunk
    case .windows1252: return Transcoder.fromWindows1252(chunk)
    case .utf16LittleEndian, .utf16BigEndian: return fromUTF16(chunk)
    }
  }

  /// Returns what is left when the file ends inside a character.
  mutating func finish() -> [UInt8] {
    guard carried != nil || highSurrogate != nil else { return [] }
    carried = nil
    highSurrogate = nil
    return Array("\u{FFFD}".utf8)
  }

  private static func fromWindows1252(_ chunk: [UInt8]) -> [UInt8] {
    guard chunk.contains(where: { $0 >= 0x80 }) else { return chunk }
    var output: [UInt8] = []
    output.reserveCapacity(chunk.count + chunk.count / 8)
    for byte in chunk {
      if byte < 0x80 {
        output.append(byte)
      } else {
        let scalar = byte < 0xA0 ? windows1252[Int(byte - 0x80)] : UInt16(byte)
        append(UInt32(scalar), to: &output)
      }
    }
    return output
  }

  private mutating func fromUTF16(_ chunk: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(chunk.count)
    let isLittle = encoding == .utf16LittleEndian
    for byte in chunk {
      guard let first = carried else {
        carried = byte
        continue
      }
      carried = nil
      let unit =
        isLittle
        ? UInt16(byte) << 8 | UInt16(first) : UInt16(first) << 8 | UInt16(byte)
      take(unit, into: &output)
    }
    return output
  }

  private mutating func take(_ unit: UInt16, into output: inout [UInt8]) {
    let isLow = unit & 0xFC00 == 0xDC00
    if let high = highSurrogate {
      highSurrogate = nil
      if isLow {
        let scalar = 0x10000 + (UInt32(high & 0x3FF) << 10 | UInt32(unit & 0x3FF))
        Transcoder.append(scalar, to: &output)
        return
      }
      Transcoder.append(0xFFFD, to: &output)
    }
    if unit & 0xFC00 == 0xD800 {
      highSurrogate = unit
    } else {
      Transcoder.append(isLow ? 0xFFFD : UInt32(unit), to: &output)
    }
  }

  private static func append(_ scalar: UInt32, to output: inout [UInt8]) {
    if scalar < 0x80 {
      output.append(UInt8(scalar))
    } else if scalar < 0x800 {
      output.append(UInt8(0xC0 | scalar >> 6))
      output.append(UInt8(0x80 | scalar & 0x3F))
    } else if scalar < 0x10000 {
      output.append(UInt8(0xE0 | scalar >> 12))
      output.append(UInt8(0x80 | scalar >> 6 & 0x3F))
      output.append(UInt8(0x80 | scalar & 0x3F))
    } else {
      output.append(UInt8(0xF0 | scalar >> 18))
      output.append(UInt8(0x80 | scalar >> 12 & 0x3F))
      output.append(UInt8(0x80 | scalar >> 6 & 0x3F))
      output.append(UInt8(0x80 | scalar & 0x3F))
    }
  }

  /// Windows-1252 from 0x80 to 0x9F; bytes without a character map to the C1 control (WHATWG).
  private static let windows1252: [UInt16] = [
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
    0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008D, 0x017D, 0x008F,
    0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
    0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178,
  ]
}
