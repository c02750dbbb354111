/// Turns the groups of a scan into `PlanGroups`.
struct StateReader {
  private let state: GroupState
  private let compiled: CompiledPlan
  /// Slots of the groups that exist, ascending.
  private let slots: [Int]

  /// Finds the groups that exist.
  init(_ state: GroupState) {
    self.state = state
    compiled = state.compiled
    switch compiled.grouping.way {
    case .single: slots = [1]
    case .direct(let count): slots = (1..<count).filter { state.accumulators[0].total($0) > 0 }
    case .words, .tuples: slots = Array(1..<state.slotCount)
    }
  }

  /// The number of groups.
  var groupCount: Int { slots.count }

  /// Returns the groups, with different values where the scan kept them, and with their number where
  /// it did not; nil where a distinct count has too many parts to be one word.
  ///
  /// `texts` numbers the texts that expressions make, for all scans alike.
  func read(_ texts: inout TextTable) -> PlanGroups? {
    var columns: [StateColumn] = []
    for output in compiled.outputs {
      guard let column = column(output, &texts) else { return nil }
      columns.append(column)
    }
    return PlanGroups(
      keys: keys(&texts),
      rows: slots.map { Int64(clamping: state.accumulators[0].total($0)) },
      columns: columns
    )
  }

  private func keys(_ texts: inout TextTable) -> [UInt64] {
    let keys = compiled.grouping.keys
    let width = keys.count + 1
    var words = [UInt64](repeating: 0, count: slots.count * width)
    for (position, key) in keys.enumerated() {
      let null = UInt64(1) << UInt64(position & 63)
      for (group, slot) in slots.enumerated() {
        if let value = state.keyValue(position, slot) {
          words[group * width + position] = UInt64(bitPattern: shared(value, key.kind, &texts))
        } else {
          words[group * width + width - 1] |= null
        }
      }
    }
    return words
  }

  /// A text that an expression makes has another number in every program.
  private func shared(_ value: Int64, _ kind: ValueKind, _ texts: inout TextTable) -> Int64 {
    guard case .text(.program) = kind else { return value }
    return texts.id(of: compiled.program.texts.texts[Int(value)])
  }

  private func column(_ output: AggregateOutput, _ texts: inout TextTable) -> StateColumn? {
    let states = state.accumulators
    switch output {
    case .count(let position): return .counts(totals(position))
    case .sum(let position, let count, _), .average(let position, let count, _, _):
      var sums = ExactSums()
      for slot in slots { sums.append(states[position].total(slot)) }
      return .sums(sums, of: counts(count))
    case .extremum(let position, let count, _, _):
      return .extrema(
        slots.map { states[position].integers[$0] },
        of: counts(count),
        isMinimum: states[position].plan.kind == .minimum
      )
    case .doubleExtremum(let position, let count):
      return .doubleExtrema(
        slots.map { states[position].doubles[$0] },
        of: counts(count),
        isMinimum: states[position].plan.kind == .doubleMinimum
      )
    case .distinct(let position):
      if compiled.keepsSets { return distinct(states[position], &texts).map { .distinct($0) } }
      let counts = states[position].distinctCounts(slots: state.slotCount)
      return .counts(slots.map { counts[$0] })
    case .doubleSum, .percentile: return nil
    }
  }

  private func totals(_ position: Int) -> [Int64] {
    slots.map { Int64(clamping: state.accumulators[position].total($0)) }
  }

  /// State 0 counts the rows of every group.
  private func counts(_ position: Int) -> [Int64]? {
    position == 0 ? nil : totals(position)
  }

  // MARK: Distinct values

  private func distinct(_ states: Accumulator, _ texts: inout TextTable) -> DistinctLists? {
    guard case .distinct(let position) = states.plan.kind else { return nil }
    let codings = compiled.distincts[position].codings.map { compiled.distinctCodings[$0] }
    guard let widths = StateReader.widths(codings.count) else { return nil }
    var lists = DistinctLists()
    var elements: [UInt64] = []
    var place = 0
    let members = states.members()
    for slot in slots {
      elements.removeAll(keepingCapacity: true)
      while place < members.count, members.slots[place] < slot { place += 1 }
      while place < members.count, members.slots[place] == slot {
        var element: UInt64 = 0
        for (part, coding) in codings.enumerated() {
          let number = members.number(place, part, codings)
          let value = shared(coding.value(number), coding.kind, &texts)
          guard let bits = StateReader.bits(value, width: widths[part]) else { return nil }
          element = element << widths[part] | bits
        }
        elements.append(element)
        place += 1
      }
      lists.append(elements)
    }
    return lists
  }

  /// Bits of each part of an element; nil for more parts than fit one word.
  private static func widths(_ count: Int) -> [UInt64]? {
    switch count {
    case 1: [64]
    case 2: [32, 32]
    case 3: [16, 16, 32]
    case 4: [8, 8, 16, 32]
    default: nil
    }
  }

  /// A value in so many bits, which order like values; nil where it does not fit.
  private static func bits(_ value: Int64, width: UInt64) -> UInt64? {
    if width == 64 { return UInt64(bitPattern: value) ^ 1 << 63 }
    return value >= 0 && value < 1 << Int64(width) ? UInt64(value) : nil
  }
}
