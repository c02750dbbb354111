/// Templates of policies.
extension CatalogReader {
  mutating func readPolicies(_ fields: CatalogFields) {
    guard let node = fields.node("policies") else { return }
    guard case .sequence(let nodes) = node.content else {
      problems.add(8101, "\"policies\" must be a list of policies", node.span)
      return
    }
    var names: Set<String> = []
    for element in nodes {
      let policy = CatalogFields(element, "a policy", .policy, &problems)
      guard let name = policy.required("name", of: "a policy", &problems) else { continue }
      if !names.insert(CatalogName.folded(name)).inserted {
        problems.add(8401, "two policies are called \"\(name)\"", policy.span(of: "name"))
      }
      readPolicy(name, policy)
    }
  }

  private mutating func readPolicy(_ name: String, _ fields: CatalogFields) {
    let what = "the policy \"\(name)\""
    var attributes: [String: String] = [:]
    for (attribute, _, node) in fields.definitions("attributes", &problems) {
      guard let type = node.text, ModelMapping.attributeTypes.contains(type) else {
        let word = node.text ?? ""
        problems.add(
          8107,
          "there is no type \"\(word)\"",
          node.span,
          suggesting: word,
          among: ModelMapping.attributeTypes
        )
        continue
      }
      attributes[attribute] = type
    }
    var lacking = PolicyTemplate.Lacking.deny
    if let word = fields.text("facts_without_dimension", &problems) {
      if let known = PolicyTemplate.Lacking(rawValue: word) {
        lacking = known
      } else {
        let span = fields.span(of: "facts_without_dimension")
        problems.add(8107, "\"facts_without_dimension\" is deny or allow", span)
      }
    }
    let rows = fields.text("rows", &problems)
    let metrics = fields.texts("deny_metrics", &problems)
    let dimensions = fields.texts("deny_dimensions", &problems)
    if rows == nil, metrics.isEmpty, dimensions.isEmpty {
      let keys = "\"rows\", \"deny_metrics\" or \"deny_dimensions\""
      problems.add(8103, "\(what) needs \(keys)", fields.span)
    }
    let known = catalog.metrics.map(\.name)
    for metric in metrics where catalog.metric(metric) == nil {
      let message = "there is no metric called \"\(metric)\""
      let span = fields.span(of: "deny_metrics")
      problems.add(8214, message, span, suggesting: metric, among: known)
    }
    for dimension in dimensions where catalog.dimension(dimension) == nil {
      problems.add(
        8207,
        "there is no dimension called \"\(dimension)\"",
        fields.span(of: "deny_dimensions"),
        suggesting: dimension,
        among: catalog.dimensions.map(\.name)
      )
    }
    let policy = PolicyTemplate(
      name: name,
      description: fields.text("description", &problems),
      rows: rows.map { expression(fields, "rows", $0) },
      attributes: attributes,
      deniedMetrics: metrics,
      deniedDimensions: dimensions,
      factsWithoutDimension: lacking,
      isMandatory: fields.flag("mandatory", &problems),
      origin: origin(fields.span(of: "name"))
    )
    CatalogReader.place(policy, in: &catalog.policies) { $0.name }
    for attribute in attributes.keys.sorted()
    where !policy.typedAttributes.contains(where: { $0.name == attribute }) {
      let message = "the condition of \(what) names no $\(attribute)"
      problems.add(8701, message, fields.span(of: "attributes"))
    }
  }

  /// Conditions on rows have the types of what they test, and some fact has what they test.
  mutating func checkPolicies() {
    for policy in catalog.policies {
      guard let rows = policy.rows else { continue }
      let isHere = policy.origin.file == problems.file
      let place = isHere ? rows.origin.span : SourceSpan(start: 0, end: 0)
      var binder = Binder(catalog: catalog, source: problems.source, today: 0)
      var values: [String: ParameterValue] = [:]
      for (name, type) in policy.typedAttributes {
        values[name] = CatalogReader.example(of: type)
      }
      let condition = binder.condition(of: policy, values)
      let errors = binder.diagnostics.filter { $0.severity == .error }
      guard let condition, errors.isEmpty else {
        for problem in errors {
          problems.add(
            Diagnostic(DiagnosticID(.error, 8702), problem.message, at: place, label: problem.label)
          )
        }
        continue
      }
      var reach = RowReach()
      reach.add(condition)
      if !catalog.facts.contains(where: { binder.missing(reach, from: $0) == nil }) {
        let message = "no fact has all that the rows of \"\(policy.name)\" are tested by"
        problems.add(8703, message, place)
      }
    }
  }

  /// A value of a type, to check what is made of values.
  private static func example(of type: String) -> ParameterValue {
    if type.hasSuffix("[]") { return .list([example(of: String(type.dropLast(2)))]) }
    switch type {
    case "string": return .text("x")
    case "bool": return .bool(true)
    case "date": return .date(0)
    case "percent": return .written("1%")
    case "number": return .written("1.5")
    default: return .integer(1)
    }
  }
}
