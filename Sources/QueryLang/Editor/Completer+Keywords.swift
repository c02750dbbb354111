/// Words of the grammar.
extension Completer {
  var statementWords: [String] { ["SELECT", "DEFINE", "EXPLAIN", "SHOW", "DESCRIBE", "DROP"] }

  // MARK: Clauses

  private static let clauseWords: [(kind: ClauseKind, words: [String])] = [
    (.by, ["BY"]), (.filter, ["WHERE"]), (.dates, ["DURING", "SINCE"]), (.compare, ["COMPARE TO"]),
    (.cohort, ["COHORT"]), (.top, ["TOP", "BOTTOM"]), (.having, ["HAVING"]), (.fill, ["FILL"]),
    (.totals, ["TOTALS"]), (.pivot, ["PIVOT"]), (.order, ["ORDER BY"]), (.limit, ["LIMIT"]),
    (.currency, ["CURRENCY"]), (.timeZone, ["TIMEZONE"]), (.asOf, ["AS OF"]),
    (.output, ["AS CHART", "AS TABLE"]),
  ]

  /// The clauses that the report does not have yet and that can run.
  mutating func addClauses() {
    let used = usedClauses
    for (kind, words) in Completer.clauseWords where kind == .top || !used.contains(kind) {
      guard kind != .by || place.clauses == [.select] else { continue }
      guard isAvailable(kind) else { continue }
      add(words.map { .keyword($0) })
    }
  }

  /// The clauses of the whole report, before and behind the cursor.
  private var usedClauses: Set<ClauseKind> {
    guard let span = scope.syntax?.span else { return Set(place.clauses) }
    let reading = script.reading
    let marks = reading.marks.filter { mark in
      let start = reading.tokens[mark.token].span.start
      return span.start <= start && start < span.end
    }
    return Set(marks.map(\.kind)).union(place.clauses)
  }

  private func isAvailable(_ kind: ClauseKind) -> Bool {
    switch kind {
    case .cohort: canRun(clause: "COHORT x BY month")
    case .pivot: canRun(clause: "PIVOT day")
    case .timeZone: canRun(clause: "TIMEZONE 'UTC'")
    case .statement, .select, .by, .filter, .dates, .compare, .top, .having, .fill, .totals,
      .order, .limit, .currency, .asOf, .output:
      true
    }
  }

  // MARK: Single words

  private static let order: [Keyword] = [
    .metric, .dimension, .param, .period, .filter, .previous, .rolling, .cumulative, .of, .within,
    .per, .segment, .and, .or, .not, .in, .between,
    .contains, .starts, .ends, .like, .matches, .has, .is, .null, .none, .unknown, .distinct, .case,
    .when, .then, .else, .end, .shared, .replace,
    .as, .format, .including, .match, .full, .until, .to, .by, .all, .shown, .others, .with,
    .asc, .desc, .nulls, .first, .last, .offset, .for, .zero, .previous, .linear, .chart, .table,
    .plan, .sql, .lineage, .types, .select, .metrics, .dimensions, .params, .tables, .periods,
    .segments, .cohorts, .values, .type, .label, .description, .empty, .aka, .default, .any,
    .time, .current, .weekday,
  ]

  private static let phrases: [Keyword: String] = [
    .starts: "STARTS WITH", .ends: "ENDS WITH", .including: "INCLUDING CURRENT",
    .match: "MATCH WEEKDAY", .with: "WITH OTHERS", .values: "VALUES OF",
  ]

  /// Words that the parser looks for and that make sense at the place.
  mutating func addKeywords() {
    for keyword in Completer.order where probe.keywords.contains(keyword) {
      guard makesSense(keyword) else { continue }
      add(.keyword(phrase(keyword)))
    }
    if probe.parts.contains(.toDate), modifies("month TO DATE") {
      let grains = Binder.grains.filter { $0 != .day }
      add(grains.map { .keyword("\($0.rawValue) TO DATE") })
    }
  }

  private func phrase(_ keyword: Keyword) -> String {
    if keyword == .or, place.begins(with: .define) { return isDefining ? "OR REPLACE" : "OR" }
    if keyword == .all { return place.clause == .totals ? "ALL" : "ALL TIME" }
    return Completer.phrases[keyword] ?? keyword.spelling
  }

  /// Whether the cursor stands right behind DEFINE or SHARED.
  private var isDefining: Bool {
    place.previousKeyword == .define || place.previousKeyword == .shared
  }

  private func makesSense(_ keyword: Keyword) -> Bool {
    switch keyword {
    case .not, .in, .between, .is: return isTested
    case .contains, .starts, .ends, .like: return isTested && place.level == .rows
    case .matches:
      return isTested && place.level == .rows && canRun(clause: "WHERE \(someText) MATCHES 'x'")
    case .has: return isTested && place.level == .rows && canRun(clause: "WHERE x HAS (x > 0)")
    case .filter: return modifies("FILTER (channel = 'x')")
    case .rolling: return modifies("ROLLING 7 days")
    case .cumulative: return modifies("CUMULATIVE")
    case .previous: return isPrevious
    case .shared: return script.context.sharing != .denied
    case .sql: return canRun("EXPLAIN SQL SELECT x")
    case .distinct: return isCounting
    case .this, .last, .target: return false
    case .period: return !probe.parts.contains(.step)
    case .all: return !probe.parts.contains(.period)
    case .case: return false
    case .select: return !place.tokens.isEmpty && place.begins(with: .explain)
    default: return true
    }
  }

  /// A dimension of texts to try a condition on.
  private var someText: String {
    let dimension = catalog.dimensions.first { !$0.isHidden && $0.type == .string }
    return dimension.map { NameSyntax.written($0.name) } ?? "x"
  }

  private var isTested: Bool { place.isInCondition && probe.subject == nil }

  private var isCounting: Bool {
    guard case .call("count", 0)? = place.openings.last else { return false }
    return true
  }

  private var isPrevious: Bool {
    if place.clause == .fill { return true }
    return !probe.parts.contains(.period) && modifies("PREVIOUS month")
  }

  /// Whether a modifier can follow what stands before the cursor: a metric, and it can run.
  private func modifies(_ modifier: String) -> Bool {
    guard place.level == .groups, let base = probe.base else { return false }
    var binder = scope.binder
    binder.mayNameOutputs = place.clause == .having || place.clause == .order
    guard let metric = binder.metric(binder.resolved(base)), !metric.aggregates.isEmpty,
      let model = catalog.metrics.first(where: { !$0.isHidden })
    else { return false }
    return canRun("SELECT \(NameSyntax.written(model.name)) \(modifier)")
  }
}
