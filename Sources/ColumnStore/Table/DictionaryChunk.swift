import Synchronization

/// One file of a dictionary: texts whose codes follow one another, in blocks.
///
/// ```
/// 0   magic "MANDIDC1"                8
/// 8   format version u32              4
/// 12  first code u32                  4
/// 16  number of texts u32             4
/// 20  length of the name u32          4
/// 24  length of all texts u64         8
/// 32  number of blocks u32            4
/// 36  bits of a bucket's number in the index, of a group's, and of the rest of a hash, 3 × u8
/// 39  for each block: offset u64, stored length u32, length of its texts u32,
///     number of texts u32, kind u8, XXH3-64 of the stored bytes    29
///     for each region of the index: number of entries u32, width u8, XXH3-64 of its bytes    13
///     the name of the dictionary, UTF-8
///     XXH3-64 of all before           8
///     the blocks, one after the other, see `TextBlock`
///     the regions of the index, see `TextIndex`
/// ```
///
/// Opening reads the head. A block is checked when a text of it is first asked for, and so is a
/// region of the index.
final class DictionaryChunk: Sendable {
  static let magic = "MANDIDC1"
  static let version: UInt32 = 3
  /// Texts that one dictionary can have.
  static let codeLimit = Int(Int32.max)
  /// Bytes of decoded texts that one file keeps; texts that are read in place take none.
  static let decodedLimit = 128 << 20
  /// The same of a scratch file, of which there are some.
  static let scratchDecodedLimit = 48 << 20

  /// Where a block is, and what it must hold.
  private struct BlockEntry {
    let range: Range<Int>
    let kind: TextBlock.Kind
    let firstPlace: Int
    let count: Int
    let byteCount: Int
    let checksum: UInt64
  }

  /// The blocks that were checked and are kept.
  private struct OpenBlocks {
    var blocks: [TextBlock?]
    var byteCount = 0
    /// The decoded ones in the order in which they came.
    var decoded: [Int] = []
  }

  let file: MappedFile
  let firstCode: Int
  let count: Int
  /// The bytes of all texts.
  let textByteCount: Int
  /// The checksum of the head, which has those of all blocks in it.
  let headChecksum: UInt64
  private let blocks: [BlockEntry]
  private let open: Mutex<OpenBlocks>
  private let index: TextIndex
  private let decodedLimit: Int

  /// Opens a file of the dictionary `name`.
  init(
    _ file: MappedFile,
    name: String,
    firstCode: Int,
    count: Int,
    decodedLimit: Int = DictionaryChunk.decodedLimit
  ) throws(StoreError) {
    let headLength = try Self.headLength(of: file)
    var reader = try ByteReader.unsealing(file.bytes(in: 0..<headLength), file: file.path)
    try reader.expect(magic: Self.magic, version: Self.version)
    let foundFirst = Int(try reader.read(UInt32.self))
    let foundCount = Int(try reader.read(UInt32.self))
    guard foundFirst == firstCode, foundCount == count, count > 0 else {
      throw reader.damage("it has codes from \(foundFirst), \(foundCount) of them")
    }
    let nameLength = Int(try reader.read(UInt32.self))
    let textLength = try reader.readCount(atMost: Int(UInt32.max))
    let blockCount = try reader.read(UInt32.self)
    let shape = try Self.readShape(&reader)
    var blocks: [BlockEntry] = []
    var (offset, place, length) = (headLength, 0, 0)
    for _ in 0..<blockCount {
      let block = try Self.readBlock(&reader, offset: offset, place: place, fileEnd: file.count)
      offset = block.range.upperBound
      place += block.count
      length += block.byteCount
      blocks.append(block)
    }
    guard place == count, length == textLength else {
      throw reader.damage("its blocks are not what it says")
    }
    var regions: [TextIndex.Region] = []
    for _ in 0..<shape.regionCount { regions.append(try Self.readRegion(&reader)) }
    guard try reader.readBytes(nameLength) == Array(name.utf8) else {
      throw reader.damage("it belongs to another dictionary")
    }
    try reader.finish()
    self.file = file
    self.decodedLimit = decodedLimit
    self.firstCode = firstCode
    self.count = count
    self.textByteCount = textLength
    self.headChecksum = file.withBytes(in: 0..<headLength) { Checksum.of($0) }
    self.blocks = blocks
    self.index = try TextIndex(
      file,
      from: offset,
      shape: shape,
      regions: regions,
      textCount: count
    )
    self.open = Mutex(OpenBlocks(blocks: Array(repeating: nil, count: blocks.count)))
  }

  private static let fixedLength = 39
  private static let entryLength = 29
  private static let regionLength = 13

  /// The length of the head with its seal, from its fixed part, which is not checked yet.
  private static func headLength(of file: MappedFile) throws(StoreError) -> Int {
    let fixed = file.bytes(in: 0..<min(file.count, fixedLength))
    var reader = ByteReader(fixed, file: file.path)
    try reader.expect(magic: magic, version: version)
    _ = try reader.readBytes(8)
    let nameLength = Int(try reader.read(UInt32.self))
    _ = try reader.readBytes(8)
    let blockCount = Int(try reader.read(UInt32.self))
    let shape = try readShape(&reader)
    let length = headLength(blocks: blockCount, regions: shape.regionCount, name: nameLength)
    guard length <= file.count else { throw reader.damage("its head is longer than the file") }
    return length
  }

  private static func headLength(blocks: Int, regions: Int, name: Int) -> Int {
    fixedLength + blocks * entryLength + regions * regionLength + name + 8
  }

  private static func readShape(
    _ reader: inout ByteReader
  ) throws(StoreError) -> TextIndex.Shape {
    let shape = TextIndex.Shape(
      bucketBits: try reader.read(UInt8.self),
      groupBits: try reader.read(UInt8.self),
      restBits: try reader.read(UInt8.self)
    )
    guard shape.isPossible else { throw reader.damage("its index has numbers of too many bits") }
    return shape
  }

  private static func readRegion(
    _ reader: inout ByteReader
  ) throws(StoreError) -> TextIndex.Region {
    let count = Int(try reader.read(UInt32.self))
    let width = Int(try reader.read(UInt8.self))
    guard width == 2 || width == 4 else {
      throw reader.damage("a part of its index has ends of \(width) bytes")
    }
    let checksum = try reader.read(UInt64.self)
    return TextIndex.Region(count: count, width: width, checksum: checksum)
  }

  private static func readBlock(
    _ reader: inout ByteReader,
    offset: Int,
    place: Int,
    fileEnd: Int
  ) throws(StoreError) -> BlockEntry {
    let start = try reader.readCount(atMost: fileEnd)
    let stored = Int(try reader.read(UInt32.self))
    let byteCount = Int(try reader.read(UInt32.self))
    let count = Int(try reader.read(UInt32.self))
    let kind = TextBlock.Kind(rawValue: try reader.read(UInt8.self))
    let checksum = try reader.read(UInt64.self)
    guard let kind, start == offset, stored <= fileEnd - offset,
      count > 0, count <= TextBlock.textLimit
    else { throw reader.damage("a block of texts is described wrongly") }
    return BlockEntry(
      range: offset..<(offset + stored),
      kind: kind,
      firstPlace: place,
      count: count,
      byteCount: byteCount,
      checksum: checksum
    )
  }

  /// Encodes texts in memory, as they would be in a file.
  static func encoding(
    _ texts: TextRun,
    name: String,
    firstCode: Int
  ) throws(StoreError) -> DictionaryChunk {
    let file = write(name: name, firstCode: firstCode, texts: texts, codec: try ZstdCodec())
    return try DictionaryChunk(
      MappedFile(path: "dictionaries/\(name)", copying: file.bytes),
      name: name,
      firstCode: firstCode,
      count: texts.count
    )
  }

  /// The bytes of a file, and the checksum of its head.
  static func write(
    name: String,
    firstCode: Int,
    texts: TextRun,
    codec: ZstdCodec
  ) -> (bytes: [UInt8], headChecksum: UInt64) {
    var blocks: [BlockEntry] = []
    var bodies: [UInt8] = []
    for range in TextBlock.cut(texts) {
      let (kind, bytes) = TextBlock.encode(texts, range, codec: codec)
      blocks.append(
        BlockEntry(
          range: bodies.count..<(bodies.count + bytes.count),
          kind: kind,
          firstPlace: range.lowerBound,
          count: range.count,
          byteCount: Int(texts.offsets[range.upperBound] - texts.offsets[range.lowerBound]),
          checksum: Checksum.of(bytes)
        )
      )
      bodies.append(contentsOf: bytes)
    }
    let index = TextIndexWriter.write(texts.hashes)
    let head = head(name: name, firstCode: firstCode, blocks: blocks, index: index)
    return (head + bodies + index.bytes, Checksum.of(head))
  }

  /// The head of a file with the texts of some chunks, whose blocks follow it, and then the index.
  static func head(
    name: String,
    of chunks: [DictionaryChunk],
    index: TextIndexWriter.Output
  ) -> [UInt8] {
    head(
      name: name,
      firstCode: chunks[0].firstCode,
      blocks: chunks.flatMap(\.blocks),
      index: index
    )
  }

  /// The head of a file with some blocks and an index.
  private static func head(
    name: String,
    firstCode: Int,
    blocks: [BlockEntry],
    index: TextIndexWriter.Output
  ) -> [UInt8] {
    var writer = ByteWriter()
    writer.append(raw: Array(magic.utf8))
    writer.append(version)
    writer.append(UInt32(firstCode))
    writer.append(UInt32(blocks.reduce(0) { $0 + $1.count }))
    writer.append(UInt32(name.utf8.count))
    writer.append(UInt64(blocks.reduce(0) { $0 + $1.byteCount }))
    writer.append(UInt32(blocks.count))
    writer.append(index.shape.bucketBits)
    writer.append(index.shape.groupBits)
    writer.append(index.shape.restBits)
    var offset = headLength(
      blocks: blocks.count,
      regions: index.regions.count,
      name: name.utf8.count
    )
    for block in blocks {
      writer.append(UInt64(offset))
      writer.append(UInt32(block.range.count))
      writer.append(UInt32(block.byteCount))
      writer.append(UInt32(block.count))
      writer.append(block.kind.rawValue)
      writer.append(block.checksum)
      offset += block.range.count
    }
    for region in index.regions {
      writer.append(UInt32(region.count))
      writer.append(UInt8(region.width))
      writer.append(region.checksum)
    }
    writer.append(raw: Array(name.utf8))
    writer.seal()
    return writer.bytes
  }

  /// Lends the bytes of all blocks, block by block, each compared with its checksum.
  func withBody(_ body: ([UInt8]) throws(StoreError) -> Void) throws(StoreError) {
    for block in blocks {
      try check(block)
      try body(file.bytes(in: block.range))
    }
    file.releasePages()
  }

  /// Lends the upper halves of the hashes of all texts, block by block, without keeping the texts.
  func withHashes(_ body: ([UInt32]) throws(StoreError) -> Void) throws(StoreError) {
    for number in blocks.indices { try body(readBlock(number).all().hashes) }
  }

  /// The bytes of decoded texts that are kept.
  var decodedByteCount: Int { open.withLock { $0.byteCount } }

  /// Lets go of the file's pages, see `MappedFile.releasePages`.
  func releasePages() { file.releasePages() }

  /// Tells whether a text has these bytes; `place` counts from the chunk's first code.
  func equals(_ text: Span<UInt8>, _ place: Int) throws(StoreError) -> Bool {
    let number = blockNumber(of: place)
    let place = place - blocks[number].firstPlace
    return try block(number).first(equalTo: text, in: place..<(place + 1)) != nil
  }

  /// Decodes a text; `place` counts from the chunk's first code.
  func text(_ place: Int) throws(StoreError) -> String {
    let number = blockNumber(of: place)
    return try block(number).text(place - blocks[number].firstPlace)
  }

  /// All texts.
  func all() throws(StoreError) -> TextRun {
    var run = TextRun()
    for number in blocks.indices { run.append(try block(number).all()) }
    return run
  }

  /// Checks and decodes every block, and that the index is that of the texts.
  func verify() throws(StoreError) {
    try index.verify()
    var hashes: [UInt32] = []
    hashes.reserveCapacity(count)
    try withHashes { hashes.append(contentsOf: $0) }
    guard index.isIndex(of: hashes) else {
      throw .damaged(file: file.path, offset: nil, reason: "its index is that of other texts")
    }
  }

  /// Returns the code of a text whose hash is known, or nil.
  func code(of text: Span<UInt8>, hash: UInt64) throws(StoreError) -> UInt32? {
    var search = try index.search(hash)
    while let group = index.next(&search) {
      var places = group
      while !places.isEmpty {
        let number = blockNumber(of: places.lowerBound)
        let first = blocks[number].firstPlace
        let end = min(places.upperBound, first + blocks[number].count)
        let part = (places.lowerBound - first)..<(end - first)
        if let place = try block(number).first(equalTo: text, in: part) {
          return UInt32(firstCode + first + place)
        }
        places = end..<places.upperBound
      }
    }
    return nil
  }

  /// Loads what the look-ups of some hashes need, see `TextIndex.touch`.
  func touch(_ hashes: [UInt64], count: Int) -> UInt64 { index.touch(hashes, count: count) }

  private func blockNumber(of place: Int) -> Int {
    precondition(place >= 0 && place < count, "a text of this chunk")
    // Most blocks are full, so that this is the place or a little before it.
    var (low, high) = (place / TextBlock.textLimit, blocks.count - 1)
    while low < high {
      let middle = (low + high + 1) / 2
      if blocks[middle].firstPlace <= place { low = middle } else { high = middle - 1 }
    }
    return low
  }

  private func block(_ number: Int) throws(StoreError) -> TextBlock {
    if let known = open.withLock({ $0.blocks[number] }) { return known }
    let block = try readBlock(number)
    open.withLock { open in
      guard open.blocks[number] == nil else { return }
      open.blocks[number] = block
      guard block.byteCount > 0 else { return }
      open.decoded.append(number)
      open.byteCount += block.byteCount
      while open.byteCount > decodedLimit, open.decoded.count > 1 {
        let oldest = open.decoded.removeFirst()
        open.byteCount -= open.blocks[oldest]?.byteCount ?? 0
        open.blocks[oldest] = nil
      }
    }
    return block
  }

  private func readBlock(_ number: Int) throws(StoreError) -> TextBlock {
    let entry = blocks[number]
    try check(entry)
    return try TextBlock(
      file,
      in: entry.range,
      kind: entry.kind,
      count: entry.count,
      byteCount: entry.byteCount
    )
  }

  private func check(_ entry: BlockEntry) throws(StoreError) {
    guard file.withBytes(in: entry.range, { Checksum.of($0) }) == entry.checksum else {
      throw .damaged(
        file: file.path,
        offset: entry.range.lowerBound,
        reason: "the checksum of a block of texts does not match"
      )
    }
  }
}
