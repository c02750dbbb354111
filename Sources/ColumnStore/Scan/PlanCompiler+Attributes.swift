extension PlanCompiler {
  /// Compiles a lookup of an attribute.
  mutating func attribute(
    _ key: Expression,
    _ table: String,
    _ value: String,
    _ depth: Int
  ) throws(StoreError) -> Int {
    let column = try attributes.attribute(value, of: table, in: snapshot)
    let (pivot, _) = try position(try self.value(key, depth: depth), column, table)
    var kind = column.valueKind
    var values = column.table
    switch kind {
    case .text(.dictionary(let name)):
      // The column may have been read on an older snapshot, whose dictionary lacks newer texts.
      dictionaries[name] = snapshot.dictionaries[name] ?? column.dictionary
    case .text(.program):
      // Texts without a dictionary get positions in the program's own texts.
      let ids = column.texts.map { program.texts.id(of: $0) }
      if case .integers(let old) = values.values {
        let moved = zip(old, values.known).map { $1 == 1 ? ids[Int($0)] : 0 }
        values = LookupTable(low: values.low, values: .integers(moved), known: values.known)
      }
    case .integer, .plainText: break
    case .double:
      // A table without rows has no doubles to tell its kind by.
      if case .integers(let none) = values.values {
        let doubles = none.map { _ in 0.0 }
        values = LookupTable(low: values.low, values: .doubles(doubles), known: values.known)
      }
      kind = .double
    }
    return add(
      values,
      of: pivot,
      kind,
      column.type,
      mayBeNull: true
    )
  }

  /// Compiles the test that a key has no row.
  mutating func unknownKey(_ key: Int, _ table: String) throws(StoreError) -> Int {
    let column = try attributes.attribute(nil, of: table, in: snapshot)
    let (pivot, listed) = try position(key, column, table)
    if let listed { return add(.unlisted(of: key, list: listed)) }
    program.flags.append(column.missing)
    return add(.flags(of: pivot, table: program.flags.count - 1))
  }

  /// Returns the node by which an attribute's table is looked up, and the list of keys if it has
  /// one.
  private mutating func position(
    _ key: Int,
    _ column: AttributeColumn,
    _ table: String
  ) throws(StoreError) -> (pivot: Int, list: Int?) {
    let node = program.values[key]
    var pivot = key
    switch (node.kind, column.keyKind) {
    case (.integer, .integer): break
    case (.text(let space), .text(.dictionary(let name))):
      if space != .dictionary(name) { pivot = try recode(key, space, to: column.keyDictionary) }
    case (.integer, _), (.double, _), (.text, _), (.plainText, _):
      throw .mismatch("the key of \(table) is of another kind than the value looked up")
    }
    guard let keys = column.keys else { return (pivot, nil) }
    program.keyLists.append(keys)
    let list = program.keyLists.count - 1
    let search = add(
      .search(of: pivot, list: list),
      .integer,
      .int64,
      bounds: 0...Int64(keys.count),
      mayBeNull: node.mayBeNull
    )
    return (search, list)
  }

  /// Returns texts as codes of another dictionary; -1 for a text that it does not have, so that
  /// such a key is unknown rather than null.
  private mutating func recode(
    _ value: Int,
    _ space: TextSpace,
    to dictionary: TextDictionary?
  ) throws(StoreError) -> Int {
    if program.values[value].operation == .null { return null(.integer, .int64) }
    let bounds = program.values[value].bounds ?? 0...0
    var values: [Int64] = [0]
    for code in bounds {
      var found: UInt32?
      if let text = try text(code, in: space) { found = try dictionary?.code(of: text) }
      values.append(found.map(Int64.init) ?? -1)
    }
    values.append(-1)
    var known: [UInt8] = Array(repeating: 1, count: values.count)
    known[0] = 0
    known[known.count - 1] = 0
    let table = LookupTable(low: bounds.lowerBound, values: .integers(values), known: known)
    return add(table, of: value, .integer, .int64, mayBeNull: program.values[value].mayBeNull)
  }
}
