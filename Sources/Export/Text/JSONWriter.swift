/// Writes one JSON text (RFC 8259) front to back, keys in the order in which they are given.
///
/// It puts the commas; whoever calls it closes what was opened. Numbers are given as text, so that
/// exact decimals stay exact.
public struct JSONWriter: Sendable {
  /// The UTF-8 bytes written so far.
  public private(set) var bytes: [UInt8] = []
  /// For each open object or array, whether it has a member already.
  private var hasMember: [Bool] = []
  private var isAfterKey = false

  /// Makes an empty writer.
  public init() {}

  /// The text written so far.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Writes an object whose members the body writes.
  public mutating func object(_ body: (inout JSONWriter) -> Void) {
    open("{")
    body(&self)
    close("}")
  }

  /// Writes an array whose elements the body writes.
  public mutating func array(_ body: (inout JSONWriter) -> Void) {
    open("[")
    body(&self)
    close("]")
  }

  /// Writes the key of a member; its value follows.
  public mutating func key(_ name: String) {
    separate()
    quoted(name)
    bytes.append(UInt8(ascii: ":"))
    isAfterKey = true
  }

  /// Writes a text, or `null`.
  public mutating func string(_ value: String?) {
    guard let value else { return null() }
    separate()
    quoted(value)
  }

  /// Writes an integer.
  public mutating func integer(_ value: some BinaryInteger) {
    raw(String(value))
  }

  /// Writes a finite double as the shortest text that reads back the same; otherwise `null`.
  public mutating func double(_ value: Double) {
    raw(value.isFinite ? NumberText.double(value) : "null")
  }

  /// Writes a decimal of ten-thousandths exactly.
  public mutating func decimal(_ tenThousandths: Int128) {
    raw(NumberText.decimal(tenThousandths))
  }

  /// Writes a truth value.
  public mutating func bool(_ value: Bool) {
    raw(value ? "true" : "false")
  }

  /// Writes `null`.
  public mutating func null() {
    raw("null")
  }

  /// Ends a line between two JSON texts, for formats of one text per line.
  public mutating func endLine() {
    precondition(hasMember.isEmpty, "a line ends outside objects and arrays")
    bytes.append(UInt8(ascii: "\n"))
  }

  private mutating func open(_ bracket: Unicode.Scalar) {
    separate()
    bytes.append(UInt8(ascii: bracket))
    hasMember.append(false)
  }

  private mutating func close(_ bracket: Unicode.Scalar) {
    precondition(!isAfterKey, "a key has a value")
    hasMember.removeLast()
    bytes.append(UInt8(ascii: bracket))
  }

  private mutating func raw(_ text: String) {
    separate()
    bytes.append(contentsOf: text.utf8)
  }

  private mutating func separate() {
    if isAfterKey {
      isAfterKey = false
      return
    }
    guard let last = hasMember.indices.last else { return }
    if hasMember[last] { bytes.append(UInt8(ascii: ",")) }
    hasMember[last] = true
  }

  private mutating func quoted(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): bytes.append(contentsOf: #"\""#.utf8)
      case UInt8(ascii: "\\"): bytes.append(contentsOf: #"\\"#.utf8)
      case 0x08: bytes.append(contentsOf: #"\b"#.utf8)
      case 0x09: bytes.append(contentsOf: #"\t"#.utf8)
      case 0x0A: bytes.append(contentsOf: #"\n"#.utf8)
      case 0x0C: bytes.append(contentsOf: #"\f"#.utf8)
      case 0x0D: bytes.append(contentsOf: #"\r"#.utf8)
      case 0..<0x20:
        let digits = String(byte, radix: 16)
        bytes.append(contentsOf: (digits.count == 1 ? #"\u000"# : #"\u00"#).utf8)
        bytes.append(contentsOf: digits.utf8)
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
