/// Arithmetic on ten-thousandths that never rounds.
enum ExactArithmetic {
  enum Outcome: Sendable, Equatable {
    case value(Int64)
    case tooLarge
    case tooPrecise
  }

  /// Applies an operator.
  static func apply(_ operation: FieldMapping.Operator, _ left: Int64, _ right: Int64) -> Outcome {
    switch operation {
    case .add:
      let (sum, isOver) = left.addingReportingOverflow(right)
      return isOver ? .tooLarge : .value(sum)
    case .subtract:
      let (difference, isOver) = left.subtractingReportingOverflow(right)
      return isOver ? .tooLarge : .value(difference)
    case .multiply:
      let product = Int128(left) * Int128(right)
      let (quotient, remainder) = product.quotientAndRemainder(dividingBy: 10_000)
      guard remainder == 0 else { return .tooPrecise }
      return Int64(exactly: quotient).map { .value($0) } ?? .tooLarge
    }
  }
}
