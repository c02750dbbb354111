/// The packed words of the groups of one thread, on their way to the states.
final class PackedState {
  /// What is added for the rows of a strip.
  struct Addends {
    /// For each word what rows add to it.
    var words: [PackTerms]
    /// The bitmaps of rows that count for some states only.
    var masks: [BitLane] = []
  }

  /// Groups that are emptied together, so that what is read of them stays near.
  private static let emptiedGroups = 4_096

  /// The layout.
  let plan: PackedPlan
  private var states: [UInt64]
  private var sums: [UInt64]
  private var maskWords: [UInt64] = []
  private var rowCount = 0
  /// The groups that may have rows.
  private var touched = 0..<0

  /// Makes words without rows.
  init(_ plan: PackedPlan) {
    self.plan = plan
    states = Array(repeating: 0, count: plan.groups * plan.stride)
    sums = Array(repeating: 0, count: PackKernel.stride)
  }

  /// The bytes that the words take.
  var byteCount: Int { (states.count + sums.count) * 8 }

  /// The bytes that the words of a plan will take.
  static func byteCount(_ plan: PackedPlan) -> Int {
    (plan.groups * plan.stride + PackKernel.stride) * 8
  }

  /// Adds the rows of a strip; rows that do not count have slot 0, the others one of `range`.
  func add(
    _ addends: Addends,
    _ slots: SlotLane,
    in range: Range<Int>,
    count: Int,
    to task: (accumulators: [Accumulator], level: KernelLevel)
  ) {
    var first = 0
    while first < count {
      let rows = min(PackKernel.stride, count - first)
      if rowCount + rows > plan.rowLimit { empty(into: task.accumulators) }
      rowCount += rows
      touched =
        touched.isEmpty
        ? range
        : min(touched.lowerBound, range.lowerBound)..<max(touched.upperBound, range.upperBound)
      copyMasks(addends.masks, first: first, rows: rows)
      for word in 0..<plan.width {
        fill(addends.words[word], first: first, rows: rows, task.level)
        group(slots.slots.span.extracting(first..<(first + rows)), word: word, rows: rows)
      }
      first += rows
    }
  }

  private func copyMasks(_ masks: [BitLane], first: Int, rows: Int) {
    if maskWords.count < masks.count * PackTerms.maskWords {
      maskWords = Array(repeating: 0, count: masks.count * PackTerms.maskWords)
    }
    for (position, mask) in masks.enumerated() {
      let target = position * PackTerms.maskWords
      for word in 0..<BitmapKernel.wordCount(rows) {
        maskWords[target + word] = mask.storage[first / 64 + word]
      }
    }
  }

  private func fill(_ terms: PackTerms, first: Int, rows: Int, _ level: KernelLevel) {
    var memory = sums.taken()
    defer { sums = memory }
    var span = memory.mutableSpan
    terms.pack(first: first, count: rows, masks: maskWords.span, into: &span, at: level)
  }

  private func group(_ slots: Span<UInt32>, word: Int, rows: Int) {
    var memory = states.taken()
    defer { states = memory }
    var span = memory.mutableSpan
    let sums = sums
    if plan.isReplicated {
      PackKernel.group4(sums.span, slots, count: rows, into: &span)
    } else {
      PackKernel.group(
        sums.span,
        slots,
        word: word,
        width: plan.width,
        count: rows,
        into: &span
      )
    }
  }

  // MARK: Emptying

  /// Moves what was added so far to the states.
  func empty(into accumulators: [Accumulator]) {
    // Slot 0 has the rows that do not count.
    let groups = max(1, touched.lowerBound)..<max(1, touched.upperBound)
    rowCount = 0
    touched = 0..<0
    var first = groups.lowerBound
    while first < groups.upperBound {
      let end = min(first + PackedState.emptiedGroups, groups.upperBound)
      empty(first..<end, into: accumulators)
      first = end
    }
  }

  private func empty(_ groups: Range<Int>, into accumulators: [Accumulator]) {
    let counts = plan.masks.map { totals($0.place, groups) }
    for (mask, counts) in zip(plan.masks, counts) {
      let worth = PackKernel.Worth(low: 1, unit: 0)
      for position in mask.counts {
        move(counts, counts, worth, groups, to: accumulators[position])
      }
    }
    for sum in plan.sums {
      let worth = PackKernel.Worth(
        low: sum.low,
        unit: sum.place.bits == 0 ? 0 : Int64(bitPattern: sum.unit)
      )
      let counts = counts[sum.mask]
      let totals = sum.place.bits == 0 ? counts : totals(sum.place, groups)
      move(totals, counts, worth, groups, to: accumulators[sum.accumulator])
    }
    var memory = states.taken()
    defer { states = memory }
    for word in (groups.lowerBound * plan.stride)..<(groups.upperBound * plan.stride) {
      memory[word] = 0
    }
  }

  private func totals(_ place: PackedPlan.Place, _ groups: Range<Int>) -> [Int64] {
    var totals: [Int64] = Array(repeating: 0, count: groups.count)
    var span = totals.mutableSpan
    let field = PackKernel.Field(
      word: place.word,
      shift: place.shift,
      bits: place.bits,
      stride: plan.stride,
      width: plan.width
    )
    let states = states
    PackKernel.read(states.span, field, groups: groups, into: &span)
    return totals
  }

  private func move(
    _ totals: [Int64],
    _ counts: [Int64],
    _ worth: PackKernel.Worth,
    _ groups: Range<Int>,
    to accumulator: Accumulator
  ) {
    var memory = accumulator.integers.taken()
    defer { accumulator.integers = memory }
    var span = memory.mutableSpan
    PackKernel.move(
      totals.span,
      counts.span,
      worth,
      groups: groups,
      replicas: accumulator.replicas,
      to: &span
    )
  }
}

extension LaneCodes {
  /// The codes as memory, with their width in bytes; nil for computed values.
  var stored: (slice: CodeSlice, width: Int)? {
    switch self {
    case .bits8(let slice): (slice, 1)
    case .bits16(let slice): (slice, 2)
    case .bits32(let slice): (slice, 4)
    case .bits64(let slice): (slice, 8)
    case .computed: nil
    }
  }
}
