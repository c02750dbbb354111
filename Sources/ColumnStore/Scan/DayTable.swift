/// A map from days to days that is written down: the first days of the periods of a calendar, say.
///
/// Days are counted from 1970-01-01 and may be negative. A table has at most `limit` days; a scan
/// refuses a longer one with `StoreError.limitReached`. Two tables are equal when they have the same
/// first day and the same list. Complexity: hashing takes constant time, and so does the comparison
/// of copies of one table.
public struct DayTable: Sendable, Hashable {
  /// The most days of a table: about 2,870 years.
  public static let limit = 1 << 20

  /// The first day that has a place.
  public let first: Int32
  /// For the day `first + i` the day `days[i]`; nil for null.
  public let days: [Int32?]
  /// A hash of the days, so that a plan that holds the table is hashed quickly.
  private let fingerprint: Int

  /// Makes a table; days before `first`, and those after the list, have no value.
  public init(first: Int32, days: [Int32?]) {
    self.first = first
    self.days = days
    var hasher = Hasher()
    hasher.combine(days)
    fingerprint = hasher.finalize()
  }

  /// The number of days that have a place.
  var count: Int { days.count }

  /// Tells whether two tables have the same days.
  public static func == (one: DayTable, other: DayTable) -> Bool {
    one.first == other.first && one.fingerprint == other.fingerprint && one.days == other.days
  }

  /// Feeds the first day and a fingerprint of the list.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(first)
    hasher.combine(fingerprint)
  }

  /// Returns the days that have a place and lie in a range; nil for none.
  func covered(by bounds: ClosedRange<Int64>?) -> ClosedRange<Int64>? {
    let low = max(Int64(first), bounds?.lowerBound ?? .min)
    let high = min(Int64(first) + Int64(days.count) - 1, bounds?.upperBound ?? .max)
    return low <= high ? low...high : nil
  }

  /// Returns the table of a range of at most `Int32.max` days, inside the table or not.
  func lookup(over range: ClosedRange<Int64>) -> LookupTable {
    let count = Int(range.upperBound - range.lowerBound) + 1
    var values = [Int64](repeating: 0, count: count + 2)
    var known = [UInt8](repeating: 0, count: count + 2)
    if let covered = covered(by: range) {
      let from = Int(covered.lowerBound - Int64(first))
      let to = Int(covered.upperBound - Int64(first))
      let shift = Int(covered.lowerBound - range.lowerBound) + 1 - from
      for place in from...to {
        guard let day = days[place] else { continue }
        values[place + shift] = Int64(day)
        known[place + shift] = 1
      }
    }
    return LookupTable(low: range.lowerBound, values: .integers(values), known: known)
  }
}
