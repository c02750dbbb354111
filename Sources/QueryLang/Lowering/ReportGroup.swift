internal import ColumnStore

/// A group of a report: the parts of its keys, its row in each scanned table, and its cells.
struct ReportGroup {
  /// The parts of all keys, in order.
  var identity: [Scalar]
  /// Whether FILL made it.
  var isFilled: Bool
  /// Its number among the stitched groups; 0 for one that FILL made.
  var place = 0
  /// The row in each table; nil where the fact has no row for it.
  var rows: [Int?] = []
  var keyCells: [ResultCell] = []
  var values: [ResultCell] = []
  /// The values of the order's metrics.
  var orderValues: [ResultCell] = []
  /// What the row is.
  var kind = RowKind.detail
  /// The keys in which it stands for all members that TOP left out, a bit for each.
  var others: UInt16 = 0

  /// Whether it stands for the members of a key that TOP left out.
  func isOthers(_ key: Int) -> Bool { others & 1 << UInt16(key) != 0 }
}

/// Reads the parts of keys as cells and orders groups by them.
struct KeyReader {
  let shapes: [KeyShape]
  let types: [ResultType]
  /// Where the parts of each key begin, and the end.
  let starts: [Int]

  init(_ plan: LogicalPlan) {
    self.init(plan.shapes, plan.report.keys.map(\.type))
  }

  init(_ shapes: [KeyShape], _ types: [ResultType]) {
    self.shapes = shapes
    self.types = types
    var starts = [0]
    for shape in shapes {
      starts.append((starts.last ?? 0) + shape.partCount)
    }
    self.starts = starts
  }

  /// The range of a key's parts in an identity.
  func parts(of key: Int) -> Range<Int> { starts[key]..<starts[key + 1] }

  /// The parts of some keys, in their order.
  func identity(_ whole: [Scalar], level: [Int]) -> [Scalar] {
    if level.count == shapes.count { return whole }
    return level.flatMap { whole[parts(of: $0)] }
  }

  func cell(_ key: Int, of identity: [Scalar]) -> ResultCell {
    cell(shapes[key], Array(identity[parts(of: key)]), types[key])
  }

  private func cell(_ shape: KeyShape, _ parts: [Scalar], _ type: ResultType) -> ResultCell {
    switch shape {
    case .value, .tuple: return plain(parts[parts.count - 1], type, missing: "(none)")
    case .labelled:
      return parts[1] == .null
        ? plain(parts[0], type, missing: "(none)") : plain(parts[1], type, missing: "(none)")
    case .lookup:
      let missing = parts[1] == .integer(1) ? "(unknown)" : "(none)"
      return plain(parts[0], type, missing: missing)
    case .ordered(let inner): return cell(inner, Array(parts.dropLast()), type)
    }
  }

  private func plain(_ scalar: Scalar, _ type: ResultType, missing: String) -> ResultCell {
    switch scalar {
    case .null: .text(missing)
    case .integer(let number): type.isMoney ? .decimal(Int128(number)) : .integer(number)
    case .double(let number): .double(number)
    case .string(let text): .text(text)
    }
  }

  // MARK: Order

  /// The cell by which groups are ordered first within a key, blank for a missing member; nil where
  /// something else comes before what people see.
  func leadingCell(_ key: Int, _ group: ReportGroup) -> ResultCell? {
    if case .ordered = shapes[key] { return nil }
    return isMissing(key, group) ? .blank(.empty) : group.keyCells[key]
  }

  /// Orders two groups by a key: its order column first where it has one, then what people see,
  /// then its parts; a missing member comes last in both directions unless it is put first.
  func order(
    _ key: Int,
    _ left: ReportGroup,
    _ right: ReportGroup,
    isDescending: Bool = false,
    putsBlanksFirst: Bool = false
  ) -> Int {
    let range = parts(of: key)
    let isMissing = (isMissing(key, left), self.isMissing(key, right))
    if isMissing.0 != isMissing.1 {
      return isMissing.0 == putsBlanksFirst ? -1 : 1
    }
    let direction = isDescending ? -1 : 1
    if case .ordered = shapes[key] {
      let place = range.upperBound - 1
      let order = KeyReader.order(left.identity[place], right.identity[place])
      if order != 0 { return order * direction }
    }
    if let order = CellArithmetic.order(left.keyCells[key], right.keyCells[key]), order != 0 {
      return order * direction
    }
    for place in range {
      let order = KeyReader.order(left.identity[place], right.identity[place])
      if order != 0 { return order * direction }
    }
    return 0
  }

  private func isMissing(_ key: Int, _ group: ReportGroup) -> Bool {
    let parts = parts(of: key)
    guard !parts.isEmpty else { return true }
    switch shapes[key] {
    case .tuple, .ordered(.tuple): return parts.allSatisfy { group.identity[$0] == .null }
    case .value, .labelled, .lookup, .ordered: return group.identity[parts.lowerBound] == .null
    }
  }

  private static func order(_ left: Scalar, _ right: Scalar) -> Int {
    switch (left, right) {
    case (.null, .null): 0
    case (.null, _): 1
    case (_, .null): -1
    case (.integer(let one), .integer(let other)): one < other ? -1 : (one == other ? 0 : 1)
    case (.double(let one), .double(let other)): one < other ? -1 : (one == other ? 0 : 1)
    case (.string(let one), .string(let other)): CellArithmetic.order(one, other)
    case (.integer, _): -1
    case (_, .integer): 1
    case (.double, _): -1
    case (_, .double): 1
    }
  }
}
