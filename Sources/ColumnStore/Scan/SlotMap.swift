/// Where the slots of one thread's groups lie among another's.
enum SlotMap {
  /// The same slots, of which there are so many.
  case same(Int)
  /// Slot `s` is slot `slots[s]`.
  case moved([UInt32])

  /// The number of slots.
  var count: Int {
    switch self {
    case .same(let count): count
    case .moved(let slots): slots.count
    }
  }

  /// Returns where a slot lies.
  subscript(slot: Int) -> Int {
    switch self {
    case .same: slot
    case .moved(let slots): Int(slots[slot])
    }
  }
}
