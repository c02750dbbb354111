/// What became of an order line, in the words that every channel's own words are mapped to.
public enum OrderStatus: String, Sendable, Hashable, CaseIterable {
  case pending
  case confirmed
  case shipped
  case delivered
  case cancelled
  /// Sent back undelivered ("return to origin").
  case rto
  case returned
  case exchanged
  case lost
  /// The channel used a word that its definition does not know.
  case unknown
}
