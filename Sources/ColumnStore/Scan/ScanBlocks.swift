/// A block of a table, by the position of its segment.
struct BlockAddress: Sendable, Hashable {
  /// The segment's position in the table.
  let segment: Int
  /// The block's position in the segment.
  let block: Int
}

/// The blocks of a table that a scan looks at, and what their zone maps say together.
struct ScanBlocks: Sendable {
  /// The table.
  let table: TableSnapshot
  /// The blocks in order.
  let addresses: [BlockAddress]

  /// Takes every block of a table that has a live row.
  init(all table: TableSnapshot) {
    self.table = table
    var addresses: [BlockAddress] = []
    for (position, live) in table.segments.enumerated() {
      for block in 0..<live.segment.blockCount {
        addresses.append(BlockAddress(segment: position, block: block))
      }
    }
    self.addresses = addresses
  }

  /// Takes some blocks.
  init(table: TableSnapshot, addresses: [BlockAddress]) {
    self.table = table
    self.addresses = addresses
  }

  /// The number of rows, deleted ones included.
  var rowCount: Int { addresses.reduce(0) { $0 + rowCount(of: $1) } }

  /// The number of rows of a block, deleted ones included.
  func rowCount(of address: BlockAddress) -> Int {
    table.segments[address.segment].segment.blockRange(address.block).count
  }

  /// Returns the deleted rows of a block; nil for none.
  func deletions(of address: BlockAddress) -> [UInt64]? {
    table.segments[address.segment].deletions?.words(block: address.block)
  }

  /// Returns what is known of a column of a block.
  func zoneMap(_ field: Int, of address: BlockAddress) -> ZoneMap {
    table.segments[address.segment].segment.zoneMap(column: field, block: address.block)
  }

  /// Returns how the integers of a column of a block are coded; nil for anything but integers.
  func frame(_ field: Int, of address: BlockAddress) -> (base: Int64, multiplier: Int64)? {
    table.segments[address.segment].segment.frame(column: field, block: address.block)
  }

  /// Returns what is known of a column over all blocks: a range of its integers or codes, nil
  /// without any, and whether a row may have none.
  func summary(of field: Int) -> (bounds: ClosedRange<Int64>?, hasNulls: Bool) {
    var low = Int64.max
    var high = Int64.min
    var hasNulls = false
    for address in addresses {
      let zone = zoneMap(field, of: address)
      if zone.nullCount > 0 { hasNulls = true }
      if case .integers(let minimum, let maximum) = zone.bounds {
        low = min(low, minimum)
        high = max(high, maximum)
      }
    }
    return (low <= high ? low...high : nil, hasNulls)
  }
}

/// The columns of one block, read when they are first asked for.
final class BlockColumns {
  private let segment: Segment
  private let block: Int
  private let fields: [Int]
  private var vectors: [ColumnVector?]
  /// Columns that were decompressed.
  private(set) var decodedPages = 0
  /// Columns that were found decoded.
  private(set) var cachedPages = 0

  /// Prepares the columns of a block; `fields` are the positions of a program's columns.
  init(segment: Segment, block: Int, fields: [Int]) {
    self.segment = segment
    self.block = block
    self.fields = fields
    vectors = Array(repeating: nil, count: fields.count)
  }

  /// Returns a column of the program.
  func vector(_ column: Int) throws(StoreError) -> ColumnVector {
    if let vector = vectors[column] { return vector }
    let (vector, wasCached) = try segment.vector(column: fields[column], block: block)
    vectors[column] = vector
    if wasCached { cachedPages += 1 } else { decodedPages += 1 }
    return vector
  }
}
