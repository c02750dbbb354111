/// The texts that a transaction adds to a dictionary, in the order of their codes.
///
/// They lie in parts. A full part is encoded at once by another thread, as it will stand in the
/// dictionary's file. Its texts stay beside that for lookups, as long as they are few; of the oldest
/// parts only what is encoded is kept, a third of the memory, which takes longer to read.
struct AddedTexts: Sendable {
  /// A full run of texts.
  private struct Part {
    /// The texts; nil when only what is encoded was kept.
    var plain: TextRun?
    let job: TextJob
    /// What the job made, once the texts were let go.
    var encoded: DictionaryChunk?

    /// Waits until the texts are encoded.
    func chunk() throws(StoreError) -> DictionaryChunk {
      if let encoded { return encoded }
      return try job.result()
    }
  }

  /// Texts of a full part.
  static let partCount = 1 << partBits
  private static let partBits = 16
  /// Bytes of texts up to which all of them are kept as they are.
  static let plainLimit = 32 << 20

  private let name: String
  private let firstCode: Int
  private let plainLimit: Int
  private var parts: [Part] = []
  /// The texts of the part that is open.
  private var open = TextRun()
  /// Bytes of the full parts that are kept as they are, and the first of these parts.
  private var plainBytes = 0
  private var firstPlain = 0
  /// The number of texts.
  private(set) var count = 0
  /// The bytes of all texts.
  private(set) var byteCount = 0

  /// Begins after the texts that a dictionary has.
  init(name: String, firstCode: Int, plainLimit: Int = AddedTexts.plainLimit) {
    self.name = name
    self.firstCode = firstCode
    self.plainLimit = plainLimit
  }

  /// The bytes that the texts take in memory, about: what is encoded takes a third, and blocks of it
  /// that were looked into are there once more.
  var memoryByteCount: Int {
    let decoded = parts.reduce(0) { $0 + ($1.encoded?.decodedByteCount ?? 0) }
    return plainBytes + open.utf8.count + byteCount / 3 + count / 2 + decoded
  }

  /// Adds a text.
  mutating func append(_ text: Span<UInt8>) throws(StoreError) {
    open.append(text)
    count += 1
    byteCount += text.count
    if open.count == Self.partCount { try closePart() }
  }

  private mutating func closePart() throws(StoreError) {
    let texts = open
    open = TextRun(reserving: texts.utf8.count + texts.utf8.count / 16, count: Self.partCount)
    let code = firstCode + parts.count * Self.partCount
    parts.append(Part(plain: texts, job: TextJob(texts, name: name, firstCode: code)))
    plainBytes += texts.utf8.count
    while plainBytes > plainLimit, firstPlain < parts.count - 1 {
      plainBytes -= parts[firstPlain].plain?.utf8.count ?? 0
      parts[firstPlain].encoded = try parts[firstPlain].chunk()
      parts[firstPlain].plain = nil
      firstPlain += 1
    }
  }

  /// Tells whether a text has these bytes.
  @inline(__always)
  func equals(_ text: Span<UInt8>, _ place: Int) throws(StoreError) -> Bool {
    let part = place >> Self.partBits
    guard part < parts.count else {
      return open.equals(text, place & (Self.partCount - 1))
    }
    return try equals(text, place & (Self.partCount - 1), part: part)
  }

  private func equals(
    _ text: Span<UInt8>,
    _ place: Int,
    part: Int
  ) throws(StoreError) -> Bool {
    if let plain = parts[part].plain { return plain.equals(text, place) }
    guard let encoded = parts[part].encoded else { preconditionFailure("a part has its texts") }
    return try encoded.equals(text, place)
  }

  /// A byte of a text that is kept as it is; reading it brings the text into the caches.
  @inline(__always)
  func byte(_ place: Int) -> UInt8 {
    let part = place >> Self.partBits
    if part == parts.count { return open.firstByte(place & (Self.partCount - 1)) }
    return parts[part].plain?.firstByte(place & (Self.partCount - 1)) ?? 0
  }

  /// Returns a text.
  func text(_ place: Int) throws(StoreError) -> String {
    let (part, place) = (place >> Self.partBits, place & (Self.partCount - 1))
    guard part < parts.count else { return open.text(place) }
    if let plain = parts[part].plain { return plain.text(place) }
    guard let encoded = parts[part].encoded else { preconditionFailure("a part has its texts") }
    return try encoded.text(place)
  }

  /// Returns the texts as they are in a file, after `former` ones, whose codes come before.
  func encoded(after former: TextRun) throws(StoreError) -> [DictionaryChunk] {
    var chunks: [DictionaryChunk] = []
    if parts.isEmpty {
      var texts = former
      texts.append(open)
      guard texts.count > 0 else { return [] }
      return [try .encoding(texts, name: name, firstCode: firstCode - former.count)]
    }
    if former.count > 0 {
      let code = firstCode - former.count
      chunks.append(try .encoding(former, name: name, firstCode: code))
    }
    for part in parts { chunks.append(try part.chunk()) }
    if open.count > 0 {
      let code = firstCode + parts.count * Self.partCount
      chunks.append(try .encoding(open, name: name, firstCode: code))
    }
    return chunks
  }

  /// Gives back the texts of full parts that are kept as they are.
  mutating func forgetPlain() throws(StoreError) {
    for part in parts.indices {
      parts[part].encoded = try parts[part].chunk()
      parts[part].plain = nil
    }
    firstPlain = parts.count
    plainBytes = 0
  }
}
