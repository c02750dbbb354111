internal import ColumnStore

/// Writes a plan as an indented tree, the last step first.
struct PlanPrinter {
  private let plan: LogicalPlan
  private let policy: AccessPolicy
  private var lines: [String] = []

  init(_ authorized: AuthorizedPlan) {
    plan = authorized.plan
    policy = authorized.policy
  }

  static func text(_ authorized: AuthorizedPlan) -> String {
    var printer = PlanPrinter(authorized)
    printer.write()
    return printer.lines.joined(separator: "\n")
  }

  private mutating func write() {
    let report = plan.report
    var depth = 0
    let outputs =
      report.keys.map(\.name) + report.columns.map { "\($0.name): \($0.metric.type.name)" }
    add("output \(outputs.joined(separator: ", "))", &depth)
    if let limit = report.limit {
      add("limit \(limit)\(report.offset > 0 ? " from \(report.offset)" : "")", &depth)
    }
    if !report.pivot.isEmpty {
      add("spread \(names(report.pivot))", &depth)
    }
    add("sort \(order(report))", &depth)
    if report.having != nil {
      add("keep groups by HAVING", &depth)
    }
    if !report.columns.isEmpty {
      let metrics = report.columns.map { "\($0.name) = \(metric($0.metric))" }
      add("compute \(metrics.joined(separator: ", "))", &depth)
    }
    if report.fill != nil, let key = report.grainKey {
      add("fill every \(report.keys[key].name) of \(range(report.range))", &depth)
    }
    if plan.aggregations.count > 1 {
      add("stitch by \(names(Array(report.keys.indices)))", &depth)
    }
    for aggregation in plan.aggregations {
      write(aggregation, depth)
    }
  }

  private mutating func add(_ line: String, _ depth: inout Int) {
    lines.append(String(repeating: "  ", count: depth) + line)
    depth += 1
  }

  private mutating func write(_ aggregation: Aggregation, _ depth: Int) {
    var depth = depth
    let keys = (aggregation.keys + aggregation.perKeys).joined().map { part in
      part.expression.map { PlanPrinter.text($0) } ?? "(none)"
    }
    let aggregates = aggregation.aggregates.map { PlanPrinter.text($0) }
    let by = keys.isEmpty ? "" : " by \(keys.joined(separator: ", "))"
    let what = aggregates.isEmpty ? "groups" : aggregates.joined(separator: ", ")
    add("aggregate \(aggregation.fact): \(what)\(by)", &depth)
    if aggregation.restriction != .constant(true) {
      add("keep members \(PlanPrinter.text(aggregation.restriction))", &depth)
    }
    write(aggregation.rows, aggregation, &depth)
  }

  private mutating func write(
    _ rows: RowSource,
    _ aggregation: Aggregation,
    _ depth: inout Int
  ) {
    switch rows {
    case .filtered(let inner, let condition):
      add("filter \(PlanPrinter.text(condition))", &depth)
      write(inner, aggregation, &depth)
    case .secured(let inner, let condition):
      switch policy.scope {
      case .unrestricted(let reason): add("secure: unrestricted (\(reason))", &depth)
      // A policy may be about what its reader must not know.
      case .tables:
        add("secure: \(condition == .constant(true) ? "all rows" : "rows by policy")", &depth)
      }
      write(inner, aggregation, &depth)
    case .scan(let table, _):
      let date = PlanPrinter.text(aggregation.reportDay)
      add("scan \(table), \(date) in \(days(of: aggregation))", &depth)
    }
  }

  private func names(_ keys: [Int]) -> String {
    keys.isEmpty
      ? "the whole report" : keys.map { plan.report.keys[$0].name }.joined(separator: ", ")
  }

  /// The days that an aggregation looks at.
  private func days(of aggregation: Aggregation) -> String {
    guard let map = aggregation.periodMap else { return range(plan.report.range) }
    let layers = map.layers.map { range(.days(from: $0.days.from, to: $0.days.to)) }
    return layers.isEmpty ? "no days" : layers.joined(separator: " and ")
  }

  private func range(_ range: BoundRange) -> String {
    switch range {
    case .allTime: "all time"
    case .days(let from, let to): "\(CivilDay(number: from).text) to \(CivilDay(number: to).text)"
    }
  }

  private func order(_ report: BoundReport) -> String {
    var steps = report.order.map { entry in
      let direction = entry.isDescending ? " descending" : ""
      switch entry.target {
      case .key(let key): return report.keys[key].name + direction
      case .metric(let expression): return metric(expression) + direction
      }
    }
    if steps.isEmpty, !report.keys.contains(where: { $0.reportGrain != nil }),
      let first = report.columns.first
    {
      steps = ["\(first.name) descending"]
    }
    return (steps + report.keys.map(\.name)).joined(separator: ", ")
  }

  private func metric(_ metric: MetricExpression) -> String {
    switch metric.kind {
    case .aggregate(let aggregate): return place(aggregate)
    case .constant(let cell): return PlanPrinter.text(cell)
    case .arithmetic(let operation, let left, let right):
      return "(\(self.metric(left)) \(operation.sign) \(self.metric(right)))"
    case .union(let parts): return parts.map { self.metric($0) }.joined(separator: " + ")
    case .negated(let inner): return "-\(self.metric(inner))"
    case .conditional: return "CASE …"
    case .coalesce(let parts):
      return "coalesce(\(parts.map { self.metric($0) }.joined(separator: ", ")))"
    case .function(let function, let parts):
      return "\(function)(\(parts.map { self.metric($0) }.joined(separator: ", ")))"
    case .rank(let inner, let within):
      return "rank of \(self.metric(inner)) within \(names(within))"
    case .compared(let inner, _): return self.metric(inner)
    case .nested(let function, let inner, let per):
      let names = per.map(\.name).joined(separator: ", ")
      return "\(function) of \(self.metric(inner)) per \(names)"
    }
  }

  private func place(_ aggregate: BaseAggregate) -> String {
    for aggregation in plan.aggregations {
      if let measure = aggregation.measures.first(where: { $0.aggregate == aggregate }) {
        let level = aggregate.level.map { " of \(names($0))" } ?? ""
        return "\(aggregation.fact).\(measure.column)\(level)"
      }
    }
    return aggregate.fact
  }
}

extension PlanPrinter {
  private static func text(_ cell: ResultCell) -> String {
    switch cell {
    case .integer(let number): "\(number)"
    case .decimal(let amount): "\(Double(amount) / 10_000)"
    case .double(let number): "\(number)"
    case .text(let text): "'\(text)'"
    case .blank: "blank"
    }
  }

  static func text(_ aggregate: Aggregate) -> String {
    let function =
      switch aggregate.function {
      case .countRows: "count"
      case .count(let value): "count(\(text(value)))"
      case .sum(let value): "sum(\(text(value)))"
      case .minimum(let value): "min(\(text(value)))"
      case .maximum(let value): "max(\(text(value)))"
      case .average(let value, _): "avg(\(text(value)))"
      case .percentile(let value, let fraction, _): "percentile(\(text(value)), \(fraction))"
      case .countDistinct(let values):
        "count(distinct \(values.map { text($0) }.joined(separator: ", ")))"
      }
    let filter = aggregate.filter.map { " where \(text($0))" } ?? ""
    return "\(aggregate.name) = \(function)\(filter)"
  }

  static func text(_ expression: Expression) -> String {
    switch expression {
    case .column(let name): name
    case .literal(let scalar, let type): text(scalar, type)
    case .attribute(let key, let table, let value): "\(table)[\(text(key))].\(value)"
    case .truncated(let inner, let unit, _): "\(unit)(\(text(inner)))"
    case .mapped(let inner, _): "mapped(\(text(inner)))"
    case .part(let part, let inner, _): "\(part)(\(text(inner)))"
    case .day(let inner, _): "day(\(text(inner)))"
    case .arithmetic(let operation, let left, let right):
      "(\(text(left)) \(operation.sign) \(text(right)))"
    case .double(let inner, _): text(inner)
    case .conditional(let branches, let otherwise):
      "case "
        + branches.map { "when \(text($0.condition)) then \(text($0.value)) " }.joined()
        + "else \(text(otherwise)) end"
    case .coalesce(let values): "coalesce(\(values.map { text($0) }.joined(separator: ", ")))"
    case .text(let function, let inner): "\(function)(\(text(inner)))"
    case .math(let function, let values):
      "\(function)(\(values.map { text($0) }.joined(separator: ", ")))"
    case .joined(let values): "concat(\(values.map { text($0) }.joined(separator: ", ")))"
    }
  }

  private static func text(_ scalar: Scalar, _ type: ColumnType) -> String {
    switch scalar {
    case .null: "null"
    case .integer(let number):
      type == .date ? CivilDay(number: Int32(clamping: number)).text : "\(number)"
    case .double(let number): "\(number)"
    case .string(let text): "'\(text)'"
    }
  }

  static func text(_ condition: Predicate) -> String {
    switch condition {
    case .constant(let flag): flag ? "true" : "false"
    case .and(let parts): "(" + parts.map { text($0) }.joined(separator: " and ") + ")"
    case .or(let parts): "(" + parts.map { text($0) }.joined(separator: " or ") + ")"
    case .not(let inner): "not \(text(inner))"
    case .compare(let left, let operation, let right):
      "\(text(left)) \(operation.sign) \(text(right))"
    case .oneOf(let value, let list):
      "\(text(value)) in (\(list.map { text($0, .string) }.joined(separator: ", ")))"
    case .isNull(let value): "\(text(value)) is null"
    case .text(let value, let test): "\(text(value)) \(test.words)"
    case .isTrue(let value): text(value)
    case .isUnknown(let key, let table): "\(text(key)) not in \(table)"
    }
  }
}

extension ArithmeticOperator {
  var sign: String {
    switch self {
    case .add: "+"
    case .subtract: "-"
    case .multiply: "*"
    case .divide: "/"
    }
  }
}

extension ComparisonOperator {
  var sign: String {
    switch self {
    case .equal: "="
    case .notEqual: "!="
    case .less: "<"
    case .lessOrEqual: "<="
    case .greater: ">"
    case .greaterOrEqual: ">="
    }
  }
}

extension TextTest {
  var words: String {
    switch self {
    case .contains(let text): "contains '\(text)'"
    case .startsWith(let text): "starts with '\(text)'"
    case .endsWith(let text): "ends with '\(text)'"
    case .like(let text): "like '\(text)'"
    case .matches(let expression): "matches '\(expression.pattern)'"
    }
  }
}
