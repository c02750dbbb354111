/// How the values of one key become small numbers, and back.
///
/// The number 0 is null; the values have `1...`. What has no small numbers keeps its 64 bits.
struct KeyCoding: Sendable {
  /// The way.
  enum Way: Sendable {
    /// `value - low + 1`.
    case affine(low: Int64)
    /// A table over another node's codes; `values[number - 1]` is the value.
    case table(pivot: Int, low: Int64, numbers: [UInt32], runs: [Int32], values: [Int64])
    /// The 64 bits of an integer.
    case integer
    /// The bit pattern of a double.
    case pattern
  }

  /// The widest range of a block's values whose numbers are looked at.
  private static let rangeLimit: Int64 = 4_096

  /// The node of the values.
  let node: Int
  /// What the values are.
  let kind: ValueKind
  /// The physical type of the values.
  let type: ColumnType
  /// The way.
  let way: Way
  /// How many numbers there are, null's included; nil for 64 bits.
  let count: UInt64?

  /// Returns the value of a number that is not 0.
  func value(_ number: UInt64) -> Int64 {
    switch way {
    case .affine(let low): low &+ Int64(bitPattern: number) &- 1
    case .table(_, _, _, _, let values): values[Int(number) - 1]
    case .integer, .pattern: Int64(bitPattern: number)
    }
  }

  /// Returns what each entry of a table adds to a packed key; nothing for other ways.
  func parts(stride: UInt64) -> [UInt64] {
    guard case .table(_, _, let numbers, _, _) = way else { return [] }
    return numbers.map { UInt64($0) &* stride }
  }

  /// Returns what each entry of a table adds to a slot; nothing for other ways.
  func slotParts(stride: UInt32) -> [UInt32] {
    guard case .table(_, _, let numbers, _, _) = way else { return [] }
    return stride == 1 ? numbers : numbers.map { $0 &* stride }
  }

  /// The node whose lane the coding starts from.
  var source: Int {
    switch way {
    case .table(let pivot, _, _, _, _): pivot
    case .affine, .integer, .pattern: node
    }
  }

  /// Returns a range that holds the numbers of a block's rows; nil when zone maps do not tell.
  func range(_ program: ScanProgram, _ zone: (Int) -> ZoneMap) -> ClosedRange<UInt64>? {
    guard case .column(let column) = program.values[source].operation else { return nil }
    let map = zone(program.columns[column].index)
    guard map.nullCount == 0, case .integers(let minimum, let maximum) = map.bounds else {
      return nil
    }
    switch way {
    case .affine(let low):
      return UInt64(bitPattern: minimum &- low &+ 1)...UInt64(bitPattern: maximum &- low &+ 1)
    case .table(_, let low, let numbers, _, _):
      // Of many values a block's range says little, and looking at all takes longer than it saves.
      guard maximum - minimum < KeyCoding.rangeLimit else { return nil }
      let entries = numbers[(Int(minimum - low) + 1)...(Int(maximum - low) + 1)]
      guard let least = entries.min(), let largest = entries.max() else { return nil }
      return UInt64(least)...UInt64(largest)
    case .integer, .pattern: return nil
    }
  }

  /// Returns the one number of a whole block, as far as zone maps tell it.
  func constant(_ program: ScanProgram, _ zone: (Int) -> ZoneMap) -> UInt64? {
    let node: Int
    switch way {
    case .affine: node = self.node
    case .table(let pivot, _, _, _, _): node = pivot
    case .integer, .pattern: return nil
    }
    if case .integer(let value) = program.values[node].operation, case .affine(let low) = way {
      return UInt64(bitPattern: value &- low &+ 1)
    }
    guard case .column(let column) = program.values[node].operation else { return nil }
    let map = zone(program.columns[column].index)
    guard map.nullCount == 0, case .integers(let minimum, let maximum) = map.bounds else {
      return nil
    }
    switch way {
    case .affine(let low):
      return minimum == maximum ? UInt64(bitPattern: minimum &- low &+ 1) : nil
    case .table(_, let low, let numbers, let runs, _):
      let first = Int(minimum - low) + 1
      return runs[first] == runs[Int(maximum - low) + 1] ? UInt64(numbers[first]) : nil
    case .integer, .pattern: return nil
    }
  }
}

extension PlanCompiler {
  /// Finds the coding of a key.
  ///
  /// - Throws: `StoreError.mismatch` for texts without a dictionary.
  mutating func coding(_ expression: Expression) throws(StoreError) -> KeyCoding {
    guard let (name, tables) = expression.attributeKey, case let pivot = try column(name),
      let domain = domain(of: pivot)
    else { return try newCoding(expression) }
    var stamps: [String: TableStamp] = [:]
    for table in tables { stamps[table] = snapshot.table(table).map { TableStamp($0) } }
    let derived = DerivedKey.Name(
      expression: expression,
      table: tableName,
      domain: domain,
      stamps: stamps
    )
    if let known = attributes.derived(derived) { return coding(known, pivot) }
    let made = try newCoding(expression)
    if case .table(pivot, let low, let numbers, let runs, let values) = made.way,
      case .table(_, let table) = program.values[made.node].operation,
      made.kind != .text(.program)
    {
      let key = DerivedKey(
        table: program.tables[table],
        node: program.values[made.node],
        coding: .init(low: low, numbers: numbers, runs: runs, values: values)
      )
      attributes.keep(key, as: derived)
    }
    return made
  }

  /// Takes the coding of an attribute that was worked out before.
  private mutating func coding(_ key: DerivedKey, _ pivot: Int) -> KeyCoding {
    let (kind, type) = (key.node.kind, key.node.type)
    if case .text(.dictionary(let name)) = kind {
      dictionaries[name] = dictionaries[name] ?? snapshot.dictionaries[name]
    }
    let id = add(key.table, of: pivot, kind, type, mayBeNull: key.node.mayBeNull)
    let coding = key.coding
    return KeyCoding(
      node: id,
      kind: kind,
      type: type,
      way: .table(
        pivot: pivot,
        low: coding.low,
        numbers: coding.numbers,
        runs: coding.runs,
        values: coding.values
      ),
      count: UInt64(coding.values.count) + 1
    )
  }

  private mutating func newCoding(_ expression: Expression) throws(StoreError) -> KeyCoding {
    let id = try simplified(try value(expression))
    let node = program.values[id]
    switch node.kind {
    case .plainText:
      throw .mismatch("a text without a dictionary can be neither grouped by nor counted")
    case .double:
      return KeyCoding(node: id, kind: node.kind, type: node.type, way: .pattern, count: nil)
    case .integer, .text: break
    }
    if case .table(let pivot, let table) = node.operation, domain(of: pivot) != nil,
      program.values[pivot].bounds.map({ covers(program.tables[table], $0) }) ?? false
    {
      return tableCoding(id, pivot, program.tables[table])
    }
    guard let bounds = node.bounds else {
      return KeyCoding(node: id, kind: node.kind, type: node.type, way: .integer, count: nil)
    }
    let (width, overflow) = bounds.upperBound.subtractingReportingOverflow(bounds.lowerBound)
    if overflow || width > 1 << 48 {
      return KeyCoding(node: id, kind: node.kind, type: node.type, way: .integer, count: nil)
    }
    return KeyCoding(
      node: id,
      kind: node.kind,
      type: node.type,
      way: .affine(low: bounds.lowerBound),
      count: UInt64(width) + 2
    )
  }

  private func covers(_ table: LookupTable, _ bounds: ClosedRange<Int64>) -> Bool {
    let (last, overflow) = bounds.upperBound.subtractingReportingOverflow(table.low)
    return bounds.lowerBound >= table.low && !overflow && last < Int64(table.entries)
  }

  private func tableCoding(_ id: Int, _ pivot: Int, _ table: LookupTable) -> KeyCoding {
    var numbers: [UInt32] = []
    var runs: [Int32] = []
    var values: [Int64] = []
    var known = ValueNumbers(table)
    var run: Int32 = 0
    if case .integers(let entries) = table.values {
      for (entry, value) in entries.enumerated() {
        var number: UInt32 = 0
        if table.known[entry] == 1 {
          if let last = numbers.last, last > 0, values[Int(last) - 1] == value {
            number = last
          } else {
            number = known.number(of: value)
            if number > values.count { values.append(value) }
          }
        }
        if number != numbers.last { run += 1 }
        numbers.append(number)
        runs.append(run)
      }
    }
    return KeyCoding(
      node: id,
      kind: program.values[id].kind,
      type: program.values[id].type,
      way: .table(pivot: pivot, low: table.low, numbers: numbers, runs: runs, values: values),
      count: UInt64(values.count) + 1
    )
  }
}

/// Numbers the different values of a table from 1 in the order of first sight.
private struct ValueNumbers {
  /// Numbers by value from `low` on, 0 for none yet; empty where values are far apart.
  private var dense: [UInt32] = []
  private var sparse: [Int64: UInt32] = [:]
  private let low: Int64
  private var count: UInt32 = 0

  init(_ table: LookupTable) {
    low = table.bounds?.lowerBound ?? 0
    guard let bounds = table.bounds else { return }
    let (width, overflow) = bounds.upperBound.subtractingReportingOverflow(low)
    if !overflow && width < Int64(table.known.count) * 4 {
      dense = [UInt32](repeating: 0, count: Int(width) + 1)
    }
  }

  mutating func number(of value: Int64) -> UInt32 {
    if dense.isEmpty {
      if let known = sparse[value] { return known }
      count += 1
      sparse[value] = count
      return count
    }
    let place = Int(value - low)
    if dense[place] == 0 {
      count += 1
      dense[place] = count
    }
    return dense[place]
  }
}
