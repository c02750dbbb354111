/// Writes diagnostics for people: the message, the place, the line with marks below it, and what
/// helps.
///
/// ```text
/// error[E2101]: there is no metric or dimension called "revenu"
///   --> 1:8
///    |
///  1 | SELECT revenu BY month
///    |        ^^^^^^ did you mean "revenue"?
/// ```
///
/// Marks are placed by cells: a wide character takes two, a tab four, a combining mark none.
/// Characters that could upset a terminal are shown as `�`.
public struct DiagnosticRenderer: Sendable {
  /// Whether the text carries escape sequences for colours.
  public enum Colour: Sendable, Hashable {
    /// Plain text.
    case never
    /// ANSI escape sequences.
    case ansi
  }

  private let colour: Colour

  /// Makes a renderer.
  public init(colour: Colour = .never) {
    self.colour = colour
  }

  /// Returns the diagnostics with an empty line between two, without a line end after the last.
  public func render(_ diagnostics: [Diagnostic], in source: SourceText) -> String {
    diagnostics.map { render($0, in: source) }.joined(separator: "\n\n")
  }

  /// Returns one diagnostic as lines, without a line end after the last.
  public func render(_ diagnostic: Diagnostic, in source: SourceText) -> String {
    let lines = MarkedLine.lines(of: diagnostic, in: source)
    let gutter = lines.map { String($0.number).utf8.count }.max() ?? 1
    let margin = String(repeating: " ", count: gutter + 1)
    let bar = margin + " " + painted("|", .frame)
    var rows = [
      heading(diagnostic), margin + painted("-->", .frame) + " " + place(diagnostic, source),
    ]
    rows.append(bar)
    var previous: Int?
    for line in lines {
      if let previous, line.number > previous + 1 {
        rows.append(painted("...", .frame))
      }
      previous = line.number
      let number = String(line.number)
      let padding = String(repeating: " ", count: gutter - number.utf8.count)
      rows.append(" " + padding + painted("\(number) |", .frame) + spaced(line.text))
      rows += underlines(line, diagnostic.severity).map { bar + spaced($0) }
    }
    let remarks = remarks(diagnostic)
    if !remarks.isEmpty {
      rows.append(bar)
      rows += remarks.map { margin + " " + painted("=", .frame) + " " + $0 }
    }
    return rows.joined(separator: "\n")
  }

  private func heading(_ diagnostic: Diagnostic) -> String {
    let name = "\(diagnostic.severity.rawValue)[\(diagnostic.id.code)]"
    return painted(name, .severity(diagnostic.severity)) + ": " + CellText.plain(diagnostic.message)
  }

  private func place(_ diagnostic: Diagnostic, _ source: SourceText) -> String {
    let location = source.location(of: diagnostic.span.start)
    let place = "\(location.line):\(location.column)"
    return source.name.map { CellText.plain($0) + ":" + place } ?? place
  }

  private func spaced(_ text: String) -> String {
    text.isEmpty ? "" : " " + text
  }

  private func remarks(_ diagnostic: Diagnostic) -> [String] {
    var result = diagnostic.notes.map { CellText.plain($0) }
    let listed = diagnostic.fixes.filter { $0.display == .listed }
    for (index, fix) in listed.enumerated() {
      let name = listed.count == 1 ? "fix" : "fix \(index + 1)"
      result.append("\(name): \(CellText.plain(fix.title))")
    }
    return result
  }

  // MARK: Marks

  /// The row of marks with the label of the last one, then a row for each other label from right to
  /// left.
  private func underlines(_ line: MarkedLine, _ severity: DiagnosticSeverity) -> [String] {
    var row = ""
    var cell = 0
    for run in line.runs() {
      row += String(repeating: " ", count: run.start - cell)
      let mark = String(repeating: run.isPrimary ? "^" : "-", count: run.width)
      row += painted(mark, run.isPrimary ? .severity(severity) : .frame)
      cell = run.start + run.width
    }
    let marks = line.marks.sorted {
      ($0.start, $0.isPrimary ? 1 : 0) < ($1.start, $1.isPrimary ? 1 : 0)
    }
    guard let last = marks.last else { return [] }
    if let label = last.label {
      row += " " + painted(CellText.plain(label), last.isPrimary ? .severity(severity) : .frame)
    }
    var rows = [row]
    for mark in marks.dropLast().reversed() {
      guard let label = mark.label else { continue }
      let text = painted(CellText.plain(label), mark.isPrimary ? .severity(severity) : .frame)
      rows.append(String(repeating: " ", count: mark.start) + text)
    }
    return rows
  }

  // MARK: Colours

  private enum Paint {
    case frame
    case severity(DiagnosticSeverity)

    var code: String {
      switch self {
      case .frame: "34;1"
      case .severity(.error): "31;1"
      case .severity(.warning): "33;1"
      case .severity(.note): "36;1"
      }
    }
  }

  private func painted(_ text: String, _ paint: Paint) -> String {
    switch colour {
    case .never: text
    case .ansi: "\u{1B}[\(paint.code)m\(text)\u{1B}[0m"
    }
  }
}
