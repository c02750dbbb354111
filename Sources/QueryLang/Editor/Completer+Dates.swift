/// Ranges of days and steps in the calendar, each with its days.
extension Completer {
  private static let ranges = [
    "YESTERDAY", "TODAY", "LAST 7 days", "LAST 28 days", "LAST 30 days", "LAST 90 days",
    "LAST week", "week TO DATE", "LAST month", "THIS month", "month TO DATE", "LAST 3 months",
    "LAST 12 months", "LAST quarter", "quarter TO DATE", "LAST year", "year TO DATE",
    "LAST fiscal_quarter", "fiscal_quarter TO DATE", "LAST fiscal_year", "fiscal_year TO DATE",
  ]

  /// Ranges of DURING, or what a report can be compared with.
  mutating func addPeriods() {
    if probe.keywords.contains(.target) {
      addBaselines()
    }
    for parameter in scope.binder.parameters.values.sorted(by: { $0.name < $1.name }) {
      guard case .period = parameter.kind else { continue }
      add(period("$\(parameter.name)", .parameter))
    }
    let defined = scope.binder.definedPeriods.values.map(\.name).sorted()
    add(defined.map { period($0, .period) })
    add(catalog.periods.map { period($0.name, .period, documentation: $0.label) })
    add(Completer.ranges.map { period($0, .period) })
    if !probe.keywords.contains(.target) { add(period("ALL TIME", .period)) }
  }

  /// A range as the language writes it, with its days beside it.
  private func period(
    _ text: String,
    _ kind: CompletionItem.Kind,
    documentation: String? = nil
  ) -> CompletionItem {
    var binder = scope.binder
    let syntax = ModelExpression.parsePeriod(text)
    let days = syntax.flatMap { binder.range($0) }.map { DayRangeText.text($0) }
    return CompletionItem(text, kind, detail: days, documentation: documentation)
  }

  /// The words behind THIS, LAST or a grain.
  mutating func addGrains() {
    let word = place.previousKeyword
    for grain in Binder.grains {
      let name = grain.rawValue
      guard word == .this || word == .last else {
        add(CompletionItem(name, .grain))
        continue
      }
      add(CompletionItem(name, .grain, detail: days("\(word == .this ? "THIS" : "LAST") \(name)")))
    }
  }

  /// The units behind a number, with the days where they make a range.
  mutating func addUnits() {
    let isRange = place.keyword(back: 2) == .last
    for unit in UnitWord.allCases where unit != .hour {
      let word = unit.rawValue + "s"
      let count = place.tokens.last.map { script.source.slice($0.span) } ?? ""
      add(CompletionItem(word, .keyword, detail: isRange ? days("LAST \(count) \(word)") : nil))
    }
  }

  private func days(_ text: String) -> String? {
    var binder = scope.binder
    return ModelExpression.parsePeriod(text).flatMap { binder.range($0) }
      .map { DayRangeText.text($0) }
  }

  /// Days, as SINCE, UNTIL and AS OF take them.
  mutating func addDates() {
    let today = scope.binder.today
    add(.keyword("TODAY", detail: DayRangeText.text(from: today, to: today)))
    add(.keyword("YESTERDAY", detail: DayRangeText.text(from: today - 1, to: today - 1)))
    let text = CivilDay(number: today - 1).text
    add(CompletionItem(text, .period, detail: DayRangeText.text(from: today - 1, to: today - 1)))
    addParameters { $0 == .constants(.date, isList: false) }
  }

  // MARK: Comparisons

  private static let steps = ["PERIOD", "day", "week", "month", "quarter", "year"]

  /// What PREVIOUS can go back by, with the days where a report is compared.
  mutating func addSteps() {
    for step in Completer.steps {
      let isCompared = place.clause == .compare && place.openings.isEmpty
      add(.keyword(step, detail: isCompared ? baseline("PREVIOUS \(step)") : nil))
    }
  }

  private mutating func addBaselines() {
    for step in Completer.steps {
      let text = "PREVIOUS \(step)"
      add(.keyword(text, detail: baseline(text)))
    }
    if canRun(clause: "COMPARE TO TARGET") {
      add(.keyword("TARGET", detail: "what was planned"))
    }
  }

  /// The days of a baseline of the report; nil where it has none.
  private func baseline(_ text: String) -> String? {
    let source = SourceText("SELECT x COMPARE TO \(text)")
    let (syntax, _) = ReportParser.parse(source)
    guard case .report(let report)? = syntax.statements.first else { return nil }
    var binder = scope.binder
    var bound = BoundReport.empty(keys: [], columns: [], today: binder.today)
    bound.range = scope.range
    bound.step = scope.step
    return binder.baselines(report, bound).first.map {
      DayRangeText.text(from: $0.days.from, to: $0.days.to)
    }
  }
}
