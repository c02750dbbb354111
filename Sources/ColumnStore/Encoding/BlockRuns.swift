/// The *runs* of a block: rows that follow one another and on which columns of the block have one
/// value each, as the lines of one order do.
///
/// A page may hold one value a run in place of one a row; the runs are stored once for all of them.
struct BlockRuns: Sendable {
  /// One bit a row, bit 0 of word 0 first, 1 where a run begins; the first row always begins one.
  ///
  /// Bits past the last row are zero.
  let words: [UInt64]
  /// The number of rows.
  let rowCount: Int
  /// The number of runs.
  let count: Int

  /// Takes the bits of a block with rows; nil when they cannot be those of runs.
  init?(words: [UInt64], rowCount: Int) {
    guard words.count == (rowCount + 63) / 64, let first = words.first, first & 1 == 1 else {
      return nil
    }
    let tail = UInt64(rowCount & 63)
    guard tail == 0 || words[words.count - 1] >> tail == 0 else { return nil }
    self.words = words
    self.rowCount = rowCount
    count = words.reduce(0) { $0 + $1.nonzeroBitCount }
  }

  /// Returns the first of each run.
  func first<Value>(of rows: [Value]) -> [Value] {
    precondition(rows.count == rowCount, "a value for every row")
    var values: [Value] = []
    values.reserveCapacity(count)
    for (place, word) in words.enumerated() {
      var rest = word
      while rest != 0 {
        values.append(rows[place &* 64 &+ rest.trailingZeroBitCount])
        rest &= rest &- 1
      }
    }
    return values
  }

  /// Returns the bits of each run for each of its rows.
  func expand(_ bits: [UInt64]) -> [UInt64] {
    var expanded = [UInt64](repeating: 0, count: words.count)
    var rows = expanded.mutableSpan
    RunKernel.expandBits(bits.span, words.span, rowCount: rowCount, into: &rows)
    return expanded
  }

  /// Returns the values of each run for each of its rows, as the form says.
  func expand<Code: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ values: VectorBuffer,
    of type: Code.Type,
    _ form: RunForm
  ) -> VectorBuffer {
    VectorBuffer.writing(rowCount, of: type) { rows in
      values.withSpan(of: type) { values in
        switch form {
        case .none: preconditionFailure("a page by runs")
        case .repeated: RunKernel.expand(values, words.span, into: &rows)
        case .counted: RunKernel.expandCounted(values, words.span, into: &rows)
        }
      }
    }
  }

  /// Returns the texts of each run for each of its rows; nil when they are longer than those of a block
  /// may be.
  func expand(
    offsets: VectorBuffer,
    bytes: VectorBuffer
  ) -> (offsets: VectorBuffer, bytes: VectorBuffer)? {
    var rowOffsets: [UInt32] = [0]
    var utf8: [UInt8] = []
    rowOffsets.reserveCapacity(rowCount + 1)
    var run = -1
    for row in 0..<rowCount {
      run += Int(words[row >> 6] >> UInt64(row & 63) & 1)
      offsets.withSpan(of: UInt32.self) { offsets in
        bytes.withSpan(of: UInt8.self) { bytes in
          utf8.append(contentsOf: bytes.extracting(Int(offsets[run])..<Int(offsets[run + 1])))
        }
      }
      guard utf8.count <= SegmentFormat.textLimit else { return nil }
      rowOffsets.append(UInt32(utf8.count))
    }
    return (VectorBuffer(copying: rowOffsets), VectorBuffer(copying: utf8))
  }
}

/// How a page's values follow from those that it holds; the raw value is the code on disk.
enum RunForm: UInt8, Sendable {
  /// It holds a value for each row.
  case none = 0
  /// It holds a value for each run of the block, which all rows of the run have.
  case repeated = 1
  /// It holds a code for each run, and each next row of the run has a code one higher.
  case counted = 2
}

// MARK: - Writing

extension BlockRuns {
  /// Makes runs of the rows on which a column does not change.
  init(changesOf column: ColumnRows) {
    precondition(column.count > 0, "a block has rows")
    var words = [UInt64](repeating: 0, count: (column.count + 63) / 64)
    words[0] = 1
    func mark<Value: Equatable>(_ values: [Value]) {
      for row in 1..<values.count where values[row] != values[row - 1] {
        words[row >> 6] |= 1 << UInt64(row & 63)
      }
    }
    switch column.kind {
    case .integers: mark(column.integers)
    case .codes: mark(column.codes)
    case .doubles: mark(column.doubles.map(\.bitPattern))
    case .texts:
      // By bytes: equal characters may be written in several ways.
      for row in 1..<column.texts.count
      where !column.texts[row].utf8.elementsEqual(column.texts[row - 1].utf8) {
        words[row >> 6] |= 1 << UInt64(row & 63)
      }
    }
    if !column.nulls.isEmpty { mark(column.nulls) }
    self.words = words
    rowCount = column.count
    count = words.reduce(0) { $0 + $1.nonzeroBitCount }
  }

  /// Tells whether no run of other runs of the same rows reaches over the beginning of one of these.
  func areRefined(by other: BlockRuns) -> Bool {
    words.indices.allSatisfy { words[$0] & ~other.words[$0] == 0 }
  }

  /// Returns how a page can hold codes by these runs, and what it then holds; nil when it cannot.
  func hold<Code: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ codes: [Code],
    _ nulls: [Bool]
  ) -> (form: RunForm, codes: [Code], nulls: [Bool])? {
    guard count < rowCount, let heldNulls = hold(nulls) else { return nil }
    let held = first(of: codes)
    // The first row that does not begin a run says which form it can be.
    var row = 0
    while words[row >> 6] >> UInt64(row & 63) & 1 == 1 { row += 1 }
    let form: RunForm = codes[row] == codes[row - 1] ? .repeated : .counted
    if form == .counted, codes[row] &- codes[row - 1] != 1 || !nulls.isEmpty { return nil }
    var expanded = [Code](repeating: 0, count: rowCount)
    var rows = expanded.mutableSpan
    switch form {
    case .none, .repeated: RunKernel.expand(held.span, words.span, into: &rows)
    case .counted: RunKernel.expandCounted(held.span, words.span, into: &rows)
    }
    return expanded == codes ? (form, held, heldNulls) : nil
  }

  /// Returns the texts that a page by these runs holds; nil when a run has several.
  func hold(_ texts: [String], _ nulls: [Bool]) -> (texts: [String], nulls: [Bool])? {
    guard count < rowCount, let heldNulls = hold(nulls) else { return nil }
    for row in 1..<rowCount where words[row >> 6] >> UInt64(row & 63) & 1 == 0 {
      guard texts[row].utf8.elementsEqual(texts[row - 1].utf8) else { return nil }
    }
    return (first(of: texts), heldNulls)
  }

  private func hold(_ nulls: [Bool]) -> [Bool]? {
    guard !nulls.isEmpty else { return [] }
    let held = first(of: nulls)
    var expanded = [Bool](repeating: false, count: rowCount)
    var rows = expanded.mutableSpan
    RunKernel.expand(held.span, words.span, into: &rows)
    return expanded == nulls ? held : nil
  }
}

// MARK: - Bytes

extension BlockRuns {
  /// The bits, compressed where that saves half: every page by runs reads them again, which has to
  /// cost nothing.
  func bytes(_ codec: ZstdCodec, _ effort: PageEffort) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(bytesOf: words)
    guard let compressed = codec.compress(bytes, level: effort.level),
      compressed.count * 2 <= bytes.count
    else { return bytes }
    return compressed
  }

  /// Reads the runs of a block in a range of a file, whose checksum was found right.
  static func decode(
    _ file: MappedFile,
    in range: Range<Int>,
    rowCount: Int,
    count: Int
  ) throws(PageDecoder.Failure) -> BlockRuns {
    let length = (rowCount + 63) / 64 * 8
    let buffer: VectorBuffer? = file.withBytes(in: range) { bytes in
      // What was compressed is shorter.
      bytes.byteCount == length
        ? VectorBuffer(copying: bytes) : ZstdCodec.decompress(bytes, byteCount: length)
    }
    guard let buffer else {
      throw PageDecoder.Failure(reason: "they do not decompress to their length")
    }
    let words = buffer.withSpan(of: UInt64.self) { bits in bits.indices.map { bits[$0] } }
    guard let runs = BlockRuns(words: words, rowCount: rowCount), runs.count == count else {
      throw PageDecoder.Failure(reason: "their bits do not fit the block")
    }
    return runs
  }
}
