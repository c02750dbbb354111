/// What gives the bytes of a file one after the other.
protocol ByteStream: AnyObject, Sendable {
  /// Appends the next bytes, at most `count`; returns how many, 0 at the end.
  func read(_ count: Int, into bytes: inout [UInt8]) throws(IngestError) -> Int
}

/// Reads a file as blocks of UTF-8 that end where a row seems to end.
///
/// A block takes about `blockBytes` of the file. What follows its last line end begins the next one,
/// so that blocks can be decoded apart from one another.
struct BlockSource {
  private let stream: any ByteStream
  private let blockBytes: Int
  private var transcoder: Transcoder
  private var markBytes: Int
  private var carried: [UInt8] = []
  private var bytesRead = 0
  private var isAtEnd = false
  /// Gathers what the file as a whole tells; nil where that is known.
  private var pass: SurveyPass?
  /// Buffers of blocks that are done with: memory that is there costs less than new memory.
  private var spares: [[UInt8]] = []

  /// Buffers that are kept.
  private static let spareLimit = 8

  init(
    _ stream: any ByteStream,
    encoding: TextEncoding,
    markBytes: Int,
    blockBytes: Int = IngestLimits.blockBytes,
    isSurveyed: Bool = true
  ) {
    self.stream = stream
    self.blockBytes = blockBytes
    self.markBytes = markBytes
    transcoder = Transcoder(from: encoding)
    pass = isSurveyed ? nil : SurveyPass()
  }

  /// Tells whether bytes came that UTF-8 does not have, if anybody looks.
  var isUTF8SoFar: Bool { pass?.isUTF8SoFar ?? true }

  /// What all bytes told, after the end; nil where that was known before.
  var survey: FileSurvey? { isAtEnd ? pass?.finish() : nil }

  /// Returns the next block, or nil at the end of the file.
  mutating func next() throws(IngestError) -> ByteBlock? {
    guard !isAtEnd else { return nil }
    var text = spares.popLast() ?? []
    text.removeAll(keepingCapacity: true)
    text.reserveCapacity(carried.count + blockBytes + DecodedPage.padding)
    text.append(contentsOf: carried)
    carried = []
    var cut: Int?
    while cut == nil, !isAtEnd, text.count <= IngestLimits.rowBytes {
      try fill(&text)
      cut = BlockSource.lastLineEnd(text)
    }
    if isAtEnd {
      guard !text.isEmpty else { return nil }
    } else if let cut {
      carried = Array(text[cut...])
      text.removeSubrange(cut...)
    }
    text.append(contentsOf: repeatElement(0, count: DecodedPage.padding))
    return ByteBlock(bytes: text, isLast: isAtEnd, bytesRead: bytesRead - carried.count)
  }

  /// Takes the buffer of a block that is done with.
  mutating func reuse(_ bytes: consuming [UInt8]) {
    if spares.count < BlockSource.spareLimit { spares.append(bytes) }
  }

  /// Appends the next bytes of the file, as many as a block has, or fewer at its end.
  private mutating func fill(_ text: inout [UInt8]) throws(IngestError) {
    var wanted = max(1, blockBytes - text.count % blockBytes)
    while markBytes > 0 {
      var mark: [UInt8] = []
      let size = try read(markBytes, into: &mark)
      markBytes = size == 0 ? 0 : markBytes - size
    }
    while wanted > 0 {
      let size: Int
      if transcoder.encoding == .utf8 {
        size = try read(wanted, into: &text)
      } else {
        var raw: [UInt8] = []
        size = try read(wanted, into: &raw)
        text.append(contentsOf: transcoder.transcode(raw))
      }
      wanted -= size
      guard size == 0 else { continue }
      isAtEnd = true
      return text.append(contentsOf: transcoder.finish())
    }
  }

  private mutating func read(_ count: Int, into bytes: inout [UInt8]) throws(IngestError) -> Int {
    let size = try stream.read(count, into: &bytes)
    pass?.consume(bytes.suffix(size))
    bytesRead += size
    return size
  }

  /// Where the bytes after the last line end begin; nil without one.
  ///
  /// CR alone ends a line only where it is known that no LF follows.
  private static func lastLineEnd(_ text: [UInt8]) -> Int? {
    if let feed = text.lastIndex(of: 0x0A) { return feed + 1 }
    guard text.count > 1 else { return nil }
    return text.dropLast().lastIndex(of: 0x0D).map { $0 + 1 }
  }
}
