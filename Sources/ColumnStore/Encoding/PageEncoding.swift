/// How the values of a page are held; the raw value is the code on disk.
enum PageEncoding: UInt8, Sendable {
  /// Every row that has a value has the one in the descriptor.
  case constant = 1
  /// Integers as `base + multiplier * code`, the codes of one width.
  case frame = 2
  /// Codes into the column's dictionary.
  case dictionary = 3
  /// Doubles.
  case doubles = 4
  /// Texts: offsets, then UTF-8.
  case text = 5
}

/// How the streams of a page are stored; the raw value is the code on disk.
enum PageStorage: UInt8, Sendable {
  /// One stream, as it is, or none.
  case plain = 0
  /// One stream as a zstd frame.
  case compressed = 1
  /// Several streams: for each a u32, twice its stored length and 1 more when it is a zstd frame,
  /// then the streams.
  case streams = 2
}

/// How many rows a page has, and how many values it holds for them.
struct PageExtent: Sendable {
  let rowCount: Int
  /// One for each row, or one for each run.
  let valueCount: Int

  /// The extent of a page of a block; `runs` are the block's, which a page may go by.
  init(_ descriptor: PageDescriptor, rowCount: Int, runCount: Int) {
    self.rowCount = rowCount
    switch descriptor.runs {
    case .none: valueCount = rowCount
    case .repeated, .counted: valueCount = runCount
    }
  }
}

/// What the footer of a segment says about one page.
struct PageDescriptor: Sendable, Hashable {
  var encoding: PageEncoding
  /// The width of a code; `bits8` where there are none.
  var width: ColumnVector.CodeWidth = .bits8
  /// The base of a frame, or the value of a constant.
  var base: Int64 = 0
  var multiplier: Int64 = 1
  var nullCount: Int
  var bounds: ZoneMap.Bounds
  var sum: Int128 = 0
  var coding = CodeCoding()
  var runs = RunForm.none
  var storage = PageStorage.plain
  var offset = 0
  var storedLength = 0
  var decodedLength = 0
  var checksum: UInt64 = 0

  /// The bytes of the null bitmap at the start of a page before compression; a page with nothing but
  /// nulls, or with none, has no bitmap.
  func maskLength(_ extent: PageExtent) -> Int {
    nullCount > 0 && nullCount < extent.rowCount ? (extent.valueCount + 63) / 64 * 8 : 0
  }

  /// The lengths of the streams of a page before compression: the null bitmap, then the values.
  func streamLengths(_ extent: PageExtent) -> [Int] {
    let mask = maskLength(extent)
    let values =
      switch encoding {
      case .constant: [Int]()
      case .frame, .dictionary: coding.streamLengths(width, count: extent.valueCount)
      case .doubles: coding.streamLengths(.bits64, count: extent.valueCount)
      case .text: [decodedLength - mask]
      }
    return mask > 0 ? [mask] + values : values
  }

  /// The length that a decoded page must have; for texts, the least that it can have.
  func leastLength(_ extent: PageExtent) -> Int {
    let mask = maskLength(extent)
    let count = extent.valueCount
    return switch encoding {
    case .constant: mask
    case .frame, .dictionary: mask + count * Int(width.rawValue)
    case .doubles: mask + count * 8
    case .text: mask + (count + 1) * 4
    }
  }

  func zoneMap(rowCount: Int) -> ZoneMap {
    ZoneMap(rowCount: rowCount, nullCount: nullCount, bounds: bounds, sum: sum)
  }
}
