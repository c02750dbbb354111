/// What the first bytes of a file tell before anything is decoded.
///
/// Whether a text without a byte order mark is UTF-8 is settled only by all of its bytes. The top
/// says what the first ones allow, and whoever reads the file on learns when that was wrong.
struct FileTop: Sendable, Equatable {
  /// The number of bytes of the file when it was opened.
  let byteCount: Int
  /// The first bytes as UTF-8 without a byte order mark, at most about `IngestLimits.headBytes`.
  let text: [UInt8]
  /// Bytes of the byte order mark.
  let markBytes: Int
  /// How the bytes stand for characters.
  let encoding: TextEncoding
  /// What the file as a whole tells; nil where the top is not all of it.
  let survey: FileSurvey?

  /// Tells whether later bytes can prove the encoding wrong.
  var isEncodingAssumed: Bool { encoding == .utf8 && markBytes == 0 }

  /// Reads the first bytes of a file: whether it is text, and in which encoding, unless the caller
  /// knows it.
  ///
  /// - Throws: `IngestError.notText` when the bytes are something else, `.empty` without bytes.
  init(path: String, encoding known: TextEncoding? = nil) throws(IngestError) {
    let chunks = try FileChunks(path: path)
    var pass = SurveyPass()
    var head: [UInt8] = []
    var isWhole = false
    while head.count < IngestLimits.headBytes, !isWhole {
      let size = try chunks.read(IngestLimits.headBytes - head.count, into: &head)
      pass.consume(head.suffix(size))
      isWhole = size == 0
    }
    guard !head.isEmpty else { throw .empty(path: path) }
    byteCount = isWhole ? head.count : max(head.count, chunks.byteCount)
    survey = isWhole ? pass.finish() : nil
    switch FileSniffer.judge(Array(head.prefix(512))) {
    case .other(let found, let remedy):
      throw .notText(path: path, found: found, remedy: remedy)
    case .text(let markBytes, let marked):
      self.markBytes = markBytes
      let isUTF8 = survey?.isUTF8 ?? pass.isUTF8SoFar
      encoding = marked ?? known ?? (isUTF8 ? .utf8 : .windows1252)
    }
    var transcoder = Transcoder(from: encoding)
    text = transcoder.transcode(Array(head.dropFirst(markBytes)))
  }
}
