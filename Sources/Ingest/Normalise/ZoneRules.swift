import ColumnStore
import Foundation

/// A time zone as the instants at which its offset changes, read once from Foundation.
struct ZoneRules: Sendable, Equatable {
  /// Ascending instants in microseconds UTC.
  private let changes: [Int64]
  /// Offsets in microseconds, one more than changes.
  private let offsets: [Int64]

  /// Reads a zone by its identifier; nil when the system does not know it.
  init?(identifier: String) {
    guard let zone = TimeZone(identifier: identifier) else { return nil }
    var changes: [Int64] = []
    var cursor = Date(timeIntervalSince1970: 0)
    var offsets = [Int64(zone.secondsFromGMT(for: cursor)) * 1_000_000]
    let last = Date(timeIntervalSince1970: 4_102_444_800)
    while let next = zone.nextDaylightSavingTimeTransition(after: cursor), next < last {
      changes.append(Int64(next.timeIntervalSince1970.rounded()) * 1_000_000)
      offsets.append(Int64(zone.secondsFromGMT(for: next.addingTimeInterval(1))) * 1_000_000)
      cursor = next
    }
    self.changes = changes
    self.offsets = offsets
  }

  /// The offset at an instant, in microseconds.
  @inline(__always)
  func offset(at instant: Int64) -> Int64 {
    if changes.isEmpty { return offsets[0] }
    var low = 0
    var high = changes.count
    while low < high {
      let middle = (low + high) / 2
      if changes[middle] <= instant { low = middle + 1 } else { high = middle }
    }
    return offsets[low]
  }

  /// The business day of an instant, in days since 1970-01-01.
  @inline(__always)
  func day(of instant: Int64) -> Int64 {
    let local = instant + offset(at: instant)
    let day: Int64 = 86_400_000_000
    return local >= 0 ? local / day : (local - day + 1) / day
  }

  /// The instant at which clocks show a local time.
  ///
  /// It is the later one when they show it twice; of a time that they leave out, the instant that
  /// follows the change by as much.
  func instant(ofLocal local: Int64) -> Int64 {
    let day: Int64 = 86_400_000_000
    let before = offset(at: local - day)
    let after = offset(at: local + day)
    if before == after { return local - before }
    let candidates = [local - before, local - after]
    let shown = candidates.filter { local - offset(at: $0) == $0 }
    return shown.max() ?? local - before
  }
}
