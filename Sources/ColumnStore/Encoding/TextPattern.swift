/// What a text looks like apart from its numbers: `NYK-0012345-7` is a literal, a number of seven
/// digits, a literal, and a number of one digit.
///
/// Identifiers of orders and customers have few patterns, and what tells them apart are numbers,
/// which take a third of the room that their digits take.
struct TextPattern: Sendable, Equatable {
  /// A number in a pattern.
  struct Field: Sendable, Equatable {
    /// The number of its digits, zeros at the front included.
    let digits: UInt8
    /// The smallest value of the block.
    var base: UInt64
    /// The bits of the difference from `base`.
    var bits: UInt8
  }

  /// Digits of one number; a longer row of digits is several numbers with empty literals between.
  static let digitLimit = 16
  static let fieldLimit = 16
  /// Bytes of a text that can have a pattern.
  static let lengthLimit = 255

  /// The bytes before each field, and after the last: one more than fields.
  let literals: [[UInt8]]
  var fields: [Field]
  /// The bytes of a text of this pattern.
  let length: Int

  init(literals: [[UInt8]], fields: [Field]) {
    precondition(literals.count == fields.count + 1, "a literal around every field")
    self.literals = literals
    self.fields = fields
    self.length =
      literals.reduce(0) { $0 + $1.count } + fields.reduce(0) { $0 + Int($1.digits) }
  }

  /// The bits of the numbers of one text.
  var bits: Int { fields.reduce(0) { $0 + Int($1.bits) } }

  @inline(__always)
  static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

  /// Takes the pattern of a text, without bases and bits; nil when it has too many numbers.
  init?(of text: Span<UInt8>) {
    var literals: [[UInt8]] = [[]]
    var fields: [Field] = []
    var digits = 0
    for place in text.indices {
      if Self.isDigit(text[place]) {
        digits += 1
        if digits == Self.digitLimit { close() }
      } else {
        close()
        literals[literals.count - 1].append(text[place])
      }
    }
    close()
    guard fields.count <= Self.fieldLimit else { return nil }
    self.init(literals: literals, fields: fields)

    func close() {
      guard digits > 0 else { return }
      fields.append(Field(digits: UInt8(digits), base: .max, bits: 0))
      literals.append([])
      digits = 0
    }
  }

  /// Appends a text to a run; `value` gives the bits of a number at a position.
  @inline(__always)
  func append(to run: inout TextRun, at position: Int, value: (Int, UInt8) -> UInt64) {
    var position = position
    run.append(literals[0])
    for place in fields.indices {
      let field = fields[place]
      run.append(field.base &+ value(position, field.bits), digits: Int(field.digits))
      position += Int(field.bits)
      run.append(literals[place + 1])
    }
    run.endText()
  }

  /// Bits of numbers that are compared at once.
  static let codeBits = 56

  /// What a text is to a pattern of a block.
  enum Match {
    /// It has another pattern.
    case otherPattern
    /// It has this pattern, but numbers that no text of the block has.
    case outside
    /// The bits of its numbers one after the other, where they are at most `codeBits`.
    case code(UInt64)
  }

  /// Compares a text of the pattern's length with the pattern.
  func code(of text: Span<UInt8>) -> Match {
    var (code, position, start, isOutside): (UInt64, UInt64, Int, Bool) = (0, 0, 0, false)
    for place in literals.indices {
      for byte in literals[place] {
        guard text[start] == byte else { return .otherPattern }
        start += 1
      }
      guard place < fields.count else { break }
      let field = fields[place]
      var number: UInt64 = 0
      for digit in start..<(start + Int(field.digits)) {
        guard Self.isDigit(text[digit]) else { return .otherPattern }
        number = number &* 10 &+ UInt64(text[digit] &- 0x30)
      }
      // A number has at most 16 digits, a base from a file any value.
      let distance = number &- field.base
      if distance >> UInt64(field.bits) != 0 { isOutside = true }
      // Overlong codes are not used.
      code |= distance << position
      position += UInt64(field.bits)
      start += Int(field.digits)
    }
    return isOutside ? .outside : .code(code)
  }

  /// Tells whether a text with numbers at a position is `text`.
  @inline(__always)
  func equals(_ text: Span<UInt8>, at position: Int, value: (Int, UInt8) -> UInt64) -> Bool {
    guard text.count == length else { return false }
    var position = position
    var start = 0
    for place in literals.indices {
      for byte in literals[place] {
        guard text[start] == byte else { return false }
        start += 1
      }
      guard place < fields.count else { break }
      let field = fields[place]
      var number: UInt64 = 0
      for digit in start..<(start + Int(field.digits)) {
        guard Self.isDigit(text[digit]) else { return false }
        number = number &* 10 &+ UInt64(text[digit] &- 0x30)
      }
      guard number == field.base &+ value(position, field.bits) else { return false }
      position += Int(field.bits)
      start += Int(field.digits)
    }
    return true
  }
}
