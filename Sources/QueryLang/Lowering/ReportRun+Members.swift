internal import ColumnStore

/// Warnings for texts that no member of a dimension goes by.
extension ReportRun {
  /// The most members that are looked at for a suggestion.
  private static let suggestedMembers = 1_000

  /// The warnings for texts that no member goes by, as many as a script gets messages.
  func warnings(_ members: [BoundMember]) async throws(ReportError) -> [Diagnostic] {
    var dimensions: [String] = []
    for member in members where !dimensions.contains(member.dimension) {
      dimensions.append(member.dimension)
    }
    var found: [Diagnostic] = []
    for dimension in dimensions {
      found += try await warnings(members.filter { $0.dimension == dimension }, dimension)
    }
    return Array(found.prefix(PreparedScript.maximumDiagnostics))
  }

  /// The warnings for the members of one dimension, whose table is asked for all of them at once.
  private func warnings(
    _ members: [BoundMember],
    _ name: String
  ) async throws(ReportError) -> [Diagnostic] {
    guard let dimension = catalog.dimension(name), case .table(let table) = dimension.source,
      let grant = policy.grant(for: table.table), grant.rows != .constant(false)
    else { return [] }
    var names: [String] = []
    for name in [table.key, table.column] + (table.labelColumn.map { [$0] } ?? [])
    where !names.contains(name) {
      names.append(name)
    }
    guard !names.contains(where: grant.hiddenColumns.contains) else { return [] }
    let texts = Set(members.map(\.text)).sorted().map { Scalar.string($0) }
    let found = try await scan(
      ScanPlan(
        table: table.table,
        filter: Predicate.all([
          grant.rows, Predicate.any(names.map { .oneOf(.column($0), texts) }),
        ]),
        keys: names.map { ScanPlan.Key($0, .column($0)) },
        aggregates: [Aggregate("rows", .countRows)]
      )
    )
    var known: Set<Scalar> = []
    for name in names {
      known.formUnion(try ReportRun.values(name, of: found))
    }
    let missing = members.filter { !known.contains(.string($0.text)) }
      .prefix(PreparedScript.maximumDiagnostics)
    guard !missing.isEmpty else { return [] }
    let shown = table.labelColumn ?? table.column
    let candidates = try await scan(
      ScanPlan(
        table: table.table,
        filter: Predicate.all([grant.rows]),
        keys: [ScanPlan.Key("member", .column(shown))],
        aggregates: [Aggregate("rows", .countRows)],
        limit: ReportRun.suggestedMembers
      )
    )
    let values = try ReportRun.values("member", of: candidates).compactMap { value -> String? in
      guard case .string(let text) = value else { return nil }
      return text
    }
    return missing.map { $0.warning(dimension, among: values) }
  }

  private static func values(
    _ name: String,
    of result: ResultTable
  ) throws(ReportError) -> [Scalar] {
    guard let column = result.column(name) else { return [] }
    var values: [Scalar] = []
    for row in 0..<result.rowCount { values.append(try column.scalar(at: row)) }
    return values
  }
}
