/// A name as it stands in a script, with what it is there.
struct NameUse: Hashable {
  enum Role: Hashable {
    /// A metric, a dimension, a grain or a column, by the place.
    case value
    /// The part before a point, such as the fact of a column.
    case owner
    /// The part behind a point.
    case member(of: String)
    case function
    case parameter
    case period
    case segment
    case cohort
    /// What a `DEFINE` names.
    case definition(Kind)
    /// Behind `AS`, for a column of SELECT.
    case columnAlias
    /// Behind `AS`, for a key of BY.
    case keyAlias
    /// What `DESCRIBE`, `SHOW … FOR` and `DROP` name.
    case any
  }

  /// What can be defined.
  enum Kind: Hashable {
    case metric, dimension, parameter, period, segment
  }

  let role: Role
  /// The name without quotes and without `$`.
  let text: String
  let isQuoted: Bool
  /// The name as written, with its quotes or its `$`.
  let span: SourceSpan
  /// Whether columns of the report may be named there.
  let namesColumns: Bool
}

/// Collects the names of a statement in the order in which they are met.
struct NameCollector {
  private(set) var uses: [NameUse] = []
  private var namesColumns = false

  static func uses(of statement: StatementSyntax) -> [NameUse] {
    var collector = NameCollector()
    collector.add(statement)
    return collector.uses
  }

  private mutating func add(_ statement: StatementSyntax) {
    switch statement {
    case .report(let report): add(report)
    case .define(let define): add(define.definition)
    case .explain(let explain):
      switch explain.subject {
      case .report(let report): add(report)
      case .metric(let name): add(name, .any)
      }
    case .show(let show):
      if case .values(let dimension) = show.subject { add(dimension) }
      show.names.forEach { add($0, .any) }
      add(show.limit)
    case .describe(let describe): add(describe.name, .any)
    case .drop(let drop): add(drop.name, .any)
    }
  }

  private mutating func add(_ name: NameSyntax, _ role: NameUse.Role) {
    uses.append(
      NameUse(
        role: role,
        text: name.text,
        isQuoted: name.isQuoted,
        span: name.span,
        namesColumns: namesColumns
      )
    )
  }

  private mutating func add(_ name: NameReferenceSyntax, _ role: NameUse.Role) {
    guard let owner = name.qualifier else {
      add(name.name, role)
      return
    }
    add(owner, .owner)
    add(name.name, .member(of: owner.text))
  }

  private mutating func add(_ parameter: ParameterSyntax) {
    uses.append(
      NameUse(
        role: .parameter,
        text: parameter.name,
        isQuoted: false,
        span: parameter.span,
        namesColumns: false
      )
    )
  }

  private mutating func add(_ count: CountSyntax?) {
    if case .parameter(let parameter) = count?.value { add(parameter) }
  }

  // MARK: Reports

  private mutating func add(_ report: ReportSyntax) {
    for item in report.select.items {
      add(item.expression)
      if let alias = item.alias { add(alias, .columnAlias) }
    }
    for item in report.by?.items ?? [] {
      add(item.dimension)
      if let alias = item.alias { add(alias, .keyAlias) }
    }
    if let filter = report.filter { add(filter.condition) }
    add(report.dates)
    for comparison in report.comparison?.comparisons ?? [] {
      switch comparison.baseline {
      case .previous(let step): add(step)
      case .period(let period): add(period)
      case .target: break
      }
    }
    if let cohort = report.cohort { add(cohort.name, .cohort) }
    namesColumns = true
    for top in report.tops {
      add(top.count)
      if let dimension = top.dimension { add(dimension) }
      top.within.forEach { add($0) }
      add(top.metric)
    }
    if let having = report.having { add(having.condition) }
    for item in report.fill?.items ?? [] {
      item.columns.forEach { add($0, .value) }
    }
    if case .keys(let keys)? = report.totals?.levels { keys.joined().forEach { add($0) } }
    report.pivot?.dimensions.forEach { add($0) }
    report.order?.items.forEach { add($0.expression) }
    addOutput(report.output)
    namesColumns = false
    add(report.limit?.count)
    add(report.limit?.offset)
    if case .parameter(let parameter)? = report.currency?.currency { add(parameter) }
    if case .parameter(let parameter)? = report.timeZone?.zone { add(parameter) }
    if let date = report.asOf?.date { add(date) }
  }

  private mutating func addOutput(_ output: OutputClauseSyntax?) {
    guard case .chart(_, let arguments)? = output?.form else { return }
    arguments.forEach { add($0.value) }
  }

  // MARK: Definitions

  private mutating func add(_ definition: DefinitionSyntax) {
    let name = definition.name
    switch definition {
    case .metric(_, let expression, _):
      add(name, .definition(.metric))
      add(expression)
    case .dimension(_, let expression, _):
      add(name, .definition(.dimension))
      add(expression)
    case .parameter(_, let parameter):
      add(name, .definition(.parameter))
      if case .values(let dimension)? = parameter.allowed { add(dimension) }
      if case .name(let value)? = parameter.defaultValue { add(value, .value) }
    case .periodParameter(_, let period):
      add(name, .definition(.parameter))
      if let period { add(period) }
    case .period(_, let period):
      add(name, .definition(.period))
      add(period)
    case .segment(_, let dimension, let condition):
      add(name, .definition(.segment))
      add(dimension)
      add(condition)
    }
  }

  // MARK: Dates

  private mutating func add(_ dates: DateClauseSyntax?) {
    switch dates?.range {
    case .during(let period): add(period)
    case .since(let first, let last):
      add(first)
      if let last { add(last) }
    case nil: break
    }
  }

  private mutating func add(_ period: PeriodSyntax) {
    switch period.form {
    case .named(let name): add(name, .period)
    case .lastUnits(let duration): add(duration.count)
    case .atoms(let first, let last):
      add(first)
      if let last { add(last) }
    case .this, .last, .toDate, .allTime: break
    }
  }

  private mutating func add(_ atom: DateAtomSyntax) {
    if case .parameter(let parameter) = atom.value { add(parameter) }
  }

  private mutating func add(_ step: StepSyntax) {
    if case .units(let duration) = step.length { add(duration.count) }
  }

  // MARK: Expressions

  private mutating func add(_ expression: ExpressionSyntax) {
    switch expression.kind {
    case .name(let name): add(name, .value)
    case .parameter(let parameter): add(parameter)
    case .call(let call): add(call.name, .function)
    case .covered(let name): add(name, .value)
    case .membership(let node):
      switch node.members {
      case .parameter(let parameter): add(parameter)
      case .segment(let name): add(name, .segment)
      case .values: break
      }
    case .modified(let node): add(node.modifier)
    case .has(let node):
      if case .during(let period)? = node.dates?.range { add(period) }
    case .share(let node), .total(let node), .rank(let node):
      add(node)
      return
    case .literal, .negation, .not, .arithmetic, .comparison, .logical, .between, .textMatch,
      .blankTest, .conditional, .retention, .aggregateOver, .invalid:
      break
    }
    expression.children.forEach { add($0) }
  }

  /// WITHIN names keys of the report, by their aliases too.
  private mutating func add(_ context: ContextSyntax) {
    add(context.operand)
    let outer = namesColumns
    namesColumns = true
    context.within.forEach { add($0) }
    namesColumns = outer
  }

  private mutating func add(_ modifier: ModifiedSyntax.Modifier) {
    switch modifier {
    case .rolling(let duration): add(duration.count)
    case .cumulative(.date(let atom)): add(atom)
    case .previous(let step): add(step)
    case .filter, .cumulative, .toDate: break
    }
  }
}
