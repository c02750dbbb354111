/// A constant as written.
struct LiteralSyntax: Sendable, Hashable {
  enum Value: Sendable, Hashable {
    case number(DecimalLiteral)
    /// The number before the sign: 12.5 for `12.5%`.
    case percent(DecimalLiteral)
    /// The currency in the capitals of the text.
    case money(DecimalLiteral, currency: String, currencySpan: SourceSpan)
    case duration(DecimalLiteral, unit: UnitSyntax)
    case text(String)
    case date(DateLiteral)
    case boolean(Bool)
    case null
    case today
    case yesterday
  }
  let value: Value
  let span: SourceSpan
}

/// An exact decimal number without a sign: `significand` divided by ten to the `fractionDigits`.
struct DecimalLiteral: Sendable, Hashable {
  let significand: Int64
  let fractionDigits: Int

  /// The number as a whole, or nil when it has a fraction or does not fit.
  var whole: Int? {
    guard let value = scaled(to: 0) else { return nil }
    return Int(exactly: value)
  }

  /// The number times ten to the `digits` (4 for ten-thousandths), or nil when it has more digits
  /// than that or does not fit.
  func scaled(to digits: Int) -> Int64? {
    var value = significand
    var have = fractionDigits
    while have > digits {
      guard value % 10 == 0 else { return nil }
      value /= 10
      have -= 1
    }
    while have < digits {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      value = product
      have += 1
    }
    return value
  }

  /// Whether digits other than 0 stand behind the first `digits` after the point.
  func isFiner(than digits: Int) -> Bool {
    var value = significand
    for _ in 0..<max(0, fractionDigits - digits) {
      guard value % 10 == 0 else { return true }
      value /= 10
    }
    return false
  }

  /// The double closest to the number.
  var double: Double {
    Double("\(significand)e-\(fractionDigits)") ?? Double(significand)
  }
}

/// A date literal: one day, or a calendar period that stands for its days; always a real date.
enum DateLiteral: Sendable, Hashable {
  case day(year: Int, month: Int, day: Int)
  case month(year: Int, month: Int)
  case quarter(year: Int, quarter: Int)
  /// An ISO week of the report calendar.
  case week(year: Int, week: Int)
  case year(Int)
  case fiscalYear(Int)
  case fiscalQuarter(year: Int, quarter: Int)
}
