/// The date that orders a file among the others of its data set (reliability.md §2.2): given at the
/// import, else in the file's name, else the latest date in the file; never the clock.
enum FileVersion {
  /// Returns the last date in a name that fits one of the patterns, in days since 1970-01-01.
  static func day(inName name: String, patterns: [DatePattern]) -> Int64? {
    let bytes = Array(name.utf8)
    for start in bytes.indices.reversed() {
      if start > 0, isDigit(bytes[start - 1]) { continue }
      for pattern in patterns {
        var cursor = Cursor(position: start, end: bytes.count)
        guard let moment = cursor.read(bytes.span, pattern.steps) else { continue }
        if cursor.position < bytes.count, isDigit(bytes[cursor.position]) { continue }
        return moment.days
      }
    }
    return nil
  }

  /// A day as the version of rows: its first microsecond in UTC.
  static func instant(ofDay day: Int64) -> Int64 {
    day * 86_400_000_000
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    byte &- 0x30 < 10
  }
}
