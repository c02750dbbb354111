import ColumnStore

/// Keeps the rows of one file that could not be read: one JSON object a line, in the data directory.
///
/// The file appears only when it is complete, and before its import is committed: an import that is
/// known always has the reasons beside it. Its name is the fingerprint, which is known when all of the
/// file was read; until then it is a draft, of which there is one, because a writer of the store
/// holds its lock. When the commit fails, `discard` takes the file away; one that a crash leaves is
/// replaced when the file is imported again, and a draft by the next one.
struct Quarantine {
  /// The path inside the data directory; nil until it is published.
  private(set) var path: String?

  private let directory: any StoreDirectory
  private static let draft = "quarantine/draft.tmp"
  private var writer: (any StoreFileWriter)?
  private(set) var count = 0

  init(in directory: any StoreDirectory) {
    self.directory = directory
  }

  /// Adds issues.
  mutating func append(_ issues: [MappingIssue]) throws(StoreError) {
    guard !issues.isEmpty else { return }
    let writer: any StoreFileWriter
    if let open = self.writer {
      writer = open
    } else {
      try directory.makeDirectory("quarantine")
      try directory.synchronise(directory: "")
      if try directory.list("quarantine").contains(where: { Self.draft.hasSuffix("/\($0)") }) {
        try directory.remove(Self.draft)
      }
      writer = try directory.create(Self.draft)
      self.writer = writer
    }
    count += issues.count
    var lines: [UInt8] = []
    for issue in issues {
      lines.append(contentsOf: Quarantine.line(issue).utf8)
      lines.append(0x0A)
    }
    try writer.append(lines)
  }

  /// Makes the file appear, under the fingerprint of the file whose rows it has.
  mutating func publish(fingerprint: String) throws(StoreError) {
    guard let writer else { return }
    let path = "quarantine/\(fingerprint).ndjson"
    try writer.synchronise()
    self.writer = nil
    try writer.close()
    try directory.rename(Self.draft, to: path)
    self.path = path
    try directory.synchronise(directory: "quarantine")
  }

  /// Forgets the draft; for whoever still holds the store's lock.
  mutating func discardDraft() {
    guard path == nil, count > 0 else { return }
    let open = writer
    writer = nil
    count = 0
    do throws(StoreError) {
      try open?.close()
      try directory.remove(Self.draft)
    } catch {
      // A draft that is left over is replaced by the next one.
    }
  }

  /// Takes away what was published.
  mutating func discard() {
    guard let path else { return }
    self.path = nil
    do throws(StoreError) {
      try directory.remove(path)
    } catch {
      // A file that is left over is replaced by the next import of the same file.
    }
  }

  private static func line(_ issue: MappingIssue) -> String {
    var parts = ["\"file\":\(quoted(issue.file))", "\"line\":\(issue.line)"]
    if let column = issue.column { parts.append("\"column\":\(quoted(column))") }
    if let value = issue.value { parts.append("\"value\":\(quoted(value))") }
    parts.append("\"reason\":\(quoted(issue.reason))")
    parts.append("\"remedy\":\(quoted(issue.remedy))")
    return "{" + parts.joined(separator: ",") + "}"
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      default:
        if scalar.value < 0x20 {
          let digits = String(scalar.value, radix: 16)
          result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }
}
