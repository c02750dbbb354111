public import ColumnStore
import Foundation

/// Functions of numbers as Foundation has them, against which those of reports are compared.
public enum NaiveMath {
  /// Returns the value of a function.
  public static func value(_ function: MathFunction, _ first: Double, _ second: Double) -> Double {
    switch function {
    case .power: return pow(first, second)
    case .squareRoot: return sqrt(first)
    case .naturalLogarithm: return log(first)
    case .floor: return Foundation.floor(first)
    case .ceiling: return Foundation.ceil(first)
    case .round:
      let scale = pow(10, second)
      return Foundation.round(first * scale) / scale
    }
  }
}
