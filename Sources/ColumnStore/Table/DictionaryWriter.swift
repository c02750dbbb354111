/// A dictionary while a transaction adds texts to it.
struct DictionaryWriter {
  let base: TextDictionary
  private let indices: [DictionaryIndex]
  private var added = DictionaryIndex(capacity: 0)
  private(set) var offsets: [UInt32] = [0]
  private(set) var utf8: [UInt8] = []
  private var hashes: [UInt64] = []

  /// Begins with the texts of a dictionary.
  init(_ base: TextDictionary) throws(StoreError) {
    self.base = base
    var indices: [DictionaryIndex] = []
    for chunk in base.chunks { indices.append(try chunk.makeIndex()) }
    self.indices = indices
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
      if let code = try base.chunks[place].code(of: span, hash: hash, in: indices[place]) {
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
  func text(_ code: Int) throws(StoreError) -> String {
    guard code >= base.count else { return try base.text(code) }
    let place = code - base.count
    return String(decoding: utf8[Int(offsets[place])..<Int(offsets[place + 1])], as: UTF8.self)
  }

  /// A file with the added texts and those of the last files of the base that are not larger, so
  /// that many small commits do not leave many small files.
  struct Extension {
    /// The number of files of the base that stay.
    let keptChunks: Int
    let firstCode: Int
    let count: Int
    let bytes: [UInt8]
    let headChecksum: UInt64
  }

  /// Files with fewer texts than this are always taken into the next one.
  private static let smallCount = 1_024

  /// Makes the file that has the added texts.
  func makeExtension() throws(StoreError) -> Extension {
    var kept = base.chunks.count
    var count = addedCount
    var byteCount = utf8.count
    while kept > 0 {
      let chunk = base.chunks[kept - 1]
      byteCount += chunk.textByteCount
      guard chunk.count <= max(count, Self.smallCount), byteCount <= Int(UInt32.max) else { break }
      kept -= 1
      count += chunk.count
    }
    var texts = TextRun()
    for chunk in base.chunks[kept...] { texts.append(try chunk.all()) }
    texts.append(TextRun(offsets: offsets, utf8: utf8))
    let firstCode = base.count + addedCount - count
    let file = DictionaryChunk.write(
      name: base.name,
      firstCode: firstCode,
      texts: texts,
      codec: try ZstdCodec()
    )
    return Extension(
      keptChunks: kept,
      firstCode: firstCode,
      count: count,
      bytes: file.bytes,
      headChecksum: file.headChecksum
    )
  }

  private func isEqual(_ text: Span<UInt8>, _ place: Int) -> Bool {
    let start = Int(offsets[place])
    guard Int(offsets[place + 1]) - start == text.count else { return false }
    for index in text.indices where utf8[start + index] != text[index] { return false }
    return true
  }
}
