/// Evaluates the nodes of a program for a strip of one block's rows, a column at a time.
///
/// It belongs to one thread. Each node is evaluated at most once a strip (`begin` forgets), unless
/// integer arithmetic did not fit in rows that did not ask for it: such a result is good for the
/// rows that asked, and is not kept.
final class BlockEvaluator {
  /// Where the columns of the rows come from.
  enum Source {
    /// A block of a segment, by the columns of the program.
    case stored(BlockColumns)
    /// Made-up rows in which one node has given values: the domain of a table.
    case domain(node: Int, Lane)
  }

  /// Integers one by one, and the rows that have one.
  struct Integers {
    let lane: IntegerLane
    let validity: RowBits
  }

  /// Doubles one by one, and the rows that have one.
  struct Doubles {
    let lane: DoubleLane
    let validity: RowBits
  }

  /// The program.
  let program: ScanProgram
  /// The thread's working memory.
  let arena: LaneArena
  /// How many kernels were called since the evaluator was made.
  var kernelCalls = 0
  /// The instructions that kernels may use.
  let level: KernelLevel
  /// The rows of the strip, or the selected ones.
  private(set) var rowCount = 0
  /// The rows of the block that are looked at; they begin at a multiple of 64.
  private(set) var strip = 0..<0

  private(set) var source: Source
  private(set) var selection: RowSelection?
  private var lanes: [Lane?]
  private var widened: [IntegerLane?]
  private var conditions: [RowBits?]
  /// Grows when arithmetic did not fit in rows that nobody asked for.
  private var doubts = 0
  /// Tables for codes of 16 bits, by the number of their flags.
  var memberTables: [Int: MemberTable] = [:]

  /// Makes an evaluator without rows.
  init(program: ScanProgram, arena: LaneArena, level: KernelLevel) {
    self.program = program
    self.arena = arena
    self.level = level
    source = .domain(node: -1, Lane(values: .integer(0), validity: .none))
    lanes = Array(repeating: nil, count: program.values.count)
    widened = Array(repeating: nil, count: program.values.count)
    conditions = Array(repeating: nil, count: program.conditions.count)
  }

  /// Starts a strip: all its rows, or those of a selection, which then have the numbers `0...`.
  func begin(_ source: Source, strip: Range<Int>, selection: RowSelection? = nil) {
    precondition(strip.lowerBound % 64 == 0, "a strip begins with a word of a bitmap")
    self.source = source
    self.strip = strip
    self.selection = selection
    rowCount = selection?.count ?? strip.count
    for index in lanes.indices {
      lanes[index] = nil
      widened[index] = nil
    }
    for index in conditions.indices { conditions[index] = nil }
  }

  /// Returns the rows where a condition holds; only rows of `active` need to be right.
  func rows(_ condition: Int, active: RowBits) throws(StoreError) -> RowBits {
    if let known = conditions[condition] { return known }
    let doubtsBefore = doubts
    let answer = try evaluateCondition(condition, active: active)
    if doubts == doubtsBefore { conditions[condition] = answer }
    return answer
  }

  /// Returns the values of a node; only rows of `active` need to be right.
  func lane(_ value: Int, active: RowBits) throws(StoreError) -> Lane {
    if let known = lanes[value] { return known }
    let doubtsBefore = doubts
    let lane = try evaluate(value, active: active)
    if doubts == doubtsBefore { lanes[value] = lane }
    return lane
  }

  /// Returns the values of an integer or text node one by one.
  func integers(_ value: Int, active: RowBits) throws(StoreError) -> Integers {
    let lane = try lane(value, active: active)
    if let known = widened[value] { return Integers(lane: known, validity: lane.validity) }
    let result = widen(lane)
    if lanes[value] != nil { widened[value] = result }
    return Integers(lane: result, validity: lane.validity)
  }

  /// Returns the values of a lane of integers or codes one by one.
  func widen(_ lane: Lane) -> IntegerLane {
    switch lane.values {
    case .integers(base: 0, multiplier: 1, .computed(let computed)): return computed
    case .integers(let base, let multiplier, let codes):
      let result = arena.integers()
      kernelCalls += 1
      codes.apply(
        WidenCall(base: base, multiplier: multiplier, count: rowCount, result: result)
      )
      return result
    case .integer(let value):
      let result = arena.integers()
      kernelCalls += 1
      var valuesMemory = result.storage.taken()
      defer { result.storage = valuesMemory }
      var values = valuesMemory.mutableSpan
      GatherKernel.fill(&values, with: value, count: rowCount)
      return result
    case .double, .storedDoubles, .doubles, .texts:
      preconditionFailure("doubles and plain texts are no integers")
    }
  }

  /// Returns the values of a double node one by one.
  func doubles(_ value: Int, active: RowBits) throws(StoreError) -> Doubles {
    let lane = try lane(value, active: active)
    return Doubles(lane: widenDoubles(lane), validity: lane.validity)
  }

  /// Returns the values of a lane of doubles one by one.
  func widenDoubles(_ lane: Lane) -> DoubleLane {
    switch lane.values {
    case .doubles(let computed): return computed
    case .storedDoubles(let buffer):
      let result = arena.doubles()
      kernelCalls += 1
      buffer.withSpan(of: Double.self) { source in
        var valuesMemory = result.storage.taken()
        defer { result.storage = valuesMemory }
        var values = valuesMemory.mutableSpan
        GatherKernel.copy(source, count: rowCount, into: &values)
      }
      return result
    case .double(let value):
      let result = arena.doubles()
      kernelCalls += 1
      var valuesMemory = result.storage.taken()
      defer { result.storage = valuesMemory }
      var values = valuesMemory.mutableSpan
      GatherKernel.fill(&values, with: value, count: rowCount)
      return result
    case .integer, .integers, .texts:
      preconditionFailure("integers and texts are no doubles")
    }
  }

  private func evaluate(_ value: Int, active: RowBits) throws(StoreError) -> Lane {
    if case .domain(let node, let lane) = source, node == value { return lane }
    let node = program.values[value]
    switch node.operation {
    case .column(let column): return try stored(column)
    case .null:
      return Lane(values: node.kind == .double ? .double(0) : .integer(0), validity: .none)
    case .integer(let constant): return Lane(values: .integer(constant), validity: .all)
    case .double(let bits):
      return Lane(values: .double(Double(bitPattern: bits)), validity: .all)
    case .table(let pivot, let table):
      return look(up: try lane(pivot, active: active), in: program.tables[table])
    case .search(let key, let list): return try search(key, list, active)
    case .truncated(let day, let unit, let rule): return try truncate(day, unit, rule, active)
    case .part(let part, let source, let rule): return try datePart(part, source, rule, active)
    case .day(let instant, let rule): return try days(instant, rule, active)
    case .integers(let operation, let left, let right):
      return try calculate(value, operation, left, right, active)
    case .doubles(let operation, let left, let right):
      return try calculateDoubles(operation, left, right, active)
    case .converted(let integer, let scale):
      return try convert(integer, scale: Double(bitPattern: scale), active)
    case .conditional(let branches, let otherwise):
      return try choose(branches, otherwise: otherwise, kind: node.kind, active)
    case .coalesce(let parts): return try coalesce(parts, kind: node.kind, active)
    case .math(let function, let left, let right):
      return try calculate(function, left, right, active)
    }
  }

  func look(up lane: Lane, in table: LookupTable) -> Lane {
    let isDouble = if case .doubles = table.values { true } else { false }
    let origin: TableKernel.Origin
    let codes: LaneCodes
    switch lane.values {
    case .integers(let base, let multiplier, let found):
      codes = found
      origin = TableKernel.Origin(
        offset: base &- table.low,
        multiplier: multiplier,
        entries: UInt64(table.entries)
      )
    case .integer:
      codes = .computed(widen(lane))
      origin = TableKernel.Origin(
        offset: 0 &- table.low,
        multiplier: 1,
        entries: UInt64(table.entries)
      )
    case .double, .storedDoubles, .doubles, .texts:
      preconditionFailure("a table is looked up by integers or codes")
    }
    let integers = isDouble ? nil : arena.integers()
    let doubles = isDouble ? arena.doubles() : nil
    kernelCalls += 1
    codes.apply(
      TableCall(
        origin: origin,
        table: table,
        count: rowCount,
        integers: integers,
        doubles: doubles
      )
    )
    let known = arena.bits()
    kernelCalls += 1
    codes.apply(FlagCall(origin: origin, flags: table.known, count: rowCount, result: known))
    var validity = and(.some(known), lane.validity)
    let nulls = table.knowsNull ? not(lane.validity) : .none
    if count(nulls) > 0 {
      patchNulls(table, bitmap(lane.validity), integers, doubles)
      validity = or(validity, nulls)
    }
    if let doubles { return Lane(values: .doubles(doubles), validity: validity) }
    return Lane(
      values: .integers(base: 0, multiplier: 1, .computed(integers ?? arena.integers())),
      validity: validity
    )
  }

  private func patchNulls(
    _ table: LookupTable,
    _ valid: BitLane,
    _ integers: IntegerLane?,
    _ doubles: DoubleLane?
  ) {
    kernelCalls += 1
    switch table.values {
    case .integers(let entries):
      guard let integers else { return }
      var valuesMemory = integers.storage.taken()
      defer { integers.storage = valuesMemory }
      var values = valuesMemory.mutableSpan
      TableKernel.patch(&values, with: entries[0], where: valid.words.span, count: rowCount)
    case .doubles(let entries):
      guard let doubles else { return }
      var valuesMemory = doubles.storage.taken()
      defer { doubles.storage = valuesMemory }
      var values = valuesMemory.mutableSpan
      TableKernel.patch(&values, with: entries[0], where: valid.words.span, count: rowCount)
    }
  }

  func search(_ key: Int, _ list: Int, _ active: RowBits) throws(StoreError) -> Lane {
    let keys = try integers(key, active: active)
    let result = arena.integers()
    var positionsMemory = result.storage.taken()
    defer { result.storage = positionsMemory }
    var positions = positionsMemory.mutableSpan
    let ascending = program.keyLists[list]
    kernelCalls += 1
    TableKernel.search(
      keys.lane.values.span,
      in: ascending.span,
      count: rowCount,
      into: &positions
    )
    return Lane(
      values: .integers(base: 0, multiplier: 1, .computed(result)),
      validity: keys.validity
    )
  }

  /// Notes that a result is only good for the rows that asked for it.
  func noteDoubt() { doubts += 1 }
}
