/// Turns the groups of a scan into a table: chooses and orders rows first, and makes columns of
/// those only.
struct ResultBuilder {
  private let state: GroupState
  private let compiled: CompiledPlan
  private let statistics: ScanStatistics
  private let slots: [Int]
  /// Different values by slot, for distinct counts.
  private let distincts: [Int: [Int64]]

  /// Finds the groups that exist.
  ///
  /// - Throws: `StoreError.limitReached` when they are too many.
  init(_ state: GroupState, statistics: ScanStatistics, budget: ScanBudget) throws(StoreError) {
    self.state = state
    self.statistics = statistics
    compiled = state.compiled
    switch compiled.grouping.way {
    case .single: slots = [1]
    // State 0 counts the rows of each group.
    case .direct(let count): slots = (1..<count).filter { state.accumulators[0].total($0) > 0 }
    case .words, .tuples: slots = Array(1..<state.slotCount)
    }
    try budget.check(groups: slots.count)
    var distincts: [Int: [Int64]] = [:]
    for (position, accumulator) in state.accumulators.enumerated() {
      if case .distinct = accumulator.plan.kind {
        distincts[position] = accumulator.distinctCounts(slots: state.slotCount)
      }
    }
    self.distincts = distincts
  }

  /// Returns the table.
  func table() -> ResultTable {
    let rows = ordered().map { slots[$0] }
    var columns: [ResultTable.Column] = []
    for (position, key) in compiled.plan.keys.enumerated() {
      columns.append(keyColumn(position, key.name, rows))
    }
    for (output, aggregate) in zip(compiled.outputs, compiled.plan.aggregates) {
      columns.append(
        ResultTable.Column(
          name: aggregate.name,
          type: type(output),
          values: values(output, rows)
        )
      )
    }
    return ResultTable(columns: columns, rowCount: rows.count, statistics: statistics)
  }

  // MARK: Order

  private func ordered() -> [Int] {
    var sortKeys: [SortKey] = []
    let keyNames = compiled.plan.keys.map(\.name)
    var used: Set<String> = []
    for order in compiled.plan.order where used.insert(order.column).inserted {
      if let key = keyNames.firstIndex(of: order.column) {
        sortKeys.append(SortKey(keyColumn(key, "", slots).values, order.isDescending))
      } else if let output = compiled.plan.aggregates.firstIndex(where: { $0.name == order.column })
      {
        sortKeys.append(SortKey(values(compiled.outputs[output], slots), order.isDescending))
      }
    }
    for (position, name) in keyNames.enumerated() where used.insert(name).inserted {
      sortKeys.append(SortKey(keyColumn(position, "", slots).values, false))
    }
    let limit = compiled.plan.limit ?? slots.count
    return TopN.first(limit, of: slots.count) { left, right in
      for key in sortKeys {
        let answer = key.compare(left, right)
        if answer != 0 { return answer < 0 }
      }
      return left < right
    }
  }

  // MARK: Keys

  private func keyColumn(_ position: Int, _ name: String, _ rows: [Int]) -> ResultTable.Column {
    let key = compiled.grouping.keys[position]
    let values: [Int64?] = rows.map { self.key(position, key, $0) }
    let column: ResultTable.Column.Values
    switch key.kind {
    case .integer: column = .integers(values)
    case .double:
      column = .doubles(values.map { $0.map { Double(bitPattern: UInt64(bitPattern: $0)) } })
    case .text(let space): column = .strings(texts(values, space))
    case .plainText: preconditionFailure("plain texts are no keys")
    }
    return ResultTable.Column(name: name, type: key.type, values: column)
  }

  private func key(_ position: Int, _ key: KeyCoding, _ slot: Int) -> Int64? {
    let stride = compiled.grouping.strides[position]
    let number: UInt64
    switch compiled.grouping.way {
    case .single: return nil
    case .direct: number = UInt64(slot - 1) / stride % (key.count ?? 1)
    case .words: number = state.words.keys[slot - 1] / stride % (key.count ?? 1)
    case .tuples:
      let width = compiled.grouping.tupleWidth
      let words = state.tuples.words
      let nulls = words[slot * width - 1]
      if nulls >> UInt64(position) & 1 == 1 { return nil }
      return key.value(words[(slot - 1) * width + position])
    }
    return number == 0 ? nil : key.value(number)
  }

  private func texts(_ codes: [Int64?], _ space: TextSpace) -> [String?] {
    var known: [Int64: String] = [:]
    return codes.map { code in
      guard let code else { return nil }
      if let text = known[code] { return text }
      let text =
        switch space {
        case .dictionary(let name): compiled.dictionaries[name].map { $0[Int(code)] } ?? ""
        case .program: compiled.program.texts.texts[Int(code)]
        }
      known[code] = text
      return text
    }
  }

  // MARK: Aggregates

  private func type(_ output: AggregateOutput) -> ColumnType {
    switch output {
    case .count, .distinct: .int64
    case .sum(_, _, let type), .extremum(_, _, let type, _): type
    case .doubleSum, .doubleExtremum, .average: .float64
    }
  }

  private func values(_ output: AggregateOutput, _ rows: [Int]) -> ResultTable.Column.Values {
    let states = state.accumulators
    switch output {
    case .count(let count):
      return .integers(rows.map { Int64(clamping: states[count].total($0)) })
    case .distinct(let position):
      let counts = distincts[position] ?? []
      return .integers(rows.map { counts[$0] })
    case .sum(let sum, let count, _):
      return .wide(rows.map { states[count].total($0) == 0 ? nil : states[sum].total($0) })
    case .doubleSum(let sum, let count):
      return .doubles(
        rows.map { states[count].total($0) == 0 ? nil : number(states[sum].doubles[$0]) }
      )
    case .extremum(let state, let count, _, let texts):
      let values: [Int64?] = rows.map {
        states[count].total($0) == 0 ? nil : states[state].integers[$0]
      }
      guard let texts else { return .integers(values) }
      return .strings(values.map { $0.map { texts[Int($0)] } })
    case .doubleExtremum(let state, let count):
      return .doubles(rows.map { states[count].total($0) == 0 ? nil : states[state].doubles[$0] })
    case .average(let sum, let count, let isDouble, let scale):
      return .doubles(
        rows.map { slot in
          let rows = states[count].total(slot)
          if rows == 0 { return nil }
          let total = isDouble ? states[sum].doubles[slot] : Double(states[sum].total(slot))
          return number(total / (Double(rows) * scale))
        }
      )
    }
  }

  /// A double that is not a number is null.
  private func number(_ value: Double) -> Double? { value.isNaN ? nil : value }
}

/// A column by which rows are ordered; nulls come last in both directions.
private struct SortKey {
  private let values: ResultTable.Column.Values
  private let sign: Int

  init(_ values: ResultTable.Column.Values, _ isDescending: Bool) {
    self.values = values
    sign = isDescending ? -1 : 1
  }

  /// Returns a negative number, zero or a positive one.
  func compare(_ left: Int, _ right: Int) -> Int {
    switch values {
    case .integers(let values): compare(values[left], values[right]) { $0 < $1 }
    case .wide(let values): compare(values[left], values[right]) { $0 < $1 }
    case .doubles(let values): compare(values[left], values[right]) { $0 < $1 }
    case .strings(let values): compare(values[left], values[right], TextTable.precedes)
    }
  }

  private func compare<Value>(
    _ left: Value?,
    _ right: Value?,
    _ precedes: (Value, Value) -> Bool
  ) -> Int {
    guard let left else { return right == nil ? 0 : 1 }
    guard let right else { return -1 }
    if precedes(left, right) { return -sign }
    return precedes(right, left) ? sign : 0
  }
}
