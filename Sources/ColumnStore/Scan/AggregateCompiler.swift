/// Turns the aggregates of a plan into states and columns; equal states are kept once.
struct AggregateCompiler {
  /// The compiler of expressions.
  var compiler: PlanCompiler
  /// The groups.
  let grouping: GroupingPlan
  /// Bytes that bits of distinct counts may take a thread.
  let bitBudget: Int
  /// Tells whether the different values of distinct counts are asked for, and not only how many they
  /// are.
  let keepsSets: Bool
  /// Sizes at which ways change.
  let tuning: ScanTuning
  /// The states.
  private(set) var accumulators: [AccumulatorPlan] = []
  /// Codings of the parts of distinct counts.
  var distinctCodings: [KeyCoding] = []
  /// Distinct counts.
  var distincts: [DistinctPlan] = []
  /// The columns.
  var outputs: [AggregateOutput] = []

  private var known: [AccumulatorPlan: Int] = [:]

  /// Makes a compiler; state 0 counts the rows of each group, which tells the groups that exist.
  init(
    _ compiler: PlanCompiler,
    grouping: GroupingPlan,
    bitBudget: Int,
    tuning: ScanTuning,
    keepsSets: Bool = false
  ) {
    self.compiler = compiler
    self.grouping = grouping
    self.bitBudget = bitBudget
    self.keepsSets = keepsSets
    self.tuning = tuning
    _ = add(.count, nil, nil)
  }

  /// Adds an aggregate.
  mutating func add(_ aggregate: Aggregate) throws(StoreError) {
    var filter: Int?
    if let predicate = aggregate.filter {
      let condition = try compiler.simplifiedCondition(try compiler.condition(predicate))
      if compiler.program.conditions[condition] != .constant(true) { filter = condition }
    }
    switch aggregate.function {
    case .countRows: outputs.append(.count(add(.count, nil, filter)))
    case .count(let expression):
      let value = try compiler.simplified(try compiler.value(expression))
      outputs.append(.count(addCount(value, filter)))
    case .sum(let expression): try addSum(expression, filter)
    case .minimum(let expression):
      try addExtremum(expression, filter, integers: .minimum, doubles: .doubleMinimum)
    case .maximum(let expression):
      try addExtremum(expression, filter, integers: .maximum, doubles: .doubleMaximum)
    case .average(let expression, let scale): try addAverage(expression, scale, filter)
    case .percentile(let expression, let fraction, let scale):
      try addPercentile(expression, fraction, scale, filter)
    case .countDistinct(let expressions): try addDistinct(expressions, filter)
    }
  }

  /// Returns the position of a state, which exists once.
  mutating func add(_ kind: AccumulatorPlan.Kind, _ input: Int?, _ filter: Int?) -> Int {
    let plan = AccumulatorPlan(kind: kind, input: input, filter: filter)
    if let position = known[plan] { return position }
    accumulators.append(plan)
    known[plan] = accumulators.count - 1
    return accumulators.count - 1
  }

  private mutating func addCount(_ value: Int, _ filter: Int?) -> Int {
    add(.count, compiler.program.values[value].mayBeNull ? value : nil, filter)
  }

  private mutating func addSum(_ expression: Expression, _ filter: Int?) throws(StoreError) {
    let value = try compiler.simplified(try compiler.value(expression))
    let node = compiler.program.values[value]
    switch node.kind {
    case .integer:
      let sum = add(.sum(isWide: isWide(value)), value, filter)
      outputs.append(.sum(sum, count: addCount(value, filter), node.type))
    case .double:
      let sum = add(.doubleSum, value, filter)
      outputs.append(.doubleSum(sum, count: addCount(value, filter)))
    case .text, .plainText: throw .mismatch("texts have no sum")
    }
  }

  private mutating func addAverage(
    _ expression: Expression,
    _ scale: Double,
    _ filter: Int?
  ) throws(StoreError) {
    guard scale.isFinite && scale != 0 else {
      throw .mismatch("the scale of an average is a finite number other than zero")
    }
    let value = try compiler.simplified(try compiler.value(expression))
    let isDouble = compiler.program.values[value].kind == .double
    switch compiler.program.values[value].kind {
    case .integer, .double: break
    case .text, .plainText: throw .mismatch("texts have no average")
    }
    let sum = add(isDouble ? .doubleSum : .sum(isWide: isWide(value)), value, filter)
    let count = addCount(value, filter)
    outputs.append(.average(sum, count: count, isDouble: isDouble, scale: scale))
  }

  private mutating func addPercentile(
    _ expression: Expression,
    _ fraction: Double,
    _ scale: Double,
    _ filter: Int?
  ) throws(StoreError) {
    guard scale.isFinite && scale != 0 else {
      throw .mismatch("the scale of a percentile is a finite number other than zero")
    }
    guard fraction >= 0 && fraction <= 1 else {
      throw .mismatch("the fraction of a percentile is a number from 0 to 1")
    }
    let value = try compiler.simplified(try compiler.value(expression))
    let isDouble = compiler.program.values[value].kind == .double
    switch compiler.program.values[value].kind {
    case .integer, .double: break
    case .text, .plainText: throw .mismatch("texts have no percentile")
    }
    outputs.append(
      .percentile(
        add(.values, value, filter),
        number: outputs.count,
        fraction: fraction,
        isDouble: isDouble,
        scale: scale
      )
    )
  }

  /// Tells whether a sum over all rows could leave 64 bits.
  private func isWide(_ value: Int) -> Bool {
    guard let bounds = compiler.program.values[value].bounds else { return true }
    let largest = max(bounds.lowerBound.magnitude, bounds.upperBound.magnitude)
    let rows = UInt64(max(1, compiler.blocks.rowCount))
    let (product, overflow) = largest.multipliedReportingOverflow(by: rows)
    return overflow || product > UInt64(Int64.max)
  }

  private mutating func addExtremum(
    _ expression: Expression,
    _ filter: Int?,
    integers: AccumulatorPlan.Kind,
    doubles: AccumulatorPlan.Kind
  ) throws(StoreError) {
    let compiled = try compiler.value(expression)
    let node = compiler.program.values[compiled]
    switch node.kind {
    case .integer:
      let value = try compiler.simplified(compiled)
      let state = add(integers, value, filter)
      outputs.append(.extremum(state, count: addCount(value, filter), node.type, texts: nil))
    case .double:
      let value = try compiler.simplified(compiled)
      let state = add(doubles, value, filter)
      outputs.append(.doubleExtremum(state, count: addCount(value, filter)))
    case .text:
      let ranks = try compiler.ranks([compiled])
      let value = try compiler.simplified(ranks.values[0])
      let state = add(integers, value, filter)
      outputs.append(
        .extremum(state, count: addCount(value, filter), .string, texts: ranks.texts)
      )
    case .plainText: throw .mismatch("texts without a dictionary have no smallest and no largest")
    }
  }
}
