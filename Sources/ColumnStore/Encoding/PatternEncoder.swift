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

  private var patterns: [TextPattern] = []
  /// A text of each pattern, to compare others with.
  private var examples: [Range<Int>] = []
  private var slots = [UInt16](repeating: 0, count: 1_024)
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
      appendValues(of: range, in: utf8, number)
    }
    return true
  }

  /// Returns the number of a text's pattern; nil when there are too many.
  private mutating func number(of range: Range<Int>, in utf8: Span<UInt8>) -> Int? {
    var hash: UInt64 = UInt64(range.count)
    for place in range {
      let byte = utf8[place]
      hash = (hash ^ UInt64(TextPattern.isDigit(byte) ? 0x30 : byte)) &* 0x0000_0100_0000_01B3
    }
    var slot = Int((hash ^ hash >> 29) & UInt64(slots.count - 1))
    while slots[slot] != 0 {
      let number = Int(slots[slot]) - 1
      if isAlike(range, examples[number], in: utf8) { return number }
      slot = (slot + 1) & (slots.count - 1)
    }
    guard patterns.count < Self.patternLimit,
      let pattern = TextPattern(of: utf8.extracting(range))
    else { return nil }
    patterns.append(pattern)
    examples.append(range)
    slots[slot] = UInt16(patterns.count)
    return patterns.count - 1
  }

  private func isAlike(_ text: Range<Int>, _ example: Range<Int>, in utf8: Span<UInt8>) -> Bool {
    guard text.count == example.count else { return false }
    for place in 0..<text.count {
      let (left, right) = (utf8[text.lowerBound + place], utf8[example.lowerBound + place])
      let isSame = left == right || TextPattern.isDigit(left) && TextPattern.isDigit(right)
      guard isSame else { return false }
    }
    return true
  }

  private mutating func appendValues(
    of range: Range<Int>,
    in utf8: Span<UInt8>,
    _ number: Int
  ) {
    var start = range.lowerBound
    for place in patterns[number].fields.indices {
      start += patterns[number].literals[place].count
      let end = start + Int(patterns[number].fields[place].digits)
      var value: UInt64 = 0
      for digit in start..<end { value = value &* 10 &+ UInt64(utf8[digit] &- 0x30) }
      start = end
      values.append(value)
      // Until all texts are seen, `base` is the smallest value and `bits` says nothing.
      patterns[number].fields[place].base = min(patterns[number].fields[place].base, value)
    }
  }

  private mutating func write() -> [UInt8] {
    findBits()
    var writer = ByteWriter()
    writer.append(UInt16(patterns.count))
    for pattern in patterns {
      writer.append(UInt8(pattern.fields.count))
      for place in pattern.literals.indices {
        if place > 0 {
          let field = pattern.fields[place - 1]
          writer.append(field.digits)
          writer.append(field.bits)
          writer.append(field.base)
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
    var next = 0
    for place in numberOf.indices {
      if place % Self.sampleDistance == 0 { writer.append(UInt32(bits.count)) }
      bits.append(UInt64(numberOf[place]), bits: numberBits)
      let pattern = patterns[Int(numberOf[place])]
      for field in pattern.fields {
        bits.append(values[next] - field.base, bits: field.bits)
        next += 1
      }
    }
    writer.append(UInt32(bits.count))
    var words: [UInt8] = []
    words.append(bytesOf: bits.finish() + [0])
    writer.append(raw: words)
    return writer.bytes
  }

  private mutating func findBits() {
    var next = 0
    for number in numberOf {
      for place in patterns[Int(number)].fields.indices {
        let field = patterns[Int(number)].fields[place]
        let needed = UInt64.bitWidth - (values[next] - field.base).leadingZeroBitCount
        patterns[Int(number)].fields[place].bits = max(field.bits, UInt8(needed))
        next += 1
      }
    }
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
