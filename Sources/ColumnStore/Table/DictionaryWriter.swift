/// A dictionary while a transaction adds texts to it.
struct DictionaryWriter {
  let base: TextDictionary
  private var added = DictionaryIndex(capacity: 0)
  private var texts: AddedTexts
  /// The upper halves of the added texts' hashes, once the index was given back.
  private var hashes: [UInt32] = []
  /// Keeps the loads of `touch` from being left out.
  private var touched: UInt64 = 0

  /// Begins with the texts of a dictionary.
  init(_ base: TextDictionary) {
    self.base = base
    self.texts = AddedTexts(name: base.name, firstCode: base.count)
  }

  /// The number of texts, with the added ones.
  var count: Int { base.count + addedCount }

  /// The number of added texts.
  var addedCount: Int { texts.count }

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
    var sum: UInt64 = 0
    for chunk in base.chunks { sum &+= chunk.touch(hashes, count: count) }
    if addedCount > 0 {
      for place in 0..<count {
        if let code = added.first(hashes[place]) { sum &+= UInt64(texts.byte(code)) }
      }
    }
    touched = sum
  }

  private mutating func code(
    of span: Span<UInt8>,
    hash: UInt64
  ) throws(StoreError) -> UInt32 {
    for chunk in base.chunks {
      if let code = try chunk.code(of: span, hash: hash) { return code }
    }
    var slot = added.start(hash)
    while let place = added.next(&slot, hash: hash) {
      if try texts.equals(span, place) { return UInt32(base.count + place) }
    }
    guard count < DictionaryChunk.codeLimit, span.count <= Int(UInt32.max) - texts.byteCount else {
      throw .limitReached(limit: "different texts in \(base.name)", value: "\(count)")
    }
    let place = addedCount
    try texts.append(span)
    added.insert(place, hash: hash)
    return UInt32(base.count + place)
  }

  /// Gives back the memory that only lookups need; no text can be added afterwards.
  mutating func forgetIndex() throws(StoreError) {
    hashes = added.upperHalves(count: addedCount)
    added = DictionaryIndex(capacity: 0)
    try texts.forgetPlain()
  }

  /// Returns the text of a code.
  func text(_ code: Int) throws(StoreError) -> String {
    guard code >= base.count else { return try base.text(code) }
    return try texts.text(code - base.count)
  }

  /// What becomes a file: the added texts and those of the last files of the base that are not
  /// larger, so that many small commits do not leave many small files.
  struct Extension {
    /// The number of files of the base that stay.
    let keptChunks: Int
    /// The texts that follow, at least one, in pieces that have their codes already.
    let chunks: [DictionaryChunk]
    /// The upper halves of the hashes of these texts.
    let hashes: [UInt32]

    var firstCode: Int { chunks[0].firstCode }
    var count: Int { chunks.reduce(0) { $0 + $1.count } }
  }

  /// Files with fewer texts than this are always taken into the next one.
  private static let smallCount = 1_024

  /// Makes what becomes the file that has the added texts, of which there is one at least.
  func makeExtension() throws(StoreError) -> Extension {
    var kept = base.chunks.count
    var count = addedCount
    var byteCount = texts.byteCount
    while kept > 0 {
      let chunk = base.chunks[kept - 1]
      byteCount += chunk.textByteCount
      guard chunk.count <= max(count, Self.smallCount), byteCount <= Int(UInt32.max) else { break }
      kept -= 1
      count += chunk.count
    }
    var former = TextRun()
    for chunk in base.chunks[kept...] { former.append(try chunk.all()) }
    return Extension(
      keptChunks: kept,
      chunks: try texts.encoded(after: former),
      hashes: former.hashes + (hashes.isEmpty ? added.upperHalves(count: addedCount) : hashes)
    )
  }
}
