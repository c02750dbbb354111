import Foundation

/// A test of the report language as a text file: what the report stands on, its text, and what it
/// has to answer.
///
/// ```text
/// # A line of this kind says what the file is about.
/// data: shop                  a folder below Data; without it the default model and no rows
/// as of: 2026-04-10           the day that counts as today
/// param channels: Zepto       a value from outside, once more for each further value
/// reasons: shown              tables carry the reasons of blanks
/// === rows order_line         rows of a table, as CSV
/// === model                   a model file on top of the data's
/// === report
/// === sql                     what makes the table below it, by expected.py
/// === table                   one for each answer, as `mandi query --format csv` prints it
/// === plan                    the same for EXPLAIN PLAN
/// === messages                everything that is said, rendered; without it nothing may be said
/// ```
struct ReportFile {
  struct Section {
    let name: String
    /// The line of the file after the heading, counted from zero.
    let firstLine: Int
    /// The lines up to the next heading, without empty ones at the end.
    let lines: [Substring]

    var text: String { lines.joined(separator: "\n") }
  }

  struct Malformed: Error, CustomStringConvertible {
    let description: String
  }

  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Reports")

  /// The paths of all files below the folder of reports, sorted; none when it cannot be read, which
  /// a test refuses.
  static let names: [String] = {
    let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String }
    return (paths ?? []).filter { $0.hasSuffix(".report") }.sorted()
  }()

  let name: String
  let lines: [Substring]
  let settings: [(key: String, value: String)]
  let sections: [Section]

  init(_ name: String) throws {
    let text = try String(
      contentsOf: ReportFile.folder.appending(path: name),
      encoding: .utf8
    )
    try self.init(name: name, text: text)
  }

  init(name: String, text: String) throws {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let headings = lines.indices.filter { lines[$0].hasPrefix("=== ") }
    var settings: [(key: String, value: String)] = []
    for line in lines[..<(headings.first ?? lines.count)] {
      if line.isEmpty || line.hasPrefix("#") { continue }
      guard let colon = line.firstIndex(of: ":") else {
        throw Malformed(description: "\(name): \"\(line)\" is no setting")
      }
      let value = line[line.index(after: colon)...].drop { $0 == " " }
      settings.append((String(line[..<colon]), String(value)))
    }
    var sections: [Section] = []
    for (place, heading) in headings.enumerated() {
      let end = place + 1 < headings.count ? headings[place + 1] : lines.count
      var body = lines[(heading + 1)..<end]
      while body.last?.isEmpty == true { body.removeLast() }
      sections.append(
        Section(
          name: String(lines[heading].dropFirst(4)),
          firstLine: heading + 1,
          lines: Array(body)
        )
      )
    }
    (self.name, self.lines, self.settings, self.sections) = (name, lines, settings, sections)
    let known = ["model", "report", "sql", "table", "plan", "messages"]
    for section in sections where !known.contains(section.name) {
      guard section.name.hasPrefix("rows ") else {
        throw Malformed(description: "\(name): there is no section \"\(section.name)\"")
      }
    }
  }

  func setting(_ key: String) -> String? {
    settings.last { $0.key == key }?.value
  }

  func section(_ name: String) -> Section? {
    sections.first { $0.name == name }
  }

  /// Values of parameters by name, in the order of the file.
  var parameters: [String: [String]] {
    var values: [String: [String]] = [:]
    for setting in settings where setting.key.hasPrefix("param ") {
      values[String(setting.key.dropFirst("param ".count)), default: []].append(setting.value)
    }
    return values
  }

  /// Writes the file with another text in the section of messages.
  func write(messages: String) throws {
    guard let section = section("messages") else { return }
    var lines = self.lines.map(String.init)
    let end = section.firstLine + section.lines.count
    let written = messages.split(separator: "\n", omittingEmptySubsequences: false)
    lines.replaceSubrange(section.firstLine..<end, with: written.map(String.init))
    try lines.joined(separator: "\n").write(
      to: ReportFile.folder.appending(path: name),
      atomically: true,
      encoding: .utf8
    )
  }
}
