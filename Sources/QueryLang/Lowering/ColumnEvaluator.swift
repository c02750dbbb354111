internal import ColumnStore

/// Evaluates metric expressions for all groups at once.
///
/// What it says is what `FinishEvaluator` says group by group; sums, ratios and comparisons are
/// worked out a column at a time, everything else is asked there.
struct ColumnEvaluator {
  let evaluator: FinishEvaluator
  let groups: StitchedGroups
  let budget: FinishBudget

  /// A failure of either kind.
  enum Failure: Error {
    case tooLarge(NumberTooLarge)
    case report(ReportError)
  }

  // MARK: Values

  /// The values of an expression.
  func column(_ expression: FinishExpression) throws(Failure) -> MetricColumn {
    do throws(ReportError) { try budget.check(at: 0) } catch { throw .report(error) }
    switch expression {
    case .constant(let cell):
      return MetricColumn(cells: [ResultCell](repeating: cell, count: groups.count))
    case .measure(let place):
      if let column = try exactly({ () throws(NumberTooLarge) in try measured(place) })?.column {
        return column
      }
    case .union(let parts, let isMoney):
      if let column = try union(parts, isMoney) { return column }
    case .arithmetic(let operation, let left, let right):
      let (one, other) = (try column(left), try column(right))
      return try exactly { () throws(NumberTooLarge) in
        try MetricColumn.combine(operation, one, other)
      }
    case .negated, .conditional, .coalesce, .function, .rank, .compared, .nested, .column: break
    }
    return try cells(expression)
  }

  private func exactly<Value>(
    _ body: () throws(NumberTooLarge) -> Value
  ) throws(Failure) -> Value {
    do throws(NumberTooLarge) { return try body() } catch { throw .tooLarge(error) }
  }

  /// The values of an expression group by group.
  private func cells(_ expression: FinishExpression) throws(Failure) -> MetricColumn {
    var cells: [ResultCell] = []
    cells.reserveCapacity(groups.count)
    for group in 0..<groups.count {
      do throws(ReportError) { try budget.check(at: group) } catch { throw .report(error) }
      let rows = groups.rows(of: group)
      cells.append(
        try exactly { () throws(NumberTooLarge) in
          try evaluator.value(expression, group, rows)
        }
      )
    }
    return MetricColumn(cells: cells)
  }

  /// The values of an aggregate, and which groups have no row or no value.
  private struct MeasuredColumn {
    /// What a group has.
    static let noRows: UInt8 = 1
    static let noValue: UInt8 = 2

    var values: MetricColumn.Values
    /// 0 for a value.
    var states: [UInt8]
    let withoutRows: ResultCell

    /// Which groups have nothing to add but a blank.
    var isValueless: [Bool] {
      var isBlankWithoutRows = false
      if case .blank = withoutRows { isBlankWithoutRows = true }
      return states.map { state in
        state == MeasuredColumn.noValue || state == MeasuredColumn.noRows && isBlankWithoutRows
      }
    }

    /// The column of the aggregate itself.
    var column: MetricColumn {
      let empty = MetricColumn.mark(.empty)
      guard states.contains(where: { $0 > 0 }) else { return MetricColumn(values) }
      let blanks = isValueless.map { $0 ? empty : UInt8(0) }
      return MetricColumn(values, blanks: blanks)
    }
  }

  /// The rows of groups in one table.
  private struct Rows {
    /// The row of each group, -1 for none; nil where row `g` belongs to group `g`.
    let places: [Int32]?
    /// How many rows were looked at for each row, where that is counted.
    let counts: [Int64?]?
    let groupCount: Int

    /// The values of all groups, 0 for those that have none.
    func gathered<Found, Value: ExpressibleByIntegerLiteral>(
      _ found: [Found?],
      _ states: inout [UInt8],
      _ value: (Found) -> Value
    ) -> [Value] {
      let noValue = counts == nil ? MeasuredColumn.noRows : MeasuredColumn.noValue
      var values = [Value](repeating: 0, count: groupCount)
      for group in 0..<groupCount {
        let row = places.map { Int($0[group]) } ?? group
        if row < 0 || counts?[row] == 0 {
          states[group] = MeasuredColumn.noRows
        } else if let known = found[row] {
          values[group] = value(known)
        } else {
          states[group] = noValue
        }
      }
      return values
    }
  }

  /// Reads an aggregate; nil where its values are no numbers.
  private func measured(_ place: Int) throws(NumberTooLarge) -> MeasuredColumn? {
    let reader = evaluator.readers[place]
    guard let column = reader.values, column.count > 0 else { return nil }
    let rows = Rows(
      places: groups.rows(in: reader.table),
      counts: reader.rowCounts,
      groupCount: groups.count
    )
    var states = [UInt8](repeating: 0, count: groups.count)
    let values: MetricColumn.Values
    switch column.values {
    case .integers(let found) where reader.isDecimal:
      values = .decimals(
        rows.gathered(found, &states) { Int128($0) }
      )
    case .integers(let found):
      values = .integers(rows.gathered(found, &states) { $0 })
    case .wide(let found) where reader.isDecimal:
      values = .decimals(rows.gathered(found, &states) { $0 })
    case .wide(let found):
      var isTooLarge = false
      values = .integers(
        rows.gathered(found, &states) { value in
          isTooLarge = isTooLarge || Int64(exactly: value) == nil
          return Int64(truncatingIfNeeded: value)
        }
      )
      if isTooLarge { throw NumberTooLarge() }
    case .doubles(let found):
      values = .doubles(
        rows.gathered(found.map { $0.flatMap { $0.isFinite ? $0 : nil } }, &states) { $0 }
      )
    case .strings, .coded: return nil
    }
    guard fits(reader.withoutRows, values) else { return nil }
    return MeasuredColumn(values: values, states: states, withoutRows: reader.withoutRows)
  }

  /// Whether a value without rows is of the kind of the others; it is 0 then.
  private func fits(_ cell: ResultCell, _ values: MetricColumn.Values) -> Bool {
    switch (cell, values) {
    case (.blank, _), (.integer(0), .integers), (.decimal(0), .decimals), (.double(0), .doubles):
      true
    case (_, _): false
    }
  }

  /// A sum over the rows of several facts; nil where its parts are of several kinds.
  private func union(
    _ parts: [FinishExpression],
    _ isMoney: Bool
  ) throws(Failure) -> MetricColumn? {
    var measures: [MeasuredColumn] = []
    for case .measure(let place) in parts {
      if evaluator.readers[place].values?.count ?? 0 == 0 { continue }
      let found = try exactly { () throws(NumberTooLarge) in try measured(place) }
      guard let found else { return nil }
      measures.append(found)
    }
    guard let first = measures.first else { return nil }
    var sum: MetricColumn
    switch (first.values, isMoney) {
    case (.integers, false), (.decimals, true): sum = MetricColumn(first.values)
    case (_, _): return nil
    }
    // Rows without a value make a blank only where no part has one.
    var hasValue = first.states.map { $0 == 0 }
    var isValueless = first.isValueless
    for measure in measures.dropFirst() {
      switch (sum.values, measure.values) {
      case (.integers, .integers), (.decimals, .decimals): break
      case (_, _): return nil
      }
      let added = MetricColumn(measure.values)
      let before = sum
      sum = try exactly { () throws(NumberTooLarge) in
        try MetricColumn.combine(.add, before, added)
      }
      isValueless = zip(isValueless, measure.isValueless).map { $0 || $1 }
      for group in hasValue.indices {
        hasValue[group] = hasValue[group] || measure.states[group] == 0
      }
    }
    let empty = MetricColumn.mark(.empty)
    let blanks = zip(hasValue, isValueless).map { !$0 && $1 ? empty : UInt8(0) }
    return MetricColumn(sum.values, blanks: blanks)
  }

  // MARK: Conditions

  /// For each group whether a condition holds.
  func holds(_ condition: FinishCondition) throws(Failure) -> [Bool] {
    switch condition {
    case .constant(let flag): return [Bool](repeating: flag, count: groups.count)
    case .and(let parts):
      var all = [Bool](repeating: true, count: groups.count)
      for part in parts { all = zip(all, try holds(part)).map { $0 && $1 } }
      return all
    case .or(let parts):
      var any = [Bool](repeating: false, count: groups.count)
      for part in parts { any = zip(any, try holds(part)).map { $0 || $1 } }
      return any
    case .not(let inner): return try holds(inner).map { !$0 }
    case .isBlank(let inner):
      let column = try column(inner)
      return (0..<groups.count).map { column.isBlank($0) }
    case .compare(let left, let operation, let right):
      let (one, other) = (try column(left), try column(right))
      return (0..<groups.count).map { group in
        guard let order = CellArithmetic.order(one.cell(group), other.cell(group)) else {
          return false
        }
        switch operation {
        case .equal: return order == 0
        case .notEqual: return order != 0
        case .less: return order < 0
        case .lessOrEqual: return order <= 0
        case .greater: return order > 0
        case .greaterOrEqual: return order >= 0
        }
      }
    }
  }
}
