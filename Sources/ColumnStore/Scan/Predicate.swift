/// A condition on a row.
///
/// It holds or it does not; there is no third answer: a comparison with null does not hold, and its
/// negation does.
public indirect enum Predicate: Sendable, Hashable {
  /// Holds for every row, or for none.
  case constant(Bool)
  case and([Predicate])
  case or([Predicate])
  case not(Predicate)
  /// Compares two values of one kind; texts compare by their UTF-8 bytes.
  case compare(Expression, ComparisonOperator, Expression)
  /// Holds where the value is one of the list; nulls in the list count for nothing.
  case oneOf(Expression, [Scalar])
  /// Holds where the value is null.
  case isNull(Expression)
  /// Tests a text.
  case text(Expression, TextTest)
  /// Holds where a bool value is true.
  case isTrue(Expression)
  /// Holds where the key is not null but no row of `table` has it as its primary key.
  case isUnknown(key: Expression, table: String)
}

/// A comparison of two values.
public enum ComparisonOperator: UInt8, Sendable, Hashable {
  case equal = 1
  case notEqual = 2
  case less = 3
  case lessOrEqual = 4
  case greater = 5
  case greaterOrEqual = 6
}

/// A test of a text against a constant.
public enum TextTest: Sendable, Hashable {
  /// Holds where the text has the constant in it; case is ignored (simple Unicode fold).
  case contains(String)
  /// Holds where the text begins with the constant; case is ignored.
  case startsWith(String)
  /// Holds where the text ends with the constant; case is ignored.
  case endsWith(String)
  /// Holds where the pattern fits: `%` for any run of characters, `_` for one; case counts.
  case like(String)
  /// Holds where the pattern fits a part of the text.
  case matches(RegularExpression)
}
