internal import ColumnStore

/// A step that aggregates one fact, and what its columns are called.
struct FactSQL {
  /// A column of the step.
  struct Column: Hashable {
    var name: String
    /// How its values are held; nil where the fact has no such member for any row.
    var kind: SQLKind?
  }

  /// The name of the step.
  let name: String
  let aggregation: Aggregation
  /// The parts of the keys of the level, each key's together.
  private(set) var keys: [[Column]] = []
  /// The parts of the keys besides those of the report.
  private(set) var per: [[Column]] = []

  /// The columns of a measure: its value, and the number of rows looked at.
  func columns(of aggregate: BaseAggregate) -> (value: String, rows: String?)? {
    guard let measure = aggregation.measures.first(where: { $0.aggregate == aggregate }) else {
      return nil
    }
    return (measure.column, measure.rowCountColumn)
  }

  /// Writes the step.
  ///
  /// `buckets` is the step whose days stand for those of the report's buckets, with the names of the
  /// columns of their first days, by the position of the grain's key in BY.
  init(
    _ name: String,
    _ aggregation: Aggregation,
    _ context: StatementContext,
    _ buckets: (step: String, starts: [Int: String])?,
    _ writer: inout SQLWriter
  ) {
    self.name = name
    self.aggregation = aggregation
    let dialect = writer.dialect
    let catalog = context.catalog
    guard let schema = catalog.tables[aggregation.rows.table] else { return }
    var rows = RowSQL(schema, catalog.tables)
    let date = rows.value(aggregation.reportDay, &writer).text
    var selected: [String] = []
    var groupCount = 0
    var replaced: [Expression: SQLValue] = [:]
    func column(_ part: Aggregation.Part, _ bucket: SQLValue? = nil) -> Column {
      guard let expression = part.expression else { return Column(name: part.name, kind: nil) }
      if let bucket { replaced[expression] = bucket }
      let value = bucket ?? rows.value(expression, &writer)
      selected.append("\(value.text) AS \(part.name)")
      groupCount += 1
      return Column(name: part.name, kind: value.kind)
    }
    for (key, parts) in zip(aggregation.level, aggregation.keys) {
      // Only a grain stands for the bucket; everything else asks for the row's own date.
      let start = buckets?.starts[key].map { SQLValue(text: "b.\($0)", kind: .date) }
      keys.append(parts.map { column($0, start) })
    }
    for parts in aggregation.perKeys { per.append(parts.map { column($0) }) }
    for aggregate in aggregation.aggregates {
      let value = FactSQL.value(aggregate, &rows, &writer)
      selected.append("\(value) AS \(aggregate.name)")
    }
    selected.append("\(dialect.count(nil, "")) AS row_count")
    var conditions: [String] = []
    if buckets == nil, case .days(let from, let to) = context.range {
      conditions.append("\(date) >= \(writer.place(.date(from)))")
      conditions.append("\(date) <= \(writer.place(.date(to)))")
    }
    for predicate in aggregation.rows.predicates where predicate != .constant(true) {
      conditions.append(rows.condition(predicate, &writer))
    }
    if let restriction = aggregation.rowRestriction {
      rows.replaced = replaced
      conditions.append(context.condition(restriction, of: aggregation.fact, &rows, &writer))
    }
    var text = "SELECT\n  \(selected.joined(separator: ",\n  "))"
    text += "\nFROM \(dialect.quoted(schema.name)) AS f"
    if let buckets {
      text +=
        "\nINNER JOIN \(buckets.step) AS b ON \(date) BETWEEN b.source_from AND b.source_to"
    }
    for join in rows.joins { text += "\n\(join)" }
    if !conditions.isEmpty { text += "\nWHERE \(conditions.joined(separator: "\n  AND "))" }
    if groupCount > 0 {
      let places = (1...groupCount).map { "\($0)" }.joined(separator: ", ")
      text += "\nGROUP BY \(places)"
    } else if aggregation.hasOnlyAbsentKeys {
      text += "\nHAVING count(*) > 0"
    }
    writer.add(name, text)
  }

  private static func value(
    _ aggregate: Aggregate,
    _ rows: inout RowSQL,
    _ writer: inout SQLWriter
  ) -> String {
    let dialect = writer.dialect
    var conditions = aggregate.filter.map { [rows.condition($0, &writer)] } ?? []
    func filter() -> String {
      conditions.isEmpty ? "" : " FILTER (WHERE \(conditions.joined(separator: " AND ")))"
    }
    func value(_ expression: Expression) -> SQLValue { rows.value(expression, &writer) }
    func number(_ found: SQLValue) -> String {
      found.kind == .date ? dialect.dayNumber(found.text) : found.text
    }
    switch aggregate.function {
    case .countRows: return dialect.count(nil, filter())
    case .count(let expression): return dialect.count(value(expression).text, filter())
    case .sum(let expression):
      let found = value(expression)
      return found.kind == .double
        ? dialect.sum(doubles: found.text, filter())
        : dialect.sum(integers: number(found), filter())
    case .minimum(let expression): return dialect.minimum(number(value(expression)), filter())
    case .maximum(let expression): return dialect.maximum(number(value(expression)), filter())
    case .average(let expression, let scale):
      let found = value(expression)
      let sum =
        found.kind == .double
        ? dialect.sum(doubles: found.text, filter())
        : dialect.sum(integers: number(found), filter())
      let count = dialect.count(found.text, filter())
      // One rounding, as in a scan, so that a bound decides alike.
      return "\(dialect.double(sum)) / (nullIf(\(dialect.double(count)), 0) * \(scale))"
    case .percentile(let expression, let fraction, let scale):
      let number = dialect.double(number(value(expression)))
      return "\(dialect.percentile(number, fraction, filter())) / \(scale)"
    case .countDistinct(let expressions):
      let texts = expressions.map { value($0).text }
      if texts.count == 1 {
        return dialect == .duckdb
          ? dialect.integer("count(DISTINCT \(texts[0]))\(filter())")
          : dialect.integer("uniqExact(\(texts[0]))\(filter())")
      }
      conditions += texts.map { "\($0) IS NOT NULL" }
      let tuple = "(\(texts.joined(separator: ", ")))"
      return dialect == .duckdb
        ? dialect.integer("count(DISTINCT \(tuple))\(filter())")
        : dialect.integer("uniqExact(\(tuple))\(filter())")
    }
  }
}
