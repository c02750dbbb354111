/// Texts one after the other, as a dictionary keeps them while they are written or read.
struct TextRun: Sendable, Equatable {
  /// Where each text begins in `utf8`, and where the last one ends: one more than texts, from 0.
  private(set) var offsets: [UInt32] = [0]
  private(set) var utf8: [UInt8] = []

  /// Makes an empty run.
  init() {}

  /// Makes an empty run with room for texts of some bytes.
  init(reserving byteCount: Int, count: Int) {
    utf8.reserveCapacity(byteCount)
    offsets.reserveCapacity(count + 1)
  }

  /// Takes texts that lie one after the other; `offsets` begin with 0 and ascend to the last byte.
  init(offsets: [UInt32], utf8: [UInt8]) {
    precondition(offsets.first == 0 && Int(offsets[offsets.count - 1]) == utf8.count, "a run")
    self.offsets = offsets
    self.utf8 = utf8
  }

  /// The number of texts.
  var count: Int { offsets.count - 1 }

  /// The range of a text in `utf8`.
  func range(of place: Int) -> Range<Int> { Int(offsets[place])..<Int(offsets[place + 1]) }

  /// The upper halves of the hashes of all texts, in their order.
  var hashes: [UInt32] {
    let bytes = utf8.span
    return (0..<count).map {
      UInt32(truncatingIfNeeded: Checksum.of(text: bytes.extracting(range(of: $0))) >> 32)
    }
  }

  /// Decodes a text.
  func text(_ place: Int) -> String { String(decoding: utf8[range(of: place)], as: UTF8.self) }

  /// Tells whether a text has these bytes.
  @inline(__always)
  func equals(_ text: Span<UInt8>, _ place: Int) -> Bool {
    let start = Int(offsets[place])
    guard Int(offsets[place + 1]) - start == text.count else { return false }
    return utf8.holds(text, at: start)
  }

  /// The first byte of a text, or some other one where it is empty; 0 of nothing.
  @inline(__always)
  func firstByte(_ place: Int) -> UInt8 {
    utf8.isEmpty ? 0 : utf8[min(Int(offsets[place]), utf8.count - 1)]
  }

  /// Adds a text.
  mutating func append(_ text: Span<UInt8>) {
    utf8.append(contentsOf: text)
    endText()
  }

  /// Appends bytes to the text that is being added.
  mutating func append(_ bytes: some Collection<UInt8>) { utf8.append(contentsOf: bytes) }

  /// Appends the digits of a number, with zeros before them.
  mutating func append(_ number: UInt64, digits: Int) {
    let start = utf8.count
    utf8.append(contentsOf: repeatElement(0x30, count: digits))
    var rest = number
    var place = start + digits
    while place > start, rest > 0 {
      place -= 1
      utf8[place] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
  }

  /// Ends the text that is being added.
  mutating func endText() { offsets.append(UInt32(utf8.count)) }

  /// Appends the texts of another run.
  mutating func append(_ other: TextRun) {
    let start = UInt32(utf8.count)
    utf8.append(contentsOf: other.utf8)
    offsets.append(contentsOf: other.offsets.dropFirst().lazy.map { start + $0 })
  }
}
