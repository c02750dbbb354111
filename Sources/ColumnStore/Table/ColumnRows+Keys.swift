extension ColumnRows {
  /// The value of a version column; a row without one is older than all others.
  func version(_ row: Int) -> Int64 { isNull(row) ? .min : integers[row] }

  /// Compares two rows of a key column: below, at or above zero.
  @inline(__always)
  func keyOrder(_ first: Int, _ second: Int) -> Int {
    switch kind {
    case .integers:
      let (first, second) = (integers[first], integers[second])
      return first < second ? -1 : first > second ? 1 : 0
    case .codes:
      let (first, second) = (codes[first], codes[second])
      return first < second ? -1 : first > second ? 1 : 0
    case .doubles, .texts: return 1
    }
  }

  /// The smallest and largest integer or code of some rows; nil for other kinds, and when one of
  /// the rows is null.
  func bounds(of rows: [Int]) -> ClosedRange<Int64>? {
    if !nulls.isEmpty, rows.contains(where: { nulls[$0] }) { return nil }
    switch kind {
    case .integers:
      let values = rows.lazy.map { integers[$0] }
      guard let least = values.min(), let greatest = values.max() else { return nil }
      return least...greatest
    case .codes:
      let values = rows.lazy.map { Int64(codes[$0]) }
      guard let least = values.min(), let greatest = values.max() else { return nil }
      return least...greatest
    case .doubles, .texts: return nil
    }
  }

  /// The smallest and largest integer or code of the marked rows; nil for other kinds, and when a
  /// marked row is null.
  func bounds(of isMarked: [Bool]) -> ClosedRange<Int64>? {
    for row in nulls.indices where nulls[row] && isMarked[row] { return nil }
    var (least, greatest) = (Int64.max, Int64.min)
    switch kind {
    case .integers:
      for row in isMarked.indices where isMarked[row] {
        least = min(least, integers[row])
        greatest = max(greatest, integers[row])
      }
    case .codes:
      for row in isMarked.indices where isMarked[row] {
        least = min(least, Int64(codes[row]))
        greatest = max(greatest, Int64(codes[row]))
      }
    case .doubles, .texts: return nil
    }
    return least <= greatest ? least...greatest : nil
  }
}

extension ZoneMap {
  /// Tells whether the block may have a value of the range; nil is any value.
  func mayContain(_ range: ClosedRange<Int64>?) -> Bool {
    guard let range, case .integers(let minimum, let maximum) = bounds else { return true }
    return minimum <= range.upperBound && range.lowerBound <= maximum
  }
}
