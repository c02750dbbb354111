internal import ColumnStore

/// Writes a whole report as one statement, whose rows are those of the report in their order.
///
/// Each kind of rows is a query of its own over the rows of the facts, as in `ReportRun`; what is
/// done to groups is written anew in SQL, so that two engines answer by two ways. Columns of the
/// result: `row_kind`, the keys, and for each metric its value and, beside it, why it is blank.
struct ReportSQL {
  let catalog: Catalog
  let policy: AccessPolicy
  let rule: CalendarRule
  let report: BoundReport
  private var writer: SQLWriter
  private var chosen: [Int: ChosenStep] = [:]
  private var members: [Int: ChosenMembers] = [:]

  init(
    _ report: BoundReport,
    _ catalog: Catalog,
    _ policy: AccessPolicy,
    _ rule: CalendarRule,
    _ dialect: SQLDialect
  ) {
    self.report = report
    self.catalog = catalog
    self.policy = policy
    self.rule = rule
    writer = SQLWriter(dialect)
  }

  private var dialect: SQLDialect { writer.dialect }
  private var allKeys: [Int] { Array(report.keys.indices) }
  private var shapes: [KeyShape] { report.keys.map { catalog.shape(of: $0) } }
  private var othersKeys: [Int] { report.tops.filter(\.withOthers).map(\.key) }

  /// Writes the statement.
  ///
  /// - Throws: `ReportError.denied` when a table or a column is not granted.
  mutating func statement() throws(ReportError) -> SQLStatement {
    if report.tops.isEmpty, report.totals == nil {
      let rows = try set(report, "")
      let text = query(rows)
      return writer.statement(text)
    }
    return try rowSets()
  }

  /// Writes the steps of one kind of rows.
  private mutating func set(
    _ report: BoundReport,
    _ prefix: String,
    shown: ShownStep? = nil,
    needsRows: Bool = false
  ) throws(ReportError) -> SetSQL.Finished {
    let context = StatementContext(
      catalog: catalog,
      rule: rule,
      report: report,
      prefix: prefix,
      chosen: chosen,
      shown: shown
    )
    let planner = LogicalPlanner(catalog: catalog, report: report, rule: rule)
    let plan = try AccessRewrite.apply(policy, to: planner.plan()).plan
    var set = SetSQL(context, plan)
    set.needsRows = needsRows
    return set.write(&writer)
  }

  // MARK: One kind of rows

  private mutating func query(_ rows: SetSQL.Finished) -> String {
    let order = self.order(rows.orders, "t", hasOthers: [])
    if cutsPivot {
      let numbered = numbered(rows.step, order.joined(separator: ", "))
      writer.add("shown_rows", pivotRows(numbered))
      let columns = outputs(rows.columns, "'detail'", hasOthers: [])
      return "SELECT\n  \(columns)\nFROM shown_rows AS t\nORDER BY t.place"
    }
    var text =
      "SELECT\n  \(outputs(rows.columns, "'detail'", hasOthers: []))\nFROM \(rows.step) AS t"
    if !order.isEmpty { text += "\nORDER BY\n  \(order.joined(separator: ",\n  "))" }
    if let limit = report.limit { text += "\nLIMIT \(limit)" }
    if report.offset > 0 {
      if report.limit == nil, dialect == .clickhouse { text += "\nLIMIT 18446744073709551615" }
      text += " OFFSET \(report.offset)"
    }
    return text
  }

  // MARK: PIVOT

  /// Whether the limit counts rows of a table of which some keys are columns.
  private var cutsPivot: Bool {
    !report.pivot.isEmpty && (report.limit != nil || report.offset > 0)
  }

  /// The rows of a step with their places in an order, whose terms call them `t`.
  private func numbered(_ step: String, _ order: String) -> String {
    let window = order.isEmpty ? "" : "ORDER BY \(order)"
    return "SELECT t.*, row_number() OVER (\(window)) AS place\nFROM \(step) AS t"
  }

  /// Those rows of numbered ones that belong to the rows of the table which the limit leaves; a row
  /// of the table stands where its first group does.
  private func pivotRows(_ numbered: String) -> String {
    let kept = allKeys.filter { !report.pivot.contains($0) }
    var columns = kept.flatMap { key in (0..<shapes[key].partCount).map { part(key, $0, "n") } }
    columns += kept.filter(othersKeys.contains).map { "n.others\($0)" }
    let partition = columns.isEmpty ? "" : "PARTITION BY \(columns.joined(separator: ", "))"
    let firsts =
      "SELECT n.*, min(n.place) OVER (\(partition)) AS first_place\nFROM (\n\(numbered)\n) AS n"
    let rows =
      "SELECT f.*, dense_rank() OVER (ORDER BY f.first_place) AS table_row\nFROM (\n\(firsts)\n) AS f"
    let bounds = bounds("table_row").joined(separator: " AND ")
    return "SELECT *\nFROM (\n\(rows)\n) AS ranked\nWHERE \(bounds)"
  }

  /// The conditions of LIMIT and OFFSET on a place, of which the first is 1.
  private func bounds(_ place: String) -> [String] {
    var bounds: [String] = []
    if report.offset > 0 { bounds.append("\(place) > \(report.offset)") }
    if let limit = report.limit {
      let (last, isHuge) = limit.addingReportingOverflow(report.offset)
      bounds.append("\(place) <= \(isHuge ? Int.max : last)")
    }
    return bounds
  }

  /// The list of the result's columns.
  private func outputs(_ kinds: [CellKind], _ rowKind: String, hasOthers: Set<Int>) -> String {
    let names = outputNames
    var columns = ["\(rowKind) AS \(dialect.quoted(names.rowKind))"]
    for (number, key) in report.keys.enumerated() {
      var cell = keyCell(number, "t")
      if report.keys[number].type == .string {
        if hasOthers.contains(number) {
          cell = "CASE WHEN t.others\(number) = 1 THEN 'Others' ELSE \(cell) END"
        }
      }
      if report.totals != nil {
        cell = "CASE WHEN t.has\(number) = 1 THEN \(cell) END"
      }
      columns.append("\(cell) AS \(dialect.quoted(key.name))")
    }
    for (number, column) in report.columns.enumerated() {
      let value = output("t.c\(number)", kinds[number], column.metric.type)
      columns.append("\(value) AS \(dialect.quoted(column.name))")
      columns.append("t.cr\(number) AS \(dialect.quoted(names.reasons[number]))")
    }
    return columns.joined(separator: ",\n  ")
  }

  /// The names of the columns that the report does not name, different from all that it does.
  private var outputNames: (rowKind: String, reasons: [String]) {
    var taken = Set(report.keys.map(\.name) + report.columns.map(\.name))
    func free(_ name: String) -> String {
      var candidate = name
      var number = 2
      while !taken.insert(candidate).inserted {
        candidate = "\(name)_\(number)"
        number += 1
      }
      return candidate
    }
    let rowKind = free("row_kind")
    return (rowKind, report.columns.map { free("\($0.name).reason") })
  }

  /// A value as the result has it.
  private func output(_ value: String, _ kind: CellKind, _ type: ResultType) -> String {
    switch kind {
    case .decimal: return dialect.decimal(value)
    case .double, .text: return value
    case .integer:
      switch type {
      case .date, .grain: return dialect.day(number: value)
      case .timestamp: return dialect.instant(microseconds: value)
      case .bool: return "\(value) <> 0"
      case .money, .count, .number, .percent, .string: return value
      }
    }
  }

  // MARK: Keys

  private func part(_ key: Int, _ part: Int, _ alias: String) -> String {
    "\(alias).k\(key)_\(part)"
  }

  /// What people see of a key.
  private func keyCell(_ key: Int, _ alias: String) -> String {
    let isText = report.keys[key].type == .string
    func cell(_ shape: KeyShape) -> String {
      switch shape {
      case .value: return named(part(key, 0, alias), "'(none)'", isText)
      case .tuple(let count): return named(part(key, count - 1, alias), "'(none)'", isText)
      case .labelled:
        let name = "coalesce(\(part(key, 1, alias)), \(part(key, 0, alias)))"
        return named(name, "'(none)'", isText)
      case .lookup:
        let missing =
          "CASE WHEN \(part(key, 1, alias)) = 1 THEN '(unknown)' ELSE '(none)' END"
        return named(part(key, 0, alias), missing, isText)
      case .ordered(let inner): return cell(inner)
      }
    }
    let value = cell(shapes[key])
    switch report.keys[key].type {
    case .money: return dialect.decimal(value)
    case .timestamp: return dialect.instant(microseconds: value)
    case .bool: return "\(value) <> 0"
    case .count, .number, .percent, .date, .grain, .string: return value
    }
  }

  private func named(_ value: String, _ missing: String, _ isText: Bool) -> String {
    isText ? "coalesce(\(value), \(missing))" : value
  }

  private func isMissing(_ key: Int, _ alias: String) -> String {
    let count: Int
    switch shapes[key] {
    case .tuple(let parts), .ordered(.tuple(let parts)): count = parts
    case .value, .labelled, .lookup, .ordered: count = 1
    }
    let parts = (0..<count).map { "\(part(key, $0, alias)) IS NULL" }
    return "(\(parts.joined(separator: " AND ")))"
  }

  // MARK: Order

  /// The terms of the report's order, then of its keys.
  private func order(_ kinds: [CellKind?], _ alias: String, hasOthers: Set<Int>) -> [String] {
    var terms: [String] = []
    let flags = hasOthers.sorted().map { "\(alias).others\($0)" }
    for (number, entry) in report.effectiveOrder.enumerated() {
      switch entry.target {
      case .key(let key):
        if hasOthers.contains(key) { terms.append("\(alias).others\(key)") }
        terms += order(key, alias, entry.isDescending, entry.putsBlanksFirst)
      case .metric:
        // The rest comes after its siblings, however large it is.
        if !flags.isEmpty { terms.append(flags.joined(separator: " + ")) }
        let direction = entry.isDescending ? "DESC" : "ASC"
        let blanks = entry.putsBlanksFirst ? "FIRST" : "LAST"
        terms.append("\(alias).o\(number) \(direction) NULLS \(blanks)")
      }
    }
    for key in allKeys {
      if hasOthers.contains(key) { terms.append("\(alias).others\(key)") }
      terms += order(key, alias, false, false)
    }
    return terms
  }

  /// The terms of one key: a missing member comes last in both directions unless it is put first;
  /// then the column that orders it, what people see, and its parts.
  private func order(
    _ key: Int,
    _ alias: String,
    _ isDescending: Bool,
    _ putsBlanksFirst: Bool
  ) -> [String] {
    let direction = isDescending ? "DESC NULLS FIRST" : "ASC NULLS LAST"
    var terms = ["\(isMissing(key, alias))\(putsBlanksFirst ? " DESC" : "")"]
    let count = shapes[key].partCount
    if case .ordered = shapes[key] { terms.append("\(part(key, count - 1, alias)) \(direction)") }
    let seen = keyCell(key, alias)
    if seen != part(key, 0, alias) { terms.append("\(seen) \(direction)") }
    terms += (0..<count).map { "\(part(key, $0, alias)) \(direction)" }
    return terms
  }
}

// MARK: Several kinds of rows

extension ReportSQL {
  private static func subsets(_ keys: [Int]) -> [Set<Int>] {
    keys.reduce([[]]) { sets, key in sets + sets.map { $0.union([key]) } }
  }

  private mutating func rowSets() throws(ReportError) -> SQLStatement {
    for top in report.tops { try choose(top) }
    let hasOthers = Set(othersKeys)
    var details: [String] = []
    var main: SetSQL.Finished?
    for (number, others) in ReportSQL.subsets(othersKeys).enumerated() {
      var set = report.rowSet(allKeys, others: others, chosen: members)
      if !others.isEmpty { set = set.countingRows() }
      let rows = try self.set(set, "d\(number)_", needsRows: !others.isEmpty)
      let like = main ?? rows
      main = like
      details.append(widened(rows, like, allKeys, others, withOrder: true))
    }
    guard let main else { return writer.statement("SELECT 1") }
    writer.add("all_rows", details.joined(separator: "\nUNION ALL\n"))
    let order = self.order(main.orders, "t", hasOthers: hasOthers).joined(separator: ", ")
    var shown = numbered("all_rows", order)
    let bounds = bounds("place")
    if cutsPivot {
      shown = pivotRows(shown)
    } else if !bounds.isEmpty {
      shown =
        "SELECT *\nFROM (\n\(shown)\n) AS numbered\nWHERE \(bounds.joined(separator: " AND "))"
    }
    writer.add("shown_rows", shown)
    let isOthers = othersKeys.map { "t.others\($0)" }.joined(separator: " + ")
    let detailKind =
      isOthers.isEmpty ? "'detail'" : "CASE WHEN \(isOthers) > 0 THEN 'others' ELSE 'detail' END"
    guard let totals = report.totals else {
      let columns = outputs(main.columns, detailKind, hasOthers: hasOthers)
      return writer.statement("SELECT\n  \(columns)\nFROM shown_rows AS t\nORDER BY t.place")
    }
    try sum(totals, main, detailKind)
    let columns = outputs(main.columns, "t.row_kind", hasOthers: hasOthers)
    return writer.statement("SELECT\n  \(columns)\nFROM result AS t\nORDER BY t.place, t.below")
  }

  /// Writes the step of the members that a TOP shows.
  private mutating func choose(_ top: BoundTop) throws(ReportError) {
    let ranking = report.ranking(top)
    let prefix = "m\(top.key)_"
    let level = (top.within + [top.key]).sorted()
    let rows = try set(ranking, prefix)
    var copy = ReportSQL(ranking, catalog, policy, rule, dialect)
    copy.members = [:]
    let order = copy.order(rows.orders, "t", hasOthers: []).joined(separator: ", ")
    func parts(_ key: Int) -> [String] {
      level.firstIndex(of: key).map { rows.keys[$0].map(\.name) } ?? []
    }
    let within = top.within.flatMap { parts($0) }.map { "t.\($0)" }
    let partition = within.isEmpty ? "" : "PARTITION BY \(within.joined(separator: ", ")) "
    let step = "\(prefix)chosen"
    writer.add(
      step,
      "SELECT *\nFROM (\n  SELECT t.*, row_number() OVER (\(partition)ORDER BY \(order)) AS place\n"
        + "  FROM \(rows.step) AS t\n) AS ranked\nWHERE place <= \(top.count)"
    )
    let keys = top.within + [top.key]
    chosen[top.key] = ChosenStep(
      step: step,
      keys: keys.map { report.keys[$0] },
      columns: keys.map { key in
        Array(parts(key).prefix(shapes[key].tellingParts))
      }
    )
    members[top.key] = ChosenMembers(
      keys: keys.map { report.keys[$0] },
      groups: [],
      reference: .top(top.key)
    )
  }

  /// Rows of one kind with the columns of all keys of the report.
  private func widened(
    _ rows: SetSQL.Finished,
    _ like: SetSQL.Finished,
    _ level: [Int],
    _ others: Set<Int>,
    withOrder: Bool
  ) -> String {
    let kept = level.filter { !others.contains($0) }
    var columns: [String] = []
    for key in allKeys {
      for (part, column) in like.keys[key].enumerated() {
        if let place = kept.firstIndex(of: key) {
          columns.append("r.\(rows.keys[place][part].name) AS \(column.name)")
        } else {
          columns.append("\(dialect.null(column.kind).text) AS \(column.name)")
        }
      }
      if othersKeys.contains(key) {
        columns.append("\(others.contains(key) ? 1 : 0) AS others\(key)")
      }
      columns.append("\(level.contains(key) ? 1 : 0) AS has\(key)")
    }
    let metrics = MetricSQL(dialect, base: "", keys: [])
    for number in report.columns.indices {
      let value = metrics.turned("r.c\(number)", rows.columns[number], to: like.columns[number])
      columns += ["\(value) AS c\(number)", "r.cr\(number) AS cr\(number)"]
    }
    if withOrder {
      for (number, kind) in like.orders.enumerated() {
        guard let kind, let own = rows.orders[number] else { continue }
        columns.append("\(metrics.turned("r.o\(number)", own, to: kind)) AS o\(number)")
      }
    }
    return "SELECT \(columns.joined(separator: ", "))\nFROM \(rows.step) AS r"
  }

  // MARK: Totals

  /// Writes the step of the rows that are shown and of those that sum them up: each below its last
  /// detail, the sum of all at the end.
  private mutating func sum(
    _ totals: BoundTotals,
    _ main: SetSQL.Finished,
    _ detailKind: String
  ) throws(ReportError) {
    var shownStep: ShownStep?
    var condition: RowCondition?
    if totals.isShownOnly {
      shownStep = ShownStep(
        step: "shown_rows",
        columns: allKeys.map { key in
          Array(main.keys[key].map(\.name).prefix(shapes[key].tellingParts))
        },
        others: allKeys.map { othersKeys.contains($0) ? "others\($0)" : nil }
      )
      condition = .chosen(ChosenMembers(keys: report.keys, groups: [], reference: .shown))
    }
    var plain = report
    plain.having = nil
    plain.fill = nil
    plain.order = []
    let names = columnNames(main)
    let list = names.map { "t.\($0)" }.joined(separator: ", ")
    var parts = [
      "SELECT \(list), \(detailKind) AS row_kind, t.place AS place, 0 AS below FROM shown_rows AS t"
    ]
    for (number, level) in totals.levels.enumerated() {
      for (index, others) in ReportSQL.subsets(level.filter(othersKeys.contains)).enumerated() {
        var set = plain.rowSet(level, others: others, chosen: members, shown: condition)
        if !others.isEmpty { set = set.countingRows() }
        let prefix = "s\(number)_\(index)_"
        let rows = try self.set(set, prefix, shown: shownStep, needsRows: !others.isEmpty)
        writer.add("\(prefix)sum", widened(rows, main, level, others, withOrder: false))
        parts.append(placed("\(prefix)sum", level, number + 1, main, list))
      }
    }
    writer.add("result", parts.joined(separator: "\nUNION ALL\n"))
  }

  private func columnNames(_ main: SetSQL.Finished) -> [String] {
    var names: [String] = []
    for key in allKeys {
      names += main.keys[key].map(\.name)
      if othersKeys.contains(key) { names.append("others\(key)") }
      names.append("has\(key)")
    }
    for number in report.columns.indices { names += ["c\(number)", "cr\(number)"] }
    return names
  }

  /// Sums below the last of the rows that they sum up.
  private func placed(
    _ step: String,
    _ level: [Int],
    _ below: Int,
    _ main: SetSQL.Finished,
    _ list: String
  ) -> String {
    if level.isEmpty {
      return
        "SELECT \(list), 'total' AS row_kind, 9223372036854775807 AS place, \(below) AS below FROM \(step) AS t"
    }
    var keys: [String] = []
    for key in level {
      keys += main.keys[key].map(\.name)
      if othersKeys.contains(key) { keys.append("others\(key)") }
    }
    let groups = keys.joined(separator: ", ")
    let on = keys.map { dialect.same("t.\($0)", "l.\($0)") }.joined(separator: " AND ")
    let last = "SELECT \(groups), max(place) AS place FROM shown_rows GROUP BY \(groups)"
    return
      "SELECT \(list), 'subtotal' AS row_kind, l.place AS place, \(below) AS below FROM \(step) AS t "
      + "INNER JOIN (\(last)) AS l ON \(on)"
  }
}

extension PreparedScript {
  /// Returns each report of the script as one complete statement in another database's SQL.
  ///
  /// - Throws: `ReportError.notRunnable` when the script has errors; `ReportError.denied` when the
  ///   policy does not grant a table or a column.
  public func sql(
    _ dialect: SQLDialect,
    policy: AccessPolicy
  ) throws(ReportError) -> [SQLStatement] {
    guard isRunnable else { throw .notRunnable }
    var found: [SQLStatement] = []
    for case .report(let report) in statements {
      found.append(try sql(of: report, dialect, policy))
    }
    return found
  }

  func sql(
    of report: BoundReport,
    _ dialect: SQLDialect,
    _ policy: AccessPolicy
  ) throws(ReportError) -> SQLStatement {
    let rule = catalog.calendar.rule(zone: report.zone?.offsets ?? zone)
    var sql = ReportSQL(report, catalog, policy, rule, dialect)
    return try sql.statement()
  }
}
