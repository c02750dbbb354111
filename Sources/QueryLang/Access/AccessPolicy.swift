public import ColumnStore

/// What somebody may read, as a value: conditions on the rows of tables and columns that stay hidden.
///
/// A table that a policy does not name is denied.
public struct AccessPolicy: Sendable, Hashable {
  /// What may be read of one table.
  public struct Grant: Sendable, Hashable {
    /// The rows that may be read.
    public var rows: Predicate
    /// The columns that may not be read, not even inside a metric.
    public var hiddenColumns: Set<String>

    /// Makes a grant.
    public init(rows: Predicate, hiddenColumns: Set<String> = []) {
      self.rows = rows
      self.hiddenColumns = hiddenColumns
    }
  }

  enum Scope: Sendable, Hashable {
    case unrestricted(reason: String)
    case tables([String: Grant])
  }

  let scope: Scope

  /// A policy that lets everything through, with the reason why that is right here.
  public static func unrestricted(reason: String) -> AccessPolicy {
    AccessPolicy(scope: .unrestricted(reason: reason))
  }

  /// A policy that lets through what the grants name, by table.
  public static func restricted(to grants: [String: Grant]) -> AccessPolicy {
    AccessPolicy(scope: .tables(grants))
  }

  /// The grant for a table, or nil when it is denied.
  func grant(for table: String) -> Grant? {
    switch scope {
    case .unrestricted: Grant(rows: .constant(true))
    case .tables(let grants): grants[table]
    }
  }
}
