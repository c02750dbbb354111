/// A block of texts written by `PatternEncoder`, read in place: any text is found without decoding
/// the others.
struct PatternTexts: Sendable {
  private let file: MappedFile
  private let count: Int
  private let patterns: [TextPattern]
  private let numberBits: UInt8
  /// The bit in the file's words at which every 32nd text begins.
  private let samples: [UInt32]
  private let wordStart: Int

  /// Takes the part of a file with `count` texts of `byteCount` bytes, whose checksum was right.
  ///
  /// After this no text leaves its part, whatever the part says.
  init(
    _ file: MappedFile,
    in range: Range<Int>,
    count: Int,
    byteCount: Int
  ) throws(StoreError) {
    var reader = ByteReader(file.bytes(in: range), file: file.path, origin: range.lowerBound)
    let patternCount = Int(try reader.read(UInt16.self))
    guard patternCount > 0, patternCount <= PatternEncoder.patternLimit else {
      throw reader.damage("its texts have \(patternCount) patterns")
    }
    var patterns: [TextPattern] = []
    for _ in 0..<patternCount { patterns.append(try Self.readPattern(&reader)) }
    let numberBits = try reader.read(UInt8.self)
    guard numberBits <= 8 else { throw reader.damage("a pattern's number has \(numberBits) bits") }
    let distance = PatternEncoder.sampleDistance
    var samples: [UInt32] = []
    for _ in 0..<((count + distance - 1) / distance) {
      samples.append(try reader.read(UInt32.self))
    }
    let bitCount = Int(try reader.read(UInt32.self))
    guard reader.remaining == (bitCount + 63) / 64 * 8 + 8 else {
      throw reader.damage("its texts do not take \(bitCount) bits")
    }
    self.file = file
    self.count = count
    self.patterns = patterns
    self.numberBits = numberBits
    self.samples = samples
    self.wordStart = range.upperBound - reader.remaining
    try check(bitCount: bitCount, byteCount: byteCount, reader)
  }

  private static func readPattern(_ reader: inout ByteReader) throws(StoreError) -> TextPattern {
    let fieldCount = Int(try reader.read(UInt8.self))
    guard fieldCount <= TextPattern.fieldLimit else {
      throw reader.damage("a pattern has \(fieldCount) numbers")
    }
    var literals = [try reader.readBytes(Int(try reader.read(UInt8.self)))]
    var fields: [TextPattern.Field] = []
    for _ in 0..<fieldCount {
      let digits = try reader.read(UInt8.self)
      let bits = try reader.read(UInt8.self)
      guard digits > 0, digits <= TextPattern.digitLimit, bits <= 56 else {
        throw reader.damage("a number has \(digits) digits and \(bits) bits")
      }
      fields.append(
        TextPattern.Field(digits: digits, base: try reader.read(UInt64.self), bits: bits)
      )
      literals.append(try reader.readBytes(Int(try reader.read(UInt8.self))))
    }
    return TextPattern(literals: literals, fields: fields)
  }

  /// Walks over all texts once.
  private func check(
    bitCount: Int,
    byteCount: Int,
    _ reader: ByteReader
  ) throws(StoreError) {
    let bits = patterns.map(\.bits)
    let lengths = patterns.map(\.length)
    var position = 0
    var length = 0
    for place in 0..<count {
      let isSampled = place % PatternEncoder.sampleDistance == 0
      if isSampled, Int(samples[place / PatternEncoder.sampleDistance]) != position {
        throw reader.damage("its texts do not begin where they must")
      }
      guard position + Int(numberBits) <= bitCount else { break }
      let number = Int(value(position, numberBits))
      guard number < patterns.count else { throw reader.damage("text \(place) has no pattern") }
      position += Int(numberBits) + bits[number]
      length += lengths[number]
      guard position <= bitCount else { break }
    }
    guard position == bitCount, length == byteCount else {
      throw reader.damage("its texts have another length")
    }
  }

  /// The number of `bits` bits, at most 56, at a position.
  @inline(__always)
  private func value(_ position: Int, _ bits: UInt8) -> UInt64 {
    let word = file.word(at: wordStart + position >> 3)
    return word >> UInt64(position & 7) & ((1 << UInt64(bits)) - 1)
  }

  /// Returns a text's pattern, and the position of its numbers.
  private func find(_ place: Int) -> (pattern: Int, position: Int) {
    precondition(place >= 0 && place < count, "a text of the block")
    let distance = PatternEncoder.sampleDistance
    var position = Int(samples[place / distance])
    for _ in 0..<(place % distance) {
      position += Int(numberBits) + patterns[Int(value(position, numberBits))].bits
    }
    return (Int(value(position, numberBits)), position + Int(numberBits))
  }

  /// Decodes one text.
  func text(_ place: Int) -> TextRun {
    let (pattern, position) = find(place)
    var run = TextRun()
    patterns[pattern].append(to: &run, at: position) { value($0, $1) }
    return run
  }

  /// Tells whether a text has these bytes.
  func equals(_ text: Span<UInt8>, _ place: Int) -> Bool {
    let (pattern, position) = find(place)
    return patterns[pattern].equals(text, at: position) { value($0, $1) }
  }

  /// Decodes all texts.
  func all() -> TextRun {
    var run = TextRun()
    var position = 0
    for _ in 0..<count {
      let pattern = patterns[Int(value(position, numberBits))]
      pattern.append(to: &run, at: position + Int(numberBits)) { value($0, $1) }
      position += Int(numberBits) + pattern.bits
    }
    return run
  }
}
