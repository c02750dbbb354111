/// What became of one file; `read` is the sum of the four that follow it.
public struct FileReport: Sendable, Equatable {
  /// The path as it was given.
  public var file: String
  /// The channel's slug.
  public var channel: String
  /// The data set's name inside its channel.
  public var dataset: String
  /// Rows of the file.
  public var read = 0
  /// Rows that are new.
  public var inserted = 0
  /// Rows that replaced an older state with another content.
  public var updated = 0
  /// Rows that were known, or of which a newer state is known.
  public var unchanged = 0
  /// Rows that cannot be read.
  public var quarantined = 0
  /// Rows that were known before and that the file, which replaces its slices, no longer has.
  public var removed = 0
  /// The version of the store that has the rows.
  public var snapshot: UInt64 = 0
  /// How long it took.
  public var seconds = 0.0
  /// The first issues, at most 20.
  public var issues: [MappingIssue] = []
  /// The file in the data directory with all issues; nil without any.
  public var quarantinePath: String?
  /// Tells whether the same file was imported before.
  public var isKnown = false
}
