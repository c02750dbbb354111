/// Turns the groups of a scan into a table: chooses and orders rows first, and makes columns of
/// those only.
struct ResultBuilder {
  let state: GroupState
  let compiled: CompiledPlan
  private let resultTexts: ResultTexts
  private let statistics: ScanStatistics
  /// The number of groups that exist.
  let groupCount: Int
  /// Different values by slot, for distinct counts; slot 0 has no meaning.
  let distincts: [Int: [Int64]]
  /// Percentiles by slot, by the number of the output; slot 0 has no meaning.
  private let percentiles: [Int: [Double]]

  /// Finds the groups that exist.
  ///
  /// - Throws: `StoreError.limitReached` when they are too many.
  init(_ state: GroupState, statistics: ScanStatistics, budget: ScanBudget) throws(StoreError) {
    self.state = state
    self.statistics = statistics
    compiled = state.compiled
    resultTexts = ResultTexts(state.compiled)
    switch compiled.grouping.way {
    case .single: groupCount = 1
    case .direct(let count):
      let rows = state.accumulators[0]
      if rows.replicas == 1 {
        let counts = rows.integers
        let span = counts.span
        groupCount = MergeKernel.countNonzero(span.extracting(1..<count))
      } else {
        groupCount = (1..<count).count { rows.total($0) > 0 }
      }
    case .words, .tuples: groupCount = state.slotCount - 1
    }
    try budget.check(groups: groupCount)
    var distincts: [Int: [Int64]] = [:]
    for (position, accumulator) in state.accumulators.enumerated() {
      if case .distinct = accumulator.plan.kind {
        distincts[position] = accumulator.distinctCounts(slots: state.slotCount)
      }
    }
    self.distincts = distincts
    var percentiles: [Int: [Double]] = [:]
    for output in compiled.outputs {
      guard case .percentile(let position, let number, let fraction, let isDouble, _) = output
      else {
        continue
      }
      percentiles[number] = state.accumulators[position].collected?.percentiles(
        fraction,
        isDouble: isDouble,
        slotCount: state.slotCount
      )
    }
    self.percentiles = percentiles
  }

  /// Tells whether a slot is a group of the answer.
  func exists(_ slot: Int) -> Bool {
    switch compiled.grouping.way {
    case .single, .words, .tuples: return true
    // State 0 counts the rows of each group.
    case .direct:
      let rows = state.accumulators[0]
      return rows.replicas == 1 ? rows.integers[slot] > 0 : rows.total(slot) > 0
    }
  }

  /// Returns the table.
  ///
  /// - Throws: `StoreError.damaged` when a text of it cannot be read.
  func table() throws(StoreError) -> ResultTable {
    let rows = GroupOrder(self).ordered()
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
    try resultTexts.check()
    return ResultTable(
      columns: columns,
      rowCount: rows.count,
      groupCount: groupCount,
      statistics: statistics
    )
  }

  // MARK: Keys

  private func keyColumn(_ position: Int, _ name: String, _ rows: [Int]) -> ResultTable.Column {
    let key = compiled.grouping.keys[position]
    if compiled.plan.isRaw, case .text(.dictionary(let dictionary)) = key.kind {
      let codes = state.keyValues(position, rows).map { UInt32(($0 ?? -1) + 1) }
      let texts = resultTexts.coded(codes, dictionary)
      return ResultTable.Column(name: name, type: key.type, values: .coded(texts))
    }
    let values = state.keyValues(position, rows)
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

  private func texts(_ codes: [Int64?], _ space: TextSpace) -> [String?] {
    var known: [Int64: String] = [:]
    return codes.map { code in
      guard let code else { return nil }
      if let text = known[code] { return text }
      let text = self.text(code, space)
      known[code] = text
      return text
    }
  }

  /// Returns the text of a code.
  func text(_ code: Int64, _ space: TextSpace) -> String {
    resultTexts.text(code, space)
  }

  // MARK: Aggregates

  private func type(_ output: AggregateOutput) -> ColumnType {
    switch output {
    case .count, .distinct: .int64
    case .sum(_, _, let type), .extremum(_, _, let type, _): type
    case .doubleSum, .doubleExtremum, .average, .percentile: .float64
    }
  }

  private func values(_ output: AggregateOutput, _ rows: [Int]) -> ResultTable.Column.Values {
    switch output {
    case .count(let count):
      let counts = state.accumulators[count]
      if !counts.isWide && counts.replicas == 1 {
        return .integers(rows.map { counts.integers[$0] })
      }
      return .integers(rows.map { Int64(clamping: counts.total($0)) })
    case .distinct(let position):
      let counts = distincts[position] ?? []
      return .integers(rows.map { counts[$0] })
    case .sum(let sum, let count, _):
      guard compiled.plan.isRaw, let narrow = narrow(sum, count, rows) else {
        return .wide(rows.map { self.sum(output, $0) })
      }
      return .integers(narrow)
    case .doubleSum, .doubleExtremum, .average, .percentile:
      return .doubles(rows.map { double(output, $0) })
    case .extremum(_, _, _, let texts):
      let values = rows.map { extremum(output, $0) }
      guard let texts else { return .integers(values) }
      return .strings(values.map { $0.map { texts[Int($0)] } })
    }
  }

  /// Returns exact sums of groups where they are kept in 64 bits; else nil.
  private func narrow(_ sum: Int, _ count: Int, _ rows: [Int]) -> [Int64?]? {
    let (sums, counts) = (state.accumulators[sum], state.accumulators[count])
    guard !sums.isWide, sums.replicas == 1, counts.replicas == 1 else { return nil }
    return rows.map { counts.integers[$0] > 0 ? sums.integers[$0] : nil }
  }

  /// Returns an exact sum of a group.
  func sum(_ output: AggregateOutput, _ slot: Int) -> Int128? {
    guard case .sum(let sum, let count, _) = output,
      state.accumulators[count].total(slot) > 0
    else { return nil }
    return state.accumulators[sum].total(slot)
  }

  /// Returns a smallest or largest integer, or rank of a text, of a group.
  func extremum(_ output: AggregateOutput, _ slot: Int) -> Int64? {
    guard case .extremum(let position, let count, _, _) = output,
      state.accumulators[count].total(slot) > 0
    else { return nil }
    return state.accumulators[position].integers[slot]
  }

  /// Returns a double of a group; what is not a number is null.
  func double(_ output: AggregateOutput, _ slot: Int) -> Double? {
    let states = state.accumulators
    let value: Double
    switch output {
    case .count, .distinct, .sum, .extremum: return nil
    case .doubleSum(let position, let count), .doubleExtremum(let position, let count):
      guard states[count].total(slot) > 0 else { return nil }
      value = states[position].doubles[slot]
    case .average(let sum, let count, let isDouble, let scale):
      let rows = states[count].total(slot)
      guard rows > 0 else { return nil }
      let total = isDouble ? states[sum].doubles[slot] : Double(states[sum].total(slot))
      value = total / (Double(rows) * scale)
    case .percentile(_, let number, _, _, let scale):
      value = (percentiles[number]?[slot] ?? .nan) / scale
    }
    return value.isNaN ? nil : value
  }
}
