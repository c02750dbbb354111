/// What makes one file of a dictionary: texts in pieces that have their codes, and their hashes.
struct DictionaryParts {
  let name: String
  /// At least one; each has the codes after those of the one before.
  private(set) var chunks: [DictionaryChunk] = []
  private(set) var sources: [HashSource] = []
  private(set) var count = 0
  /// The bytes of all texts.
  private(set) var textByteCount = 0

  /// Begins with nothing.
  init(name: String) {
    self.name = name
  }

  /// The code of the first text.
  var firstCode: Int { chunks[0].firstCode }

  /// Appends texts whose hashes are in memory.
  mutating func append(_ chunks: [DictionaryChunk], hashes: [UInt32]) {
    guard !chunks.isEmpty else { return }
    sources.append(.memory(HashPartitions(hashes), firstPlace: count))
    take(chunks)
  }

  /// Appends sealed texts.
  mutating func append(_ sealed: SealedTexts) {
    for run in sealed.hashes { sources.append(.file(run.hashes, firstPlace: count + run.offset)) }
    take([sealed.chunk])
  }

  /// Appends the texts of a file, as they are there; their hashes go into scratch files.
  mutating func append(
    _ chunk: DictionaryChunk,
    files: TransactionFiles
  ) throws(StoreError) {
    var hashes: [UInt32] = []
    var place = count
    func spill() throws(StoreError) {
      let run = try SpilledHashes(HashPartitions(hashes), files: files)
      sources.append(.file(run, firstPlace: place))
      place += hashes.count
      hashes = []
    }
    try chunk.withHashes { found throws(StoreError) in
      hashes.append(contentsOf: found)
      if hashes.count >= Self.spilledCount { try spill() }
    }
    if !hashes.isEmpty { try spill() }
    take([chunk])
  }

  /// Texts whose hashes go into one scratch file.
  private static let spilledCount = 2 << 20

  private mutating func take(_ added: [DictionaryChunk]) {
    chunks.append(contentsOf: added)
    for chunk in added {
      count += chunk.count
      textByteCount += chunk.textByteCount
    }
  }

  /// What was written of a file.
  struct Written {
    let byteCount: Int
    let checksum: FileChecksum
    let headChecksum: UInt64
  }

  /// Texts up to which the index is made once and kept until it is written; that of more texts is
  /// made twice, for its checksums and for its bytes, so that it takes no memory.
  static let keptIndexCount = 8 << 20

  /// Writes the file.
  func write(
    to file: any StoreFileWriter,
    restLimit: Int = TextIndex.Shape.restLimit,
    keptIndexCount: Int = DictionaryParts.keptIndexCount
  ) throws(StoreError) -> Written {
    let shape = TextIndex.Shape(count: count, restLimit: restLimit)
    let writer = TextIndexWriter(sources, shape: shape)
    let isKept = count <= keptIndexCount
    var regions: [TextIndex.Region] = []
    var kept: [UInt8] = []
    for number in 0..<writer.sliceCount {
      let slice = try writer.slice(number)
      regions.append(contentsOf: slice.regions)
      if isKept { kept.append(contentsOf: slice.bytes) }
    }
    let index = TextIndexWriter.Output(shape: shape, regions: regions, bytes: kept)
    let head = DictionaryChunk.head(name: name, of: chunks, index: index)
    let checksum = try RunningChecksum()
    var byteCount = 0
    func append(_ bytes: [UInt8]) throws(StoreError) {
      checksum.append(bytes)
      try file.append(bytes)
      byteCount += bytes.count
    }
    try append(head)
    for chunk in chunks { try chunk.withBody(append) }
    if isKept {
      try append(kept)
    } else {
      for number in 0..<writer.sliceCount { try append(writer.slice(number).bytes) }
    }
    return Written(
      byteCount: byteCount,
      checksum: checksum.value,
      headChecksum: Checksum.of(head)
    )
  }
}
