import Crypto

/// What all bytes of a file tell.
struct FileSurvey: Sendable, Equatable {
  /// The number of bytes.
  let byteCount: Int
  /// SHA-256 of the bytes, in lower-case hexadecimal.
  let fingerprint: String
  /// Tells whether the bytes are UTF-8, or are cut off inside a character of it.
  let isUTF8: Bool

  /// Reads a file for nothing else.
  static func of(path: String) throws(IngestError) -> FileSurvey {
    let chunks = try FileChunks(path: path)
    var pass = SurveyPass()
    while true {
      let chunk = try chunks.next()
      if chunk.isEmpty { return pass.finish() }
      pass.consume(chunk[...])
    }
  }

  fileprivate init(byteCount: Int, fingerprint: String, isUTF8: Bool) {
    self.byteCount = byteCount
    self.fingerprint = fingerprint
    self.isUTF8 = isUTF8
  }
}

/// The survey of a file while its bytes go by, from the first to the last.
struct SurveyPass: Sendable {
  private var digest = SHA256()
  private var check = UTF8Check()
  private var byteCount = 0

  /// Takes the next bytes.
  mutating func consume(_ bytes: ArraySlice<UInt8>) {
    digest.update(data: bytes)
    check.consume(bytes.span)
    byteCount += bytes.count
  }

  /// Tells whether the bytes so far can be the beginning of UTF-8.
  var isUTF8SoFar: Bool { check.isValid }

  /// What all bytes tell.
  func finish() -> FileSurvey {
    FileSurvey(
      byteCount: byteCount,
      fingerprint: digest.finalize().lowercaseHex,
      isUTF8: check.isSatisfied
    )
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
