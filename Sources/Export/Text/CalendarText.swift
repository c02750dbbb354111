public import QueryLang

/// Days, periods and instants as the texts that `Results` of the format page prescribes.
///
/// Days are proleptic Gregorian days since 1970-01-01.
public enum CalendarText {
  /// The month in which a fiscal year begins; it is named after the year in which it ends.
  static let fiscalStartMonth = 4

  private static let microsecondsPerDay: Int64 = 86_400_000_000

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
    case .fiscalWeek:
      return "FY\(year(fiscalYear(of: civil)))-W\(padded(fiscalWeek(value, of: civil), to: 2))"
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

  /// Returns the calendar's day, or nil beyond the days that are counted with 32 bits.
  private static func civilDay(_ days: Int64) -> CivilDay? {
    Int32(exactly: days).map { CivilDay(number: $0) }
  }

  /// Returns the ISO week that holds the middle day of a week, so that weeks that begin on another
  /// day than Monday are named after the ISO week that they mostly are.
  private static func isoWeek(startingOn day: Int64) -> String {
    let thursday = day + 3
    guard let civil = civilDay(thursday) else { return "\(day)" }
    let first = Int64(CivilDay(year: civil.year, month: 1, day: 1).number)
    return "\(year(civil.year))-W\(padded((thursday - first) / 7 + 1, to: 2))"
  }

  /// Weeks of a fiscal year are counted from the week that holds its first day.
  private static func fiscalWeek(_ day: Int64, of civil: CivilDay) -> Int64 {
    let year = fiscalYear(of: civil) - 1
    let first = Int64(CivilDay(year: year, month: fiscalStartMonth, day: 1).number)
    return (day - first) / 7 + 1
  }

  private static func fiscalYear(of civil: CivilDay) -> Int {
    civil.month >= fiscalStartMonth ? civil.year + 1 : civil.year
  }

  private static func fiscalMonth(of civil: CivilDay) -> Int {
    (civil.month - fiscalStartMonth + 12) % 12
  }

  private static func month(_ civil: CivilDay) -> String {
    "\(year(civil.year))-\(padded(civil.month, to: 2))"
  }

  private static func year(_ year: Int) -> String {
    year < 0 ? "-" + padded(-year, to: 4) : padded(year, to: 4)
  }

  private static func padded(_ value: some BinaryInteger, to width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  private static func floored(_ value: Int64, by divisor: Int64) -> (Int64, Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
