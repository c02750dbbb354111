/// What became of the rows of a batch.
public struct UpsertOutcome: Sendable, Equatable {
  /// What became of one row.
  public enum Kind: UInt8, Sendable, Equatable {
    /// No row had its key.
    case inserted = 1
    /// It replaced an older version with other contents.
    case updated = 2
    /// An equal or newer version was there, or came later in the same batch.
    case unchanged = 3
  }

  /// One entry per row of the batch, in its order.
  public var kinds: [Kind]
  /// The former values of the columns that the caller asked for: one row per updated row in the
  /// order of the batch, then one per row that a slice replacement removed.
  public var replaced: RowBatch
  /// Rows that a slice replacement removed because the new slice does not have them.
  public var removed: Int

  /// Makes an outcome.
  public init(kinds: [Kind], replaced: RowBatch, removed: Int = 0) {
    self.kinds = kinds
    self.replaced = replaced
    self.removed = removed
  }

  /// The number of rows with an outcome.
  public func count(of kind: Kind) -> Int {
    kinds.reduce(0) { $0 + ($1 == kind ? 1 : 0) }
  }
}
