internal import ColumnStore

/// The answer to one aggregation, with its groups found by their keys.
struct GroupTable {
  let aggregation: Aggregation
  /// Groups that the scan left out.
  let leftOut: Int
  /// The parts of each group's keys, in the order of the level.
  let identities: [[Scalar]]
  /// The row of each of them.
  let rows: [Int]
  private let rowsByIdentity: [[Scalar]: Int]
  private let columns: [String: ResultTable.Column]

  /// Takes an answer; `isLookedUp` tells whether rows are found by their keys, because there are
  /// other tables.
  init(_ aggregation: Aggregation, _ result: ResultTable, isLookedUp: Bool) {
    self.aggregation = aggregation
    leftOut = result.groupCount - result.rowCount
    let columns = Dictionary(
      result.columns.map { ($0.name, $0) },
      uniquingKeysWith: { first, _ in first }
    )
    self.columns = columns
    let parts = aggregation.keys.joined().map { part in
      part.expression == nil ? nil : columns[part.name]
    }
    var identities: [[Scalar]] = []
    var rows: [Int] = []
    var rowsByIdentity: [[Scalar]: Int] = [:]
    identities.reserveCapacity(result.rowCount)
    rows.reserveCapacity(result.rowCount)
    if isLookedUp { rowsByIdentity.reserveCapacity(result.rowCount) }
    let rowCounts =
      aggregation.hasOnlyAbsentKeys ? columns[Aggregation.rowCountColumn] : nil
    for row in 0..<result.rowCount {
      if case .integer(0) = rowCounts?.scalar(at: row) { continue }
      let identity = parts.map { $0?.scalar(at: row) ?? .null }
      if isLookedUp { rowsByIdentity[identity] = row }
      rows.append(row)
      identities.append(identity)
    }
    self.identities = identities
    self.rows = rows
    self.rowsByIdentity = rowsByIdentity
  }

  /// The row of a group, or nil when no row of the fact belongs to it.
  func row(of identity: [Scalar]) -> Int? {
    identity.isEmpty ? rows.first : rowsByIdentity[identity]
  }

  func column(_ name: String) -> ResultTable.Column? { columns[name] }
}

extension ResultTable.Column {
  /// The value of a key's column.
  func scalar(at row: Int) -> Scalar {
    switch values {
    case .integers(let values): values[row].map { .integer($0) } ?? .null
    case .wide(let values): values[row].map { .integer(Int64(clamping: $0)) } ?? .null
    case .doubles(let values): values[row].map { .double($0) } ?? .null
    case .strings(let values): values[row].map { .string($0) } ?? .null
    }
  }
}

/// What an aggregate came to in one group.
enum Measured {
  /// No row was looked at.
  case noRows
  /// Rows were looked at, and none had a value.
  case noValue
  case value(ResultCell)
}

/// Where the value of an aggregate is found, decoded by its type.
struct MeasureReader {
  let table: Int
  let aggregate: BaseAggregate
  private let values: ResultTable.Column?
  private let rowCounts: ResultTable.Column?

  init(table: Int, _ measure: Aggregation.Measure, _ groups: GroupTable) {
    self.table = table
    aggregate = measure.aggregate
    values = groups.column(measure.column)
    rowCounts = measure.rowCountColumn.flatMap { groups.column($0) }
  }

  func measured(at row: Int?) throws(NumberTooLarge) -> Measured {
    guard let row, let values else { return .noRows }
    if case .integer(0) = rowCounts?.scalar(at: row) {
      return .noRows
    }
    if let cell = try cell(values, row) {
      return .value(cell)
    }
    return rowCounts == nil ? .noRows : .noValue
  }

  /// The value where there are no rows: nothing sums up to zero, and has no mean.
  var withoutRows: ResultCell {
    guard !aggregate.isBlankWithoutRows else { return .blank(.empty) }
    switch aggregate.function {
    case .countRows, .count, .countDistinct, .countMembers: return .integer(0)
    case .sum(let row):
      switch row.physical {
      case .decimal: return .decimal(0)
      case .float64: return .double(0)
      case .int32, .int64, .bool, .date, .timestamp, .string: return .integer(0)
      }
    case .minimum, .maximum, .average: return .blank(.empty)
    }
  }

  private var isDecimal: Bool {
    switch aggregate.function {
    case .sum(let row), .minimum(let row), .maximum(let row): row.physical == .decimal
    case .countRows, .count, .countDistinct, .countMembers, .average: false
    }
  }

  private func cell(
    _ column: ResultTable.Column,
    _ row: Int
  ) throws(NumberTooLarge) -> ResultCell? {
    switch column.values {
    case .integers(let values):
      guard let value = values[row] else { return nil }
      return isDecimal ? .decimal(Int128(value)) : .integer(value)
    case .wide(let values):
      guard let value = values[row] else { return nil }
      if isDecimal { return .decimal(value) }
      guard let count = Int64(exactly: value) else { throw NumberTooLarge() }
      return .integer(count)
    case .doubles(let values):
      guard let value = values[row] else { return nil }
      return value.isFinite ? .double(value) : nil
    case .strings(let values): return values[row].map { .text($0) }
    }
  }
}
