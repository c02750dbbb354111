/// PIVOT: keys whose members become columns.
extension Binder {
  /// The positions of the keys that become columns.
  mutating func pivot(_ syntax: ReportSyntax) -> [Int] {
    var pivot: [Int] = []
    for written in syntax.pivot?.dimensions ?? [] {
      let dimension = resolved(written)
      guard let index = key(named: dimension) else {
        reportNoPivot(written, syntax)
        continue
      }
      guard !pivot.contains(index) else {
        error(6002, "\"\(keys[index].name)\" becomes columns already", written.span)
        continue
      }
      pivot.append(index)
    }
    return pivot
  }

  private mutating func reportNoPivot(_ written: ExpressionSyntax, _ syntax: ReportSyntax) {
    let name = source.slice(written.span)
    var diagnostic = Diagnostic(
      DiagnosticID(.error, 6001),
      "PIVOT takes keys of the report, and \(name) is none of them",
      at: written.span,
      label: keys.isEmpty
        ? "the report has no BY" : "its keys are \(keys.map(\.name).joined(separator: ", "))"
    )
    if !isParameter(written.span) {
      let place = syntax.by?.span.end ?? syntax.select.span.end
      let text = syntax.by == nil ? " BY \(name)" : ", \(name)"
      let edit = TextEdit(SourceSpan(start: place, end: place), text)
      diagnostic = diagnostic.fixing(Fix("add \(name) to BY", edits: [edit]))
    }
    report(diagnostic)
  }

  /// The totals that a pivoted table has places for: of each leading part of its rows, in every
  /// column and over all of them.
  func pivotedLevels(_ pivot: [Int], isEvery: Bool) -> [[Int]] {
    let rows = keys.indices.filter { !pivot.contains($0) }
    var levels: [[Int]] = []
    for count in (0...rows.count).reversed() where isEvery || count == 0 || count == rows.count {
      let part = Array(rows.prefix(count))
      for level in [(part + pivot).sorted(), part] {
        let isTotal = !level.isEmpty && level.count < keys.count
        if isTotal, !levels.contains(level) { levels.append(level) }
      }
    }
    return levels.sorted { $0.count > $1.count }
  }

  /// Refuses sums over some of the keys that become columns, which have no place in the table.
  mutating func isPlaced(_ level: [Int], _ pivot: [Int], _ span: SourceSpan) -> Bool {
    let spread = pivot.filter { level.contains($0) }
    guard !spread.isEmpty, spread.count < pivot.count else { return true }
    let names = pivot.map { keys[$0].name }.joined(separator: ", ")
    error(6003, "TOTALS BY takes all keys of PIVOT or none of them", span, "they are \(names)")
    return false
  }
}
