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
  /// Where the parts of the date stand, with what is between them.
  private var date = 0..<0
  private var dateLiterals: [(place: Int, byte: UInt8)] = []
  private var timeLiterals: [(place: Int, byte: UInt8)] = []
  private var width = 0

  /// The layouts of ISO 8601 without fractions and offsets.
  static let isoDay = FixedLayout(DatePattern("yyyy-MM-dd"))
  static let isoTime = FixedLayout(DatePattern("yyyy-MM-dd HH:mm:ss"))

  /// Lays out a pattern; nil when a part of it varies in width or is not a number, or the parts of
  /// the date are not side by side.
  init?(_ pattern: DatePattern?) {
    guard let pattern else { return nil }
    var literals: [(place: Int, byte: UInt8)] = []
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
    let date = min(year, month, day)..<max(year + 4, month + 2, day + 2)
    let hasTimeInside = [hour, minute, second].compactMap(\.self).contains(where: date.contains)
    guard date.count <= DayMemory.textLimit, date.upperBound <= width, !hasTimeInside else {
      return nil
    }
    self.date = date
    dateLiterals = literals.filter { date.contains($0.place) }
    timeLiterals = literals.filter { !date.contains($0.place) }
  }

  /// Reads a text; nil when it does not fit.
  func read(_ bytes: borrowing Span<UInt8>, _ range: Range<Int>) -> DateReader.Moment? {
    var memory = DayMemory()
    return read(bytes, range, &memory)
  }

  /// Reads a text; nil when it does not fit.
  ///
  /// The last date that was read is not read again: rows of a file come more or less by date.
  @inline(__always)
  func read(
    _ bytes: borrowing Span<UInt8>,
    _ range: Range<Int>,
    _ memory: inout DayMemory
  ) -> DateReader.Moment? {
    guard range.count == width else { return nil }
    let start = range.lowerBound
    let text = ByteHash.words(bytes, (start &+ date.lowerBound)..<(start &+ date.upperBound))
    if !memory.isSet || memory.text != text {
      guard let days = days(bytes, start) else { return nil }
      memory = DayMemory(text: text, days: days)
    }
    for literal in timeLiterals {
      guard bytes[start &+ literal.place] == literal.byte else { return nil }
    }
    var isNumber = true
    let hour = FixedLayout.part(bytes, start, hour, &isNumber)
    let minute = FixedLayout.part(bytes, start, minute, &isNumber)
    let second = FixedLayout.part(bytes, start, second, &isNumber)
    guard isNumber, hour < 24, minute < 60, second < 60 else { return nil }
    return DateReader.Moment(
      days: memory.days,
      microseconds: Int64(hour &* 3600 &+ minute &* 60 &+ second) &* 1_000_000,
      offset: nil
    )
  }

  private func days(_ bytes: borrowing Span<UInt8>, _ start: Int) -> Int64? {
    for literal in dateLiterals {
      guard bytes[start &+ literal.place] == literal.byte else { return nil }
    }
    var isNumber = true
    let century = FixedLayout.pair(bytes, start &+ year, &isNumber)
    let yearOfCentury = FixedLayout.pair(bytes, start &+ year &+ 2, &isNumber)
    let month = FixedLayout.pair(bytes, start &+ month, &isNumber)
    let day = FixedLayout.pair(bytes, start &+ day, &isNumber)
    guard isNumber else { return nil }
    return CalendarDay.days(year: century * 100 + yearOfCentury, month: month, day: day)
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

/// The date that a layout read last, and its text.
struct DayMemory {
  /// Bytes of a date that is remembered.
  static let textLimit = 16

  private(set) var isSet = false
  private(set) var text: (UInt64, UInt64) = (0, 0)
  private(set) var days: Int64 = 0

  init() {}

  init(text: (UInt64, UInt64), days: Int64) {
    isSet = true
    self.text = text
    self.days = days
  }
}
