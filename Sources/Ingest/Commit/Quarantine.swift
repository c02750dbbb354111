import ColumnStore

/// Keeps the rows of one file that could not be read: one JSON object a line, in the data directory.
///
/// The file appears only when it is complete, and before its import is committed: an import that is
/// known always has the reasons beside it. When the commit fails, `discard` takes the file away; one
/// that a crash leaves is replaced when the file is imported again.
struct Quarantine {
  /// The path inside the data directory.
  let path: String

  private let directory: any StoreDirectory
  private let temporary: String
  private var writer: (any StoreFileWriter)?
  private var isPublished = false
  private(set) var count = 0

  init(fingerprint: String, in directory: any StoreDirectory) {
    self.directory = directory
    path = "quarantine/\(fingerprint).ndjson"
    temporary = "quarantine/\(fingerprint).tmp"
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
      if try directory.list("quarantine").contains(where: { temporary.hasSuffix("/\($0)") }) {
        try directory.remove(temporary)
      }
      writer = try directory.create(temporary)
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

  /// Makes the file appear.
  mutating func publish() throws(StoreError) {
    guard let writer else { return }
    self.writer = nil
    try writer.synchronise()
    try writer.close()
    try directory.rename(temporary, to: path)
    isPublished = true
    try directory.synchronise(directory: "quarantine")
  }

  /// Forgets what was added.
  mutating func discard() {
    let open = writer
    writer = nil
    do throws(StoreError) {
      try open?.close()
      if isPublished {
        try directory.remove(path)
      } else if count > 0 {
        try directory.remove(temporary)
      }
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
