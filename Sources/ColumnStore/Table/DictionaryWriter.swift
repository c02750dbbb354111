/// A dictionary while a transaction adds texts to it.
struct DictionaryWriter {
  let base: TextDictionary
  private let indices: [DictionaryIndex]
  private var added = DictionaryIndex(capacity: 0)
  private(set) var offsets: [UInt32] = [0]
  private(set) var utf8: [UInt8] = []
  private var hashes: [UInt64] = []

  /// Begins with the texts of a dictionary.
  init(_ base: TextDictionary) {
    self.base = base
    self.indices = base.chunks.map { $0.makeIndex() }
  }

  /// The number of texts, with the added ones.
  var count: Int { base.count + hashes.count }

  /// The number of added texts.
  var addedCount: Int { hashes.count }

  /// Returns the code of a text; a new text gets the next code.
  ///
  /// - Throws: `StoreError.limitReached` when the dictionary is full.
  mutating func code(of text: String) throws(StoreError) -> UInt32 {
    let span = text.utf8.span
    let hash = Checksum.of(text: span)
    for place in indices.indices {
      if let code = base.chunks[place].code(of: span, hash: hash, in: indices[place]) {
        return code
      }
    }
    var slot = added.start(hash)
    while let place = added.next(&slot, hash: hash) {
      if isEqual(span, place) { return UInt32(base.count + place) }
    }
    guard count < DictionaryChunk.codeLimit, span.count <= Int(UInt32.max) - utf8.count else {
      throw .limitReached(limit: "different texts in \(base.name)", value: "\(count)")
    }
    let place = hashes.count
    hashes.append(hash)
    utf8.append(contentsOf: text.utf8)
    offsets.append(UInt32(utf8.count))
    let hashes = hashes
    added.insert(place, hash: hash) { hashes[$0] }
    return UInt32(base.count + place)
  }

  /// Returns the text of a code.
  func text(_ code: Int) -> String {
    guard code >= base.count else { return base[code] }
    let place = code - base.count
    return String(decoding: utf8[Int(offsets[place])..<Int(offsets[place + 1])], as: UTF8.self)
  }

  /// The bytes of a file with the added texts.
  func write() -> [UInt8] {
    DictionaryChunk.write(name: base.name, firstCode: base.count, offsets: offsets, utf8: utf8)
  }

  private func isEqual(_ text: Span<UInt8>, _ place: Int) -> Bool {
    let start = Int(offsets[place])
    guard Int(offsets[place + 1]) - start == text.count else { return false }
    for index in text.indices where utf8[start + index] != text[index] { return false }
    return true
  }
}
