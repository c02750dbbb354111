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
