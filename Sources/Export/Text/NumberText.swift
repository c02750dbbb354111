/// Numbers as exact text: no grouping, no sign of a currency, a point for the fraction.
public enum NumberText {
  /// The number of digits after the point that a decimal can have.
  static let decimalDigits = 4
  /// The ten-thousandths in one unit.
  static let decimalScale: Int128 = 10_000

  /// Returns a decimal of ten-thousandths with the digits that it needs, but at least some.
  public static func decimal(_ tenThousandths: Int128, atLeast minimumDigits: Int = 0) -> String {
    let magnitude = tenThousandths.magnitude
    let whole = magnitude / UInt128(decimalScale)
    var fraction = Array(padded(magnitude % UInt128(decimalScale)).utf8)
    while fraction.count > minimumDigits, fraction.last == UInt8(ascii: "0") {
      fraction.removeLast()
    }
    let sign = tenThousandths < 0 ? "-" : ""
    let tail = fraction.isEmpty ? "" : "." + String(decoding: fraction, as: UTF8.self)
    return "\(sign)\(whole)\(tail)"
  }

  /// Returns the shortest text that reads back as the same double.
  public static func double(_ value: Double, atLeast minimumDigits: Int = 0) -> String {
    guard value != 0 else {
      return minimumDigits == 0 ? "0" : "0." + String(repeating: "0", count: minimumDigits)
    }
    var text = value.description
    if text.contains("e") { return text }
    if text.hasSuffix(".0") { text.removeLast(2) }
    guard minimumDigits > 0 else { return text }
    let point = text.firstIndex(of: ".")
    let present = point.map { text.distance(from: $0, to: text.endIndex) - 1 } ?? 0
    guard present < minimumDigits else { return text }
    return text + (point == nil ? "." : "")
      + String(repeating: "0", count: minimumDigits - present)
  }

  /// Returns a decimal of ten-thousandths rounded half to even at a number of digits (at most 4).
  static func rounded(_ tenThousandths: Int128, digits: Int) -> String {
    precondition((0...decimalDigits).contains(digits), "a decimal has at most four digits")
    let magnitude = tenThousandths.magnitude
    let step = (digits..<decimalDigits).reduce(UInt128(1)) { step, _ in step * 10 }
    var (quotient, remainder) = magnitude.quotientAndRemainder(dividingBy: step)
    let isOdd = quotient % 2 == 1
    if remainder * 2 > step || (remainder * 2 == step && isOdd) { quotient += 1 }
    let unit = UInt128(decimalScale) / step
    let sign = tenThousandths < 0 && quotient != 0 ? "-" : ""
    let whole = "\(sign)\(quotient / unit)"
    guard digits > 0 else { return whole }
    return whole + "." + padded(quotient % unit, to: digits)
  }

  private static func padded(_ value: UInt128, to width: Int = decimalDigits) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
