/// A dictionary while a transaction adds texts to it.
///
/// The last texts are in memory; those before them may be sealed in scratch files.
struct DictionaryWriter {
  let base: TextDictionary
  /// The added texts that are not in memory any more, by their codes.
  private(set) var sealed: [SealedTexts] = []
  /// What tells which texts need not be looked for among the sealed ones.
  private var filter = TextFilter(count: 0)
  private var added = DictionaryIndex(capacity: 0)
  private var texts: AddedTexts
  /// The code of the first text that is in memory.
  private var firstCode: Int
  /// Keeps the loads of `touch` from being left out.
  private var touched: UInt64 = 0

  /// Begins with the texts of a dictionary.
  init(_ base: TextDictionary) {
    self.base = base
    self.firstCode = base.count
    self.texts = AddedTexts(name: base.name, firstCode: base.count)
  }

  /// The number of texts, with the added ones.
  var count: Int { firstCode + texts.count }

  /// The number of added texts.
  var addedCount: Int { count - base.count }

  /// The bytes that the added texts take in memory, about.
  var memoryByteCount: Int { texts.count == 0 ? 0 : texts.memoryByteCount + added.byteCount }

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
    if texts.count > 0 {
      for place in 0..<count {
        if let code = added.first(hashes[place]) { sum &+= UInt64(texts.byte(code)) }
      }
    }
    if !sealed.isEmpty {
      var found: [UInt64] = []
      for place in 0..<count where filter.mayHave(hashes[place]) { found.append(hashes[place]) }
      for sealed in sealed { sum &+= sealed.chunk.touch(found, count: found.count) }
    }
    touched = sum
  }

  private mutating func code(
    of span: Span<UInt8>,
    hash: UInt64
  ) throws(StoreError) -> UInt32 {
    var slot = added.start(hash)
    while let place = added.next(&slot, hash: hash) {
      if try texts.equals(span, place) { return UInt32(firstCode + place) }
    }
    if !sealed.isEmpty, filter.mayHave(hash) {
      for sealed in sealed {
        if let code = try sealed.chunk.code(of: span, hash: hash) { return code }
      }
    }
    for chunk in base.chunks {
      if let code = try chunk.code(of: span, hash: hash) { return code }
    }
    guard count < DictionaryChunk.codeLimit, span.count <= Int(UInt32.max) - texts.byteCount else {
      throw .limitReached(limit: "different texts in \(base.name)", value: "\(count)")
    }
    let place = texts.count
    try texts.append(span)
    added.insert(place, hash: hash)
    return UInt32(firstCode + place)
  }

  /// Returns the text of a code.
  func text(_ code: Int) throws(StoreError) -> String {
    if code >= firstCode { return try texts.text(code - firstCode) }
    guard code >= base.count else { return try base.text(code) }
    let place = sealed.lastIndex { $0.chunk.firstCode <= code } ?? 0
    return try sealed[place].chunk.text(code - sealed[place].chunk.firstCode)
  }

  // MARK: - Letting texts go

  /// Writes the texts that are in memory to scratch files.
  mutating func seal(_ files: TransactionFiles) throws(StoreError) {
    guard texts.count > 0 else { return }
    let (chunks, hashes) = try takeTexts(after: TextRun())
    sealed.append(try SealedTexts(chunks, hashes: hashes, name: base.name, files: files))
    if filter.hasRoom(for: addedCount) {
      for hash in hashes { filter.insert(hash) }
    } else {
      filter = TextFilter(count: addedCount)
      for sealed in sealed { try sealed.insert(into: &filter) }
    }
    while let count = SealedTexts.mergeable(sealed) {
      let merged = try SealedTexts(merging: sealed.suffix(count), files: files)
      sealed.replaceSubrange((sealed.count - count)..., with: [merged])
    }
  }

  /// Takes the texts that are in memory, behind former ones, with the upper halves of all hashes.
  private mutating func takeTexts(
    after former: TextRun
  ) throws(StoreError) -> (chunks: [DictionaryChunk], hashes: [UInt32]) {
    let hashes = former.hashes + added.upperHalves(count: texts.count)
    // The index is let go before more memory is taken.
    added = DictionaryIndex(capacity: 0)
    try texts.forgetPlain()
    let chunks = try texts.encoded(after: former)
    firstCode = count
    texts = AddedTexts(name: base.name, firstCode: firstCode)
    return (chunks, hashes)
  }

  /// Tells whether look-ups read files.
  var isFileRead: Bool { !sealed.isEmpty || !base.chunks.isEmpty }

  /// Lets go of pages of files, see `MappedFile.releasePages`.
  func releasePages() {
    for sealed in sealed { sealed.chunk.releasePages() }
    for chunk in base.chunks { chunk.releasePages() }
  }

  /// The texts in pieces that have their codes, for readers.
  func pieces() throws(StoreError) -> [DictionaryChunk] {
    base.chunks + sealed.map(\.chunk) + (try texts.encoded(after: TextRun()))
  }

  // MARK: - The commit

  /// What becomes files: the added texts and those of the last files of the base that are not
  /// larger, so that many small commits do not leave many small files.
  struct Extension {
    /// The number of files of the base that stay.
    let keptChunks: Int
    /// What each of the new files has.
    var files: [DictionaryParts]
  }

  /// Files with fewer texts than this are always taken into the next one.
  private static let smallCount = 1_024
  /// Texts of files that are taken into the next one by being encoded again; more are copied as they
  /// are.
  private static let encodedCount = 1 << 20

  /// Makes what becomes the files that have the added texts, of which there is one at least; no text
  /// can be added afterwards.
  mutating func makeExtension(_ files: TransactionFiles) throws(StoreError) -> Extension {
    let kept = keptChunkCount
    let former = base.chunks[kept...]
    var result = Extension(keptChunks: kept, files: [])
    var parts = DictionaryParts(name: base.name)
    var run = TextRun()
    if former.reduce(0, { $0 + $1.count }) <= Self.encodedCount, sealed.isEmpty {
      for chunk in former { run.append(try chunk.all()) }
    } else {
      for chunk in former { try parts.append(chunk, files: files) }
    }
    for sealed in sealed {
      // The length of all texts of a file has 32 bits.
      if parts.textByteCount + sealed.chunk.textByteCount > Int(UInt32.max) {
        result.files.append(parts)
        parts = DictionaryParts(name: base.name)
      }
      parts.append(sealed)
    }
    if parts.textByteCount + texts.byteCount > Int(UInt32.max) {
      result.files.append(parts)
      parts = DictionaryParts(name: base.name)
    }
    let (chunks, hashes) = try takeTexts(after: run)
    parts.append(chunks, hashes: hashes)
    if parts.count > 0 { result.files.append(parts) }
    return result
  }

  /// The number of files of the base that stay as they are.
  private var keptChunkCount: Int {
    var kept = base.chunks.count
    var count = addedCount
    var byteCount = texts.byteCount + sealed.reduce(0) { $0 + $1.chunk.textByteCount }
    while kept > 0 {
      let chunk = base.chunks[kept - 1]
      byteCount += chunk.textByteCount
      guard chunk.count <= max(count, Self.smallCount), byteCount <= Int(UInt32.max) else { break }
      kept -= 1
      count += chunk.count
    }
    return kept
  }
}
