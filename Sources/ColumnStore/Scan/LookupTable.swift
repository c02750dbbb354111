/// A function of a small range of integers or codes, written down.
///
/// Entry 0 belongs to null, entries `1...entries` to `low...`, and the last to values outside.
struct LookupTable: Sendable {
  /// The values, by type.
  enum Values: Sendable {
    case integers([Int64])
    case doubles([Double])
  }

  /// The value of entry 1.
  let low: Int64
  /// One value for each entry.
  let values: Values
  /// One flag for each entry: 1 where it has a value.
  let known: [UInt8]
  /// Tells whether every entry but the first and the last has a value, and the last has none.
  let isTotal: Bool
  /// The range of the values, for tables of integers; nil without any.
  let bounds: ClosedRange<Int64>?

  /// Makes a table; all lists have `entries + 2` elements.
  init(low: Int64, values: Values, known: [UInt8]) {
    self.low = low
    self.values = values
    self.known = known
    isTotal = known.dropFirst().dropLast().allSatisfy { $0 == 1 } && known.last == 0
    bounds = LookupTable.bounds(values, known)
  }

  /// The number of entries besides the two extra ones.
  var entries: Int { known.count - 2 }

  /// Tells whether null has a value.
  var knowsNull: Bool { known[0] == 1 }

  private static func bounds(_ values: Values, _ known: [UInt8]) -> ClosedRange<Int64>? {
    guard case .integers(let values) = values else { return nil }
    var low = Int64.max
    var high = Int64.min
    for (value, flag) in zip(values, known) where flag == 1 {
      low = min(low, value)
      high = max(high, value)
    }
    return low <= high ? low...high : nil
  }
}

/// A condition on a small range of integers or codes, written down like a `LookupTable`.
struct FlagTable: Sendable {
  /// The value of entry 1.
  let low: Int64
  /// One flag for each entry: 1 where the condition holds.
  let flags: [UInt8]
  /// For each entry how many flags before it are set, so that a zone map is answered at once.
  private let before: [Int32]

  /// Makes a table of `entries + 2` flags.
  init(low: Int64, flags: [UInt8]) {
    self.low = low
    self.flags = flags
    var count: Int32 = 0
    before =
      flags.map { flag in
        defer { count += Int32(flag) }
        return count
      } + [flags.reduce(0) { $0 + Int32($1) }]
  }

  /// The number of entries besides the two extra ones.
  var entries: Int { flags.count - 2 }

  /// Returns how many values of a range pass, and how many values the range has.
  func passing(_ range: ClosedRange<Int64>) -> (passing: Int, of: Int)? {
    let (first, early) = range.lowerBound.subtractingReportingOverflow(low)
    let (last, late) = range.upperBound.subtractingReportingOverflow(low)
    guard !early && !late && first >= 0 && last < Int64(entries) else { return nil }
    let from = Int(first) + 1
    let to = Int(last) + 1
    return (Int(before[to + 1] - before[from]), to - from + 1)
  }
}
