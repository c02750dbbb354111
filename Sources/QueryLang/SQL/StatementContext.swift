internal import ColumnStore

/// What the steps of one kind of rows have in common.
struct StatementContext {
  let catalog: Catalog
  let rule: CalendarRule
  /// The report of these rows.
  let report: BoundReport
  /// The beginning of the names of its steps.
  let prefix: String
  /// The steps with the members that TOP chose, by key of the whole report.
  let chosen: [Int: ChosenStep]
  /// The step with the rows that are shown, for sums over them.
  let shown: ShownStep?

  var range: BoundRange { report.range }

  /// The first day of the period of a grain that holds a day.
  func start(of grain: ReportGrain, _ day: String, _ writer: inout SQLWriter) -> String {
    if let table = catalog.calendar.table?.dayTable(of: grain) { return writer.mapped(day, table) }
    guard let unit = grain.unit else { return day }
    return writer.dialect.start(of: unit, day, rule)
  }

  /// The last day of a period of a grain by its first.
  func end(of grain: ReportGrain, start: String, _ writer: inout SQLWriter) -> String {
    let distance = catalog.calendar.distance(1, grain) ?? PeriodDistance()
    return writer.dialect.day(
      moved(
        start,
        PeriodDistance(
          months: -distance.months,
          fiscalMonths: -distance.fiscalMonths,
          days: -distance.days
        ),
        &writer
      ),
      plus: -1
    )
  }

  /// A day moved back by a distance.
  func moved(_ day: String, _ distance: PeriodDistance, _ writer: inout SQLWriter) -> String {
    var moved = writer.dialect.day(day, plusMonths: -distance.months)
    if distance.fiscalMonths != 0,
      let table = catalog.calendar.table?.dayTable(of: .fiscalMonth)
    {
      moved = writer.moved(moved, byMonths: -distance.fiscalMonths, of: table)
    }
    return writer.dialect.day(moved, plus: -distance.days)
  }
}

extension StatementContext {
  /// Writes a condition on the rows of a fact.
  func condition(
    _ condition: RowCondition,
    of fact: String,
    _ rows: inout RowSQL,
    _ writer: inout SQLWriter
  ) -> String {
    guard let fact = catalog.anyFact(fact) else { return "false" }
    var restriction = RestrictionSQL(
      context: self,
      lowering: FactLowering(
        catalog: catalog,
        fact: fact,
        rule: rule,
        cutsInstants: report.zone != nil
      ),
      rows: rows,
      writer: writer
    )
    let text = restriction.condition(condition)
    rows = restriction.rows
    writer = restriction.writer
    return text
  }
}

/// The step of the members that TOP chose.
struct ChosenStep {
  var step: String
  /// The keys that groups are told apart by, then the one that is chosen from.
  var keys: [BoundKey]
  /// The names of the columns of the telling parts of each of these keys.
  var columns: [[String]]
}

/// The step of the rows that are shown.
struct ShownStep {
  var step: String
  /// The columns of the telling parts of each key of the report.
  var columns: [[String]]
  /// The column that tells whether a row stands for the members of a key that were left out; nil
  /// where there are no such rows.
  var others: [String?]
}

/// Rows of a step that have members in some columns.
private struct MemberList {
  var step: String
  var keys: [BoundKey]
  var columns: [[String]]
  var filter = ""
}

/// Writes conditions on the rows of one fact, in which members that were chosen are found by a join.
struct RestrictionSQL {
  let context: StatementContext
  let lowering: FactLowering
  var rows: RowSQL
  var writer: SQLWriter

  /// The text of a condition.
  mutating func condition(_ condition: RowCondition) -> String {
    switch condition {
    case .and(let parts):
      let all = parts.map { self.condition($0) }
      return all.isEmpty ? "true" : "(\(all.joined(separator: " AND ")))"
    case .or(let parts):
      let any = parts.map { self.condition($0) }
      return any.isEmpty ? "false" : "(\(any.joined(separator: " OR ")))"
    case .not(let inner): return "NOT \(self.condition(inner))"
    case .chosen(let members):
      switch members.reference {
      case .top(let key): return context.chosen[key].map { isChosen($0) } ?? "false"
      case .shown: return isShown(members.keys)
      case nil: break
      }
    case .constant, .compare, .oneOf, .isNull, .isUnknown, .text, .isTrue: break
    }
    return rows.condition(lowering.predicate(condition), &writer)
  }

  private mutating func isChosen(_ step: ChosenStep) -> String {
    isMember(MemberList(step: step.step, keys: step.keys, columns: step.columns))
  }

  /// The condition that the keys of a row are those of a row of a step.
  private mutating func isMember(_ list: MemberList) -> String {
    var pairs: [(String, String)] = []
    for (key, names) in zip(list.keys, list.columns) {
      let telling = context.catalog.shape(of: key).tellingParts
      for (part, name) in zip(lowering.parts(of: key).prefix(telling), names) {
        pairs.append((rows.value(part, &writer).text, name))
      }
    }
    let names = list.columns.joined().map { "\($0), " }.joined()
    let dialect = writer.dialect
    let alias = rows.join { alias in
      let on = pairs.map { dialect.same("\(alias).\($0.1)", $0.0) }.joined(separator: " AND ")
      let source = "SELECT DISTINCT \(names)1 AS hit FROM \(list.step)\(list.filter)"
      return "LEFT JOIN (\(source)) AS \(alias) ON \(on.isEmpty ? "1 = 1" : on)"
    }
    return "(\(alias).hit IS NOT NULL)"
  }

  /// The condition that a row belongs to a row that is shown: by its own members, or as one that was
  /// left out.
  private mutating func isShown(_ keys: [BoundKey]) -> String {
    guard let shown = context.shown else { return "false" }
    let optional = keys.indices.filter { shown.others[$0] != nil }
    let subsets: [Set<Int>] = optional.reduce([[]]) { sets, key in
      sets + sets.map { $0.union([key]) }
    }
    var any: [String] = []
    for others in subsets {
      let named = keys.indices.filter { !others.contains($0) }
      let flags = optional.compactMap { key in
        shown.others[key].map { "\($0) = \(others.contains(key) ? 1 : 0)" }
      }
      var list = MemberList(
        step: shown.step,
        keys: named.map { keys[$0] },
        columns: named.map { shown.columns[$0] }
      )
      if !flags.isEmpty { list.filter = " WHERE \(flags.joined(separator: " AND "))" }
      var all = [isMember(list)]
      for key in others.sorted() {
        if let step = context.chosen[key] { all.append("NOT \(isChosen(step))") }
      }
      any.append("(\(all.joined(separator: " AND ")))")
    }
    return "(\(any.joined(separator: " OR ")))"
  }
}
