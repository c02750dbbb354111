/// Calendar arithmetic on days since 1970-01-01 in the proleptic Gregorian calendar.
///
/// Integers only. The calendar repeats every 400 years (146,097 days); inside such an era years are
/// counted from March, so that the leap day is the last day of its year. Days past the range of 64
/// bits divided by 400 years wrap around instead of trapping.
enum CalendarKernel {
  /// A day of the civil calendar.
  struct Civil: Equatable {
    /// The year; year 0 is 1 BC.
    var year: Int64
    /// 1 to 12.
    var month: Int64
    /// 1 to 31.
    var day: Int64
  }

  /// Days from 0000-03-01 to 1970-01-01.
  private static let epochShift: Int64 = 719_468
  private static let daysPerEra: Int64 = 146_097

  /// Returns the quotient rounded towards minus infinity.
  @inline(__always)
  static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    let quotient = value / divisor
    return quotient &- (value % divisor < 0 ? 1 : 0)
  }

  /// Returns the remainder that is never negative.
  @inline(__always)
  static func floorRemainder(_ value: Int64, _ divisor: Int64) -> Int64 {
    let remainder = value % divisor
    return remainder &+ (remainder < 0 ? divisor : 0)
  }

  /// Returns the civil date of a day number.
  @inline(__always)
  static func civil(_ days: Int64) -> Civil {
    let shifted = days &+ epochShift
    let era = floorDivide(shifted, daysPerEra)
    let dayOfEra = shifted &- era &* daysPerEra
    let leapDays = dayOfEra / 1_460 - dayOfEra / 36_524 + dayOfEra / 146_096
    let yearOfEra = (dayOfEra - leapDays) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    let year = era &* 400 &+ yearOfEra &+ (month <= 2 ? 1 : 0)
    return Civil(year: year, month: month, day: dayOfYear - (153 * marchMonth + 2) / 5 + 1)
  }

  /// Returns the day number of a civil date.
  @inline(__always)
  static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let marchYear = year &- (month <= 2 ? 1 : 0)
    let era = floorDivide(marchYear, 400)
    let yearOfEra = marchYear &- era &* 400
    let marchMonth = month > 2 ? month - 3 : month + 9
    let dayOfYear = (153 * marchMonth + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era &* daysPerEra &+ dayOfEra &- epochShift
  }

  /// Returns 1 (Monday) to 7 (Sunday).
  @inline(__always)
  static func weekday(_ days: Int64) -> Int64 {
    // 1970-01-01 was a Thursday.
    floorRemainder(days &+ 3, 7) + 1
  }

  /// Returns the first day of the period that holds a day.
  @inline(__always)
  static func start(
    _ days: Int64,
    _ unit: CalendarUnit,
    weekStart: Int64,
    fiscalStart: Int64
  ) -> Int64 {
    switch unit {
    case .day: return days
    case .week: return days &- floorRemainder(days &+ 4 &- weekStart, 7)
    case .month:
      return days &- (civil(days).day - 1)
    case .quarter:
      let date = civil(days)
      return self.days(date.year, date.month - (date.month - 1) % 3, 1)
    case .year:
      return self.days(civil(days).year, 1, 1)
    case .fiscalQuarter:
      let date = civil(days)
      let monthOfYear = (date.month - fiscalStart + 12) % 12
      let first = date.month - monthOfYear % 3
      return first >= 1
        ? self.days(date.year, first, 1) : self.days(date.year &- 1, first + 12, 1)
    case .fiscalYear:
      let date = civil(days)
      return self.days(date.month >= fiscalStart ? date.year : date.year &- 1, fiscalStart, 1)
    }
  }

  /// Returns the ISO week, 1 to 53: the week belongs to the year that its Thursday is in.
  @inline(__always)
  static func isoWeek(_ days: Int64) -> Int64 {
    let thursday = days &- weekday(days) &+ 4
    return (thursday &- self.days(civil(thursday).year, 1, 1)) / 7 + 1
  }

  /// Cuts days to the first day of their period, in place.
  static func truncate(
    _ values: inout MutableSpan<Int64>,
    to unit: CalendarUnit,
    weekStart: Int64,
    fiscalStart: Int64,
    count: Int
  ) {
    for row in 0..<count {
      values[row] = start(values[row], unit, weekStart: weekStart, fiscalStart: fiscalStart)
    }
  }

  /// Replaces days by a number that they have, in place.
  static func part(_ values: inout MutableSpan<Int64>, _ part: DatePart, count: Int) {
    switch part {
    case .dayOfWeek: for row in 0..<count { values[row] = weekday(values[row]) }
    case .dayOfMonth: for row in 0..<count { values[row] = civil(values[row]).day }
    case .weekOfYear: for row in 0..<count { values[row] = isoWeek(values[row]) }
    case .monthOfYear: for row in 0..<count { values[row] = civil(values[row]).month }
    case .hourOfDay: preconditionFailure("days have no hours")
    }
  }

  /// Moves instants from UTC to a zone's own clock, in place.
  static func shift(
    _ instants: inout MutableSpan<Int64>,
    changes: Span<Int64>,
    offsets: Span<Int32>,
    count: Int
  ) {
    for row in 0..<count {
      let instant = instants[row]
      var low = 0
      var high = changes.count
      while low < high {
        let middle = (low &+ high) >> 1
        if changes[middle] <= instant { low = middle &+ 1 } else { high = middle }
      }
      instants[row] = instant &+ Int64(offsets[low]) &* 1_000_000
    }
  }

  /// Replaces local instants by their days, in place.
  static func days(ofInstants values: inout MutableSpan<Int64>, count: Int) {
    for row in 0..<count { values[row] = floorDivide(values[row], 86_400_000_000) }
  }

  /// Replaces local instants by their hours, 0 to 23, in place.
  static func hours(ofInstants values: inout MutableSpan<Int64>, count: Int) {
    for row in 0..<count {
      values[row] = floorRemainder(values[row], 86_400_000_000) / 3_600_000_000
    }
  }
}
