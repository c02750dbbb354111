/// The loops between codes and their bytes.
enum PlaneKernel {
  /// Puts two bytes of each row together.
  static func merge(_ low: Span<UInt8>, _ high: Span<UInt8>, into codes: inout MutableSpan<UInt16>)
  {
    precondition(low.count == codes.count && high.count == codes.count, "a byte for every row")
    for row in 0..<codes.count { codes[row] = UInt16(low[row]) | UInt16(high[row]) &<< 8 }
  }

  /// Puts four bytes of each row together.
  static func merge(
    _ first: Span<UInt8>,
    _ second: Span<UInt8>,
    _ third: Span<UInt8>,
    _ fourth: Span<UInt8>,
    into codes: inout MutableSpan<UInt32>
  ) {
    let count = codes.count
    precondition(first.count == count && second.count == count, "a byte for every row")
    precondition(third.count == count && fourth.count == count, "a byte for every row")
    for row in 0..<count {
      let low = UInt32(first[row]) | UInt32(second[row]) &<< 8
      codes[row] = low | UInt32(third[row]) &<< 16 | UInt32(fourth[row]) &<< 24
    }
  }

  /// Puts a byte of each row into its place in the code; the other bytes stay.
  static func add<Code: FixedWidthInteger & UnsignedInteger>(
    _ plane: Span<UInt8>,
    at place: Int,
    to codes: inout MutableSpan<Code>
  ) {
    precondition(plane.count == codes.count, "a byte for every row")
    let shift = Code(truncatingIfNeeded: place * 8)
    for row in 0..<codes.count {
      codes[row] |= Code(truncatingIfNeeded: plane[row]) &<< shift
    }
  }

  /// Adds up distances; a sum may wrap, since the caller compares it with its bounds.
  static func sum<
    Delta: FixedWidthInteger & UnsignedInteger,
    Code: FixedWidthInteger & UnsignedInteger
  >(
    _ deltas: Span<Delta>,
    from start: Code,
    into codes: inout MutableSpan<Code>
  ) {
    precondition(deltas.count == codes.count, "a distance for every row")
    var code = start
    for row in 0..<codes.count {
      code = code &+ Code(truncatingIfNeeded: deltas[row])
      codes[row] = code
    }
  }

  /// The largest of some values, 0 of none.
  static func largest<Value: FixedWidthInteger & UnsignedInteger>(_ values: Span<Value>) -> Value {
    var largest: Value = 0
    for row in values.indices { largest = max(largest, values[row]) }
    return largest
  }

  /// Looks codes up in a palette, in which every place must be.
  static func gather<
    Place: FixedWidthInteger & UnsignedInteger,
    Code: FixedWidthInteger & UnsignedInteger
  >(
    _ places: Span<Place>,
    in palette: Span<Code>,
    into codes: inout MutableSpan<Code>
  ) {
    precondition(places.count == codes.count, "a place for every row")
    for row in 0..<codes.count { codes[row] = palette[Int(truncatingIfNeeded: places[row])] }
  }
}
