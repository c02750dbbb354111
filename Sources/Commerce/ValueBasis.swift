/// What a channel's value of a sale means.
public enum ValueBasis: String, Sendable, Hashable, CaseIterable {
  /// Quantity times the printed price.
  case mrp
  /// What the buyer paid, with tax and after discounts.
  case gross
  /// The same without tax.
  case net
  /// What was paid out.
  case settled
}
