extension PackedPlan {
  /// What a field has to hold, before it has a place.
  private struct Need {
    /// The largest value of one row.
    let largest: UInt64
    /// Where it belongs: a mask's count, or a sum.
    let isCount: Bool
    let position: Int
  }

  /// What is to be packed, before it has places.
  private struct Draft {
    let program: ScanProgram
    let blocks: ScanBlocks
    var masks: [Mask] = []
    var sums: [Sum] = []
    var others: [Int] = []
    var needs: [Need] = []
    private let nowhere = Place(word: 0, shift: 0, bits: 0)

    init(program: ScanProgram, blocks: ScanBlocks) {
      self.program = program
      self.blocks = blocks
    }

    /// Adds a state, by its position.
    mutating func add(_ plan: AccumulatorPlan, _ position: Int) {
      let form = plan.input.flatMap { AffineForm(of: $0, in: program) }
      switch plan.kind {
      case .count where plan.input == nil || form != nil:
        masks[mask(plan.filter, form)].counts.append(position)
      case .sum(isWide: false):
        guard let form, let input = plan.input, let bounds = program.values[input].bounds else {
          others.append(position)
          return
        }
        addSum(form, bounds, plan.filter, position)
      case .count, .sum, .doubleSum, .minimum, .maximum, .doubleMinimum, .doubleMaximum, .values,
        .distinct:
        others.append(position)
      }
    }

    private mutating func addSum(
      _ form: AffineForm,
      _ bounds: ClosedRange<Int64>,
      _ filter: Int?,
      _ position: Int
    ) {
      let low = bounds.lowerBound
      let (range, overflow) = bounds.upperBound.subtractingReportingOverflow(low)
      if overflow {
        others.append(position)
        return
      }
      let unit = PackedPlan.unit(of: form, low: low, program, blocks)
      let sum = Sum(
        accumulator: position,
        form: form,
        mask: mask(filter, form),
        low: low,
        unit: unit,
        place: nowhere
      )
      needs.append(Need(largest: UInt64(range) / unit, isCount: false, position: sums.count))
      sums.append(sum)
    }

    private mutating func mask(_ filter: Int?, _ form: AffineForm?) -> Int {
      let inputs = (form?.terms.map(\.node) ?? []).filter { program.values[$0].mayBeNull }.sorted()
      if let known = masks.firstIndex(where: { $0.filter == filter && $0.inputs == inputs }) {
        return known
      }
      masks.append(Mask(filter: filter, inputs: inputs, counts: [], place: nowhere))
      needs.append(Need(largest: 1, isCount: true, position: masks.count - 1))
      return masks.count - 1
    }

    mutating func place(_ places: [Place]) {
      for (need, place) in zip(needs, places) {
        if need.isCount {
          masks[need.position].place = place
        } else {
          sums[need.position].place = place
        }
      }
    }
  }

  /// Finds the layout for the states of a plan; nil when nothing can be packed.
  init?(
    _ accumulators: [AccumulatorPlan],
    _ program: ScanProgram,
    _ grouping: GroupingPlan,
    _ blocks: ScanBlocks
  ) {
    guard case .direct(let slots) = grouping.way, slots <= PackedPlan.slotLimit,
      slots <= PackedPlan.freeSlots || blocks.rowCount >= slots * PackedPlan.rowsPerSlot
    else { return nil }
    var draft = Draft(program: program, blocks: blocks)
    for (position, plan) in accumulators.enumerated() { draft.add(plan, position) }
    guard !draft.masks.isEmpty,
      let layout = PackedPlan.layout(draft.needs, slots: slots, rows: blocks.rowCount)
    else { return nil }
    draft.place(layout.places)
    masks = draft.masks
    sums = draft.sums
    others = draft.others
    width = layout.width
    rowLimit = layout.rowLimit
    groups = slots
    isReplicated = width == 1 && slots * 4 <= PackedPlan.replicatedWords
  }

  /// The largest step of which all values are multiples, counted from `low`.
  private static func unit(
    of form: AffineForm,
    low: Int64,
    _ program: ScanProgram,
    _ blocks: ScanBlocks
  ) -> UInt64 {
    var unit: UInt64 = 0
    func take(_ number: Int64) {
      var rest = number.magnitude
      if unit != 0 && rest % unit == 0 { return }
      while rest != 0 { (unit, rest) = (rest, unit % rest) }
    }
    var columns: [(field: Int, coefficient: Int64)] = []
    for term in form.terms {
      guard case .column(let column) = program.values[term.node].operation else { return 1 }
      columns.append((program.columns[column].index, term.coefficient))
    }
    for address in blocks.addresses {
      var start = form.constant &- low
      for (field, coefficient) in columns {
        guard let frame = blocks.frame(field, of: address) else { return 1 }
        start &+= coefficient &* frame.base
        take(coefficient &* frame.multiplier)
      }
      take(start)
      if unit == 1 { return 1 }
    }
    return max(unit, 1)
  }

  /// What emptying a field of a group costs, in additions of rows.
  private static let emptyingCost = 2

  private struct Layout {
    let places: [Place]
    let width: Int
    let rowLimit: Int
  }

  /// Chooses how many words a group has: more words take longer a row, fewer have to be emptied more
  /// often.
  private static func layout(_ needs: [Need], slots: Int, rows: Int) -> Layout? {
    var best: (cost: Double, layout: Layout)?
    for width in 1...wordLimit {
      guard let layout = layout(needs, width: width, rows: rows) else { continue }
      // Emptying a field of a group takes longer than adding a row; blocks rarely have all groups.
      let emptying = Double(slots * needs.count * emptyingCost) / Double(layout.rowLimit)
      let cost = Double(width) + (layout.rowLimit >= rows ? 0 : emptying)
      if cost < best?.cost ?? .infinity { best = (cost, layout) }
      if layout.rowLimit >= rows { break }
    }
    return best?.layout
  }

  /// Returns the layout for the most rows that fits so many words.
  private static func layout(_ needs: [Need], width: Int, rows: Int) -> Layout? {
    var limit = PackKernel.stride
    var found: Layout?
    while let places = places(needs, width: width, rows: limit) {
      found = Layout(places: places, width: width, rowLimit: limit)
      if limit >= rows { break }
      limit *= 2
    }
    return found
  }

  /// Places the widest fields first.
  private static func places(_ needs: [Need], width: Int, rows: Int) -> [Place]? {
    var bits: [Int] = []
    for need in needs {
      let (high, low) = need.largest.multipliedFullWidth(by: UInt64(rows))
      guard high == 0 else { return nil }
      bits.append(64 - low.leadingZeroBitCount)
    }
    var used: [Int] = Array(repeating: 0, count: width)
    var places = needs.map { _ in Place(word: 0, shift: 0, bits: 0) }
    for position in needs.indices.sorted(by: { (bits[$1], $0) < (bits[$0], $1) }) {
      guard let word = used.firstIndex(where: { $0 + bits[position] <= 64 }) else { return nil }
      if bits[position] > 0 {
        places[position] = Place(word: word, shift: used[word], bits: bits[position])
      }
      used[word] += bits[position]
    }
    return places
  }
}
