/// One aggregate for every group of a `MergedState`.
struct MergedColumn {
  private enum Kind {
    case counts
    case sums
    case integers(isMinimum: Bool)
    case doubles(isMinimum: Bool)
  }

  private let kind: Kind
  /// Counts of rows, of values, or of different values; nil where they are those of the groups' rows.
  private(set) var counts: [Int64]?
  /// Sums of groups with values.
  private(set) var sums = ExactSums()
  /// Smallest or largest integers of groups with values.
  private(set) var integers: [Int64] = []
  /// Smallest or largest doubles of groups with values.
  private(set) var doubles: [Double] = []

  /// Takes what was found for all groups.
  init(_ column: StateColumn) {
    switch column {
    case .counts(let found): (kind, counts) = (.counts, found)
    case .sums(let found, let ofFound): (kind, sums, counts) = (.sums, found, ofFound)
    case .extrema(let found, let ofFound, let isMinimum):
      (kind, integers, counts) = (.integers(isMinimum: isMinimum), found, ofFound)
    case .doubleExtrema(let found, let ofFound, let isMinimum):
      (kind, doubles, counts) = (.doubles(isMinimum: isMinimum), found, ofFound)
    case .distinct: preconditionFailure("of a whole table different values are counts")
    }
  }

  /// The bytes that it takes.
  var byteCount: Int {
    ((counts?.capacity ?? 0) + integers.capacity + doubles.capacity) * 8 + sums.byteCount
  }

  /// Returns the number of values of a group, of which `rows` has the rows.
  func count(_ place: Int, of rows: [Int64]) -> Int64 { counts?[place] ?? rows[place] }

  /// Makes room in memory for groups below a number.
  mutating func reserve(_ count: Int) {
    counts?.reserveCapacity(count)
    switch kind {
    case .counts: return
    case .sums: sums.reserve(count)
    case .integers: integers.reserveCapacity(count)
    case .doubles: doubles.reserveCapacity(count)
    }
  }

  /// Makes room for groups below a number; new ones have no values.
  mutating func grow(to count: Int) {
    if let known = counts?.count {
      counts?.append(contentsOf: repeatElement(0, count: count - known))
    }
    switch kind {
    case .counts: return
    case .sums: sums.grow(to: count)
    case .integers: integers.append(contentsOf: repeatElement(0, count: count - integers.count))
    case .doubles: doubles.append(contentsOf: repeatElement(0, count: count - doubles.count))
    }
  }

  /// Counts values of a group, or different ones.
  mutating func count(_ added: Int64, at place: Int) { counts?[place] += added }

  /// Counts values that no group had before.
  mutating func add(_ lists: DistinctLists, at places: [Int]) {
    for (group, place) in places.enumerated() {
      counts?[place] += Int64(lists.range(group).count)
    }
  }

  /// Adds groups, of which number `g` is `places[g]` here; `rows` are the rows of the groups before.
  mutating func add(_ column: StateColumn, _ added: [Int64], at places: [Int], of rows: [Int64]) {
    let ofAdded = separateCounts(column, rows) ?? added
    switch column {
    case .counts, .distinct: break
    case .sums(let found, _):
      for (group, place) in places.enumerated() { sums.add(found.value(group), at: place) }
    case .extrema(let found, _, let isMinimum):
      for (group, place) in places.enumerated() where ofAdded[group] > 0 {
        let isBetter = isMinimum ? found[group] < integers[place] : found[group] > integers[place]
        if isBetter || count(place, of: rows) == 0 { integers[place] = found[group] }
      }
    case .doubleExtrema(let found, _, let isMinimum):
      for (group, place) in places.enumerated() where ofAdded[group] > 0 {
        let isBetter = isMinimum ? found[group] < doubles[place] : found[group] > doubles[place]
        if isBetter || count(place, of: rows) == 0 { doubles[place] = found[group] }
      }
    }
    guard counts != nil else { return }
    for (group, place) in places.enumerated() { counts?[place] += ofAdded[group] }
  }

  /// Takes groups away.
  ///
  /// - Returns: False where the smallest or largest value of a group may have gone with them.
  mutating func subtract(
    _ column: StateColumn,
    _ removed: [Int64],
    at places: [Int],
    of rows: [Int64]
  ) -> Bool {
    let ofRemoved = separateCounts(column, rows) ?? removed
    switch column {
    case .counts, .distinct: break
    case .sums(let found, _):
      for (group, place) in places.enumerated() { sums.add(-found.value(group), at: place) }
    case .extrema(let found, _, let isMinimum):
      for (group, place) in places.enumerated() where ofRemoved[group] > 0 {
        let isInside = isMinimum ? found[group] > integers[place] : found[group] < integers[place]
        guard isInside || count(place, of: rows) == ofRemoved[group] else { return false }
      }
    case .doubleExtrema(let found, _, let isMinimum):
      for (group, place) in places.enumerated() where ofRemoved[group] > 0 {
        let isInside = isMinimum ? found[group] > doubles[place] : found[group] < doubles[place]
        guard isInside || count(place, of: rows) == ofRemoved[group] else { return false }
      }
    }
    guard counts != nil else { return true }
    for (group, place) in places.enumerated() { counts?[place] -= ofRemoved[group] }
    return true
  }

  /// Returns the counts that a column has beside its rows; where it has some, so has this one from
  /// now on.
  private mutating func separateCounts(_ column: StateColumn, _ rows: [Int64]) -> [Int64]? {
    let found: [Int64]? =
      switch column {
      case .counts(let found): found
      case .sums(_, let found), .extrema(_, let found, _), .doubleExtrema(_, let found, _): found
      case .distinct: nil
      }
    if found != nil && counts == nil { counts = rows }
    return found
  }
}
