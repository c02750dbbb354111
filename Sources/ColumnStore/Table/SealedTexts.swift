/// Texts that a transaction added to a dictionary and let go to a scratch file, in which they are
/// looked up where they lie.
///
/// Several of them become one from time to time, so that a look-up asks few; the commit makes files
/// of the dictionary of them. A scratch file has a temporary name, is not synchronised, and is
/// removed by the commit or, after a crash, by the next one.
struct SealedTexts: Sendable {
  /// The hashes of some of the texts.
  struct Run: Sendable {
    let hashes: SpilledHashes
    /// The place of the first of them.
    let offset: Int
  }

  let chunk: DictionaryChunk
  let hashes: [Run]
  private let name: String
  /// The name of the file with the texts.
  let temporary: String

  /// Seals texts that are in memory.
  init(
    _ chunks: [DictionaryChunk],
    hashes: [UInt32],
    name: String,
    files: TransactionFiles
  ) throws(StoreError) {
    self.name = name
    var parts = DictionaryParts(name: name)
    parts.append(chunks, hashes: hashes)
    (chunk, temporary) = try Self.write(parts, files: files)
    guard case .memory(let partitions, _)? = parts.sources.first else {
      preconditionFailure("there are texts to seal")
    }
    self.hashes = [Run(hashes: try SpilledHashes(partitions, files: files), offset: 0)]
  }

  /// Makes one of several that follow one another, whose files are removed.
  init(merging former: ArraySlice<SealedTexts>, files: TransactionFiles) throws(StoreError) {
    name = former.first?.name ?? ""
    var parts = DictionaryParts(name: name)
    var hashes: [Run] = []
    for sealed in former {
      for run in sealed.hashes {
        hashes.append(Run(hashes: run.hashes, offset: parts.count + run.offset))
      }
      parts.append(sealed)
    }
    (chunk, temporary) = try Self.write(parts, files: files)
    self.hashes = hashes
    for sealed in former { files.discardScratch(sealed.temporary) }
  }

  private static func write(
    _ parts: DictionaryParts,
    files: TransactionFiles
  ) throws(StoreError) -> (DictionaryChunk, String) {
    let name = files.makeName(in: "dictionaries", prefix: "texts.", suffix: "")
    let temporary = try files.writeScratch(name) { file throws(StoreError) in
      _ = try parts.write(to: file, restLimit: TextIndex.Shape.scratchRestLimit)
    }
    let chunk = try DictionaryChunk(
      files.directory.map(temporary),
      name: parts.name,
      firstCode: parts.firstCode,
      count: parts.count,
      decodedLimit: DictionaryChunk.scratchDecodedLimit
    )
    return (chunk, temporary)
  }

  /// Adds all texts to a filter.
  func insert(into filter: inout TextFilter) throws(StoreError) {
    var pairs: [UInt64] = []
    for part in 0..<HashPartitions.count {
      for run in hashes {
        pairs.removeAll(keepingCapacity: true)
        try run.hashes.append(part: part, firstPlace: 0, to: &pairs)
        for pair in pairs { filter.insert(UInt32(truncatingIfNeeded: pair >> 32)) }
      }
    }
  }

  /// As many of about one size become one of the next size.
  private static let mergedCount = 4

  /// The number of the last ones that are to be made one, or nil.
  static func mergeable(_ sealed: [SealedTexts]) -> Int? {
    guard let last = sealed.last else { return nil }
    let similar = sealed.reversed().prefix { $0.chunk.count <= 2 * last.chunk.count }
    let byteCount = similar.reduce(0) { $0 + $1.chunk.textByteCount }
    guard similar.count >= mergedCount, byteCount <= Int(UInt32.max) else { return nil }
    return similar.count
  }
}
