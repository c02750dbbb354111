public import QueryLang

/// Days, periods and instants as the texts that `Results` of the format page prescribes.
///
/// Days are proleptic Gregorian days since 1970-01-01.
public enum CalendarText {
  /// A day of the calendar.
  struct CivilDay: Equatable {
    let year: Int64
    let month: Int64
    let day: Int64
  }

  /// The month in which a fiscal year begins; it is named after the year in which it ends.
  static let fiscalStartMonth: Int64 = 4

  private static let microsecondsPerDay: Int64 = 86_400_000_000
  /// The widest range that the arithmetic below is used for, about ten million years around 1970.
  private static let reachableDays: ClosedRange<Int64> = -3_652_500_000...3_652_500_000

  /// Returns a day as `2026-11-22`.
  public static func day(_ days: Int64) -> String {
    guard let civil = civilDay(days) else { return "\(days)" }
    return "\(month(civil))-\(padded(civil.day, to: 2))"
  }

  /// Returns the period of a grain that begins on a day: `2026-W47`, `2026-11`, `2026-Q4`, `2026`,
  /// `FY2027-Q3`, `FY2027`; an hour is held as an instant.
  public static func period(_ value: Int64, grain: ReportGrain) -> String {
    guard grain != .hour else { return instant(value) }
    guard let civil = civilDay(value) else { return "\(value)" }
    switch grain {
    case .hour, .day: return day(value)
    case .week: return isoWeek(startingOn: value)
    case .month: return month(civil)
    case .quarter: return "\(year(civil.year))-Q\((civil.month - 1) / 3 + 1)"
    case .year: return year(civil.year)
    case .fiscalWeek: return "FY\(year(fiscalYear(of: civil)))-W\(padded(fiscalWeek(value), to: 2))"
    case .fiscalMonth:
      return "FY\(year(fiscalYear(of: civil)))-M\(padded(fiscalMonth(of: civil) + 1, to: 2))"
    case .fiscalQuarter:
      return "FY\(year(fiscalYear(of: civil)))-Q\(fiscalMonth(of: civil) / 3 + 1)"
    case .fiscalYear: return "FY\(year(fiscalYear(of: civil)))"
    }
  }

  /// Returns an instant, in microseconds since 1970, as RFC 3339 in UTC.
  public static func instant(_ microseconds: Int64) -> String {
    let (days, rest) = floored(microseconds, by: microsecondsPerDay)
    let seconds = rest / 1_000_000
    let fraction = rest % 1_000_000
    let hour = padded(seconds / 3_600, to: 2)
    let minute = padded(seconds / 60 % 60, to: 2)
    let second = padded(seconds % 60, to: 2)
    let tail = fraction == 0 ? "" : "." + padded(fraction, to: 6)
    return "\(day(days))T\(hour):\(minute):\(second)\(tail)Z"
  }

  /// Returns the civil date of a day, or nil beyond ten million years.
  ///
  /// The year is counted from March, so that the leap day is its last; see Richards, "Calendars",
  /// in the Explanatory Supplement to the Astronomical Almanac.
  static func civilDay(_ days: Int64) -> CivilDay? {
    guard reachableDays.contains(days) else { return nil }
    let (era, dayOfEra) = floored(days + 719_468, by: 146_097)
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return CivilDay(
      year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
      month: month,
      day: dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    )
  }

  /// Returns the ISO week that holds the middle day of a week, so that weeks that begin on another
  /// day than Monday are named after the ISO week that they mostly are.
  private static func isoWeek(startingOn day: Int64) -> String {
    let thursday = day + 3
    guard let civil = civilDay(thursday), let first = dayNumber(year: civil.year) else {
      return "\(day)"
    }
    return "\(year(civil.year))-W\(padded((thursday - first) / 7 + 1, to: 2))"
  }

  private static func fiscalWeek(_ day: Int64) -> Int64 {
    guard let civil = civilDay(day), let january = dayNumber(year: civil.year) else { return 0 }
    let startOffset: Int64 = isLeap(civil.year) ? 91 : 90
    let start = january + startOffset
    guard day < start else { return (day - start) / 7 + 1 }
    let earlierOffset: Int64 = isLeap(civil.year - 1) ? 91 : 90
    return (day - (dayNumber(year: civil.year - 1) ?? day) - earlierOffset) / 7 + 1
  }

  private static func fiscalYear(of civil: CivilDay) -> Int64 {
    civil.month >= fiscalStartMonth ? civil.year + 1 : civil.year
  }

  private static func fiscalMonth(of civil: CivilDay) -> Int64 {
    (civil.month - fiscalStartMonth + 12) % 12
  }

  /// Returns the first of January of a year.
  private static func dayNumber(year: Int64) -> Int64? {
    guard (-9_000_000...9_000_000).contains(year) else { return nil }
    let before = year - 1
    let leaps = floored(before, by: 4).0 - floored(before, by: 100).0 + floored(before, by: 400).0
    return before * 365 + leaps - 719_162
  }

  private static func isLeap(_ year: Int64) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  private static func month(_ civil: CivilDay) -> String {
    "\(year(civil.year))-\(padded(civil.month, to: 2))"
  }

  private static func year(_ year: Int64) -> String {
    year < 0 ? "-" + padded(-year, to: 4) : padded(year, to: 4)
  }

  private static func padded(_ value: Int64, to width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  private static func floored(_ value: Int64, by divisor: Int64) -> (Int64, Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
