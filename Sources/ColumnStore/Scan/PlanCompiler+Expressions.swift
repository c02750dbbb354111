extension PlanCompiler {
  /// Compiles an expression.
  ///
  /// - Throws: `StoreError` when it names what the table does not have, or mixes kinds of values.
  mutating func value(
    _ expression: Expression,
    depth: Int = 0
  ) throws(StoreError) -> Int {
    guard depth < PlanCompiler.nestingLimit else {
      throw .limitReached(limit: "levels of nesting", value: "\(PlanCompiler.nestingLimit)")
    }
    if let known = expressionIDs[expression] { return known }
    let compiled = try compile(expression, depth)
    expressionIDs[expression] = compiled
    return compiled
  }

  private mutating func compile(
    _ expression: Expression,
    _ depth: Int
  ) throws(StoreError) -> Int {
    switch expression {
    case .column(let name): return try column(name)
    case .literal(let scalar, let type): return try literal(scalar, type)
    case .attribute(let key, let table, let value):
      return try attribute(key, table, value, depth + 1)
    case .truncated(let source, let unit, let rule):
      return try truncated(source, unit, rule, depth + 1)
    case .mapped(let source, let days):
      return try mapped(try value(source, depth: depth + 1), days)
    case .part(let part, let source, let rule):
      return try datePart(part, source, rule, depth + 1)
    case .day(let source, let rule): return try day(try value(source, depth: depth + 1), rule)
    case .arithmetic(let operation, let left, let right):
      return try arithmetic(operation, left, right, depth + 1)
    case .double(let source, let scale):
      let input = try value(source, depth: depth + 1)
      guard program.values[input].kind == .integer else {
        throw .mismatch("only an integer can become a double")
      }
      guard scale.isFinite && scale != 0 else {
        throw .mismatch("the scale of a double is a finite number other than zero")
      }
      return add(
        .converted(input, scaleBits: scale.bitPattern),
        .double,
        .float64,
        mayBeNull: program.values[input].mayBeNull
      )
    case .conditional(let branches, let otherwise):
      return try conditional(branches, otherwise, depth + 1)
    case .coalesce(let parts): return try coalesce(parts, depth + 1)
    case .text(let function, let source):
      return try text(function, try value(source, depth: depth + 1))
    case .math(let function, let parts): return try math(function, parts, depth + 1)
    case .joined(let parts): return try joined(parts, depth + 1)
    }
  }

  private mutating func literal(
    _ scalar: Scalar,
    _ type: ColumnType
  ) throws(StoreError) -> Int {
    switch scalar {
    case .null:
      return null(type == .float64 ? .double : type == .string ? .text(.program) : .integer, type)
    case .integer(let value):
      guard type.isInteger else { throw .mismatch("the constant \(value) is an integer") }
      return add(.integer(value), .integer, type, bounds: value...value, mayBeNull: false)
    case .double(let value):
      guard type == .float64 else { throw .mismatch("the constant \(value) is a double") }
      if value.isNaN { return null(.double, type) }
      return add(.double(bits: value.bitPattern), .double, type, mayBeNull: false)
    case .string(let text):
      guard type == .string else { throw .mismatch("the constant '\(text)' is a text") }
      return constant(text)
    }
  }

  private mutating func truncated(
    _ source: Expression,
    _ unit: CalendarUnit,
    _ rule: CalendarRule,
    _ depth: Int
  ) throws(StoreError) -> Int {
    let rule = try checked(rule)
    var input = try value(source, depth: depth)
    if program.values[input].type == .timestamp { input = try day(input, rule) }
    let node = program.values[input]
    guard node.type == .date else {
      throw .mismatch("only a date or an instant can be cut to a \(unit)")
    }
    if unit == .day { return input }
    let bounds = node.bounds.flatMap { bounds -> ClosedRange<Int64>? in
      let ends = [bounds.lowerBound, bounds.upperBound].map { days in
        CalendarKernel.start(
          days,
          unit,
          weekStart: Int64(rule.weekStart),
          fiscalStart: Int64(rule.fiscalStartMonth)
        )
      }
      return ends[0] <= ends[1] ? ends[0]...ends[1] : nil
    }
    // Periods depend on one of the rule's settings at most; the others would only hide that two
    // expressions are the same.
    var plain = CalendarRule()
    if unit == .week { plain.weekStart = rule.weekStart }
    if unit == .fiscalYear || unit == .fiscalQuarter {
      plain.fiscalStartMonth = rule.fiscalStartMonth
    }
    return add(
      .truncated(input, unit, plain),
      .integer,
      .date,
      bounds: bounds,
      mayBeNull: node.mayBeNull
    )
  }

  /// Returns the lookup of a date in a table of days, of which only the days that occur are kept.
  private mutating func mapped(_ input: Int, _ days: DayTable) throws(StoreError) -> Int {
    let node = program.values[input]
    guard node.type == .date else { throw .mismatch("only a date has a place in a table of days") }
    guard days.count <= DayTable.limit else {
      throw .limitReached(limit: "days in a table of days", value: "\(DayTable.limit)")
    }
    let covered = days.covered(by: node.bounds)
    guard node.operation != .null, let covered else { return null(.integer, .date) }
    // A table over all values of few is what groups are numbered by; of many it is as long as needed.
    let table = days.lookup(over: domain(of: input) ?? covered)
    guard table.bounds != nil else { return null(.integer, .date) }
    let isTotal = table.isTotal && domain(of: input) != nil
    return add(table, of: input, .integer, .date, mayBeNull: node.mayBeNull || !isTotal)
  }

  private mutating func datePart(
    _ part: DatePart,
    _ source: Expression,
    _ rule: CalendarRule,
    _ depth: Int
  ) throws(StoreError) -> Int {
    let rule = try checked(rule)
    var input = try value(source, depth: depth)
    if part != .hourOfDay && program.values[input].type == .timestamp {
      input = try day(input, rule)
    }
    let node = program.values[input]
    guard node.type == (part == .hourOfDay ? .timestamp : .date) else {
      throw .mismatch(
        part == .hourOfDay ? "only an instant has an hour" : "only a date or an instant has parts"
      )
    }
    let bounds: ClosedRange<Int64> =
      switch part {
      case .dayOfWeek: 1...7
      case .dayOfMonth: 1...31
      case .weekOfYear: 1...53
      case .monthOfYear: 1...12
      case .hourOfDay: 0...23
      }
    return add(
      .part(part, input, part == .hourOfDay ? rule : CalendarRule()),
      .integer,
      .int32,
      bounds: bounds,
      mayBeNull: node.mayBeNull
    )
  }

  /// Returns the local day of an instant; a date is its own day.
  private mutating func day(_ input: Int, _ rule: CalendarRule) throws(StoreError) -> Int {
    let rule = try checked(rule)
    let node = program.values[input]
    if node.type == .date { return input }
    guard node.type == .timestamp else { throw .mismatch("only an instant has a day") }
    let offsets = rule.zone.offsets.map { Int64($0) * 1_000_000 }
    let bounds = node.bounds.flatMap { bounds -> ClosedRange<Int64>? in
      let (low, early) = bounds.lowerBound.addingReportingOverflow(offsets.min() ?? 0)
      let (high, late) = bounds.upperBound.addingReportingOverflow(offsets.max() ?? 0)
      guard !early && !late else { return nil }
      let day: Int64 = 86_400_000_000
      return CalendarKernel.floorDivide(low, day)...CalendarKernel.floorDivide(high, day)
    }
    return add(
      .day(input, rule),
      .integer,
      .date,
      bounds: bounds,
      mayBeNull: node.mayBeNull
    )
  }

  private func checked(_ rule: CalendarRule) throws(StoreError) -> CalendarRule {
    guard (1...7).contains(rule.weekStart) else {
      throw .mismatch("a week begins with day 1 to 7, not \(rule.weekStart)")
    }
    guard (1...12).contains(rule.fiscalStartMonth) else {
      throw .mismatch("a fiscal year begins with month 1 to 12, not \(rule.fiscalStartMonth)")
    }
    guard rule.zone.offsets.count == rule.zone.changes.count + 1 else {
      throw .mismatch("a zone has one offset more than changes")
    }
    return rule
  }

  private mutating func arithmetic(
    _ operation: ArithmeticOperator,
    _ left: Expression,
    _ right: Expression,
    _ depth: Int
  ) throws(StoreError) -> Int {
    var one = try value(left, depth: depth)
    var other = try value(right, depth: depth)
    let kinds = (program.values[one].kind, program.values[other].kind)
    guard kinds == (.integer, .integer) || kinds == (.double, .double) else {
      throw .mismatch("arithmetic takes two integers or two doubles")
    }
    let mayBeNull = program.values[one].mayBeNull || program.values[other].mayBeNull
    if kinds == (.integer, .integer) && operation != .divide {
      let type = ColumnType.result(of: program.values[one].type, program.values[other].type)
      return add(
        .integers(operation, one, other),
        .integer,
        type,
        bounds: operation.bounds(program.values[one].bounds, program.values[other].bounds),
        mayBeNull: mayBeNull
      )
    }
    if kinds == (.integer, .integer) {
      one = converted(one)
      other = converted(other)
    }
    return add(.doubles(operation, one, other), .double, .float64, mayBeNull: true)
  }

  private mutating func math(
    _ function: MathFunction,
    _ parts: [Expression],
    _ depth: Int
  ) throws(StoreError) -> Int {
    guard parts.count == function.valueCount, let first = parts.first, let last = parts.last else {
      throw .mismatch("\(function) takes \(function.valueCount) values, not \(parts.count)")
    }
    var values: [Int] = []
    for part in [first, last] {
      let input = try value(part, depth: depth)
      switch program.values[input].kind {
      case .integer: values.append(converted(input))
      case .double: values.append(input)
      case .text, .plainText: throw .mismatch("\(function) takes numbers")
      }
    }
    return add(.math(function, values[0], values[1]), .double, .float64, mayBeNull: true)
  }

  private mutating func converted(_ value: Int) -> Int {
    add(
      .converted(value, scaleBits: (1.0).bitPattern),
      .double,
      .float64,
      mayBeNull: program.values[value].mayBeNull
    )
  }

  private mutating func conditional(
    _ branches: [ConditionalBranch],
    _ otherwise: Expression,
    _ depth: Int
  ) throws(StoreError) -> Int {
    var conditions: [Int] = []
    var values: [Int] = []
    for branch in branches {
      conditions.append(try condition(branch.condition, depth: depth))
      values.append(try value(branch.value, depth: depth))
    }
    values.append(try value(otherwise, depth: depth))
    values = try unified(values, "the values of a conditional")
    let last = values.removeLast()
    let all = values + [last]
    let compiled = zip(conditions, values).map { CompiledBranch(condition: $0, value: $1) }
    return add(
      .conditional(compiled, otherwise: last),
      program.values[last].kind,
      type(of: all),
      bounds: hull(all),
      mayBeNull: all.contains { program.values[$0].mayBeNull }
    )
  }

  private mutating func coalesce(
    _ parts: [Expression],
    _ depth: Int
  ) throws(StoreError) -> Int {
    guard !parts.isEmpty else { throw .mismatch("the first value of an empty list") }
    var values: [Int] = []
    for part in parts { values.append(try value(part, depth: depth)) }
    values = try unified(values, "the values to choose from")
    return add(
      .coalesce(values),
      program.values[values[0]].kind,
      type(of: values),
      bounds: hull(values),
      mayBeNull: values.allSatisfy { program.values[$0].mayBeNull }
    )
  }

  /// Makes values of one kind; texts of different spaces move to the program's own.
  private mutating func unified(
    _ values: [Int],
    _ what: String
  ) throws(StoreError) -> [Int] {
    let known = values.filter { program.values[$0].operation != .null }
    guard let first = known.first else { return values }
    let kind = program.values[first].kind
    if known.allSatisfy({ program.values[$0].kind == kind }) && kind != .plainText {
      let type = program.values[first].type
      var result: [Int] = []
      for value in values { result.append(known.contains(value) ? value : null(kind, type)) }
      return result
    }
    var result: [Int] = []
    for value in values {
      guard case .text = program.values[value].kind else {
        throw .mismatch("\(what) are of one kind, and no texts without a dictionary")
      }
      result.append(try programText(value))
    }
    return result
  }

  private func type(of values: [Int]) -> ColumnType {
    let known = values.first { program.values[$0].operation != .null } ?? values[0]
    return program.values[known].type
  }

  /// Returns a range that holds the values of all nodes.
  private func hull(_ values: [Int]) -> ClosedRange<Int64>? {
    var result: ClosedRange<Int64>?
    for value in values where program.values[value].operation != .null {
      guard let bounds = program.values[value].bounds else { return nil }
      let low = min(result?.lowerBound ?? bounds.lowerBound, bounds.lowerBound)
      let high = max(result?.upperBound ?? bounds.upperBound, bounds.upperBound)
      result = low...high
    }
    return result ?? 0...0
  }
}

extension ArithmeticOperator {
  /// Returns a range that holds every result; nil where it would not fit 64 bits.
  func bounds(_ left: ClosedRange<Int64>?, _ right: ClosedRange<Int64>?) -> ClosedRange<Int64>? {
    guard let left, let right else { return nil }
    let ends: [(partialValue: Int64, overflow: Bool)] =
      switch self {
      case .add:
        [
          left.lowerBound.addingReportingOverflow(right.lowerBound),
          left.upperBound.addingReportingOverflow(right.upperBound),
        ]
      case .subtract:
        [
          left.lowerBound.subtractingReportingOverflow(right.upperBound),
          left.upperBound.subtractingReportingOverflow(right.lowerBound),
        ]
      case .multiply:
        [
          left.lowerBound.multipliedReportingOverflow(by: right.lowerBound),
          left.lowerBound.multipliedReportingOverflow(by: right.upperBound),
          left.upperBound.multipliedReportingOverflow(by: right.lowerBound),
          left.upperBound.multipliedReportingOverflow(by: right.upperBound),
        ]
      case .divide: []
      }
    let values = ends.map(\.partialValue)
    guard !ends.contains(where: \.overflow), let low = values.min(), let high = values.max() else {
      return nil
    }
    return low...high
  }
}

extension ColumnType {
  /// The type of arithmetic on two integers: a decimal wins over counts, a date keeps being one.
  static func result(of left: ColumnType, _ right: ColumnType) -> ColumnType {
    if left == right { return left == .int32 ? .int64 : left }
    for type in [ColumnType.decimal, .date, .timestamp] where left == type || right == type {
      return type
    }
    return .int64
  }
}
