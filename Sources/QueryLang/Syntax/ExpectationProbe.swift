/// Collects what could stand at the end of a text, from what the parser looks for there.
///
/// An editor reads the text before its cursor with a probe. Up to the first part that is missing at
/// the end, everything that the parser looks for would fit there; what it looks for after that would
/// not, so the probe is closed then.
final class ExpectationProbe {
  /// What could stand there, beside words of the grammar.
  enum Part: Hashable {
    case clause
    /// A value, a metric or a condition; the place says which.
    case expression
    case dimension
    case metric
    /// A name of any kind, as after `DESCRIBE`.
    case anyName
    /// The other part of a name, after its point.
    case member(of: String)
    case period
    case date
    case grain
    case unit
    /// How far `PREVIOUS` goes back.
    case step
    /// A grain with `TO DATE`, behind a metric.
    case toDate
    case column
    case cohort
    case segment
    case chart
    case chartSetting
    case currency
    case type
    case format
    case zone
    case parameter
  }

  private(set) var keywords: Set<Keyword> = []
  private(set) var parts: Set<Part> = []
  /// What the missing value is compared with.
  private(set) var subject: ExpressionSyntax?
  /// What a modifier would follow.
  private(set) var base: ExpressionSyntax?
  /// What the open `FILTER` follows, or what `PER` is about.
  var operand: ExpressionSyntax?
  private var isClosed = false

  func note(_ keyword: Keyword) {
    if !isClosed { keywords.insert(keyword) }
  }

  func note(_ part: Part) {
    if !isClosed { parts.insert(part) }
  }

  func compare(_ subject: ExpressionSyntax) {
    if !isClosed { self.subject = subject }
  }

  func follow(_ base: ExpressionSyntax) {
    if !isClosed { self.base = base }
  }

  func close() {
    isClosed = true
  }
}

extension Parser {
  /// The probe, where the text ends; nil elsewhere.
  var probeAtEnd: ExpectationProbe? {
    guard let probe, current.kind == .end else { return nil }
    return probe
  }

  /// Notes what could stand here.
  func mayFollow(_ part: ExpectationProbe.Part) {
    probeAtEnd?.note(part)
  }

  /// Notes words that could stand here, where they are not looked for one by one.
  func mayFollow(oneOf keywords: some Sequence<Keyword>) {
    guard let probe = probeAtEnd else { return }
    for keyword in keywords {
      probe.note(keyword)
    }
  }

  /// Notes what may join an expression with another part.
  func operatorsMayFollow(after left: ExpressionSyntax, from level: Level, isPredicate: Bool) {
    guard probeAtEnd != nil else { return }
    if level <= .predicate, !isPredicate {
      mayFollow(oneOf: [.in, .between, .contains, .starts, .ends, .like, .matches, .has, .is, .not])
    }
    guard level <= .and, left.kind.isCondition else { return }
    mayFollow(oneOf: level <= .or ? [.and, .or] : [.and])
  }
}

extension ExpressionSyntax.Kind {
  /// Whether it is true or false.
  var isCondition: Bool {
    switch self {
    case .not, .comparison, .logical, .membership, .between, .textMatch, .blankTest, .has,
      .covered:
      true
    case .literal, .parameter, .name, .call, .negation, .arithmetic, .modified, .conditional,
      .share, .total, .rank, .retention, .aggregateOver, .invalid:
      false
    }
  }
}
