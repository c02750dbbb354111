/// A day of the proleptic Gregorian calendar as year, month and day.
///
/// The day number counts from 1970-01-01, as in the store. The arithmetic works on 400-year eras
/// of 146,097 days that begin on 1 March, so that a leap day is the last of its year.
public struct CivilDay: Sendable, Hashable {
  /// The year; 0 is the year before year 1.
  public let year: Int
  /// The month, 1 to 12.
  public let month: Int
  /// The day of the month, 1 to 31.
  public let day: Int

  /// Makes a day of valid parts.
  public init(year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// Makes a day of text parts, or nil when there is no such day.
  public init?(checkedYear year: Int, month: Int, day: Int) {
    guard (1...12).contains(month), day >= 1,
      day <= CivilDay.lastDay(ofMonth: month, year: year)
    else { return nil }
    self.init(year: year, month: month, day: day)
  }

  /// Makes the day with a number, in days since 1970-01-01.
  public init(number: Int32) {
    let shifted = Int(number) + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// The number of the day, in days since 1970-01-01.
  public var number: Int32 {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let shiftedMonth = month > 2 ? month - 3 : month + 9
    let dayOfYear = (153 * shiftedMonth + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return Int32(clamping: era * 146_097 + dayOfEra - 719_468)
  }

  /// The day `count` months later, moved back to the end of the month where it has no such day.
  public func adding(months count: Int) -> CivilDay {
    let index = year * 12 + (month - 1) + count
    let newYear = Int((Double(index) / 12).rounded(.down))
    let newMonth = index - newYear * 12 + 1
    return CivilDay(
      year: newYear,
      month: newMonth,
      day: min(day, CivilDay.lastDay(ofMonth: newMonth, year: newYear))
    )
  }

  /// The day as `2026-03-15`.
  public var text: String {
    "\(CivilDay.padded(year, 4))-\(CivilDay.padded(month, 2))-\(CivilDay.padded(day, 2))"
  }

  /// Returns the number of days of a month.
  public static func lastDay(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  static func padded(_ number: Int, _ width: Int) -> String {
    guard number >= 0 else { return "-" + padded(-number, width) }
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
