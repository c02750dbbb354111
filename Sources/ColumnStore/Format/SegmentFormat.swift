/// The bytes of a segment file, version 3; all numbers are little-endian.
///
/// ```
/// 0   magic "MANDISG1"                        8
/// 8   format version                          4
/// 12  flags, zero                             4
/// 16  XXH3-64 of the 16 bytes before          8
/// 24  zeros up to 64
/// 64  pages, column by column and block by block, then the runs of blocks, each at a multiple of 64
///     footer, see `SegmentFooter`
///     XXH3-64 of the footer                   8
///     length of footer and checksum           4
///     magic "MANDISGE"                        8
/// ```
enum SegmentFormat {
  static let magic = "MANDISG1"
  static let endMagic = "MANDISGE"
  static let version: UInt32 = 3
  static let headerLength = 64
  static let trailerLength = 12
  static let alignment = 64
  /// Rows of a block; its row numbers fit 16 bits.
  static let blockRows = 65_536
  /// Rows of a segment.
  static let segmentRows = 16 * blockRows
  /// Bytes of a decoded page.
  static let pageLimit = 2 << 30
  /// Bytes of the plain texts of all rows of a block.
  static let textLimit = pageLimit / 2

  static let header: [UInt8] = {
    var writer = ByteWriter()
    writer.append(raw: Array(magic.utf8))
    writer.append(version)
    writer.append(UInt32(0))
    writer.seal()
    writer.pad(to: headerLength)
    return writer.bytes
  }()

  /// The number of blocks of `rowCount` rows.
  static func blockCount(rowCount: Int) -> Int {
    (rowCount + blockRows - 1) / blockRows
  }

  /// The rows of a block.
  static func blockRange(_ block: Int, rowCount: Int) -> Range<Int> {
    (block * blockRows)..<min((block + 1) * blockRows, rowCount)
  }
}
