/// How a channel sells.
public enum ChannelKind: String, Sendable, Hashable, CaseIterable {
  case marketplace
  /// Quick commerce.
  case quick
  /// The brand's own shop.
  case d2c
  /// The channel buys from the brand and sells on its own account.
  case vendor
}
