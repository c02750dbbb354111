internal import ColumnStore

/// A retail calendar: fiscal years of 52 or 53 whole weeks, whose quarters have months of 4, 4 and 5
/// weeks in the order of a pattern.
///
/// A 53rd week belongs to the last month of its year. Before the first year and after the last one
/// periods go on as if they had 4, 12 and 48 weeks, so that arithmetic has an answer for every day;
/// whoever asks for days outside `days` is refused where the report is bound.
public struct FiscalTable: Sendable, Hashable {
  /// How many weeks the months of a quarter have.
  public enum Pattern: String, Sendable, Hashable, CaseIterable {
    case fourFourFive = "4-4-5"
    case fourFiveFour = "4-5-4"
    case fiveFourFour = "5-4-4"

    /// The weeks of the months of a quarter.
    var weeks: [Int] {
      switch self {
      case .fourFourFive: [4, 4, 5]
      case .fourFiveFour: [4, 5, 4]
      case .fiveFourFour: [5, 4, 4]
      }
    }
  }

  /// The weeks of a fiscal year.
  static let weeksOfYear = 52...53

  /// The days of all years.
  let days: BoundDays
  /// The number that names the first year; the others follow.
  let firstYear: Int
  private let weeks: FiscalLevel
  private let months: FiscalLevel
  private let quarters: FiscalLevel
  private let years: FiscalLevel

  /// Makes a calendar of years by their first days and the day after the last one; nil when there is
  /// no year, or one that has neither 52 nor 53 whole weeks.
  init?(_ pattern: Pattern, starts: [Int32], firstYear: Int) {
    guard let first = starts.first, let end = starts.last, starts.count > 1 else { return nil }
    var weeks: [Int32] = []
    var months: [Int32] = []
    var quarters: [Int32] = []
    for (start, next) in zip(starts, starts.dropFirst()) {
      let count = Int(next) - Int(start)
      guard count % 7 == 0, FiscalTable.weeksOfYear.contains(count / 7) else { return nil }
      weeks += (0..<count / 7).map { start + Int32($0 * 7) }
      var day = start
      for _ in 1...4 {
        quarters.append(day)
        for length in pattern.weeks {
          months.append(day)
          day += Int32(length * 7)
        }
      }
    }
    let last = end - 1
    self.firstYear = firstYear
    days = BoundDays(from: first, to: last)
    self.weeks = FiscalLevel(weeks, through: last, usualLength: 7)
    self.months = FiscalLevel(months, through: last, usualLength: 28)
    self.quarters = FiscalLevel(quarters, through: last, usualLength: 84)
    years = FiscalLevel(Array(starts.dropLast()), through: last, usualLength: 336)
  }

  /// The number that names the last year.
  var lastYear: Int { firstYear + years.count - 1 }

  /// Returns the first day of each day's period, for scans; nil for grains of other calendars.
  func dayTable(of grain: ReportGrain) -> DayTable? { level(grain)?.table }

  /// Returns the first day of the period that holds a day; nil for grains of other calendars.
  func start(of grain: ReportGrain, containing day: Int32) -> Int32? {
    level(grain).map { $0.start(of: $0.place(of: day)) }
  }

  /// Returns the number of periods from the one that holds a day to the one that holds another; nil
  /// for grains of other calendars.
  func count(of grain: ReportGrain, from first: Int32, to last: Int32) -> Int? {
    level(grain).map { $0.place(of: last) - $0.place(of: first) + 1 }
  }

  /// Returns a day moved by months; it stays in its week of the month and on its weekday, in the last
  /// week of the month where that has fewer.
  func day(_ day: Int32, movedByMonths count: Int) -> Int32 {
    let place = months.place(of: day)
    let passed = Int(day) - Int(months.start(of: place))
    let start = months.start(of: place + count)
    let weekCount = (Int(months.start(of: place + count + 1)) - Int(start)) / 7
    let week = min(passed / 7, max(0, weekCount - 1))
    return Int32(clamping: Int(start) + week * 7 + passed % 7)
  }

  /// Returns the first day of a year, or of one of its quarters, by the names of both; nil when the
  /// calendar has no such year.
  func start(ofYear year: Int, quarter: Int = 1) -> Int32? {
    guard (firstYear...lastYear).contains(year) else { return nil }
    let first = quarters.place(of: years.start(of: year - firstYear))
    return quarters.start(of: first + quarter - 1)
  }

  /// Returns the name of the period that begins with a day, such as `FY2026-W05`; nil for grains of
  /// other calendars.
  func label(of grain: ReportGrain, start: Int32) -> String? {
    guard let level = level(grain) else { return nil }
    let year = years.place(of: start)
    let name = "FY\(CivilDay.padded(firstYear + year, 4))"
    let number = level.place(of: start) - level.place(of: years.start(of: year)) + 1
    switch grain {
    case .fiscalWeek: return "\(name)-W\(CivilDay.padded(number, 2))"
    case .fiscalMonth: return "\(name)-M\(CivilDay.padded(number, 2))"
    case .fiscalQuarter: return "\(name)-Q\(number)"
    case .fiscalYear: return name
    case .hour, .day, .week, .month, .quarter, .year: return nil
    }
  }

  private func level(_ grain: ReportGrain) -> FiscalLevel? {
    switch grain {
    case .fiscalWeek: weeks
    case .fiscalMonth: months
    case .fiscalQuarter: quarters
    case .fiscalYear: years
    case .hour, .day, .week, .month, .quarter, .year: nil
    }
  }
}

/// The periods of one kind, one after the other without a gap.
private struct FiscalLevel: Sendable, Hashable {
  private let starts: [Int32]
  private let last: Int32
  /// The days of the periods before the first and after the last.
  private let usualLength: Int
  /// The first day of each day's period.
  let table: DayTable

  init(_ starts: [Int32], through last: Int32, usualLength: Int) {
    self.starts = starts
    self.last = last
    self.usualLength = usualLength
    var days: [Int32?] = []
    for (place, start) in starts.enumerated() {
      let next = place + 1 < starts.count ? starts[place + 1] : last + 1
      days += repeatElement(Int32?.some(start), count: Int(next - start))
    }
    table = DayTable(first: starts[0], days: days)
  }

  var count: Int { starts.count }

  /// The number of the period that holds a day; 0 for the first of the list.
  func place(of day: Int32) -> Int {
    if day < starts[0] {
      let before = Int(starts[0]) - Int(day)
      return -((before + usualLength - 1) / usualLength)
    }
    if day > last { return starts.count + (Int(day) - Int(last) - 1) / usualLength }
    var (low, high) = (0, starts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= day { low = middle } else { high = middle }
    }
    return low
  }

  /// The first day of the period with a number.
  func start(of place: Int) -> Int32 {
    if place < 0 { return Int32(clamping: Int(starts[0]) + place * usualLength) }
    guard place >= starts.count else { return starts[place] }
    return Int32(clamping: Int(last) + 1 + (place - starts.count) * usualLength)
  }
}
