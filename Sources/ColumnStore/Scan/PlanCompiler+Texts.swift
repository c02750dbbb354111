extension PlanCompiler {
  /// Returns a text node's values as positions in the program's texts.
  mutating func programText(_ value: Int) throws(StoreError) -> Int {
    let node = program.values[value]
    switch node.kind {
    case .text(.program): return value
    case .text(.dictionary(let name)):
      if node.operation == .null { return null(.text(.program), .string) }
      return try recode(value, .text(.program), .string) { compiler, code throws(StoreError) in
        guard let text = try compiler.text(code, in: .dictionary(name)) else { return nil }
        return compiler.program.texts.id(of: text)
      }
    case .integer, .double, .plainText:
      throw .mismatch("a text with a dictionary is needed here")
    }
  }

  /// Compiles a function from text to text.
  mutating func text(_ function: TextFunction, _ value: Int) throws(StoreError) -> Int {
    guard case .text(let space) = program.values[value].kind else {
      throw .mismatch("a function of texts takes a text that has a dictionary")
    }
    if program.values[value].operation == .null { return value }
    return try recode(value, .text(.program), .string) { compiler, code throws(StoreError) in
      guard let text = try compiler.text(code, in: space) else { return nil }
      return compiler.program.texts.id(of: function.apply(to: text))
    }
  }

  /// The most combinations of texts that are joined.
  static let joinLimit: Int64 = 1 << 20

  /// Compiles texts one after the other: every combination of codes gets a number, and the texts of
  /// all numbers are written down.
  mutating func joined(_ parts: [Expression], _ depth: Int) throws(StoreError) -> Int {
    var pieces: [JoinedPiece] = []
    var number: Int?
    var count: Int64 = 1
    for part in parts {
      let node = try value(part, depth: depth)
      let bounds = program.values[node].bounds ?? 0...0
      guard case .text(let space) = program.values[node].kind else {
        throw .mismatch("only texts that have a dictionary can be joined")
      }
      if program.values[node].operation == .null { return null(.text(.program), .string) }
      let (width, isWide) = bounds.upperBound.subtractingReportingOverflow(bounds.lowerBound - 1)
      let (product, overflow) = count.multipliedReportingOverflow(by: width)
      guard !isWide, !overflow, product <= PlanCompiler.joinLimit else {
        throw .limitReached(
          limit: "combinations of texts that are joined",
          value: "\(PlanCompiler.joinLimit)"
        )
      }
      count = product
      pieces.append(JoinedPiece(space: space, low: bounds.lowerBound, width: width))
      // A constant neither adds combinations nor makes nulls.
      if case .integer = program.values[node].operation { continue }
      let place = integers(.subtract, node, bounds.lowerBound, 0...(width - 1))
      if let before = number {
        let scaled = integers(.multiply, before, width, 0...(count - width))
        number = add(
          .integers(.add, scaled, place),
          .integer,
          .int64,
          bounds: 0...(count - 1),
          mayBeNull: program.values[before].mayBeNull || program.values[place].mayBeNull
        )
      } else {
        number = place
      }
    }
    guard let number else {
      var text = ""
      for piece in pieces { text += try self.text(piece.low, in: piece.space) ?? "" }
      return constant(text)
    }
    return try recode(number, .text(.program), .string) { compiler, code throws(StoreError) in
      var text = ""
      var rest = code
      for piece in pieces.reversed() {
        let place = piece.low + rest % piece.width
        guard let part = try compiler.text(place, in: piece.space) else { return nil }
        text = part + text
        rest /= piece.width
      }
      return compiler.program.texts.id(of: text)
    }
  }

  /// One of several texts that are joined, with the codes that it may have.
  private struct JoinedPiece {
    let space: TextSpace
    let low: Int64
    let width: Int64
  }

  /// Calculates with a constant, where the range of the results is known.
  private mutating func integers(
    _ operation: ArithmeticOperator,
    _ value: Int,
    _ constant: Int64,
    _ bounds: ClosedRange<Int64>
  ) -> Int {
    let other = add(
      .integer(constant),
      .integer,
      .int64,
      bounds: constant...constant,
      mayBeNull: false
    )
    return add(
      .integers(operation, value, other),
      .integer,
      .int64,
      bounds: bounds,
      mayBeNull: program.values[value].mayBeNull
    )
  }

  /// Returns a text node's values as ranks by UTF-8 bytes, and the texts by rank.
  mutating func ranks(_ values: [Int]) throws(StoreError) -> (values: [Int], texts: [String]) {
    var positions: [Int] = []
    for value in values { positions.append(try programText(value)) }
    var used: Set<Int64> = []
    for position in positions {
      let bounds = program.values[position].bounds ?? 0...0
      for id in bounds where id < Int64(program.texts.texts.count) { used.insert(id) }
    }
    let texts = program.texts.texts
    let sorted = used.sorted { TextTable.precedes(texts[Int($0)], texts[Int($1)]) }
    var rank: [Int64: Int64] = [:]
    for (place, id) in sorted.enumerated() { rank[id] = Int64(place) }
    var result: [Int] = []
    for position in positions {
      if program.values[position].operation == .null {
        result.append(null(.integer, .int64))
      } else {
        result.append(try recode(position, .integer, .int64) { _, id in rank[id] })
      }
    }
    return (result, sorted.map { texts[Int($0)] })
  }

  /// Writes a function of a text node's codes down as a table.
  private mutating func recode(
    _ value: Int,
    _ kind: ValueKind,
    _ type: ColumnType,
    _ function: (inout PlanCompiler, Int64) throws(StoreError) -> Int64?
  ) throws(StoreError) -> Int {
    let bounds = program.values[value].bounds ?? 0...0
    var values: [Int64] = [0]
    var known: [UInt8] = [0]
    for code in bounds {
      let result = try function(&self, code)
      values.append(result ?? 0)
      known.append(result == nil ? 0 : 1)
    }
    values.append(0)
    known.append(0)
    let table = LookupTable(low: bounds.lowerBound, values: .integers(values), known: known)
    return add(
      table,
      of: value,
      kind,
      type,
      mayBeNull: program.values[value].mayBeNull || !table.isTotal
    )
  }

  /// Writes a test of a text node's codes down as a table of flags.
  mutating func flags(
    _ value: Int,
    _ space: TextSpace,
    _ matcher: TextMatcher
  ) throws(StoreError) -> Int {
    let bounds = program.values[value].bounds ?? 0...0
    var matcher = matcher
    var flags: [UInt8] = [0]
    for code in bounds {
      let holds = try text(code, in: space).map { matcher.matches($0) } ?? false
      flags.append(holds ? 1 : 0)
    }
    flags.append(0)
    program.flags.append(FlagTable(low: bounds.lowerBound, flags: flags))
    return add(.flags(of: value, table: program.flags.count - 1))
  }
}
