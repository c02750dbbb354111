/// What a segment file says about itself: its table, rows, columns and pages.
///
/// ```
/// table name (text), row count u64, number of columns u32, runs u8 (0 none, 1 for each block:
///   offset u64, checksum u64, stored length u32, number of runs u32), and for each column:
///   name (text), type u8, text storage u8 (0 no text, 1 dictionary, 2 plain),
///   dictionary name (text) where the storage is 1, and for each block of 65,536 rows:
///     encoding u8, code width u8, storage u8, bounds u8 (0 empty, 1 integers, 2 doubles,
///     3 unknown), null count u32, offset u64, stored length u64, decoded length u64,
///     checksum u64, base i64, multiplier i64, minimum 8, maximum 8, sum i128,
///     form of the codes u8, width of distances or places u8, runs u8 (0 a value for each row,
///     1 repeated, 2 counted), zero u8, codes of the palette u32
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

  /// What is said of the runs of one block.
  struct Runs: Sendable, Hashable {
    /// The bytes of it.
    static let length = 24

    /// The number of runs; 0 when the block has none.
    var count = 0
    var offset = 0
    var storedLength = 0
    var checksum: UInt64 = 0
  }

  var table: String
  var rowCount: Int
  /// The runs of each block; empty when no block has some.
  var runs: [Runs] = []
  var columns: [Column]

  func write() -> [UInt8] {
    var writer = ByteWriter()
    writer.append(text: table)
    writer.append(UInt64(rowCount))
    writer.append(UInt32(columns.count))
    writer.append(UInt8(runs.isEmpty ? 0 : 1))
    for block in runs {
      writer.append(UInt64(block.offset))
      writer.append(block.checksum)
      writer.append(UInt32(block.storedLength))
      writer.append(UInt32(block.count))
    }
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
    writer.append(page.runs.rawValue)
    writer.append(UInt8(0))
    writer.append(UInt32(page.coding.entryCount))
  }

  /// Reads the footer in a range of a file, whose checksum was found right; pages end before it.
  static func read(
    _ file: MappedFile,
    in range: Range<Int>
  ) throws(StoreError) -> SegmentFooter {
    let pagesEnd = range.lowerBound
    var reader = ByteReader(file.bytes(in: range), file: file.path, origin: range.lowerBound)
    let table = try reader.readText()
    let rowCount = try reader.readCount(atMost: Int(UInt32.max))
    guard rowCount > 0 else { throw reader.damage("it has no rows") }
    let columnCount = try reader.readItemCount(ofSize: 6)
    let blockCount = SegmentFormat.blockCount(rowCount: rowCount)
    let runs = try readRuns(&reader, rowCount: rowCount, pagesEnd: pagesEnd)
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
      pages.reserveCapacity(blockCount)
      for block in 0..<blockCount {
        let rows = SegmentFormat.blockRange(block, rowCount: rowCount).count
        let place = try reader.skip(pageLength)
        guard let page = page(in: file, at: place) else {
          throw reader.damage("block \(block) of column \(name) has an unknown form")
        }
        let runCount = runs.isEmpty ? 0 : runs[block].count
        guard
          isPossible(page, of: type, text: text, rowCount: rows, runCount: runCount),
          page.offset >= SegmentFormat.headerLength, page.storedLength <= pagesEnd,
          page.offset <= pagesEnd - page.storedLength
        else { throw reader.damage("block \(block) of column \(name) is described wrongly") }
        pages.append(page)
      }
      columns.append(Column(name: name, type: type, text: text, pages: pages))
    }
    try reader.finish()
    return SegmentFooter(table: table, rowCount: rowCount, runs: runs, columns: columns)
  }

  private static func readRuns(
    _ reader: inout ByteReader,
    rowCount: Int,
    pagesEnd: Int
  ) throws(StoreError) -> [Runs] {
    switch try reader.read(UInt8.self) {
    case 0: return []
    case 1: break
    case let kind: throw reader.damage("runs of the kind \(kind) are unknown")
    }
    let blockCount = SegmentFormat.blockCount(rowCount: rowCount)
    guard blockCount <= reader.remaining / Runs.length else {
      throw reader.damage("it has fewer runs than blocks")
    }
    var runs: [Runs] = []
    for block in 0..<blockCount {
      let offset = Int(exactly: try reader.read(UInt64.self))
      let checksum = try reader.read(UInt64.self)
      let length = Int(try reader.read(UInt32.self))
      let count = Int(try reader.read(UInt32.self))
      let rows = SegmentFormat.blockRange(block, rowCount: rowCount).count
      guard let offset, count <= rows, length <= pagesEnd, offset <= pagesEnd - length,
        count == 0 || offset >= SegmentFormat.headerLength
      else { throw reader.damage("the runs of block \(block) are described wrongly") }
      runs.append(Runs(count: count, offset: offset, storedLength: length, checksum: checksum))
    }
    return runs
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

  /// Reads what is said of one page, word by word; nil where it has a code that means nothing.
  private static func page(in file: MappedFile, at place: Int) -> PageDescriptor? {
    let head = file.word(at: place)
    let tail = file.word(at: place + 88)
    let encoding = PageEncoding(rawValue: UInt8(truncatingIfNeeded: head))
    let width = ColumnVector.CodeWidth(rawValue: UInt8(truncatingIfNeeded: head >> 8))
    let storage = PageStorage(rawValue: UInt8(truncatingIfNeeded: head >> 16))
    let form = CodeCoding.Form(rawValue: UInt8(truncatingIfNeeded: tail))
    let codedWidth = ColumnVector.CodeWidth(rawValue: UInt8(truncatingIfNeeded: tail >> 8))
    let runs = RunForm(rawValue: UInt8(truncatingIfNeeded: tail >> 16))
    guard let encoding, let width, let storage, let form, let codedWidth, let runs,
      UInt8(truncatingIfNeeded: tail >> 24) == 0,
      let bounds = bounds(
        kind: UInt8(truncatingIfNeeded: head >> 24),
        file.word(at: place + 56),
        file.word(at: place + 64)
      ),
      let offset = Int(exactly: file.word(at: place + 8)),
      let storedLength = length(file.word(at: place + 16)),
      let decodedLength = length(file.word(at: place + 24))
    else { return nil }
    let sum = Int128(Int64(bitPattern: file.word(at: place + 80))) << 64
    return PageDescriptor(
      encoding: encoding,
      width: width,
      base: Int64(bitPattern: file.word(at: place + 40)),
      multiplier: Int64(bitPattern: file.word(at: place + 48)),
      nullCount: Int(head >> 32),
      bounds: bounds,
      sum: sum | Int128(file.word(at: place + 72)),
      coding: CodeCoding(form: form, width: codedWidth, entryCount: Int(tail >> 32)),
      runs: runs,
      storage: storage,
      offset: offset,
      storedLength: storedLength,
      decodedLength: decodedLength,
      checksum: file.word(at: place + 32)
    )
  }

  private static func length(_ word: UInt64) -> Int? {
    word <= UInt64(SegmentFormat.pageLimit) ? Int(word) : nil
  }

  private static func bounds(
    kind: UInt8,
    _ minimum: UInt64,
    _ maximum: UInt64
  ) -> ZoneMap.Bounds? {
    switch kind {
    case 0: .empty
    case 1:
      .integers(minimum: Int64(bitPattern: minimum), maximum: Int64(bitPattern: maximum))
    case 2:
      .doubles(minimum: Double(bitPattern: minimum), maximum: Double(bitPattern: maximum))
    case 3: .unknown
    default: nil
    }
  }

  /// Tells whether the streams of a page can be stored and its codes lie as it says.
  private static func hasForm(_ page: PageDescriptor, _ extent: PageExtent) -> Bool {
    let count = extent.valueCount
    let isPossible =
      switch page.encoding {
      case .constant: page.coding == CodeCoding() && page.runs == .none
      case .text: page.coding == CodeCoding() && page.runs != .counted
      case .frame, .dictionary: page.coding.isPossible(page.width, count: count)
      case .doubles: page.coding.isPossible(.bits64, count: count)
      }
    guard isPossible, count > 0 else { return false }
    let streams = page.streamLengths(extent)
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
    rowCount: Int,
    runCount: Int
  ) -> Bool {
    guard page.nullCount <= rowCount else { return false }
    if page.nullCount == rowCount {
      return page.runs == .none && page.encoding == .constant && page.bounds == .empty
        && page.decodedLength == 0
    }
    let extent = PageExtent(page, rowCount: rowCount, runCount: runCount)
    let least = page.leastLength(extent)
    let hasLength =
      page.encoding == .text
      ? page.decodedLength >= least
      : page.decodedLength == least
    guard hasLength, hasForm(page, extent) else { return false }
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
