/// What the store remembers of a file that it has, under the file's fingerprint.
struct FileMark: Sendable, Equatable {
  /// What the names of such annotations begin with.
  static let prefix = "import."

  let read: Int
  let quarantined: Int
  /// The number of bytes; nil in marks that were made before it was noted.
  let byteCount: Int?

  init(read: Int, quarantined: Int, byteCount: Int) {
    self.read = read
    self.quarantined = quarantined
    self.byteCount = byteCount
  }

  /// Reads an annotation; nil when there is none.
  init?(_ text: String?) {
    let parts = (text ?? "").split(separator: " ").compactMap { Int($0) }
    guard parts.count == 2 || parts.count == 3 else { return nil }
    read = parts[0]
    quarantined = parts[1]
    byteCount = parts.count == 3 ? parts[2] : nil
  }

  var text: String {
    ([read, quarantined] + [byteCount].compactMap(\.self)).map(String.init).joined(separator: " ")
  }

  /// Tells whether a file of some length may be among those that are remembered.
  static func exists(byteCount: Int, in annotations: [String: String]) -> Bool {
    annotations.contains { name, text in
      guard name.hasPrefix(prefix), let mark = FileMark(text) else { return false }
      return mark.byteCount ?? byteCount == byteCount
    }
  }

  /// The report of a file that was loaded before: all of it is unchanged.
  func report(_ empty: FileReport, isStrict: Bool) throws(IngestError) -> FileReport {
    if isStrict, quarantined > 0 {
      throw .refusedByStrict(path: empty.file, rows: quarantined, first: nil)
    }
    var report = empty
    report.read = read
    report.unchanged = read
    report.isKnown = true
    return report
  }
}
