/// The groups of one plan over some rows, in terms that hold for any other rows: keys are values and
/// dictionary codes, and not numbers that fit the ranges of some blocks.
struct PlanGroups: Sendable {
  /// The keys of the groups, one after the other: a word for each key and one more with a bit for
  /// each null.
  let keys: [UInt64]
  /// Rows of each group.
  let rows: [Int64]
  /// What is known for each column of the result that is no key.
  let columns: [StateColumn]

  /// The number of groups.
  var count: Int { rows.count }
}

/// What is known of one aggregate for every group.
enum StateColumn: Sendable {
  /// Counts of rows, of values, or of different values.
  case counts([Int64])
  /// Exact sums, and the number of values; nil where that is the number of rows.
  case sums(ExactSums, of: [Int64]?)
  /// Smallest or largest integers; those of groups without a value do not count.
  case extrema([Int64], of: [Int64]?, isMinimum: Bool)
  /// Smallest or largest doubles.
  case doubleExtrema([Double], of: [Int64]?, isMinimum: Bool)
  /// Different values.
  case distinct(DistinctLists)
}

/// Sums in 64 bits as long as all of them fit, in 128 afterwards.
struct ExactSums: Sendable {
  private var narrow: [Int64] = []
  private var wide: [Int128]?

  /// All sums, where they fit 64 bits; else nil.
  var small: [Int64]? { wide == nil ? narrow : nil }

  /// The number of sums.
  var count: Int { wide?.count ?? narrow.count }

  /// The bytes that the sums take.
  var byteCount: Int { narrow.capacity * 8 + (wide?.capacity ?? 0) * 16 }

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

  /// Makes room in memory for so many sums.
  mutating func reserve(_ count: Int) {
    if wide == nil { narrow.reserveCapacity(count) } else { wide?.reserveCapacity(count) }
  }

  /// Adds sums of nothing until there are so many.
  mutating func grow(to count: Int) {
    let added = count - self.count
    guard added > 0 else { return }
    if wide == nil {
      narrow.append(contentsOf: repeatElement(0, count: added))
    } else {
      wide?.append(contentsOf: repeatElement(0, count: added))
    }
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

/// The different values of each group, one group after the other.
struct DistinctLists: Sendable {
  /// Where each group's values begin in `elements`, and the end.
  private(set) var starts: [Int] = [0]
  /// The values, as words that order and equal like them.
  private(set) var elements: [UInt64] = []

  /// Returns the places of a group's values.
  func range(_ group: Int) -> Range<Int> { starts[group]..<starts[group + 1] }

  /// Adds the values of the next group, each once.
  mutating func append(_ values: [UInt64]) {
    elements.append(contentsOf: values)
    starts.append(elements.count)
  }
}
