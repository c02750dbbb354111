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
    // The average and the median of one metric look at the same values.
    var known: [MetricExpression: NestedValues] = [:]
    for metric in evaluator.nested {
      guard case .nested(let function, let operand, let per) = metric.kind else { continue }
      let values: NestedValues
      if let before = known[operand] {
        values = before
      } else {
        let aggregates = Set(operand.aggregates)
        let finer = tables.filter { table in
          table.aggregation.measures.contains { aggregates.contains($0.aggregate) }
        }
        values = try NestedValues(self, finer, operand, per, keys)
        known[operand] = values
      }
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
  /// The values at the finer keys.
  private let column: MetricColumn
  /// The same as doubles.
  private let doubles: [Double]
  /// The first day of the bucket of each value, where the finer key is a grain.
  private var buckets: [Int32] = []
  /// The places of the values of each group.
  private var places: [[Scalar]: [Int32]] = [:]
  /// The value where there are no rows.
  private let withoutRows: ResultCell
  /// The day on which the facts began to be recorded.
  private let recordedFrom: Int32?

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
    recordedFrom = operand.recordedFrom(finish.catalog)
    level = tables.first?.aggregation.level ?? []
    grain = per.count == 1 ? per[0].reportGrain : nil
    let context = operand.aggregates.first?.period ?? .current
    let ofReport = PeriodMap.buckets(
      context,
      report,
      level: level,
      days: finish.days,
      calendar: finish.catalog.calendar
    )
    days = Dictionary(
      ofReport.matched.map { ($0.starts, $0.days) },
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
    doubles = column.doubles
    let outer = reader.starts[level.count]
    let numbers = try NestedValues.numbers(inner, tables, outer)
    var lists: [[Int32]] = Array(repeating: [], count: numbers.count)
    for (group, number) in numbers.of.enumerated() { lists[Int(number)].append(Int32(group)) }
    for list in lists {
      guard let first = list.first else { continue }
      places[Array(try inner.identity(of: Int(first)).prefix(outer))] = list
    }
    guard grain != nil else { return }
    for group in 0..<inner.count {
      try finish.budget.check(at: group)
      if case .integer(let day)? = try inner.identity(of: group).last {
        buckets.append(Int32(clamping: day))
      } else {
        // A row without a date is in no bucket.
        buckets.append(.min)
      }
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
    var found = places[keys.identity(group.identity, level: level)] ?? []
    var missing = 0
    let days = days(of: group, keys)
    if let recordedFrom, let days, days.to < recordedFrom { return .blank(.notRecorded) }
    if let grain {
      found = found.filter { isWhole(buckets[Int($0)], grain, days) }
      missing = function == .count ? 0 : max(0, count(of: grain, days) - found.count)
    }
    let known = found.filter { !column.isBlank(Int($0)) }
    if function == .count { return .integer(Int64(known.count)) }
    var copies = missing
    if case .blank = withoutRows { copies = 0 }
    guard !known.isEmpty || copies > 0 else { return .blank(.empty) }
    switch function {
    case .count: return .integer(Int64(known.count))
    case .sum, .average:
      var cells = known.map { column.cell(Int($0)) }
      // What has no rows is mostly 0, but a count less ten is not.
      if copies > 0 { cells.append(try NestedValues.sum(of: copies, withoutRows)) }
      var sum = cells[0]
      for cell in cells.dropFirst() { sum = try CellArithmetic.combine(.add, sum, cell) }
      if function == .sum { return sum }
      return .double(CellArithmetic.double(sum) / Double(known.count + copies))
    case .minimum, .maximum:
      let wanted = function == .minimum ? -1 : 1
      var best = copies > 0 ? withoutRows : column.cell(Int(known[0]))
      for place in known {
        let cell = column.cell(Int(place))
        if CellArithmetic.order(cell, best) == wanted { best = cell }
      }
      return best
    case .percentile(let fraction):
      var numbers = known.map { doubles[Int($0)] }
      numbers += Array(repeating: CellArithmetic.double(withoutRows), count: copies)
      return Percentile.value(of: numbers, at: fraction).map { .double($0) } ?? .blank(.empty)
    }
  }

  /// The sum of so many equal values.
  private static func sum(
    of count: Int,
    _ cell: ResultCell
  ) throws(NumberTooLarge) -> ResultCell {
    guard case .integer(let number) = cell else {
      return try CellArithmetic.combine(.multiply, cell, .integer(Int64(count)))
    }
    let (product, overflow) = number.multipliedReportingOverflow(by: Int64(count))
    guard !overflow else { throw NumberTooLarge() }
    return .integer(product)
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
    guard let days, bucket >= days.from else { return false }
    let last = calendar.end(of: grain, containing: bucket)
    return last <= days.to && last < today && last >= recordedFrom ?? .min
  }

  /// The number of such buckets.
  private func count(of grain: ReportGrain, _ days: BoundDays?) -> Int {
    guard let days else { return 0 }
    var first = calendar.start(of: grain, containing: days.from)
    if first < days.from { first = calendar.day(first, movedBy: 1, grain) }
    if let recordedFrom { first = max(first, calendar.start(of: grain, containing: recordedFrom)) }
    let end = min(days.to, today - 1)
    var last = calendar.start(of: grain, containing: end)
    if calendar.end(of: grain, containing: end) > end {
      last = calendar.day(last, movedBy: -1, grain)
    }
    return calendar.count(of: grain, from: first, to: last)
  }
}
