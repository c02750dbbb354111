internal import ColumnStore

/// The keys of rows of several tables as words: two rows have equal words exactly when all parts of
/// their keys are equal, null with null.
struct KeyWords {
  /// A word for each row of each table.
  private(set) var words: [[UInt64]]

  /// Makes the words of tables of so many rows; every table has as many parts, of which nil is null
  /// in all rows.
  ///
  /// - Throws: `ReportError.store` when a text cannot be read.
  init(_ tables: [[ResultTable.Column?]], _ rowCounts: [Int]) throws(ReportError) {
    words = rowCounts.map { [UInt64](repeating: 0, count: $0) }
    var total: UInt64 = 1
    for part in 0..<(tables.first?.count ?? 0) {
      let numbers = try PartNumbers(tables.map { $0[part] }, rowCounts)
      var (product, overflow) = total.multipliedReportingOverflow(by: numbers.count)
      if overflow {
        // Fewer words occur than are possible: they are numbered anew.
        total = condense()
        (product, overflow) = total.multipliedReportingOverflow(by: numbers.count)
        if overflow { preconditionFailure("a number of a group and one of a part fit a word") }
      }
      for (table, column) in numbers.numbers.enumerated() {
        guard let column else { continue }
        for row in column.indices { words[table][row] &+= column[row] &* total }
      }
      total = product
    }
  }

  /// Replaces words by their numbers and returns how many there are.
  private mutating func condense() -> UInt64 {
    var numbers = KeyNumbers()
    for table in words.indices {
      words[table] = numbers.numbers(of: words[table]).map { UInt64($0) }
    }
    return UInt64(max(1, numbers.count))
  }
}

/// The values of one part of a key in several tables as small numbers; 0 is null.
private struct PartNumbers {
  /// The numbers of each table's rows; nil where all are null.
  private(set) var numbers: [[UInt64]?] = []
  /// One more than the largest number.
  private(set) var count: UInt64 = 1

  /// The largest range of integers that is numbered by distance.
  private static let widest: UInt64 = 1 << 30

  init(_ columns: [ResultTable.Column?], _ rowCounts: [Int]) throws(ReportError) {
    if let codes = PartNumbers.codes(columns) {
      numbers = codes.map { $0.map { $0.map { UInt64($0) } } }
      count = 1 + (numbers.lazy.compactMap { $0?.max() }.max() ?? 0)
    } else if !distances(columns) {
      try number(columns, rowCounts)
    }
  }

  /// The codes of all columns, where they are of one dictionary.
  private static func codes(_ columns: [ResultTable.Column?]) -> [[UInt32]?]? {
    var name: String?
    var codes: [[UInt32]?] = []
    for column in columns {
      guard let column, column.count > 0 else {
        codes.append(nil)
        continue
      }
      guard case .coded(let texts) = column.values,
        texts.dictionaryName == name ?? texts.dictionaryName
      else { return nil }
      name = texts.dictionaryName
      codes.append(texts.codes)
    }
    return codes
  }

  /// Numbers integers by their distance from the least, unless they are far apart.
  private mutating func distances(_ columns: [ResultTable.Column?]) -> Bool {
    var (least, largest) = (Int64.max, Int64.min)
    var lists: [[Int64?]?] = []
    for column in columns {
      guard let column, column.count > 0 else {
        lists.append(nil)
        continue
      }
      guard case .integers(let values) = column.values else { return false }
      for case .some(let value) in values {
        least = min(least, value)
        largest = max(largest, value)
      }
      lists.append(values)
    }
    guard least <= largest else {
      numbers = columns.map { _ in nil }
      return true
    }
    let width = UInt64(bitPattern: largest &- least)
    guard width < PartNumbers.widest else { return false }
    numbers = lists.map { list in
      list.map { $0.map { value in value.map { UInt64(bitPattern: $0 &- least) + 1 } ?? 0 } }
    }
    count = width + 2
    return true
  }

  /// Numbers values of any kind by looking them up.
  private mutating func number(
    _ columns: [ResultTable.Column?],
    _ rowCounts: [Int]
  ) throws(ReportError) {
    var known: [Scalar: UInt64] = [.null: 0]
    for (column, rowCount) in zip(columns, rowCounts) {
      guard let column else {
        numbers.append(nil)
        continue
      }
      var list: [UInt64] = []
      list.reserveCapacity(rowCount)
      for row in 0..<rowCount {
        let value = try column.scalar(at: row)
        let number = known[value] ?? UInt64(known.count)
        known[value] = number
        list.append(number)
      }
      numbers.append(list)
    }
    count = UInt64(known.count)
  }
}
