/// What it takes to read the rows of a surveyed file.
struct TableParts {
  let source: BlockSource
  let decoder: CSVDecoder
  let sequence: RowSequence
}

/// Reads a surveyed file page by page on the thread that asks: bytes, characters, rows.
struct TableReader {
  private var source: BlockSource
  private let decoder: CSVDecoder
  private var sequence: RowSequence
  private var isAtEnd = false
  private(set) var bytesRead = 0

  init(_ parts: TableParts) {
    source = parts.source
    decoder = parts.decoder
    sequence = parts.sequence
  }

  /// Returns the next rows, or nil at the end.
  mutating func next() throws(IngestError) -> DecodedPage? {
    while !isAtEnd {
      guard let block = try source.next() else {
        isAtEnd = true
        return try sequence.finish()
      }
      bytesRead = block.bytesRead
      let page = try sequence.take(decoder.decode(block))
      if page.rowCount > 0 { return page }
    }
    return nil
  }
}
