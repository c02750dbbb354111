import QueryLang

extension World {
  /// The model file.
  var yaml: String {
    var lines = ["mandi: 1", "model: random", "defaults:"]
    lines += [
      "  timezone: \(settings.zone)", "  currency: \(settings.currency)",
      "  period: \(Self.quoted(settings.period))", "  week_start: \(settings.weekStart)",
      "calendars:", "  standard:",
      "    fiscal_year_start: '\(Self.padded(settings.fiscalStartMonth))-01'",
      "    fiscal_year_label: \(settings.namesFiscalYearByEnd ? "end" : "start")",
      "limits: {max_rows: \(settings.maximumRows), max_cells: \(settings.maximumCells)}",
    ]
    section("tables", tables.flatMap { text(of: $0) }, &lines)
    section("dimensions", dimensions.compactMap { text(of: $0) }, &lines)
    section("facts", facts.flatMap { text(of: $0) }, &lines)
    section("metrics", metrics.map { text(of: $0) }, &lines)
    section("cohorts", cohorts.map { text(of: $0) }, &lines)
    section(
      "periods",
      periods.map { "\($0.name): {from: \(Self.day($0.from)), to: \(Self.day($0.to))}" },
      &lines
    )
    section(
      "segments",
      segments.map { "\($0.name): {of: \($0.dimension), where: \(Self.quoted($0.condition))}" },
      &lines
    )
    section("parameters", parameters.map { text(of: $0) }, &lines)
    return lines.joined(separator: "\n") + "\n"
  }

  static func day(_ number: Int32) -> String { CivilDay(number: number).text }

  static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  static func quoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
  }

  private func section(_ name: String, _ entries: [String], _ lines: inout [String]) {
    guard !entries.isEmpty else { return }
    lines.append("\(name):")
    lines += entries.map { "  \($0)" }
  }

  private func text(of table: WorldTable) -> [String] {
    var lines = [
      "\(table.name):", "  primary_key: [\(table.key.joined(separator: ", "))]", "  columns:",
    ]
    lines += table.columns.map { column in
      "    \(column.name): {type: \(column.type)\(column.isNullable ? ", nullable: true" : "")}"
    }
    return lines
  }

  private func text(of dimension: WorldDimension) -> String? {
    var fields = ["type: \(dimension.kind.rawValue)"]
    switch dimension.form {
    case .column: break
    case .table(let table, let key, let column, let label):
      fields += ["table: \(table)", "key: \(key)", "column: \(column)"]
      if let label { fields.append("label_column: \(label)") }
    case .attribute(let parent, let column): fields += ["of: \(parent)", "column: \(column)"]
    case .expression(let text, let only):
      fields += ["expr: \(Self.quoted(text))", "only: \(only)"]
    case .cohort: return nil
    }
    if let order = dimension.orderBy { fields.append("order_by: \(order)") }
    if let label = dimension.label { fields.append("label: \(Self.quoted(label))") }
    if dimension.isEntity { fields.append("entity: true") }
    if !dimension.values.isEmpty {
      fields.append("values: [\(dimension.values.map { Self.quoted($0) }.joined(separator: ", "))]")
    }
    return "\(dimension.name): {\(fields.joined(separator: ", "))}"
  }

  private func text(of fact: WorldFact) -> [String] {
    let instant = fact.instantColumn.map { ", instant: \($0)" } ?? ""
    var lines = [
      "\(fact.name):", "  source: {table: \(fact.table)}",
      "  kind: \(fact.isAggregated ? "aggregated" : "event")",
      "  grain: [\(fact.grain.joined(separator: ", "))]",
      "  date: {column: \(fact.dateColumn)\(instant)}",
    ]
    if let day = fact.recordedFrom { lines.append("  recorded_from: \(Self.day(day))") }
    if !fact.covers.isEmpty {
      let parts = fact.covers.map { dimension, values in
        "\(dimension): [\(values.map { Self.quoted($0) }.joined(separator: ", "))]"
      }
      lines.append("  covers: {\(parts.joined(separator: ", "))}")
    }
    lines.append("  columns:")
    lines += fact.columns.map { column in
      var fields = ["type: \(column.kind.rawValue)"]
      if column.kind == .money {
        let currency = column.currencyColumn.map { "currency_column: \($0)" }
        fields.append(currency ?? "currency: \(settings.currency)")
      }
      if column.isDimension { fields.append("dimension: true") }
      return "    \(column.name): {\(fields.joined(separator: ", "))}"
    }
    guard !fact.relations.isEmpty else { return lines }
    lines.append("  relations:")
    lines += fact.relations.map { dimension, relation in
      switch relation {
      case .absent: "    \(dimension): absent"
      case .columns(let columns):
        columns.count == 1
          ? "    \(dimension): {column: \(columns[0])}"
          : "    \(dimension): {columns: [\(columns.joined(separator: ", "))]}"
      }
    }
    return lines
  }

  private func text(of metric: WorldMetric) -> String {
    var fields: [String] = []
    switch metric.form {
    case .aggregate(let fact, let function, let column, let key):
      fields += ["fact: \(fact)", "agg: \(function)"]
      if let column { fields.append("column: \(column)") }
      if let key { fields.append("key: \(key)") }
    case .expression(let text): fields.append("expr: \(Self.quoted(text))")
    }
    if let condition = metric.condition { fields.append("where: \(Self.quoted(condition))") }
    if metric.isBlankWithoutRows { fields.append("empty: 'null'") }
    if let type = metric.type { fields.append("type: \(type)") }
    return "\(metric.name): {\(fields.joined(separator: ", "))}"
  }

  private func text(of cohort: WorldCohort) -> String {
    let exposed = cohort.exposed.map { "\($0.name): \($0.grain)" }.joined(separator: ", ")
    return "\(cohort.name): {entity: \(cohort.entity), "
      + "enter: {fact: \(cohort.fact), at: first, date: \(cohort.dateColumn)}, "
      + "expose: {\(exposed)}}"
  }

  private func text(of parameter: WorldParameter) -> String {
    var fields = ["type: '\(parameter.type)'"]
    if let members = parameter.members { fields.append("values_of: \(members)") }
    if let standard = parameter.standard { fields.append("default: \(standard)") }
    return "\(parameter.name): {\(fields.joined(separator: ", "))}"
  }
}
