/// Makes the table of a plan out of its merged groups: rows are chosen and ordered first, and columns
/// made of those only.
struct MergedResult {
  let shape: StateShape
  let state: MergedState
  /// The texts of keys.
  let texts: ResultTexts

  /// Returns the table.
  ///
  /// - Throws: `StoreError.damaged` when a text of it cannot be read.
  func table(_ statistics: ScanStatistics) throws(StoreError) -> ResultTable {
    let rows = ordered()
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
      groupCount: state.rows.count,
      statistics: statistics
    )
  }

  // MARK: Order

  /// One step of the order.
  private struct Step {
    /// What is compared.
    enum Source {
      /// Ranks of all groups; -1 for null.
      case ranks([Int32])
      case key(Int)
      case output(Int)
    }

    let source: Source
    let isDescending: Bool
    let takesNullForZero: Bool
  }

  private func ordered() -> [Int] {
    let groups = state.rows.indices
    if shape.plan.isRaw, shape.plan.order.isEmpty, shape.plan.limit == nil {
      return Array(groups)
    }
    let steps = steps()
    let limit = shape.plan.limit ?? groups.count
    guard limit < groups.count else {
      return groups.sorted { compare(steps[...], $0, $1) < 0 }
    }
    guard limit > 0 else { return [] }
    let heap = best(limit, steps)
    var first = heap.slots.sorted { compare(steps[...], $0, $1) < 0 }
    if shape.plan.keepsTies, let last = first.last {
      let own = steps.prefix(Set(shape.plan.order.map(\.column)).count)
      let taken = Set(first)
      let ties = groups.filter { !taken.contains($0) && compare(own, $0, last) == 0 }
      first += ties.sorted { compare(steps[...], $0, $1) < 0 }
    }
    return first
  }

  /// Returns the first groups in no order.
  private func best(_ limit: Int, _ steps: [Step]) -> SlotHeap {
    let values = steps.first.flatMap { leading($0) } ?? []
    let isDescending = steps.first?.isDescending ?? false
    var heap = SlotHeap(limit: limit)
    var bound: Int64?
    for group in state.rows.indices {
      // Most groups are ruled out by one comparison with the worst of the best.
      if let bound, isDescending ? values[group] < bound : values[group] > bound { continue }
      let isChanged = heap.offer(group) { compare(steps[...], $0, $1) < 0 }
      if isChanged, let worst = heap.worst, !values.isEmpty {
        bound = hasValue(steps[0], worst) ? values[worst] : nil
      }
    }
    return heap
  }

  /// The values of a step where they are integers side by side; any for a group without one.
  private func leading(_ step: Step) -> [Int64]? {
    guard case .output(let position) = step.source else { return nil }
    switch shape.outputs[position].kind {
    case .count, .distinct: return state.columns[position].counts
    case .sum: return state.columns[position].sums.small
    case .extremum, .doubleExtremum, .average: return nil
    }
  }

  private func hasValue(_ step: Step, _ group: Int) -> Bool {
    guard case .output(let position) = step.source,
      case .sum = shape.outputs[position].kind
    else { return true }
    return step.takesNullForZero || state.columns[position].counts[group] > 0
  }

  private func steps() -> [Step] {
    var steps: [Step] = []
    var used: Set<String> = []
    for order in shape.plan.order + shape.keys.map({ ScanPlan.Order($0.name) })
    where used.insert(order.column).inserted {
      let source: Step.Source
      if let key = shape.keys.firstIndex(where: { $0.name == order.column }) {
        // Of a short list the texts are compared where they tie, of a long one their ranks.
        source = shape.plan.limit == nil ? .ranks(ranks(key)) : .key(key)
      } else if let output = shape.outputs.firstIndex(where: { $0.name == order.column }) {
        source = .output(output)
      } else {
        continue
      }
      steps.append(
        Step(
          source: source,
          isDescending: order.isDescending,
          takesNullForZero: order.takesNullForZero
        )
      )
    }
    return steps
  }

  private func ranks(_ position: Int) -> [Int32] {
    let kind = shape.keys[position].kind
    let values = state.rows.indices.map { key(position, $0) }
    let distinct = Array(Set(values.compactMap { $0 })).sorted { precedes($0, $1, kind) }
    var ranks: [Int64: Int32] = [:]
    for (rank, value) in distinct.enumerated() { ranks[value] = Int32(truncatingIfNeeded: rank) }
    return values.map { value in value.flatMap { ranks[$0] } ?? -1 }
  }

  private func precedes(_ left: Int64, _ right: Int64, _ kind: ValueKind) -> Bool {
    switch kind {
    case .integer, .plainText: left < right
    case .double: number(left) < number(right)
    case .text(let space): TextTable.precedes(text(left, space), text(right, space))
    }
  }

  private func compare(_ steps: ArraySlice<Step>, _ left: Int, _ right: Int) -> Int {
    for step in steps {
      let answer = compare(step, left, right)
      if answer != 0 { return answer }
    }
    return 0
  }

  private func compare(_ step: Step, _ left: Int, _ right: Int) -> Int {
    let isDescending = step.isDescending
    switch step.source {
    case .ranks(let ranks):
      let (one, other) = (ranks[left], ranks[right])
      if one == other { return 0 }
      if one < 0 || other < 0 { return one < 0 ? 1 : -1 }
      return (one < other) == isDescending ? 1 : -1
    case .key(let position):
      let (one, other) = (key(position, left), key(position, right))
      if one == other { return 0 }
      let kind = shape.keys[position].kind
      return compare(one, other, isDescending) { precedes($0, $1, kind) }
    case .output(let position):
      let column = state.columns[position]
      switch shape.outputs[position].kind {
      case .count, .distinct:
        return compare(column.counts[left], column.counts[right], isDescending) { $0 < $1 }
      case .sum:
        let zero: Int128? = step.takesNullForZero ? 0 : nil
        let one = sum(column, left) ?? zero
        return compare(one, sum(column, right) ?? zero, isDescending) { $0 < $1 }
      case .extremum:
        let one = column.counts[left] > 0 ? column.integers[left] : nil
        let other = column.counts[right] > 0 ? column.integers[right] : nil
        return compare(one, other, isDescending) { $0 < $1 }
      case .average, .doubleExtremum:
        return compare(double(position, left), double(position, right), isDescending) { $0 < $1 }
      }
    }
  }

  /// Nulls come last in both directions.
  @inline(__always)
  private func compare<Value>(
    _ left: Value?,
    _ right: Value?,
    _ isDescending: Bool,
    _ precedes: (Value, Value) -> Bool
  ) -> Int {
    guard let left else { return right == nil ? 0 : 1 }
    guard let right else { return -1 }
    let sign = isDescending ? -1 : 1
    if precedes(left, right) { return -sign }
    return precedes(right, left) ? sign : 0
  }

  // MARK: Values

  private func key(_ position: Int, _ group: Int) -> Int64? {
    let width = state.groups.width
    let words = state.groups.words
    guard words[group * width + width - 1] >> UInt64(position & 63) & 1 == 0 else { return nil }
    return Int64(bitPattern: words[group * width + position])
  }

  private func keyValues(_ position: Int, _ rows: [Int]) -> ResultTable.Column.Values {
    if shape.plan.isRaw, case .text(.dictionary(let dictionary)) = shape.keys[position].kind {
      let codes = rows.map { UInt32((key(position, $0) ?? -1) + 1) }
      return .coded(texts.coded(codes, dictionary))
    }
    let values = rows.map { key(position, $0) }
    switch shape.keys[position].kind {
    case .integer, .plainText: return .integers(values)
    case .double: return .doubles(values.map { $0.map { number($0) } })
    case .text(let space): return .strings(values.map { $0.map { text($0, space) } })
    }
  }

  private func values(
    _ position: Int,
    _ output: StateShape.Output,
    _ rows: [Int]
  ) -> ResultTable.Column.Values {
    let column = state.columns[position]
    switch output.kind {
    case .count, .distinct: return .integers(rows.map { column.counts[$0] })
    case .sum: return .wide(rows.map { sum(column, $0) })
    case .extremum:
      return .integers(rows.map { column.counts[$0] > 0 ? column.integers[$0] : nil })
    case .average, .doubleExtremum: return .doubles(rows.map { double(position, $0) })
    }
  }

  private func sum(_ column: MergedColumn, _ group: Int) -> Int128? {
    column.counts[group] > 0 ? column.sums.value(group) : nil
  }

  /// A mean, or an extremum of doubles; what is not a number is null.
  private func double(_ position: Int, _ group: Int) -> Double? {
    let column = state.columns[position]
    guard column.counts[group] > 0 else { return nil }
    let value: Double
    switch shape.outputs[position].kind {
    case .average(let scale):
      value = Double(column.sums.value(group)) / (Double(column.counts[group]) * scale)
    case .doubleExtremum: value = column.doubles[group]
    case .count, .sum, .extremum, .distinct: return nil
    }
    return value.isNaN ? nil : value
  }

  private func number(_ pattern: Int64) -> Double {
    Double(bitPattern: UInt64(bitPattern: pattern))
  }

  private func text(_ code: Int64, _ space: TextSpace) -> String { texts.text(code, space) }
}
