/// Groups that can be put in order, wherever they are kept; each has a slot.
protocol OrderableGroups {
  /// What is asked for.
  var plan: ScanPlan { get }
  /// The slots among which the groups are.
  var slots: Range<Int> { get }
  /// The number of groups.
  var groupCount: Int { get }
  /// Tells whether a slot is a group of the answer.
  func exists(_ slot: Int) -> Bool
  /// Returns what the values of a key are.
  func kind(ofKey position: Int) -> ValueKind
  /// Returns the value of a key of a group: an integer, a code or a bit pattern; nil for null.
  func key(_ position: Int, _ slot: Int) -> Int64?
  /// Returns how many numbers a key has, with 0 for null, where they are small; else nil.
  func numberCount(ofKey position: Int) -> UInt64?
  /// Returns the value of a number of a key.
  func value(ofKey position: Int, number: UInt64) -> Int64
  /// Returns the number of a key of a group.
  func number(ofKey position: Int, _ slot: Int) -> UInt64
  /// Returns an aggregate of a group.
  func value(ofOutput position: Int, _ slot: Int) -> OrderedValue
  /// Returns an aggregate by slot, where it is an integer for each of them; any for null.
  func integers(ofOutput position: Int) -> [Int64]?
  /// Returns the text of a code.
  func text(_ code: Int64, _ space: TextSpace) -> String
}

/// An aggregate as an order sees it.
enum OrderedValue {
  case null
  case integer(Int128)
  case double(Double)
}

/// Puts the groups of a plan in its order.
///
/// Columns are compared where they lie, so that nothing is made for groups that a limit leaves out.
/// Nulls come last in both directions.
struct GroupOrder<Groups: OrderableGroups> {
  /// A column by which groups are ordered.
  private struct Step {
    /// What is compared.
    enum Source {
      /// Ranks of all groups, by their slots; -1 for null.
      case ranks([Int32])
      /// Ranks of a key's numbers, of which there are few; -1 for null.
      case numbers(Int, ranks: [Int32])
      /// A key, read from the group.
      case key(Int)
      /// An aggregate, read from the group.
      case output(Int)
    }

    let source: Source
    let isDescending: Bool
    /// Tells whether a sum of no values has the place of 0.
    let takesNullForZero: Bool
  }

  /// Numbers of a key up to which their ranks are worth finding in any case.
  private let rankedNumbers: UInt64 = 1_024

  private let groups: Groups
  private var steps: [Step] = []
  /// Steps that the plan itself names; the keys that follow make the order total.
  private let ownSteps: Int

  /// Prepares the order of the plan's groups.
  init(_ groups: Groups) {
    self.groups = groups
    let plan = groups.plan
    ownSteps = Set(plan.order.map(\.column)).count
    // Ranking the texts of keys takes as long as sorting them.
    if takesAnyOrder { return }
    let keyNames = plan.keys.map(\.name)
    var used: Set<String> = []
    for order in plan.order + keyNames.map({ ScanPlan.Order($0) })
    where used.insert(order.column).inserted {
      let source: Step.Source
      if let key = keyNames.firstIndex(of: order.column) {
        source = self.source(ofKey: key)
      } else if let output = plan.aggregates.firstIndex(where: { $0.name == order.column }) {
        source = .output(output)
      } else {
        continue
      }
      steps.append(
        Step(
          source: source,
          isDescending: order.isDescending,
          takesNullForZero: order.takesNullForZero
        )
      )
    }
  }

  /// The aggregate by which groups are ordered first; nil where that is a key.
  static func leading(_ plan: ScanPlan) -> (output: Int, order: ScanPlan.Order)? {
    guard let first = plan.order.first,
      let output = plan.aggregates.firstIndex(where: { $0.name == first.column }),
      !plan.keys.contains(where: { $0.name == first.column })
    else { return nil }
    return (output, first)
  }

  /// Whether the groups may come as they are.
  private var takesAnyOrder: Bool {
    groups.plan.isRaw && groups.plan.order.isEmpty && groups.plan.limit == nil
  }

  /// Returns the groups in the order of the plan, as far as its limit.
  func ordered() -> [Int] {
    if takesAnyOrder {
      return groups.slots.filter { groups.exists($0) }
    }
    let limit = groups.plan.limit ?? groups.groupCount
    guard limit < groups.groupCount else {
      return groups.slots.filter { groups.exists($0) }.sorted { compare(steps[...], $0, $1) < 0 }
    }
    return first(limit, of: groups.slots)
  }

  /// Returns the first groups of some slots in the order of the plan, as far as a limit.
  func first(_ limit: Int, of slots: some Sequence<Int>) -> [Int] {
    guard limit > 0 else { return [] }
    var first = best(limit, of: slots)
    first.sort { compare(steps[...], $0, $1) < 0 }
    if groups.plan.keepsTies, let last = first.last {
      first += ties(last, Set(first), of: slots)
    }
    return first
  }

  /// Returns the first groups in no order: a heap holds the best so far with the worst on top.
  private func best(_ limit: Int, of slots: some Sequence<Int>) -> [Int] {
    let values = leadingIntegers ?? []
    let isDescending = steps.first?.isDescending ?? false
    var heap = SlotHeap(limit: limit)
    var bound: Int64?
    for slot in slots {
      // Most groups are ruled out by one comparison with the worst of the best.
      if let bound, isDescending ? values[slot] < bound : values[slot] > bound { continue }
      guard groups.exists(slot) else { continue }
      let isChanged = heap.offer(slot) { compare(steps[...], $0, $1) < 0 }
      if isChanged, let worst = heap.worst, !values.isEmpty, let first = steps.first {
        bound = isNull(first, worst) ? nil : values[worst]
      }
    }
    return heap.slots
  }

  /// Returns the groups that the plan's own order does not tell from the last one.
  private func ties(_ last: Int, _ taken: Set<Int>, of slots: some Sequence<Int>) -> [Int] {
    let own = steps.prefix(ownSteps)
    let values = leadingIntegers ?? []
    var result: [Int] = []
    for slot in slots {
      if !values.isEmpty && values[slot] != values[last] { continue }
      if groups.exists(slot) && !taken.contains(slot) && compare(own, slot, last) == 0 {
        result.append(slot)
      }
    }
    return result.sorted { compare(steps[...], $0, $1) < 0 }
  }

  /// The values of the first step by slot, where they are integers side by side; any for null.
  private var leadingIntegers: [Int64]? {
    guard let first = steps.first, case .output(let output) = first.source else { return nil }
    return groups.integers(ofOutput: output)
  }

  private func isNull(_ step: Step, _ slot: Int) -> Bool {
    guard !step.takesNullForZero, case .output(let output) = step.source,
      case .null = groups.value(ofOutput: output, slot)
    else { return false }
    return true
  }

  // MARK: Ranks

  private func source(ofKey position: Int) -> Step.Source {
    // With a limit most groups are compared once, and a later column for ties only.
    let isWhole = groups.plan.limit == nil
    let worthwhile = max(rankedNumbers, isWhole ? UInt64(groups.groupCount) : 0)
    let kind = groups.kind(ofKey: position)
    if let numbers = groups.numberCount(ofKey: position), numbers <= worthwhile {
      var values: [Int64?] = [nil]
      for number in 1..<max(1, numbers) {
        values.append(groups.value(ofKey: position, number: number))
      }
      return .numbers(position, ranks: ranks(values, kind))
    }
    guard isWhole else { return .key(position) }
    let slots = groups.slots.filter { groups.exists($0) }
    let found = ranks(slots.map { groups.key(position, $0) }, kind)
    var bySlot = [Int32](repeating: -1, count: groups.slots.upperBound)
    for (slot, rank) in zip(slots, found) { bySlot[slot] = rank }
    return .ranks(bySlot)
  }

  /// Returns the ranks of a key's values; -1 for null.
  private func ranks(_ values: [Int64?], _ kind: ValueKind) -> [Int32] {
    let distinct = Array(Set(values.compactMap { $0 }))
    let sorted: [Int64]
    switch kind {
    case .integer, .plainText: sorted = distinct.sorted()
    case .double: sorted = distinct.sorted { number($0) < number($1) }
    case .text(let space):
      let texts = distinct.map { (code: $0, text: groups.text($0, space)) }
      sorted = texts.sorted { TextTable.precedes($0.text, $1.text) }.map(\.code)
    }
    var ranks: [Int64: Int32] = [:]
    for (rank, value) in sorted.enumerated() { ranks[value] = Int32(truncatingIfNeeded: rank) }
    return values.map { value in value.flatMap { ranks[$0] } ?? -1 }
  }

  private func number(_ pattern: Int64) -> Double {
    Double(bitPattern: UInt64(bitPattern: pattern))
  }

  // MARK: Comparing

  private func compare(_ steps: ArraySlice<Step>, _ left: Int, _ right: Int) -> Int {
    for step in steps {
      let answer = compare(step, left, right)
      if answer != 0 { return answer }
    }
    return 0
  }

  private func compare(_ step: Step, _ left: Int, _ right: Int) -> Int {
    switch step.source {
    case .ranks(let ranks): return compare(ranks[left], ranks[right], step)
    case .numbers(let position, let ranks):
      return compare(
        ranks[Int(groups.number(ofKey: position, left))],
        ranks[Int(groups.number(ofKey: position, right))],
        step
      )
    case .key(let position): return compareKeys(position, left, right, step.isDescending)
    case .output(let output): return compareOutputs(output, left, right, step)
    }
  }

  /// Compares ranks; -1 comes last.
  private func compare(_ one: Int32, _ other: Int32, _ step: Step) -> Int {
    if one == other { return 0 }
    if one < 0 || other < 0 { return one < 0 ? 1 : -1 }
    return (one < other) == step.isDescending ? 1 : -1
  }

  private func compareKeys(
    _ position: Int,
    _ left: Int,
    _ right: Int,
    _ isDescending: Bool
  ) -> Int {
    let one = groups.key(position, left)
    let other = groups.key(position, right)
    if one == other { return 0 }
    return compare(one, other, isDescending) { one, other in
      switch groups.kind(ofKey: position) {
      case .integer, .plainText: one < other
      case .double: number(one) < number(other)
      case .text(let space):
        TextTable.precedes(groups.text(one, space), groups.text(other, space))
      }
    }
  }

  private func compareOutputs(_ output: Int, _ left: Int, _ right: Int, _ step: Step) -> Int {
    let one = groups.value(ofOutput: output, left)
    let other = groups.value(ofOutput: output, right)
    if case .double = one { return compareDoubles(one, other, step) }
    if case .double = other { return compareDoubles(one, other, step) }
    var zero: Int128?
    if step.takesNullForZero, case .sum = groups.plan.aggregates[output].function { zero = 0 }
    return compare(integer(one) ?? zero, integer(other) ?? zero, step.isDescending) { $0 < $1 }
  }

  private func compareDoubles(_ one: OrderedValue, _ other: OrderedValue, _ step: Step) -> Int {
    compare(double(one), double(other), step.isDescending) { $0 < $1 }
  }

  private func integer(_ value: OrderedValue) -> Int128? {
    if case .integer(let value) = value { value } else { nil }
  }

  private func double(_ value: OrderedValue) -> Double? {
    if case .double(let value) = value { value } else { nil }
  }

  @inline(__always)
  private func compare<Value>(
    _ left: Value?,
    _ right: Value?,
    _ isDescending: Bool,
    _ precedes: (Value, Value) -> Bool
  ) -> Int {
    guard let left else { return right == nil ? 0 : 1 }
    guard let right else { return -1 }
    let sign = isDescending ? -1 : 1
    if precedes(left, right) { return -sign }
    return precedes(right, left) ? sign : 0
  }
}
