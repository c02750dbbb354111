/// Reads numbers as channels write them, exactly and never through a floating-point value.
///
/// Accepted around the digits: blanks, a currency sign (`₹ Rs Rs. INR $ € £`) before or after a
/// sign, `-` or `+` before, `-` after, parentheses for negative values. Thousands separators may
/// stand between digits in front of the decimal mark, in any grouping (`1,23,456.78`).
enum DecimalText {
  /// What a text stands for.
  enum Reading: Sendable, Equatable {
    /// Ten-thousandths.
    case value(Int64)
    case blank
    case notANumber
    /// `8.91E+12`: a spreadsheet has rounded the digits away.
    case scientific
    /// A digit other than zero past the fourth decimal.
    case tooPrecise
    /// Beyond 64 bits in ten-thousandths.
    case tooLarge
  }

  /// Reads a range of bytes.
  static func read(
    _ bytes: borrowing Span<UInt8>,
    _ range: Range<Int>,
    hasDecimalComma: Bool
  ) -> Reading {
    var low = range.lowerBound
    var high = range.upperBound
    trim(bytes, &low, &high)
    guard low < high else { return .blank }
    var isNegative = false
    if bytes[low] == 0x28, bytes[high - 1] == 0x29 {
      isNegative = true
      low += 1
      high -= 1
    } else if bytes[high - 1] == 0x2D {
      isNegative = true
      high -= 1
    }
    skipCurrency(bytes, &low, high)
    if low < high, bytes[low] == 0x2D || bytes[low] == 0x2B {
      guard !isNegative else { return .notANumber }
      isNegative = bytes[low] == 0x2D
      low += 1
      skipCurrency(bytes, &low, high)
    }
    trim(bytes, &low, &high)
    guard low < high else { return .notANumber }
    return digits(bytes, low..<high, isNegative: isNegative, hasDecimalComma: hasDecimalComma)
  }

  private static func digits(
    _ bytes: borrowing Span<UInt8>,
    _ range: Range<Int>,
    isNegative: Bool,
    hasDecimalComma: Bool
  ) -> Reading {
    let mark: UInt8 = hasDecimalComma ? 0x2C : 0x2E
    let separator: UInt8 = hasDecimalComma ? 0x2E : 0x2C
    var value: Int64 = 0
    var digitCount = 0
    var decimals = -1
    var isLarge = false
    var isPrecise = false
    for index in range {
      let byte = bytes[index]
      let digit = byte &- 0x30
      if digit < 10 {
        digitCount += 1
        if decimals >= 4 {
          if digit != 0 { isPrecise = true }
          continue
        }
        if decimals >= 0 { decimals += 1 }
        let (scaled, isOver) = value.multipliedReportingOverflow(by: 10)
        let (sum, isBeyond) = scaled.addingReportingOverflow(Int64(digit))
        value = sum
        isLarge = isLarge || isOver || isBeyond
      } else if byte == mark, decimals < 0 {
        decimals = 0
      } else if byte == separator, decimals < 0, isBetweenDigits(bytes, index, range) {
        continue
      } else if byte | 0x20 == 0x65, digitCount > 0, isExponent(bytes, index + 1, range.upperBound)
      {
        return .scientific
      } else {
        return .notANumber
      }
    }
    guard digitCount > 0 else { return .notANumber }
    if isPrecise { return .tooPrecise }
    for _ in max(decimals, 0)..<4 {
      let (scaled, isOver) = value.multipliedReportingOverflow(by: 10)
      value = scaled
      isLarge = isLarge || isOver
    }
    if isLarge { return .tooLarge }
    return .value(isNegative ? -value : value)
  }

  private static func isBetweenDigits(
    _ bytes: borrowing Span<UInt8>,
    _ index: Int,
    _ range: Range<Int>
  ) -> Bool {
    guard index > range.lowerBound, index + 1 < range.upperBound else { return false }
    return bytes[index - 1] &- 0x30 < 10 && bytes[index + 1] &- 0x30 < 10
  }

  private static func isExponent(
    _ bytes: borrowing Span<UInt8>,
    _ start: Int,
    _ end: Int
  ) -> Bool {
    var index = start
    if index < end, bytes[index] == 0x2B || bytes[index] == 0x2D { index += 1 }
    guard index < end else { return false }
    while index < end {
      guard bytes[index] &- 0x30 < 10 else { return false }
      index += 1
    }
    return true
  }

  /// Blanks at both ends; a no-break space is C2 A0 in UTF-8.
  private static func trim(_ bytes: borrowing Span<UInt8>, _ low: inout Int, _ high: inout Int) {
    while low < high {
      if bytes[low] <= 0x20 {
        low += 1
      } else if bytes[low] == 0xC2, low + 1 < high, bytes[low + 1] == 0xA0 {
        low += 2
      } else {
        break
      }
    }
    while low < high {
      if bytes[high - 1] <= 0x20 {
        high -= 1
      } else if bytes[high - 1] == 0xA0, high - 2 >= low, bytes[high - 2] == 0xC2 {
        high -= 2
      } else {
        break
      }
    }
  }

  private static func skipCurrency(
    _ bytes: borrowing Span<UInt8>,
    _ low: inout Int,
    _ high: Int
  ) {
    guard low < high, bytes[low] &- 0x30 >= 10 else { return }
    var end = high
    trim(bytes, &low, &end)
    for sign in currencySigns where matches(bytes, low, high, sign) {
      low += sign.count
      break
    }
    trim(bytes, &low, &end)
  }

  private static func matches(
    _ bytes: borrowing Span<UInt8>,
    _ low: Int,
    _ high: Int,
    _ sign: [UInt8]
  ) -> Bool {
    guard high - low >= sign.count else { return false }
    for offset in 0..<sign.count where bytes[low + offset] != sign[offset] { return false }
    return true
  }

  /// Longer signs first where one begins another.
  private static let currencySigns: [[UInt8]] = [
    "₹", "Rs.", "Rs", "INR", "US$", "USD", "$", "€", "£",
  ].map { Array($0.utf8) }
}
