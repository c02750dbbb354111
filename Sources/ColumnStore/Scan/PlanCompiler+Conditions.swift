extension PlanCompiler {
  /// Compiles a condition.
  ///
  /// - Throws: `StoreError` when it names what the table does not have, or mixes kinds of values.
  mutating func condition(
    _ predicate: Predicate,
    depth: Int = 0
  ) throws(StoreError) -> Int {
    guard depth < PlanCompiler.nestingLimit else {
      throw .limitReached(limit: "levels of nesting", value: "\(PlanCompiler.nestingLimit)")
    }
    if let known = predicateIDs[predicate] { return known }
    let compiled = try compile(predicate, depth)
    predicateIDs[predicate] = compiled
    return compiled
  }

  private mutating func compile(
    _ predicate: Predicate,
    _ depth: Int
  ) throws(StoreError) -> Int {
    switch predicate {
    case .constant(let holds): return add(.constant(holds))
    case .and(let parts):
      var compiled: [Int] = []
      for part in parts { compiled.append(try condition(part, depth: depth + 1)) }
      return conjunction(compiled)
    case .or(let parts):
      var compiled: [Int] = []
      for part in parts { compiled.append(try condition(part, depth: depth + 1)) }
      return disjunction(compiled)
    case .not(let part): return negation(try condition(part, depth: depth + 1))
    case .compare(let left, let relation, let right):
      return try comparison(left, relation, right, depth + 1)
    case .oneOf(let expression, let scalars):
      return try membership(try value(expression, depth: depth + 1), scalars)
    case .isNull(let expression):
      let value = try value(expression, depth: depth + 1)
      return program.values[value].mayBeNull ? add(.isNull(value)) : add(.constant(false))
    case .text(let expression, let test):
      return try textTest(try value(expression, depth: depth + 1), TextMatcher(test))
    case .isTrue(let expression):
      let value = try value(expression, depth: depth + 1)
      guard program.values[value].type == .bool else {
        throw .mismatch("only a truth value can be true")
      }
      return range(value, 1...1)
    case .isUnknown(let key, let table):
      return try unknownKey(try value(key, depth: depth + 1), table)
    }
  }

  /// Returns the condition that all parts hold; ranges of one value become one range.
  mutating func conjunction(_ parts: [Int]) -> Int {
    var ranges: [Int: ClosedRange<Int64>] = [:]
    var order: [Int] = []
    var others: [Int] = []
    for part in parts {
      switch program.conditions[part] {
      case .constant(true): continue
      case .constant(false): return part
      case .range(let value, let low, let high):
        if let known = ranges[value] {
          let first = max(known.lowerBound, low)
          let last = min(known.upperBound, high)
          if first > last { return add(.constant(false)) }
          ranges[value] = first...last
        } else {
          ranges[value] = low...high
          order.append(value)
        }
      case .and(let inner): others += inner
      case .or, .not, .integers, .doubles, .isNull, .flags, .text, .unlisted:
        others.append(part)
      }
    }
    var all: [Int] = []
    for value in order {
      if let range = ranges[value] {
        all.append(add(.range(of: value, low: range.lowerBound, high: range.upperBound)))
      }
    }
    all += others
    if all.isEmpty { return add(.constant(true)) }
    return all.count == 1 ? all[0] : add(.and(all))
  }

  private mutating func disjunction(_ parts: [Int]) -> Int {
    let open = parts.filter { program.conditions[$0] != .constant(false) }
    if let holds = open.first(where: { program.conditions[$0] == .constant(true) }) { return holds }
    if open.isEmpty { return add(.constant(false)) }
    return open.count == 1 ? open[0] : add(.or(open))
  }

  private mutating func negation(_ part: Int) -> Int {
    if case .constant(let holds) = program.conditions[part] { return add(.constant(!holds)) }
    if case .not(let inner) = program.conditions[part] { return inner }
    return add(.not(part))
  }

  /// Returns the condition that a value is in a range, as far as its bounds leave that open.
  private mutating func range(_ value: Int, _ range: ClosedRange<Int64>) -> Int {
    if let bounds = program.values[value].bounds, !bounds.overlaps(range) {
      return add(.constant(false))
    }
    return add(.range(of: value, low: range.lowerBound, high: range.upperBound))
  }

  private mutating func comparison(
    _ left: Expression,
    _ relation: ComparisonOperator,
    _ right: Expression,
    _ depth: Int
  ) throws(StoreError) -> Int {
    let one = try value(left, depth: depth)
    let other = try value(right, depth: depth)
    if program.values[one].operation == .null || program.values[other].operation == .null {
      return add(.constant(false))
    }
    switch (program.values[one].kind, program.values[other].kind) {
    case (.integer, .integer):
      if case .integer(let constant) = program.values[other].operation {
        return comparison(one, relation, constant)
      }
      if case .integer(let constant) = program.values[one].operation {
        return comparison(other, relation.flipped, constant)
      }
      return add(.integers(one, relation, other))
    case (.double, .double): return add(.doubles(one, relation, other))
    case (.text, .text), (.plainText, .text), (.text, .plainText):
      if case .literal(.string(let text), _) = right { return try textTest(one, relation, text) }
      if case .literal(.string(let text), _) = left {
        return try textTest(other, relation.flipped, text)
      }
      return try textComparison(one, relation, other)
    case (.integer, _), (.double, _), (.text, _), (.plainText, _):
      throw .mismatch("a comparison takes two values of one kind")
    }
  }

  private mutating func comparison(
    _ value: Int,
    _ relation: ComparisonOperator,
    _ constant: Int64
  ) -> Int {
    switch relation {
    case .equal: return range(value, constant...constant)
    case .notEqual:
      let isEqual = range(value, constant...constant)
      let differs = negation(isEqual)
      guard program.values[value].mayBeNull else { return differs }
      let hasValue = negation(add(.isNull(value)))
      return conjunction([differs, hasValue])
    case .less:
      return constant == .min ? add(.constant(false)) : range(value, Int64.min...(constant - 1))
    case .lessOrEqual: return range(value, Int64.min...constant)
    case .greater:
      return constant == .max ? add(.constant(false)) : range(value, (constant + 1)...Int64.max)
    case .greaterOrEqual: return range(value, constant...Int64.max)
    }
  }

  private mutating func textTest(
    _ value: Int,
    _ relation: ComparisonOperator,
    _ text: String
  ) throws(StoreError) -> Int {
    // A text that is in the dictionary is one code; one that is not equals nothing.
    if relation == .equal, case .text(.dictionary(let name)) = program.values[value].kind {
      guard let code = try dictionaries[name]?.code(of: text) else { return add(.constant(false)) }
      return range(value, Int64(code)...Int64(code))
    }
    return try textTest(value, TextMatcher(relation, text))
  }

  private mutating func textTest(
    _ value: Int,
    _ matcher: TextMatcher
  ) throws(StoreError) -> Int {
    switch program.values[value].kind {
    case .text(let space):
      if program.values[value].operation == .null { return add(.constant(false)) }
      return try flags(value, space, matcher)
    case .plainText:
      program.textMatchers.append(matcher)
      return add(.text(of: value, matcher: program.textMatchers.count - 1))
    case .integer, .double: throw .mismatch("only a text can be tested as a text")
    }
  }

  private mutating func textComparison(
    _ one: Int,
    _ relation: ComparisonOperator,
    _ other: Int
  ) throws(StoreError) -> Int {
    let isEquality = relation == .equal || relation == .notEqual
    if isEquality && program.values[one].kind == program.values[other].kind,
      program.values[one].kind != .plainText
    {
      return add(.integers(one, relation, other))
    }
    let ranks = try ranks([one, other]).values
    return add(.integers(ranks[0], relation, ranks[1]))
  }

  private mutating func membership(
    _ value: Int,
    _ scalars: [Scalar]
  ) throws(StoreError) -> Int {
    var integers: [Int64] = []
    var doubles: [Double] = []
    var texts: [String] = []
    for scalar in scalars {
      switch scalar {
      case .null: continue
      case .integer(let integer): integers.append(integer)
      case .double(let double): doubles.append(double)
      case .string(let text): texts.append(text)
      }
    }
    switch program.values[value].kind {
    case .integer where doubles.isEmpty && texts.isEmpty:
      return members(value, integers)
    case .double where integers.isEmpty && texts.isEmpty:
      var parts: [Int] = []
      for double in doubles where !double.isNaN {
        let constant = add(.double(bits: double.bitPattern), .double, .float64, mayBeNull: false)
        parts.append(add(.doubles(value, .equal, constant)))
      }
      return disjunction(parts)
    case .text(.dictionary(let name)) where integers.isEmpty && doubles.isEmpty:
      var codes: [Int64] = []
      for text in texts {
        if let code = try dictionaries[name]?.code(of: text) { codes.append(Int64(code)) }
      }
      return members(value, codes)
    case .text(.program) where integers.isEmpty && doubles.isEmpty,
      .plainText where integers.isEmpty && doubles.isEmpty:
      return try textTest(value, TextMatcher(oneOf: texts))
    case .integer, .double, .text, .plainText:
      throw .mismatch("a list has values of the kind that is looked for")
    }
  }

  /// Returns the condition that an integer or code is one of a list.
  private mutating func members(_ value: Int, _ list: [Int64]) -> Int {
    var sorted = Array(Set(list)).sorted()
    if let bounds = program.values[value].bounds { sorted.removeAll { !bounds.contains($0) } }
    guard let first = sorted.first, let last = sorted.last else { return add(.constant(false)) }
    if sorted.count == 1 { return range(value, first...first) }
    let (width, overflow) = last.subtractingReportingOverflow(first)
    if !overflow && width < Int64(tableLimit) {
      var flags: [UInt8] = Array(repeating: 0, count: Int(width) + 3)
      for member in sorted { flags[Int(member - first) + 1] = 1 }
      program.flags.append(FlagTable(low: first, flags: flags))
      return add(.flags(of: value, table: program.flags.count - 1))
    }
    program.keyLists.append(sorted)
    let isMissing = add(.unlisted(of: value, list: program.keyLists.count - 1))
    let isListed = negation(isMissing)
    guard program.values[value].mayBeNull else { return isListed }
    return conjunction([isListed, negation(add(.isNull(value)))])
  }
}

extension ComparisonOperator {
  /// The relation with its sides exchanged.
  var flipped: ComparisonOperator {
    switch self {
    case .equal: .equal
    case .notEqual: .notEqual
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    }
  }
}
