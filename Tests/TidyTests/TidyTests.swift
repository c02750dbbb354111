import Foundation
import Testing

/// The rules of CONTRIBUTING.md that a program can check, over the whole repository.
@Suite struct TidyTests {
  private static let rules =
    LengthRules.all + ImportRules.all + NameRules.all + SafetyRules.all + WordRules.all

  /// Sources that waive the compiler's race checks; each says why beside it.
  private static let knownRaceWaivers: Set<String> = [
    "Sources/ColumnStore/Encoding/ZstdCodec.swift",
    "Sources/ColumnStore/Files/MappedFile.swift",
    "Sources/ColumnStore/Scan/GroupRuns.swift",
    "Sources/ColumnStore/Scan/LocalBackend.swift",
    "Sources/ColumnStore/Scan/StateCache.swift",
    "Sources/ColumnStore/Vector/VectorBuffer.swift",
  ]

  /// Read once; every test looks at the same tree.
  private static let repository = Result { try Repository() }

  @Test(arguments: rules)
  func theRepositoryKeepsTheRule(rule: Rule) throws {
    let files = try TidyTests.repository.get().files
    #expect(files.count > 50)
    let findings = files.flatMap { file in rule.findings(in: file) }
    #expect(findings.isEmpty, "\(findings.map(\.description).joined(separator: "\n"))")
  }

  @Test func everyPageIsInTheCatalogue() throws {
    let repository = try TidyTests.repository.get()
    let catalog = try #require(repository.file("docs/README.md"))
    let findings = PageRules.catalogFindings(catalog: catalog, pages: repository.pages.map(\.path))
    #expect(findings.isEmpty, "\(findings)")
  }

  @Test func linksBetweenPagesLeadSomewhere() throws {
    let repository = try TidyTests.repository.get()
    let findings = repository.files.filter { $0.path.hasSuffix(".md") }.flatMap { file in
      PageRules.linkFindings(in: file) { target in
        FileManager.default.fileExists(atPath: repository.root + "/" + target)
      }
    }
    #expect(findings.isEmpty, "\(findings)")
  }

  @Test func decisionsAreNumberedAndShort() throws {
    let decisions = try TidyTests.repository.get().pages.filter {
      $0.path.hasPrefix("docs/decisions/")
    }
    #expect(!decisions.isEmpty)
    let findings = PageRules.decisionFindings(decisions)
    #expect(findings.isEmpty, "\(findings)")
  }

  @Test func filesWithWaivedRaceChecksAreKnown() throws {
    let waivers = SafetyRules.raceWaivers(in: try TidyTests.repository.get().files)
    #expect(waivers == TidyTests.knownRaceWaivers)
  }

  @Test func scriptsStopAtErrors() throws {
    for script in try TidyTests.repository.get().files
    where script.path.hasSuffix(".sh") || script.path == ".ci/run" {
      if script.path == "scripts/cli/checks.sh" { continue }
      #expect(script.text.hasPrefix("#!/usr/bin/env bash\n"), "\(script.path)")
      #expect(script.text.contains("\nset -"), "\(script.path)")
    }
  }
}
