internal import ColumnStore

/// The buckets of series and what stands in those that no row made.
extension FinishPlan {
  /// Adds every bucket of the range for every observed combination of the other keys.
  ///
  /// - Throws: `ReportError.refused` before anything is added when the result would be too large.
  func densify(_ groups: inout [ReportGroup], _ keys: KeyReader) throws(ReportError) {
    guard report.fill != nil, let grainKey = report.grainKey, let days,
      let grain = report.keys[grainKey].reportGrain
    else { return }
    let place = keys.starts[grainKey]
    var series: [[Scalar]] = []
    var seenSeries: Set<[Scalar]> = []
    var seen: Set<[Scalar]> = []
    for (index, group) in groups.enumerated() {
      try budget.check(at: index)
      seen.insert(group.identity)
      var other = group.identity
      other[place] = .null
      if seenSeries.insert(other).inserted {
        series.append(other)
      }
    }
    if series.isEmpty, report.keys.count == 1 {
      series = [[.null]]
    }
    let last = days.to <= report.today ? days.to : report.today - 1
    // A bucket without a day that is over is none.
    guard days.from <= last else { return }
    let first = catalog.calendar.start(of: grain, containing: days.from)
    try checkSize(series.count, catalog.calendar.count(of: grain, from: first, to: last))
    var bucket = first
    while bucket <= last {
      for other in series {
        try budget.check(at: groups.count)
        var identity = other
        identity[place] = .integer(Int64(bucket))
        if !seen.contains(identity) {
          groups.append(ReportGroup(identity: identity, isFilled: true))
        }
      }
      bucket = catalog.calendar.day(bucket, movedBy: 1, grain)
    }
  }

  /// Refuses a result of which the number of series and buckets alone says that it is too large.
  private func checkSize(_ series: Int, _ buckets: Int) throws(ReportError) {
    let (rows, rowOverflow) = series.multipliedReportingOverflow(by: buckets)
    let (cells, cellOverflow) = rows.multipliedReportingOverflow(by: report.columns.count)
    guard !rowOverflow, !cellOverflow, cells <= catalog.limits.maximumCells else {
      throw .refused(tooMany("cells", catalog.limits.maximumCells, 5102, "write FILL NONE"))
    }
    guard report.having == nil else { return }
    let shown = min(max(0, rows - min(report.offset, rows)), report.limit ?? rows)
    guard shown <= catalog.limits.maximumRows else { throw .refused(tooManyRows) }
  }

  /// Repeats or interpolates values along each series, where FILL asks for it.
  func fillForward(_ groups: inout [ReportGroup], _ keys: KeyReader) throws(ReportError) {
    guard let fill = report.fill, let grainKey = report.grainKey,
      fill.contains(.previous) || fill.contains(.linear)
    else { return }
    let place = keys.starts[grainKey]
    let cells = groups
    let series = Dictionary(grouping: cells.indices) { index in
      var other = cells[index].identity
      other[place] = .null
      return other
    }
    for (count, indices) in series.values.enumerated() {
      try budget.check(at: count)
      let ordered = indices.sorted { keys.order(grainKey, cells[$0], cells[$1]) < 0 }
      for (column, method) in fill.enumerated() {
        switch method {
        case .previous: repeatLast(&groups, ordered, column)
        case .linear: interpolate(&groups, ordered, column)
        case .none, .natural, .zero, .null: break
        }
      }
    }
  }

  private func repeatLast(_ groups: inout [ReportGroup], _ ordered: [Int], _ column: Int) {
    var last: ResultCell?
    for index in ordered {
      if isMade(column, groups[index]) {
        groups[index].values[column] = last ?? .blank(.empty)
      } else if case .blank = groups[index].values[column] {
        continue
      } else {
        last = groups[index].values[column]
      }
    }
  }

  private func interpolate(_ groups: inout [ReportGroup], _ ordered: [Int], _ column: Int) {
    var known: Int?
    for (position, index) in ordered.enumerated() where !isMade(column, groups[index]) {
      if case .blank = groups[index].values[column] { continue }
      if let known, position - known > 1 {
        let first = CellArithmetic.double(groups[ordered[known]].values[column])
        let last = CellArithmetic.double(groups[index].values[column])
        for step in (known + 1)..<position where isMade(column, groups[ordered[step]]) {
          let share = Double(step - known) / Double(position - known)
          groups[ordered[step]].values[column] = .double(first + (last - first) * share)
        }
      }
      known = position
    }
  }
}
