/// Reads a surveyed file page by page: bytes, characters, rows.
struct TableReader {
  private let path: String
  private let chunks: FileChunks
  private var transcoder: Transcoder
  private var decoder: CSVDecoder
  private var markBytes: Int
  private var isAtEnd = false
  private(set) var bytesRead = 0

  /// Opens a file behind its header.
  init(
    path: String,
    survey: FileSurvey,
    dialect: CSVDecoder.Dialect,
    fieldCount: Int,
    headerLine: Int
  ) throws(IngestError) {
    self.path = path
    chunks = try FileChunks(path: path)
    transcoder = Transcoder(from: survey.encoding)
    decoder = CSVDecoder(dialect: dialect, fieldCount: fieldCount, lastSkippedLine: headerLine)
    markBytes = survey.markBytes
  }

  /// Returns the next rows, or nil at the end.
  mutating func next() throws(IngestError) -> DecodedPage? {
    while !isAtEnd, !decoder.isPageFull {
      var chunk = try chunks.next()
      bytesRead += chunk.count
      if chunk.isEmpty {
        isAtEnd = true
        try decoder.decode(transcoder.finish(), path: path)
        try decoder.finish(path: path)
      } else {
        if markBytes > 0 {
          let cut = min(markBytes, chunk.count)
          chunk.removeFirst(cut)
          markBytes -= cut
        }
        try decoder.decode(transcoder.transcode(chunk), path: path)
      }
    }
    let page = decoder.takePage()
    return page.rowCount == 0 && isAtEnd ? nil : page
  }
}
