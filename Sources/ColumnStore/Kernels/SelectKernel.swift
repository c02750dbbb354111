/// Loops that put one value of a range where sorting would put it.
enum SelectKernel {
  /// Ranges up to which sorting by insertion is quicker than parting.
  private static let few = 24

  /// Moves the values of a range so that the one at a place is what sorting would put there, with no
  /// larger one before it and no smaller one after it.
  ///
  /// Takes linear time on average; parts whose middle is badly chosen over and over are sorted.
  static func select(_ values: inout MutableSpan<Int64>, _ range: Range<Int>, place: Int) {
    precondition(range.contains(place) && range.upperBound <= values.count, "a place in the range")
    var (low, high) = (range.lowerBound, range.upperBound)
    var turns = 2 &* (Int.bitWidth &- (high &- low).leadingZeroBitCount)
    while high &- low > few {
      if turns == 0 { return sort(&values, low..<high) }
      turns &-= 1
      let pivot = middle(values[low], values[low &+ (high &- low) / 2], values[high &- 1])
      // Smaller ones before `equal`, equal ones before `next`, larger ones from `larger` on.
      var (equal, next, larger) = (low, low, high)
      while next < larger {
        let value = values[next]
        if value < pivot {
          values.swapAt(equal, next)
          equal &+= 1
          next &+= 1
        } else if value > pivot {
          larger &-= 1
          values.swapAt(next, larger)
        } else {
          next &+= 1
        }
      }
      if place < equal {
        high = equal
      } else if place >= larger {
        low = larger
      } else {
        return
      }
    }
    insertionSort(&values, low..<high)
  }

  /// Returns the least value of a range, which is not empty.
  static func least(_ values: borrowing MutableSpan<Int64>, _ range: Range<Int>) -> Int64 {
    precondition(!range.isEmpty && range.upperBound <= values.count, "values to choose from")
    var least = values[range.lowerBound]
    for index in range { least = min(least, values[index]) }
    return least
  }

  private static func middle(_ one: Int64, _ two: Int64, _ three: Int64) -> Int64 {
    max(min(one, two), min(max(one, two), three))
  }

  private static func insertionSort(_ values: inout MutableSpan<Int64>, _ range: Range<Int>) {
    for index in range.dropFirst() {
      let value = values[index]
      var place = index
      while place > range.lowerBound && values[place &- 1] > value {
        values[place] = values[place &- 1]
        place &-= 1
      }
      values[place] = value
    }
  }

  /// Sorts by sifting through a heap, which takes no longer for any order of values.
  private static func sort(_ values: inout MutableSpan<Int64>, _ range: Range<Int>) {
    let first = range.lowerBound
    var index = range.count / 2
    while index > 0 {
      index &-= 1
      sift(&values, first, index, range.count)
    }
    var end = range.count
    while end > 1 {
      end &-= 1
      values.swapAt(first, first &+ end)
      sift(&values, first, 0, end)
    }
  }

  private static func sift(
    _ values: inout MutableSpan<Int64>,
    _ first: Int,
    _ start: Int,
    _ end: Int
  ) {
    var parent = start
    while 2 &* parent &+ 1 < end {
      var child = 2 &* parent &+ 1
      if child &+ 1 < end && values[first &+ child] < values[first &+ child &+ 1] { child &+= 1 }
      if values[first &+ parent] >= values[first &+ child] { return }
      values.swapAt(first &+ parent, first &+ child)
      parent = child
    }
  }
}
