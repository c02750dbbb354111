/// A day of the Gregorian calendar, counted from 1970-01-01.
public struct ShopDay: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The days since 1970-01-01, which is day 0.
  public let number: Int

  /// The last day of the sample when none is asked for, fixed so that output depends on its inputs alone.
  public static let standardEnd = ShopDay(year: 2026, month: 10, day: 31)

  init(number: Int) {
    self.number = number
  }

  /// Counts days with the year starting in March, so that the leap day is a year's last one.
  init(year: Int, month: Int, day: Int) {
    let shifted = month > 2 ? year : year - 1
    let monthsFromMarch = (month + 9) % 12
    let era = shifted >= 0 ? shifted / 400 : (shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * monthsFromMarch + 2) / 5 + day - 1
    number = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// Reads `YYYY-MM-DD`; nil for any other form, for a day that no calendar has, and outside 1990 to 2199.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-") else {
      return nil
    }
    var digits: [Int] = []
    for (position, byte) in bytes.enumerated() where position != 4 && position != 7 {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      digits.append(Int(byte - UInt8(ascii: "0")))
    }
    let year = digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3]
    let month = digits[4] * 10 + digits[5]
    let day = digits[6] * 10 + digits[7]
    guard (1990...2199).contains(year), (1...12).contains(month), day >= 1 else { return nil }
    self.init(year: year, month: month, day: day)
    guard parts == Parts(year: year, month: month, day: day) else { return nil }
  }

  struct Parts: Equatable {
    var year: Int
    var month: Int
    var day: Int
  }

  var parts: Parts {
    let shifted = number + 719_468
    let era = shifted >= 0 ? shifted / 146_097 : (shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthsFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthsFromMarch < 10 ? monthsFromMarch + 3 : monthsFromMarch - 9
    return Parts(
      year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
      month: month,
      day: dayOfYear - (153 * monthsFromMarch + 2) / 5 + 1
    )
  }

  /// Monday is 0.
  var weekday: Int { ((number + 3) % 7 + 7) % 7 }

  var month: ShopMonth {
    let parts = parts
    return ShopMonth(index: parts.year * 12 + parts.month - 1)
  }

  /// The instant, in seconds since 1970 UTC, at which this day begins in India (05:30 ahead of UTC).
  var beginInIndia: Int { number * 86_400 - ShopDay.indiaOffset }

  /// India is 05:30 ahead of UTC all year.
  static let indiaOffset = 19_800

  /// The day as `YYYY-MM-DD`.
  public var description: String {
    let parts = parts
    return "\(month)-\(parts.day < 10 ? "0" : "")\(parts.day)"
  }

  /// Compares by date.
  public static func < (left: ShopDay, right: ShopDay) -> Bool { left.number < right.number }

  func advanced(by days: Int) -> ShopDay { ShopDay(number: number + days) }
}

/// A calendar month, counted from the year 0.
struct ShopMonth: Hashable, Comparable, CustomStringConvertible {
  let index: Int

  var firstDay: ShopDay { ShopDay(year: index / 12, month: index % 12 + 1, day: 1) }
  var lastDay: ShopDay { ShopMonth(index: index + 1).firstDay.advanced(by: -1) }
  /// 0 for January to March, 3 for October to December.
  var quarterOfYear: Int { index % 12 / 3 }

  var description: String {
    let month = index % 12 + 1
    return "\(index / 12)-\(month < 10 ? "0" : "")\(month)"
  }

  static func < (left: ShopMonth, right: ShopMonth) -> Bool { left.index < right.index }
}
