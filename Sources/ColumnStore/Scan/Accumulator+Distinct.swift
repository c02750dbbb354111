// The sets of a distinct count: merging and counting.

extension Accumulator {
  /// Adds another thread's sets.
  func mergeDistinct(_ distinct: DistinctPlan, _ other: Accumulator, _ slots: SlotMap) {
    switch distinct.way {
    case .bits:
      // Only direct slots have bits, and those are the same in every thread.
      var memory = bits.taken()
      defer { bits = memory }
      let theirs = other.bits
      for word in 0..<min(memory.count, theirs.count) { memory[word] |= theirs[word] }
    case .clustered:
      if let theirs = other.clusters { clusters?.merge(theirs, slots: slots) }
    case .owners:
      guard let theirs = other.owners else { return }
      if hasSlices { owners?.addCounts(theirs) } else { owners?.merge(theirs, slots: slots) }
    case .words(let shift):
      for key in other.set.keys {
        let slot = UInt64(slots[Int(key >> shift)])
        _ = set.insert(slot << shift | key & ((1 << shift) - 1))
      }
    case .tuples:
      guard let source = other.tuples else { return }
      var ids: [UInt32] = [0]
      for id in 0..<source.count {
        ids.append(tuples?.insert(source.words.span, at: id * source.width) ?? 0)
      }
      for key in other.set.keys {
        let slot = UInt64(slots[Int(key >> 32)])
        _ = set.insert(slot << 32 | UInt64(ids[Int(key & 0xFFFF_FFFF)]))
      }
    }
  }

  /// The number of different values of each slot from slot 1 on.
  func distinctCounts(slots: Int) -> [Int64] {
    if let found = clusters?.counts ?? owners?.counts, found.count >= slots { return found }
    var counts: [Int64] = Array(repeating: 0, count: slots)
    switch distinct?.way {
    case nil, .clustered, .owners: break
    case .bits(let width):
      for slot in 1..<slots { counts[slot] = Int64(count(slot * width..<(slot + 1) * width)) }
    case .words(let shift): for key in set.keys { counts[Int(key >> shift)] += 1 }
    case .tuples: for key in set.keys { counts[Int(key >> 32)] += 1 }
    }
    return counts
  }

  /// Counts bits in a range that need not begin with a word.
  private func count(_ range: Range<Int>) -> Int {
    guard !range.isEmpty else { return 0 }
    let first = range.lowerBound >> 6
    let last = (range.upperBound - 1) >> 6
    let head = ~UInt64(0) << UInt64(range.lowerBound & 63)
    let tail = ~UInt64(0) >> UInt64(63 - (range.upperBound - 1) & 63)
    if first == last { return (bits[first] & head & tail).nonzeroBitCount }
    var total = (bits[first] & head).nonzeroBitCount + (bits[last] & tail).nonzeroBitCount
    if last > first + 1 {
      for word in (first + 1)..<last { total &+= bits[word].nonzeroBitCount }
    }
    return total
  }
}
