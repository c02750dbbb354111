/// A plan's expressions and conditions, compiled against one snapshot: nodes in one list, so that
/// equal ones exist once and are evaluated once a block.
struct ScanProgram: Sendable {
  /// Stored columns that the nodes read.
  var columns: [ScanColumn] = []
  /// Value nodes; a node comes after the nodes that it reads.
  var values: [ValueNode] = []
  /// Conditions; a condition comes after what it reads.
  var conditions: [ConditionNode] = []
  /// Tables from codes to values.
  var tables: [LookupTable] = []
  /// Tables from codes to truth.
  var flags: [FlagTable] = []
  /// Ascending keys without gaps worth a table.
  var keyLists: [[Int64]] = []
  /// Tests of plain texts.
  var textMatchers: [TextMatcher] = []
  /// Texts that expressions make; an id is a position.
  var texts = TextTable()
}

/// A stored column that a program reads.
struct ScanColumn: Sendable {
  /// The field of the table.
  let field: Field
  /// The position of the field in the schema.
  let index: Int
  /// Its dictionary, for strings that have one.
  let dictionary: TextDictionary?
}

/// What the values of a node are.
enum ValueKind: Sendable, Hashable {
  case integer
  case double
  /// Codes of texts.
  case text(TextSpace)
  /// Stored texts without codes.
  case plainText
}

/// What the codes of a text stand for.
enum TextSpace: Sendable, Hashable {
  /// Codes of a store's dictionary, by its name.
  case dictionary(String)
  /// Positions in the program's own texts.
  case program
}

/// One compiled row expression.
struct ValueNode: Sendable {
  /// What is computed.
  let operation: ValueOperation
  /// What the values are.
  let kind: ValueKind
  /// The physical type of the values.
  let type: ColumnType
  /// A range that holds every value; nil for doubles, plain texts, and what is not known.
  let bounds: ClosedRange<Int64>?
  /// Tells whether a row may have no value.
  let mayBeNull: Bool
}

/// What a value node computes; numbers are positions of nodes, tables and lists in the program.
enum ValueOperation: Sendable, Hashable {
  case column(Int)
  case null
  case integer(Int64)
  case double(bits: UInt64)
  case table(of: Int, table: Int)
  case search(of: Int, list: Int)
  case truncated(Int, CalendarUnit, CalendarRule)
  case part(DatePart, Int, CalendarRule)
  case day(Int, CalendarRule)
  case integers(ArithmeticOperator, Int, Int)
  case doubles(ArithmeticOperator, Int, Int)
  case converted(Int, scaleBits: UInt64)
  case conditional([CompiledBranch], otherwise: Int)
  case coalesce([Int])
  /// A function of doubles; one of a single value has it twice.
  case math(MathFunction, Int, Int)
}

/// A branch of a compiled conditional.
struct CompiledBranch: Sendable, Hashable {
  /// The condition's node.
  let condition: Int
  /// The value's node.
  let value: Int
}

/// A compiled condition; numbers are positions in the program.
enum ConditionNode: Sendable, Hashable {
  case constant(Bool)
  case and([Int])
  case or([Int])
  case not(Int)
  /// The integer or code is in the range.
  case range(of: Int, low: Int64, high: Int64)
  case integers(Int, ComparisonOperator, Int)
  case doubles(Int, ComparisonOperator, Int)
  case isNull(Int)
  case flags(of: Int, table: Int)
  /// A plain text passes a test.
  case text(of: Int, matcher: Int)
  /// The key is not null and not in the list.
  case unlisted(of: Int, list: Int)
}
