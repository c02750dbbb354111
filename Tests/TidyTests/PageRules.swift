import Foundation

/// Rules over the pages as a whole.
enum PageRules {
  static let longestDecision = 60
  static let decisionHeadings = [
    "Context", "Decision", "Consequences", "What would change our mind",
  ]

  /// Every page is in the catalogue, and everything in the catalogue exists.
  static func catalogFindings(catalog: SourceFile, pages: [String]) -> [Finding] {
    let linked = links(in: catalog).map { link in (link.line, "docs/" + link.target) }
    let missing = pages.filter { page in !linked.contains { $0.1 == page } }
    return missing.map { page in
      Finding(path: catalog.path, line: 1, sentence: "\(page) is not in the catalogue")
    }
  }

  /// Links to files lead to files.
  static func linkFindings(in file: SourceFile, exists: (String) -> Bool) -> [Finding] {
    let folder = file.path.split(separator: "/").dropLast()
    return links(in: file).compactMap { link in
      var path = folder
      for part in link.target.split(separator: "/") {
        if part == ".." { path = path.dropLast() } else if part != "." { path.append(part) }
      }
      let target = path.joined(separator: "/")
      return exists(target)
        ? nil
        : Finding(path: file.path, line: link.line, sentence: "the link to \(target) leads nowhere")
    }
  }

  /// Decisions are numbered from 0001 without gaps, short, and have the four headings.
  static func decisionFindings(_ decisions: [SourceFile]) -> [Finding] {
    var findings: [Finding] = []
    for (index, file) in decisions.sorted(by: { $0.path < $1.path }).enumerated() {
      let name = file.path.split(separator: "/").last ?? ""
      let number = String(index + 1)
      let expected = String(repeating: "0", count: max(0, 4 - number.count)) + number + "-"
      if !name.hasPrefix(expected) {
        findings.append(
          Finding(
            path: file.path,
            line: 1,
            sentence: "the decision's number should be \(expected)…"
          )
        )
      }
      if file.lines.count - 1 > longestDecision {
        findings.append(
          Finding(
            path: file.path,
            line: 1,
            sentence: "the decision has \(file.lines.count - 1) lines"
          )
        )
      }
      for heading in decisionHeadings where !file.lines.contains("## " + heading) {
        findings.append(
          Finding(path: file.path, line: 1, sentence: "the heading \"\(heading)\" is missing")
        )
      }
    }
    return findings
  }

  /// Links to files, without addresses, anchors, and what stands in code.
  private static func links(in file: SourceFile) -> [(line: Int, target: String)] {
    var isCode = false
    var links: [(Int, String)] = []
    for (index, line) in file.lines.enumerated() {
      if line.hasPrefix("```") { isCode.toggle() }
      guard !isCode else { continue }
      for match in line.matches(of: /\]\(([^)\s#]+)(?:#[^)]*)?\)/) {
        let target = String(match.output.1)
        if !target.contains("://") && !target.hasPrefix("mailto:") {
          links.append((index + 1, target))
        }
      }
    }
    return links
  }
}
