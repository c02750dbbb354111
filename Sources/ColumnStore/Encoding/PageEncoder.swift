/// Turns the values of one column and block into the bytes of a page.
///
/// A page is the null bitmap, when some but not all rows are null, and then the values. Rows without
/// a value get the code of the smallest value, so that codes stay inside the dictionary.
struct PageEncoder {
  /// The bytes of a page, and what the footer will say about it.
  struct Page {
    var descriptor: PageDescriptor
    var bytes: [UInt8]
  }

  let codec: ZstdCodec
  let effort: PageEffort
  /// The runs of the block, where the page may hold a value for each of them.
  var runs: BlockRuns?
  /// Bytes of plain texts that the rows of the block may have.
  var textLimit = SegmentFormat.textLimit

  /// Encodes the rows of one block of a column.
  ///
  /// - Throws: `StoreError.mismatch` when plain texts of one block take more than 1 GiB.
  func encode(_ rows: ColumnRows) throws(StoreError) -> Page {
    switch rows.kind {
    case .integers: encode(integers: rows.integers, nulls: rows.nulls)
    case .codes: encode(codes: rows.codes, nulls: rows.nulls)
    case .doubles: encode(doubles: rows.doubles, nulls: rows.nulls)
    case .texts: try encode(texts: rows.texts, nulls: rows.nulls)
    }
  }

  /// Encodes integers of any type.
  func encode(integers: [Int64], nulls: [Bool]) -> Page {
    let nullCount = Self.count(nulls)
    guard nullCount < integers.count else { return Self.onlyNulls(integers.count) }
    var (minimum, maximum) = (Int64.max, Int64.min)
    var values = integers
    if nullCount == 0 {
      for value in values {
        minimum = min(minimum, value)
        maximum = max(maximum, value)
      }
    } else {
      for row in values.indices where !nulls[row] {
        minimum = min(minimum, values[row])
        maximum = max(maximum, values[row])
      }
      for row in values.indices where nulls[row] { values[row] = minimum }
    }
    let range = UInt64(bitPattern: maximum &- minimum)
    // A row without a value counts as the smallest one, which is taken off again.
    let sum =
      Self.sum(of: values, base: minimum, range: range) - Int128(minimum) * Int128(nullCount)
    let divisor = range > 0xFF ? Self.divisor(of: values, minus: minimum) : ExactDivisor(1)
    var descriptor = PageDescriptor(
      encoding: range == 0 ? .constant : .frame,
      width: Self.width(of: range / divisor.value),
      base: minimum,
      multiplier: Int64(bitPattern: divisor.value),
      nullCount: nullCount,
      bounds: .integers(minimum: minimum, maximum: maximum),
      sum: sum
    )
    guard range > 0 else { return page(&descriptor, nulls, [], rowCount: values.count) }
    switch descriptor.width {
    case .bits8:
      let codes = Self.codes(of: values, as: UInt8.self, minus: minimum, divisor)
      return encode(of: UInt8.self, codes, nulls, &descriptor)
    case .bits16:
      let codes = Self.codes(of: values, as: UInt16.self, minus: minimum, divisor)
      return encode(of: UInt16.self, codes, nulls, &descriptor)
    case .bits32:
      let codes = Self.codes(of: values, as: UInt32.self, minus: minimum, divisor)
      return encode(of: UInt32.self, codes, nulls, &descriptor)
    case .bits64:
      let codes = Self.codes(of: values, as: UInt64.self, minus: minimum, divisor)
      return encode(of: UInt64.self, codes, nulls, &descriptor)
    }
  }

  /// The distances from a base in units of a divisor of all of them.
  private static func codes<Code: FixedWidthInteger & UnsignedInteger>(
    of values: [Int64],
    as type: Code.Type,
    minus base: Int64,
    _ divisor: ExactDivisor
  ) -> [Code] {
    if divisor.value == 1 { return values.map { Code(truncatingIfNeeded: $0 &- base) } }
    return values.map {
      Code(truncatingIfNeeded: divisor.quotient(UInt64(bitPattern: $0 &- base)))
    }
  }

  /// The exact sum of some values, none of which is below `base` or more than `range` above it.
  private static func sum(of values: [Int64], base: Int64, range: UInt64) -> Int128 {
    guard range >> 32 == 0, values.count >> 31 == 0 else {
      var sum: Int128 = 0
      for value in values { sum &+= Int128(value) }
      return sum
    }
    var distances: UInt64 = 0
    for value in values { distances &+= UInt64(bitPattern: value &- base) }
    return Int128(base) * Int128(values.count) + Int128(distances)
  }

  /// Encodes dictionary codes.
  func encode(codes: [UInt32], nulls: [Bool]) -> Page {
    let nullCount = Self.count(nulls)
    guard nullCount < codes.count else { return Self.onlyNulls(codes.count) }
    var (minimum, maximum) = (UInt32.max, UInt32.min)
    var codes = codes
    if nullCount == 0 {
      for code in codes {
        minimum = min(minimum, code)
        maximum = max(maximum, code)
      }
    } else {
      for row in codes.indices where !nulls[row] {
        minimum = min(minimum, codes[row])
        maximum = max(maximum, codes[row])
      }
      for row in codes.indices where nulls[row] { codes[row] = minimum }
    }
    var descriptor = PageDescriptor(
      encoding: minimum == maximum ? .constant : .dictionary,
      width: Self.width(of: UInt64(maximum)),
      base: Int64(minimum),
      nullCount: nullCount,
      bounds: .integers(minimum: Int64(minimum), maximum: Int64(maximum))
    )
    guard minimum < maximum else {
      descriptor.width = .bits8
      return page(&descriptor, nulls, [], rowCount: codes.count)
    }
    switch descriptor.width {
    case .bits8:
      let codes = codes.map { UInt8(truncatingIfNeeded: $0) }
      return encode(of: UInt8.self, codes, nulls, &descriptor)
    case .bits16:
      let codes = codes.map { UInt16(truncatingIfNeeded: $0) }
      return encode(of: UInt16.self, codes, nulls, &descriptor)
    case .bits32, .bits64: return encode(of: UInt32.self, codes, nulls, &descriptor)
    }
  }

  /// Encodes doubles, none of which is NaN.
  func encode(doubles: [Double], nulls: [Bool]) -> Page {
    let nullCount = Self.count(nulls)
    guard nullCount < doubles.count else { return Self.onlyNulls(doubles.count) }
    var (minimum, maximum) = (Double.infinity, -Double.infinity)
    var first: UInt64?
    var isConstant = true
    for row in doubles.indices where nullCount == 0 || !nulls[row] {
      minimum = min(minimum, doubles[row])
      maximum = max(maximum, doubles[row])
      let bits = doubles[row].bitPattern
      isConstant = isConstant && bits == first ?? bits
      first = bits
    }
    var descriptor = PageDescriptor(
      encoding: isConstant ? .constant : .doubles,
      base: isConstant ? Int64(bitPattern: first ?? 0) : 0,
      nullCount: nullCount,
      bounds: .doubles(minimum: minimum, maximum: maximum)
    )
    guard !isConstant else { return page(&descriptor, nulls, [], rowCount: doubles.count) }
    // Distances begin at the first double.
    descriptor.base = Int64(bitPattern: doubles[0].bitPattern)
    return encode(of: UInt64.self, doubles.map(\.bitPattern), nulls, &descriptor)
  }

  /// Encodes plain texts.
  ///
  /// - Throws: `StoreError.mismatch` when the texts of all rows, also of those whose texts are held
  ///   once for a run, take more than 1 GiB: a reader writes them out.
  func encode(texts: [String], nulls: [Bool]) throws(StoreError) -> Page {
    let nullCount = Self.count(nulls)
    let rowCount = texts.count
    guard nullCount < rowCount else { return Self.onlyNulls(rowCount) }
    guard texts.reduce(0, { $0 + $1.utf8.count }) <= textLimit else {
      throw .mismatch("the texts of one block take more than 1 GiB")
    }
    let held = runs?.hold(texts, nulls)
    let (texts, nulls) = held ?? (texts, nulls)
    var offsets: [UInt32] = [0]
    var utf8: [UInt8] = []
    offsets.reserveCapacity(texts.count + 1)
    for text in texts {
      utf8.append(contentsOf: text.utf8)
      offsets.append(UInt32(utf8.count))
    }
    var values: [UInt8] = []
    values.append(bytesOf: offsets)
    values.append(contentsOf: utf8)
    var descriptor = PageDescriptor(encoding: .text, nullCount: nullCount, bounds: .unknown)
    descriptor.runs = held == nil ? .none : .repeated
    return page(&descriptor, nulls, [values], rowCount: rowCount)
  }

  private func encode<Code: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    of type: Code.Type,
    _ codes: [Code],
    _ nulls: [Bool],
    _ descriptor: inout PageDescriptor
  ) -> Page {
    let held = runs?.hold(codes, nulls)
    let encoder = CodeEncoder(codes: held?.codes ?? codes, codec: codec, effort: effort)
    let (coding, streams) = encoder.encode()
    descriptor.coding = coding
    descriptor.runs = held?.form ?? .none
    return page(&descriptor, held?.nulls ?? nulls, streams, rowCount: codes.count)
  }

  /// Compresses the streams of a page, each by itself, and puts them together.
  private func page(
    _ descriptor: inout PageDescriptor,
    _ nulls: [Bool],
    _ values: [[UInt8]],
    rowCount: Int
  ) -> Page {
    let mask = Self.bitmap(nulls, nullCount: descriptor.nullCount)
    let streams = mask.isEmpty ? values : [mask] + values
    descriptor.decodedLength =
      descriptor.encoding == .text
      ? streams.reduce(0) { $0 + $1.count }
      : descriptor.leastLength(
        PageExtent(descriptor, rowCount: rowCount, runCount: runs?.count ?? 0)
      )
    var writer = ByteWriter()
    var bodies: [UInt8] = []
    for stream in streams {
      let compressed = codec.compress(stream, level: effort.level)
      let body = compressed ?? stream
      if streams.count == 1 {
        descriptor.storage = compressed == nil ? .plain : .compressed
      } else {
        descriptor.storage = .streams
        writer.append(UInt32(body.count) << 1 | (compressed == nil ? 0 : 1))
      }
      bodies.append(contentsOf: body)
    }
    let bytes = writer.bytes + bodies
    descriptor.storedLength = bytes.count
    descriptor.checksum = Checksum.of(bytes)
    return Page(descriptor: descriptor, bytes: bytes)
  }

  private static func onlyNulls(_ rowCount: Int) -> Page {
    var descriptor = PageDescriptor(encoding: .constant, nullCount: rowCount, bounds: .empty)
    descriptor.checksum = Checksum.of([])
    return Page(descriptor: descriptor, bytes: [])
  }

  private static func count(_ nulls: [Bool]) -> Int {
    var count = 0
    for isNull in nulls where isNull { count += 1 }
    return count
  }

  private static func bitmap(_ nulls: [Bool], nullCount: Int) -> [UInt8] {
    guard nullCount > 0 else { return [] }
    var words = [UInt64](repeating: 0, count: (nulls.count + 63) / 64)
    for row in nulls.indices where !nulls[row] { words[row >> 6] |= 1 << UInt64(row & 63) }
    var bytes: [UInt8] = []
    bytes.append(bytesOf: words)
    return bytes
  }

  /// The narrowest width that holds codes up to `largest`.
  private static func width(of largest: UInt64) -> ColumnVector.CodeWidth {
    if largest <= 0xFF { return .bits8 }
    if largest <= 0xFFFF { return .bits16 }
    return largest <= 0xFFFF_FFFF ? .bits32 : .bits64
  }

  /// The greatest common divisor of all distances from `base`; 1 where it does not fit `Int64`.
  private static func divisor(of values: [Int64], minus base: Int64) -> ExactDivisor {
    var result = ExactDivisor(1)
    var isFound = false
    for value in values {
      let distance = UInt64(bitPattern: value &- base)
      if isFound ? result.divides(distance) : distance == 0 { continue }
      var (divisor, rest) = (isFound ? result.value : 0, distance)
      while rest != 0 { (divisor, rest) = (rest, divisor % rest) }
      if divisor == 1 { return ExactDivisor(1) }
      result = ExactDivisor(divisor)
      isFound = true
    }
    return result.value <= UInt64(Int64.max) ? result : ExactDivisor(1)
  }
}

/// A divisor by which numbers are divided that it divides, without a division (Granlund and
/// Montgomery, "Division by invariant integers using multiplication", section 9).
struct ExactDivisor {
  /// At least 1.
  let value: UInt64
  private let shift: UInt64
  private let inverse: UInt64
  private let largest: UInt64

  init(_ value: UInt64) {
    precondition(value > 0, "a divisor")
    self.value = value
    shift = UInt64(value.trailingZeroBitCount)
    let odd = value >> shift
    // Newton's method: each step doubles the bits that are right, of which three are at first.
    var inverse = odd
    for _ in 0..<5 { inverse = inverse &* (2 &- odd &* inverse) }
    self.inverse = inverse
    largest = .max / value
  }

  /// Tells whether a number is a multiple.
  @inline(__always)
  func divides(_ number: UInt64) -> Bool { quotient(number) <= largest }

  /// The quotient of a multiple; of another number something above all quotients.
  @inline(__always)
  func quotient(_ number: UInt64) -> UInt64 {
    let product = number &* inverse
    return product &>> shift | (product &<< (63 &- shift)) &<< 1
  }
}
