internal import ColumnStore

/// Values of values at finer keys.
extension SetSQL {
  /// The step of the values, grouped by some of the report's keys.
  struct Nested {
    var step: String
    var level: [Int]
    var kind: CellKind
    /// The condition of groups whose days lie before the first of a fact; nil where none can.
    var late: String?
  }

  /// Writes the steps of one metric; nil where no fact has it.
  mutating func writeNested(
    _ metric: MetricExpression,
    _ name: String,
    _ writer: inout SQLWriter
  ) -> Nested? {
    guard case .nested(let function, let operand, let per) = metric.kind else { return nil }
    let aggregates = Set(operand.aggregates)
    let finer = plan.aggregations.indices.filter { index in
      plan.aggregations[index].measures.contains { aggregates.contains($0.aggregate) }
    }
    guard let first = finer.first else { return nil }
    let period = plan.aggregations[first].period
    let level = plan.aggregations[first].level
    let perKinds = perKinds(finer)
    uniteFiner(finer, perKinds, "\(name)u", writer: &writer)
    let grain = per.count == 1 ? per[0].reportGrain : nil
    var base = "\(name)u"
    let recordedFrom = operand.recordedFrom(context.catalog)
    var late: String?
    if let grain {
      base = "\(name)d"
      densify(grain, (name, period, level), finer, &writer)
    }
    if let recordedFrom {
      let alias = joinDays(period, level, &writer)
      let day = writer.place(.date(recordedFrom))
      late = writer.dialect.holding("\(alias).source_to < \(day)")
    }
    var metrics = MetricSQL(writer.dialect, base: base, keys: [])
    for index in finer {
      for measure in plan.aggregations[index].measures {
        metrics.measures[measure.aggregate] = self.measure(
          measure,
          (
            value: self.name(index, measure.column),
            rows: measure.rowCountColumn.map { self.name(index, $0) }
          ),
          nil,
          writer.dialect
        )
      }
    }
    var cell = metrics.cell(operand, &writer)
    if grain != nil, let recordedFrom {
      let isLate = "fine_end < \(writer.place(.date(recordedFrom)))"
      cell.value = metrics.define(
        "CASE WHEN NOT (\(isLate)) THEN \(cell.value) END",
        after: cell.stage
      )
    }
    let last = metrics.write(&writer)
    let keys = level.flatMap { parts[$0] }
    let aggregated = aggregate(function, cell, isDense: grain != nil, metrics, writer.dialect)
    var text =
      "SELECT \((keys + ["\(aggregated.text) AS value"]).joined(separator: ", "))\nFROM \(last)"
    if !keys.isEmpty { text += "\nGROUP BY \(keys.joined(separator: ", "))" }
    writer.add(name, text)
    return Nested(step: name, level: level, kind: aggregated.kind, late: late)
  }

  private func perKinds(_ finer: [Int]) -> [[SQLKind]] {
    guard let first = finer.first else { return [] }
    return facts[first].per.indices.map { key in
      facts[first].per[key].indices.map { part in
        finer.lazy.compactMap { facts[$0].per[key][part].kind }.first ?? .text
      }
    }
  }

  /// The columns of a fact besides its keys.
  private func columns(_ fact: Int) -> [String] {
    plan.aggregations[fact].aggregates.map(\.name)
  }

  /// The step of the finer groups of all facts.
  private func uniteFiner(
    _ finer: [Int],
    _ perKinds: [[SQLKind]],
    _ step: String,
    writer: inout SQLWriter
  ) {
    let dialect = writer.dialect
    guard let first = finer.first else { return }
    let level = plan.aggregations[first].level
    let perNames = facts[first].per.joined().map(\.name)
    let keys = level.flatMap { parts[$0] } + perNames
    var names: [String] = []
    for fact in finer { names += columns(fact).map { name(fact, $0) } }
    let sources = finer.map { fact in
      let made = facts[fact]
      func column(_ column: FactSQL.Column, _ name: String, _ kind: SQLKind) -> String {
        column.kind == nil
          ? "\(dialect.null(kind).text) AS \(name)" : "\(column.name) AS \(name)"
      }
      var selected: [String] = []
      for (key, columns) in zip(level, made.keys) {
        for (part, found) in columns.enumerated() {
          selected.append(column(found, parts[key][part], kinds[key][part]))
        }
      }
      for (found, kinds) in zip(made.per, perKinds) {
        for (part, found) in found.enumerated() {
          selected.append(column(found, found.name, kinds[part]))
        }
      }
      selected.append("1 AS present")
      for other in finer {
        selected += columns(other).map { value in
          "\(other == fact ? value : "NULL") AS \(name(other, value))"
        }
      }
      return "SELECT \(selected.joined(separator: ", ")) FROM \(made.name)"
    }
    if sources.count == 1 {
      writer.add(step, sources[0])
      return
    }
    let values = (["present"] + names).map { "max(all_rows.\($0)) AS \($0)" }
    let selected = (keys.map { "all_rows.\($0) AS \($0)" } + values).joined(separator: ",\n  ")
    let groups = keys.map { "all_rows.\($0)" }.joined(separator: ", ")
    writer.add(
      step,
      "SELECT\n  \(selected)\nFROM (\n  \(sources.joined(separator: "\n  UNION ALL\n  "))\n"
        + ") AS all_rows\nGROUP BY \(groups)"
    )
  }

  /// The step of all whole buckets of a finer grain in the days of each group, with what the facts
  /// have for them.
  private mutating func densify(
    _ grain: ReportGrain,
    _ place: (name: String, period: PeriodContext, level: [Int]),
    _ finer: [Int],
    _ writer: inout SQLWriter
  ) {
    let dialect = writer.dialect
    let buckets = periods.buckets(place.period, place.level, &writer)
    periods.fine(grain, in: buckets, "\(place.name)f", &writer)
    let keys = place.level.flatMap { parts[$0] }
    let outer =
      keys.isEmpty
      ? "SELECT 1 AS one" : "SELECT DISTINCT \(keys.joined(separator: ", ")) FROM \(united)"
    let starts = buckets.starts.sorted { $0.key < $1.key }
      .map { "o.\(parts[$0.key][0]) = b.\($0.value)" }
    let per = facts[finer[0]].per.joined().map(\.name).first ?? ""
    var matched = keys.map { dialect.same("v.\($0)", "o.\($0)") }
    matched.append("v.\(per) = w.fine_start")
    var selected = keys.map { "o.\($0) AS \($0)" }
    selected += ["w.fine_end AS fine_end", "v.present AS present"]
    for fact in finer {
      selected += columns(fact).map { "v.\(name(fact, $0)) AS \(name(fact, $0))" }
    }
    let isWhole =
      "w.fine_start >= b.source_from AND w.fine_end <= b.source_to "
      + "AND w.fine_end < \(writer.place(.date(context.report.today)))"
    writer.add(
      "\(place.name)d",
      "SELECT \(selected.joined(separator: ", "))\nFROM (\(outer)) AS o\n"
        + "INNER JOIN \(buckets.step) AS b ON "
        + (starts.isEmpty ? "1 = 1" : starts.joined(separator: " AND "))
        + "\nINNER JOIN \(place.name)f AS w ON \(isWhole)"
        + "\nLEFT JOIN \(place.name)u AS v ON \(matched.joined(separator: " AND "))"
    )
  }

  private func aggregate(
    _ function: NestedFunction,
    _ cell: CellSQL,
    isDense: Bool,
    _ metrics: MetricSQL,
    _ dialect: SQLDialect
  ) -> (text: String, kind: CellKind) {
    let value = cell.value
    let number = metrics.turned(value, cell.kind, to: .double)
    func sum() -> String {
      switch cell.kind {
      case .decimal:
        dialect == .duckdb ? "sum(\(value))" : "sumOrNull(\(value))"
      case .integer: dialect.integer(dialect.sum(integers: value, ""))
      case .double, .text: dialect.sum(doubles: value, "")
      }
    }
    switch function {
    case .count:
      let counted = isDense ? "CASE WHEN present = 1 THEN \(value) END" : value
      return (dialect.count(counted, ""), .integer)
    case .sum: return (sum(), cell.kind)
    case .average:
      let total = metrics.turned(sum(), cell.kind, to: .double)
      return ("\(total) / nullIf(\(dialect.count(value, "")), 0)", .double)
    case .minimum: return (dialect.minimum(value, ""), cell.kind)
    case .maximum: return (dialect.maximum(value, ""), cell.kind)
    case .percentile(let fraction): return (dialect.percentile(number, fraction, ""), .double)
    }
  }
}
