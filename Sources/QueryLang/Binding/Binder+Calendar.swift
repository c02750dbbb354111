/// What lies inside a retail calendar, which has a first and a last day.
extension Binder {
  /// Tells whether the fiscal periods of some days are known; a problem is reported where they are
  /// not.
  @discardableResult
  mutating func isInCalendar(_ days: BoundDays, _ what: String, _ span: SourceSpan) -> Bool {
    guard let problem = catalog.calendarProblem(days, what, span) else { return true }
    report(problem)
    return false
  }

  /// The first day of a fiscal year or of one of its quarters; nil with a problem where the calendar
  /// has no such year.
  mutating func fiscalStart(_ year: Int, quarter: Int = 1, _ span: SourceSpan) -> Int32? {
    let calendar = catalog.calendar
    guard let table = calendar.table else {
      let start = calendar.startOfFiscalYear(named: year)
      return calendar.day(start, movedBy: (quarter - 1) * 3, .month)
    }
    guard let start = table.start(ofYear: year, quarter: quarter) else {
      let (first, last) = (table.firstYear, table.lastYear)
      error(
        4506,
        "the calendar \"\(catalog.defaults.calendar)\" has no FY\(CivilDay.padded(year, 4))",
        span,
        "it has FY\(CivilDay.padded(first, 4)) to FY\(CivilDay.padded(last, 4))"
      )
      return nil
    }
    return start
  }

  /// Refuses reports that look at days of which the calendar has no fiscal period.
  mutating func checkCalendar(_ bound: BoundReport, _ syntax: ReportSyntax) {
    guard catalog.calendar.table != nil else { return }
    let grains = bound.fiscalGrains
    let key = grains.first?.rawValue
    if case .days(let from, let to) = bound.range, from <= to, let key {
      let span = bound.fiscalKeySpan ?? syntax.span
      guard isInCalendar(BoundDays(from: from, to: to), key, span) else { return }
    }
    for baseline in bound.baselines where key != nil || baseline.stepsByFiscalMonths {
      isInCalendar(baseline.days, key ?? "fiscal_month", baseline.span)
    }
    guard case .days(let from, let to) = bound.range, from <= to else { return }
    for column in bound.columns {
      for aggregate in column.metric.aggregates where aggregate.period.baseline == nil {
        let distance = aggregate.period.distance(bound.step)
        guard distance != PeriodDistance(), key != nil || distance.fiscalMonths != 0 else {
          continue
        }
        let days = catalog.calendar.days(
          BoundDays(from: from, to: to),
          movedBackBy: distance
        )
        guard isInCalendar(days, key ?? "fiscal_month", column.span) else { return }
      }
    }
  }
}

extension Catalog {
  /// Why days have no fiscal periods; nil where they have.
  func calendarProblem(_ days: BoundDays, _ what: String, _ span: SourceSpan) -> Diagnostic? {
    guard let table = calendar.table,
      days.from < table.days.from || days.to > table.days.to
    else { return nil }
    let outside = days.from < table.days.from ? days.from : days.to
    return Diagnostic(
      DiagnosticID(.error, 4506),
      "the calendar \"\(defaults.calendar)\" has no \(what) for "
        + CivilDay(number: outside).text,
      at: span,
      label: "it runs from \(CivilDay(number: table.days.from).text) "
        + "to \(CivilDay(number: table.days.to).text)"
    )
  }
}

extension BoundReport {
  /// The fiscal grains by which groups are made.
  var fiscalGrains: [ReportGrain] {
    let keys = self.keys + metrics.flatMap(\.aggregates).flatMap(\.per)
    return keys.compactMap(\.reportGrain).filter(\.isFiscal)
  }

  /// Where the first fiscal grain of BY stands.
  var fiscalKeySpan: SourceSpan? {
    keys.first { $0.reportGrain?.isFiscal ?? false }?.span
  }
}
