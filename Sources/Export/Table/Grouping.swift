internal import QueryLang

/// How the digits of large numbers are grouped for reading.
enum Grouping: Sendable, Hashable {
  /// Lakh and crore: `12,34,567`.
  case indian
  /// Thousands: `1,234,567`.
  case thousands

  /// The grouping that fits a report's currency; counts alone are grouped the Indian way.
  init(currency: String?) {
    self = currency == nil || currency == "INR" ? .indian : .thousands
  }

  /// Returns a plain number with its whole digits grouped.
  func applied(to number: String) -> String {
    if number.utf8.contains(UInt8(ascii: "e")) { return number }
    let unsigned = number.drop { $0 == "-" }
    let whole = Array(unsigned.prefix { $0 != "." })
    let fraction = unsigned.dropFirst(whole.count)
    var grouped: [Character] = []
    for (index, digit) in whole.enumerated() {
      if index > 0, isBoundary(digitsToTheRight: whole.count - index) { grouped.append(",") }
      grouped.append(digit)
    }
    return (number.hasPrefix("-") ? "-" : "") + String(grouped) + fraction
  }

  private func isBoundary(digitsToTheRight count: Int) -> Bool {
    switch self {
    case .indian: count == 3 || (count > 3 && count % 2 == 1)
    case .thousands: count % 3 == 0
    }
  }
}
