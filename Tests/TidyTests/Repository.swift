import Foundation

/// The working tree that the tests lie in.
struct Repository: Sendable {
  let root: String
  let files: [SourceFile]

  /// Reads all text files below the folders that people write in.
  init() throws {
    let here = URL(fileURLWithPath: #filePath)
    root =
      here.deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path
    var files: [SourceFile] = []
    for folder in ["Sources", "Tests", "scripts", "docs", "Benchmarks", ".ci"] {
      guard let paths = FileManager.default.enumerator(atPath: root + "/" + folder) else {
        continue
      }
      for case let path as String in paths where Repository.isText(path) {
        files.append(try Repository.read(folder + "/" + path, below: root))
      }
    }
    for name in ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "Makefile", "Package.swift"] {
      files.append(try Repository.read(name, below: root))
    }
    self.files = files.sorted { left, right in left.path < right.path }
  }

  func file(_ path: String) -> SourceFile? {
    files.first { file in file.path == path }
  }

  /// The pages below docs, without the catalogue itself.
  var pages: [SourceFile] {
    files.filter { file in
      file.path.hasPrefix("docs/") && file.path.hasSuffix(".md") && file.path != "docs/README.md"
    }
  }

  private static func isText(_ path: String) -> Bool {
    guard !path.contains(".build"), !path.hasPrefix("Data/") else { return false }
    let endings = [
      ".swift", ".md", ".sh", ".py", ".yaml", ".yml", ".mandi", ".report", ".h", "run",
    ]
    return endings.contains { ending in path.hasSuffix(ending) }
  }

  private static func read(_ path: String, below root: String) throws -> SourceFile {
    SourceFile(path: path, text: try String(contentsOfFile: root + "/" + path, encoding: .utf8))
  }
}
