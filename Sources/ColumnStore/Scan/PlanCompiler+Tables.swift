// Writing functions of one column of few values down as tables.

extension PlanCompiler {
  /// Returns a node with the same values in which what depends on one value of few codes is a
  /// lookup.
  mutating func simplified(_ value: Int) throws(StoreError) -> Int {
    if let known = simplifiedIDs[value] { return known }
    let simple = try simplify(value)
    simplifiedIDs[value] = simple
    return simple
  }

  private mutating func simplify(_ value: Int) throws(StoreError) -> Int {
    let node = program.values[value]
    if isCheap(value) { return value }
    if let pivot = pivot(of: .value(value)), pivot != value, let domain = domain(of: pivot) {
      if case .table(of: pivot, _) = node.operation { return value }
      if let table = tabulated(value, over: pivot, domain) {
        return add(
          table,
          of: pivot,
          node.kind,
          node.type,
          mayBeNull: node.mayBeNull
        )
      }
    }
    return try rebuilt(value, node)
  }

  /// Returns a condition that holds for the same rows in which what depends on one value of few
  /// codes is a lookup.
  mutating func simplifiedCondition(_ condition: Int) throws(StoreError) -> Int {
    if let known = simplifiedConditionIDs[condition] { return known }
    let simple = try simplifyCondition(condition)
    simplifiedConditionIDs[condition] = simple
    return simple
  }

  private mutating func simplifyCondition(_ condition: Int) throws(StoreError) -> Int {
    let node = program.conditions[condition]
    switch node {
    case .constant, .text: return condition
    case .range(let value, _, _) where isCheap(value): return condition
    case .isNull(let value) where isCheap(value): return condition
    case .flags(let value, _) where isCheap(value): return condition
    case .not(let part):
      // Whether a column has a value is known without a look at its codes.
      if case .isNull(let value) = program.conditions[part], isCheap(value) { return condition }
    case .and, .or, .range, .isNull, .flags, .integers, .doubles, .unlisted: break
    }
    if let pivot = pivot(of: .condition(condition)), let domain = domain(of: pivot),
      let flags = flagged(condition, over: pivot, domain)
    {
      program.flags.append(flags)
      return add(.flags(of: pivot, table: program.flags.count - 1))
    }
    switch node {
    case .constant, .text: return condition
    case .and(let parts):
      var simple: [Int] = []
      for part in parts { simple.append(try simplifiedCondition(part)) }
      return conjunction(simple)
    case .or(let parts):
      var simple: [Int] = []
      for part in parts { simple.append(try simplifiedCondition(part)) }
      return add(.or(simple))
    case .not(let part): return add(.not(try simplifiedCondition(part)))
    case .range(let value, let low, let high):
      return add(.range(of: try simplified(value), low: low, high: high))
    case .integers(let left, let relation, let right):
      return add(.integers(try simplified(left), relation, try simplified(right)))
    case .doubles(let left, let relation, let right):
      return add(.doubles(try simplified(left), relation, try simplified(right)))
    case .isNull(let value): return add(.isNull(try simplified(value)))
    case .flags(let value, let table):
      return add(.flags(of: try simplified(value), table: table))
    case .unlisted(let value, let list):
      return add(.unlisted(of: try simplified(value), list: list))
    }
  }

  /// A node of either kind.
  enum Root {
    case value(Int)
    case condition(Int)
  }

  /// Returns the one value of few codes on which a node depends, or nil.
  func pivot(of root: Root) -> Int? {
    var found: Set<Int> = []
    collect(root, into: &found)
    return found.count == 1 ? found.first : nil
  }

  private func collect(_ root: Root, into found: inout Set<Int>) {
    switch root {
    case .condition(let condition):
      for child in program.conditions[condition].children { collect(child, into: &found) }
    case .value(let value):
      switch program.values[value].operation {
      case .column: found.insert(value)
      case .null, .integer, .double: return
      case .table(let pivot, _), .search(let pivot, _):
        // A lookup by a key of many values may itself have few.
        var below: Set<Int> = []
        collect(.value(pivot), into: &below)
        if below.count == 1, let only = below.first, domain(of: only) != nil {
          found.insert(only)
        } else if domain(of: value) != nil {
          found.insert(value)
        } else {
          found.formUnion(below)
        }
      case .truncated, .part, .day, .integers, .doubles, .converted, .conditional, .coalesce,
        .math:
        for child in program.values[value].operation.children { collect(child, into: &found) }
      }
    }
  }

  /// Tells whether a node costs no more than a lookup anyway.
  private func isCheap(_ value: Int) -> Bool {
    switch program.values[value].operation {
    case .column, .null, .integer, .double: true
    case .integers(_, let left, let right), .doubles(_, let left, let right):
      isCheap(left) && isCheap(right)
    case .converted(let source, _): isCheap(source)
    case .table, .search, .truncated, .part, .day, .conditional, .coalesce, .math: false
    }
  }

  private mutating func rebuilt(_ value: Int, _ node: ValueNode) throws(StoreError) -> Int {
    let operation: ValueOperation
    switch node.operation {
    case .column, .null, .integer, .double: return value
    case .table(let pivot, let table):
      operation = .table(of: try simplified(pivot), table: table)
    case .search(let key, let list): operation = .search(of: try simplified(key), list: list)
    case .truncated(let day, let unit, let rule):
      operation = .truncated(try simplified(day), unit, rule)
    case .part(let part, let source, let rule):
      operation = .part(part, try simplified(source), rule)
    case .day(let instant, let rule): operation = .day(try simplified(instant), rule)
    case .integers(let sign, let left, let right):
      operation = .integers(sign, try simplified(left), try simplified(right))
    case .doubles(let sign, let left, let right):
      operation = .doubles(sign, try simplified(left), try simplified(right))
    case .converted(let source, let scale):
      operation = .converted(try simplified(source), scaleBits: scale)
    case .conditional(let branches, let otherwise):
      var simple: [CompiledBranch] = []
      for branch in branches {
        simple.append(
          CompiledBranch(
            condition: try simplifiedCondition(branch.condition),
            value: try simplified(branch.value)
          )
        )
      }
      operation = .conditional(simple, otherwise: try simplified(otherwise))
    case .coalesce(let parts):
      var simple: [Int] = []
      for part in parts { simple.append(try simplified(part)) }
      operation = .coalesce(simple)
    case .math(let function, let left, let right):
      operation = .math(function, try simplified(left), try simplified(right))
    }
    return add(operation, node.kind, node.type, bounds: node.bounds, mayBeNull: node.mayBeNull)
  }

  /// Evaluates a node for every code of a pivot, and for null; nil when arithmetic does not fit
  /// for a code, which need not occur.
  private func tabulated(
    _ value: Int,
    over pivot: Int,
    _ domain: ClosedRange<Int64>
  ) -> LookupTable? {
    let isDouble = program.values[value].kind == .double
    var integers: [Int64] = []
    var doubles: [Double] = []
    var known: [UInt8] = []
    let evaluator = BlockEvaluator(
      program: program,
      arena: LaneArena(capacity: chunk(domain)),
      level: .portable
    )
    let isComplete = forEachChunk(of: domain, over: pivot, evaluator) { count in
      guard let lane = result({ () throws(StoreError) in try evaluator.lane(value, active: .all) })
      else { return false }
      if isDouble {
        doubles += evaluator.widenDoubles(lane).values[..<count]
      } else {
        integers += evaluator.widen(lane).values[..<count]
      }
      known += flags(evaluator.bitmap(lane.validity), count)
      return true
    }
    guard isComplete else { return nil }
    return LookupTable(
      low: domain.lowerBound,
      values: isDouble ? .doubles(doubles + [0]) : .integers(integers + [0]),
      known: known + [0]
    )
  }

  private func flagged(
    _ condition: Int,
    over pivot: Int,
    _ domain: ClosedRange<Int64>
  ) -> FlagTable? {
    var flags: [UInt8] = []
    let evaluator = BlockEvaluator(
      program: program,
      arena: LaneArena(capacity: chunk(domain)),
      level: .portable
    )
    let isComplete = forEachChunk(of: domain, over: pivot, evaluator) { count in
      guard
        let rows = result({ () throws(StoreError) in try evaluator.rows(condition, active: .all) })
      else { return false }
      flags += self.flags(evaluator.bitmap(rows), count)
      return true
    }
    guard isComplete else { return nil }
    return FlagTable(low: domain.lowerBound, flags: flags + [0])
  }

  /// Evaluates null first and then the codes, a block's worth at a time.
  private func forEachChunk(
    of domain: ClosedRange<Int64>,
    over pivot: Int,
    _ evaluator: BlockEvaluator,
    _ body: (Int) -> Bool
  ) -> Bool {
    let isDouble = program.values[pivot].kind == .double
    evaluator.arena.reset()
    evaluator.begin(
      .domain(node: pivot, Lane(values: isDouble ? .double(0) : .integer(0), validity: .none)),
      strip: 0..<1
    )
    guard body(1) else { return false }
    let capacity = Int64(evaluator.arena.capacity)
    var first = domain.lowerBound
    while true {
      let left = domain.upperBound - first
      let count = Int(min(left, capacity - 1)) + 1
      evaluator.arena.reset()
      let codes = IntegerLane(capacity: count)
      for place in 0..<count { codes.storage[place] = first + Int64(place) }
      evaluator.begin(
        .domain(node: pivot, Lane(computed: codes, validity: .all)),
        strip: 0..<count
      )
      guard body(count) else { return false }
      if left < capacity { return true }
      first += Int64(count)
    }
  }

  private func chunk(_ domain: ClosedRange<Int64>) -> Int {
    Int(min(domain.upperBound - domain.lowerBound, 65_535)) + 1
  }

  private func flags(_ bits: BitLane, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(bits.words[$0 >> 6] >> UInt64($0 & 63) & 1) }
  }

  /// Returns nil for an overflow: the code that causes it need not occur in any row, and if it
  /// does, the row finds out.
  private func result<Value>(_ body: () throws(StoreError) -> Value) -> Value? {
    do { return try body() } catch { return nil }
  }
}

extension ConditionNode {
  /// The nodes that a condition reads.
  var children: [PlanCompiler.Root] {
    switch self {
    case .constant: []
    case .and(let parts), .or(let parts): parts.map { .condition($0) }
    case .not(let part): [.condition(part)]
    case .range(let value, _, _), .isNull(let value), .flags(let value, _),
      .text(let value, _), .unlisted(let value, _):
      [.value(value)]
    case .integers(let left, _, let right), .doubles(let left, _, let right):
      [.value(left), .value(right)]
    }
  }
}

extension ValueOperation {
  /// The nodes that a value reads.
  var children: [PlanCompiler.Root] {
    switch self {
    case .column, .null, .integer, .double: []
    case .table(let source, _), .search(let source, _), .truncated(let source, _, _),
      .part(_, let source, _), .day(let source, _), .converted(let source, _):
      [.value(source)]
    case .integers(_, let left, let right), .doubles(_, let left, let right),
      .math(_, let left, let right):
      [.value(left), .value(right)]
    case .conditional(let branches, let otherwise):
      branches.flatMap { [.condition($0.condition), .value($0.value)] } + [.value(otherwise)]
    case .coalesce(let parts): parts.map { .value($0) }
    }
  }
}
