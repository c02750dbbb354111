/// Turns the expressions and conditions of a plan into a program for some blocks of a table.
///
/// What depends on one column of few different values (a dictionary, a range of days) becomes a
/// table from codes to results, computed once here and looked up a block at a time later.
struct PlanCompiler {
  /// The deepest nesting of expressions and conditions that is accepted.
  static let nestingLimit = 400

  /// The snapshot, for attributes.
  let snapshot: Snapshot
  /// The blocks for which the program has to hold.
  let blocks: ScanBlocks
  /// Attributes of other tables.
  let attributes: AttributeCache
  /// The program so far.
  var program = ScanProgram()
  /// Dictionaries by name, as far as nodes have codes of them.
  var dictionaries: [String: TextDictionary] = [:]
  /// The largest range of codes for which a table is worth its making.
  let tableLimit: Int

  private var valueIDs: [NodeKey: Int] = [:]
  private var conditionIDs: [ConditionNode: Int] = [:]
  private var columnIDs: [String: Int] = [:]
  /// Nodes of expressions and conditions, so that equal ones are compiled once.
  var expressionIDs: [Expression: Int] = [:]
  var predicateIDs: [Predicate: Int] = [:]
  var simplifiedIDs: [Int: Int] = [:]
  var simplifiedConditionIDs: [Int: Int] = [:]

  /// What makes two value nodes the same.
  private struct NodeKey: Hashable {
    let operation: ValueOperation
    let kind: ValueKind
    let type: ColumnType
  }

  /// Makes a compiler for some blocks of a table.
  init(snapshot: Snapshot, blocks: ScanBlocks, attributes: AttributeCache) {
    self.snapshot = snapshot
    self.blocks = blocks
    self.attributes = attributes
    tableLimit = max(4_096, min(blocks.rowCount / 2, 1 << 22))
  }

  /// The name of the table.
  var tableName: String { blocks.table.schema.name }

  /// Adds a node, or finds the equal one.
  mutating func add(
    _ operation: ValueOperation,
    _ kind: ValueKind,
    _ type: ColumnType,
    bounds: ClosedRange<Int64>? = nil,
    mayBeNull: Bool
  ) -> Int {
    let key = NodeKey(operation: operation, kind: kind, type: type)
    if let id = valueIDs[key] { return id }
    program.values.append(
      ValueNode(
        operation: operation,
        kind: kind,
        type: type,
        bounds: bounds,
        mayBeNull: mayBeNull
      )
    )
    valueIDs[key] = program.values.count - 1
    return program.values.count - 1
  }

  /// Adds a condition, or finds the equal one.
  mutating func add(_ condition: ConditionNode) -> Int {
    if let id = conditionIDs[condition] { return id }
    program.conditions.append(condition)
    conditionIDs[condition] = program.conditions.count - 1
    return program.conditions.count - 1
  }

  /// Adds a table and the node that looks values up in it.
  mutating func add(
    _ table: LookupTable,
    of pivot: Int,
    _ kind: ValueKind,
    _ type: ColumnType,
    mayBeNull: Bool
  ) -> Int {
    program.tables.append(table)
    return add(
      .table(of: pivot, table: program.tables.count - 1),
      kind,
      type,
      bounds: kind == .double ? nil : table.bounds ?? 0...0,
      mayBeNull: mayBeNull
    )
  }

  /// Returns the node of a stored column.
  mutating func column(_ name: String) throws(StoreError) -> Int {
    guard let index = blocks.table.schema.index(of: name) else {
      throw .unknownColumn(table: tableName, column: name)
    }
    let field = blocks.table.schema.fields[index]
    let dictionary = blocks.table.dictionary(name)
    let column: Int
    if let known = columnIDs[name] {
      column = known
    } else {
      column = program.columns.count
      program.columns.append(ScanColumn(field: field, index: index, dictionary: dictionary))
      columnIDs[name] = column
    }
    let summary = blocks.summary(of: index)
    let kind: ValueKind
    switch field.type {
    case .int32, .int64, .decimal, .bool, .date, .timestamp: kind = .integer
    case .float64: kind = .double
    case .string:
      if let name = field.dictionaryName {
        kind = .text(.dictionary(name))
        if let dictionary { dictionaries[name] = dictionary }
      } else {
        kind = .plainText
      }
    }
    let hasRange = kind != .double && kind != .plainText
    return add(
      .column(column),
      kind,
      field.type,
      bounds: hasRange ? summary.bounds ?? 0...0 : nil,
      mayBeNull: summary.hasNulls
    )
  }

  /// Returns the node of a text constant.
  mutating func constant(_ text: String) -> Int {
    let id = program.texts.id(of: text)
    return add(.integer(id), .text(.program), .string, bounds: id...id, mayBeNull: false)
  }

  /// Returns the node of a null.
  mutating func null(_ kind: ValueKind, _ type: ColumnType) -> Int {
    add(.null, kind, type, bounds: kind == .double ? nil : 0...0, mayBeNull: true)
  }

  /// Returns the range of a node's codes when a table over it is worth its making.
  func domain(of value: Int) -> ClosedRange<Int64>? {
    guard let bounds = program.values[value].bounds else { return nil }
    let (width, overflow) = bounds.upperBound.subtractingReportingOverflow(bounds.lowerBound)
    return !overflow && width < Int64(tableLimit) ? bounds : nil
  }

  /// Returns the text of a code of a text node.
  func text(_ code: Int64, in space: TextSpace) throws(StoreError) -> String? {
    switch space {
    case .dictionary(let name):
      guard let dictionary = dictionaries[name], code >= 0, code < Int64(dictionary.count) else {
        return nil
      }
      return try dictionary.text(Int(code))
    case .program:
      return code >= 0 && code < Int64(program.texts.texts.count)
        ? program.texts.texts[Int(code)] : nil
    }
  }
}
