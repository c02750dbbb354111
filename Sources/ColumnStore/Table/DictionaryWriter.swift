/// A dictionary while a transaction adds texts to it.
struct DictionaryWriter {
  let base: TextDictionary
  private let indices: [DictionaryIndex]
  private var added = DictionaryIndex(capacity: 0)
  private(set) var offsets: [UInt32] = [0]
  private(set) var utf8: [UInt8] = []
  /// Keeps the loads of `touch` from being left out.
  private var touched: UInt8 = 0

  /// Begins with the texts of a dictionary.
  init(_ base: TextDictionary) throws(StoreError) {
    self.base = base
    var indices: [DictionaryIndex] = []
    for chunk in base.chunks { indices.append(try chunk.makeIndex()) }
    self.indices = indices
  }

  /// The number of texts, with the added ones.
  var count: Int { base.count + addedCount }

  /// The number of added texts.
  var addedCount: Int { offsets.count - 1 }

  /// Returns the code of a text; a new text gets the next code.
  ///
  /// - Throws: `StoreError.limitReached` when the dictionary is full.
  mutating func code(of text: String) throws(StoreError) -> UInt32 {
    let span = text.utf8.span
    return try code(of: span, hash: Checksum.of(text: span))
  }

  /// Returns the codes of texts; new ones get the next codes in their order.
  ///
  /// - Throws: `StoreError.limitReached` when the dictionary is full.
  mutating func codes(of texts: TextList) throws(StoreError) -> [UInt32] {
    let bytes = texts.utf8.span
    var codes = [UInt32](repeating: 0, count: texts.count)
    var hashes = [UInt64](repeating: 0, count: min(texts.count, Self.groupCount))
    var first = 0
    while first < texts.count {
      let group = first..<min(texts.count, first + Self.groupCount)
      for place in group {
        hashes[place - first] = Checksum.of(text: bytes.extracting(texts.range(of: place)))
      }
      touch(hashes, count: group.count)
      for place in group {
        let text = bytes.extracting(texts.range(of: place))
        codes[place] = try code(of: text, hash: hashes[place - first])
      }
      first = group.upperBound
    }
    return codes
  }

  /// Texts that are looked up side by side.
  private static let groupCount = 64

  /// Loads what the lookups of some hashes need: the memory of a large dictionary is far away, and
  /// loads that do not wait for one another take the time of one.
  private mutating func touch(_ hashes: [UInt64], count: Int) {
    guard !utf8.isEmpty else { return }
    var sum: UInt8 = 0
    for place in 0..<count {
      if let code = added.first(hashes[place]) {
        sum &+= utf8[min(Int(offsets[code]), utf8.count - 1)]
      }
    }
    touched = sum
  }

  private mutating func code(
    of span: Span<UInt8>,
    hash: UInt64
  ) throws(StoreError) -> UInt32 {
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
    let place = addedCount
    utf8.append(contentsOf: span)
    offsets.append(UInt32(utf8.count))
    added.insert(place, hash: hash)
    return UInt32(base.count + place)
  }

  /// Gives back the memory that only lookups need; no text can be added afterwards.
  mutating func forgetIndex() { added = DictionaryIndex(capacity: 0) }

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
    return utf8.holds(text, at: start)
  }
}
