internal import ColumnStore

/// How values of groups are held in a statement.
enum CellKind: Sendable, Hashable {
  /// A count; a day or an instant as its number; a truth value.
  case integer
  /// An amount in ten-thousandths, with 128 bits.
  case decimal
  case double
  case text

  /// The kind of the values of a type where nothing divided them.
  init(_ type: ResultType) {
    switch type {
    case .money: self = .decimal
    case .number, .percent: self = .double
    case .string: self = .text
    case .count, .date, .grain, .timestamp, .bool: self = .integer
    }
  }

  /// The kind to which both can be turned.
  func joined(_ other: CellKind) -> CellKind {
    if self == other { return self }
    return self == .text || other == .text ? .text : .double
  }
}

/// A value of groups and the reason where it is blank: names of columns, or constants.
struct CellSQL: Sendable, Hashable {
  var value: String
  /// Null where there is a value.
  var reason: String
  var kind: CellKind
  /// The number of the step that has it; 0 for the groups themselves and for constants.
  var stage: Int
}

/// Writes metric expressions as columns of steps, each with a column for the reasons of blanks.
///
/// Every column stands in a step after those of the columns that it is made of, so that no name is
/// written out again and again, and a rank sees the values of all groups.
struct MetricSQL {
  /// Where an aggregate stands in the step that the columns are added to.
  struct Measure {
    /// The column of the value; null without rows and without values.
    var value: String
    /// The column of the number of rows looked at; nil where null says that there are none.
    var rows: String?
    /// The condition of groups whose days lie before the fact's first; nil for none.
    var unrecorded: String?
    var kind: CellKind
    /// The value without rows; nil for a blank.
    var withoutRows: String?
    var isBlankWithoutRows: Bool
  }

  let dialect: SQLDialect
  /// The step of the groups.
  let base: String
  var measures: [BaseAggregate: Measure] = [:]
  /// Values of finer values by what they are.
  var nested: [MetricExpression: CellSQL] = [:]
  /// The condition of groups that have no counterpart, by comparison.
  var unmatched: [Int: String] = [:]
  /// The columns of the parts of each key.
  let keys: [[String]]
  private var stages: [[String]] = []
  private var written: [MetricExpression: CellSQL] = [:]
  private var count = 0

  init(_ dialect: SQLDialect, base: String, keys: [[String]]) {
    self.dialect = dialect
    self.base = base
    self.keys = keys
  }

  /// Takes a cell for every occurrence of an expression from now on.
  mutating func replace(_ metric: MetricExpression, by cell: CellSQL) {
    written[metric] = cell
  }

  /// Forgets what was written, so that expressions around those that are replaced are written anew.
  mutating func forget() { written = [:] }

  // MARK: Steps

  /// Adds a column to the step after one and returns its name.
  mutating func define(_ text: String, after stage: Int, _ mark: String = "v") -> String {
    while stages.count <= stage { stages.append([]) }
    count += 1
    let name = "\(mark)\(count)"
    stages[stage].append("\(text) AS \(name)")
    return name
  }

  /// Writes the steps and returns the name of the last.
  func write(_ writer: inout SQLWriter) -> String {
    var from = base
    for (number, columns) in stages.enumerated() where !columns.isEmpty {
      let name = "\(base)_\(number + 1)"
      writer.add(name, "SELECT\n  *,\n  \(columns.joined(separator: ",\n  "))\nFROM \(from)")
      from = name
    }
    return from
  }

  // MARK: Values

  /// The value of an expression.
  mutating func cell(_ metric: MetricExpression, _ writer: inout SQLWriter) -> CellSQL {
    if let known = written[metric] { return known }
    let cell: CellSQL
    switch metric.kind {
    case .aggregate(let aggregate): cell = measured(aggregate)
    case .constant(let constant): cell = self.constant(constant, metric.type, &writer)
    case .arithmetic(let operation, let left, let right):
      let one = self.cell(left, &writer)
      cell = combined(operation, one, self.cell(right, &writer))
    case .union(let parts): cell = union(parts, metric.type)
    case .negated(let inner):
      let value = self.cell(inner, &writer)
      cell = value.kind == .text ? value : made("(-\(value.value))", value.reason, value)
    case .conditional(let branches, let otherwise):
      cell = conditional(branches, otherwise, metric.type, &writer)
    case .coalesce(let parts):
      cell = coalesce(parts.map { self.cell($0, &writer) })
    case .function(let function, let parts):
      cell = applied(function, parts.map { self.cell($0, &writer) })
    case .rank(let inner, let within): cell = rank(self.cell(inner, &writer), within)
    case .compared(let inner, let baseline):
      let value = self.cell(inner, &writer)
      if let unmatched = unmatched[baseline] {
        let reason = "CASE WHEN \(unmatched) THEN 'not_recorded' ELSE \(value.reason) END"
        cell = made("CASE WHEN NOT \(unmatched) THEN \(value.value) END", reason, value)
      } else {
        cell = value
      }
    case .nested: cell = nested[metric] ?? blank("empty", .double)
    }
    written[metric] = cell
    return cell
  }

  private mutating func made(_ value: String, _ reason: String, _ like: CellSQL) -> CellSQL {
    made(value, reason, like.kind, like.stage)
  }

  private mutating func made(
    _ value: String,
    _ reason: String,
    _ kind: CellKind,
    _ stage: Int
  ) -> CellSQL {
    let name = define(value, after: stage)
    let because = isConstant(reason) ? reason : define(reason, after: stage, "r")
    return CellSQL(value: name, reason: because, kind: kind, stage: stage + 1)
  }

  /// A value whose reason looks at the value itself.
  private mutating func made(
    _ value: String,
    _ kind: CellKind,
    _ stage: Int,
    reason: (String) -> String
  ) -> CellSQL {
    let name = define(value, after: stage)
    let because = define(reason(name), after: stage + 1, "r")
    return CellSQL(value: name, reason: because, kind: kind, stage: stage + 2)
  }

  private func isConstant(_ text: String) -> Bool {
    text == noReason || (text.hasPrefix("'") && text.hasSuffix("'"))
  }

  private var noReason: String { dialect.null(.text).text }

  private func blank(_ reason: String, _ kind: CellKind) -> CellSQL {
    let text =
      switch kind {
      case .integer: dialect.null(.integer).text
      case .decimal: dialect.wide("NULL")
      case .double: dialect.null(.double).text
      case .text: dialect.null(.text).text
      }
    return CellSQL(value: text, reason: "'\(reason)'", kind: kind, stage: 0)
  }

  private func constant(
    _ cell: ResultCell,
    _ type: ResultType,
    _ writer: inout SQLWriter
  ) -> CellSQL {
    func known(_ value: String, _ kind: CellKind) -> CellSQL {
      CellSQL(value: value, reason: noReason, kind: kind, stage: 0)
    }
    switch cell {
    case .integer(let number): return known(writer.place(.integer(number)), .integer)
    case .decimal(let amount):
      return known(dialect.wide(writer.place(.text("\(amount)"))), .decimal)
    case .double(let number): return known(writer.place(.number(number)), .double)
    case .text(let text): return known(writer.place(.text(text)), .text)
    case .blank(let reason): return blank(reason.rawValue, CellKind(type))
    }
  }

  // MARK: Aggregates

  private mutating func measured(_ aggregate: BaseAggregate) -> CellSQL {
    guard let measure = measures[aggregate] else { return blank("empty", CellKind(aggregate.type)) }
    var value = measure.value
    if let zero = measure.withoutRows {
      value =
        measure.rows.map { "CASE WHEN coalesce(\($0), 0) = 0 THEN \(zero) ELSE \(value) END" }
        ?? "coalesce(\(value), \(zero))"
    } else if let rows = measure.rows {
      value = "CASE WHEN \(rows) > 0 THEN \(value) END"
    }
    if let unrecorded = measure.unrecorded {
      value = "CASE WHEN NOT \(unrecorded) THEN \(value) END"
    }
    let late = measure.unrecorded.map { "WHEN \($0) THEN 'not_recorded' " } ?? ""
    return made(value, measure.kind, 0) { "CASE \(late)WHEN \($0) IS NULL THEN 'empty' END" }
  }

  /// Sums over the rows of several facts: rows without a value count for nothing, and only rows of
  /// which none has a value make a blank.
  private mutating func union(_ parts: [MetricExpression], _ type: ResultType) -> CellSQL {
    var found: [Measure] = []
    for case .aggregate(let aggregate) in parts.map(\.kind) {
      if let measure = measures[aggregate] { found.append(measure) }
    }
    guard let first = found.first else {
      return CellSQL(value: "0", reason: noReason, kind: CellKind(type), stage: 0)
    }
    let kind = found.dropFirst().reduce(first.kind) { $0.joined($1.kind) }
    var values: [String] = []
    var valueless: [String] = []
    for measure in found {
      var value = measure.value
      if let rows = measure.rows { value = "CASE WHEN \(rows) > 0 THEN \(value) END" }
      if let late = measure.unrecorded { value = "CASE WHEN NOT \(late) THEN \(value) END" }
      let recorded = measure.unrecorded.map { "NOT \($0)" }
      values.append(define(turned(value, measure.kind, to: kind), after: 0))
      if measure.isBlankWithoutRows {
        valueless.append(recorded ?? "true")
      } else if let rows = measure.rows {
        let isEmpty = "coalesce(\(rows), 0) > 0 AND \(measure.value) IS NULL"
        valueless.append("(\((recorded.map { "\($0) AND " } ?? "") + isEmpty))")
      }
    }
    let isBlank = values.map { "\($0) IS NULL" }.joined(separator: " AND ")
    let isValueless = valueless.isEmpty ? "false" : valueless.joined(separator: " OR ")
    let sum = values.map { "coalesce(\($0), 0)" }.joined(separator: " + ")
    let recorded = found.allSatisfy { $0.unrecorded != nil }
    let late = recorded ? found.compactMap(\.unrecorded).joined(separator: " AND ") : "false"
    let value = "CASE WHEN \(late) THEN NULL WHEN (\(isBlank)) AND (\(isValueless)) THEN NULL"
    let reason = "CASE WHEN \(late) THEN 'not_recorded' WHEN (\(isBlank)) AND (\(isValueless))"
    return made("\(value) ELSE \(sum) END", "\(reason) THEN 'empty' END", kind, 1)
  }

  // MARK: Arithmetic

  /// A value as one of another kind.
  func turned(_ value: String, _ kind: CellKind, to other: CellKind) -> String {
    switch (kind, other) {
    case (.decimal, .double): "(\(dialect.double(value)) / 10000)"
    case (.integer, .double): dialect.double(value)
    case (.integer, .decimal): dialect.wide("\(value) * 10000")
    // A number among texts is the blank that BAND hands on.
    case (.integer, .text), (.decimal, .text), (.double, .text): dialect.null(.text).text
    default: value
    }
  }

  private func double(_ cell: CellSQL) -> String { turned(cell.value, cell.kind, to: .double) }

  private mutating func combined(
    _ operation: ArithmeticOperator,
    _ left: CellSQL,
    _ right: CellSQL
  ) -> CellSQL {
    let stage = max(left.stage, right.stage)
    let isDivision = operation == .divide
    func because(_ cell: CellSQL) -> String {
      isDivision
        ? "CASE WHEN \(cell.reason) = 'empty' THEN 'undefined' ELSE \(cell.reason) END"
        : cell.reason
    }
    let blanks =
      "CASE WHEN \(left.value) IS NULL THEN \(because(left)) "
      + "WHEN \(right.value) IS NULL THEN \(because(right))"
    let sign = operation.sign
    switch (operation, left.kind, right.kind) {
    case (.add, .integer, .integer), (.subtract, .integer, .integer):
      return made("(\(left.value) \(sign) \(right.value))", "\(blanks) END", .integer, stage)
    case (.add, .decimal, .decimal), (.subtract, .decimal, .decimal),
      (.multiply, .decimal, .integer), (.multiply, .integer, .decimal):
      let value = dialect.wide("\(left.value) \(sign) \(right.value)")
      return made(value, "\(blanks) END", .decimal, stage)
    case (.divide, .decimal, .decimal):
      let (one, other) = (dialect.double(left.value), dialect.double(right.value))
      return finite("\(one) / nullIf(\(other), 0)", blanks, stage)
    case (.divide, _, _):
      return finite("\(double(left)) / nullIf(\(double(right)), 0)", blanks, stage)
    default:
      return finite("\(double(left)) \(sign) \(double(right))", blanks, stage)
    }
  }

  /// A double that is blank where it is no number.
  private mutating func finite(_ value: String, _ blanks: String, _ stage: Int) -> CellSQL {
    let raw = define(value, after: stage, "x")
    return made(dialect.finite(raw), .double, stage + 1) { name in
      "\(blanks) WHEN \(name) IS NULL THEN 'undefined' END"
    }
  }

  // MARK: Choices

  private mutating func conditional(
    _ branches: [MetricBranch],
    _ otherwise: MetricExpression?,
    _ type: ResultType,
    _ writer: inout SQLWriter
  ) -> CellSQL {
    let conditions = branches.map { condition($0.condition, &writer) }
    let values = branches.map { cell($0.value, &writer) }
    let last = otherwise.map { cell($0, &writer) }
    let all = values + (last.map { [$0] } ?? [])
    let kind = all.dropFirst().reduce(all[0].kind) { $0.joined($1.kind) }
    let stage = max(all.map(\.stage).max() ?? 0, conditions.map(\.stage).max() ?? 0)
    var value = "CASE"
    var reason = "CASE"
    for (condition, cell) in zip(conditions, values) {
      value += " WHEN \(condition.text) THEN \(turned(cell.value, cell.kind, to: kind))"
      reason += " WHEN \(condition.text) THEN \(cell.reason)"
    }
    value += last.map { " ELSE \(turned($0.value, $0.kind, to: kind))" } ?? ""
    reason += " ELSE \(last?.reason ?? "'empty'")"
    return made("\(value) END", "\(reason) END", kind, stage)
  }

  private mutating func coalesce(_ cells: [CellSQL]) -> CellSQL {
    guard let first = cells.first, let last = cells.last else { return blank("empty", .integer) }
    let kind = cells.dropFirst().reduce(first.kind) { $0.joined($1.kind) }
    let values = cells.map { turned($0.value, $0.kind, to: kind) }.joined(separator: ", ")
    let stage = cells.map(\.stage).max() ?? 0
    return made("coalesce(\(values))", kind, stage) { name in
      "CASE WHEN \(name) IS NULL THEN \(last.reason) END"
    }
  }

  /// A condition and the number of the step that has all of its values.
  mutating func condition(
    _ condition: MetricCondition,
    _ writer: inout SQLWriter
  ) -> (text: String, stage: Int) {
    func all(
      _ parts: [MetricCondition],
      _ word: String,
      _ writer: inout SQLWriter
    ) -> (text: String, stage: Int) {
      let found = parts.map { self.condition($0, &writer) }
      let text = found.map(\.text).joined(separator: " \(word) ")
      return ("(\(text))", found.map(\.stage).max() ?? 0)
    }
    switch condition {
    case .constant(let flag): return (flag ? "true" : "false", 0)
    case .and(let parts): return parts.isEmpty ? ("true", 0) : all(parts, "AND", &writer)
    case .or(let parts): return parts.isEmpty ? ("false", 0) : all(parts, "OR", &writer)
    case .not(let inner):
      let found = self.condition(inner, &writer)
      return ("NOT \(found.text)", found.stage)
    case .compare(let left, let operation, let right):
      let (one, other) = (cell(left, &writer), cell(right, &writer))
      let kind = one.kind.joined(other.kind)
      let values = [one, other].map { turned($0.value, $0.kind, to: kind) }
      let test = dialect.holding("\(values[0]) \(operation.sign) \(values[1])")
      return (test, max(one.stage, other.stage))
    case .isBlank(let inner):
      let cell = cell(inner, &writer)
      return ("(\(cell.value) IS NULL)", cell.stage)
    }
  }

  // MARK: Functions

  private mutating func applied(_ function: MetricFunction, _ cells: [CellSQL]) -> CellSQL {
    guard let first = cells.first, let last = cells.last else { return blank("empty", .integer) }
    let stage = cells.map(\.stage).max() ?? 0
    let kind = cells.dropFirst().reduce(first.kind) { $0.joined($1.kind) }
    let values = cells.map { turned($0.value, $0.kind, to: kind) }
    var blanks = "CASE"
    for cell in cells { blanks += " WHEN \(cell.value) IS NULL THEN \(cell.reason)" }
    blanks += " END"
    switch function {
    case .absolute:
      // Of whole numbers ClickHouse makes numbers without a sign, which go with no others.
      let value = "abs(\(first.value))"
      switch first.kind {
      case .integer: return made(dialect.integer(value), first.reason, first)
      case .decimal: return made(dialect.wide(value), first.reason, first)
      case .double, .text: return made(value, first.reason, first)
      }
    case .floor: return rounded(first, digits: 0, .floor)
    case .ceiling: return rounded(first, digits: 0, .ceiling)
    case .round(let digits): return rounded(first, digits: digits, .nearest)
    case .least, .greatest:
      let isLeast = function == .least
      var value = values[0]
      for next in values.dropFirst() {
        let test = "\(next) \(isLeast ? "<" : ">") \(value)"
        value = "CASE WHEN \(test) THEN \(next) ELSE \(value) END"
      }
      let isKnown = cells.map { "\($0.value) IS NOT NULL" }.joined(separator: " AND ")
      return made("CASE WHEN \(isKnown) THEN \(value) END", blanks, kind, stage)
    case .joined: return made(dialect.joined(values), blanks, .text, stage)
    case .nullIf:
      let isSame = dialect.holding("\(values[0]) = \(turned(last.value, last.kind, to: kind))")
      let reason =
        "CASE WHEN \(first.value) IS NULL THEN \(first.reason) WHEN \(isSame) THEN 'empty' END"
      return made("CASE WHEN NOT \(isSame) THEN \(first.value) END", reason, first.kind, stage)
    case .math(let function): return math(function, cells, stage)
    }
  }

  private mutating func math(
    _ function: MathFunction,
    _ cells: [CellSQL],
    _ stage: Int
  ) -> CellSQL {
    var blanks = "CASE"
    for cell in cells { blanks += " WHEN \(cell.value) IS NULL THEN \(cell.reason)" }
    return finite(dialect.math(function, cells.map { double($0) }), blanks, stage)
  }

  private enum Rounding {
    case floor
    case ceiling
    case nearest
  }

  private mutating func rounded(
    _ cell: CellSQL,
    digits: Int,
    _ rounding: Rounding
  ) -> CellSQL {
    let value = cell.value
    switch cell.kind {
    case .integer, .text: return cell
    case .decimal:
      guard digits < 4 else { return cell }
      var step = 1
      for _ in digits..<4 { step *= 10 }
      let text =
        switch rounding {
        case .floor: "\(value) - (\(value) % \(step) + \(step)) % \(step)"
        case .ceiling: "\(value) + (\(step) - \(value) % \(step)) % \(step)"
        case .nearest:
          "CASE WHEN \(value) < 0 THEN -1 ELSE 1 END * \(step) * "
            + dialect.whole("(abs(\(value)) + \(step / 2))", by: "\(step)")
        }
      return made(dialect.wide(text), cell.reason, cell)
    case .double:
      var scale = 1.0
      for _ in 0..<digits { scale *= 10 }
      let scaled = "\(value) * \(scale)"
      let whole =
        switch rounding {
        case .floor: "floor(\(scaled))"
        case .ceiling: "ceil(\(scaled))"
        case .nearest: "sign(\(value)) * floor(abs(\(scaled)) + 0.5)"
        }
      let blanks = "CASE WHEN \(value) IS NULL THEN \(cell.reason)"
      return finite("\(whole) / \(scale)", blanks, cell.stage)
    }
  }

  // MARK: Ranks

  private mutating func rank(_ operand: CellSQL, _ within: [Int]) -> CellSQL {
    let parts = within.flatMap { keys[$0] } + ["\(operand.value) IS NULL"]
    let window = "PARTITION BY \(parts.joined(separator: ", ")) ORDER BY \(operand.value) DESC"
    let rank = dialect.integer("rank() OVER (\(window))")
    let value = "CASE WHEN \(operand.value) IS NOT NULL THEN \(rank) END"
    return made(value, .integer, operand.stage) { "CASE WHEN \($0) IS NULL THEN 'empty' END" }
  }
}
