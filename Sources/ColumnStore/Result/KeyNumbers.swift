/// Numbers different keys from 0 in the order of first sight.
public struct KeyNumbers {
  private var groups = WordGroups()

  /// Begins without keys.
  public init() {}

  /// The number of different keys so far.
  public var count: Int { groups.keys.count }

  /// Returns the number of each key.
  ///
  /// Takes constant time a key on average.
  public mutating func numbers(of keys: [UInt64]) -> [UInt32] {
    var numbers = [UInt32](repeating: 0, count: keys.count)
    var span = numbers.mutableSpan
    groups.insert(keys.span, count: keys.count, into: &span)
    for place in span.indices { span[place] &-= 1 }
    return numbers
  }
}
