import Foundation

/// One text file of the repository, by its path from the repository's root.
struct SourceFile: Sendable {
  let path: String
  let text: String
  /// The text with every character of comments and string literals turned into a blank, line by line.
  let code: String

  init(path: String, text: String) {
    self.path = path
    self.text = text
    code = path.hasSuffix(".swift") ? CodeView.code(of: text) : text
  }

  var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
  var codeLines: [Substring] { code.split(separator: "\n", omittingEmptySubsequences: false) }

  var isSource: Bool { path.hasPrefix("Sources/") && path.hasSuffix(".swift") }
  var isSwift: Bool { path.hasSuffix(".swift") }

  /// Whether one of the lines from `distance` above a line (1-based) to the line itself has `mark`.
  func hasNearby(_ mark: String, above line: Int, distance: Int) -> Bool {
    let lines = lines
    return lines[max(0, line - 1 - distance)..<line].contains { $0.contains(mark) }
  }
}

/// Something in the repository that breaks a rule of the style guide.
struct Finding: Equatable, CustomStringConvertible {
  var path: String
  var line: Int
  var sentence: String

  var description: String { "\(path):\(line): \(sentence)" }
}

/// A rule over one file; `applies` says which files it is about.
struct Rule: Sendable, CustomStringConvertible {
  let name: String
  let applies: @Sendable (SourceFile) -> Bool
  let check: @Sendable (SourceFile) -> [Finding]

  var description: String { name }

  func findings(in file: SourceFile) -> [Finding] {
    applies(file) ? check(file) : []
  }

  /// A rule that reports each line of the code in which a pattern occurs.
  static func lines(
    _ name: String,
    applies: @escaping @Sendable (SourceFile) -> Bool,
    pattern: String,
    unless: @escaping @Sendable (SourceFile, Int) -> Bool = { _, _ in false },
    say sentence: String
  ) -> Rule {
    Rule(name: name, applies: applies) { file in
      file.codeLines.enumerated().compactMap { index, line in
        guard line.range(of: pattern, options: .regularExpression) != nil,
          !unless(file, index + 1)
        else { return nil }
        return Finding(path: file.path, line: index + 1, sentence: sentence)
      }
    }
  }
}
