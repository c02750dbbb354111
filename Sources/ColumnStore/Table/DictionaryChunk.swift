import Synchronization

/// One file of a dictionary: texts whose codes follow one another.
///
/// ```
/// 0   magic "MANDIDC1"                8
/// 8   format version u32              4
/// 12  first code u32                  4
/// 16  number of texts u32             4
/// 20  length of the name u32          4
/// 24  length of all texts u64         8
/// 32  offsets, one more than texts    4 each
///     the texts, then the name of the dictionary, UTF-8
///     XXH3-64 of all before           8
/// ```
final class DictionaryChunk: Sendable {
  static let magic = "MANDIDC1"
  static let version: UInt32 = 1
  static let headerLength = 32
  /// Texts that one dictionary can have.
  static let codeLimit = Int(Int32.max)

  let file: MappedFile
  let firstCode: Int
  let count: Int
  private let textStart: Int
  private let index = Mutex<DictionaryIndex?>(nil)

  /// Takes a file of the dictionary `name`, whose checksum was found right.
  init(_ file: MappedFile, name: String, firstCode: Int, count: Int) throws(StoreError) {
    let head = file.bytes(in: 0..<min(file.count, DictionaryChunk.headerLength))
    var reader = ByteReader(head, file: file.path)
    try reader.expect(magic: DictionaryChunk.magic, version: DictionaryChunk.version)
    let foundFirst = Int(try reader.read(UInt32.self))
    let foundCount = Int(try reader.read(UInt32.self))
    guard foundFirst == firstCode, foundCount == count, count > 0 else {
      throw reader.damage("it has codes from \(foundFirst), \(foundCount) of them")
    }
    let nameLength = Int(try reader.read(UInt32.self))
    let textLength = try reader.readCount(atMost: Int(UInt32.max))
    let textStart = DictionaryChunk.headerLength + (count + 1) * 4
    let nameStart = textStart + textLength
    guard file.count == nameStart + nameLength + 8 else {
      throw reader.damage("its length is not what it says")
    }
    guard file.text(in: nameStart..<(nameStart + nameLength)) == name else {
      throw reader.damage("it belongs to another dictionary")
    }
    let isAscending = file.withValues(
      of: UInt32.self,
      at: DictionaryChunk.headerLength,
      count: count + 1
    ) { offsets in
      var last: UInt32 = 0
      var isAscending = offsets[0] == 0
      for place in offsets.indices {
        isAscending = isAscending && offsets[place] >= last
        last = offsets[place]
      }
      return isAscending && Int(last) == textLength
    }
    guard isAscending else { throw reader.damage("the offsets of its texts are not ascending") }
    self.file = file
    self.firstCode = firstCode
    self.count = count
    self.textStart = textStart
  }

  /// The bytes of a chunk file.
  static func write(
    name: String,
    firstCode: Int,
    offsets: [UInt32],
    utf8: [UInt8]
  ) -> [UInt8] {
    var writer = ByteWriter()
    writer.append(raw: Array(magic.utf8))
    writer.append(version)
    writer.append(UInt32(firstCode))
    writer.append(UInt32(offsets.count - 1))
    writer.append(UInt32(name.utf8.count))
    writer.append(UInt64(utf8.count))
    var raw: [UInt8] = []
    raw.reserveCapacity(offsets.count * 4 + utf8.count + name.utf8.count)
    raw.append(bytesOf: offsets)
    raw.append(contentsOf: utf8)
    raw.append(contentsOf: name.utf8)
    writer.append(raw: raw)
    writer.seal()
    return writer.bytes
  }

  /// The range of all texts in the file.
  var textRange: Range<Int> {
    range(of: 0).lowerBound..<range(of: count - 1).upperBound
  }

  /// The range of a text in the file; `place` counts from the chunk's first code.
  func range(of place: Int) -> Range<Int> {
    precondition(place >= 0 && place < count, "a text of this chunk")
    return file.withValues(of: UInt32.self, at: DictionaryChunk.headerLength, count: count + 1) {
      (textStart + Int($0[place]))..<(textStart + Int($0[place + 1]))
    }
  }

  /// Returns the code of a text whose hash is known, or nil.
  func code(of text: Span<UInt8>, hash: UInt64, in index: DictionaryIndex) -> UInt32? {
    var slot = index.start(hash)
    while let place = index.next(&slot, hash: hash) {
      let range = range(of: place)
      if range.count == text.count, file.equals(text, at: range.lowerBound) {
        return UInt32(firstCode + place)
      }
    }
    return nil
  }

  /// The index of the chunk, made when it is first asked for.
  func makeIndex() -> DictionaryIndex {
    index.withLock { index in
      if let index { return index }
      var made = DictionaryIndex(capacity: count)
      for place in 0..<count { made.insert(place, hash: hash(of: place)) }
      index = made
      return made
    }
  }

  private func hash(of place: Int) -> UInt64 {
    file.withBytes(in: range(of: place)) { Checksum.of($0) }
  }
}
