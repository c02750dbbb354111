/// How much one scan may use.
///
/// A scan that needs more ends with an error, never with a part of the answer.
public struct ScanLimits: Sendable, Hashable {
  /// Rows that may be looked at after pruning.
  public var rows: Int
  /// Groups that may exist at once.
  public var groups: Int
  /// Bytes of working memory for groups and distinct sets.
  public var bytes: Int
  /// The longest duration, measured from the start of the scan.
  public var time: Duration

  /// Makes limits; the defaults fit an interactive report.
  public init(
    rows: Int = .max,
    groups: Int = 100_000_000,
    bytes: Int = 2 << 30,
    time: Duration = .seconds(30)
  ) {
    self.rows = rows
    self.groups = groups
    self.bytes = bytes
    self.time = time
  }
}
