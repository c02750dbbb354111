/// Collects the diagnostics of one text: one for each span, in the order of the text, not too many.
struct DiagnosticLog {
  /// The most diagnostics that one text gives.
  static let limit = 20
  /// Later diagnostics of a text that has this many already are dropped.
  private static let capacity = 64

  private(set) var diagnostics: [Diagnostic] = []
  private var spans: Set<SourceSpan> = []

  /// Whether a text has so many diagnostics that reading on is of no use.
  var isFull: Bool { diagnostics.count >= DiagnosticLog.capacity }

  /// Adds a diagnostic unless its span has one already; returns its position if it was added.
  @discardableResult
  mutating func add(_ diagnostic: Diagnostic) -> Int? {
    guard !isFull else { return nil }
    guard spans.insert(diagnostic.span).inserted else { return nil }
    diagnostics.append(diagnostic)
    return diagnostics.count - 1
  }

  /// Whether a diagnostic touches a span.
  func touches(_ span: SourceSpan) -> Bool {
    diagnostics.contains { $0.span.start < span.end && span.start < $0.span.end }
  }

  /// Replaces a diagnostic that was added before by a version of it that says more.
  mutating func amend(_ position: Int, _ change: (inout Diagnostic) -> Void) {
    guard diagnostics.indices.contains(position) else { return }
    change(&diagnostics[position])
  }

  /// The first diagnostics by place.
  func sorted() -> [Diagnostic] {
    let order = diagnostics.indices.sorted {
      let left = diagnostics[$0].span
      let right = diagnostics[$1].span
      return (left.start, left.end, $0) < (right.start, right.end, $1)
    }
    return order.prefix(DiagnosticLog.limit).map { diagnostics[$0] }
  }
}
