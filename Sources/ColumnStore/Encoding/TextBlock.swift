/// A part of a dictionary's file: up to 4,096 texts, compressed and checked as a whole.
enum TextBlock: Sendable {
  /// How the bytes of a block are to be understood; the raw value is the code on disk.
  enum Kind: UInt8, Sendable {
    /// The length of each text as a variable-length number, then UTF-8.
    case plain = 1
    /// The same as a zstd frame.
    case compressed = 2
    /// Patterns and numbers, see `PatternEncoder`.
    case patterns = 3
  }

  /// The texts of a full block.
  static let textLimit = 4_096
  /// Bytes of UTF-8 after which a block takes no further text.
  static let byteLimit = 256 << 10

  /// Decoded texts, for the kinds that have to be decoded as a whole.
  case decoded(TextRun)
  /// Texts that are read in place.
  case patterns(PatternTexts)

  /// Cuts the places of a run into blocks.
  static func cut(_ run: TextRun) -> [Range<Int>] {
    var result: [Range<Int>] = []
    var start = 0
    for place in 0..<run.count {
      let length = Int(run.offsets[place + 1] - run.offsets[start])
      guard place + 1 - start == textLimit || length >= byteLimit else { continue }
      result.append(start..<(place + 1))
      start = place + 1
    }
    if start < run.count { result.append(start..<run.count) }
    return result
  }

  /// Returns the smallest form of some texts.
  static func encode(
    _ run: TextRun,
    _ places: Range<Int>,
    codec: ZstdCodec
  ) -> (kind: Kind, bytes: [UInt8]) {
    let byteCount = Int(run.offsets[places.upperBound] - run.offsets[places.lowerBound])
    let patterns = PatternEncoder.encode(run, places)
    // Less than half is less than what zstd makes of numbers, so it is not tried.
    if let patterns, patterns.count * 2 < byteCount { return (.patterns, patterns) }
    var plain: [UInt8] = []
    for place in places { appendLength(run.range(of: place).count, to: &plain) }
    plain.append(
      contentsOf: run.utf8[
        Int(run.offsets[places.lowerBound])..<Int(run.offsets[places.upperBound])
      ]
    )
    let (kind, bytes) =
      codec.compress(plain).map { (Kind.compressed, $0) } ?? (Kind.plain, plain)
    if let patterns, patterns.count < bytes.count { return (.patterns, patterns) }
    return (kind, bytes)
  }

  /// Decodes a block whose checksum was found right.
  init(
    _ file: MappedFile,
    in range: Range<Int>,
    kind: Kind,
    count: Int,
    byteCount: Int
  ) throws(StoreError) {
    let plain: [UInt8]
    switch kind {
    case .patterns:
      let texts = try PatternTexts(file, in: range, count: count, byteCount: byteCount)
      self = .patterns(texts)
      return
    case .plain: plain = file.bytes(in: range)
    case .compressed:
      let limit = byteCount + count * 5
      let found = file.withBytes(in: range) { ZstdCodec.decompress($0, atMost: limit) }
      guard let found else {
        throw .damaged(
          file: file.path,
          offset: range.lowerBound,
          reason: "a block of texts does not decompress"
        )
      }
      plain = found
    }
    var reader = ByteReader(plain, file: file.path, origin: range.lowerBound)
    var offsets: [UInt32] = [0]
    offsets.reserveCapacity(count + 1)
    var end = 0
    for _ in 0..<count {
      end += try Self.readLength(&reader)
      guard end <= byteCount else { throw reader.damage("its texts are longer than they may be") }
      offsets.append(UInt32(end))
    }
    guard end == byteCount, reader.remaining == byteCount else {
      throw reader.damage("its texts have another length")
    }
    self = .decoded(TextRun(offsets: offsets, utf8: Array(plain.suffix(byteCount))))
  }

  /// The bytes that it takes in memory, apart from the file.
  var byteCount: Int {
    switch self {
    case .decoded(let run): run.utf8.count + run.offsets.count * 4
    case .patterns: 0
    }
  }

  /// Decodes a text.
  func text(_ place: Int) throws(StoreError) -> String {
    switch self {
    case .decoded(let run): run.text(place)
    case .patterns(let texts): try texts.text(place).text(0)
    }
  }

  /// Returns the first of some places whose text has these bytes, or nil.
  func first(equalTo text: Span<UInt8>, in places: Range<Int>) throws(StoreError) -> Int? {
    switch self {
    case .decoded(let run):
      for place in places {
        let range = run.range(of: place)
        if range.count == text.count, run.utf8.holds(text, at: range.lowerBound) { return place }
      }
      return nil
    case .patterns(let texts): return try texts.first(equalTo: text, in: places)
    }
  }

  /// Decodes all texts.
  func all() throws(StoreError) -> TextRun {
    switch self {
    case .decoded(let run): run
    case .patterns(let texts): try texts.all()
    }
  }

  private static func appendLength(_ length: Int, to bytes: inout [UInt8]) {
    var rest = length
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private static func readLength(_ reader: inout ByteReader) throws(StoreError) -> Int {
    var length = 0
    for shift in stride(from: 0, to: 35, by: 7) {
      let byte = try reader.read(UInt8.self)
      length |= Int(byte & 0x7F) << shift
      if byte < 0x80 { return length }
    }
    throw reader.damage("the length of a text does not end")
  }
}
