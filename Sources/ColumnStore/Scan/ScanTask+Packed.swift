// From the codes of a strip to packed words.

extension ScanTask {
  /// Adds the rows of a strip to all packed states at once; false where the columns of this block do
  /// not fit the layout.
  func addPacked(
    _ packed: PackedState,
    _ rows: RowBits,
    _ slots: SlotLane,
    in range: Range<Int>
  ) throws(StoreError) -> Bool {
    let plan = packed.plan
    var addends = PackedState.Addends(words: Array(repeating: PackTerms(), count: plan.width))
    var counted: [RowBits] = []
    var maskNumbers: [Int?] = []
    for mask in plan.masks {
      var bits = RowBits.all
      if let filter = mask.filter { bits = try evaluator.rows(filter, active: rows) }
      for input in mask.inputs {
        bits = evaluator.and(bits, try evaluator.lane(input, active: rows).validity)
      }
      counted.append(bits)
      var number: Int?
      if case .some(let lane) = bits {
        number = addends.masks.count
        addends.masks.append(lane)
      }
      maskNumbers.append(number)
      if case .none = bits { continue }
      add(1, mask.place, number, to: &addends)
    }
    for sum in plan.sums where sum.place.bits > 0 {
      if case .none = counted[sum.mask] { continue }
      guard try add(sum, maskNumbers[sum.mask], rows, to: &addends) else { return false }
    }
    evaluator.kernelCalls += 1
    packed.add(
      addends,
      slots,
      in: range,
      count: evaluator.rowCount,
      to: (state.accumulators, evaluator.level)
    )
    return true
  }

  private func add(
    _ value: UInt64,
    _ place: PackedPlan.Place,
    _ mask: Int?,
    to addends: inout PackedState.Addends
  ) {
    let moved = value &<< UInt64(place.shift)
    if let mask {
      addends.words[place.word].add(nil, times: moved, mask: mask)
    } else {
      addends.words[place.word].start &+= moved
    }
  }

  /// Adds `(value - low) / unit` as a constant and a multiple of each column's codes.
  private func add(
    _ sum: PackedPlan.Sum,
    _ mask: Int?,
    _ rows: RowBits,
    to addends: inout PackedState.Addends
  ) throws(StoreError) -> Bool {
    // In 128 bits: the whole is in range, its parts need not be.
    var constant = Int128(sum.form.constant) - Int128(sum.low)
    for term in sum.form.terms {
      let lane = try evaluator.lane(term.node, active: rows)
      switch lane.values {
      case .integer(let value): constant += Int128(term.coefficient) * Int128(value)
      case .integers(let base, let multiplier, let codes):
        constant += Int128(term.coefficient) * Int128(base)
        let step = Int128(term.coefficient) * Int128(multiplier)
        guard let factor = divided(step, by: sum.unit), let stored = codes.stored else {
          return false
        }
        evaluator.kernelCalls += 1
        addends.words[sum.place.word].add(
          stored,
          times: factor &<< UInt64(sum.place.shift),
          mask: mask
        )
      case .double, .storedDoubles, .doubles, .texts: return false
      }
    }
    guard let start = divided(constant, by: sum.unit) else { return false }
    add(start, sum.place, mask, to: &addends)
    return true
  }

  /// Returns an exact quotient in the wrapping arithmetic of 64 bits, or nil.
  private func divided(_ value: Int128, by unit: UInt64) -> UInt64? {
    guard unit > 1 else { return UInt64(truncatingIfNeeded: value) }
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: Int128(unit))
    return remainder == 0 ? UInt64(truncatingIfNeeded: quotient) : nil
  }
}
