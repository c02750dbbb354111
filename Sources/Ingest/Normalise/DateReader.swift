/// Reads dates and instants from bytes by a compiled pattern, without Foundation.
struct DateReader {
  /// A civil date and time as a text gives it.
  struct Moment: Equatable {
    /// Days since 1970-01-01.
    var days: Int64
    /// Microseconds since midnight.
    var microseconds: Int64
    /// Seconds east of UTC; nil when the text does not tell.
    var offset: Int64?

    /// The instant in microseconds UTC, when the text tells an offset.
    func instant(zone: ZoneRules) -> Int64 {
      let local = days * 86_400_000_000 + microseconds
      guard let offset else { return zone.instant(ofLocal: local) }
      return local - offset * 1_000_000
    }
  }

  /// Reads a whole range of bytes; nil when it does not fit the pattern.
  static func read(
    _ bytes: borrowing Span<UInt8>,
    _ range: Range<Int>,
    pattern: DatePattern
  ) -> Moment? {
    var cursor = Cursor(position: range.lowerBound, end: range.upperBound)
    guard let moment = cursor.read(bytes, pattern.steps), cursor.position == range.upperBound else {
      return nil
    }
    return moment
  }

  /// Reads ISO 8601: `2026-03-31`, with `T` or a space and `18:45`, `:00`, `.5`, and `Z`, `+05:30`,
  /// `+0530` or ` +0530`.
  static func readISO(_ bytes: borrowing Span<UInt8>, _ range: Range<Int>) -> Moment? {
    var cursor = Cursor(position: range.lowerBound, end: range.upperBound)
    guard
      let year = cursor.number(bytes, digits: 4...4), cursor.skip(bytes, 0x2D),
      let month = cursor.number(bytes, digits: 2...2), cursor.skip(bytes, 0x2D),
      let day = cursor.number(bytes, digits: 2...2),
      let days = CalendarDay.days(year: year, month: month, day: day)
    else { return nil }
    var moment = Moment(days: days, microseconds: 0, offset: nil)
    if cursor.position == range.upperBound { return moment }
    guard cursor.skip(bytes, 0x54) || cursor.skip(bytes, 0x20) else { return nil }
    guard
      let hour = cursor.number(bytes, digits: 2...2), cursor.skip(bytes, 0x3A),
      let minute = cursor.number(bytes, digits: 2...2), hour < 24, minute < 60
    else { return nil }
    var seconds = hour * 3600 + minute * 60
    var fraction: Int64 = 0
    if cursor.skip(bytes, 0x3A) {
      guard let second = cursor.number(bytes, digits: 2...2), second < 60 else { return nil }
      seconds += second
      if cursor.skip(bytes, 0x2E) || cursor.skip(bytes, 0x2C) {
        guard let value = cursor.fraction(bytes) else { return nil }
        fraction = value
      }
    }
    moment.microseconds = Int64(seconds) * 1_000_000 + fraction
    if cursor.position < range.upperBound {
      _ = cursor.skip(bytes, 0x20)
      guard let offset = cursor.offset(bytes), cursor.position == range.upperBound else {
        return nil
      }
      moment.offset = offset
    }
    return moment
  }
}

/// A position in a field while a date is read.
struct Cursor {
  var position: Int
  let end: Int

  mutating func skip(_ bytes: borrowing Span<UInt8>, _ byte: UInt8) -> Bool {
    guard position < end, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  mutating func number(_ bytes: borrowing Span<UInt8>, digits: ClosedRange<Int>) -> Int? {
    var value = 0
    var count = 0
    while position < end, count < digits.upperBound {
      let digit = bytes[position] &- 0x30
      guard digit < 10 else { break }
      value = value * 10 + Int(digit)
      position += 1
      count += 1
    }
    return count >= digits.lowerBound ? value : nil
  }

  /// Digits after the point of a second, as microseconds; more than six are cut.
  mutating func fraction(_ bytes: borrowing Span<UInt8>) -> Int64? {
    var value: Int64 = 0
    var count = 0
    while position < end {
      let digit = bytes[position] &- 0x30
      guard digit < 10 else { break }
      if count < 6 { value = value * 10 + Int64(digit) }
      count += 1
      position += 1
    }
    guard count > 0 else { return nil }
    for _ in min(count, 6)..<6 { value *= 10 }
    return value
  }

  /// `Z`, `+05:30`, `+0530` or `+05`, in seconds.
  mutating func offset(_ bytes: borrowing Span<UInt8>) -> Int64? {
    if skip(bytes, 0x5A) || skip(bytes, 0x7A) { return 0 }
    let isNegative = skip(bytes, 0x2D)
    guard isNegative || skip(bytes, 0x2B) else { return nil }
    guard let hours = number(bytes, digits: 2...2), hours <= 18 else { return nil }
    var minutes = 0
    let hasColon = skip(bytes, 0x3A)
    if hasColon || position < end {
      guard let value = number(bytes, digits: 2...2), value < 60 else { return nil }
      minutes = value
    }
    let seconds = Int64(hours * 3600 + minutes * 60)
    return isNegative ? -seconds : seconds
  }

  /// Three letters or more of an English month name.
  mutating func month(_ bytes: borrowing Span<UInt8>) -> Int? {
    let names: [StaticString] = [
      "january", "february", "march", "april", "may", "june", "july", "august", "september",
      "october", "november", "december",
    ]
    let start = position
    while position < end, (bytes[position] | 0x20) >= 0x61, (bytes[position] | 0x20) <= 0x7A {
      position += 1
    }
    var word = ""
    for index in start..<position {
      word.unicodeScalars.append(Unicode.Scalar(bytes[index] | 0x20))
    }
    guard word.count >= 3 else { return nil }
    if word == "sept" { return 9 }
    for (index, name) in names.enumerated() {
      let full = name.description
      if word == full || word == full.prefix(3) { return index + 1 }
    }
    return nil
  }

  mutating func read(
    _ bytes: borrowing Span<UInt8>,
    _ steps: [DatePattern.Step]
  ) -> DateReader.Moment? {
    var year = 0
    var month = 0
    var day = 0
    var hour = 0
    var isHalf = false
    var isAfternoon = false
    var seconds = 0
    var micro: Int64 = 0
    var zone: Int64?
    for step in steps {
      switch step {
      case .literal(let byte):
        guard skip(bytes, byte) else { return nil }
      case .year:
        guard let value = number(bytes, digits: 4...4) else { return nil }
        year = value
      case .shortYear:
        guard let value = number(bytes, digits: 2...2) else { return nil }
        year = 2000 + value
      case .month(let digits):
        guard let value = number(bytes, digits: digits) else { return nil }
        month = value
      case .monthName:
        guard let value = self.month(bytes) else { return nil }
        month = value
      case .day(let digits):
        guard let value = number(bytes, digits: digits) else { return nil }
        day = value
      case .hour(let digits):
        guard let value = number(bytes, digits: digits), value < 24 else { return nil }
        hour = value
      case .hourOfHalf(let digits):
        guard let value = number(bytes, digits: digits), (1...12).contains(value) else {
          return nil
        }
        hour = value % 12
        isHalf = true
      case .minute:
        guard let value = number(bytes, digits: 2...2), value < 60 else { return nil }
        seconds += value * 60
      case .second:
        guard let value = number(bytes, digits: 2...2), value < 60 else { return nil }
        seconds += value
      case .fraction:
        guard let value = fraction(bytes) else { return nil }
        micro = value
      case .half:
        guard let value = half(bytes) else { return nil }
        isAfternoon = value
      case .offset:
        guard let value = offset(bytes) else { return nil }
        zone = value
      }
    }
    guard let days = CalendarDay.days(year: year, month: month, day: day) else { return nil }
    if isHalf, isAfternoon { hour += 12 }
    let total = Int64(hour * 3600 + seconds) * 1_000_000 + micro
    return DateReader.Moment(days: days, microseconds: total, offset: zone)
  }

  /// `AM` or `PM`; true for the afternoon.
  private mutating func half(_ bytes: borrowing Span<UInt8>) -> Bool? {
    guard position + 1 < end, bytes[position + 1] | 0x20 == 0x6D else { return nil }
    let letter = bytes[position] | 0x20
    guard letter == 0x61 || letter == 0x70 else { return nil }
    position += 2
    return letter == 0x70
  }
}
