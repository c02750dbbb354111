/// The groups of one plan over several segments, added up from their states.
///
/// Distinct counts are exact: the values of a group in a new segment are compared with those of the
/// segments before it, unless the ranges of the values show that they cannot meet. Codes of a
/// dictionary are given in the order of appearance, so the values of new orders lie above all that
/// were there.
struct MergedState {
  /// The keys of all groups.
  private(set) var groups: TupleGroups
  /// Rows of each group.
  private(set) var rows: [Int64] = []
  /// The columns of the result that are no keys.
  let columns: [MergedColumn]
  /// The states that were added.
  private(set) var parts: [SegmentStamp: SegmentState] = [:]

  /// Makes the state of no segment; `isGlobal` is that of a plan without keys, whose one group
  /// exists without rows.
  init(_ shape: StateShape) {
    groups = TupleGroups(width: shape.keys.count + 1)
    columns = shape.outputs.map { _ in MergedColumn() }
    if shape.keys.isEmpty {
      _ = groups.insert([0].span, at: 0)
      rows = [0]
      for (column, output) in zip(columns, shape.outputs) { column.reserveOne(output.kind) }
    }
  }

  /// The bytes that the merged groups take, without the states that they come from.
  var byteCount: Int {
    groups.byteCount + rows.count * 8 + columns.reduce(0) { $0 + $1.byteCount }
  }

  /// Adds the state of one more segment.
  mutating func add(_ state: SegmentState, of stamp: SegmentStamp) {
    let width = groups.width
    let words = state.groups.words
    var places: [Int] = []
    places.reserveCapacity(state.groupCount)
    for group in 0..<state.groupCount {
      places.append(Int(groups.insert(words.span, at: group * width)) - 1)
    }
    rows.append(contentsOf: repeatElement(0, count: groups.count - rows.count))
    for (position, column) in columns.enumerated() {
      column.reserve(groups.count, for: state.columns[position])
    }
    for (group, place) in places.enumerated() { rows[place] += state.rows[group] }
    for (position, column) in columns.enumerated() {
      if case .distinct(let lists) = state.columns[position] {
        addDistinct(lists, position, state, places)
      } else {
        column.add(state.columns[position], rows: state.rows, places)
      }
    }
    parts[stamp] = state
  }

  private func addDistinct(
    _ lists: DistinctLists,
    _ position: Int,
    _ state: SegmentState,
    _ places: [Int]
  ) {
    guard let bounds = lists.bounds else { return }
    let column = columns[position]
    let meeting = parts.values.compactMap { part -> (TupleGroups, DistinctLists)? in
      guard case .distinct(let other) = part.columns[position], let range = other.bounds,
        range.overlaps(bounds)
      else { return nil }
      return (part.groups, other)
    }
    var known = KnownElements()
    let words = state.groups.words
    for (group, place) in places.enumerated() {
      let range = lists.range(group)
      guard let first = range.first, let last = range.last else { continue }
      known.reset(count: range.count)
      for (groups, other) in meeting {
        let id = groups.find(words.span, at: group * groups.width)
        guard id > 0 else { continue }
        let otherRange = other.range(Int(id) - 1)
        guard let otherFirst = otherRange.first, let otherLast = otherRange.last,
          other.elements[otherFirst] <= lists.elements[last],
          lists.elements[first] <= other.elements[otherLast]
        else { continue }
        known.mark(lists, range, in: other, otherRange)
      }
      column.counts[place] += Int64(range.count - known.count)
    }
  }
}

/// Which elements of a list other lists have too.
private struct KnownElements {
  private var flags: [Bool] = []
  private(set) var count = 0

  mutating func reset(count: Int) {
    flags.removeAll(keepingCapacity: true)
    flags.append(contentsOf: repeatElement(false, count: count))
    self.count = 0
  }

  /// Marks what another ascending list has: each element is searched where the other list is much
  /// longer, else both are walked side by side.
  mutating func mark(
    _ lists: DistinctLists,
    _ range: Range<Int>,
    in other: DistinctLists,
    _ otherRange: Range<Int>
  ) {
    var place = otherRange.lowerBound
    let isSearched = range.count * 16 < otherRange.count
    for index in range {
      let element = lists.elements[index]
      if isSearched {
        var end = otherRange.upperBound
        while place < end {
          let middle = (place + end) / 2
          if other.elements[middle] < element { place = middle + 1 } else { end = middle }
        }
      } else {
        while place < otherRange.upperBound, other.elements[place] < element { place += 1 }
      }
      guard place < otherRange.upperBound else { return }
      let flag = index - range.lowerBound
      if other.elements[place] == element, !flags[flag] {
        flags[flag] = true
        count += 1
      }
    }
  }
}

/// One aggregate for every merged group; owned by whoever holds the plan's state.
final class MergedColumn {
  /// Counts of rows, of values, or of different values.
  fileprivate(set) var counts: [Int64] = []
  /// Sums.
  private(set) var sums = ExactSums()
  /// Smallest or largest integers, of groups with a value.
  private(set) var integers: [Int64] = []
  /// Smallest or largest doubles, of groups with a value.
  private(set) var doubles: [Double] = []

  /// The bytes that it takes.
  var byteCount: Int { (counts.count + integers.count + doubles.count) * 8 + sums.byteCount }

  /// Makes room for groups below a number; new ones have no rows.
  func reserve(_ groups: Int, for column: StateColumn) {
    let added = groups - counts.count
    guard added > 0 else { return }
    counts.append(contentsOf: repeatElement(0, count: added))
    switch column {
    case .counts, .distinct: break
    case .sums: for _ in 0..<added { sums.append(0) }
    case .extrema: integers.append(contentsOf: repeatElement(0, count: added))
    case .doubleExtrema: doubles.append(contentsOf: repeatElement(0, count: added))
    }
  }

  /// Makes room for the one group of a plan without keys.
  func reserveOne(_ kind: StateShape.Output.Kind) {
    switch kind {
    case .count, .distinct: reserve(1, for: .counts([]))
    case .sum, .average: reserve(1, for: .sums(ExactSums(), of: nil))
    case .extremum: reserve(1, for: .extrema([], of: nil, isMinimum: true))
    case .doubleExtremum: reserve(1, for: .doubleExtrema([], of: nil, isMinimum: true))
    }
  }

  /// Adds the groups of a segment; its group `g` is `places[g]` here.
  ///
  /// Distinct counts are added by `MergedState`, which sees all segments.
  func add(_ column: StateColumn, rows: [Int64], _ places: [Int]) {
    switch column {
    case .counts(let added): add(added, places)
    case .sums(let added, let counts):
      for (group, place) in places.enumerated() { sums.add(added.value(group), at: place) }
      add(counts ?? rows, places)
    case .extrema(let added, let counts, let isMinimum):
      let ofAdded = counts ?? rows
      for (group, place) in places.enumerated() where ofAdded[group] > 0 {
        let isBetter = isMinimum ? added[group] < integers[place] : added[group] > integers[place]
        if self.counts[place] == 0 || isBetter { integers[place] = added[group] }
        self.counts[place] += ofAdded[group]
      }
    case .doubleExtrema(let added, let counts, let isMinimum):
      let ofAdded = counts ?? rows
      for (group, place) in places.enumerated() where ofAdded[group] > 0 {
        let isBetter = isMinimum ? added[group] < doubles[place] : added[group] > doubles[place]
        if self.counts[place] == 0 || isBetter { doubles[place] = added[group] }
        self.counts[place] += ofAdded[group]
      }
    case .distinct: preconditionFailure("different values are counted over all segments")
    }
  }

  private func add(_ added: [Int64], _ places: [Int]) {
    for (group, place) in places.enumerated() { counts[place] += added[group] }
  }
}
