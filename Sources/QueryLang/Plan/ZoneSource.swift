public import ColumnStore

/// Where the offsets of time zones come from.
///
/// What is known of zones changes several times a year and belongs to the machine, so whoever runs
/// reports hands it in.
public struct ZoneSource: Sendable {
  /// Finds the offsets of a zone by its IANA name; nil where there is no such zone.
  public var offsets: @Sendable (String) -> ZoneOffsets?
  /// Lists the names of all zones, for suggestions; the order is their preference.
  public var names: @Sendable () -> [String]

  /// Makes a source.
  public init(
    names: @escaping @Sendable () -> [String],
    offsets: @escaping @Sendable (String) -> ZoneOffsets?
  ) {
    self.names = names
    self.offsets = offsets
  }

  /// The zones that are known without a machine's list.
  static let known = ZoneSource(names: { KnownZones.names }, offsets: KnownZones.offsets)
}

/// The time zone of a report that is not the model's.
struct BoundZone: Sendable, Hashable {
  /// The IANA name.
  var name: String
  var offsets: ZoneOffsets
}

extension ZoneOffsets {
  /// Returns the day of an instant, in microseconds since 1970 UTC.
  func day(of instant: Int64) -> Int32 {
    let passed = changes.prefix { $0 <= instant }.count
    let local = instant &+ Int64(offsets[passed]) &* 1_000_000
    let perDay: Int64 = 86_400_000_000
    let day = local / perDay - (local % perDay < 0 ? 1 : 0)
    return Int32(clamping: day)
  }
}
