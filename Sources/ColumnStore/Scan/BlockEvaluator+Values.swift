// Calendar, arithmetic and choice, a column at a time.

extension BlockEvaluator {
  /// Returns the first days of periods.
  func truncate(
    _ source: Int,
    _ unit: CalendarUnit,
    _ rule: CalendarRule,
    _ active: RowBits
  ) throws(StoreError) -> Lane {
    let input = try integers(source, active: active)
    let result = copy(input.lane)
    var valuesMemory = result.storage.taken()
    defer { result.storage = valuesMemory }
    var values = valuesMemory.mutableSpan
    kernelCalls += 1
    CalendarKernel.truncate(
      &values,
      to: unit,
      weekStart: Int64(rule.weekStart),
      fiscalStart: Int64(rule.fiscalStartMonth),
      count: rowCount
    )
    return Lane(computed: result, validity: input.validity)
  }

  /// Returns numbers of dates, or hours of instants.
  func datePart(
    _ part: DatePart,
    _ source: Int,
    _ rule: CalendarRule,
    _ active: RowBits
  ) throws(StoreError) -> Lane {
    let input = try integers(source, active: active)
    let result = part == .hourOfDay ? shifted(input.lane, rule.zone) : copy(input.lane)
    var valuesMemory = result.storage.taken()
    defer { result.storage = valuesMemory }
    var values = valuesMemory.mutableSpan
    kernelCalls += 1
    if part == .hourOfDay {
      CalendarKernel.hours(ofInstants: &values, count: rowCount)
    } else {
      CalendarKernel.part(&values, part, count: rowCount)
    }
    return Lane(computed: result, validity: input.validity)
  }

  /// Returns the local days of instants.
  func days(_ source: Int, _ rule: CalendarRule, _ active: RowBits) throws(StoreError) -> Lane {
    let input = try integers(source, active: active)
    let result = shifted(input.lane, rule.zone)
    var valuesMemory = result.storage.taken()
    defer { result.storage = valuesMemory }
    var values = valuesMemory.mutableSpan
    kernelCalls += 1
    CalendarKernel.days(ofInstants: &values, count: rowCount)
    return Lane(computed: result, validity: input.validity)
  }

  /// Returns sums, differences or products of integers.
  func calculate(
    _ node: Int,
    _ operation: ArithmeticOperator,
    _ left: Int,
    _ right: Int,
    _ active: RowBits
  ) throws(StoreError) -> Lane {
    let one = try integers(left, active: active)
    let other = try integers(right, active: active)
    let validity = and(one.validity, other.validity)
    let result = arena.integers()
    var valuesMemory = result.storage.taken()
    defer { result.storage = valuesMemory }
    var values = valuesMemory.mutableSpan
    kernelCalls += 1
    if program.values[node].bounds != nil {
      // The bounds of the operands prove that every result fits.
      ArithmeticKernel.wrapping(
        one.lane.values.span,
        operation,
        other.lane.values.span,
        count: rowCount,
        into: &values
      )
      return Lane(computed: result, validity: validity)
    }
    let overflows = arena.bits()
    if overflow(one.lane, operation, other.lane, into: &values, overflows) {
      if count(and(and(.some(overflows), validity), active)) > 0 {
        throw .overflow("the \(operation.resultName) of two values of a row")
      }
      noteDoubt()
    }
    return Lane(computed: result, validity: validity)
  }

  /// Calculates with checks and tells whether any row's result did not fit.
  private func overflow(
    _ left: IntegerLane,
    _ operation: ArithmeticOperator,
    _ right: IntegerLane,
    into values: inout MutableSpan<Int64>,
    _ overflows: BitLane
  ) -> Bool {
    var wordsMemory = overflows.storage.taken()
    defer { overflows.storage = wordsMemory }
    var words = wordsMemory.mutableSpan
    return ArithmeticKernel.checked(
      left.values.span,
      operation,
      right.values.span,
      count: rowCount,
      into: &values,
      overflows: &words
    )
  }

  /// Returns results of double arithmetic; what is not a number is null.
  func calculateDoubles(
    _ operation: ArithmeticOperator,
    _ left: Int,
    _ right: Int,
    _ active: RowBits
  ) throws(StoreError) -> Lane {
    let one = try doubles(left, active: active)
    let other = try doubles(right, active: active)
    let result = arena.doubles()
    var valuesMemory = result.storage.taken()
    defer { result.storage = valuesMemory }
    var values = valuesMemory.mutableSpan
    kernelCalls += 2
    ArithmeticKernel.doubles(
      one.lane.values.span,
      operation,
      other.lane.values.span,
      count: rowCount,
      into: &values
    )
    return Lane(
      values: .doubles(result),
      validity: and(and(numbers(values.span), one.validity), other.validity)
    )
  }

  /// Returns a function of doubles; what is not a number is null.
  func calculate(
    _ function: MathFunction,
    _ left: Int,
    _ right: Int,
    _ active: RowBits
  ) throws(StoreError) -> Lane {
    let one = try doubles(left, active: active)
    let other = try doubles(right, active: active)
    let result = arena.doubles()
    var valuesMemory = result.storage.taken()
    defer { result.storage = valuesMemory }
    var values = valuesMemory.mutableSpan
    kernelCalls += 2
    MathKernel.values(
      function,
      one.lane.values.span,
      other.lane.values.span,
      count: rowCount,
      into: &values
    )
    return Lane(
      values: .doubles(result),
      validity: and(and(numbers(values.span), one.validity), other.validity)
    )
  }

  /// Returns the rows whose value is a number.
  private func numbers(_ values: Span<Double>) -> RowBits {
    let valid = bitmap(.all)
    var wordsMemory = valid.storage.taken()
    defer { valid.storage = wordsMemory }
    var words = wordsMemory.mutableSpan
    CompareKernel.numbers(values, count: rowCount, into: &words)
    return .some(valid)
  }

  /// Returns integers as doubles.
  func convert(_ source: Int, scale: Double, _ active: RowBits) throws(StoreError) -> Lane {
    let input = try integers(source, active: active)
    let result = arena.doubles()
    var valuesMemory = result.storage.taken()
    defer { result.storage = valuesMemory }
    var values = valuesMemory.mutableSpan
    kernelCalls += 1
    ArithmeticKernel.convert(input.lane.values.span, scale: scale, count: rowCount, into: &values)
    return Lane(values: .doubles(result), validity: input.validity)
  }

  /// Returns the values of the first branches whose conditions hold.
  func choose(
    _ branches: [CompiledBranch],
    otherwise: Int,
    kind: ValueKind,
    _ active: RowBits
  ) throws(StoreError) -> Lane {
    var open = active
    // Rows that nobody asked for count as undecided too: they end with the last value.
    var undecided = RowBits.all
    var choices: [(rows: RowBits, value: Int)] = []
    for branch in branches {
      let holds = try rows(branch.condition, active: open)
      let taken = and(undecided, holds)
      undecided = andNot(undecided, holds)
      open = andNot(open, holds)
      choices.append((taken, branch.value))
    }
    choices.append((undecided, otherwise))
    return try blend(choices, kind: kind, active)
  }

  /// Returns the first values that are not null.
  func coalesce(_ parts: [Int], kind: ValueKind, _ active: RowBits) throws(StoreError) -> Lane {
    var undecided = RowBits.all
    var choices: [(rows: RowBits, value: Int)] = []
    for part in parts {
      let validity = try lane(part, active: and(active, undecided)).validity
      choices.append((and(undecided, validity), part))
      undecided = andNot(undecided, validity)
      if case .none = undecided { break }
    }
    return try blend(choices, kind: kind, active)
  }

  private func blend(
    _ choices: [(rows: RowBits, value: Int)],
    kind: ValueKind,
    _ active: RowBits
  ) throws(StoreError) -> Lane {
    var validity = RowBits.none
    let integerResult = kind == .double ? nil : arena.integers()
    let doubleResult = kind == .double ? arena.doubles() : nil
    for choice in choices {
      if case .none = choice.rows { continue }
      let taken = bitmap(choice.rows)
      let asked = and(active, choice.rows)
      kernelCalls += 1
      if let doubleResult {
        let input = try doubles(choice.value, active: asked)
        var valuesMemory = doubleResult.storage.taken()
        defer { doubleResult.storage = valuesMemory }
        var values = valuesMemory.mutableSpan
        GatherKernel.blend(
          input.lane.values.span,
          where: taken.words.span,
          count: rowCount,
          into: &values
        )
        validity = or(validity, and(choice.rows, input.validity))
      }
      if let integerResult {
        let input = try integers(choice.value, active: asked)
        var valuesMemory = integerResult.storage.taken()
        defer { integerResult.storage = valuesMemory }
        var values = valuesMemory.mutableSpan
        GatherKernel.blend(
          input.lane.values.span,
          where: taken.words.span,
          count: rowCount,
          into: &values
        )
        validity = or(validity, and(choice.rows, input.validity))
      }
    }
    if let doubleResult { return Lane(values: .doubles(doubleResult), validity: validity) }
    return Lane(computed: integerResult ?? arena.integers(), validity: validity)
  }

  private func shifted(_ source: IntegerLane, _ zone: ZoneOffsets) -> IntegerLane {
    let result = copy(source)
    guard zone.offsets != [0] else { return result }
    var valuesMemory = result.storage.taken()
    defer { result.storage = valuesMemory }
    var values = valuesMemory.mutableSpan
    kernelCalls += 1
    CalendarKernel.shift(
      &values,
      changes: zone.changes.span,
      offsets: zone.offsets.span,
      count: rowCount
    )
    return result
  }

  private func copy(_ source: IntegerLane) -> IntegerLane {
    let result = arena.integers()
    var valuesMemory = result.storage.taken()
    defer { result.storage = valuesMemory }
    var values = valuesMemory.mutableSpan
    kernelCalls += 1
    GatherKernel.copy(source.values.span, count: rowCount, into: &values)
    return result
  }
}

extension ArithmeticOperator {
  /// The word for the result.
  var resultName: String {
    switch self {
    case .add: "sum"
    case .subtract: "difference"
    case .multiply: "product"
    case .divide: "quotient"
    }
  }
}

extension Lane {
  /// Makes a lane of computed integers.
  init(computed lane: IntegerLane, validity: RowBits) {
    self.init(values: .integers(base: 0, multiplier: 1, .computed(lane)), validity: validity)
  }

  /// Makes a lane of some rows of a stored column; `validity` is that of those rows.
  init(_ vector: ColumnVector, rows: Range<Int>, validity: RowBits) {
    self.validity = validity
    values =
      switch vector.storage {
      case .constant(let value):
        vector.type == .float64
          ? .double(Double(bitPattern: UInt64(bitPattern: value))) : .integer(value)
      case .frame(let width, let base, let multiplier, let codes):
        .integers(base: base, multiplier: multiplier, LaneCodes(width, codes, rows))
      case .dictionary(let width, let codes):
        .integers(base: 0, multiplier: 1, LaneCodes(width, codes, rows))
      case .doubles(let buffer): .storedDoubles(buffer.slice(rows, width: 8))
      case .text(let offsets, let bytes):
        .texts(
          offsets: offsets.slice(rows.lowerBound..<(rows.upperBound + 1), width: 4),
          bytes: bytes
        )
      }
  }

  /// Makes a lane of all rows of a stored column.
  init(_ vector: ColumnVector) {
    var validity = RowBits.all
    if let words = vector.validity.words {
      validity = vector.validity.nullCount == vector.rowCount ? .none : .some(BitLane(words: words))
    }
    self.init(vector, rows: 0..<vector.rowCount, validity: validity)
  }
}

extension LaneCodes {
  /// Makes the codes of some rows of a stored column.
  init(_ width: ColumnVector.CodeWidth, _ codes: VectorBuffer, _ rows: Range<Int>) {
    let slice = codes.slice(rows, width: Int(width.rawValue))
    self =
      switch width {
      case .bits8: .bits8(slice)
      case .bits16: .bits16(slice)
      case .bits32: .bits32(slice)
      case .bits64: .bits64(slice)
      }
  }
}
