/// A block of texts written by `PatternEncoder`, read in place: any text is found without decoding
/// the others.
struct PatternTexts: Sendable {
  private let file: MappedFile
  private let count: Int
  private let byteCount: Int
  private let patterns: [TextPattern]
  /// The bits and the bytes of a text of each pattern.
  private let bits: [Int]
  private let lengths: [Int]
  private let numberBits: UInt8
  private let bitCount: Int
  /// Where the file has the bit in its words at which every 32nd text begins.
  private let sampleStart: Int
  private let wordStart: Int

  /// Takes the part of a file with `count` texts of `byteCount` bytes, whose checksum was right.
  ///
  /// Texts are checked when they are read, so that a block of which one is needed costs little.
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
    let samples = try reader.skip((count + distance - 1) / distance * 4)
    let bitCount = Int(try reader.read(UInt32.self))
    guard reader.remaining == (bitCount + 63) / 64 * 8 + 8 else {
      throw reader.damage("its texts do not take \(bitCount) bits")
    }
    self.file = file
    self.count = count
    self.byteCount = byteCount
    self.patterns = patterns
    self.bits = patterns.map(\.bits)
    self.lengths = patterns.map(\.length)
    self.numberBits = numberBits
    self.bitCount = bitCount
    self.sampleStart = samples
    self.wordStart = range.upperBound - reader.remaining
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

  /// The number of `bits` bits, at most 56, at a position.
  @inline(__always)
  private func value(_ position: Int, _ bits: UInt8) -> UInt64 {
    let word = file.word(at: wordStart + position >> 3)
    return word >> UInt64(position & 7) & ((1 << UInt64(bits)) - 1)
  }

  /// Returns the number of the pattern of the text at a position, all of whose bits are there.
  @inline(__always)
  private func number(at position: Int) throws(StoreError) -> Int {
    guard position + Int(numberBits) <= bitCount else { throw damage("they end too early") }
    let number = Int(value(position, numberBits))
    guard number < bits.count else { throw damage("one has no pattern") }
    guard position + Int(numberBits) + bits[number] <= bitCount else {
      throw damage("they end too early")
    }
    return number
  }

  private func damage(_ reason: String) -> StoreError {
    .damaged(
      file: file.path,
      offset: wordStart,
      reason: "the texts are not what they must be: \(reason)"
    )
  }

  /// Returns the position of a text.
  private func find(_ place: Int) throws(StoreError) -> Int {
    precondition(place >= 0 && place < count, "a text of the block")
    let distance = PatternEncoder.sampleDistance
    var position = Int(file.word(at: sampleStart + place / distance * 4) & 0xFFFF_FFFF)
    for _ in 0..<(place % distance) {
      position += Int(numberBits) + bits[try number(at: position)]
    }
    return position
  }

  /// Decodes one text.
  func text(_ place: Int) throws(StoreError) -> TextRun {
    let position = try find(place)
    let pattern = patterns[try number(at: position)]
    var run = TextRun()
    pattern.append(to: &run, at: position + Int(numberBits)) { value($0, $1) }
    return run
  }

  /// Returns the first of some places whose text has these bytes, or nil.
  func first(equalTo text: Span<UInt8>, in places: Range<Int>) throws(StoreError) -> Int? {
    var position = try find(places.lowerBound)
    /// The one pattern that the text has, and its numbers.
    var match: (number: Int, code: UInt64)?
    for place in places {
      let number = try number(at: position)
      position += Int(numberBits)
      if match == nil, lengths[number] == text.count {
        switch patterns[number].code(of: text) {
        case .otherPattern: break
        case .outside: return nil
        case .code(let code): match = (number, code)
        }
      }
      if let match, match.number == number {
        let isEqual =
          bits[number] <= TextPattern.codeBits
          ? value(position, UInt8(bits[number])) == match.code
          : patterns[number].equals(text, at: position) { value($0, $1) }
        if isEqual { return place }
      }
      position += bits[number]
    }
    return nil
  }

  /// Decodes all texts.
  func all() throws(StoreError) -> TextRun {
    var run = TextRun()
    var position = 0
    for place in 0..<count {
      if place % PatternEncoder.sampleDistance == 0, try find(place) != position {
        throw damage("they do not begin where they must")
      }
      let number = try number(at: position)
      patterns[number].append(to: &run, at: position + Int(numberBits)) { value($0, $1) }
      position += Int(numberBits) + bits[number]
    }
    guard position == bitCount, run.utf8.count == byteCount else {
      throw damage("they have another length")
    }
    return run
  }
}
