/// The first slots of an order, without sorting all of them: a heap with the worst on top.
///
/// Offering `n` slots takes `n * log(limit)` time.
struct SlotHeap {
  private(set) var slots: [Int] = []
  private let limit: Int

  /// Makes a heap that keeps at most `limit` slots, which is at least one.
  init(limit: Int) {
    precondition(limit > 0, "a place for a slot")
    self.limit = limit
  }

  /// The last of the slots that are kept, when no more may join them; else nil.
  var worst: Int? { slots.count == limit ? slots[0] : nil }

  /// Takes a slot if it is among the first, and tells whether it was taken.
  mutating func offer(_ slot: Int, _ precedes: (Int, Int) -> Bool) -> Bool {
    if slots.count < limit {
      slots.append(slot)
      siftUp(precedes)
      return true
    }
    guard precedes(slot, slots[0]) else { return false }
    slots[0] = slot
    siftDown(precedes)
    return true
  }

  private mutating func siftUp(_ precedes: (Int, Int) -> Bool) {
    var place = slots.count - 1
    while place > 0 {
      let parent = (place - 1) / 2
      guard precedes(slots[parent], slots[place]) else { return }
      slots.swapAt(parent, place)
      place = parent
    }
  }

  private mutating func siftDown(_ precedes: (Int, Int) -> Bool) {
    var place = 0
    while true {
      var worst = place
      for child in [2 * place + 1, 2 * place + 2]
      where child < slots.count && precedes(slots[worst], slots[child]) {
        worst = child
      }
      if worst == place { return }
      slots.swapAt(worst, place)
      place = worst
    }
  }
}
