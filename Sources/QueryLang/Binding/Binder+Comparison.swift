internal import ColumnStore

/// The range of a report as a step back, PREVIOUS, and COMPARE TO.
extension Binder {
  // MARK: Steps

  /// What a step back by a report's own range is; nil for all time and for what is wrong already.
  mutating func step(_ clause: DateClauseSyntax?, _ range: BoundRange) -> PeriodStep? {
    guard case .days(let from, let to) = range else { return nil }
    let length = PeriodDistance(days: Int(to) - Int(from) + 1)
    let plain = PeriodStep(distance: length, wholeTo: to)
    switch clause?.range {
    case .during(let period): return step(period, from, to)
    case .since: return plain
    case nil:
      guard let period = ModelExpression.parsePeriod(catalog.defaults.period) else { return nil }
      return step(period, from, to)
    }
  }

  private mutating func step(_ period: PeriodSyntax, _ from: Int32, _ to: Int32) -> PeriodStep {
    let plain = PeriodStep(
      distance: PeriodDistance(days: max(0, Int(to) - Int(from) + 1)),
      wholeTo: to
    )
    let (calendar, today) = (catalog.calendar, today)
    func unit(_ count: Int, _ word: String, isOpen: Bool) -> PeriodStep {
      guard let grain = ReportGrain(rawValue: word),
        let distance = calendar.distance(count, grain)
      else { return plain }
      let last = isOpen ? calendar.end(of: grain, containing: today) : to
      return PeriodStep(distance: distance, wholeTo: last)
    }
    switch period.form {
    case .allTime: return plain
    case .this(let grain), .toDate(let grain): return unit(1, grain.grain.rawValue, isOpen: true)
    case .last(let grain):
      return unit(1, grain.grain.rawValue, isOpen: period.includesCurrent)
    case .lastUnits(let duration):
      guard let count = count(duration.count) else { return plain }
      return unit(count, duration.unit.unit.rawValue, isOpen: period.includesCurrent)
    case .atoms(let first, nil):
      if case .parameter(let parameter) = first.value,
        case .period(let inner, _)? = parameters[CatalogName.folded(parameter.name)]?.value
      {
        return step(inner, from, to)
      }
      if isWeek(first) { return unit(1, "week", isOpen: false) }
      guard let month = month(first) else { return plain }
      let count = calendar.count(of: month, from: from, to: to)
      return unit(count, month.rawValue, isOpen: false)
    case .atoms(let first, let second?):
      guard let month = month(first), month == self.month(second) else { return plain }
      let count = calendar.count(of: month, from: from, to: to)
      return unit(count, month.rawValue, isOpen: false)
    case .named(let name):
      if let period = definedPeriods[CatalogName.folded(name.text)] {
        return step(period.syntax, from, to)
      }
      let shared = catalog.period(name.text)?.definition.flatMap { ModelExpression.parsePeriod($0) }
      return shared.map { step($0, from, to) } ?? plain
    }
  }

  /// The kind of months that a date has which is a month or more.
  private func month(_ atom: DateAtomSyntax) -> ReportGrain? {
    guard case .date(let literal) = atom.value else { return nil }
    switch literal {
    case .day, .week: return nil
    case .month, .quarter, .year: return .month
    case .fiscalYear, .fiscalQuarter: return catalog.calendar.table == nil ? .month : .fiscalMonth
    }
  }

  private func isWeek(_ atom: DateAtomSyntax) -> Bool {
    if case .date(.week) = atom.value { return true }
    return false
  }

  // MARK: PREVIOUS

  /// Binds `metric PREVIOUS step`.
  mutating func previous(_ base: ExpressionSyntax, _ step: StepSyntax) -> MetricExpression? {
    guard let bound = metric(base) else { return nil }
    var moved = PeriodContext()
    switch step.length {
    case .period: moved.periods = 1
    case .grain(let word):
      guard let grain = reportGrain(word) else { return nil }
      guard let distance = catalog.calendar.distance(1, grain) else { return nil }
      moved = moved.moved(back: distance)
    case .units(let duration):
      guard let count = count(duration.count) else { return nil }
      guard (0...Binder.maximumUnits).contains(count) else {
        error(4504, "PREVIOUS goes back 0 to \(Binder.maximumUnits) units", duration.count.span)
        return nil
      }
      guard let grain = ReportGrain(rawValue: duration.unit.unit.rawValue),
        let distance = catalog.calendar.distance(count, grain)
      else {
        unavailable("going back by hours", 4500, duration.span)
        return nil
      }
      moved = moved.moved(back: distance)
    }
    let isFar = bound.aggregates.contains { aggregate in
      let period = aggregate.period
      let months = max(period.months + moved.months, period.fiscalMonths + moved.fiscalMonths)
      return max(period.periods + moved.periods, months / 12, (period.days + moved.days) / 366)
        > Binder.maximumUnits
    }
    if isFar {
      error(4504, "PREVIOUS goes back more than \(Binder.maximumUnits) years in all", step.span)
      return nil
    }
    return bound.mapping { aggregate in
      var changed = aggregate
      changed.period.periods += moved.periods
      changed.period.months += moved.months
      changed.period.fiscalMonths += moved.fiscalMonths
      changed.period.days += moved.days
      return changed
    }
  }

  /// Refuses PREVIOUS PERIOD where the report's range has no length.
  mutating func checkPeriods(_ bound: BoundReport, _ syntax: ReportSyntax) {
    guard bound.step == nil else { return }
    let metrics = zip(bound.columns.map(\.metric), bound.columns.map(\.span))
    let column = metrics.first { metric, _ in
      metric.aggregates.contains { $0.period.periods != 0 }
    }
    guard column != nil || bound.metrics.contains(where: \.goesBackByPeriods) else { return }
    refuseAllTime(column?.1 ?? syntax.span)
  }

  /// Refuses what would look at other days than it says.
  mutating func refuseCombinations(_ bound: BoundReport, _ syntax: ReportSyntax) {
    let looksElsewhere =
      !bound.baselines.isEmpty
      || bound.metrics.contains { $0.aggregates.contains { $0.period != .current } }
    guard looksElsewhere else { return }
    let isGrain = keys.map { $0.reportGrain != nil }
    let hasGrain = { (keys: [Int]) in keys.contains { isGrain[$0] } }
    for (top, clause) in zip(bound.tops, syntax.tops) where hasGrain(top.within + [top.key]) {
      unavailable("TOP by a date grain beside other periods", 4300, clause.keyword)
    }
    if let clause = syntax.totals, clause.isShownOnly, hasGrain(Array(keys.indices)) {
      unavailable("TOTALS SHOWN by a date grain beside other periods", 4300, clause.keyword)
    }
    if let fill = bound.fill, let clause = syntax.fill, !bound.baselines.isEmpty,
      fill.contains(where: { $0 == .previous || $0 == .linear || $0 == .null })
    {
      unavailable("FILL PREVIOUS, LINEAR or NULL with COMPARE TO", 4300, clause.keyword)
    }
  }

  private mutating func refuseAllTime(_ span: SourceSpan) {
    error(
      4602,
      "all time has no period before it",
      span,
      "write DURING with a range, such as last 90 days, or go back by a unit, such as PREVIOUS year"
    )
  }

  // MARK: COMPARE TO

  /// The ranges that a report is compared to.
  mutating func baselines(_ report: ReportSyntax, _ bound: BoundReport) -> [BoundBaseline] {
    var baselines: [BoundBaseline] = []
    for syntax in report.comparison?.comparisons ?? [] {
      if case .target = syntax.baseline {
        let found = targetBaselines(syntax, bound, report, firstIndex: baselines.count)
        if let first = found.first { checkName(of: first, among: baselines) }
        baselines += found
        continue
      }
      guard let baseline = baseline(syntax, bound) else { continue }
      guard checkName(of: baseline, among: baselines) else { continue }
      baselines.append(baseline)
    }
    return baselines
  }

  /// Refuses two comparisons whose columns would have the same names.
  @discardableResult
  private mutating func checkName(
    of baseline: BoundBaseline,
    among others: [BoundBaseline]
  ) -> Bool {
    let folded = CatalogName.folded(baseline.name)
    let advice = "write AS and another name"
    if others.contains(where: { CatalogName.folded($0.name) == folded }) {
      error(4603, "two comparisons are called \"\(baseline.name)\"", baseline.span, advice)
      return false
    }
    if baseline.namesChangeAlone, others.contains(where: \.namesChangeAlone) {
      error(4603, "two comparisons have columns of the same names", baseline.span, advice)
      return false
    }
    return true
  }

  private mutating func baseline(
    _ syntax: ComparisonBaselineSyntax,
    _ bound: BoundReport
  ) -> BoundBaseline? {
    let calendar = catalog.calendar
    var own: BoundDays?
    if case .days(let from, _) = bound.range, let step = bound.step {
      own = BoundDays(from: from, to: max(step.wholeTo, from))
    }
    var days: BoundDays
    var stepsByFiscalMonths = false
    switch syntax.baseline {
    case .target: return nil
    case .period(let period):
      let clause = DateClauseSyntax(keyword: period.span, range: .during(period), span: period.span)
      guard let range = range(clause) else { return nil }
      guard case .days(let from, let to) = range else {
        error(4604, "all time cannot be compared with", period.span, "write a range of days")
        return nil
      }
      days = BoundDays(from: from, to: to)
    case .previous(let step):
      guard let own, let distance = distance(step, bound) else {
        if own == nil { refuseAllTime(syntax.span) }
        return nil
      }
      days = calendar.days(own, movedBackBy: distance)
      stepsByFiscalMonths = distance.fiscalMonths != 0
    }
    if let own, syntax.matchesWeekday {
      let apart = Int(own.from) - Int(days.from)
      // The nearest day of the same weekday is at most three days away.
      let moved = ((apart + 3) % 7 + 7) % 7 - 3
      let from = calendar.day(days.from, movedBy: moved, .day)
      days = BoundDays(from: from, to: calendar.day(from, movedBy: Int(own.to - own.from), .day))
    }
    var cut = 0
    if let elapsed = elapsedDays(bound, own), !syntax.isFull {
      let length = Int(days.to) - Int(days.from) + 1
      cut = max(0, length - elapsed)
      days = BoundDays(from: days.from, to: calendar.day(days.to, movedBy: -cut, .day))
    }
    return BoundBaseline(
      name: syntax.alias?.text ?? "previous",
      days: days,
      cutDayCount: cut,
      span: syntax.span,
      stepsByFiscalMonths: stepsByFiscalMonths
    )
  }

  private mutating func distance(_ step: StepSyntax, _ bound: BoundReport) -> PeriodDistance? {
    switch step.length {
    case .period: return bound.step?.distance
    case .grain(let word): return reportGrain(word).flatMap { catalog.calendar.distance(1, $0) }
    case .units(let duration):
      guard let count = count(duration.count),
        let grain = ReportGrain(rawValue: duration.unit.unit.rawValue)
      else { return nil }
      guard (1...Binder.maximumUnits).contains(count) else {
        error(4504, "PREVIOUS goes back 1 to \(Binder.maximumUnits) units", duration.count.span)
        return nil
      }
      guard let distance = catalog.calendar.distance(count, grain) else {
        unavailable("going back by hours", 4500, duration.span)
        return nil
      }
      return distance
    }
  }

  /// The days of a range that are over, where some are not.
  private func elapsedDays(_ bound: BoundReport, _ own: BoundDays?) -> Int? {
    guard let own, case .days(let from, let to) = bound.range else { return nil }
    // A range that was cut at today, or at yesterday, says itself how far it goes.
    let last = to < own.to ? to : min(to, max(today - 1, from - 1))
    guard last < own.to else { return nil }
    return max(0, Int(last) - Int(from) + 1)
  }

  /// Adds what each column was in the periods that the report is compared to, and how it changed.
  func compared(_ columns: [BoundColumn], _ baselines: [BoundBaseline]) -> [BoundColumn] {
    guard !baselines.isEmpty else { return columns }
    return columns.enumerated().flatMap { place, column in
      [column]
        + baselines.enumerated().flatMap { index, baseline -> [BoundColumn] in
          guard let values = baseline.targetValues else {
            return compared(column, index, baseline)
          }
          // Targets by another grain are comparisons of their own, and have no columns.
          guard place < values.count else { return [] }
          return compared(column, MetricExpression(values[place], index, column), baseline)
        }
    }
  }

  private func compared(
    _ column: BoundColumn,
    _ index: Int,
    _ baseline: BoundBaseline
  ) -> [BoundColumn] {
    let then = column.metric.mapping { aggregate in
      var changed = aggregate
      changed.period.baseline = index
      return changed
    }
    let before = MetricExpression(.compared(then, baseline: index), then.type)
    return compared(column, before, baseline)
  }

  private func compared(
    _ column: BoundColumn,
    _ before: MetricExpression,
    _ baseline: BoundBaseline
  ) -> [BoundColumn] {
    let isNamed = !baseline.namesChangeAlone
    let prefix = isNamed ? "\(column.name).\(baseline.name)_" : "\(column.name)."
    func made(_ name: String, _ label: String, _ metric: MetricExpression) -> BoundColumn {
      var made = column
      made.name = name
      made.label = "\(column.label), \(label)"
      made.metric = metric
      return made
    }
    let previous = made(
      "\(column.name).\(baseline.name)",
      baseline.name.titled.lowercased(),
      before
    )
    guard column.metric.type.isAddable else { return [previous] }
    let difference = MetricExpression(
      .arithmetic(.subtract, column.metric, before),
      column.metric.type
    )
    let distance = MetricExpression(.function(.absolute, [before]), before.type)
    var ratio = made(
      prefix + "change_pct",
      isNamed ? "change in percent from \(baseline.name)" : "change in percent",
      MetricExpression(.arithmetic(.divide, difference, distance), .percent)
    )
    ratio.format = nil
    let change = made(
      prefix + "change",
      isNamed ? "change from \(baseline.name)" : "change",
      difference
    )
    return [previous, change, ratio]
  }
}

extension BoundBaseline {
  /// Whether its columns of changes have no name of their own.
  var namesChangeAlone: Bool { name == "previous" || (name == "target" && !targets.isEmpty) }
}

extension MetricExpression {
  /// The target of a column; blank where it has none.
  fileprivate init(_ target: MetricExpression?, _ baseline: Int, _ column: BoundColumn) {
    let value = target ?? MetricExpression(.constant(.blank(.empty)), column.metric.type)
    self.init(.compared(value, baseline: baseline), value.type)
  }

  /// Whether it goes back by the length of the report's range.
  var goesBackByPeriods: Bool { aggregates.contains { $0.period.periods != 0 } }
}
