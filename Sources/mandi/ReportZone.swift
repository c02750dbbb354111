import ColumnStore
import Foundation
import QueryLang

/// The time zone of reports, as this machine knows it: which day it is, and how far from UTC.
struct ReportZone: Sendable {
  private static let secondsPerDay = 86_400
  /// Changes of a zone's offset are told for the years in which orders can have been placed.
  private static let firstInstant = Date(timeIntervalSince1970: 631_152_000)
  private static let lastInstant = Date(timeIntervalSince1970: 2_840_140_800)

  private let zone: TimeZone
  private let offsets: ZoneOffsets

  /// Finds a zone by its IANA name.
  init(_ name: String) throws(CommandFailure) {
    guard let zone = TimeZone(identifier: name) else {
      throw CommandFailure(
        .couldNot,
        "the time zone \(name) is not known on this machine; install tzdata"
      )
    }
    self.zone = zone
    offsets = Self.offsets(of: zone)
  }

  /// Returns the surroundings of a report that begins at an instant.
  func context(at now: Date = Date()) -> ReportContext {
    let seconds = Int(now.timeIntervalSince1970.rounded(.down)) + zone.secondsFromGMT(for: now)
    let floored =
      seconds >= 0 ? seconds / Self.secondsPerDay : (seconds + 1) / Self.secondsPerDay - 1
    return ReportContext(
      today: Int32(clamping: floored),
      now: Int64((now.timeIntervalSince1970 * 1_000_000).rounded(.down)),
      zone: offsets,
      zones: Self.source
    )
  }

  /// Returns the surroundings of a report on a day such as `2026-04-01`, or now.
  func context(asOf text: String?) throws(CommandFailure) -> ReportContext {
    var context = context()
    guard let text else { return context }
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.utf8.count) == [4, 2, 2],
      let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
      let civil = CivilDay(checkedYear: year, month: month, day: day)
    else {
      throw CommandFailure(.usage, "--as-of is \"\(text)\", but must be a day such as 2026-04-01")
    }
    context.today = civil.number
    context.now = nil
    return context
  }

  /// The zones that this machine knows.
  private static let source = ZoneSource(
    names: { TimeZone.knownTimeZoneIdentifiers },
    offsets: { name in TimeZone(identifier: name).map { offsets(of: $0) } }
  )

  private static func offsets(of zone: TimeZone) -> ZoneOffsets {
    var changes: [Int64] = []
    var offsets = [Int32(clamping: zone.secondsFromGMT(for: firstInstant))]
    var instant = firstInstant
    while let next = zone.nextDaylightSavingTimeTransition(after: instant),
      next > instant, next < lastInstant
    {
      changes.append(Int64(next.timeIntervalSince1970) * 1_000_000)
      offsets.append(Int32(clamping: zone.secondsFromGMT(for: next)))
      instant = next
    }
    return ZoneOffsets(changes: changes, offsets: offsets)
  }
}
