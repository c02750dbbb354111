internal import ColumnStore

/// Writes the steps of one kind of rows of a report: its details, what TOP left out, or a sum.
struct SetSQL {
  /// The last step, and what its columns are called.
  struct Finished {
    var step: String
    /// The parts of each key: their columns and how they are held.
    var keys: [[(name: String, kind: SQLKind)]]
    /// How the values of each column of the report are held.
    var columns: [CellKind]
    /// How the values of each step of the order are held; nil for keys.
    var orders: [CellKind?]
  }

  let context: StatementContext
  let plan: LogicalPlan
  /// Whether the last column counts the rows behind groups, without which there are none.
  var needsRows = false
  var periods: PeriodSQL
  var facts: [FactSQL] = []
  /// The kinds of the parts of each key.
  private(set) var kinds: [[SQLKind]] = []
  /// The joins that are added to the groups, and the columns that come with them.
  private var joins: [String] = []
  private var joined: [String] = []
  private var aliases: [String: String] = [:]

  init(_ context: StatementContext, _ plan: LogicalPlan) {
    self.context = context
    self.plan = plan
    periods = PeriodSQL(context, plan.aggregations)
  }

  var report: BoundReport { context.report }
  private var prefix: String { context.prefix }
  /// The step of the united groups.
  var united: String { "\(prefix)u" }
  private var allKeys: [Int] { Array(report.keys.indices) }

  /// The columns of the parts of each key.
  var parts: [[String]] {
    plan.shapes.enumerated().map { key, shape in
      (0..<shape.partCount).map { "k\(key)_\($0)" }
    }
  }

  /// Writes all steps.
  mutating func write(_ writer: inout SQLWriter) -> Finished {
    writeFacts(&writer)
    unite(&writer)
    var metrics = MetricSQL(writer.dialect, base: "\(prefix)g", keys: parts)
    addCoarse(writer.dialect)
    for metric in nestedMetrics { addNested(metric, &metrics, &writer) }
    for (index, aggregation) in plan.aggregations.enumerated() where aggregation.per.isEmpty {
      addMeasures(index, &metrics, &writer)
    }
    addUnmatched(&metrics, &writer)
    // Named one by one: columns of the joined steps may have the same names.
    let columns = unitedColumns.map { "u.\($0) AS \($0)" } + joined
    let from = joins.map { "\n\($0)" }.joined()
    writer.add(
      "\(prefix)g",
      "SELECT\n  \(columns.joined(separator: ",\n  "))\nFROM \(united) AS u\(from)"
    )
    return finish(&metrics, &writer)
  }

  // MARK: Facts

  private mutating func writeFacts(_ writer: inout SQLWriter) {
    for (index, aggregation) in plan.aggregations.enumerated() {
      var buckets: (step: String, starts: [Int: String])?
      if aggregation.isMapped {
        let found = periods.buckets(aggregation.period, aggregation.level, &writer)
        buckets = (found.step, found.starts)
      }
      facts.append(FactSQL("\(prefix)f\(index)", aggregation, context, buckets, &writer))
    }
    kinds = plan.shapes.enumerated().map { key, shape in
      (0..<shape.partCount).map { part in
        for fact in facts {
          guard let place = fact.aggregation.level.firstIndex(of: key) else { continue }
          if let kind = fact.keys[place][part].kind { return kind }
        }
        return kind(key, part, shape)
      }
    }
  }

  /// How a part is held that no fact has.
  private func kind(_ key: Int, _ part: Int, _ shape: KeyShape) -> SQLKind {
    if case .lookup = shape, part == 1 { return .integer }
    if case .ordered(.value) = shape, part == 1, report.keys[key].isBand { return .integer }
    switch CellKind(report.keys[key].type) {
    case .integer: return report.keys[key].type.isDay ? .date : .integer
    case .decimal: return .integer
    case .double: return .double
    case .text: return .text
    }
  }

  /// The column of a fact's step among the columns of the groups.
  func name(_ fact: Int, _ column: String) -> String { "f\(fact)_\(column)" }

  /// The columns of the step of the united groups.
  private var unitedColumns: [String] {
    parts.joined() + ["is_group", "is_real"]
      + whole.flatMap { fact in
        values(fact).map { name(fact, $0) }
      }
  }

  /// The columns of a fact's step besides its keys.
  private func values(_ fact: Int) -> [String] {
    plan.aggregations[fact].aggregates.map(\.name) + ["row_count"]
  }

  /// The facts whose groups are those of the report.
  private var whole: [Int] {
    plan.aggregations.indices.filter {
      plan.aggregations[$0].per.isEmpty && plan.aggregations[$0].level == allKeys
    }
  }

  private var makers: [Int] { whole.filter { plan.aggregations[$0].makesGroups } }

  /// The parts of the keys of a fact's row, with null for members that it does not have.
  private func partColumns(_ fact: Int, _ dialect: SQLDialect) -> [String] {
    zip(facts[fact].keys, allKeys).flatMap { columns, key in
      columns.enumerated().map { part, column in
        column.kind == nil
          ? "\(dialect.null(kinds[key][part]).text) AS \(column.name)" : column.name
      }
    }
  }

  // MARK: Groups

  /// The step of the groups: the null-safe union of the keys of all facts, and the buckets that FILL
  /// makes.
  private mutating func unite(_ writer: inout SQLWriter) {
    let dialect = writer.dialect
    let all = whole
    let fills = report.fill != nil && report.grainKey != nil
    var names: [String] = []
    for fact in all { names += values(fact).map { name(fact, $0) } }
    var sources: [String] = []
    for fact in all {
      let makes = plan.aggregations[fact].makesGroups || report.keys.isEmpty
      var columns = partColumns(fact, dialect)
      columns.append("\(makes ? 1 : 0) AS is_group")
      columns.append("\(makes ? 1 : 0) AS is_real")
      for other in all {
        columns += values(other).map { value in
          other == fact ? "\(value) AS \(name(other, value))" : "NULL AS \(name(other, value))"
        }
      }
      sources.append("SELECT \(columns.joined(separator: ", ")) FROM \(facts[fact].name)")
    }
    if fills, let made = filled(names, &writer) { sources.append(made) }
    let keys = parts.joined()
    if sources.isEmpty {
      // Nothing is looked at by the keys of the report.
      let columns = zip(keys, kinds.joined()).map { "\(dialect.null($1).text) AS \($0)" }
      let none = report.keys.isEmpty ? "" : " WHERE false"
      let list = (columns + ["1 AS is_group", "1 AS is_real"]).joined(separator: ", ")
      writer.add(united, "SELECT \(list)\(none)")
      return
    }
    let filter = report.keys.isEmpty ? "" : "\nWHERE is_group = 1"
    if sources.count == 1 {
      writer.add(united, "SELECT * FROM (\n  \(sources[0])\n) AS one\(filter)")
      return
    }
    let values = (["is_group", "is_real"] + names).map { "max(all_rows.\($0)) AS \($0)" }
    let selected = (keys.map { "all_rows.\($0) AS \($0)" } + values).joined(separator: ",\n  ")
    let union = sources.joined(separator: "\n  UNION ALL\n  ")
    var text = "SELECT\n  \(selected)\nFROM (\n  \(union)\n) AS all_rows"
    if !keys.isEmpty {
      text += "\nGROUP BY \(keys.map { "all_rows.\($0)" }.joined(separator: ", "))"
      text += "\nHAVING max(all_rows.is_group) = 1"
    }
    writer.add(united, text)
  }

  /// Every bucket of the range for every observed combination of the other keys.
  private mutating func filled(_ names: [String], _ writer: inout SQLWriter) -> String? {
    guard let grainKey = report.grainKey, let grain = report.keys[grainKey].reportGrain else {
      return nil
    }
    let dialect = writer.dialect
    let range = periods.days(&writer)
    let today = writer.place(.date(report.today))
    let last =
      "CASE WHEN \(range.to) <= \(today) THEN \(range.to) ELSE \(dialect.day(today, plus: -1)) END"
    let start = context.start(of: grain, "d", &writer)
    writer.add(
      "\(prefix)spine",
      "SELECT DISTINCT \(start) AS bucket\n"
        + "FROM (\(dialect.days(from: range.from, to: last))) AS days"
    )
    let others = allKeys.filter { $0 != grainKey }.flatMap { parts[$0] }
    let grainPart = parts[grainKey][0]
    var columns = parts.joined().map { $0 == grainPart ? "bucket AS \($0)" : $0 }
    columns += ["1 AS is_group", "0 AS is_real"] + names.map { "NULL AS \($0)" }
    var source = "\(prefix)spine AS spine"
    if !others.isEmpty {
      let observed = makers.map { fact in
        "SELECT \(partColumns(fact, dialect).joined(separator: ", ")) FROM \(facts[fact].name)"
      }
      guard !observed.isEmpty else { return nil }
      writer.add(
        "\(prefix)series",
        "SELECT DISTINCT \(others.joined(separator: ", "))\nFROM (\n  "
          + observed.joined(separator: "\n  UNION ALL\n  ") + "\n) AS observed"
      )
      source = "\(prefix)series AS series CROSS JOIN \(prefix)spine AS spine"
    }
    return "SELECT \(columns.joined(separator: ", ")) FROM \(source)"
  }

  // MARK: Joins

  /// Joins a step to the groups once, by itself or as part of `source`, and returns what stands for it.
  private mutating func join(
    _ step: String,
    _ pairs: [String],
    source: String? = nil
  ) -> String {
    if let alias = aliases[step] { return alias }
    let alias = "x\(aliases.count)"
    aliases[step] = alias
    let on = pairs.map { $0.split(separator: "@").joined(separator: alias) }
    joins.append(
      "LEFT JOIN \(source ?? step) AS \(alias) ON "
        + (on.isEmpty ? "1 = 1" : on.joined(separator: " AND "))
    )
    return alias
  }

  /// Joins the facts that are aggregated by some of the keys only.
  private mutating func addCoarse(_ dialect: SQLDialect) {
    for (index, fact) in facts.enumerated() {
      let aggregation = fact.aggregation
      guard aggregation.per.isEmpty, aggregation.level != allKeys else { continue }
      let pairs = conditions(aggregation.level, fact.keys, dialect)
      let alias = join(fact.name, pairs, source: source(of: fact, dialect))
      joined += values(index).map { "\(alias).\($0) AS \(name(index, $0))" }
    }
  }

  /// A fact's step with nulls for the members that it does not have, or nil where the step is enough.
  ///
  /// ClickHouse joins by columns of both sides only.
  private func source(of fact: FactSQL, _ dialect: SQLDialect) -> String? {
    let absent = zip(fact.aggregation.level, fact.keys).flatMap { key, columns in
      columns.indices.filter { columns[$0].kind == nil }.map { part in
        "materialize(\(dialect.null(kinds[key][part]).text)) AS absent_\(parts[key][part])"
      }
    }
    guard dialect == .clickhouse, !absent.isEmpty else { return nil }
    return "(SELECT *, \(absent.joined(separator: ", ")) FROM \(fact.name))"
  }

  /// The conditions that the keys of a group are those of a row of a step.
  func conditions(
    _ level: [Int],
    _ columns: [[FactSQL.Column]],
    _ dialect: SQLDialect
  ) -> [String] {
    zip(level, columns).flatMap { key, columns in
      zip(parts[key], columns).map { part, column in
        guard column.kind == nil else { return dialect.same("u.\(part)", "@.\(column.name)") }
        return dialect == .duckdb
          ? "u.\(part) IS NULL" : dialect.same("u.\(part)", "@.absent_\(part)")
      }
    }
  }

  /// Joins the days that stand for the bucket of a group, and returns what stands for them.
  mutating func joinDays(
    _ period: PeriodContext,
    _ level: [Int],
    _ writer: inout SQLWriter
  ) -> String {
    let buckets = periods.buckets(period, level, &writer)
    let pairs = buckets.starts.sorted { $0.key < $1.key }
      .map { "u.\(parts[$0.key][0]) = @.\($0.value)" }
    return join(buckets.step, pairs)
  }

  private mutating func addUnmatched(_ metrics: inout MetricSQL, _ writer: inout SQLWriter) {
    for baseline in report.baselines.indices where plan.unmatched[baseline] != nil {
      guard let buckets = periods.unmatched(baseline, &writer) else { continue }
      let starts = buckets.starts.sorted { $0.key < $1.key }
      let alias = join(buckets.step, starts.map { "u.\(parts[$0.key][0]) = @.\($0.value)" })
      guard let first = starts.first else { continue }
      joined.append("\(alias).\(first.value) IS NOT NULL AS unmatched\(baseline)")
      metrics.unmatched[baseline] = "unmatched\(baseline)"
    }
  }

  // MARK: Measures

  private mutating func addMeasures(
    _ index: Int,
    _ metrics: inout MetricSQL,
    _ writer: inout SQLWriter
  ) {
    let aggregation = plan.aggregations[index]
    let unrecorded = unrecorded(aggregation, &writer)
    for measure in aggregation.measures {
      metrics.measures[measure.aggregate] = self.measure(
        measure,
        (value: name(index, measure.column), rows: measure.rowCountColumn.map { name(index, $0) }),
        unrecorded,
        writer.dialect
      )
    }
  }

  /// Where a measure stands.
  func measure(
    _ measure: Aggregation.Measure,
    _ columns: (value: String, rows: String?),
    _ unrecorded: String?,
    _ dialect: SQLDialect
  ) -> MetricSQL.Measure {
    let aggregate = measure.aggregate
    let kind: CellKind
    var zero: String?
    switch aggregate.function {
    case .countRows, .count, .countDistinct, .countMembers:
      kind = .integer
      zero = "0"
    case .sum(let row):
      kind = SetSQL.kind(row)
      zero = "0"
    case .minimum(let row), .maximum(let row): kind = SetSQL.kind(row)
    case .average, .percentile: kind = .double
    }
    var value = columns.value
    switch kind {
    case .decimal: value = dialect.wide(value)
    case .integer: value = dialect.integer(value)
    case .double: value = "(\(dialect.finite(value)))"
    case .text: break
    }
    return MetricSQL.Measure(
      value: value,
      rows: columns.rows,
      unrecorded: unrecorded,
      kind: kind,
      withoutRows: aggregate.isBlankWithoutRows ? nil : zero,
      isBlankWithoutRows: aggregate.isBlankWithoutRows
    )
  }

  private static func kind(_ row: RowExpression) -> CellKind {
    switch row.physical {
    case .decimal: .decimal
    case .float64: .double
    case .string: .text
    case .int32, .int64, .bool, .date, .timestamp: .integer
    }
  }

  /// The condition that the days of a group lie before the first of a fact; nil where none can.
  private mutating func unrecorded(
    _ aggregation: Aggregation,
    _ writer: inout SQLWriter
  ) -> String? {
    guard let first = context.catalog.fact(aggregation.fact)?.recordedFrom else { return nil }
    if aggregation.period == .current, case .days(let from, _) = context.range, first <= from {
      return nil
    }
    let alias = joinDays(aggregation.period, aggregation.level, &writer)
    let name = "late_\(alias)_\(aggregation.fact)"
    let test = writer.dialect.holding("\(alias).source_to < \(writer.place(.date(first)))")
    let column = "\(test) AS \(name)"
    if !joined.contains(column) { joined.append(column) }
    return name
  }

  // MARK: Nested values

  /// The values of finer values in the report, each once.
  private var nestedMetrics: [MetricExpression] {
    var found: [MetricExpression] = []
    func add(_ metric: MetricExpression) {
      if case .nested = metric.kind {
        if !found.contains(metric) { found.append(metric) }
        return
      }
      metric.parts.forEach { add($0) }
    }
    report.metrics.forEach { add($0) }
    return found
  }

  private mutating func addNested(
    _ metric: MetricExpression,
    _ metrics: inout MetricSQL,
    _ writer: inout SQLWriter
  ) {
    let number = metrics.nested.count
    guard let made = writeNested(metric, "\(prefix)n\(number)", &writer) else { return }
    let pairs = made.level.flatMap { key in
      parts[key].map { writer.dialect.same("u.\($0)", "@.\($0)") }
    }
    let alias = join(made.step, pairs)
    let (value, reason) = ("n\(number)_v", "n\(number)_r")
    var text = "\(alias).value"
    if case .nested(.count, _, _) = metric.kind { text = "coalesce(\(text), 0)" }
    if let late = made.late { text = "CASE WHEN NOT \(late) THEN \(text) END" }
    joined.append("\(text) AS \(value)")
    let late = made.late.map { "WHEN \($0) THEN 'not_recorded' " } ?? ""
    joined.append("CASE \(late)WHEN \(text) IS NULL THEN 'empty' END AS \(reason)")
    metrics.nested[metric] = CellSQL(value: value, reason: reason, kind: made.kind, stage: 0)
  }
}
