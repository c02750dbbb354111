/// What a segment file says about itself: its table, rows, columns and pages.
///
/// ```
/// table name (text), row count u64, number of columns u32, and for each column:
///   name (text), type u8, text storage u8 (0 no text, 1 dictionary, 2 plain),
///   dictionary name (text) where the storage is 1, and for each block of 65,536 rows:
///     encoding u8, code width u8, storage u8, bounds u8 (0 empty, 1 integers, 2 doubles,
///     3 unknown), null count u32, offset u64, stored length u64, decoded length u64,
///     checksum u64, base i64, multiplier i64, minimum 8, maximum 8, sum i128,
///     form of the codes u8, width of distances or places u8, zeros u16, codes of the palette u32
/// ```
/// A text is its length in bytes as u32 and then UTF-8.
struct SegmentFooter: Sendable {
  /// The bytes of what is said of one page.
  static let pageLength = 96

  struct Column: Sendable {
    let name: String
    let type: ColumnType
    let text: Field.TextStorage?
    var pages: [PageDescriptor]
  }

  var table: String
  var rowCount: Int
  var columns: [Column]

  func write() -> [UInt8] {
    var writer = ByteWriter()
    writer.append(text: table)
    writer.append(UInt64(rowCount))
    writer.append(UInt32(columns.count))
    for column in columns {
      writer.append(text: column.name)
      writer.append(column.type.rawValue)
      switch column.text {
      case nil: writer.append(UInt8(0))
      case .dictionary(let name):
        writer.append(UInt8(1))
        writer.append(text: name)
      case .plain: writer.append(UInt8(2))
      }
      for page in column.pages { Self.append(page, to: &writer) }
    }
    writer.seal()
    return writer.bytes
  }

  private static func append(_ page: PageDescriptor, to writer: inout ByteWriter) {
    writer.append(page.encoding.rawValue)
    writer.append(page.width.rawValue)
    writer.append(page.storage.rawValue)
    let (kind, minimum, maximum): (UInt8, UInt64, UInt64) =
      switch page.bounds {
      case .empty: (0, 0, 0)
      case .integers(let minimum, let maximum):
        (1, UInt64(bitPattern: minimum), UInt64(bitPattern: maximum))
      case .doubles(let minimum, let maximum): (2, minimum.bitPattern, maximum.bitPattern)
      case .unknown: (3, 0, 0)
      }
    writer.append(kind)
    writer.append(UInt32(page.nullCount))
    writer.append(UInt64(page.offset))
    writer.append(UInt64(page.storedLength))
    writer.append(UInt64(page.decodedLength))
    writer.append(page.checksum)
    writer.append(page.base)
    writer.append(page.multiplier)
    writer.append(minimum)
    writer.append(maximum)
    writer.append(page.sum)
    writer.append(page.coding.form.rawValue)
    writer.append(page.coding.width.rawValue)
    writer.append(UInt16(0))
    writer.append(UInt32(page.coding.entryCount))
  }

  /// Reads a footer whose checksum was found right; `pagesEnd` is where the pages end.
  static func read(
    _ reader: inout ByteReader,
    pagesEnd: Int
  ) throws(StoreError) -> SegmentFooter {
    let table = try reader.readText()
    let rowCount = try reader.readCount(atMost: Int(UInt32.max))
    guard rowCount > 0 else { throw reader.damage("it has no rows") }
    let columnCount = try reader.readItemCount(ofSize: 6)
    let blockCount = SegmentFormat.blockCount(rowCount: rowCount)
    var columns: [Column] = []
    for _ in 0..<columnCount {
      let name = try reader.readText()
      guard let type = ColumnType(rawValue: try reader.read(UInt8.self)) else {
        throw reader.damage("the type of column \(name) is unknown")
      }
      let text = try readTextStorage(&reader)
      guard (text == nil) == (type != .string), blockCount <= reader.remaining / Self.pageLength
      else {
        throw reader.damage("column \(name) does not fit its type or the file")
      }
      var pages: [PageDescriptor] = []
      for block in 0..<blockCount {
        let rows = SegmentFormat.blockRange(block, rowCount: rowCount).count
        let page = try readPage(&reader)
        guard
          isPossible(page, of: type, text: text, rowCount: rows),
          page.offset >= SegmentFormat.headerLength, page.storedLength <= pagesEnd,
          page.offset <= pagesEnd - page.storedLength
        else { throw reader.damage("block \(block) of column \(name) is described wrongly") }
        pages.append(page)
      }
      columns.append(Column(name: name, type: type, text: text, pages: pages))
    }
    try reader.finish()
    return SegmentFooter(table: table, rowCount: rowCount, columns: columns)
  }

  private static func readTextStorage(
    _ reader: inout ByteReader
  ) throws(StoreError) -> Field.TextStorage? {
    switch try reader.read(UInt8.self) {
    case 0: return nil
    case 1: return .dictionary(try reader.readText())
    case 2: return .plain
    case let kind: throw reader.damage("text storage \(kind) is unknown")
    }
  }

  private static func readPage(
    _ reader: inout ByteReader
  ) throws(StoreError) -> PageDescriptor {
    let encoding = PageEncoding(rawValue: try reader.read(UInt8.self))
    let width = ColumnVector.CodeWidth(rawValue: try reader.read(UInt8.self))
    let storage = PageStorage(rawValue: try reader.read(UInt8.self))
    let kind = try reader.read(UInt8.self)
    guard let encoding, let width, let storage else {
      throw reader.damage("the encoding of a page is unknown")
    }
    var page = PageDescriptor(encoding: encoding, width: width, nullCount: 0, bounds: .empty)
    page.storage = storage
    page.nullCount = Int(try reader.read(UInt32.self))
    page.offset = try reader.readCount(atMost: .max)
    page.storedLength = try reader.readCount(atMost: SegmentFormat.pageLimit)
    page.decodedLength = try reader.readCount(atMost: SegmentFormat.pageLimit)
    page.checksum = try reader.read(UInt64.self)
    page.base = try reader.readInt64()
    page.multiplier = try reader.readInt64()
    let minimum = try reader.read(UInt64.self)
    let maximum = try reader.read(UInt64.self)
    switch kind {
    case 0: page.bounds = .empty
    case 1:
      page.bounds = .integers(
        minimum: Int64(bitPattern: minimum),
        maximum: Int64(bitPattern: maximum)
      )
    case 2:
      page.bounds = .doubles(
        minimum: Double(bitPattern: minimum),
        maximum: Double(bitPattern: maximum)
      )
    case 3: page.bounds = .unknown
    default: throw reader.damage("bounds of kind \(kind) are unknown")
    }
    page.sum = try reader.readInt128()
    let form = CodeCoding.Form(rawValue: try reader.read(UInt8.self))
    let codedWidth = ColumnVector.CodeWidth(rawValue: try reader.read(UInt8.self))
    guard let form, let codedWidth, try reader.read(UInt16.self) == 0 else {
      throw reader.damage("the form of a page's codes is unknown")
    }
    let entryCount = Int(try reader.read(UInt32.self))
    page.coding = CodeCoding(form: form, width: codedWidth, entryCount: entryCount)
    return page
  }

  /// Tells whether the streams of a page can be stored and its codes lie as it says.
  private static func hasForm(_ page: PageDescriptor, rowCount: Int) -> Bool {
    let isPossible =
      switch page.encoding {
      case .constant, .text: page.coding == CodeCoding()
      case .frame, .dictionary: page.coding.isPossible(page.width, count: rowCount)
      case .doubles: page.coding.isPossible(.bits64, count: rowCount)
      }
    guard isPossible else { return false }
    let streams = page.streamLengths(rowCount: rowCount)
    return switch page.storage {
    case .plain: streams.count <= 1 && page.storedLength == streams.first ?? 0
    case .compressed: streams.count == 1
    case .streams: streams.count > 1 && page.storedLength >= streams.count * 4
    }
  }

  /// Tells whether a column of that type can have such a page.
  private static func isPossible(
    _ page: PageDescriptor,
    of type: ColumnType,
    text: Field.TextStorage?,
    rowCount: Int
  ) -> Bool {
    guard page.nullCount <= rowCount else { return false }
    if page.nullCount == rowCount {
      return page.encoding == .constant && page.bounds == .empty && page.decodedLength == 0
    }
    let least = page.leastLength(rowCount: rowCount)
    let hasLength =
      page.encoding == .text
      ? page.decodedLength >= least
      : page.decodedLength == least
    guard hasLength, hasForm(page, rowCount: rowCount) else { return false }
    switch (page.bounds, text) {
    case (.integers(let minimum, let maximum), .dictionary):
      let isCode = page.encoding == .dictionary && page.width != .bits64
      return minimum >= 0 && minimum <= maximum
        && (isCode || page.encoding == .constant && page.base == minimum && minimum == maximum)
    case (.integers(let minimum, let maximum), nil):
      let isInside =
        page.encoding == .frame
        || page.encoding == .constant && page.base == minimum && minimum == maximum
      // Scans add up sums and size their groups by bounds, so neither may say the impossible.
      let values = Int128(rowCount - page.nullCount)
      return type.isInteger && minimum <= maximum && isInside
        && values * Int128(minimum) <= page.sum && page.sum <= values * Int128(maximum)
    case (.doubles, nil):
      return type == .float64 && (page.encoding == .doubles || page.encoding == .constant)
    case (.unknown, .plain):
      return page.encoding == .text
    default:
      return false
    }
  }
}
