/// Makes the table of a plan out of its merged groups: rows are chosen and ordered first, and columns
/// made of those only.
struct MergedResult: OrderableGroups {
  let shape: StateShape
  let state: MergedState
  /// The texts of keys.
  let texts: ResultTexts

  /// Returns the table; `candidates` are groups among which its rows are, where those are known.
  ///
  /// - Throws: `StoreError.damaged` when a text of it cannot be read.
  func table(
    among candidates: [Int]?,
    _ statistics: ScanStatistics
  ) throws(StoreError) -> ResultTable {
    let order = GroupOrder(self)
    let rows: [Int]
    if let candidates, let limit = plan.limit, limit < groupCount {
      rows = order.first(limit, of: candidates)
    } else {
      rows = order.ordered()
    }
    var columns: [ResultTable.Column] = []
    for (position, key) in shape.keys.enumerated() {
      columns.append(
        ResultTable.Column(name: key.name, type: key.type, values: keyValues(position, rows))
      )
    }
    for (position, output) in shape.outputs.enumerated() {
      columns.append(
        ResultTable.Column(
          name: output.name,
          type: output.type,
          values: values(position, output, rows)
        )
      )
    }
    try texts.check()
    return ResultTable(
      columns: columns,
      rowCount: rows.count,
      groupCount: groupCount,
      statistics: statistics
    )
  }

  // MARK: Order

  var plan: ScanPlan { shape.plan }

  var slots: Range<Int> { state.rows.indices }

  /// A plan without keys has its group without rows, too.
  var groupCount: Int { shape.keys.isEmpty ? 1 : state.liveCount }

  func exists(_ group: Int) -> Bool { state.rows[group] > 0 || shape.keys.isEmpty }

  func kind(ofKey position: Int) -> ValueKind { shape.keys[position].kind }

  func numberCount(ofKey position: Int) -> UInt64? { nil }

  func value(ofKey position: Int, number: UInt64) -> Int64 { 0 }

  func number(ofKey position: Int, _ group: Int) -> UInt64 { 0 }

  func integers(ofOutput position: Int) -> [Int64]? {
    state.integers(position, shape.outputs[position].kind)
  }

  func value(ofOutput position: Int, _ group: Int) -> OrderedValue {
    let column = state.columns[position]
    let count = column.count(group, of: state.rows)
    switch shape.outputs[position].kind {
    case .count, .distinct: return .integer(Int128(count))
    case .sum: return count > 0 ? .integer(column.sums.value(group)) : .null
    case .extremum: return count > 0 ? .integer(Int128(column.integers[group])) : .null
    case .average, .doubleExtremum: return double(position, group).map { .double($0) } ?? .null
    }
  }

  // MARK: Values

  func key(_ position: Int, _ group: Int) -> Int64? {
    let width = state.groups.width
    let words = state.groups.words
    guard words[group * width + width - 1] >> UInt64(position & 63) & 1 == 0 else { return nil }
    return Int64(bitPattern: words[group * width + position])
  }

  private func keyValues(_ position: Int, _ rows: [Int]) -> ResultTable.Column.Values {
    if plan.isRaw, case .text(.dictionary(let dictionary)) = shape.keys[position].kind {
      let codes = rows.map { UInt32((key(position, $0) ?? -1) + 1) }
      return .coded(texts.coded(codes, dictionary))
    }
    let values = rows.map { key(position, $0) }
    switch shape.keys[position].kind {
    case .integer, .plainText: return .integers(values)
    case .double:
      return .doubles(values.map { $0.map { Double(bitPattern: UInt64(bitPattern: $0)) } })
    case .text(let space): return .strings(values.map { $0.map { text($0, space) } })
    }
  }

  private func values(
    _ position: Int,
    _ output: StateShape.Output,
    _ rows: [Int]
  ) -> ResultTable.Column.Values {
    let column = state.columns[position]
    let counts = state.rows
    switch output.kind {
    case .count, .distinct: return .integers(rows.map { column.count($0, of: counts) })
    case .sum:
      return .wide(rows.map { column.count($0, of: counts) > 0 ? column.sums.value($0) : nil })
    case .extremum:
      return .integers(rows.map { column.count($0, of: counts) > 0 ? column.integers[$0] : nil })
    case .average, .doubleExtremum: return .doubles(rows.map { double(position, $0) })
    }
  }

  /// A mean, or an extremum of doubles; what is not a number is null.
  private func double(_ position: Int, _ group: Int) -> Double? {
    let column = state.columns[position]
    let count = column.count(group, of: state.rows)
    guard count > 0 else { return nil }
    let value: Double
    switch shape.outputs[position].kind {
    case .average(let scale):
      value = Double(column.sums.value(group)) / (Double(count) * scale)
    case .doubleExtremum: value = column.doubles[group]
    case .count, .sum, .extremum, .distinct: return nil
    }
    return value.isNaN ? nil : value
  }

  func text(_ code: Int64, _ space: TextSpace) -> String { texts.text(code, space) }
}
