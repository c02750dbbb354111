import Synchronization

/// Which rows a table has.
struct TableStamp: Sendable, Hashable {
  private let paths: [String]
  private let deletedCounts: [Int]

  /// Takes the segments of a table and how many rows of each are deleted, which only grows.
  init(_ table: TableSnapshot) {
    paths = table.segments.map(\.segment.path)
    deletedCounts = table.segments.map { $0.deletions?.deletedCount ?? 0 }
  }
}

/// Attributes of tables, read once for each version of a table: an array from keys to values.
final class AttributeCache: Sendable {
  private struct Name: Hashable {
    let table: String
    let value: String?
  }

  /// The bytes that kept codings of key expressions may take.
  private static let derivedLimit = 256 << 20

  private struct Derived {
    var keys: [DerivedKey.Name: DerivedKey] = [:]
    /// The oldest first.
    var order: [DerivedKey.Name] = []
    var byteCount = 0
  }

  private struct Known {
    let stamp: TableStamp
    let column: AttributeColumn
  }

  private let known = Mutex<[Name: Known]>([:])
  private let derived = Mutex(Derived())

  /// Makes an empty cache.
  init() {}

  /// Returns an attribute, reading it when it is first asked for.
  ///
  /// - Throws: `StoreError` when the table, its one-column key or the value does not exist.
  func attribute(
    _ value: String?,
    of table: String,
    in snapshot: Snapshot
  ) throws(StoreError) -> AttributeColumn {
    let name = Name(table: table, value: value)
    guard let table = snapshot.table(table) else { throw .unknownTable(table) }
    let stamp = TableStamp(table)
    if let found = known.withLock({ $0[name] }), found.stamp == stamp { return found.column }
    let made = try AttributeColumn(value, of: table)
    known.withLock { $0[name] = Known(stamp: stamp, column: made) }
    return made
  }
}

extension AttributeCache {
  /// Returns the coding of a key expression, if it was kept.
  func derived(_ name: DerivedKey.Name) -> DerivedKey? {
    derived.withLock { $0.keys[name] }
  }

  /// Keeps the coding of a key expression, in place of those that were kept longest ago.
  func keep(_ key: DerivedKey, as name: DerivedKey.Name) {
    derived.withLock { derived in
      guard derived.keys.updateValue(key, forKey: name) == nil else { return }
      derived.order.append(name)
      derived.byteCount += key.byteCount
      while derived.byteCount > AttributeCache.derivedLimit, derived.order.count > 1 {
        let oldest = derived.keys.removeValue(forKey: derived.order.removeFirst())
        derived.byteCount -= oldest?.byteCount ?? 0
      }
    }
  }
}

/// A key expression over attributes of one column, worked out for all codes of the column: a cohort
/// month by customer, say.
struct DerivedKey: Sendable {
  /// The expression, the table of its column, the codes that occur, and the rows of the tables that
  /// attributes are looked up in.
  struct Name: Hashable {
    let expression: Expression
    let table: String
    let domain: ClosedRange<Int64>
    let stamps: [String: TableStamp]
  }

  /// How the values become small numbers, like `KeyCoding.Way.table`.
  struct Coding: Sendable {
    let low: Int64
    let numbers: [UInt32]
    let runs: [Int32]
    let values: [Int64]
  }

  /// The values by code.
  let table: LookupTable
  /// What the values are.
  let node: ValueNode
  let coding: Coding

  /// About the bytes that it takes.
  var byteCount: Int {
    table.known.count * 9 + coding.numbers.count * 8 + coding.values.count * 8
  }
}

/// The values of one column of a table by the table's key.
struct AttributeColumn: Sendable {
  /// What the keys are: integers, or codes of a dictionary.
  let keyKind: ValueKind
  /// What the values are; texts without a dictionary are positions in `texts`.
  let valueKind: ValueKind
  /// The physical type of the values.
  let type: ColumnType
  /// The dictionary of the values.
  let dictionary: TextDictionary?
  /// The dictionary of the keys.
  let keyDictionary: TextDictionary?
  /// Texts that have no dictionary.
  let texts: [String]
  /// Ascending keys when they are too far apart for an array; else nil, and `table` begins with
  /// the lowest key.
  let keys: [Int64]?
  /// Values by key, or by position in `keys`; a key without a row has none.
  let table: LookupTable
  /// Flags like those of `table`: 1 where no row has the key.
  let missing: FlagTable

  /// Reads a column of a table; nil for the keys alone.
  init(_ value: String?, of table: TableSnapshot) throws(StoreError) {
    let schema = table.schema
    guard schema.primaryKey.count == 1, let keyName = schema.primaryKey.first,
      let keyField = schema.field(keyName), let keyIndex = schema.index(of: keyName)
    else {
      throw .mismatch("the table \(schema.name) has no key of one column to look attributes up by")
    }
    let valueName = value ?? keyName
    guard let field = schema.field(valueName), let index = schema.index(of: valueName) else {
      throw .unknownColumn(table: schema.name, column: valueName)
    }
    var reader = AttributeReader(keyIndex: keyIndex, valueIndex: index)
    for live in table.segments { try reader.read(live) }
    keyKind = keyField.dictionaryName.map { .text(.dictionary($0)) } ?? .integer
    valueKind =
      switch field.type {
      case .float64: .double
      case .string: field.dictionaryName.map { .text(.dictionary($0)) } ?? .text(.program)
      case .int32, .int64, .decimal, .bool, .date, .timestamp: .integer
      }
    type = field.type
    dictionary = table.dictionary(valueName)
    keyDictionary = table.dictionary(keyName)
    texts = reader.texts.texts
    (keys, self.table, missing) = reader.arranged()
  }
}

/// Reads keys and values of live rows.
private struct AttributeReader {
  let keyIndex: Int
  let valueIndex: Int
  var texts = TextTable()
  private var rows: [(key: Int64, value: Int64, isKnown: Bool)] = []
  private var hasDoubles = false

  init(keyIndex: Int, valueIndex: Int) {
    self.keyIndex = keyIndex
    self.valueIndex = valueIndex
  }

  mutating func read(_ live: LiveSegment) throws(StoreError) {
    for block in 0..<live.segment.blockCount {
      let count = live.segment.blockRange(block).count
      let deleted = live.deletions?.words(block: block)
      let keys = Lane(try live.segment.vector(column: keyIndex, block: block).0)
      let values = Lane(try live.segment.vector(column: valueIndex, block: block).0)
      let evaluator = BlockEvaluator(
        program: ScanProgram(),
        arena: LaneArena(capacity: count),
        level: .portable
      )
      evaluator.begin(.domain(node: -1, keys), strip: 0..<count)
      let keyLane = evaluator.widen(keys)
      let keyBits = evaluator.bitmap(keys.validity).words
      let known = evaluator.bitmap(values.validity).words
      let patterns = self.patterns(values, evaluator, known)
      for row in 0..<count {
        let word = row >> 6
        let place = UInt64(row & 63)
        guard keyBits[word] >> place & 1 == 1, (deleted?[word] ?? 0) >> place & 1 == 0 else {
          continue
        }
        rows.append((keyLane.values[row], patterns[row], known[word] >> place & 1 == 1))
      }
    }
  }

  private mutating func patterns(
    _ lane: Lane,
    _ evaluator: BlockEvaluator,
    _ known: [UInt64]
  ) -> [Int64] {
    switch lane.values {
    case .integer, .integers: return evaluator.widen(lane).values
    case .double, .storedDoubles, .doubles:
      hasDoubles = true
      return evaluator.widenDoubles(lane).values.map { Int64(bitPattern: $0.bitPattern) }
    case .texts(let offsets, let bytes):
      var result: [Int64] = []
      for row in 0..<evaluator.rowCount {
        let isKnown = known[row >> 6] >> UInt64(row & 63) & 1 == 1
        result.append(
          isKnown ? texts.id(of: BlockEvaluator.text(at: row, offsets, bytes)) : 0
        )
      }
      return result
    }
  }

  /// Returns the keys, where they need a list, and the tables by key.
  func arranged() -> (keys: [Int64]?, table: LookupTable, missing: FlagTable) {
    guard let low = rows.map(\.key).min(), let high = rows.map(\.key).max() else {
      return (nil, table([], low: 0, count: 0), FlagTable(low: 0, flags: [0, 1]))
    }
    let (width, overflow) = high.subtractingReportingOverflow(low)
    let roomy = Int64(rows.count) * 16 + 65_536
    if !overflow && width < roomy {
      let placed = rows.map { (place: Int($0.key - low), value: $0.value, isKnown: $0.isKnown) }
      return arranged(placed, keys: nil, low: low, count: Int(width) + 1)
    }
    let sorted = rows.sorted { $0.key < $1.key }
    let placed = sorted.enumerated().map { (place: $0, value: $1.value, isKnown: $1.isKnown) }
    return arranged(placed, keys: sorted.map(\.key), low: 0, count: sorted.count)
  }

  private func arranged(
    _ placed: [(place: Int, value: Int64, isKnown: Bool)],
    keys: [Int64]?,
    low: Int64,
    count: Int
  ) -> (keys: [Int64]?, table: LookupTable, missing: FlagTable) {
    var flags: [UInt8] = Array(repeating: 1, count: count + 2)
    flags[0] = 0
    for row in placed { flags[row.place + 1] = 0 }
    return (keys, table(placed, low: low, count: count), FlagTable(low: low, flags: flags))
  }

  private func table(
    _ placed: [(place: Int, value: Int64, isKnown: Bool)],
    low: Int64,
    count: Int
  ) -> LookupTable {
    var values: [Int64] = Array(repeating: 0, count: count + 2)
    var known: [UInt8] = Array(repeating: 0, count: count + 2)
    for row in placed where row.isKnown {
      values[row.place + 1] = row.value
      known[row.place + 1] = 1
    }
    let doubles = values.map { Double(bitPattern: UInt64(bitPattern: $0)) }
    return LookupTable(
      low: low,
      values: hasDoubles ? .doubles(doubles) : .integers(values),
      known: known
    )
  }
}
