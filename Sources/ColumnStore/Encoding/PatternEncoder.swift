/// Writes a block of texts as patterns and numbers, where the texts are of that kind.
///
/// ```
/// number of patterns u16, and for each: number of fields u8, then
///   a literal (length u8, bytes), and for each field: digits u8, bits u8, base u64, a literal
/// bits of a pattern's number u8
/// the bit at which every 32nd text begins, u32 each
/// the number of bits of all texts u32
/// words of 8 bytes with the texts, the lowest bit first: the pattern's number, then the
///   difference of each number from its base; then a word of zeros
/// ```
struct PatternEncoder {
  /// Patterns of one block.
  static let patternLimit = 255
  /// Texts from the beginning of one that is found at once to the next.
  static let sampleDistance = 32
  /// Patterns that the first texts of a block may have, or no more of it is looked at.
  private static let probeCount = 64
  private static let probeLimit = 24

  /// A number of a pattern, for all texts of the block.
  private struct Field {
    /// Where its digits begin in a text.
    let offset: Int
    let digits: Int
    var least: UInt64 = .max
    var greatest: UInt64 = 0

    var bits: UInt8 { UInt8(UInt64.bitWidth - (greatest - least).leadingZeroBitCount) }
  }

  private var patterns: [TextPattern] = []
  /// A text of each pattern, to compare others with.
  private var examples: [Range<Int>] = []
  private var slots = [UInt16](repeating: 0, count: 1_024)
  /// The fields of all patterns, those of one side by side, and where each pattern's begin.
  private var fields: [Field] = []
  private var fieldStarts = [0]
  private var numberOf: [UInt8] = []
  private var values: [UInt64] = []

  /// Returns the bytes, or nil when the texts have too many patterns.
  static func encode(_ run: TextRun, _ places: Range<Int>) -> [UInt8]? {
    var encoder = PatternEncoder()
    guard encoder.analyse(run, places) else { return nil }
    return encoder.write()
  }

  private mutating func analyse(_ run: TextRun, _ places: Range<Int>) -> Bool {
    numberOf.reserveCapacity(places.count)
    values.reserveCapacity(places.count * 2)
    let utf8 = run.utf8.span
    for place in places {
      if numberOf.count == Self.probeCount, patterns.count > Self.probeLimit { return false }
      let range = run.range(of: place)
      guard range.count <= TextPattern.lengthLimit else { return false }
      guard let number = self.number(of: range, in: utf8) else { return false }
      numberOf.append(UInt8(number))
      for field in fieldStarts[number]..<fieldStarts[number + 1] {
        let value = TextKernel.number(
          utf8,
          range.lowerBound &+ fields[field].offset,
          digits: fields[field].digits
        )
        fields[field].least = min(fields[field].least, value)
        fields[field].greatest = max(fields[field].greatest, value)
        values.append(value)
      }
    }
    return true
  }

  /// Returns the number of a text's pattern; nil when there are too many.
  private mutating func number(of range: Range<Int>, in utf8: Span<UInt8>) -> Int? {
    let hash = TextKernel.shapeHash(utf8, range)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] != 0 {
      let number = Int(slots[slot]) - 1
      if TextKernel.areAlike(utf8, range, examples[number]) { return number }
      slot = (slot + 1) & (slots.count - 1)
    }
    guard patterns.count < Self.patternLimit,
      let pattern = TextPattern(of: utf8.extracting(range))
    else { return nil }
    patterns.append(pattern)
    examples.append(range)
    slots[slot] = UInt16(patterns.count)
    var offset = 0
    for (literal, field) in zip(pattern.literals, pattern.fields) {
      offset += literal.count
      fields.append(Field(offset: offset, digits: Int(field.digits)))
      offset += Int(field.digits)
    }
    fieldStarts.append(fields.count)
    return patterns.count - 1
  }

  private func write() -> [UInt8] {
    var writer = ByteWriter()
    writer.append(UInt16(patterns.count))
    for (number, pattern) in patterns.enumerated() {
      writer.append(UInt8(pattern.fields.count))
      for place in pattern.literals.indices {
        if place > 0 {
          let field = fields[fieldStarts[number] + place - 1]
          writer.append(UInt8(field.digits))
          writer.append(field.bits)
          writer.append(field.least)
        }
        writer.append(UInt8(pattern.literals[place].count))
        writer.append(raw: pattern.literals[place])
      }
    }
    let numberBits = UInt8(
      truncatingIfNeeded: Int.bitWidth - (patterns.count - 1).leadingZeroBitCount
    )
    writer.append(numberBits)
    var bits = BitWriter()
    let (bases, widths) = (fields.map(\.least), fields.map(\.bits))
    var next = 0
    for place in numberOf.indices {
      if place % Self.sampleDistance == 0 { writer.append(UInt32(bits.count)) }
      let number = Int(numberOf[place])
      bits.append(UInt64(number), bits: numberBits)
      for field in fieldStarts[number]..<fieldStarts[number + 1] {
        bits.append(values[next] - bases[field], bits: widths[field])
        next += 1
      }
    }
    writer.append(UInt32(bits.count))
    var words: [UInt8] = []
    words.append(bytesOf: bits.finish() + [0])
    writer.append(raw: words)
    return writer.bytes
  }
}

/// Numbers of any width below 57 bits, one after the other, the lowest bit first.
struct BitWriter {
  private var words: [UInt64] = []
  private var open: UInt64 = 0
  private var filled: UInt64 = 0

  /// The number of bits so far.
  var count: Int { words.count * 64 + Int(filled) }

  mutating func append(_ value: UInt64, bits: UInt8) {
    guard bits > 0 else { return }
    open |= value << filled
    filled += UInt64(bits)
    guard filled >= 64 else { return }
    words.append(open)
    filled -= 64
    open = filled > 0 ? value >> (UInt64(bits) - filled) : 0
  }

  /// Returns all words, the last one filled up with zeros.
  mutating func finish() -> [UInt64] {
    if filled > 0 { words.append(open) }
    return words
  }
}
