/// Finds rows of a batch by their keys in blocks of segments.
///
/// The key column whose values are spread most *leads*: the rows are sorted by it, and a block is
/// searched for those rows only whose values are inside its zone map. Where the block's values never
/// fall, as those of orders in the order of their codes, every row is found by halving; elsewhere the
/// hashes of the block's keys are looked up. So the cost of a block is that of decoding one column.
struct KeySearch {
  private let keyColumns: [Int]
  private let batch: [ColumnRows]
  private let lead: Int?
  /// The rows that are looked for, by ascending value of the leading column.
  private let rows: [Int]
  private let values: [Int64]
  /// The bounds of each key column.
  private let bounds: [ClosedRange<Int64>?]

  /// Prepares to look for some rows of a batch.
  init(_ rows: [Int], of batch: [ColumnRows], keyColumns: [Int]) {
    self.keyColumns = keyColumns
    self.batch = batch
    bounds = keyColumns.map { batch[$0].bounds(of: rows) }
    var lead: Int?
    var widest: UInt64 = 0
    for (column, bounds) in zip(keyColumns, bounds) {
      guard let bounds else { continue }
      let width = UInt64(bitPattern: bounds.upperBound &- bounds.lowerBound)
      if lead == nil || width > widest { (lead, widest) = (column, width) }
    }
    self.lead = lead
    if let lead {
      let values = batch[lead].numbers(of: rows)
      let order = rows.indices.sorted { values[$0] < values[$1] }
      self.rows = order.map { rows[$0] }
      self.values = order.map { values[$0] }
    } else {
      self.rows = rows
      self.values = []
    }
  }

  /// Returns the rows that may be in a block, by its zone maps, as places in the sorted rows.
  func candidates(in segment: Segment, block: Int) -> Range<Int> {
    for (column, bounds) in zip(keyColumns, bounds)
    where !segment.zoneMap(column: column, block: block).mayContain(bounds) { return 0..<0 }
    guard let lead,
      case .integers(let minimum, let maximum) = segment.zoneMap(column: lead, block: block).bounds
    else { return rows.indices }
    let first = values.firstPlace { $0 >= minimum }
    return first..<max(first, values.firstPlace { $0 > maximum })
  }

  /// Returns pairs of a row and a position in the block that may have equal keys.
  ///
  /// `candidates` are the rows to look for, and `index` has them by the hashes of their keys.
  func find(
    _ candidates: Range<Int>,
    in segment: Segment,
    block: Int,
    index: KeyIndex
  ) throws(StoreError) -> (rows: [Int], positions: [Int]) {
    var found: [Int] = []
    var positions: [Int] = []
    if let lead, segment.isAscending(column: lead, block: block) {
      var places: [Int] = []
      try segment.vector(column: lead, block: block).0.find(
        values[candidates],
        rowCount: segment.blockRange(block).count,
        places: &places,
        positions: &positions
      )
      found = places.map { rows[$0] }
    } else {
      let count = segment.blockRange(block).count
      var hashes = [UInt64](repeating: KeyHash.seed, count: count)
      for column in keyColumns {
        try segment.vector(column: column, block: block).0.mix(into: &hashes)
      }
      index.match(hashes, rows: &found, positions: &positions)
    }
    return (found, positions)
  }
}

extension ColumnRows {
  /// The integers or codes of some rows.
  fileprivate func numbers(of rows: [Int]) -> [Int64] {
    switch kind {
    case .integers: rows.map { integers[$0] }
    case .codes: rows.map { Int64(codes[$0]) }
    case .doubles, .texts: preconditionFailure("a column of integers or codes")
    }
  }
}

extension [Int64] {
  /// The first place whose value is of a kind that no value before it is and all after it are.
  fileprivate func firstPlace(where isIt: (Int64) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isIt(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
