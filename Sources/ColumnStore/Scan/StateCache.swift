import Synchronization

/// The groups of plans, kept between scans within a budget of bytes: a plan that is asked again and
/// again on newer versions scans only the rows that came or went.
///
/// Groups are kept of plans that come back. Plans are forgotten whole, the one that was asked longest
/// ago first.
public final class StateCache: Sendable {
  /// When states are made, and when a plan is answered from them.
  public enum Use: Sendable {
    /// They are made when a plan is asked on a second version, and used from then on.
    case recurring
    /// They are used once on every newer version of the store, and brought up to date then; a plan
    /// that is repeated on one version is scanned in full each time. This is for benchmarks, in which
    /// no answer may come from a cache of results.
    case afterChanges
    /// They are made besides a scan in full, for `afterChanges` to use.
    case making
  }

  /// The share of the budget that one plan may take.
  static let planShare = 2

  /// Attributes of tables, which most versions of a store share.
  let attributes = AttributeCache()
  private let byteBudget: Int
  private let contents = Mutex(Contents())

  private struct Contents {
    var plans: [ScanPlan: Entry] = [:]
    var byteCount = 0
    var clock: UInt64 = 0
  }

  private struct Entry {
    var state: PlanState?
    var byteCount: Int
    var usedAt: UInt64
    /// Tells whether states of the plan do not add up, or are too large to keep.
    var isUnsuitable = false
    /// The version on which the plan was asked first, while that was the only one.
    var onlyVersion: UInt64?
  }

  /// What is known of a plan that is about to run.
  enum Lease {
    /// It has states, which are the caller's until they are returned.
    case taken(PlanState)
    /// It has none yet, and shall have some.
    case new
    /// It has none now, another scan has them, or they are of no use: scan as if there were none.
    case none
  }

  /// Makes a cache of that many bytes.
  public init(byteBudget: Int) { self.byteBudget = max(0, byteBudget) }

  /// The bytes that are kept now.
  public var byteCount: Int { contents.withLock { $0.byteCount } }

  /// Takes the states of a plan out, for a scan on a version; `giveBack` returns them.
  func take(_ plan: ScanPlan, on version: UInt64, use: Use) -> Lease {
    contents.withLock { contents in
      contents.clock += 1
      guard var entry = contents.plans[plan] else {
        if use == .afterChanges { return .none }
        let isRecurring = use == .recurring
        contents.plans[plan] = Entry(
          state: nil,
          byteCount: 0,
          usedAt: contents.clock,
          onlyVersion: isRecurring ? version : nil
        )
        StateCache.evict(&contents, to: byteBudget, sparing: plan)
        return isRecurring ? .none : .new
      }
      entry.usedAt = contents.clock
      let isNew = entry.onlyVersion.map { $0 != version } ?? false
      if isNew { entry.onlyVersion = nil }
      let state = entry.isUnsuitable ? nil : entry.state
      entry.state = nil
      contents.plans[plan] = entry
      return state.map { .taken($0) } ?? (isNew ? .new : .none)
    }
  }

  /// Tells whether the groups of one plan may take so many bytes.
  func hasRoom(_ byteCount: Int) -> Bool { byteCount <= byteBudget / StateCache.planShare }

  /// Keeps the states of a plan that `take` gave out, or nil where they could not be made now.
  func giveBack(_ state: PlanState?, of plan: ScanPlan) {
    let byteCount = state?.byteCount ?? 0
    let isTooLarge = !hasRoom(byteCount)
    contents.withLock { contents in
      guard var entry = contents.plans[plan] else { return }
      contents.byteCount += (isTooLarge ? 0 : byteCount) - entry.byteCount
      guard let state else {
        contents.plans[plan] = nil
        return
      }
      entry.byteCount = isTooLarge ? 0 : byteCount
      entry.state = isTooLarge ? nil : state
      entry.isUnsuitable = isTooLarge
      contents.plans[plan] = entry
      StateCache.evict(&contents, to: byteBudget, sparing: plan)
    }
  }

  /// Notes that states of a plan do not add up.
  func refuse(_ plan: ScanPlan) {
    contents.withLock { contents in
      guard var entry = contents.plans[plan] else { return }
      contents.byteCount -= entry.byteCount
      entry.byteCount = 0
      entry.state = nil
      entry.isUnsuitable = true
      contents.plans[plan] = entry
      StateCache.evict(&contents, to: byteBudget, sparing: plan)
    }
  }

  /// Plans that are remembered at most, those without states included.
  private static let planLimit = 1_024

  private static func evict(_ contents: inout Contents, to budget: Int, sparing plan: ScanPlan) {
    while contents.byteCount > budget || contents.plans.count > planLimit {
      let candidates = contents.plans.filter {
        $0.key != plan
          && ($0.value.state != nil || $0.value.isUnsuitable || $0.value.onlyVersion != nil)
      }
      guard let oldest = candidates.min(by: { $0.value.usedAt < $1.value.usedAt }) else { return }
      contents.byteCount -= oldest.value.byteCount
      contents.plans[oldest.key] = nil
    }
  }
}

/// The groups of one plan in one version of its table.
// @unchecked Sendable: `StateCache` hands it to one scan at a time, which gives it back.
final class PlanState: @unchecked Sendable {
  /// How the groups become a table.
  let shape: StateShape
  /// The groups.
  var merged: MergedState
  /// The rows whose groups they are.
  var rows: TableRows
  /// Texts that expressions made.
  var texts: TextTable

  /// Takes the groups of some rows.
  init(_ shape: StateShape, _ merged: MergedState, _ rows: TableRows, _ texts: TextTable) {
    self.shape = shape
    self.merged = merged
    self.rows = rows
    self.texts = texts
  }

  /// The bytes that it takes.
  var byteCount: Int { merged.byteCount + rows.byteCount }
}
