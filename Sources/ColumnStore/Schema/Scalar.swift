/// One typed value: a constant in a predicate, or a cell of a result.
///
/// Two texts are equal when their UTF-8 bytes are, as in dictionaries: Swift's own equality would
/// also take a letter with a combining accent for the composed letter, and so merge two groups.
public enum Scalar: Sendable {
  /// A missing value.
  case null
  /// A value of any integer type: a count, ten-thousandths, days, microseconds, or 0 and 1.
  case integer(Int64)
  /// A double; never NaN.
  case double(Double)
  /// A text.
  case string(String)
}

extension Scalar: Hashable {
  /// Tells whether two values are the same; texts compare by their bytes.
  public static func == (left: Scalar, right: Scalar) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.integer(let left), .integer(let right)): left == right
    case (.double(let left), .double(let right)): left == right
    case (.string(let left), .string(let right)):
      // Swift's equality is the quick one and never misses equal bytes.
      left == right && left.utf8.elementsEqual(right.utf8)
    case (.null, _), (.integer, _), (.double, _), (.string, _): false
    }
  }

  /// Feeds the bytes that `==` compares.
  public func hash(into hasher: inout Hasher) {
    switch self {
    case .null: hasher.combine(0)
    case .integer(let value):
      hasher.combine(1)
      hasher.combine(value)
    case .double(let value):
      hasher.combine(2)
      hasher.combine(value)
    case .string(let text):
      hasher.combine(3)
      hasher.combine(Checksum.of(text: text.utf8.span))
    }
  }
}
