/// Turns the stored bytes of a page back into a vector.
///
/// Everything that a vector promises is checked here: after it, no code leaves the dictionary and no
/// offset leaves its text, whatever the file says.
struct PageDecoder {
  /// What is wrong with a page.
  struct Failure: Error {
    let reason: String
  }

  let descriptor: PageDescriptor
  let type: ColumnType
  let rowCount: Int
  /// The runs of the block, where the page goes by them.
  var runs: BlockRuns?

  private var extent: PageExtent {
    PageExtent(descriptor, rowCount: rowCount, runCount: runs?.count ?? 0)
  }

  /// Decodes the page in a range of a file, whose checksum was found right.
  func decode(_ file: MappedFile, in range: Range<Int>) throws(Failure) -> ColumnVector {
    guard descriptor.nullCount < rowCount else { return Self.onlyNulls(type, rowCount: rowCount) }
    let streams = try PageStreams(file, in: range, descriptor, extent)
    let hasMask = descriptor.maskLength(extent) > 0
    let validity = hasMask ? try self.validity(of: streams.buffer(0)) : .allValid
    return ColumnVector(
      type: type,
      rowCount: rowCount,
      validity: validity,
      storage: try storage(of: streams, from: hasMask ? 1 : 0)
    )
  }

  /// Makes the vector of a column without any value.
  static func onlyNulls(_ type: ColumnType, rowCount: Int) -> ColumnVector {
    let words = [UInt64](repeating: 0, count: (rowCount + 63) / 64)
    let validity = ValidityMask(words: words, rowCount: rowCount)
    return ColumnVector(type: type, rowCount: rowCount, validity: validity, storage: .constant(0))
  }

  private func validity(of bits: VectorBuffer) throws(Failure) -> ValidityMask {
    var words = [UInt64](repeating: 0, count: bits.byteCount / 8)
    bits.withSpan(of: UInt64.self) { source in
      for index in words.indices { words[index] = source[index] }
    }
    let tail = extent.valueCount & 63
    if tail > 0, words[words.count - 1] >> UInt64(tail) != 0 {
      throw Failure(reason: "its null bitmap is longer than its rows")
    }
    switch descriptor.runs {
    case .none: break
    case .repeated, .counted: words = try runsOfBlock().expand(words)
    }
    let mask = ValidityMask(words: words, rowCount: rowCount)
    guard mask.nullCount == descriptor.nullCount else {
      throw Failure(reason: "its null bitmap has \(mask.nullCount) nulls")
    }
    return mask
  }

  private func storage(
    of streams: PageStreams,
    from first: Int
  ) throws(Failure) -> ColumnVector.Storage {
    let width = descriptor.width
    let codes = CodeDecoder(streams: streams, first: first, coding: descriptor.coding)
    switch descriptor.encoding {
    case .constant:
      return .constant(descriptor.base)
    case .frame:
      let codes = try rows(codes, width, from: 0)
      guard holds(codeRange(of: codes)) else {
        throw Failure(reason: "a value is outside the bounds of the block")
      }
      return .frame(
        width,
        base: descriptor.base,
        multiplier: descriptor.multiplier,
        codes: codes
      )
    case .dictionary:
      guard case .integers(let minimum, let maximum) = descriptor.bounds else {
        throw Failure(reason: "a code is outside the bounds of the block")
      }
      let codes = try rows(codes, width, from: UInt64(bitPattern: minimum))
      let range = codeRange(of: codes)
      guard Int128(range.lowerBound) >= Int128(minimum), Int128(range.upperBound) <= Int128(maximum)
      else { throw Failure(reason: "a code is outside the bounds of the block") }
      return .dictionary(width, codes: codes)
    case .doubles:
      let start = UInt64(bitPattern: descriptor.base)
      return .doubles(try rows(codes, .bits64, from: start))
    case .text:
      return try texts(streams.buffer(first))
    }
  }

  /// Returns a code for every row; `start` is the code before the first distance.
  private func rows(
    _ codes: CodeDecoder,
    _ width: ColumnVector.CodeWidth,
    from start: UInt64
  ) throws(Failure) -> VectorBuffer {
    let held = try codes.decode(width, count: extent.valueCount, from: start)
    switch descriptor.runs {
    case .none: return held
    case .repeated, .counted: break
    }
    let runs = try runsOfBlock()
    return switch width {
    case .bits8: runs.expand(held, of: UInt8.self, descriptor.runs)
    case .bits16: runs.expand(held, of: UInt16.self, descriptor.runs)
    case .bits32: runs.expand(held, of: UInt32.self, descriptor.runs)
    case .bits64: runs.expand(held, of: UInt64.self, descriptor.runs)
    }
  }

  private func texts(_ page: VectorBuffer) throws(Failure) -> ColumnVector.Storage {
    let split = (extent.valueCount + 1) * 4
    let offsets = VectorBuffer(copying: page, range: 0..<split)
    let bytes = VectorBuffer(copying: page, range: split..<page.byteCount)
    guard isAscending(offsets, upTo: bytes.byteCount) else {
      throw Failure(reason: "the offsets of its texts are not ascending")
    }
    switch descriptor.runs {
    case .none: return .text(offsets: offsets, bytes: bytes)
    case .repeated, .counted: break
    }
    guard let (offsets, bytes) = try runsOfBlock().expand(offsets: offsets, bytes: bytes) else {
      throw Failure(reason: "its texts are too long")
    }
    return .text(offsets: offsets, bytes: bytes)
  }

  private func runsOfBlock() throws(Failure) -> BlockRuns {
    guard let runs, runs.rowCount == rowCount else {
      throw Failure(reason: "its block has no runs")
    }
    return runs
  }

  /// Tells whether the values of a frame's codes are inside the bounds of the block, on which scans
  /// rely for the size of their groups.
  private func holds(_ codes: ClosedRange<UInt64>) -> Bool {
    guard case .integers(let minimum, let maximum) = descriptor.bounds, descriptor.multiplier > 0
    else { return false }
    // A code is below 2^64 and the multiplier below 2^63, so the product fits 128 bits.
    let base = Int128(descriptor.base)
    let multiplier = Int128(descriptor.multiplier)
    return base + multiplier * Int128(codes.lowerBound) >= Int128(minimum)
      && base + multiplier * Int128(codes.upperBound) <= Int128(maximum)
  }

  private func codeRange(of codes: VectorBuffer) -> ClosedRange<UInt64> {
    switch descriptor.width {
    case .bits8: range(codes, of: UInt8.self)
    case .bits16: range(codes, of: UInt16.self)
    case .bits32: range(codes, of: UInt32.self)
    case .bits64: range(codes, of: UInt64.self)
    }
  }

  private func range<Code: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ codes: VectorBuffer,
    of type: Code.Type
  ) -> ClosedRange<UInt64> {
    codes.withSpan(of: type) { codes in
      var (least, greatest) = (Code.max, Code.min)
      for row in codes.indices {
        least = min(least, codes[row])
        greatest = max(greatest, codes[row])
      }
      return UInt64(least)...UInt64(max(least, greatest))
    }
  }

  private func isAscending(_ offsets: VectorBuffer, upTo byteCount: Int) -> Bool {
    offsets.withSpan(of: UInt32.self) { offsets in
      var last: UInt32 = 0
      var isAscending = offsets[0] == 0
      for row in offsets.indices {
        isAscending = isAscending && offsets[row] >= last
        last = offsets[row]
      }
      return isAscending && Int(last) == byteCount
    }
  }
}
