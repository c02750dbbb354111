/// Chooses the first rows of an order without sorting all of them.
enum TopN {
  /// Returns the first `limit` of the numbers below `count`, in order.
  ///
  /// A heap holds the best rows so far with the worst on top; time is `count * log(limit)`.
  static func first(
    _ limit: Int,
    of count: Int,
    precedes: (Int, Int) -> Bool
  ) -> [Int] {
    guard limit < count else { return (0..<count).sorted(by: precedes) }
    guard limit > 0 else { return [] }
    var heap: [Int] = []
    heap.reserveCapacity(limit)
    for row in 0..<count {
      if heap.count < limit {
        heap.append(row)
        siftUp(&heap, from: heap.count - 1, precedes)
      } else if precedes(row, heap[0]) {
        heap[0] = row
        siftDown(&heap, precedes)
      }
    }
    return heap.sorted(by: precedes)
  }

  private static func siftUp(_ heap: inout [Int], from start: Int, _ precedes: (Int, Int) -> Bool) {
    var place = start
    while place > 0 {
      let parent = (place - 1) / 2
      guard precedes(heap[parent], heap[place]) else { return }
      heap.swapAt(parent, place)
      place = parent
    }
  }

  private static func siftDown(_ heap: inout [Int], _ precedes: (Int, Int) -> Bool) {
    var place = 0
    while true {
      var worst = place
      for child in [2 * place + 1, 2 * place + 2]
      where child < heap.count && precedes(heap[worst], heap[child]) {
        worst = child
      }
      if worst == place { return }
      heap.swapAt(worst, place)
      place = worst
    }
  }
}
