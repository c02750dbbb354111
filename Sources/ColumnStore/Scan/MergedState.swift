/// The groups of one plan over a whole table, kept from one version of it to the next: what a change
/// adds is added, what it removes is taken away, so that a refresh costs the rows that changed.
///
/// Sums and counts can be taken away as they were added. A smallest or largest value that may be gone
/// cannot; `apply` says so. A different value counts as long as any row has it, which the rows that
/// stayed must tell (`StateChange.kept`).
///
/// This is the counting method for materialised views (Gupta, Mumick and Subrahmanian, "Maintaining
/// Views Incrementally", SIGMOD 1993).
struct MergedState {
  /// The keys of all groups, also of such as have no rows any more.
  private(set) var groups: TupleGroups
  /// Rows of each group.
  private(set) var rows: [Int64]
  /// The columns of the result that are no keys.
  private(set) var columns: [MergedColumn]
  /// Groups that have rows.
  private(set) var liveCount: Int
  /// The first groups of the plan's order, where it has a limit.
  var leaders: Leaders?

  /// Groups in all for each that has rows, and some more, beyond which they are found anew.
  private static let deadPart = 2
  private static let deadGroups = 4_096
  /// Room is made for one more group in so many.
  private static let roomPart = 8

  /// Takes the groups of a whole table.
  init(_ found: PlanGroups, _ shape: StateShape) {
    groups = TupleGroups(width: shape.keys.count + 1, distinct: found.keys)
    rows = found.rows
    // Changes bring new groups, for which nothing should have to be moved.
    let room = found.count + found.count / MergedState.roomPart
    groups.reserve(room)
    rows.reserveCapacity(room)
    columns = found.columns.map { column in
      var column = MergedColumn(column)
      column.reserve(room)
      return column
    }
    liveCount = found.rows.count { $0 > 0 }
    precondition(groups.count == rows.count, "a key for every group")
  }

  /// The bytes that the groups take.
  var byteCount: Int {
    groups.byteCount + rows.capacity * 8
      + columns.reduce(leaders?.byteCount ?? 0) {
        $0 + $1.byteCount
      }
  }

  /// The bytes that so many groups take about.
  static func byteCount(ofGroups count: Int, _ shape: StateShape) -> Int {
    // Words of the key, two for the hash table, the rows, and the columns.
    count * 8 * (shape.keys.count + 4 + shape.outputs.count)
  }

  /// Brings the groups from one version of the table to another.
  ///
  /// - Returns: False where the answer cannot be told from these groups, which are spoilt then, or
  ///   where most of them have no rows any more.
  mutating func apply(_ change: StateChange) -> Bool {
    var touched: [Int] = []
    var pairs = ChangedPairs(columns: columns.count)
    if let removed = change.removed {
      let places = places(of: removed)
      for (position, column) in removed.columns.enumerated() {
        if case .distinct(let lists) = column {
          pairs.mark(lists, position, places, .removed)
        } else if !columns[position].subtract(column, removed.rows, at: places, of: rows) {
          return false
        }
      }
      for (group, place) in places.enumerated() where removed.rows[group] > 0 {
        rows[place] -= removed.rows[group]
        if rows[place] == 0 { liveCount -= 1 }
      }
      touched += places
    }
    if let added = change.added {
      let places = places(of: added)
      for (position, column) in added.columns.enumerated() {
        if case .distinct(let lists) = column {
          if change.removed == nil && change.kept == nil {
            columns[position].add(lists, at: places)
          } else {
            pairs.mark(lists, position, places, .added)
          }
        } else {
          columns[position].add(column, added.rows, at: places, of: rows)
        }
      }
      for (group, place) in places.enumerated() where added.rows[group] > 0 {
        if rows[place] == 0 { liveCount += 1 }
        rows[place] += added.rows[group]
      }
      touched += places
    }
    if let kept = change.kept { markKept(kept, &pairs) }
    pairs.settle { columns[$0].count($1, at: $2) }
    leaders?.touch(touched)
    return rows.count <= liveCount * MergedState.deadPart + MergedState.deadGroups
  }

  /// Returns the values of a column by group, where they are integers; any for a group without one.
  func integers(_ position: Int, _ kind: StateShape.Output.Kind) -> [Int64]? {
    switch kind {
    case .count, .distinct: columns[position].counts ?? rows
    case .sum: columns[position].sums.small
    case .extremum, .doubleExtremum, .average: nil
    }
  }

  /// Returns the groups among which the first ones of the plan's order are, with those that equal the
  /// last of them; nil where all have to be
  /// looked at.
  mutating func candidates(_ shape: StateShape) -> [Int]? {
    guard let limit = shape.plan.limit, limit > 0, limit < rows.count,
      let (output, order) = GroupOrder<MergedResult>.leading(shape.plan),
      let values = integers(output, shape.outputs[output].kind)
    else {
      leaders = nil
      return nil
    }
    let (column, rows) = (columns[output], rows)
    let needsCount =
      if case .sum = shape.outputs[output].kind { !order.takesNullForZero } else { false }
    func hasValue(_ group: Int) -> Bool {
      rows[group] > 0 && !(needsCount && column.count(group, of: rows) == 0)
    }
    if let found = leaders?.candidates(for: limit, values: values, hasValue: hasValue) {
      return found
    }
    leaders = Leaders(isDescending: order.isDescending, limit: limit, values: values)
    return leaders?.candidates(for: limit, values: values, hasValue: hasValue)
  }

  /// Returns the places of groups, making room for new ones.
  private mutating func places(of found: PlanGroups) -> [Int] {
    var places: [Int] = []
    places.reserveCapacity(found.count)
    let width = groups.width
    for group in 0..<found.count {
      places.append(Int(groups.insert(found.keys.span, at: group * width)) - 1)
    }
    let added = groups.count - rows.count
    if added > 0 {
      rows.append(contentsOf: repeatElement(0, count: added))
      for position in columns.indices { columns[position].grow(to: rows.count) }
    }
    return places
  }

  private func markKept(_ kept: StateChange.Kept, _ pairs: inout ChangedPairs) {
    let width = groups.width
    for group in 0..<kept.groups.count {
      let place = Int(groups.find(kept.groups.keys.span, at: group * width)) - 1
      guard place >= 0 else { continue }
      for (column, position) in zip(kept.groups.columns, kept.positions) {
        if case .distinct(let lists) = column { pairs.markKnown(lists, group, position, place) }
      }
    }
  }
}

/// What happened to the rows of a plan between two versions of its table, as groups.
struct StateChange {
  /// Rows that stayed, as far as they may share different values with the others.
  struct Kept {
    /// Their groups, with distinct counts only.
    let groups: PlanGroups
    /// Which column of the plan each of their columns is.
    let positions: [Int]
  }

  /// Rows that came; nil for none.
  var added: PlanGroups?
  /// Rows that went; nil for none.
  var removed: PlanGroups?
  /// Rows that stayed; nil where none can have a value of the others.
  var kept: Kept?
}

/// Pairs of a group and a value that came or went, and whether the value is in the group all the same.
struct ChangedPairs {
  /// What is known of a pair.
  struct Marks: OptionSet {
    let rawValue: UInt8
    static let added = Marks(rawValue: 1)
    static let removed = Marks(rawValue: 2)
    static let kept = Marks(rawValue: 4)
  }

  /// Pairs of each column: a place and an element.
  private var pairs: [TupleGroups]
  private var marks: [[Marks]]

  /// Begins without pairs, for so many columns of the result.
  init(columns: Int) {
    pairs = (0..<columns).map { _ in TupleGroups(width: 2) }
    marks = Array(repeating: [], count: columns)
  }

  /// Adds what a change has.
  mutating func mark(_ lists: DistinctLists, _ column: Int, _ places: [Int], _ mark: Marks) {
    var pair: [UInt64] = [0, 0]
    for (group, place) in places.enumerated() {
      pair[0] = UInt64(place)
      for element in lists.range(group) {
        pair[1] = lists.elements[element]
        let number = Int(pairs[column].insert(pair.span, at: 0)) - 1
        if number == marks[column].count { marks[column].append([]) }
        marks[column][number].insert(mark)
      }
    }
  }

  /// Notes what rows that stayed have of the pairs.
  mutating func markKnown(_ lists: DistinctLists, _ group: Int, _ column: Int, _ place: Int) {
    guard pairs[column].count > 0 else { return }
    var pair = [UInt64(place), 0]
    for element in lists.range(group) {
      pair[1] = lists.elements[element]
      let number = Int(pairs[column].find(pair.span, at: 0)) - 1
      if number >= 0 { marks[column][number].insert(.kept) }
    }
  }

  /// Calls a function with the columns and places whose number of different values changed.
  func settle(_ change: (_ column: Int, _ by: Int64, _ place: Int) -> Void) {
    for column in pairs.indices {
      for (number, marks) in marks[column].enumerated() where !marks.contains(.kept) {
        let place = Int(pairs[column].words[number * 2])
        let isThere = marks.contains(.added)
        let wasThere = marks.contains(.removed)
        if isThere != wasThere { change(column, isThere ? 1 : -1, place) }
      }
    }
  }
}
