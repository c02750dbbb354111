internal import ColumnStore

/// Values of values at finer keys: the average order, the median customer.
extension FinishPlan {
  /// Works out the values of finer values of all groups.
  func nest(
    _ evaluator: inout FinishEvaluator,
    _ tables: [GroupTable],
    _ groups: [ReportGroup],
    _ keys: KeyReader
  ) throws(ReportError) {
    for metric in evaluator.nested {
      guard case .nested(let function, let operand, let per) = metric.kind else { continue }
      let aggregates = Set(operand.aggregates)
      let finer = tables.filter { table in
        table.aggregation.measures.contains { aggregates.contains($0.aggregate) }
      }
      let values = try NestedValues(self, finer, operand, per, keys)
      var cells: [ResultCell] = []
      cells.reserveCapacity(groups.count)
      for (index, group) in groups.enumerated() {
        try budget.check(at: index)
        cells.append(
          try exactly { () throws(NumberTooLarge) in try values.value(function, group, keys) }
        )
      }
      evaluator.nestedValues.append(cells)
    }
  }
}

/// The values of a metric at finer keys, by the group that they belong to.
private struct NestedValues {
  private let calendar: ReportCalendar
  private let today: Int32
  /// The keys of the report by which the values are grouped.
  private let level: [Int]
  /// The grain, where the finer key is one of the report date.
  private let grain: ReportGrain?
  /// The days of each bucket of the report.
  private let days: [[Int32]: BoundDays]
  private let grainKeys: [Int]
  /// The values and the first days of their buckets of each group.
  private var values: [[Scalar]: [(cell: ResultCell, bucket: Int32)]] = [:]
  /// The value where there are no rows.
  private let withoutRows: ResultCell

  init(
    _ finish: FinishPlan,
    _ tables: [GroupTable],
    _ operand: MetricExpression,
    _ per: [BoundKey],
    _ keys: KeyReader
  ) throws(ReportError) {
    let report = finish.report
    calendar = finish.catalog.calendar
    today = report.today
    level = tables.first?.aggregation.level ?? []
    grain = per.count == 1 ? per[0].reportGrain : nil
    let context = operand.aggregates.first?.period ?? .current
    let buckets = PeriodMap.buckets(
      context,
      report,
      level: level,
      days: finish.days,
      calendar: finish.catalog.calendar
    )
    days = Dictionary(
      buckets.matched.map { ($0.starts, $0.days) },
      uniquingKeysWith: { first, _ in first }
    )
    grainKeys = level.filter { report.keys[$0].reportGrain != nil }
    var evaluator = FinishEvaluator(tables)
    let expression = evaluator.prepare(operand)
    withoutRows = try finish.exactly { () throws(NumberTooLarge) in
      try evaluator.value(expression, 0, tables.map { _ in nil })
    }
    let shapes = level.map { keys.shapes[$0] } + per.map { finish.catalog.shape(of: $0) }
    let types = level.map { keys.types[$0] } + per.map(\.type)
    let reader = KeyReader(shapes, types)
    let inner = try StitchedGroups(tables, reader, finish.budget)
    let column: MetricColumn
    do throws(ColumnEvaluator.Failure) {
      column = try ColumnEvaluator(evaluator: evaluator, groups: inner, budget: finish.budget)
        .column(expression)
    } catch {
      switch error {
      case .report(let error): throw error
      case .tooLarge(let error):
        throw try finish.exactly { () throws(NumberTooLarge) -> ReportError in throw error }
      }
    }
    let outer = reader.starts[level.count]
    let numbers = try NestedValues.numbers(inner, tables, outer)
    var identities: [[Scalar]?] = Array(repeating: nil, count: numbers.count)
    var lists: [[(cell: ResultCell, bucket: Int32)]] = Array(repeating: [], count: numbers.count)
    for group in 0..<inner.count {
      try finish.budget.check(at: group)
      let number = Int(numbers.of[group])
      if identities[number] == nil {
        identities[number] = Array(try inner.identity(of: group).prefix(outer))
      }
      var bucket: Int32 = 0
      if grain != nil, case .integer(let day)? = try inner.identity(of: group).last {
        bucket = Int32(clamping: day)
      }
      lists[number].append((column.cell(group), bucket))
    }
    for (identity, list) in zip(identities, lists) {
      if let identity { values[identity] = list }
    }
  }

  /// Numbers the groups by their first so many parts.
  private static func numbers(
    _ groups: StitchedGroups,
    _ tables: [GroupTable],
    _ outer: Int
  ) throws(ReportError) -> (of: [UInt32], count: Int) {
    let words = try KeyWords(
      tables.map { Array($0.parts.prefix(outer)) },
      tables.map(\.rowCount)
    ).words
    var joined = [UInt64](repeating: 0, count: groups.count)
    for group in 0..<groups.count {
      for table in tables.indices {
        guard let row = groups.row(table, group) else { continue }
        joined[group] = words[table][row]
        break
      }
    }
    var numbers = KeyNumbers()
    let found = numbers.numbers(of: joined)
    return (found, numbers.count)
  }

  // MARK: Values

  /// The value of a group.
  func value(
    _ function: NestedFunction,
    _ group: ReportGroup,
    _ keys: KeyReader
  ) throws(NumberTooLarge) -> ResultCell {
    var cells: [ResultCell] = []
    let found = values[keys.identity(group.identity, level: level)] ?? []
    if let grain {
      let days = days(of: group, keys)
      let whole = found.filter { isWhole($0.bucket, grain, days) }
      cells = whole.map(\.cell)
      if function != .count {
        let missing = max(0, count(of: grain, days) - whole.count)
        cells += Array(repeating: withoutRows, count: missing)
      }
    } else {
      cells = found.map(\.cell)
    }
    let known = cells.filter { cell in
      if case .blank = cell { return false }
      return true
    }
    if function == .count { return .integer(Int64(known.count)) }
    guard let first = known.first else { return .blank(.empty) }
    return try NestedValues.reduce(function, first, known)
  }

  private static func reduce(
    _ function: NestedFunction,
    _ first: ResultCell,
    _ cells: [ResultCell]
  ) throws(NumberTooLarge) -> ResultCell {
    switch function {
    case .count: return .integer(Int64(cells.count))
    case .sum, .average:
      var sum = first
      for cell in cells.dropFirst() { sum = try CellArithmetic.combine(.add, sum, cell) }
      if function == .sum { return sum }
      return .double(CellArithmetic.double(sum) / Double(cells.count))
    case .minimum, .maximum:
      let wanted = function == .minimum ? -1 : 1
      return cells.reduce(first) { best, cell in
        CellArithmetic.order(cell, best) == wanted ? cell : best
      }
    case .percentile(let fraction):
      let sorted = cells.map { CellArithmetic.double($0) }.sorted()
      let place = fraction * Double(sorted.count - 1)
      let below = Int(place)
      let above = min(below + 1, sorted.count - 1)
      let part = place - Double(below)
      return .double(sorted[below] + (sorted[above] - sorted[below]) * part)
    }
  }

  // MARK: Days

  private func days(of group: ReportGroup, _ keys: KeyReader) -> BoundDays? {
    var starts: [Int32] = []
    for key in grainKeys {
      guard case .integer(let start) = group.identity[keys.starts[key]] else { return nil }
      starts.append(Int32(clamping: start))
    }
    return days[starts]
  }

  /// Whether a bucket of the finer grain is over and lies in the days of a group.
  private func isWhole(_ bucket: Int32, _ grain: ReportGrain, _ days: BoundDays?) -> Bool {
    guard let days else { return false }
    let last = calendar.end(of: grain, containing: bucket)
    return bucket >= days.from && last <= days.to && last < today
  }

  /// The number of such buckets.
  private func count(of grain: ReportGrain, _ days: BoundDays?) -> Int {
    guard let days else { return 0 }
    var first = calendar.start(of: grain, containing: days.from)
    if first < days.from { first = calendar.day(first, movedBy: 1, grain) }
    let end = min(days.to, today - 1)
    var last = calendar.start(of: grain, containing: end)
    if calendar.end(of: grain, containing: end) > end {
      last = calendar.day(last, movedBy: -1, grain)
    }
    return calendar.count(of: grain, from: first, to: last)
  }
}
