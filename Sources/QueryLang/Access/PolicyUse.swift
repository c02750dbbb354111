internal import ColumnStore

/// A policy template of the model with the attributes of a user.
public struct PolicyUse: Sendable, Hashable {
  /// The template's name.
  public var name: String
  /// The user's attributes by name; those that the template does not name do not matter.
  public var attributes: [String: ParameterValue]

  /// Makes a use of a template.
  public init(_ name: String, attributes: [String: ParameterValue] = [:]) {
    self.name = name
    self.attributes = attributes
  }
}

/// What a user may see: the names of a catalogue, and the rows behind them.
public struct Access: Sendable {
  /// The catalogue in which denied names are unknown.
  public let catalog: Catalog
  /// The rows that may be read; a table that no rows of may be read of is denied.
  public let policy: AccessPolicy
}

/// Why policies cannot be applied.
public enum PolicyError: Error, Sendable, Hashable {
  /// The model has no template of the name.
  case unknown(policy: String)
  /// An attribute that a template names is missing, empty or of another type.
  case attribute(policy: String, reason: String)
}

extension PolicyError: CustomStringConvertible {
  /// What is wrong, in a sentence.
  public var description: String {
    switch self {
    case .unknown(let policy): "the model has no policy called \"\(policy)\""
    case .attribute(let policy, let reason): "the policy \"\(policy)\" cannot be applied: \(reason)"
    }
  }
}

extension Catalog {
  /// Returns what a user with some policies may see.
  ///
  /// The rows of policies with a condition are united, and mandatory policies restrict all of them;
  /// a name that one policy denies is denied. Without any policy nothing may be read. Predicates are
  /// made of typed values, never of text. `today` is what TODAY means in conditions, in days since
  /// 1970; `absentTables` are those that the store does not have yet, in which nothing is found.
  ///
  /// - Throws: `PolicyError` when a template does not exist or an attribute does not fit it.
  public func access(
    under uses: [PolicyUse],
    today: Int32,
    absentTables: Set<String> = []
  ) throws(PolicyError) -> Access {
    guard !uses.isEmpty else {
      return Access(catalog: self, policy: .restricted(to: [:]))
    }
    var conditions: [BoundPolicy] = []
    var metrics: [String] = []
    var dimensions: [String] = []
    for use in uses {
      guard let template = policy(use.name) else { throw .unknown(policy: use.name) }
      metrics += template.deniedMetrics
      dimensions += template.deniedDimensions
      if template.rows != nil {
        conditions.append(try bound(template, use.attributes, today))
      }
    }
    let denied = denying(metrics: metrics, dimensions: dimensions)
    var grants: [String: AccessPolicy.Grant] = [:]
    let lowering = PolicyLowering(catalog: self, policies: conditions, absentTables: absentTables)
    for (table, rows) in lowering.rows() {
      grants[table] = AccessPolicy.Grant(rows: rows, hiddenColumns: denied.deniedColumns(of: table))
    }
    return Access(catalog: denied, policy: .restricted(to: grants))
  }

  private func bound(
    _ template: PolicyTemplate,
    _ given: [String: ParameterValue],
    _ today: Int32
  ) throws(PolicyError) -> BoundPolicy {
    var values: [String: ParameterValue] = [:]
    for (name, _) in template.typedAttributes {
      let folded = CatalogName.folded(name)
      guard let value = given.first(where: { CatalogName.folded($0.key) == folded })?.value else {
        throw .attribute(policy: template.name, reason: "the user has no attribute \"\(name)\"")
      }
      if case .list(let list) = value, list.isEmpty {
        throw .attribute(policy: template.name, reason: "the attribute \"\(name)\" has no values")
      }
      values[name] = value
    }
    var binder = Binder(catalog: self, source: SourceText(""), today: today)
    let condition = binder.condition(of: template, values)
    let problem = binder.diagnostics.first { $0.severity == .error }
    guard let condition, problem == nil else {
      let reason = problem?.message ?? "its condition has no meaning"
      throw .attribute(policy: template.name, reason: reason)
    }
    return BoundPolicy(template: template, condition: condition)
  }
}

extension Binder {
  /// The condition of a policy with the values of its attributes; nil with problems where they do
  /// not fit.
  mutating func condition(
    of policy: PolicyTemplate,
    _ values: [String: ParameterValue]
  ) -> RowCondition? {
    guard let rows = policy.rows else { return .constant(true) }
    givenParameters = values
    for (name, type) in policy.typedAttributes {
      declare(
        NamedParameter(
          name: name,
          label: name,
          description: nil,
          definition: CatalogExpression(text: type.uppercased(), origin: policy.origin),
          origin: policy.origin
        )
      )
    }
    guard !diagnostics.contains(where: { $0.severity == .error }) else { return nil }
    return inModel(rows) { binder, syntax in
      binder.condition(syntax, RowScope(facts: [], place: .model))
    }
  }
}

/// A template whose condition has its values.
private struct BoundPolicy {
  let template: PolicyTemplate
  let condition: RowCondition
}

/// Turns conditions of policies into conditions on the rows of tables.
private struct PolicyLowering {
  let catalog: Catalog
  let policies: [BoundPolicy]
  let absentTables: Set<String>

  /// The rows of each table that may be read; tables of which none may be read are left out, but
  /// members of dimensions can be looked up.
  func rows() -> [String: Predicate] {
    var rows: [String: Predicate] = [:]
    for table in dimensionTables {
      rows[table.table] = predicate([table])
    }
    let facts = catalog.facts + catalog.targets.map(\.fact)
    for (table, sharing) in Dictionary(grouping: facts, by: \.table) {
      let predicate = predicate(sharing)
      rows[table] = predicate == .constant(false) ? rows[table] : predicate
    }
    return rows
  }

  /// Tables of members as facts of their own, which have what can be looked up in their rows.
  private var dimensionTables: [Fact] {
    var facts: [String: Fact] = [:]
    for dimension in catalog.dimensions {
      guard case .table(let source) = dimension.source else { continue }
      var fact =
        facts[source.table]
        ?? Fact(
          name: source.table,
          table: source.table,
          kind: .aggregated,
          grain: [],
          dateColumn: "",
          instantColumn: nil,
          recordedFrom: nil,
          coverage: [],
          columns: [],
          relations: [:],
          origin: dimension.origin
        )
      fact.relations[CatalogName.folded(dimension.name)] = .columns([source.key])
      facts[source.table] = fact
    }
    return facts.values.sorted { $0.table < $1.table }
  }

  /// The rows of facts over one table that may be read.
  private func predicate(_ facts: [Fact]) -> Predicate {
    let added = policies.filter { !$0.template.isMandatory }.map { predicate($0, facts) }
    let mandatory = policies.filter(\.template.isMandatory).map { predicate($0, facts) }
    return Predicate.all((added.isEmpty ? [] : [Predicate.any(added)]) + mandatory)
  }

  private func predicate(_ policy: BoundPolicy, _ facts: [Fact]) -> Predicate {
    let binder = Binder(catalog: catalog, source: SourceText(""), today: 0)
    var reach = RowReach()
    reach.add(policy.condition)
    // Facts over one table have the same rows, so one that has what is tested speaks for all.
    let able = facts.filter { binder.missing(reach, from: $0) == nil && !readsDate(reach, $0) }
    guard !able.isEmpty else {
      return .constant(policy.template.factsWithoutDimension == .allow)
    }
    let zone = KnownZones.offsets(of: catalog.defaults.timezone) ?? ZoneOffsets()
    return Predicate.all(
      able.map { fact in
        FactLowering(
          catalog: catalog,
          fact: fact,
          rule: catalog.calendar.rule(zone: zone),
          absentTables: absentTables
        ).predicate(policy.condition)
      }
    )
  }

  /// Tables of members have no report date.
  private func readsDate(_ reach: RowReach, _ fact: Fact) -> Bool {
    !reach.grains.isEmpty && fact.dateColumn.isEmpty
  }
}
