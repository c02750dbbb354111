/// Which rows of a table a state speaks for: a segment, and how many of its rows are deleted.
///
/// A segment is never changed and a deletion is never taken back, so the number of deletions tells
/// their generation.
struct SegmentStamp: Sendable, Hashable {
  let path: String
  let deletedCount: Int

  init(_ live: LiveSegment) {
    path = live.segment.path
    deletedCount = live.deletions?.deletedCount ?? 0
  }
}

/// The groups of one plan over the rows of one segment, in terms that hold for any other segment:
/// keys are values and dictionary codes, and not numbers that fit the ranges of some blocks.
///
/// States of different segments add up to the state of the table (`MergedState`), so that a plan
/// that is asked again scans only the segments that are new.
struct SegmentState: Sendable {
  /// The keys of the groups: a word for each key and one more with a bit for each null.
  let groups: TupleGroups
  /// Rows of each group.
  let rows: [Int64]
  /// What is kept for each column of the result that is no key.
  let columns: [StateColumn]

  /// The number of groups.
  var groupCount: Int { rows.count }

  /// The bytes that the state takes.
  var byteCount: Int {
    groups.byteCount + rows.count * 8 + columns.reduce(0) { $0 + $1.byteCount }
  }
}

/// What is kept of one aggregate for every group.
enum StateColumn: Sendable {
  /// Counts of rows or of values.
  case counts([Int64])
  /// Exact sums, and the number of values; nil where that is the number of rows.
  case sums(ExactSums, of: [Int64]?)
  /// Smallest or largest integers; those of groups without a value do not count.
  case extrema([Int64], of: [Int64]?, isMinimum: Bool)
  /// Smallest or largest doubles.
  case doubleExtrema([Double], of: [Int64]?, isMinimum: Bool)
  /// Different values.
  case distinct(DistinctLists)

  var byteCount: Int {
    switch self {
    case .counts(let counts): counts.count * 8
    case .sums(let sums, let counts): sums.byteCount + (counts?.count ?? 0) * 8
    case .extrema(let values, let counts, _): (values.count + (counts?.count ?? 0)) * 8
    case .doubleExtrema(let values, let counts, _): (values.count + (counts?.count ?? 0)) * 8
    case .distinct(let lists): lists.byteCount
    }
  }
}

/// Sums in 64 bits as long as all of them fit, in 128 afterwards.
struct ExactSums: Sendable {
  private var narrow: [Int64] = []
  private var wide: [Int128]?

  /// All sums, where they fit 64 bits; else nil.
  var small: [Int64]? { wide == nil ? narrow : nil }

  /// The bytes that the sums take.
  var byteCount: Int { narrow.count * 8 + (wide?.count ?? 0) * 16 }

  /// Returns a sum.
  func value(_ place: Int) -> Int128 { wide?[place] ?? Int128(narrow[place]) }

  /// Adds a sum at the end.
  mutating func append(_ value: Int128) {
    if wide == nil, let small = Int64(exactly: value) {
      narrow.append(small)
      return
    }
    widen()
    wide?.append(value)
  }

  /// Adds to a sum; 2^63 rows of 64 bits cannot leave 128.
  mutating func add(_ value: Int128, at place: Int) {
    if wide == nil, let small = Int64(exactly: value) {
      let (sum, overflow) = narrow[place].addingReportingOverflow(small)
      if !overflow {
        narrow[place] = sum
        return
      }
    }
    widen()
    wide?[place] &+= value
  }

  private mutating func widen() {
    guard wide == nil else { return }
    wide = narrow.map { Int128($0) }
    narrow = []
  }
}

/// The different values of each group, ascending, one group after the other.
struct DistinctLists: Sendable {
  /// Where each group's values begin in `elements`, and the end.
  private(set) var starts: [Int] = [0]
  /// The values, as words that order and equal like them.
  private(set) var elements: [UInt64] = []
  /// The range of all elements; nil without any.
  private(set) var bounds: ClosedRange<UInt64>?

  /// The bytes that the lists take.
  var byteCount: Int { (starts.count + elements.count) * 8 }

  /// Returns the places of a group's values.
  func range(_ group: Int) -> Range<Int> { starts[group]..<starts[group + 1] }

  /// Adds the values of the next group, in any order and each once.
  mutating func append(_ values: [UInt64]) {
    var ascending = values
    if zip(values, values.dropFirst()).contains(where: { $0 > $1 }) { ascending.sort() }
    elements.append(contentsOf: ascending)
    starts.append(elements.count)
    guard let first = ascending.first, let last = ascending.last else { return }
    bounds = min(bounds?.lowerBound ?? first, first)...max(bounds?.upperBound ?? last, last)
  }
}
