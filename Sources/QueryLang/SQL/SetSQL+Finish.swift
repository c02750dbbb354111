internal import ColumnStore

/// What happens to the values of groups: FILL, HAVING, and the values of the order.
extension SetSQL {
  /// Writes the values of the columns and of the order, and the last step.
  mutating func finish(_ metrics: inout MetricSQL, _ writer: inout SQLWriter) -> Finished {
    var cells = report.columns.map { metrics.cell($0.metric, &writer) }
    if let fill = report.fill, fill.contains(where: { $0 != .natural && $0 != .none }) {
      // Columns before any is replaced: one may be inside another.
      metrics.forget()
      for (column, method) in fill.enumerated() where column < cells.count {
        cells[column] = filled(cells[column], column, method, &metrics)
      }
      for (column, cell) in zip(report.columns, cells) { metrics.replace(column.metric, by: cell) }
    }
    let having = report.having.map { metrics.condition($0, &writer) }
    let orders = report.effectiveOrder.map { entry -> CellSQL? in
      guard case .metric(let metric) = entry.target else { return nil }
      return metrics.cell(metric, &writer)
    }
    var conditions = having.map { [$0.text] } ?? []
    if needsRows, let counted = cells.last {
      let flag = "max(CASE WHEN coalesce(\(counted.value), 1) <> 0 THEN 1 ELSE 0 END) OVER ()"
      conditions.append("\(metrics.define(flag, after: counted.stage)) = 1")
    }
    let last = metrics.write(&writer)
    var selected = parts.joined().map { $0 }
    for (number, cell) in cells.enumerated() {
      selected += ["\(cell.value) AS c\(number)", "\(cell.reason) AS cr\(number)"]
    }
    for (number, cell) in orders.enumerated() {
      if let cell { selected.append("\(cell.value) AS o\(number)") }
    }
    // A report without keys and columns of its own still has its row.
    if selected.isEmpty { selected.append("1 AS one") }
    let name = "\(context.prefix)rows"
    var text = "SELECT\n  \(selected.joined(separator: ",\n  "))\nFROM \(last)"
    if !conditions.isEmpty { text += "\nWHERE \(conditions.joined(separator: " AND "))" }
    writer.add(name, text)
    return Finished(
      step: name,
      keys: zip(parts, kinds).map { names, kinds in
        zip(names, kinds).map { (name: $0, kind: $1) }
      },
      columns: cells.map(\.kind),
      orders: orders.map { $0?.kind }
    )
  }

  /// The condition of cells that FILL makes up: the group has no row of its own, nor one of other
  /// days that the column looks at.
  private func isMade(_ column: Int, _ cell: CellSQL) -> String {
    let aggregates = report.columns[column].metric.aggregates
    var all = ["is_real = 0", "coalesce(\(cell.reason), '') <> 'not_recorded'"]
    for (index, aggregation) in plan.aggregations.enumerated()
    where aggregation.period != .current && aggregation.per.isEmpty {
      let looksAt = aggregates.contains {
        $0.fact == aggregation.fact && $0.period == aggregation.period
      }
      if looksAt { all.append("\(name(index, "row_count")) IS NULL") }
    }
    return "(\(all.joined(separator: " AND ")))"
  }

  private func filled(
    _ cell: CellSQL,
    _ column: Int,
    _ method: FillMethod,
    _ metrics: inout MetricSQL
  ) -> CellSQL {
    let isMade = isMade(column, cell)
    var stage = cell.stage
    var value: String
    var kind = cell.kind
    switch method {
    case .none, .natural: return cell
    case .zero: value = "CASE WHEN \(isMade) THEN 0 ELSE \(cell.value) END"
    case .null: value = "CASE WHEN NOT \(isMade) THEN \(cell.value) END"
    case .previous:
      let known = metrics.define("CASE WHEN NOT \(isMade) THEN \(cell.value) END", after: stage)
      let last = metrics.define(metrics.dialect.lastKnown(known, series), after: stage + 1)
      stage += 2
      value = "CASE WHEN \(isMade) THEN \(last) ELSE \(cell.value) END"
    case .linear:
      let number = metrics.turned(cell.value, cell.kind, to: .double)
      kind = .double
      value = interpolated(number, isMade, &stage, &metrics)
    }
    let name = metrics.define(value, after: stage)
    let reason = metrics.define(
      "CASE WHEN \(name) IS NULL THEN CASE WHEN \(isMade) THEN 'empty' ELSE \(cell.reason) END END",
      after: stage + 1,
      "r"
    )
    return CellSQL(value: name, reason: reason, kind: kind, stage: stage + 2)
  }

  /// The rows of one series in the order of its buckets.
  private var series: String {
    guard let grainKey = report.grainKey else { return "" }
    let others = report.keys.indices.filter { $0 != grainKey }.flatMap { parts[$0] }
    let partition = others.isEmpty ? "" : "PARTITION BY \(others.joined(separator: ", ")) "
    return "\(partition)ORDER BY \(parts[grainKey][0]) ASC NULLS LAST"
  }

  private func interpolated(
    _ value: String,
    _ isMade: String,
    _ stage: inout Int,
    _ metrics: inout MetricSQL
  ) -> String {
    let dialect = metrics.dialect
    let known = metrics.define("CASE WHEN NOT \(isMade) THEN \(value) END", after: stage)
    let place = metrics.define("row_number() OVER (\(series))", after: stage, "q")
    let isKnown = "CASE WHEN \(known) IS NOT NULL THEN \(place) END"
    let knownPlace = metrics.define(isKnown, after: stage + 1, "q")
    stage += 2
    let first = metrics.define(dialect.lastKnown(known, series), after: stage)
    let firstPlace = metrics.define(dialect.lastKnown(knownPlace, series), after: stage, "q")
    let next = metrics.define(dialect.nextKnown(known, series), after: stage)
    let nextPlace = metrics.define(dialect.nextKnown(knownPlace, series), after: stage, "q")
    stage += 1
    let steps = dialect.double("\(place) - \(firstPlace)")
    let distance = dialect.double("nullIf(\(nextPlace) - \(firstPlace), 0)")
    let between = "\(first) + (\(next) - \(first)) * (\(steps) / \(distance))"
    return "CASE WHEN \(isMade) THEN \(between) ELSE \(value) END"
  }
}
