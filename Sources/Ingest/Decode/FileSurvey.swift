import Crypto

/// What one pass over the bytes of a file tells before anything is decoded.
struct FileSurvey: Sendable, Equatable {
  /// The number of bytes.
  let byteCount: Int
  /// SHA-256 of the bytes, in lower-case hexadecimal.
  let fingerprint: String
  /// The first bytes without a byte order mark, at most `IngestLimits.headBytes`.
  let head: [UInt8]
  /// Bytes of the byte order mark.
  let markBytes: Int
  /// How the bytes stand for characters.
  let encoding: TextEncoding

  /// Reads a file once: its fingerprint, and whether it is text and in which encoding.
  ///
  /// - Throws: `IngestError.notText` when the bytes are something else, `.empty` without bytes.
  init(path: String) throws(IngestError) {
    let chunks = try FileChunks(path: path)
    var digest = SHA256()
    var check = UTF8Check()
    var head: [UInt8] = []
    var byteCount = 0
    while true {
      let chunk = try chunks.next()
      if chunk.isEmpty { break }
      if head.count < IngestLimits.headBytes {
        head.append(contentsOf: chunk.prefix(IngestLimits.headBytes - head.count))
      }
      digest.update(data: chunk)
      check.consume(chunk.span)
      byteCount += chunk.count
    }
    guard byteCount > 0 else { throw .empty(path: path) }
    switch FileSniffer.judge(Array(head.prefix(512))) {
    case .other(let found, let remedy):
      throw .notText(path: path, found: found, remedy: remedy)
    case .text(let markBytes, let encoding):
      self.markBytes = markBytes
      self.encoding = encoding ?? (check.isSatisfied ? .utf8 : .windows1252)
    }
    self.byteCount = byteCount
    self.fingerprint = digest.finalize().lowercaseHex
    var transcoder = Transcoder(from: self.encoding)
    self.head = transcoder.transcode(Array(head.dropFirst(markBytes)))
  }
}

extension Sequence where Element == UInt8 {
  /// The bytes in lower-case hexadecimal.
  var lowercaseHex: String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in self {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}
