internal import ColumnStore

/// The values of a metric expression for all groups, side by side where they are of one kind.
struct MetricColumn {
  enum Values {
    case integers([Int64])
    case decimals([Int128])
    case doubles([Double])
    /// Values of any kind, with their blanks.
    case cells([ResultCell])
  }

  private(set) var values: Values
  /// What stands in place of a value: 0 for nothing, else one more than the place of the reason
  /// among all reasons; empty where no group is blank.
  ///
  /// Cells have their own.
  private(set) var blanks: [UInt8]

  private static let reasons = BlankReason.allCases

  init(_ values: Values, blanks: [UInt8] = []) {
    self.values = values
    self.blanks = blanks.contains { $0 > 0 } ? blanks : []
  }

  /// The mark of a reason.
  static func mark(_ reason: BlankReason) -> UInt8 {
    UInt8((reasons.firstIndex(of: reason) ?? 0) + 1)
  }

  /// The number of groups.
  var count: Int {
    switch values {
    case .integers(let values): values.count
    case .decimals(let values): values.count
    case .doubles(let values): values.count
    case .cells(let cells): cells.count
    }
  }

  /// Returns the value of a group.
  func cell(_ group: Int) -> ResultCell {
    if !blanks.isEmpty, blanks[group] > 0 {
      return .blank(MetricColumn.reasons[Int(blanks[group]) - 1])
    }
    switch values {
    case .integers(let values): return .integer(values[group])
    case .decimals(let values): return .decimal(values[group])
    case .doubles(let values): return .double(values[group])
    case .cells(let cells): return cells[group]
    }
  }

  /// Returns whether a group has no value.
  func isBlank(_ group: Int) -> Bool {
    if case .cells(let cells) = values {
      if case .blank = cells[group] { return true }
      return false
    }
    return !blanks.isEmpty && blanks[group] > 0
  }

  // MARK: Arithmetic

  /// Combines two columns group by group, as `CellArithmetic` does.
  static func combine(
    _ operation: ArithmeticOperator,
    _ left: MetricColumn,
    _ right: MetricColumn
  ) throws(NumberTooLarge) -> MetricColumn {
    let blanks = first(left.blanks, right.blanks)
    switch (operation, left.values, right.values) {
    case (.add, .integers(let ones), .integers(let others)):
      let found = try exact(ones, others, blanks) { $0.addingReportingOverflow($1) }
      return MetricColumn(.integers(found), blanks: blanks)
    case (.subtract, .integers(let ones), .integers(let others)):
      let found = try exact(ones, others, blanks) { $0.subtractingReportingOverflow($1) }
      return MetricColumn(.integers(found), blanks: blanks)
    case (.add, .decimals(let ones), .decimals(let others)):
      let found = try exact(ones, others, blanks) { $0.addingReportingOverflow($1) }
      return MetricColumn(.decimals(found), blanks: blanks)
    case (.subtract, .decimals(let ones), .decimals(let others)):
      let found = try exact(ones, others, blanks) { $0.subtractingReportingOverflow($1) }
      return MetricColumn(.decimals(found), blanks: blanks)
    case (.divide, .decimals(let ones), .decimals(let others)):
      return ratio(left, right, ones.map(\.nearestDouble), others.map(\.nearestDouble))
    case (.divide, .integers, .integers), (.divide, .integers, .doubles),
      (.divide, .doubles, .integers), (.divide, .doubles, .doubles),
      (.divide, .decimals, .integers), (.divide, .decimals, .doubles),
      (.divide, .integers, .decimals), (.divide, .doubles, .decimals):
      return ratio(left, right, left.doubles, right.doubles)
    case (_, _, _):
      return try cellwise(operation, left, right)
    }
  }

  /// The values as doubles in their own unit.
  var doubles: [Double] {
    switch values {
    case .integers(let values): values.map { CellArithmetic.double(.integer($0)) }
    case .decimals(let values): values.map { CellArithmetic.double(.decimal($0)) }
    case .doubles(let values): values
    case .cells(let cells): cells.map { CellArithmetic.double($0) }
    }
  }

  private static func exact<Value: FixedWidthInteger>(
    _ ones: [Value],
    _ others: [Value],
    _ blanks: [UInt8],
    _ operation: (Value, Value) -> (partialValue: Value, overflow: Bool)
  ) throws(NumberTooLarge) -> [Value] {
    var results: [Value] = []
    results.reserveCapacity(ones.count)
    for group in ones.indices {
      let (result, overflow) = operation(ones[group], others[group])
      guard !overflow || (!blanks.isEmpty && blanks[group] > 0) else { throw NumberTooLarge() }
      results.append(result)
    }
    return results
  }

  /// The reason of the first blank.
  private static func first(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
    if left.isEmpty { return right }
    if right.isEmpty { return left }
    return zip(left, right).map { $0 > 0 ? $0 : $1 }
  }

  /// A division: what is blank or 0 below, and what is blank for want of rows above, has no value.
  private static func ratio(
    _ left: MetricColumn,
    _ right: MetricColumn,
    _ ones: [Double],
    _ others: [Double]
  ) -> MetricColumn {
    let (undefined, empty) = (mark(.undefined), mark(.empty))
    var results: [Double] = []
    results.reserveCapacity(ones.count)
    var blanks = first(left.blanks, right.blanks).map { $0 == empty ? undefined : $0 }
    if blanks.isEmpty { blanks = [UInt8](repeating: 0, count: ones.count) }
    for group in ones.indices {
      let result = ones[group] / others[group]
      let isValue = others[group] != 0 && result.isFinite
      results.append(isValue ? result : 0)
      if !isValue && blanks[group] == 0 { blanks[group] = undefined }
    }
    return MetricColumn(.doubles(results), blanks: blanks)
  }

  private static func cellwise(
    _ operation: ArithmeticOperator,
    _ left: MetricColumn,
    _ right: MetricColumn
  ) throws(NumberTooLarge) -> MetricColumn {
    var cells: [ResultCell] = []
    cells.reserveCapacity(left.count)
    for group in 0..<left.count {
      cells.append(try CellArithmetic.combine(operation, left.cell(group), right.cell(group)))
    }
    return MetricColumn(cells: cells)
  }

  /// Takes cells, side by side where all values are of one kind.
  init(cells: [ResultCell]) {
    var kinds: Set<Int> = []
    for cell in cells {
      switch cell {
      case .integer: kinds.insert(0)
      case .decimal: kinds.insert(1)
      case .double: kinds.insert(2)
      case .text: kinds.insert(3)
      case .blank: break
      }
    }
    var blanks: [UInt8] = []
    if kinds.count == 1, !kinds.contains(3) {
      blanks = cells.map { cell in
        if case .blank(let reason) = cell { return MetricColumn.mark(reason) }
        return 0
      }
    }
    switch (kinds.count, kinds.first) {
    case (1, 0):
      let values = cells.map { if case .integer(let value) = $0 { value } else { Int64(0) } }
      self.init(.integers(values), blanks: blanks)
    case (1, 1):
      let values = cells.map { if case .decimal(let value) = $0 { value } else { Int128(0) } }
      self.init(.decimals(values), blanks: blanks)
    case (1, 2):
      let values = cells.map { if case .double(let value) = $0 { value } else { Double(0) } }
      self.init(.doubles(values), blanks: blanks)
    default: self.init(.cells(cells))
    }
  }
}
