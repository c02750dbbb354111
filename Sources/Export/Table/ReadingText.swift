internal import QueryLang

/// The text of a cell as a table shows it to people: grouped, rounded, percent with its sign.
struct ReadingText {
  /// What is shown for a blank; its reason stands below the table.
  static let blank = "–"

  let grouping: Grouping

  /// The digits after the point of numbers whose column names no format.
  private static let numberDigits = 2
  private static let percentDigits = 1
  private static let largestDigits = 4

  /// The mark of values that may be approximate.
  static let approximate = "≈"

  /// Returns the text of a cell that is not a blank, or `–`.
  func text(_ cell: ResultCell, column: ResultColumn) -> String {
    let text = plainText(cell, column: column)
    guard column.isApproximate, text != Self.blank else { return text }
    return Self.approximate + text
  }

  private func plainText(_ cell: ResultCell, column: ResultColumn) -> String {
    switch cell {
    case .blank: Self.blank
    case .text(let text): DisplayWidth.harmless(text)
    case .integer(let value): text(value, column: column)
    case .decimal(let value): text(tenThousandths: value, column: column)
    case .double(let value): text(double: value, column: column)
    }
  }

  /// Returns the header of a column: its name, with the sign of its currency.
  func header(of column: ResultColumn) -> String {
    guard case .money(let currency) = column.type, let currency else { return column.name }
    return "\(column.name) (\(Self.sign(ofCurrency: currency)))"
  }

  /// Returns the sign of a currency, or its code when it has no sign of its own.
  static func sign(ofCurrency code: String) -> String {
    switch code {
    case "INR": "₹"
    case "EUR": "€"
    case "GBP": "£"
    case "JPY": "¥"
    case "USD": "$"
    default: code
    }
  }

  private func text(_ value: Int64, column: ResultColumn) -> String {
    switch column.type {
    case .count, .number: grouping.applied(to: String(value))
    case .money, .percent:
      text(tenThousandths: Int128(value) * NumberText.decimalScale, column: column)
    case .date, .grain, .timestamp, .bool, .string:
      CellText.integer(value, type: column.type, calendar: column.calendar)
    }
  }

  private func text(tenThousandths value: Int128, column: ResultColumn) -> String {
    let digits = digits(of: column)
    guard case .percent = column.type else {
      return grouping.applied(to: NumberText.rounded(value, digits: digits))
    }
    return grouping.applied(to: NumberText.rounded(value * 100, digits: digits)) + "%"
  }

  private func text(double value: Double, column: ResultColumn) -> String {
    let isPercent = column.type == .percent
    let shown = isPercent ? value * 100 : value
    let scaled = (shown * 10_000).rounded(.toNearestOrEven)
    let suffix = isPercent ? "%" : ""
    guard let exact = Int128(exactly: scaled), scaled.magnitude < 1e18 else {
      return NumberText.double(shown) + suffix
    }
    return grouping.applied(to: NumberText.rounded(exact, digits: digits(of: column))) + suffix
  }

  /// A spreadsheet pattern such as `#,##0.0%` says how many digits follow the point.
  private func digits(of column: ResultColumn) -> Int {
    if let format = column.format {
      let pattern = format.prefix { $0 != ";" }
      guard let point = pattern.firstIndex(of: ".") else { return 0 }
      let places = pattern[pattern.index(after: point)...].prefix { $0 == "0" || $0 == "#" }
      return min(places.count, Self.largestDigits)
    }
    switch column.type {
    case .percent: return Self.percentDigits
    case .money, .number: return Self.numberDigits
    case .count, .date, .grain, .timestamp, .bool, .string: return 0
    }
  }
}
