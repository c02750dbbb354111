import Synchronization

/// What one scan has used of its limits, and whether it should stop; shared by its threads.
final class ScanBudget: Sendable {
  /// How errors call the limit of `add(bytes:)`.
  static let memoryLimit = "bytes of memory"

  private let limits: ScanLimits
  private let deadline: ContinuousClock.Instant
  private let clock: ContinuousClock
  private let isCancelled = Atomic(false)
  private let rows = Atomic(0)
  private let bytes = Atomic(0)

  /// Starts the clock.
  init(_ limits: ScanLimits, clock: ContinuousClock) {
    self.limits = limits
    self.clock = clock
    deadline = clock.now.advanced(by: limits.time)
  }

  /// Asks the scan to stop at its next block.
  func cancel() { isCancelled.store(true, ordering: .relaxed) }

  /// Throws when the scan was cancelled or its time is over.
  func check() throws(StoreError) {
    if isCancelled.load(ordering: .relaxed) { throw .cancelled }
    if clock.now >= deadline {
      throw .limitReached(limit: "of time", value: "\(limits.time)")
    }
  }

  /// Counts rows that are about to be looked at.
  func add(rows count: Int) throws(StoreError) {
    if rows.add(count, ordering: .relaxed).newValue > limits.rows {
      throw .limitReached(limit: "rows", value: "\(limits.rows)")
    }
  }

  /// Counts bytes of groups and states that were added.
  func add(bytes count: Int) throws(StoreError) {
    if bytes.add(count, ordering: .relaxed).newValue > limits.bytes {
      throw .limitReached(limit: ScanBudget.memoryLimit, value: "\(limits.bytes)")
    }
  }

  /// Bytes of groups and states so far.
  var byteCount: Int { bytes.load(ordering: .relaxed) }

  /// Takes bytes back of groups and states that are gone.
  func release(bytes count: Int) { bytes.subtract(count, ordering: .relaxed) }

  /// Compares a number of groups with the limit.
  func check(groups: Int) throws(StoreError) {
    if groups > limits.groups {
      throw .limitReached(limit: "groups", value: "\(limits.groups)")
    }
  }
}
