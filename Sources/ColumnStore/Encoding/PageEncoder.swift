/// Turns the values of one column and block into the bytes of a page.
///
/// A page is the null bitmap, when some but not all rows are null, and then the values. Rows without
/// a value get the code of the smallest value, so that codes stay inside the dictionary.
struct PageEncoder {
  /// A page before compression, and what the footer will say about it.
  struct Page {
    var descriptor: PageDescriptor
    var payload: [UInt8]
  }

  /// Encodes integers of any type.
  static func encode(integers: [Int64], nulls: [Bool]) -> Page {
    let nullCount = count(nulls)
    guard nullCount < integers.count else { return onlyNulls(integers.count) }
    var (minimum, maximum) = (Int64.max, Int64.min)
    var sum: Int128 = 0
    var values = integers
    if nullCount == 0 {
      for value in values {
        minimum = min(minimum, value)
        maximum = max(maximum, value)
        sum &+= Int128(value)
      }
    } else {
      for row in values.indices where !nulls[row] {
        minimum = min(minimum, values[row])
        maximum = max(maximum, values[row])
        sum &+= Int128(values[row])
      }
      for row in values.indices where nulls[row] { values[row] = minimum }
    }
    let range = UInt64(bitPattern: maximum &- minimum)
    let multiplier = range > 0xFF ? divisor(of: values, minus: minimum) : 1
    var descriptor = PageDescriptor(
      encoding: range == 0 ? .constant : .frame,
      width: width(of: range / multiplier),
      base: minimum,
      multiplier: Int64(bitPattern: multiplier),
      nullCount: nullCount,
      bounds: .integers(minimum: minimum, maximum: maximum),
      sum: sum
    )
    var payload = bitmap(nulls, nullCount: nullCount)
    if range > 0 {
      appendFrame(values, minus: minimum, over: multiplier, descriptor.width, to: &payload)
    }
    descriptor.decodedLength = payload.count
    return Page(descriptor: descriptor, payload: payload)
  }

  /// Encodes dictionary codes.
  static func encode(codes: [UInt32], nulls: [Bool]) -> Page {
    let nullCount = count(nulls)
    guard nullCount < codes.count else { return onlyNulls(codes.count) }
    var (minimum, maximum) = (UInt32.max, UInt32.min)
    var codes = codes
    for row in codes.indices where nullCount == 0 || !nulls[row] {
      minimum = min(minimum, codes[row])
      maximum = max(maximum, codes[row])
    }
    if nullCount > 0 {
      for row in codes.indices where nulls[row] { codes[row] = minimum }
    }
    var descriptor = PageDescriptor(
      encoding: minimum == maximum ? .constant : .dictionary,
      width: width(of: UInt64(maximum)),
      base: Int64(minimum),
      nullCount: nullCount,
      bounds: .integers(minimum: Int64(minimum), maximum: Int64(maximum))
    )
    var payload = bitmap(nulls, nullCount: nullCount)
    if minimum < maximum {
      switch descriptor.width {
      case .bits8: payload.append(bytesOf: codes.map { UInt8(truncatingIfNeeded: $0) })
      case .bits16: payload.append(bytesOf: codes.map { UInt16(truncatingIfNeeded: $0) })
      case .bits32, .bits64: payload.append(bytesOf: codes)
      }
    } else {
      descriptor.width = .bits8
    }
    descriptor.decodedLength = payload.count
    return Page(descriptor: descriptor, payload: payload)
  }

  /// Encodes doubles, none of which is NaN.
  static func encode(doubles: [Double], nulls: [Bool]) -> Page {
    let nullCount = count(nulls)
    guard nullCount < doubles.count else { return onlyNulls(doubles.count) }
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
    var payload = bitmap(nulls, nullCount: nullCount)
    if !isConstant { payload.append(bytesOf: doubles) }
    let descriptor = PageDescriptor(
      encoding: isConstant ? .constant : .doubles,
      base: isConstant ? Int64(bitPattern: first ?? 0) : 0,
      nullCount: nullCount,
      bounds: .doubles(minimum: minimum, maximum: maximum),
      decodedLength: payload.count
    )
    return Page(descriptor: descriptor, payload: payload)
  }

  /// Encodes plain texts.
  ///
  /// - Throws: `StoreError.mismatch` when the texts of one block take more than 1 GiB.
  static func encode(texts: [String], nulls: [Bool]) throws(StoreError) -> Page {
    let nullCount = count(nulls)
    guard nullCount < texts.count else { return onlyNulls(texts.count) }
    var offsets: [UInt32] = [0]
    var utf8: [UInt8] = []
    offsets.reserveCapacity(texts.count + 1)
    for text in texts {
      utf8.append(contentsOf: text.utf8)
      guard utf8.count <= SegmentFormat.pageLimit / 2 else {
        throw .mismatch("the texts of one block take more than 1 GiB")
      }
      offsets.append(UInt32(utf8.count))
    }
    var payload = bitmap(nulls, nullCount: nullCount)
    payload.append(bytesOf: offsets)
    payload.append(contentsOf: utf8)
    let descriptor = PageDescriptor(
      encoding: .text,
      nullCount: nullCount,
      bounds: .unknown,
      decodedLength: payload.count
    )
    return Page(descriptor: descriptor, payload: payload)
  }

  private static func onlyNulls(_ rowCount: Int) -> Page {
    Page(
      descriptor: PageDescriptor(encoding: .constant, nullCount: rowCount, bounds: .empty),
      payload: []
    )
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
  private static func divisor(of values: [Int64], minus base: Int64) -> UInt64 {
    var result: UInt64 = 0
    for value in values {
      var rest = UInt64(bitPattern: value &- base)
      if result != 0, rest % result == 0 { continue }
      while rest != 0 { (result, rest) = (rest, result % rest) }
      if result == 1 { return 1 }
    }
    return result <= UInt64(Int64.max) ? max(result, 1) : 1
  }

  private static func appendFrame(
    _ values: [Int64],
    minus base: Int64,
    over divisor: UInt64,
    _ width: ColumnVector.CodeWidth,
    to payload: inout [UInt8]
  ) {
    switch width {
    case .bits8: payload.append(bytesOf: codes(values, base, divisor) as [UInt8])
    case .bits16: payload.append(bytesOf: codes(values, base, divisor) as [UInt16])
    case .bits32: payload.append(bytesOf: codes(values, base, divisor) as [UInt32])
    case .bits64: payload.append(bytesOf: codes(values, base, divisor) as [UInt64])
    }
  }

  private static func codes<Code: FixedWidthInteger & UnsignedInteger>(
    _ values: [Int64],
    _ base: Int64,
    _ divisor: UInt64
  ) -> [Code] {
    var codes = [Code](repeating: 0, count: values.count)
    if divisor == 1 {
      for row in values.indices { codes[row] = Code(truncatingIfNeeded: values[row] &- base) }
    } else {
      for row in values.indices {
        codes[row] = Code(truncatingIfNeeded: UInt64(bitPattern: values[row] &- base) / divisor)
      }
    }
    return codes
  }
}
