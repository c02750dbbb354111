/// An integer expression as a sum of stored columns: `constant + Σ coefficient * column`.
///
/// Only expressions whose bounds prove that they fit 64 bits have one, so sums of such an expression
/// are sums of its columns, whatever the order of the operations.
struct AffineForm: Sendable, Hashable {
  /// A column's node and what it counts.
  struct Term: Sendable, Hashable {
    let node: Int
    var coefficient: Int64
  }

  /// The columns; each occurs once.
  private(set) var terms: [Term]
  /// What is added to every row.
  private(set) var constant: Int64

  /// Finds the form of a node; nil when it has none.
  init?(of value: Int, in program: ScanProgram) {
    let node = program.values[value]
    guard node.kind == .integer, node.bounds != nil else { return nil }
    switch node.operation {
    case .column: self.init(terms: [Term(node: value, coefficient: 1)], constant: 0)
    case .integer(let constant): self.init(terms: [], constant: constant)
    case .integers(let operation, let left, let right):
      guard let one = AffineForm(of: left, in: program),
        let other = AffineForm(of: right, in: program)
      else { return nil }
      switch operation {
      case .add: self.init(one, plus: other, times: 1)
      case .subtract: self.init(one, plus: other, times: -1)
      case .multiply:
        let zero = AffineForm(terms: [], constant: 0)
        if other.terms.isEmpty {
          self.init(zero, plus: one, times: other.constant)
        } else if one.terms.isEmpty {
          self.init(zero, plus: other, times: one.constant)
        } else {
          return nil
        }
      case .divide: return nil
      }
    case .null, .double, .table, .search, .truncated, .part, .day, .doubles, .converted,
      .conditional, .coalesce, .math:
      return nil
    }
  }

  private init(terms: [Term], constant: Int64) {
    self.terms = terms
    self.constant = constant
  }

  private init?(_ one: AffineForm, plus other: AffineForm, times factor: Int64) {
    self = one
    let (added, overflow) = other.constant.multipliedReportingOverflow(by: factor)
    let (sum, isTooLarge) = constant.addingReportingOverflow(added)
    guard !overflow, !isTooLarge else { return nil }
    constant = sum
    for term in other.terms {
      let (added, overflow) = term.coefficient.multipliedReportingOverflow(by: factor)
      guard !overflow else { return nil }
      guard let position = terms.firstIndex(where: { $0.node == term.node }) else {
        terms.append(Term(node: term.node, coefficient: added))
        continue
      }
      let (sum, isTooLarge) = terms[position].coefficient.addingReportingOverflow(added)
      guard !isTooLarge else { return nil }
      terms[position].coefficient = sum
    }
  }
}
