extension BlockEvaluator {
  /// Evaluates a condition from its parts.
  func evaluateCondition(
    _ condition: Int,
    active: RowBits
  ) throws(StoreError) -> RowBits {
    switch program.conditions[condition] {
    case .constant(let holds): return holds ? .all : .none
    case .and(let parts):
      var answer = RowBits.all
      for part in parts {
        answer = and(answer, try rows(part, active: and(active, answer)))
        if isNone(answer) { return .none }
      }
      return answer
    case .or(let parts):
      var answer = RowBits.none
      for part in parts {
        answer = or(answer, try rows(part, active: andNot(active, answer)))
        if case .all = answer { return .all }
      }
      return answer
    case .not(let part): return not(try rows(part, active: active))
    case .range(let value, let low, let high):
      return range(try lane(value, active: active), low...high)
    case .integers(let left, let relation, let right):
      return try compareIntegers(left, relation, right, active)
    case .doubles(let left, let relation, let right):
      return try compareDoubles(left, relation, right, active)
    case .isNull(let value): return not(try lane(value, active: active).validity)
    case .flags(let value, let table):
      return flags(try lane(value, active: active), of: value, table)
    case .text(let value, let matcher):
      return match(try lane(value, active: active), program.textMatchers[matcher])
    case .unlisted(let value, let list):
      let position = try search(value, list, active)
      let missing = Int64(program.keyLists[list].count)
      return and(range(position, missing...missing), position.validity)
    }
  }

  private func compareIntegers(
    _ left: Int,
    _ relation: ComparisonOperator,
    _ right: Int,
    _ active: RowBits
  ) throws(StoreError) -> RowBits {
    let one = try integers(left, active: active)
    let other = try integers(right, active: active)
    let bits = arena.bits()
    do {
      var wordsMemory = bits.storage.taken()
      defer { bits.storage = wordsMemory }
      var words = wordsMemory.mutableSpan
      CompareKernel.integers(
        one.lane.values.span,
        relation,
        other.lane.values.span,
        count: rowCount,
        into: &words
      )
    }
    kernelCalls += 1
    return and(and(.some(bits), one.validity), other.validity)
  }

  private func compareDoubles(
    _ left: Int,
    _ relation: ComparisonOperator,
    _ right: Int,
    _ active: RowBits
  ) throws(StoreError) -> RowBits {
    let one = try doubles(left, active: active)
    let other = try doubles(right, active: active)
    let bits = arena.bits()
    do {
      var wordsMemory = bits.storage.taken()
      defer { bits.storage = wordsMemory }
      var words = wordsMemory.mutableSpan
      CompareKernel.doubles(
        one.lane.values.span,
        relation,
        other.lane.values.span,
        count: rowCount,
        into: &words
      )
    }
    kernelCalls += 1
    return and(and(.some(bits), one.validity), other.validity)
  }

  private func range(_ lane: Lane, _ range: ClosedRange<Int64>) -> RowBits {
    switch lane.values {
    case .integer(let value): return range.contains(value) ? lane.validity : .none
    case .integers(let base, let multiplier, let codes):
      // Only a positive multiplier keeps the order of codes and values.
      precondition(multiplier >= 1, "a frame's multiplier is positive")
      let call = RangeCall(
        base: base,
        multiplier: multiplier,
        low: range.lowerBound,
        high: range.upperBound,
        count: rowCount,
        result: arena.bits(),
        level: level
      )
      kernelCalls += 1
      return and(codes.apply(call), lane.validity)
    case .double, .storedDoubles, .doubles, .texts:
      preconditionFailure("a range of integers has no doubles and no texts")
    }
  }

  /// Tells whether no row is left, so that the other parts of a condition need not be looked at.
  private func isNone(_ bits: RowBits) -> Bool {
    switch bits {
    case .none: true
    case .all: false
    case .some: count(bits) == 0
    }
  }

  private func flags(_ lane: Lane, of value: Int, _ number: Int) -> RowBits {
    let table = program.flags[number]
    let nulls = table.flags[0] == 1 ? not(lane.validity) : .none
    switch lane.values {
    case .integer(let value):
      let origin = TableKernel.Origin(
        offset: 0 &- table.low,
        multiplier: 1,
        entries: UInt64(table.entries)
      )
      let holds = table.flags[origin.entry(value)] == 1
      return or(holds ? lane.validity : .none, nulls)
    case .integers(let base, let multiplier, let codes):
      let origin = TableKernel.Origin(
        offset: base &- table.low,
        multiplier: multiplier,
        entries: UInt64(table.entries)
      )
      kernelCalls += 1
      let bits = arena.bits()
      switch codes {
      case .bits8(let slice): member(slice, origin, table, into: bits)
      case .bits16(let slice):
        let largest = largestCode(of: value, base: base, multiplier: multiplier)
        if let member = memberTable(number, origin, largest: largest) {
          self.member(slice, member, into: bits)
        } else {
          test(codes, origin, table, into: bits)
        }
      case .bits32, .bits64, .computed: test(codes, origin, table, into: bits)
      }
      return or(and(.some(bits), lane.validity), nulls)
    case .double, .storedDoubles, .doubles, .texts:
      preconditionFailure("a table of flags has no doubles and no texts")
    }
  }

  private func test(
    _ codes: LaneCodes,
    _ origin: TableKernel.Origin,
    _ table: FlagTable,
    into bits: BitLane
  ) {
    codes.apply(FlagCall(origin: origin, flags: table.flags, count: rowCount, result: bits))
  }
}
