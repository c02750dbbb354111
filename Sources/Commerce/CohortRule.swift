/// When a customer's history began: the first order over all lines, whatever became of them.
public struct CohortRule: Sendable, Hashable {
  /// The business day of the first order, in days since 1970-01-01.
  public var firstDay: Int64
  /// The instant of the first order in microseconds UTC, of the lines that tell one.
  public var firstInstant: Int64?

  /// Begins with one line.
  public init(day: Int64, instant: Int64?) {
    firstDay = day
    firstInstant = instant
  }

  /// Takes another line into account; the order of lines makes no difference.
  public mutating func add(day: Int64, instant: Int64?) {
    firstDay = min(firstDay, day)
    if let instant { firstInstant = min(firstInstant ?? instant, instant) }
  }
}
