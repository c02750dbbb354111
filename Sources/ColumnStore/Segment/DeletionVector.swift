/// The rows of a segment that a later commit deleted or replaced.
public struct DeletionVector: Sendable, Equatable {
  /// The number of rows of the segment.
  public let rowCount: Int
  /// The number of deleted rows.
  public private(set) var deletedCount = 0
  private var blocks: [[UInt64]]

  /// Makes a vector without deletions.
  init(rowCount: Int) {
    self.rowCount = rowCount
    self.blocks = Array(repeating: [], count: SegmentFormat.blockCount(rowCount: rowCount))
  }

  /// Returns the deletions of a block, one bit a row, 1 for deleted; nil when there are none.
  public func words(block: Int) -> [UInt64]? {
    blocks[block].isEmpty ? nil : blocks[block]
  }

  /// Tells whether a row of the segment is deleted.
  public func contains(_ row: Int) -> Bool {
    let block = blocks[row / SegmentFormat.blockRows]
    let place = row % SegmentFormat.blockRows
    return !block.isEmpty && block[place >> 6] >> UInt64(place & 63) & 1 == 1
  }

  /// Returns a vector that deletes all rows but those that this one deletes and an earlier one did
  /// not.
  func complement(since earlier: DeletionVector?) -> DeletionVector {
    var result = DeletionVector(rowCount: rowCount)
    for block in blocks.indices {
      let rows = SegmentFormat.blockRange(block, rowCount: rowCount).count
      var words = Array(repeating: ~UInt64(0), count: (rows + 63) / 64)
      if rows & 63 > 0 { words[words.count - 1] = 1 << UInt64(rows & 63) - 1 }
      for (place, word) in blocks[block].enumerated() {
        let before = earlier?.words(block: block)?[place] ?? 0
        words[place] &= ~(word & ~before)
      }
      result.blocks[block] = words
      result.deletedCount += words.reduce(0) { $0 + $1.nonzeroBitCount }
    }
    return result
  }

  /// Marks a row; returns false when it was marked before.
  @discardableResult
  mutating func insert(_ row: Int) -> Bool {
    guard !contains(row) else { return false }
    let block = row / SegmentFormat.blockRows
    let place = row % SegmentFormat.blockRows
    if blocks[block].isEmpty {
      let rows = SegmentFormat.blockRange(block, rowCount: rowCount).count
      blocks[block] = Array(repeating: 0, count: (rows + 63) / 64)
    }
    blocks[block][place >> 6] |= 1 << UInt64(place & 63)
    deletedCount += 1
    return true
  }
}

extension DeletionVector {
  static let magic = "MANDIDV1"
  static let version: UInt32 = 2

  /// Writes the file.
  ///
  /// It has magic, version u32, the segment's path (text), row count u64, for each block a flag u8
  /// and, where it is 1, its words, where it is 2, the number of its rows u16 and their places in
  /// the block u16, ascending; then the XXH3-64 of all that. The smaller form is written.
  func write(segment: String) -> [UInt8] {
    var writer = ByteWriter()
    writer.append(raw: Array(DeletionVector.magic.utf8))
    writer.append(DeletionVector.version)
    writer.append(text: segment)
    writer.append(UInt64(rowCount))
    for words in blocks {
      let places = Self.places(words)
      if words.isEmpty {
        writer.append(UInt8(0))
      } else if places.count * 2 + 2 < words.count * 8 {
        writer.append(UInt8(2))
        writer.append(UInt16(places.count))
        for place in places { writer.append(place) }
      } else {
        writer.append(UInt8(1))
        for word in words { writer.append(word) }
      }
    }
    writer.seal()
    return writer.bytes
  }

  /// The rows of a block.
  private static func places(_ words: [UInt64]) -> [UInt16] {
    var places: [UInt16] = []
    for (index, word) in words.enumerated() {
      var rest = word
      while rest != 0 {
        places.append(UInt16(index << 6 + rest.trailingZeroBitCount))
        rest &= rest - 1
      }
    }
    return places
  }

  /// Reads the file of a segment.
  static func read(
    _ file: MappedFile,
    segment: String,
    rowCount: Int
  ) throws(StoreError) -> DeletionVector {
    var reader = try ByteReader.unsealing(file.allBytes, file: file.path)
    try reader.expect(magic: magic, version: version)
    guard try reader.readText() == segment, try reader.readCount(atMost: .max) == rowCount else {
      throw reader.damage("it belongs to another segment")
    }
    var result = DeletionVector(rowCount: rowCount)
    for block in result.blocks.indices {
      let rows = SegmentFormat.blockRange(block, rowCount: rowCount).count
      let flag = try reader.read(UInt8.self)
      guard flag <= 2 else { throw reader.damage("a block's flag is \(flag)") }
      guard flag > 0 else { continue }
      var words = [UInt64](repeating: 0, count: (rows + 63) / 64)
      if flag == 1 {
        for place in words.indices { words[place] = try reader.read(UInt64.self) }
      } else {
        for _ in 0..<(try reader.read(UInt16.self)) {
          let place = Int(try reader.read(UInt16.self))
          guard place < rows else {
            throw reader.damage("it deletes rows that the segment does not have")
          }
          words[place >> 6] |= 1 << UInt64(place & 63)
        }
      }
      if rows & 63 > 0, words[words.count - 1] >> UInt64(rows & 63) != 0 {
        throw reader.damage("it deletes rows that the segment does not have")
      }
      result.blocks[block] = words
      result.deletedCount += words.reduce(0) { $0 + $1.nonzeroBitCount }
    }
    try reader.finish()
    return result
  }
}
