/// Where the parts of a date stand in a text of fixed width, such as `yyyy-MM-dd HH:mm:ss`.
///
/// It reads what it fits quickly; for any other text, right or wrong, it gives nothing, and the
/// general reader says what that is.
struct FixedLayout: Sendable {
  private var year = 0
  private var month = 0
  private var day = 0
  /// Places of hour, minute and second; nil where the text has no such part.
  private var hour: Int?
  private var minute: Int?
  private var second: Int?
  private var literals: [(place: Int, byte: UInt8)] = []
  private var width = 0

  /// The layouts of ISO 8601 without fractions and offsets.
  static let isoDay = FixedLayout(DatePattern("yyyy-MM-dd"))
  static let isoTime = FixedLayout(DatePattern("yyyy-MM-dd HH:mm:ss"))

  /// Lays out a pattern; nil when a part of it varies in width or is not a number.
  init?(_ pattern: DatePattern?) {
    guard let pattern else { return nil }
    for step in pattern.steps {
      let place = width
      width += 2
      switch step {
      case .year:
        year = place
        width += 2
      case .month(2...2): month = place
      case .day(2...2): day = place
      case .hour(2...2): hour = place
      case .minute: minute = place
      case .second: second = place
      case .literal(let byte):
        literals.append((place, byte))
        width -= 1
      case .shortYear, .month, .monthName, .day, .hour, .hourOfHalf, .fraction, .half, .offset:
        return nil
      }
    }
  }

  /// Reads a text; nil when it does not fit.
  @inline(__always)
  func read(_ bytes: borrowing Span<UInt8>, _ range: Range<Int>) -> DateReader.Moment? {
    guard range.count == width else { return nil }
    let start = range.lowerBound
    for literal in literals {
      guard bytes[start &+ literal.place] == literal.byte else { return nil }
    }
    var isNumber = true
    let century = FixedLayout.pair(bytes, start &+ year, &isNumber)
    let yearOfCentury = FixedLayout.pair(bytes, start &+ year &+ 2, &isNumber)
    let month = FixedLayout.pair(bytes, start &+ month, &isNumber)
    let day = FixedLayout.pair(bytes, start &+ day, &isNumber)
    let hour = FixedLayout.part(bytes, start, hour, &isNumber)
    let minute = FixedLayout.part(bytes, start, minute, &isNumber)
    let second = FixedLayout.part(bytes, start, second, &isNumber)
    guard isNumber, hour < 24, minute < 60, second < 60,
      let days = CalendarDay.days(year: century * 100 + yearOfCentury, month: month, day: day)
    else { return nil }
    return DateReader.Moment(
      days: days,
      microseconds: Int64(hour &* 3600 &+ minute &* 60 &+ second) &* 1_000_000,
      offset: nil
    )
  }

  @inline(__always)
  private static func part(
    _ bytes: borrowing Span<UInt8>,
    _ start: Int,
    _ place: Int?,
    _ isNumber: inout Bool
  ) -> Int {
    guard let place else { return 0 }
    return pair(bytes, start &+ place, &isNumber)
  }

  /// A number of two digits.
  @inline(__always)
  private static func pair(
    _ bytes: borrowing Span<UInt8>,
    _ place: Int,
    _ isNumber: inout Bool
  ) -> Int {
    let (tens, ones) = (bytes[place] &- 0x30, bytes[place &+ 1] &- 0x30)
    isNumber = isNumber && tens < 10 && ones < 10
    return Int(tens) &* 10 &+ Int(ones)
  }
}
