import Glibc

/// A function of one or two numbers.
public enum MathFunction: UInt8, Sendable, Hashable, CaseIterable {
  /// The first number to the power of the second.
  case power = 1
  case squareRoot = 2
  case naturalLogarithm = 3
  /// The largest whole number that is not larger.
  case floor = 4
  /// The smallest whole number that is not smaller.
  case ceiling = 5
  /// Rounded half away from zero to as many digits after the point as the second number says.
  case round = 6

  /// How many numbers it takes.
  public var valueCount: Int {
    switch self {
    case .power, .round: 2
    case .squareRoot, .naturalLogarithm, .floor, .ceiling: 1
    }
  }

  /// Returns the value, which is not finite where the function has none; the second number counts
  /// only where the function takes two.
  public func value(_ first: Double, _ second: Double) -> Double {
    switch self {
    case .power: return pow(first, second)
    case .squareRoot: return first.squareRoot()
    case .naturalLogarithm: return log(first)
    case .floor: return first.rounded(.down)
    case .ceiling: return first.rounded(.up)
    case .round:
      let scale = pow(10, second)
      return (first * scale).rounded(.toNearestOrAwayFromZero) / scale
    }
  }
}
