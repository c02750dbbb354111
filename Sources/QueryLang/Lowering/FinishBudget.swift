internal import ColumnStore

/// The time that the finish of a report has, and whether anybody still waits for it.
struct FinishBudget {
  private let limit: Duration
  private let clock: ContinuousClock
  private let deadline: ContinuousClock.Instant

  /// The groups between two looks at the clock.
  private static let stride = 1_024

  /// Starts the clock.
  init(_ limits: ScanLimits, clock: ContinuousClock) {
    limit = limits.time
    self.clock = clock
    deadline = clock.now.advanced(by: limits.time)
  }

  /// Looks at the clock for one of every so many groups.
  ///
  /// - Throws: `ReportError.store` when the task was cancelled or the time is over.
  func check(at count: Int) throws(ReportError) {
    guard count % FinishBudget.stride == 0 else { return }
    guard !Task.isCancelled else { throw .store(.cancelled) }
    guard clock.now < deadline else {
      throw .store(.limitReached(limit: "of time", value: "\(limit)"))
    }
  }
}
