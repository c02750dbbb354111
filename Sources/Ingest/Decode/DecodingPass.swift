/// One run of a decoder over one block.
///
/// The common case, a delimiter outside quotes, is handled in `run`; whatever else the structural
/// scan found, about once a row, goes through `take`.
struct DecodingPass {
  private enum State {
    /// Outside quotes.
    case open
    case quoted
    /// After the quote at `quoteEnd`, which may be the first half of a doubled one.
    case closing
    /// In text that follows a closing quote.
    case tail
  }

  private let byteCount: Int
  private let isLast: Bool
  private let delimiter: UInt8
  private let rowLimit: Int
  private let isRagged: Bool
  private let columnCount: Int
  private var scan: StructuralScan
  private var page: DecodedPage
  private var failure: DecodedBlock.Failure?

  private var state = State.open
  /// Where the open field begins, its quote included.
  private var fieldStart = 0
  /// The number of fields of the open row that are complete.
  private var column = 0
  private var rowStart = 0
  private var line: Int32 = 0
  private var rowLine: Int32 = 0
  private var flaw: DecodedPage.Flaw?
  /// Where the fields of the open row are in the page.
  private var rowPlace: Int { page.rowCount * columnCount }
  /// Tells whether a field past the last column has something in it.
  private var isExtraFilled = false
  /// Tells whether a field of the open row is or was quoted.
  private var isRowQuoted = false

  private var quoteLine: Int32 = 0
  /// Where the text in quotes begins.
  private var contentStart = 0
  private var quoteEnd = 0
  private var hasDoubledQuote = false
  /// The texts of fields that do not lie in one piece; they follow the bytes of the block.
  private var copies: [UInt8] = []

  /// Rows for which there is room at first.
  private static let leastRows = 16

  init(_ decoder: CSVDecoder, block: ByteBlock) {
    byteCount = block.byteCount
    isLast = block.isLast
    delimiter = decoder.dialect.delimiter
    switch decoder.shape {
    case .fields(let count): (columnCount, rowLimit, isRagged) = (count, .max, false)
    case .ragged(let limit): (columnCount, rowLimit, isRagged) = (IngestLimits.fields, limit, true)
    }
    scan = StructuralScan(decoder.dialect, level: decoder.level)
    page = DecodedPage(bytes: block.bytes, columnCount: columnCount)
    page.makeRoom(isRagged ? min(rowLimit, DecodingPass.leastRows) : DecodingPass.leastRows)
  }

  /// Goes through the bytes of the block.
  mutating func run(_ bytes: borrowing Span<UInt8>) {
    let end = byteCount
    var window = 0
    while window < end, failure == nil, page.rowCount < rowLimit {
      let next = min(end, window + StructuralScan.windowBytes)
      scan.find(in: bytes, window..<next)
      takeWindow(bytes)
      if window == 0, !isRagged {
        page.makeRoom(page.rowCount * (end / next + 1) + page.rowCount / 8 + 16)
      }
      window = next
    }
    guard failure == nil, page.rowCount < rowLimit else { return }
    if isLast { finish(bytes) } else { checkRest() }
  }

  /// What came out.
  consuming func result(of block: ByteBlock) -> DecodedBlock {
    page.isASCII = scan.isASCII
    if !copies.isEmpty { _ = page.append(copies) }
    return DecodedBlock(
      block: block,
      page: page,
      restStart: rowStart,
      lineCount: rowLine,
      failure: failure
    )
  }

  /// Goes through the places of one window.
  private mutating func takeWindow(_ bytes: borrowing Span<UInt8>) {
    var place = 0
    let count = scan.count
    while place < count {
      if state == .open { place = takeFields(bytes, from: place, to: count) }
      guard place < count else { return }
      take(bytes, Int(scan.places[place]))
      guard failure == nil, page.rowCount < rowLimit else { return }
      place += 1
    }
  }

  /// Ends fields at delimiters and rows at line feeds, as long as nothing else comes: no quote, no
  /// row with another number of fields than the header, nothing wrong.
  private mutating func takeFields(
    _ bytes: borrowing Span<UInt8>,
    from first: Int,
    to last: Int
  ) -> Int {
    // The arrays are moved out and back, so that the loop works on spans of its own.
    var (pageStarts, pageEnds): ([UInt32], [UInt32]) = ([], [])
    var lines: [Int32] = []
    var output = rowPlace
    swap(&pageStarts, &page.starts)
    swap(&pageEnds, &page.ends)
    swap(&lines, &page.lines)
    var (column, fieldStart, rowStart) = (self.column, self.fieldStart, self.rowStart)
    var (place, line, rowLine) = (first, self.line, self.rowLine)
    do {
      let places = scan.places.span
      var starts = pageStarts.mutableSpan
      var ends = pageEnds.mutableSpan
      let lastColumn = columnCount &- 1
      let lastOutput = flaw == nil ? starts.count &- 2 &* columnCount : -1
      while place < last {
        let position = Int(places[place])
        let byte = bytes[position]
        if byte == delimiter {
          guard column < lastColumn else { break }
          starts[output &+ column] = UInt32(truncatingIfNeeded: fieldStart)
          ends[output &+ column] = UInt32(truncatingIfNeeded: position)
          column &+= 1
        } else {
          // A row with all its fields and no flaw, after which there is room for another: what
          // `endRow` does.
          guard byte == 0x0A, column == lastColumn, column > 0, output <= lastOutput,
            position &- rowStart <= IngestLimits.fieldBytes
          else { break }
          starts[output &+ column] = UInt32(truncatingIfNeeded: fieldStart)
          ends[output &+ column] = UInt32(truncatingIfNeeded: position)
          lines.append(rowLine)
          output &+= columnCount
          rowStart = position &+ 1
          line &+= 1
          rowLine = line
          column = 0
        }
        fieldStart = position &+ 1
        place &+= 1
      }
    }
    let formerRowStart = self.rowStart
    (self.column, self.fieldStart, self.rowStart) = (column, fieldStart, rowStart)
    (self.line, self.rowLine) = (line, rowLine)
    if rowStart != formerRowStart { isRowQuoted = false }
    swap(&pageStarts, &page.starts)
    swap(&pageEnds, &page.ends)
    swap(&lines, &page.lines)
    return place
  }

  /// Takes one place that may have a meaning.
  private mutating func take(_ bytes: borrowing Span<UInt8>, _ position: Int) {
    // The second half of CR LF lies before the row that follows it.
    guard position >= fieldStart else { return }
    let byte = bytes[position]
    switch state {
    case .quoted: takeQuoted(bytes, position, byte)
    case .closing: takeClosing(bytes, position, byte)
    case .open, .tail: takeOpen(bytes, position, byte)
    }
  }

  private mutating func takeOpen(
    _ bytes: borrowing Span<UInt8>,
    _ position: Int,
    _ byte: UInt8
  ) {
    if byte == delimiter {
      endField(bytes, at: position)
    } else if byte == 0x0A || byte == 0x0D {
      endField(bytes, at: position)
      endRow(bytes, at: position, next: position + 1)
    } else if byte == 0x22, position == fieldStart, state == .open {
      state = .quoted
      isRowQuoted = true
      quoteLine = line
      contentStart = position + 1
      hasDoubledQuote = false
    } else if byte == 0 {
      flaw = flaw ?? .nulByte
    }
  }

  private mutating func takeQuoted(
    _ bytes: borrowing Span<UInt8>,
    _ position: Int,
    _ byte: UInt8
  ) {
    switch byte {
    case 0x22:
      state = .closing
      quoteEnd = position
    case 0x0A:
      // Inside quotes CR LF is two bytes of text but one line.
      if position == contentStart || bytes[position - 1] != 0x0D { line += 1 }
    case 0x0D: line += 1
    case 0: flaw = flaw ?? .nulByte
    default: break
    }
  }

  private mutating func takeClosing(
    _ bytes: borrowing Span<UInt8>,
    _ position: Int,
    _ byte: UInt8
  ) {
    if position == quoteEnd + 1 {
      if byte == 0x22 {
        state = .quoted
        hasDoubledQuote = true
        return
      }
      if byte == delimiter || byte == 0x0A || byte == 0x0D {
        takeOpen(bytes, position, byte)
        return
      }
    }
    if byte == 0, position == quoteEnd + 1 { flaw = flaw ?? .nulByte }
    flaw = flaw ?? .textAfterQuote
    state = .tail
    takeOpen(bytes, position, byte)
  }

  /// Ends the open field at a position, whatever its state.
  private mutating func endField(_ bytes: borrowing Span<UInt8>, at position: Int) {
    let range =
      switch state {
      case .open: fieldStart..<position
      case .quoted, .closing, .tail: quotedField(bytes, to: position)
      }
    if column < columnCount {
      page.setField(row: page.rowCount, column: column, to: range)
    } else if !range.isEmpty {
      isExtraFilled = true
    }
    if position - fieldStart > IngestLimits.fieldBytes {
      fail("\(IngestLimits.fieldBytes) bytes")
    }
    column += 1
    fieldStart = position + 1
    state = .open
  }

  /// The text of a quoted field, copied where it does not lie in one piece.
  private mutating func quotedField(
    _ bytes: borrowing Span<UInt8>,
    to position: Int
  ) -> Range<Int> {
    if !hasDoubledQuote, quoteEnd + 1 == position { return contentStart..<quoteEnd }
    let copiesStart = byteCount + DecodedPage.padding
    let start = copiesStart + copies.count
    var index = contentStart
    while index < quoteEnd {
      copies.append(bytes[index])
      index += bytes[index] == 0x22 ? 2 : 1
    }
    ByteWords.append(bytes, (quoteEnd + 1)..<position, to: &copies)
    return start..<(copiesStart + copies.count)
  }

  /// Ends the open row, whose last field has ended, and begins the next one.
  private mutating func endRow(_ bytes: borrowing Span<UInt8>, at position: Int, next: Int) {
    defer { beginRow(bytes, after: position, next: next) }
    guard failure == nil else { return }
    if column > IngestLimits.fields { return fail("\(IngestLimits.fields) fields") }
    if position - rowStart > IngestLimits.rowBytes {
      return fail("\(IngestLimits.rowBytes) bytes")
    }
    let isBlank = column == 1 && !isRowQuoted && page.starts[rowPlace] == page.ends[rowPlace]
    guard !isBlank else { return }
    if column != columnCount { fit() }
    if let flaw { page.flaws[page.rowCount] = flaw }
    page.lines.append(rowLine)
    if page.rowCount == page.capacity {
      page.makeRoom(page.capacity + max(DecodingPass.leastRows, page.capacity / 2))
    }
  }

  private mutating func beginRow(
    _ bytes: borrowing Span<UInt8>,
    after position: Int,
    next: Int
  ) {
    guard failure == nil else { return }
    // The padding has no line feed, so nothing is looked at past the block.
    let isPair = bytes[position] == 0x0D && bytes[next] == 0x0A && next < byteCount
    fieldStart = isPair ? next + 1 : next
    rowStart = fieldStart
    line += 1
    rowLine = line
    column = 0
    flaw = nil
    isExtraFilled = false
    isRowQuoted = false
  }

  /// Fields beyond the header may be there when they are blank.
  private mutating func fit() {
    let found = column
    if found < columnCount {
      for missing in found..<columnCount {
        page.setField(row: page.rowCount, column: missing, to: 0..<0)
      }
      page.shortRows[page.rowCount] = found
      if !isRagged { flaw = flaw ?? .short(found: found) }
    } else if isExtraFilled {
      flaw = flaw ?? .long(found: found)
    }
  }

  /// Ends the file: the last line needs no line end.
  private mutating func finish(_ bytes: borrowing Span<UInt8>) {
    let end = byteCount
    if state == .quoted {
      failure = .unterminatedQuote(line: quoteLine)
      return
    }
    guard column > 0 || isRowQuoted || fieldStart < end else { return }
    if state == .closing, quoteEnd + 1 < end {
      flaw = flaw ?? .textAfterQuote
    }
    endField(bytes, at: end)
    if !isRagged, column < columnCount { flaw = flaw ?? .cutOff(found: column) }
    endRow(bytes, at: end, next: end)
    rowStart = end
  }

  /// What is left of a block must stay within the bounds, or it would grow with the file.
  private mutating func checkRest() {
    let end = byteCount
    if end - fieldStart > IngestLimits.fieldBytes {
      fail("\(IngestLimits.fieldBytes) bytes")
    } else if column > IngestLimits.fields {
      fail("\(IngestLimits.fields) fields")
    } else if end - rowStart > IngestLimits.rowBytes {
      fail("\(IngestLimits.rowBytes) bytes")
    }
  }

  private mutating func fail(_ limit: String) {
    guard failure == nil else { return }
    failure =
      state == .quoted
      ? .unterminatedQuote(line: quoteLine) : .oversized(line: rowLine, limit: limit)
  }
}
