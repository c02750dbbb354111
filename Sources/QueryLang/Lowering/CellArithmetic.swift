internal import ColumnStore

/// A count or an amount left the range in which numbers are exact.
struct NumberTooLarge: Error {}

/// Arithmetic on cells: exact on amounts and counts as far as the operation is, blanks pass through.
enum CellArithmetic {
  private static let unit: Int128 = 10_000

  static func combine(
    _ operation: ArithmeticOperator,
    _ left: ResultCell,
    _ right: ResultCell
  ) throws(NumberTooLarge) -> ResultCell {
    if case .blank = left { return operation == .divide ? undefined(left) : left }
    if case .blank = right { return operation == .divide ? undefined(right) : right }
    switch (operation, left, right) {
    case (.add, .integer(let one), .integer(let other)):
      let (sum, overflow) = one.addingReportingOverflow(other)
      return try exact(.integer(sum), overflow)
    case (.subtract, .integer(let one), .integer(let other)):
      let (difference, overflow) = one.subtractingReportingOverflow(other)
      return try exact(.integer(difference), overflow)
    case (.add, .decimal(let one), .decimal(let other)):
      let (sum, overflow) = one.addingReportingOverflow(other)
      return try exact(.decimal(sum), overflow)
    case (.subtract, .decimal(let one), .decimal(let other)):
      let (difference, overflow) = one.subtractingReportingOverflow(other)
      return try exact(.decimal(difference), overflow)
    case (.multiply, .decimal(let amount), .integer(let count)),
      (.multiply, .integer(let count), .decimal(let amount)):
      let (product, overflow) = amount.multipliedReportingOverflow(by: Int128(count))
      return try exact(.decimal(product), overflow)
    default:
      break
    }
    let (one, other) = (double(left), double(right))
    switch operation {
    case .add: return finite(one + other)
    case .subtract: return finite(one - other)
    case .multiply: return finite(one * other)
    case .divide: return other == 0 ? .blank(.undefined) : finite(quotient(left, right))
    }
  }

  static func negated(_ cell: ResultCell) throws(NumberTooLarge) -> ResultCell {
    switch cell {
    case .integer(let number):
      let (opposite, overflow) = Int64(0).subtractingReportingOverflow(number)
      return try exact(.integer(opposite), overflow)
    case .decimal(let amount):
      let (opposite, overflow) = Int128(0).subtractingReportingOverflow(amount)
      return try exact(.decimal(opposite), overflow)
    case .double(let number): return .double(-number)
    case .text, .blank: return cell
    }
  }

  /// A whole result, which is never rounded to a double where it does not fit.
  private static func exact(
    _ cell: ResultCell,
    _ overflow: Bool
  ) throws(NumberTooLarge) -> ResultCell {
    guard !overflow else { throw NumberTooLarge() }
    return cell
  }

  /// The number in its own unit; 0 for what is no number.
  static func double(_ cell: ResultCell) -> Double {
    switch cell {
    case .integer(let number): Double(number)
    case .decimal(let amount): amount.nearestDouble / Double(unit)
    case .double(let number): number
    case .text, .blank: 0
    }
  }

  /// Compares two values, or returns nil when one of them is blank.
  static func order(_ left: ResultCell, _ right: ResultCell) -> Int? {
    switch (left, right) {
    case (.blank, _), (_, .blank): return nil
    case (.integer(let one), .integer(let other)): return sign(one, other)
    case (.decimal(let one), .decimal(let other)): return sign(one, other)
    case (.text(let one), .text(let other)): return order(one, other)
    case (.text, _): return 1
    case (_, .text): return -1
    default: return sign(double(left), double(right))
    }
  }

  /// Compares texts by their UTF-8 bytes.
  static func order(_ left: String, _ right: String) -> Int {
    if left == right, left.utf8.elementsEqual(right.utf8) { return 0 }
    return left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
  }

  static func apply(
    _ function: MetricFunction,
    _ cells: [ResultCell]
  ) throws(NumberTooLarge) -> ResultCell {
    for case .blank(let reason) in cells where function != .nullIf {
      return .blank(reason)
    }
    guard let first = cells.first else { return .blank(.empty) }
    switch function {
    case .absolute:
      return order(first, .integer(0)) == -1 ? try negated(first) : first
    case .floor: return rounded(first, digits: 0) { $0.rounded(.down) }
    case .ceiling: return rounded(first, digits: 0) { $0.rounded(.up) }
    case .round(let digits):
      return rounded(first, digits: digits) { $0.rounded(.toNearestOrAwayFromZero) }
    case .least: return cells.dropFirst().reduce(first) { order($1, $0) == -1 ? $1 : $0 }
    case .greatest: return cells.dropFirst().reduce(first) { order($1, $0) == 1 ? $1 : $0 }
    case .nullIf: return order(first, cells[cells.count - 1]) == 0 ? .blank(.empty) : first
    case .math(let function):
      return finite(function.value(double(first), double(cells[cells.count - 1])))
    case .joined:
      return .text(
        cells.reduce(into: "") { joined, cell in
          if case .text(let text) = cell { joined += text }
        }
      )
    }
  }

  private static func rounded(
    _ cell: ResultCell,
    digits: Int,
    _ round: (Double) -> Double
  ) -> ResultCell {
    switch cell {
    case .integer, .text, .blank: return cell
    case .decimal(let amount):
      guard digits < 4 else { return cell }
      var step: Int128 = 1
      for _ in digits..<4 {
        step *= 10
      }
      let whole = amount / step
      let rest = amount % step
      // A double holds a rest below 10,000 and its sign exactly, so rounding stays exact.
      let up = round(Double(rest) / Double(step))
      return .decimal((whole + Int128(up)) * step)
    case .double(let number):
      var scale = 1.0
      for _ in 0..<digits {
        scale *= 10
      }
      return finite(round(number * scale) / scale)
    }
  }

  private static func quotient(_ left: ResultCell, _ right: ResultCell) -> Double {
    switch (left, right) {
    case (.decimal(let one), .decimal(let other)): Double(one) / Double(other)
    default: double(left) / double(right)
    }
  }

  private static func undefined(_ cell: ResultCell) -> ResultCell {
    if case .blank(let reason) = cell, reason != .empty { return cell }
    return .blank(.undefined)
  }

  private static func finite(_ number: Double) -> ResultCell {
    number.isFinite ? .double(number) : .blank(.undefined)
  }

  private static func sign<Value: Comparable>(_ left: Value, _ right: Value) -> Int {
    left < right ? -1 : (left == right ? 0 : 1)
  }
}

extension Int128 {
  /// The nearest double, as `Double.init` finds it; that takes a hundred times as long, so numbers
  /// that fit 64 bits go another way.
  var nearestDouble: Double {
    let isNarrow = self >= Int128(Int64.min) && self <= Int128(Int64.max)
    return isNarrow ? Double(Int64(truncatingIfNeeded: self)) : Double(self)
  }
}
