/// Why bytes are no JSON.
struct JSONError: Error, Hashable {
  /// What is wrong, in a few words.
  let reason: String
  /// The offset of the byte that does not fit.
  let offset: Int
}

/// Reads one value of JSON.
///
/// Source: RFC 8259; nothing beyond it is accepted.
struct JSONReader {
  /// The deepest nesting of arrays and objects.
  static let deepestNesting = 128

  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0

  /// Reads a whole text.
  static func value(of bytes: [UInt8]) throws(JSONError) -> JSONValue {
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw JSONError(reason: "the bytes are no UTF-8", offset: 0)
    }
    var reader = JSONReader(bytes: bytes)
    let value = try reader.value()
    reader.skipSpace()
    guard reader.position == bytes.count else {
      throw reader.failure("something follows the value")
    }
    return value
  }

  private init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  private func failure(_ reason: String) -> JSONError {
    JSONError(reason: reason, offset: position)
  }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  private mutating func value() throws(JSONError) -> JSONValue {
    skipSpace()
    guard let byte = current else { throw failure("the text ends too early") }
    switch byte {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw failure("a value is needed")
    }
  }

  private mutating func word(_ word: String, _ value: JSONValue) throws(JSONError) -> JSONValue {
    guard bytes[position...].starts(with: word.utf8) else { throw failure("a value is needed") }
    position += word.utf8.count
    return value
  }

  // MARK: Arrays and objects

  private mutating func descend() throws(JSONError) {
    depth += 1
    guard depth <= JSONReader.deepestNesting else {
      throw failure("the value is nested too deeply")
    }
    position += 1
    skipSpace()
  }

  /// Reads away a byte, when it is there.
  private mutating func accept(_ byte: UInt8) -> Bool {
    skipSpace()
    guard current == byte else { return false }
    position += 1
    return true
  }

  private mutating func array() throws(JSONError) -> JSONValue {
    try descend()
    var elements: [JSONValue] = []
    if !accept(UInt8(ascii: "]")) {
      repeat {
        elements.append(try value())
      } while accept(UInt8(ascii: ","))
      guard accept(UInt8(ascii: "]")) else { throw failure("a comma or ] is needed") }
    }
    depth -= 1
    return .array(elements)
  }

  private mutating func object() throws(JSONError) -> JSONValue {
    try descend()
    var members: [String: JSONValue] = [:]
    if !accept(UInt8(ascii: "}")) {
      repeat {
        skipSpace()
        guard current == UInt8(ascii: "\"") else { throw failure("a key is needed") }
        let key = try string()
        guard accept(UInt8(ascii: ":")) else { throw failure("a colon is needed") }
        members[key] = try value()
      } while accept(UInt8(ascii: ","))
      guard accept(UInt8(ascii: "}")) else { throw failure("a comma or } is needed") }
    }
    depth -= 1
    return .object(members)
  }

  // MARK: Numbers

  private mutating func digits() throws(JSONError) {
    let start = position
    while let byte = current, isDigit(byte) { position += 1 }
    guard position > start else { throw failure("a digit is needed") }
  }

  private func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  private mutating func number() throws(JSONError) -> JSONValue {
    let start = position
    if current == UInt8(ascii: "-") { position += 1 }
    let first = position
    try digits()
    guard bytes[first] != UInt8(ascii: "0") || position == first + 1 else {
      throw failure("a number does not begin with 0")
    }
    var isWhole = true
    if current == UInt8(ascii: ".") {
      isWhole = false
      position += 1
      try digits()
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      isWhole = false
      position += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
      try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isWhole, let number = Int(text) { return .integer(number) }
    guard let number = Double(text), number.isFinite else {
      throw failure("the number is too large")
    }
    return .number(number)
  }

  // MARK: Strings

  private mutating func string() throws(JSONError) -> String {
    position += 1
    var result: [UInt8] = []
    while let byte = current {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        return String(decoding: result, as: UTF8.self)
      case UInt8(ascii: "\\"):
        position += 1
        try escape(&result)
      case 0..<0x20: throw failure("a control character needs an escape")
      default:
        result.append(byte)
        position += 1
      }
    }
    throw failure("a closing quote is missing")
  }

  private mutating func escape(_ result: inout [UInt8]) throws(JSONError) {
    guard let byte = current else { throw failure("the text ends too early") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(byte)
    case UInt8(ascii: "b"): result.append(0x08)
    case UInt8(ascii: "f"): result.append(0x0C)
    case UInt8(ascii: "n"): result.append(0x0A)
    case UInt8(ascii: "r"): result.append(0x0D)
    case UInt8(ascii: "t"): result.append(0x09)
    case UInt8(ascii: "u"): result += Array(String(try scalar()).utf8)
    default: throw failure("there is no such escape")
    }
  }

  /// Reads the digits behind `\u`, and those of the second half of a pair.
  private mutating func scalar() throws(JSONError) -> Character {
    let first = try unit()
    var value = UInt32(first)
    if (0xD800..<0xDC00).contains(first) {
      guard current == UInt8(ascii: "\\") else { throw failure("the second half is missing") }
      position += 1
      guard current == UInt8(ascii: "u") else { throw failure("the second half is missing") }
      position += 1
      let second = try unit()
      guard (0xDC00..<0xE000).contains(second) else { throw failure("the second half is missing") }
      value = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(value) else { throw failure("the first half is missing") }
    return Character(scalar)
  }

  private mutating func unit() throws(JSONError) -> UInt16 {
    let end = position + 4
    guard end <= bytes.count else { throw failure("four digits are needed") }
    let text = String(decoding: bytes[position..<end], as: UTF8.self)
    guard text.utf8.allSatisfy({ isDigit($0) || ((0x41...0x46).contains($0 & 0xDF)) }),
      let value = UInt16(text, radix: 16)
    else { throw failure("four digits are needed") }
    position = end
    return value
  }
}
