/// Cuts a stream of UTF-8 chunks into rows of fields (RFC 4180, with any one-byte delimiter).
///
/// A field may be quoted; inside quotes delimiters and line ends are text and a doubled quote is a
/// quote. Lines end with LF, CR LF or CR. Where a row begins, lines count every line end before it.
/// The chunk borders make no difference.
///
/// ```
///            quote                    quote             other
///  start ───────────▶ quoted ───────────────▶ closing ────────▶ plain (flaw)
///    │ other             ▲        quote          │ │ delimiter, line end
///    ▼                   └───────────────────────┘ ▼
///  plain ── delimiter, line end ──▶ start        start
/// ```
struct CSVDecoder: Sendable {
  /// How a table is cut into fields.
  struct Dialect: Sendable, Hashable {
    /// The byte between fields.
    var delimiter: UInt8
    /// Tells whether quotes group; tab-separated exports of channels do not quote.
    var isQuoted: Bool

    static let comma = Dialect(delimiter: UInt8(ascii: ","), isQuoted: true)
    static let tab = Dialect(delimiter: UInt8(ascii: "\t"), isQuoted: false)
  }

  private enum State {
    case start
    case plain
    case quoted
    case closing
  }

  private let dialect: Dialect
  /// Fields that every row must have; nil keeps rows as they are.
  private let fieldCount: Int?
  private var page = DecodedPage()
  private var written = 0
  private var state = State.start
  private var fieldStart = 0
  /// Where the bytes of the open row begin.
  private var rowByteStart = 0
  private var line: Int32 = 1
  private var rowLine: Int32 = 1
  private var quoteLine: Int32 = 1
  private var isAfterReturn = false
  private var isRowOpen = false
  private var flaw: DecodedPage.Flaw?
  private let lastSkippedLine: Int

  /// Makes a decoder that leaves out the rows that begin on a line up to `lastSkippedLine`.
  init(dialect: Dialect, fieldCount: Int? = nil, lastSkippedLine: Int = 0) {
    self.dialect = dialect
    self.fieldCount = fieldCount
    self.lastSkippedLine = lastSkippedLine
  }

  /// Tells whether `takePage` should be called before the next chunk.
  var isPageFull: Bool {
    page.rowCount >= IngestLimits.pageRows || fieldStart >= IngestLimits.pageBytes
  }

  /// Takes the next bytes.
  mutating func decode(_ chunk: [UInt8], path: String) throws(IngestError) {
    var position = 0
    while position < chunk.count {
      position = advance(through: chunk.span, from: position)
      let isFieldLong = written - fieldStart > IngestLimits.fieldBytes
      let isRowWide = page.starts.count - (page.rowStarts.last ?? 0) > IngestLimits.fields
      let isRowLong = written - rowByteStart > IngestLimits.rowBytes
      guard isFieldLong || isRowWide || isRowLong else { continue }
      if state == .quoted {
        throw .unterminatedQuote(path: path, line: Int(quoteLine))
      }
      let limit =
        if isFieldLong {
          "\(IngestLimits.fieldBytes) bytes"
        } else if isRowWide {
          "\(IngestLimits.fields) fields"
        } else {
          "\(IngestLimits.rowBytes) bytes"
        }
      throw .oversized(path: path, line: Int(rowLine), limit: limit)
    }
  }

  /// Ends the stream: the last line needs no line end.
  mutating func finish(path: String) throws(IngestError) {
    guard state != .quoted else {
      throw .unterminatedQuote(path: path, line: Int(quoteLine))
    }
    guard isRowOpen || state != .start || written > fieldStart else { return }
    endField()
    if let fieldCount, flaw == nil {
      let found = page.starts.count - (page.rowStarts.last ?? 0)
      if found < fieldCount { flaw = .cutOff(found: found) }
    }
    endRow()
  }

  /// Hands over the rows that are complete and keeps the rest.
  mutating func takePage() -> DecodedPage {
    var taken = DecodedPage()
    swap(&taken, &page)
    let rowStart = taken.rowStarts.last ?? 0
    let byteStart = rowStart < taken.starts.count ? Int(taken.starts[rowStart]) : fieldStart
    page.bytes = Array(taken.bytes[byteStart..<written])
    for field in rowStart..<taken.starts.count {
      page.starts.append(taken.starts[field] - UInt32(byteStart))
      page.ends.append(taken.ends[field] - UInt32(byteStart))
    }
    taken.starts.removeSubrange(rowStart...)
    taken.ends.removeSubrange(rowStart...)
    taken.bytes.removeSubrange(byteStart...)
    written -= byteStart
    fieldStart -= byteStart
    rowByteStart = 0
    return taken
  }

  /// Runs over the chunk until its end or until a bound has to be looked at.
  private mutating func advance(through chunk: Span<UInt8>, from first: Int) -> Int {
    let last = min(chunk.count, first + (IngestLimits.fieldBytes >> 4))
    let needed = written + (last - first)
    if page.bytes.count < needed {
      let missing = max(needed - page.bytes.count, min(page.bytes.count, IngestLimits.pageBytes))
      page.bytes.append(contentsOf: repeatElement(0, count: missing))
    }
    var position = first
    while position < last {
      let byte = chunk[position]
      position += 1
      if isAfterReturn {
        isAfterReturn = false
        if byte == 0x0A { continue }
      }
      take(byte)
      if state == .plain || state == .quoted {
        position = copyRun(of: chunk, from: position, to: last)
      }
    }
    return position
  }

  /// Copies bytes that mean nothing in the present state.
  @inline(__always)
  private mutating func copyRun(of chunk: Span<UInt8>, from first: Int, to last: Int) -> Int {
    let delimiter = dialect.delimiter
    let isQuoted = state == .quoted
    var position = first
    var target = written
    var bytes = page.bytes.mutableSpan
    while position < last {
      let byte = chunk[position]
      if byte == 0x22 || byte == 0x0A || byte == 0x0D || byte == 0 { break }
      if byte == delimiter, !isQuoted { break }
      bytes[target] = byte
      target += 1
      position += 1
    }
    written = target
    return position
  }

  private mutating func take(_ byte: UInt8) {
    if byte == 0 { flaw = flaw ?? .nulByte }
    switch state {
    case .start:
      if byte == 0x22, dialect.isQuoted {
        isRowOpen = true
        quoteLine = line
        state = .quoted
      } else if !endsField(byte) {
        isRowOpen = true
        state = .plain
        write(byte)
      }
    case .plain:
      if !endsField(byte) { write(byte) }
    case .quoted:
      if byte == 0x22 {
        state = .closing
      } else {
        if byte == 0x0A || byte == 0x0D { countLine(in: byte) }
        write(byte)
      }
    case .closing:
      if byte == 0x22 {
        state = .quoted
        write(byte)
      } else if !endsField(byte) {
        flaw = flaw ?? .textAfterQuote
        state = .plain
        write(byte)
      }
    }
  }

  /// Inside quotes CR LF is two bytes of text but one line.
  private mutating func countLine(in byte: UInt8) {
    let isSecondHalf = byte == 0x0A && written > fieldStart && page.bytes[written - 1] == 0x0D
    if !isSecondHalf { line += 1 }
  }

  private mutating func write(_ byte: UInt8) {
    page.bytes[written] = byte
    written += 1
  }

  @inline(__always)
  private mutating func endsField(_ byte: UInt8) -> Bool {
    if byte == dialect.delimiter {
      isRowOpen = true
      endField()
      return true
    }
    guard byte == 0x0A || byte == 0x0D else { return false }
    isAfterReturn = byte == 0x0D
    endField()
    endRow()
    line += 1
    rowLine = line
    return true
  }

  private mutating func endField() {
    page.starts.append(UInt32(fieldStart))
    page.ends.append(UInt32(written))
    fieldStart = written
    state = .start
  }

  private mutating func endRow() {
    let rowStart = page.rowStarts.last ?? 0
    let found = page.starts.count - rowStart
    let isBlank = found == 1 && page.starts[rowStart] == page.ends[rowStart] && !isRowOpen
    defer {
      flaw = nil
      isRowOpen = false
      rowByteStart = fieldStart
    }
    if isBlank || rowLine <= lastSkippedLine {
      page.starts.removeSubrange(rowStart...)
      page.ends.removeSubrange(rowStart...)
      return
    }
    if let fieldCount { fit(found: found, to: fieldCount, from: rowStart) }
    page.lines.append(rowLine)
    page.rowStarts.append(page.starts.count)
    if let flaw { page.flaws[page.lines.count - 1] = flaw }
  }

  /// Fields beyond the header may be there when they are blank.
  private mutating func fit(found: Int, to expected: Int, from rowStart: Int) {
    guard found != expected else { return }
    if found < expected {
      flaw = flaw ?? .short(found: found)
      return
    }
    let extra = rowStart + expected
    let isFilled = (extra..<page.starts.count).contains { page.starts[$0] < page.ends[$0] }
    if isFilled { flaw = flaw ?? .long(found: found) }
    page.starts.removeSubrange(extra...)
    page.ends.removeSubrange(extra...)
  }
}
