/// Chooses the coding of a page's codes by trying, and makes the streams.
struct CodeEncoder<Code: FixedWidthInteger & UnsignedInteger & BitwiseCopyable> {
  /// Codes before a sample of them speaks for all.
  private static var sampleCount: Int { 8_192 }
  /// A sample is taken in so many pieces.
  private static var pieceCount: Int { 4 }
  /// A palette has at most one code for so many rows.
  private static var paletteShare: Int { 8 }

  let codes: [Code]
  let codec: ZstdCodec
  let effort: PageEffort

  private var width: Int { Code.bitWidth / 8 }

  /// Returns the coding that takes least room, and its streams.
  func encode() -> (coding: CodeCoding, streams: [[UInt8]]) {
    guard width > 1 else { return (CodeCoding(), [Self.bytes(codes)]) }
    let ranges = sample()
    let parts = ranges.map { Array(codes[$0]) }
    let sampled = parts.count == 1 ? parts[0] : parts.flatMap { $0 }
    let scale = Double(codes.count) / Double(max(sampled.count, 1))
    var best = (coding: CodeCoding(form: .planes), size: scale * size(of: Self.planes(sampled)))
    func take(_ coding: CodeCoding, _ size: Double) {
      if size < best.size { best = (coding, size) }
    }
    // Codes in one piece take several times longer to decompress, so they have to save a tenth.
    take(CodeCoding(), 1.1 * scale * size(of: [Self.bytes(sampled)]))
    if let coding = deltaCoding() {
      take(coding, scale * size(of: deltas(parts, coding)))
    }
    var palette: [Code] = []
    if let found = Palette.codes(of: codes, limit: max(256, codes.count / Self.paletteShare)) {
      palette = found
      let coding = CodeCoding(
        form: .palette,
        width: found.count <= 256 ? .bits8 : found.count <= 65_536 ? .bits16 : .bits32,
        entryCount: found.count
      )
      let entries = size(of: Self.planes(found))
      take(coding, scale * size(of: places(sampled, in: found, coding)) + entries)
    }
    switch best.coding.form {
    case .plain: return (best.coding, [Self.bytes(codes)])
    case .planes: return (best.coding, Self.planes(codes))
    case .delta: return (best.coding, deltas([codes], best.coding))
    case .palette:
      return (best.coding, places(codes, in: palette, best.coding) + Self.planes(palette))
    }
  }

  /// The rows on which codings are compared.
  private func sample() -> [Range<Int>] {
    switch effort {
    case .thorough: return [0..<codes.count]
    case .quick: break
    }
    guard codes.count > 2 * Self.sampleCount else { return [0..<codes.count] }
    let length = Self.sampleCount / Self.pieceCount
    return (0..<Self.pieceCount).map { piece in
      let start = piece * (codes.count - length) / (Self.pieceCount - 1)
      return start..<(start + length)
    }
  }

  private func size(of streams: [[UInt8]]) -> Double {
    var total = 0
    for stream in streams {
      total += codec.compress(stream, level: effort.level)?.count ?? stream.count
    }
    return Double(total)
  }

  /// The coding by distances, when no code is less than the one before.
  private func deltaCoding() -> CodeCoding? {
    var largest: Code = 0
    for row in codes.indices.dropFirst() {
      guard codes[row] >= codes[row - 1] else { return nil }
      largest = max(largest, codes[row] - codes[row - 1])
    }
    let bytes = (Code.bitWidth - largest.leadingZeroBitCount + 7) / 8
    guard bytes < width, bytes <= 4 else { return nil }
    return CodeCoding(form: .delta, width: bytes <= 1 ? .bits8 : bytes == 2 ? .bits16 : .bits32)
  }

  /// The distances in parts of the codes; the first code of a part has none.
  private func deltas(_ parts: [[Code]], _ coding: CodeCoding) -> [[UInt8]] {
    var distances: [Code] = []
    for part in parts {
      var last = part.first ?? 0
      for code in part {
        distances.append(code - last)
        last = code
      }
    }
    return Array(Self.planes(distances).prefix(Int(coding.width.rawValue)))
  }

  private func places(_ codes: [Code], in palette: [Code], _ coding: CodeCoding) -> [[UInt8]] {
    let found = Palette.places(of: codes, in: palette)
    return Array(CodeEncoder<UInt32>.planes(found).prefix(Int(coding.width.rawValue)))
  }

  static func bytes(_ codes: [Code]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(bytesOf: codes)
    return bytes
  }

  static func planes(_ codes: [Code]) -> [[UInt8]] {
    (0..<(Code.bitWidth / 8)).map { place in
      let shift = Code(truncatingIfNeeded: place * 8)
      var plane = [UInt8](repeating: 0, count: codes.count)
      for row in codes.indices { plane[row] = UInt8(truncatingIfNeeded: codes[row] &>> shift) }
      return plane
    }
  }
}

/// How much time the writing of a page may take.
enum PageEffort: Sendable {
  /// Compares codings on a sample and compresses fast: for rows that were just taken.
  case quick
  /// Compares codings on all rows: for compaction, which writes a row few times.
  case thorough

  /// The level of zstd.
  var level: Int32 {
    switch self {
    case .quick: 1
    case .thorough: 3
    }
  }
}

/// The different codes of a page by their frequency.
enum Palette {
  /// Returns the codes, the most frequent first; nil when they are more than `limit`.
  static func codes<Code: FixedWidthInteger & UnsignedInteger>(
    of codes: [Code],
    limit: Int
  ) -> [Code]? {
    var table = CodeTable<Code>(limit: limit)
    var counts = [Int](repeating: 0, count: limit)
    for code in codes {
      guard let place = table.insert(code) else { return nil }
      counts[place] += 1
    }
    let order = table.codes.indices.sorted {
      counts[$0] != counts[$1] ? counts[$0] > counts[$1] : table.codes[$0] < table.codes[$1]
    }
    return order.map { table.codes[$0] }
  }

  /// Returns the places of codes in a palette that has them all.
  static func places<Code: FixedWidthInteger & UnsignedInteger>(
    of codes: [Code],
    in palette: [Code]
  ) -> [UInt32] {
    var table = CodeTable<Code>(limit: palette.count)
    for code in palette { _ = table.insert(code) }
    var places = [UInt32](repeating: 0, count: codes.count)
    for row in codes.indices { places[row] = UInt32(table.insert(codes[row]) ?? 0) }
    return places
  }
}

/// Gives codes numbers in the order of their first appearance.
struct CodeTable<Code: FixedWidthInteger & UnsignedInteger> {
  private(set) var codes: [Code] = []
  private let limit: Int
  /// One more than a number; zero is free.
  private var slots: [UInt32]

  init(limit: Int) {
    self.limit = limit
    var size = 16
    while size < limit * 2 { size *= 2 }
    slots = Array(repeating: 0, count: size)
  }

  /// Returns the number of a code; nil when it would be one too many.
  @inline(__always)
  mutating func insert(_ code: Code) -> Int? {
    let hash = UInt64(truncatingIfNeeded: code) &* KeyHash.seed
    let mask = slots.count &- 1
    var slot = Int(truncatingIfNeeded: hash >> 32) & mask
    while slots[slot] != 0 {
      let number = Int(slots[slot]) &- 1
      if codes[number] == code { return number }
      slot = (slot &+ 1) & mask
    }
    guard codes.count < limit else { return nil }
    codes.append(code)
    slots[slot] = UInt32(codes.count)
    return codes.count - 1
  }
}
