/// Some days, both ends included.
struct BoundDays: Sendable, Hashable {
  let from: Int32
  let to: Int32
}

extension Binder {
  /// The most units of a range such as `LAST 90 days`.
  static let maximumUnits = 10_000

  /// The days of a date literal, or nil when it is no date.
  mutating func day(_ literal: LiteralSyntax) -> BoundDays? {
    switch literal.value {
    case .today: return BoundDays(from: today, to: today)
    case .yesterday: return BoundDays(from: today - 1, to: today - 1)
    case .date(let date): return days(date, literal.span)
    case .number, .percent, .money, .duration, .text, .boolean, .null: return nil
    }
  }

  private mutating func days(_ literal: DateLiteral, _ span: SourceSpan) -> BoundDays? {
    let calendar = catalog.calendar
    func whole(_ grain: ReportGrain, _ start: Int32) -> BoundDays {
      BoundDays(from: start, to: calendar.end(of: grain, containing: start))
    }
    switch literal {
    case .day(let year, let month, let day):
      let number = CivilDay(year: year, month: month, day: day).number
      return BoundDays(from: number, to: number)
    case .month(let year, let month):
      return whole(.month, CivilDay(year: year, month: month, day: 1).number)
    case .quarter(let year, let quarter):
      return whole(.quarter, CivilDay(year: year, month: quarter * 3 - 2, day: 1).number)
    case .year(let year): return whole(.year, CivilDay(year: year, month: 1, day: 1).number)
    case .week(let year, let week):
      guard let start = calendar.startOfWeek(week, year: year) else {
        error(1005, "\(year) has no week \(week)", span)
        return nil
      }
      return whole(.week, start)
    case .fiscalYear(let year): return fiscalStart(year, span).map { whole(.fiscalYear, $0) }
    case .fiscalQuarter(let year, let quarter):
      return fiscalStart(year, quarter: quarter, span).map { whole(.fiscalQuarter, $0) }
    }
  }

  // MARK: Clauses

  /// The days that a report asks for.
  mutating func range(_ clause: DateClauseSyntax?) -> BoundRange? {
    guard let clause else {
      guard let period = ModelExpression.parsePeriod(catalog.defaults.period) else {
        return .allTime
      }
      return range(period)
    }
    switch clause.range {
    case .during(let period): return range(period)
    case .since(let first, let last):
      guard let from = dateValue(first) else { return nil }
      guard let last else {
        return days(from.from, today - 1, clause.span, isWritten: false)
      }
      guard let to = dateValue(last) else { return nil }
      return days(from.from, to.to, clause.span, isWritten: true)
    }
  }

  mutating func range(_ period: PeriodSyntax) -> BoundRange? {
    let calendar = catalog.calendar
    let current = period.includesCurrent
    switch period.form {
    case .allTime: return .allTime
    case .this(let grain), .toDate(let grain):
      guard let grain = reportGrain(grain) else { return nil }
      let start = calendar.start(of: grain, containing: today)
      let running = BoundDays(from: start, to: today)
      guard !grain.isFiscal || isInCalendar(running, grain.rawValue, period.span) else {
        return nil
      }
      return days(start, current ? today : today - 1, period.span, isWritten: false)
    case .last(let grain):
      guard let grain = reportGrain(grain) else { return nil }
      let range = last(1, grain, current)
      if grain.isFiscal, case .days(let from, _) = range {
        let days = BoundDays(from: from, to: today)
        guard isInCalendar(days, grain.rawValue, period.span) else { return nil }
      }
      return range
    case .lastUnits(let duration):
      guard let (count, grain) = units(duration) else { return nil }
      return last(count, grain, current)
    case .atoms(let first, let second):
      if case .parameter(let parameter) = first.value, second == nil {
        return range(parameter)
      }
      guard let from = days(first) else { return nil }
      guard let second else { return .days(from: from.from, to: from.to) }
      guard let to = days(second) else { return nil }
      return days(from.from, to.to, period.span, isWritten: true)
    case .named(let name): return range(named: name)
    }
  }

  private mutating func range(named name: NameSyntax) -> BoundRange? {
    let folded = CatalogName.folded(name.text)
    if let period = definedPeriods[folded] {
      return range(period.syntax)
    }
    if let period = catalog.period(name.text) {
      if let text = period.definition { return range(written: text, at: name.span) }
      return .days(from: period.from, to: period.to)
    }
    guard !isRefused(name.text) else { return nil }
    let names = catalog.periods.map(\.name) + definedPeriods.values.map(\.name).sorted()
    let suggestion = Suggestion(for: name.text, among: names)
    report(
      .missing(
        2101,
        "there is no period called \"\(name.text)\"",
        at: name.span,
        suggestion
      )
    )
    return nil
  }

  /// The days of a shared range; its problems are reported where it is named.
  private mutating func range(written text: String, at span: SourceSpan) -> BoundRange? {
    guard let period = ModelExpression.parsePeriod(text) else { return nil }
    let (outer, outerPlace) = (source, outerSpan)
    source = SourceText(ModelExpression.periodPrefix + text)
    outerSpan = outer.byteCount >= span.end ? span : nil
    defer { (source, outerSpan) = (outer, outerPlace) }
    return range(period)
  }

  /// The last complete units, or with the running one as the last of them.
  private func last(_ count: Int, _ grain: ReportGrain, _ includesCurrent: Bool) -> BoundRange {
    let calendar = catalog.calendar
    let running = calendar.start(of: grain, containing: today)
    if includesCurrent {
      return .days(from: calendar.day(running, movedBy: 1 - count, grain), to: today)
    }
    return .days(from: calendar.day(running, movedBy: -count, grain), to: running - 1)
  }

  private mutating func days(
    _ from: Int32,
    _ to: Int32,
    _ span: SourceSpan,
    isWritten: Bool
  ) -> BoundRange? {
    if to < from {
      if isWritten {
        error(4503, "the range ends before it begins", span)
        return nil
      }
      let civil = CivilDay(number: today)
      report(
        Diagnostic(
          DiagnosticID(.note, 4502),
          "\"\(source.slice(span))\" has no complete day yet "
            + "(today is \(civil.day) \(Binder.monthNames[civil.month - 1]))",
          at: span,
          label: "add INCLUDING CURRENT to see today so far"
        )
      )
    }
    return .days(from: from, to: to)
  }

  static let monthNames = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]

  private mutating func days(_ atom: DateAtomSyntax) -> BoundDays? {
    switch atom.value {
    case .date(let literal): return days(literal, atom.span)
    case .today: return BoundDays(from: today, to: today)
    case .yesterday: return BoundDays(from: today - 1, to: today - 1)
    case .parameter(let parameter): return days(parameter)
    }
  }

  mutating func reportGrain(_ word: GrainSyntax) -> ReportGrain? {
    guard let grain = ReportGrain(rawValue: word.grain.rawValue), Binder.grains.contains(grain)
    else {
      unavailable("the grain \(word.grain.rawValue)", 4500, word.span)
      return nil
    }
    return grain
  }

  private mutating func units(_ duration: DurationSyntax) -> (Int, ReportGrain)? {
    guard let count = count(duration.count),
      let grain = ReportGrain(rawValue: duration.unit.unit.rawValue)
    else { return nil }
    guard (1...Binder.maximumUnits).contains(count) else {
      error(4504, "a range has 1 to \(Binder.maximumUnits) units", duration.count.span)
      return nil
    }
    guard grain != .hour else {
      unavailable("a range of hours", 4500, duration.span)
      return nil
    }
    return (count, grain)
  }

  mutating func count(_ syntax: CountSyntax) -> Int? {
    switch syntax.value {
    case .number(let number): return number
    case .parameter(let parameter): return count(parameter)
    }
  }

  /// The days that an expression of dates and durations stands for.
  mutating func dateValue(_ syntax: ExpressionSyntax) -> BoundDays? {
    switch syntax.kind {
    case .literal(let literal):
      if let days = day(literal) { return days }
    case .arithmetic(let node):
      if let moved = movedDate(node) { return moved }
      return nil
    case .parameter(let parameter): return days(parameter)
    case .name, .call, .negation, .not, .comparison, .logical, .membership, .between, .textMatch,
      .blankTest, .has, .modified, .conditional, .share, .total, .rank, .retention,
      .aggregateOver, .covered:
      break
    case .invalid: return nil
    }
    error(4505, "a date is needed here, such as 2026-03-15 or today - 7 days", syntax.span)
    return nil
  }

  private mutating func movedDate(_ node: ArithmeticSyntax) -> BoundDays? {
    guard let days = dateValue(node.left) else { return nil }
    guard case .literal(let literal) = node.right.kind,
      case .duration(let number, let unit) = literal.value,
      let count = number.whole, node.operator == .add || node.operator == .subtract
    else {
      error(4505, "a date is moved by a duration, such as 7 days", node.right.span)
      return nil
    }
    guard (0...Binder.maximumUnits).contains(count) else {
      error(4504, "a date is moved by at most \(Binder.maximumUnits) units", literal.span)
      return nil
    }
    guard unit.unit != .hour, let grain = ReportGrain(rawValue: unit.unit.rawValue) else {
      unavailable("moving a date by hours", 4500, literal.span)
      return nil
    }
    let signed = node.operator == .add ? count : -count
    let calendar = catalog.calendar
    return BoundDays(
      from: calendar.day(days.from, movedBy: signed, grain),
      to: calendar.day(days.to, movedBy: signed, grain)
    )
  }
}
