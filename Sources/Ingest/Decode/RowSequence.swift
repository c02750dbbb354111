/// Puts decoded blocks of one file in a row: numbers their lines, and decodes a block again where
/// the one before did not end with a row.
///
/// The blocks of a file are decoded apart from one another, each as if a row began with it. By
/// induction that is right for a block when the block before it began rightly and its last row ended
/// with it.
struct RowSequence {
  private let decoder: CSVDecoder
  private let path: String
  private let lastSkippedLine: Int32
  /// The line, from 1, on which the next block begins.
  private var line: Int32 = 1
  /// The bytes of the row that is open.
  private var rest: [UInt8] = []

  /// Begins a file; rows that begin on a line up to `lastSkippedLine` are left out.
  init(path: String, decoder: CSVDecoder, lastSkippedLine: Int) {
    self.path = path
    self.decoder = decoder
    self.lastSkippedLine = Int32(lastSkippedLine)
  }

  /// Takes the next block and returns its rows, with the lines of the file.
  mutating func take(_ decoded: DecodedBlock) throws(IngestError) -> DecodedPage {
    var decoded = decoded
    if !rest.isEmpty {
      let block = decoded.block
      let text = rest + block.bytes[..<block.byteCount]
      decoded = decoder.decode(
        ByteBlock(unpadded: text, isLast: block.isLast, bytesRead: block.bytesRead)
      )
    }
    if let failure = decoded.failure { throw error(failure) }
    var page = decoded.page
    rest = Array(decoded.block.bytes[decoded.restStart..<decoded.block.byteCount])
    for row in page.lines.indices { page.lines[row] += line }
    if line <= lastSkippedLine {
      page.removeFirst(page.lines.count { $0 <= lastSkippedLine })
    }
    line += decoded.lineCount
    return page
  }

  /// Ends the file where its last block did not know that it was the last.
  mutating func finish() throws(IngestError) -> DecodedPage? {
    guard !rest.isEmpty else { return nil }
    let last = ByteBlock(unpadded: [], isLast: true, bytesRead: 0)
    let page = try take(decoder.decode(last))
    return page.rowCount > 0 ? page : nil
  }

  private func error(_ failure: DecodedBlock.Failure) -> IngestError {
    switch failure {
    case .unterminatedQuote(let relative):
      .unterminatedQuote(path: path, line: Int(line + relative))
    case .oversized(let relative, let limit):
      .oversized(path: path, line: Int(line + relative), limit: limit)
    }
  }
}
