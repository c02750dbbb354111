/// The order in which rows are written into a segment.
struct RowOrder {
  /// Returns the rows sorted by columns, the first column first; nil when they are in order.
  ///
  /// Nulls come first and equal rows keep their order. Texts of a dictionary are ordered by their
  /// codes.
  static func sorting(_ columns: [ColumnRows], rowCount: Int) -> [Int]? {
    guard !columns.isEmpty, rowCount > 1 else { return nil }
    let ranks = columns.map { self.ranks(of: $0) }
    let widths = ranks.map { 64 - ($0.max() ?? 0).leadingZeroBitCount }
    let rowBits = 64 - (rowCount - 1).leadingZeroBitCount
    guard widths.reduce(rowBits, +) <= 64 else { return comparing(ranks, rowCount: rowCount) }
    var keys = [UInt64](repeating: 0, count: rowCount)
    for (rank, width) in zip(ranks, widths) {
      for row in keys.indices { keys[row] = keys[row] << UInt64(width) | rank[row] }
    }
    var isSorted = true
    for row in 1..<rowCount where keys[row] < keys[row - 1] {
      isSorted = false
      break
    }
    if isSorted { return nil }
    for row in keys.indices { keys[row] = keys[row] << UInt64(rowBits) | UInt64(row) }
    radixSort(&keys, fromBit: rowBits, toBit: widths.reduce(rowBits, +))
    let mask = UInt64(1) << UInt64(rowBits) - 1
    return keys.map { Int($0 & mask) }
  }

  /// Small unsigned numbers that order the rows of a column.
  private static func ranks(of column: ColumnRows) -> [UInt64] {
    var ranks: [UInt64]
    switch column.kind {
    case .integers:
      ranks = column.integers.map { UInt64(bitPattern: $0) ^ 1 << 63 }
    case .codes:
      ranks = column.codes.map { UInt64($0) }
    case .doubles:
      ranks = column.doubles.map { value in
        let bits = value.bitPattern
        return bits >> 63 == 1 ? ~bits : bits | 1 << 63
      }
    case .texts:
      return Array(repeating: 0, count: column.texts.count)
    }
    var least = UInt64.max
    for row in ranks.indices where !column.isNull(row) { least = min(least, ranks[row]) }
    // One more than needed for the least value, so that zero is left for nulls; it wraps only where
    // a column holds all 64-bit values, and an order is a matter of speed, not of truth.
    for row in ranks.indices {
      ranks[row] = column.isNull(row) ? 0 : ranks[row] &- least &+ 1
    }
    return ranks
  }

  private static func comparing(_ ranks: [[UInt64]], rowCount: Int) -> [Int] {
    (0..<rowCount).sorted { first, second in
      for rank in ranks where rank[first] != rank[second] { return rank[first] < rank[second] }
      return first < second
    }
  }

  /// Sorts by a range of bits, eleven at a time, from the least significant ones; keys that agree in
  /// them keep their order.
  static func radixSort(_ keys: inout [UInt64], fromBit: Int, toBit: Int) {
    var other = [UInt64](repeating: 0, count: keys.count)
    var shift = fromBit
    while shift < toBit {
      var starts = [Int](repeating: 0, count: 2_049)
      for key in keys { starts[Int(key >> UInt64(shift) & 2_047) + 1] += 1 }
      for digit in 1..<2_049 { starts[digit] += starts[digit - 1] }
      for key in keys {
        let digit = Int(key >> UInt64(shift) & 2_047)
        other[starts[digit]] = key
        starts[digit] += 1
      }
      swap(&keys, &other)
      shift += 11
    }
  }
}
