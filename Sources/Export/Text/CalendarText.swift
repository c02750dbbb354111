public import QueryLang

/// Days, periods and instants as the texts that `Results` of the format page prescribes.
///
/// Days are proleptic Gregorian days since 1970-01-01.
public enum CalendarText {
  private static let microsecondsPerDay: Int64 = 86_400_000_000

  /// Returns a day as `2026-11-22`.
  public static func day(_ days: Int64) -> String {
    guard let civil = civilDay(days) else { return "\(days)" }
    return "\(month(civil))-\(padded(civil.day, to: 2))"
  }

  /// Returns the period of a grain that begins on a day: `2026-W47`, `2026-11`, `2026-Q4`, `2026`,
  /// `FY2027-Q3`, `FY2027`; an hour is held as an instant.
  public static func period(
    _ value: Int64,
    grain: ReportGrain,
    in calendar: ReportCalendar = ReportCalendar()
  ) -> String {
    guard grain != .hour else { return instant(value) }
    guard grain != .day else { return day(value) }
    guard let start = Int32(exactly: value) else { return "\(value)" }
    return calendar.label(of: grain, start: start)
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
