internal import ColumnStore

/// What arithmetic means for types and units: money is never added to counts.
enum TypeRules {
  /// Why two types do not go together.
  enum Refusal: Error, Equatable {
    /// Money with something that is no money.
    case mixed
    /// Amounts in two currencies.
    case currencies
    /// Money times money.
    case moneySquared
    /// Something that is no number.
    case notNumeric
  }

  /// A side of an operator.
  struct Side {
    let type: ResultType
    /// Whether it is a constant of the text, which takes the type of the other side.
    let isConstant: Bool
  }

  static func result(
    _ operation: ArithmeticOperator,
    _ left: Side,
    _ right: Side
  ) throws(Refusal) -> ResultType {
    guard left.type.isAddable, right.type.isAddable else { throw .notNumeric }
    switch operation {
    case .add, .subtract: return try sum(left, right)
    case .multiply: return try product(left.type, right.type)
    case .divide: return try quotient(left.type, right.type)
    }
  }

  /// The type that values of both types can share, as in the branches of CASE.
  static func common(_ left: Side, _ right: Side) throws(Refusal) -> ResultType {
    if left.type.isAddable, right.type.isAddable {
      return try sum(left, right)
    }
    if left.type == right.type {
      return left.type
    }
    guard left.type.isDay, right.type.isDay else { throw .notNumeric }
    return .date
  }

  private static func sum(_ left: Side, _ right: Side) throws(Refusal) -> ResultType {
    switch (left.type, right.type) {
    case (.money(let one), .money(let other)):
      if let one, let other, one != other {
        throw .currencies
      }
      return .money(currency: one ?? other)
    case (.money, _), (_, .money): throw .mixed
    case (.percent, .percent): return .percent
    case (.count, .count): return .count
    case (.percent, _): return right.isConstant ? .percent : .number
    case (_, .percent): return left.isConstant ? .percent : .number
    default: return .number
    }
  }

  private static func product(_ left: ResultType, _ right: ResultType) throws(Refusal) -> ResultType
  {
    switch (left, right) {
    case (.money, .money): throw .moneySquared
    case (.money, _): return left
    case (_, .money): return right
    case (.percent, .percent): return .percent
    default: return .number
    }
  }

  private static func quotient(
    _ left: ResultType,
    _ right: ResultType
  ) throws(Refusal) -> ResultType {
    switch (left, right) {
    case (.money(let one), .money(let other)):
      if let one, let other, one != other {
        throw .currencies
      }
      return .number
    case (.money, _): return left
    case (_, .money): throw .mixed
    default: return .number
    }
  }
}

extension ResultType {
  /// Whether values are days, alone or as the first of a period.
  var isDay: Bool {
    switch self {
    case .date, .grain: true
    case .money, .count, .number, .percent, .timestamp, .string, .bool: false
    }
  }

  /// Whether values are money.
  var isMoney: Bool {
    switch self {
    case .money: true
    case .count, .number, .percent, .date, .grain, .timestamp, .string, .bool: false
    }
  }
}
