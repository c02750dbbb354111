public import ColumnStore

/// The calendar of a report: where weeks and fiscal years begin, and how periods are written.
public struct ReportCalendar: Sendable, Hashable {
  /// The first day of a week: 1 (Monday) to 7 (Sunday).
  public var weekStart: UInt8
  /// The month in which a fiscal year begins, 1 to 12.
  public var fiscalStartMonth: UInt8
  /// Whether a fiscal year is named after the year in which it ends.
  public var namesFiscalYearByEnd: Bool
  /// The fiscal periods of a retail calendar; nil where they are months.
  public var table: FiscalTable?

  /// Makes a calendar; the default has ISO weeks and the Indian fiscal year.
  public init(weekStart: UInt8 = 1, fiscalStartMonth: UInt8 = 4, namesFiscalYearByEnd: Bool = true)
  {
    self.weekStart = weekStart
    self.fiscalStartMonth = fiscalStartMonth
    self.namesFiscalYearByEnd = namesFiscalYearByEnd
  }

  /// Returns the first day of the period that holds a day.
  public func start(of grain: ReportGrain, containing day: Int32) -> Int32 {
    if let start = table?.start(of: grain, containing: day) { return start }
    let civil = CivilDay(number: day)
    switch grain {
    case .hour, .day: return day
    case .week, .fiscalWeek: return day - Int32(weekday(of: day))
    case .month, .fiscalMonth:
      return CivilDay(year: civil.year, month: civil.month, day: 1).number
    case .quarter:
      return CivilDay(year: civil.year, month: (civil.month - 1) / 3 * 3 + 1, day: 1).number
    case .year: return CivilDay(year: civil.year, month: 1, day: 1).number
    case .fiscalQuarter:
      let passed = (civil.month - Int(fiscalStartMonth) + 12) % 3
      return CivilDay(year: civil.year, month: civil.month, day: 1).adding(months: -passed).number
    case .fiscalYear:
      let passed = (civil.month - Int(fiscalStartMonth) + 12) % 12
      return CivilDay(year: civil.year, month: civil.month, day: 1).adding(months: -passed).number
    }
  }

  /// Returns a day moved by a number of units; months and longer clamp to the end of the month.
  public func day(_ day: Int32, movedBy count: Int, _ grain: ReportGrain) -> Int32 {
    if let table, let months = grain.fiscalMonths {
      return table.day(day, movedByMonths: count * months)
    }
    return switch grain {
    case .hour: day
    case .day: Int32(clamping: Int(day) + count)
    case .week, .fiscalWeek: Int32(clamping: Int(day) + count * 7)
    case .month, .fiscalMonth: CivilDay(number: day).adding(months: count).number
    case .quarter, .fiscalQuarter: CivilDay(number: day).adding(months: count * 3).number
    case .year, .fiscalYear: CivilDay(number: day).adding(months: count * 12).number
    }
  }

  /// Returns a range of days moved back; whole months become whole months, and of other ranges each
  /// end is moved alone, no further than the last day of its month.
  func days(_ range: BoundDays, movedBackBy distance: PeriodDistance) -> BoundDays {
    var (from, to) = (range.from, range.to)
    if distance.months != 0 {
      let isWhole =
        start(of: .month, containing: from) == from && end(of: .month, containing: to) == to
      from = day(from, movedBy: -distance.months, .month)
      to =
        isWhole
        ? before(day(next(to), movedBy: -distance.months, .month))
        : day(to, movedBy: -distance.months, .month)
    }
    if distance.fiscalMonths != 0 {
      let isWhole =
        start(of: .fiscalMonth, containing: from) == from
        && end(of: .fiscalMonth, containing: to) == to
      from = day(from, movedBy: -distance.fiscalMonths, .fiscalMonth)
      to = day(to, movedBy: -distance.fiscalMonths, .fiscalMonth)
      if isWhole { to = end(of: .fiscalMonth, containing: to) }
    }
    return BoundDays(
      from: day(from, movedBy: -distance.days, .day),
      to: day(to, movedBy: -distance.days, .day)
    )
  }

  /// Returns the distance of a number of units; nil for hours.
  func distance(_ count: Int, _ grain: ReportGrain) -> PeriodDistance? {
    switch grain {
    case .hour: return nil
    case .day: return PeriodDistance(days: count)
    case .week, .fiscalWeek: return PeriodDistance(days: count * 7)
    case .month: return PeriodDistance(months: count)
    case .quarter: return PeriodDistance(months: count * 3)
    case .year: return PeriodDistance(months: count * 12)
    case .fiscalMonth, .fiscalQuarter, .fiscalYear:
      let months = count * (grain.fiscalMonths ?? 1)
      return table == nil
        ? PeriodDistance(months: months) : PeriodDistance(fiscalMonths: months)
    }
  }

  /// Returns the number of periods from the one that begins with `first` to the one that holds
  /// `last`; 0 when `last` comes before.
  public func count(of grain: ReportGrain, from first: Int32, to last: Int32) -> Int {
    guard first <= last else { return 0 }
    if let count = table?.count(of: grain, from: first, to: last) { return count }
    let (from, to) = (CivilDay(number: first), CivilDay(number: last))
    let days = Int(last) - Int(first)
    let months = (to.year - from.year) * 12 + to.month - from.month
    switch grain {
    case .hour, .day: return days + 1
    case .week, .fiscalWeek: return days / 7 + 1
    case .month, .fiscalMonth: return months + 1
    case .quarter, .fiscalQuarter: return months / 3 + 1
    case .year, .fiscalYear: return months / 12 + 1
    }
  }

  /// Returns the last day of the period that holds a day.
  public func end(of grain: ReportGrain, containing day: Int32) -> Int32 {
    before(self.day(start(of: grain, containing: day), movedBy: 1, grain))
  }

  /// The day before, which at the end of all days is the same.
  private func before(_ day: Int32) -> Int32 { Int32(clamping: Int(day) - 1) }

  private func next(_ day: Int32) -> Int32 { Int32(clamping: Int(day) + 1) }

  /// Returns the name of the period that begins with a day, such as `2026-W47` or `FY2027-Q3`.
  ///
  /// Weeks that begin on another day than Monday are named after the ISO week that they mostly are;
  /// weeks of a fiscal year that is no retail year are counted from its first day.
  public func label(of grain: ReportGrain, start: Int32) -> String {
    if let label = table?.label(of: grain, start: start) { return label }
    let civil = CivilDay(number: start)
    switch grain {
    case .hour, .day: return civil.text
    case .week:
      let week = weekOfYear(startingAt: start)
      return "\(CivilDay.padded(week.year, 4))-W\(CivilDay.padded(week.number, 2))"
    case .month:
      return "\(CivilDay.padded(civil.year, 4))-\(CivilDay.padded(civil.month, 2))"
    case .quarter: return "\(CivilDay.padded(civil.year, 4))-Q\((civil.month - 1) / 3 + 1)"
    case .year: return CivilDay.padded(civil.year, 4)
    case .fiscalWeek, .fiscalMonth, .fiscalQuarter, .fiscalYear:
      return fiscalLabel(of: grain, start: start)
    }
  }

  private func fiscalLabel(of grain: ReportGrain, start: Int32) -> String {
    let civil = CivilDay(number: start)
    let year = "FY\(CivilDay.padded(fiscalYear(of: civil), 4))"
    let passed = (civil.month - Int(fiscalStartMonth) + 12) % 12
    switch grain {
    case .fiscalWeek:
      let first = startOfFiscalYear(named: fiscalYear(of: civil))
      return "\(year)-W\(CivilDay.padded((Int(start) - Int(first)) / 7 + 1, 2))"
    case .fiscalMonth: return "\(year)-M\(CivilDay.padded(passed + 1, 2))"
    case .fiscalQuarter: return "\(year)-Q\(passed / 3 + 1)"
    case .hour, .day, .week, .month, .quarter, .year, .fiscalYear: return year
    }
  }

  /// Returns the first day of a fiscal year by its name.
  public func startOfFiscalYear(named year: Int) -> Int32 {
    let startsYearBefore = namesFiscalYearByEnd && fiscalStartMonth > 1
    return CivilDay(
      year: startsYearBefore ? year - 1 : year,
      month: Int(fiscalStartMonth),
      day: 1
    ).number
  }

  /// Returns the first day of a week by the year and number of its fourth day's year, or nil when
  /// that year has no such week.
  public func startOfWeek(_ number: Int, year: Int) -> Int32? {
    let fourth = CivilDay(year: year, month: 1, day: 4).number
    let first = start(of: .week, containing: fourth)
    let candidate = first + Int32((number - 1) * 7)
    guard (1...53).contains(number), weekOfYear(startingAt: candidate) == (year, number) else {
      return nil
    }
    return candidate
  }

  /// The settings that the store needs to group by the same calendar.
  public func rule(zone: ZoneOffsets) -> CalendarRule {
    CalendarRule(weekStart: weekStart, fiscalStartMonth: fiscalStartMonth, zone: zone)
  }

  /// The number of days since the first of the week.
  private func weekday(of day: Int32) -> Int {
    // 1970-01-01 was a Thursday, the fourth day of an ISO week.
    let monday = ((Int(day) + 3) % 7 + 7) % 7
    return (monday - (Int(weekStart) - 1) + 7) % 7
  }

  private func weekOfYear(startingAt start: Int32) -> (year: Int, number: Int) {
    let middle = CivilDay(number: start + 3)
    let first = CivilDay(year: middle.year, month: 1, day: 1).number
    return (middle.year, Int(start + 3 - first) / 7 + 1)
  }

  private func fiscalYear(of day: CivilDay) -> Int {
    let startYear = day.month >= Int(fiscalStartMonth) ? day.year : day.year - 1
    return namesFiscalYearByEnd && fiscalStartMonth > 1 ? startYear + 1 : startYear
  }
}

extension ReportGrain {
  /// The fiscal months of a period of a fiscal month or more.
  var fiscalMonths: Int? {
    switch self {
    case .fiscalMonth: 1
    case .fiscalQuarter: 3
    case .fiscalYear: 12
    case .hour, .day, .week, .month, .quarter, .year, .fiscalWeek: nil
    }
  }

  /// Whether it is a period of the fiscal calendar.
  var isFiscal: Bool { self == .fiscalWeek || fiscalMonths != nil }
}
