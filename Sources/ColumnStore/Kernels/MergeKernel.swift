/// Loops that add the states of one thread to those of another, slot by slot.
enum MergeKernel {
  /// Adds counts or sums that are proven to fit.
  static func add<Value: FixedWidthInteger & BitwiseCopyable>(
    _ values: Span<Value>,
    to sums: inout MutableSpan<Value>
  ) {
    precondition(sums.count >= values.count, "a sum for every value")
    for place in values.indices { sums[place] &+= values[place] }
  }

  /// Lowers minima.
  static func lower<Value: Comparable & BitwiseCopyable>(
    _ values: Span<Value>,
    in minima: inout MutableSpan<Value>
  ) {
    precondition(minima.count >= values.count, "a minimum for every value")
    for place in values.indices { minima[place] = min(minima[place], values[place]) }
  }

  /// Raises maxima.
  static func raise<Value: Comparable & BitwiseCopyable>(
    _ values: Span<Value>,
    in maxima: inout MutableSpan<Value>
  ) {
    precondition(maxima.count >= values.count, "a maximum for every value")
    for place in values.indices { maxima[place] = max(maxima[place], values[place]) }
  }

  /// Counts the values that are not 0.
  static func countNonzero(_ values: Span<Int64>) -> Int {
    var count = 0
    for place in values.indices { count &+= values[place] == 0 ? 0 : 1 }
    return count
  }
}
