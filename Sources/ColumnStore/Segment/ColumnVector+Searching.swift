extension ColumnVector {
  /// Finds ascending values in a block of integers or codes that never fall.
  ///
  /// - Parameters:
  ///   - wanted: The values.
  ///   - rowCount: The rows of the block.
  ///   - places: Takes the place of a value in `wanted` once for each row that has it.
  ///   - positions: Takes that row.
  func find(
    _ wanted: ArraySlice<Int64>,
    rowCount: Int,
    places: inout [Int],
    positions: inout [Int]
  ) {
    var search = AscendingSearch(wanted: wanted, rowCount: rowCount)
    switch storage {
    case .constant(let value): search.run { _ in value }
    case .frame(let width, let base, let multiplier, let buffer):
      switch width {
      case .bits8: search.run(buffer, of: UInt8.self, base, multiplier)
      case .bits16: search.run(buffer, of: UInt16.self, base, multiplier)
      case .bits32: search.run(buffer, of: UInt32.self, base, multiplier)
      case .bits64: search.run(buffer, of: UInt64.self, base, multiplier)
      }
    case .dictionary(let width, let buffer):
      switch width {
      case .bits8: search.run(buffer, of: UInt8.self, 0, 1)
      case .bits16: search.run(buffer, of: UInt16.self, 0, 1)
      case .bits32, .bits64: search.run(buffer, of: UInt32.self, 0, 1)
      }
    case .doubles, .text: preconditionFailure("integers or codes")
    }
    places.append(contentsOf: search.places)
    positions.append(contentsOf: search.positions)
  }
}

/// A search for ascending values among ascending rows.
private struct AscendingSearch {
  let wanted: ArraySlice<Int64>
  let rowCount: Int
  var places: [Int] = []
  var positions: [Int] = []

  init(wanted: ArraySlice<Int64>, rowCount: Int) {
    self.wanted = wanted
    self.rowCount = rowCount
  }

  mutating func run<Code: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ buffer: VectorBuffer,
    of type: Code.Type,
    _ base: Int64,
    _ multiplier: Int64
  ) {
    buffer.withSpan(of: type) { codes in
      run { base &+ multiplier &* Int64(truncatingIfNeeded: codes[$0]) }
    }
  }

  /// Halves what is left for each value, and takes all rows that have it.
  @inline(__always)
  mutating func run(_ value: (Int) -> Int64) {
    var start = 0
    for place in wanted.indices {
      let sought = wanted[place]
      var (low, high) = (start, rowCount)
      while low < high {
        let middle = (low &+ high) / 2
        if value(middle) < sought { low = middle &+ 1 } else { high = middle }
      }
      start = low
      while low < rowCount, value(low) == sought {
        places.append(place)
        positions.append(low)
        low += 1
      }
    }
  }
}
