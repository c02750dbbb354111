internal import ColumnStore

/// The answer to one aggregation: a row for each of its groups.
struct GroupTable {
  let aggregation: Aggregation
  /// Groups that the scan left out.
  let leftOut: Int
  /// The number of rows that stand for a group.
  let rowCount: Int
  /// The parts of the level's keys, then of the keys besides them; nil where the fact has no such member for any row.
  let parts: [ResultTable.Column?]
  private let columns: [String: ResultTable.Column]

  /// Takes an answer.
  init(_ aggregation: Aggregation, _ result: ResultTable) {
    self.aggregation = aggregation
    leftOut = result.groupCount - result.rowCount
    let columns = Dictionary(
      result.columns.map { ($0.name, $0) },
      uniquingKeysWith: { first, _ in first }
    )
    self.columns = columns
    parts = (aggregation.keys + aggregation.perKeys).joined().map { part in
      part.expression == nil ? nil : columns[part.name]
    }
    // A scan without keys answers with a row even where nothing matched.
    let counted = aggregation.hasOnlyAbsentKeys ? columns[Aggregation.rowCountColumn] : nil
    if result.rowCount == 1, case .integers(let counts)? = counted?.values, counts[0] == 0 {
      rowCount = 0
    } else {
      rowCount = result.rowCount
    }
  }

  /// The parts of a row's keys.
  ///
  /// - Throws: `ReportError.store` when a text cannot be read.
  func identity(at row: Int) throws(ReportError) -> [Scalar] {
    var identity: [Scalar] = []
    identity.reserveCapacity(parts.count)
    for part in parts { identity.append(try part?.scalar(at: row) ?? .null) }
    return identity
  }

  /// The rows by the parts of their keys.
  ///
  /// - Throws: `ReportError.store` when a text cannot be read.
  func rowsByIdentity() throws(ReportError) -> [[Scalar]: Int] {
    var rows: [[Scalar]: Int] = [:]
    for row in 0..<rowCount { rows[try identity(at: row)] = row }
    return rows
  }

  func column(_ name: String) -> ResultTable.Column? { columns[name] }
}

extension ResultTable.Column {
  /// The value of a key's column.
  ///
  /// - Throws: `ReportError.store` when a text cannot be read.
  func scalar(at row: Int) throws(ReportError) -> Scalar {
    switch values {
    case .integers(let values): return values[row].map { .integer($0) } ?? .null
    case .wide(let values): return values[row].map { .integer(Int64(clamping: $0)) } ?? .null
    case .doubles(let values): return values[row].map { .double($0) } ?? .null
    case .strings(let values): return values[row].map { .string($0) } ?? .null
    case .coded(let values):
      do throws(StoreError) {
        return try values.text(at: row).map { .string($0) } ?? .null
      } catch {
        throw .store(error)
      }
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
  let values: ResultTable.Column?
  let rowCounts: [Int64?]?

  init(table: Int, _ measure: Aggregation.Measure, _ groups: GroupTable) {
    self.table = table
    aggregate = measure.aggregate
    values = groups.column(measure.column)
    let counted = measure.rowCountColumn.flatMap { groups.column($0) }
    if case .integers(let counts)? = counted?.values { rowCounts = counts } else { rowCounts = nil }
  }

  func measured(at row: Int?) throws(NumberTooLarge) -> Measured {
    guard let row, let values else { return .noRows }
    if let rowCounts, rowCounts[row] == 0 {
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
    case .minimum, .maximum, .average, .percentile: return .blank(.empty)
    }
  }

  /// Whether the value is an amount or a decimal.
  var isDecimal: Bool {
    switch aggregate.function {
    case .sum(let row), .minimum(let row), .maximum(let row): row.physical == .decimal
    case .countRows, .count, .countDistinct, .countMembers, .average, .percentile: false
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
    case .coded: return nil
    }
  }
}
