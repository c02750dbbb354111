extension GroupState {
  /// Returns the value of a key of a group: an integer, a code or a bit pattern; nil for null.
  func keyValue(_ position: Int, _ slot: Int) -> Int64? {
    let key = compiled.grouping.keys[position]
    switch key.way {
    case .affine, .table:
      let number = keyNumber(position, slot)
      return number == 0 ? nil : key.value(number)
    case .integer, .pattern:
      let width = compiled.grouping.tupleWidth
      let nulls = tuples.words[slot * width - 1]
      if nulls >> UInt64(position & 63) & 1 == 1 { return nil }
      return key.value(tuples.words[(slot - 1) * width + position])
    }
  }

  /// Returns the values of a key of some groups.
  func keyValues(_ position: Int, _ slots: [Int]) -> [Int64?] {
    let key = compiled.grouping.keys[position]
    switch key.way {
    case .affine(let low):
      return keyNumbers(position, slots).map { $0 == 0 ? nil : low &+ Int64(bitPattern: $0) &- 1 }
    case .table(_, _, _, _, let values):
      return keyNumbers(position, slots).map { $0 == 0 ? nil : values[Int($0) - 1] }
    case .integer, .pattern: return slots.map { keyValue(position, $0) }
    }
  }

  /// Returns the numbers of a key of some groups, for keys that have small numbers; 0 for null.
  private func keyNumbers(_ position: Int, _ slots: [Int]) -> [UInt64] {
    let grouping = compiled.grouping
    if let determinant = grouping.determinants[position],
      case .affine(let first) = grouping.keys[determinant].way,
      case .table(_, let low, let numbers, _, _) = grouping.keys[position].way
    {
      let shift = first &- low
      return keyNumbers(determinant, slots).map { number in
        UInt64(numbers[number == 0 ? 0 : Int(Int64(bitPattern: number) &+ shift)])
      }
    }
    let stride = grouping.strides[position]
    let count = grouping.keys[position].count ?? 1
    switch grouping.way {
    case .direct where stride > 0 && grouping.strides.count(where: { $0 > 0 }) == 1:
      // The only key that makes groups.
      return slots.map { UInt64($0 - 1) }
    case .direct: return slots.map { UInt64($0 - 1) / stride % count }
    case .words: return slots.map { words.keys[$0 - 1] / stride % count }
    case .single, .tuples: return slots.map { keyNumber(position, $0) }
    }
  }

  /// Returns the number of a key of a group, for keys that have small numbers; 0 for null.
  func keyNumber(_ position: Int, _ slot: Int) -> UInt64 {
    if let determinant = compiled.grouping.determinants[position],
      case .affine(let first) = compiled.grouping.keys[determinant].way,
      case .table(_, let low, let numbers, _, _) = compiled.grouping.keys[position].way
    {
      let number = keyNumber(determinant, slot)
      let entry = number == 0 ? 0 : Int64(bitPattern: number) &+ first &- low
      return UInt64(numbers[Int(entry)])
    }
    let stride = compiled.grouping.strides[position]
    let count = compiled.grouping.keys[position].count ?? 1
    switch compiled.grouping.way {
    case .single: return 0
    case .direct: return UInt64(slot - 1) / stride % count
    case .words: return words.keys[slot - 1] / stride % count
    case .tuples: return tuples.words[(slot - 1) * compiled.grouping.tupleWidth + position]
    }
  }
}

/// The different values of a distinct count, by slot.
struct DistinctMembers {
  /// Slots, ascending.
  private(set) var slots: [Int] = []
  /// A packed value, or the number of a tuple.
  private var values: [UInt64] = []
  private var tuples: TupleGroups?

  /// The number of pairs of a slot and a value.
  var count: Int { slots.count }

  /// Takes pairs that are joined to one word, the slot above `shift` bits.
  init(joined: [UInt64], shift: UInt64, tuples: TupleGroups?) {
    var sorted = joined
    let bits = 64 - (joined.max() ?? 0).leadingZeroBitCount
    RowOrder.radixSort(&sorted, fromBit: 0, toBit: bits)
    slots = sorted.map { Int($0 >> shift) }
    values = sorted.map { $0 & ((1 << shift) - 1) }
    self.tuples = tuples
  }

  /// Takes sets of `width` bits, one for each slot.
  init(bits: [UInt64], width: Int) {
    for (word, contents) in bits.enumerated() {
      var rest = contents
      while rest != 0 {
        let bit = word * 64 + rest.trailingZeroBitCount
        rest &= rest - 1
        slots.append(bit / width)
        values.append(UInt64(bit % width))
      }
    }
  }

  /// Returns the number of a part of a value.
  func number(_ place: Int, _ part: Int, _ codings: [KeyCoding]) -> UInt64 {
    if let tuples { return tuples.words[(Int(values[place]) - 1) * tuples.width + part] }
    var rest = values[place]
    for coding in codings[..<part] { rest /= coding.count ?? 1 }
    return rest % (codings[part].count ?? 1)
  }
}

extension Accumulator {
  /// Returns the values of a distinct count; rows that do not count stand under slot 0.
  func members() -> DistinctMembers {
    switch distinctWay {
    case nil: DistinctMembers(joined: [], shift: 0, tuples: nil)
    case .clustered, .owners: preconditionFailure("a scan for sets keeps them")
    case .bits(let width): DistinctMembers(bits: bits, width: width)
    case .words(let shift): DistinctMembers(joined: set.keys, shift: shift, tuples: nil)
    case .tuples: DistinctMembers(joined: set.keys, shift: 32, tuples: tuples)
    }
  }
}
