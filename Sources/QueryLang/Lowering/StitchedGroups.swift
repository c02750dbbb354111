internal import ColumnStore

/// The groups of all facts side by side: the null-safe union of their keys, found by codes and
/// numbers, so that no group has an object of its own.
struct StitchedGroups {
  /// Where a table has the rows of groups.
  private enum Rows {
    /// Row `g` belongs to group `g`.
    case same
    /// All groups have one row, or none.
    case one(Int?)
    /// The row of each group; -1 for none.
    case each([Int32])
  }

  /// The number of groups.
  private(set) var count = 0
  private let tables: [GroupTable]
  private var rows: [Rows] = []
  /// The tables that make groups.
  private let makers: [Int]

  /// Unites the groups; a report without keys has one.
  ///
  /// - Throws: `ReportError` when the time is over or a text cannot be read.
  init(
    _ tables: [GroupTable],
    _ keys: KeyReader,
    _ budget: FinishBudget
  ) throws(ReportError) {
    self.tables = tables
    makers = tables.indices.filter { tables[$0].aggregation.makesGroups }
    if keys.shapes.isEmpty {
      count = 1
      rows = tables.map { .one($0.rowCount > 0 ? 0 : nil) }
      return
    }
    let filled = makers.filter { tables[$0].rowCount > 0 }
    if filled.count < 2 {
      // The groups of one table are different.
      count = filled.first.map { tables[$0].rowCount } ?? 0
      rows = tables.indices.map { $0 == filled.first ? .same : .one(nil) }
    } else {
      rows = tables.map { _ in .one(nil) }
      try unite(budget)
    }
    for table in tables.indices where !makers.contains(table) {
      try lookUp(table, keys, budget)
    }
  }

  /// The row of a group in a table; nil where the fact has no row for it.
  func row(_ table: Int, _ group: Int) -> Int? {
    switch rows[table] {
    case .same: return group
    case .one(let row): return row
    case .each(let rows): return rows[group] < 0 ? nil : Int(rows[group])
    }
  }

  /// The rows of a group in all tables.
  func rows(of group: Int) -> [Int?] {
    tables.indices.map { row($0, group) }
  }

  /// The rows of all groups in a table; nil where row `g` belongs to group `g`.
  func rows(in table: Int) -> [Int32]? {
    switch rows[table] {
    case .same: nil
    case .one(let row): [Int32](repeating: row.map { Int32($0) } ?? -1, count: count)
    case .each(let rows): rows
    }
  }

  /// The parts of a group's keys.
  ///
  /// - Throws: `ReportError.store` when a text cannot be read.
  func identity(of group: Int) throws(ReportError) -> [Scalar] {
    for table in makers {
      if let row = row(table, group) { return try tables[table].identity(at: row) }
    }
    return []
  }

  // MARK: Finding

  /// Numbers the keys of all tables that make groups.
  private mutating func unite(_ budget: FinishBudget) throws(ReportError) {
    // The largest table first: its keys are different, so only those of the others are looked up.
    let order = makers.sorted { tables[$0].rowCount > tables[$1].rowCount }
    let lists = order.map { tables[$0].parts }
    var words = try KeyWords(lists, order.map { tables[$0].rowCount }).words
    var found: [[Int32]] = [Array(0..<Int32(tables[order[0]].rowCount))]
    for list in order.indices.dropFirst() {
      try budget.check(at: 0)
      var rows = KeyPlaces(words[list]).find(words[0])
      var isFound = [Bool](repeating: false, count: words[list].count)
      for row in rows where row >= 0 { isFound[Int(row)] = true }
      for row in isFound.indices where !isFound[row] {
        rows.append(Int32(row))
        words[0].append(words[list][row])
      }
      found.append(rows)
    }
    count = words[0].count
    for (list, table) in order.enumerated() {
      let missing = repeatElement(Int32(-1), count: count - found[list].count)
      rows[table] = .each(found[list] + missing)
    }
  }

  /// Finds the rows of a table that is grouped by some of the keys only.
  private mutating func lookUp(
    _ table: Int,
    _ keys: KeyReader,
    _ budget: FinishBudget
  ) throws(ReportError) {
    let coarse = tables[table]
    guard !coarse.parts.isEmpty, coarse.rowCount > 0 else {
      rows[table] = .one(coarse.rowCount > 0 ? 0 : nil)
      return
    }
    try budget.check(at: 0)
    let places = coarse.aggregation.level.flatMap { Array(keys.parts(of: $0)) }
    // The coarse table first, so that its rows have the numbers of its keys.
    var lists = [coarse.parts]
    var counts = [coarse.rowCount]
    for maker in makers {
      lists.append(places.map { tables[maker].parts[$0] })
      counts.append(tables[maker].rowCount)
    }
    let words = try KeyWords(lists, counts).words
    var numbers = KeyNumbers()
    _ = numbers.numbers(of: words[0])
    var found = [Int32](repeating: -1, count: count)
    for (list, maker) in makers.enumerated() {
      let rowNumbers = numbers.numbers(of: words[list + 1])
      for group in 0..<count {
        guard let row = row(maker, group) else { continue }
        let number = Int(rowNumbers[row])
        if number < coarse.rowCount { found[group] = Int32(number) }
      }
    }
    rows[table] = .each(found)
  }
}
