extension Catalog {
  /// How a fact's rows find a dimension's member.
  enum Reach {
    case reached
    /// Every row has the member `(none)`.
    case absent
    case missing
  }

  /// The longest chain of dimensions that are attributes of one another.
  static let longestChain = 8

  /// Returns how a fact reaches a dimension.
  func reach(of dimension: Dimension, from fact: Fact) -> Reach {
    var current = dimension
    for _ in 0..<Catalog.longestChain {
      switch current.source {
      case .column, .table:
        switch fact.relations[CatalogName.folded(current.name)] {
        case .columns: return .reached
        case .absent: return .absent
        case nil: return .missing
        }
      case .attribute(let parent, _), .cohort(let parent, _, _):
        guard let next = self.dimension(parent) else { return .missing }
        current = next
      case .expression(_, let facts):
        let isNamed = facts.contains { CatalogName.folded($0) == CatalogName.folded(fact.name) }
        return isNamed ? .reached : .missing
      }
    }
    return .missing
  }

  /// Returns the visible dimensions that every one of some facts reaches, grains last.
  func dimensions(sharedBy facts: [Fact]) -> [String] {
    let shared = dimensions.filter { dimension in
      !dimension.isHidden && facts.allSatisfy { reach(of: dimension, from: $0) != .missing }
    }
    return shared.map(\.name) + Binder.grains.map(\.rawValue)
  }
}
