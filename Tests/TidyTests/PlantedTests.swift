import Testing

/// Each rule finds what was planted for it, and lets the mended text pass.
@Suite struct PlantedTests {
  struct Plant: Sendable, CustomStringConvertible {
    var rule: Rule
    var path: String
    var bad: String
    var good: String

    var description: String { "\(rule) (\(path))" }
  }

  private static let longBody = String(repeating: "  step()\n", count: 70)

  static let plants: [Plant] = [
    Plant(
      rule: LengthRules.fileLength,
      path: "Sources/Commerce/Money.swift",
      bad: String(repeating: "// line\n", count: 601),
      good: String(repeating: "// line\n", count: 600)
    ),
    Plant(
      rule: LengthRules.functionLength,
      path: "Sources/Commerce/Money.swift",
      bad: "func long(\n  a: Int\n) throws -> Int\nwhere A: B {\n\(longBody)}\n",
      good: "protocol P {\n  func short(a: Int)\n}\nfunc short() {\n  step()\n}\n\(longBody)"
    ),
    Plant(
      rule: LengthRules.functionLength,
      path: "Tests/CommerceTests/MoneyTests.swift",
      bad: "init(_ a: Int) {\n\(longBody)}\n",
      good: "let make = Money.init(units:)\n\(longBody)"
    ),
    Plant(
      rule: LengthRules.parameterCount,
      path: "Sources/Commerce/Money.swift",
      bad: "func f(a: Int, b: Int, c: Int, d: [A: B], e: (Int) -> Int, f g: Int) {\n}\n",
      good: "func f(a: Int, b: Int, c: Int, d: [A: B], e: (x: Int, y: Int)) {\n}\n"
    ),
    Plant(
      rule: ImportRules.imports,
      path: "Sources/ColumnStore/Table/Table.swift",
      bad: "import Foundation\n",
      good: "// import Foundation\nimport Synchronization\n"
    ),
    Plant(
      rule: ImportRules.imports,
      path: "Sources/QueryLang/Syntax/Parser.swift",
      bad: "internal import Yams\n",
      good: "public import ColumnStore\n"
    ),
    Plant(
      rule: ImportRules.imports,
      path: "Sources/ColumnStore/Encoding/PlainEncoding.swift",
      bad: "@preconcurrency import CZstd\n",
      good: "let text = \"import CZstd\"\n"
    ),
    Plant(
      rule: ImportRules.imports,
      path: "Sources/Ingest/Map/FieldMapping.swift",
      bad: "import struct NIOCore.ByteBuffer\n",
      good: "import struct Foundation.Date\n"
    ),
    Plant(
      rule: ImportRules.imports,
      path: "Sources/Unknown/File.swift",
      bad: "let a = 1\n",
      good: ""
    ),
    Plant(
      rule: NameRules.typeNames,
      path: "Sources/Commerce/Money.swift",
      bad: "final class MoneyManager {}\n",
      good: "struct Information {}\n// struct MoneyHelper\n"
    ),
    Plant(
      rule: NameRules.typeNames,
      path: "Sources/Commerce/Money.swift",
      bad: "protocol BaseChannel {}\n",
      good: "enum Basement {}\n"
    ),
    Plant(
      rule: NameRules.fileNames,
      path: "Sources/Commerce/StringUtils.swift",
      bad: "let a = 1\n",
      good: ""
    ),
    Plant(
      rule: SafetyRules.unsafePlace,
      path: "Sources/Commerce/Money.swift",
      bad: "let a = unsafe pointer.pointee\n",
      good: "// unsafe\nlet unsafeCount = 1\n"
    ),
    Plant(
      rule: SafetyRules.unsafeReason,
      path: "Sources/ColumnStore/Vector/Block.swift",
      bad: "let a = unsafe pointer.pointee\n",
      good: "// Safe: the index was checked.\nlet a = unsafe pointer.pointee\n"
    ),
    Plant(
      rule: SafetyRules.raceWaiver,
      path: "Sources/ColumnStore/Vector/Block.swift",
      bad: "final class Box: @unchecked Sendable {}\n",
      good: "// Written once, before it is shared.\nfinal class Box: @unchecked Sendable {}\n"
    ),
    Plant(
      rule: SafetyRules.forcedCode,
      path: "Sources/Commerce/Money.swift",
      bad: "let a = try! read()\n",
      good: "let a = try read() // not try!\n"
    ),
    Plant(
      rule: SafetyRules.forcedCode,
      path: "Sources/Commerce/Money.swift",
      bad: "fatalError(\"no\")\n",
      good: "let a = \"\\(b as Int) as! \"\n"
    ),
    Plant(
      rule: SafetyRules.emptyCatch,
      path: "Sources/Commerce/Money.swift",
      bad: "do { try a() } catch {\n}\n",
      good:
        "do { try a() } catch { throw b }\ndo { try a() } catch {\n  // It is gone already.\n}\n"
    ),
    Plant(
      rule: SafetyRules.silencedError,
      path: "Sources/Commerce/Money.swift",
      bad: "let a = try? read()\n",
      good: "// An unreadable cache is an empty one.\nlet a = try? read()\n"
    ),
    Plant(
      rule: WordRules.unfinished,
      path: "docs/operations.md",
      bad: "text\n" + WordRules.unfinishedWords[0] + ": finish\n",
      good: "Everything to do is done.\n"
    ),
    Plant(
      rule: WordRules.machinePath,
      path: "scripts/demo.sh",
      bad: "cd " + WordRules.machinePaths[0] + "x\n",
      good: "cd network/" + "x; curl https://example.com" + WordRules.machinePaths[0] + "\n"
    ),
  ]

  @Test(arguments: plants)
  func theRuleFindsWhatWasPlanted(plant: Plant) {
    let bad = plant.rule.findings(in: SourceFile(path: plant.path, text: plant.bad))
    #expect(!bad.isEmpty, "\(plant)")
    guard !plant.good.isEmpty else { return }
    let good = plant.rule.findings(in: SourceFile(path: plant.path, text: plant.good))
    #expect(good.isEmpty, "\(good)")
  }

  @Test func findingsNameThePlace() {
    let file = SourceFile(
      path: "Sources/Commerce/Money.swift",
      text: "let a = 1\nlet b = c as! D\n"
    )
    let findings = SafetyRules.forcedCode.findings(in: file)
    #expect(
      findings.map(\.description) == [
        "Sources/Commerce/Money.swift:2: forcing turns input into a crash; throw instead"
      ]
    )
  }

  @Test func aPageOutsideTheCatalogueIsFound() {
    let catalog = SourceFile(path: "docs/README.md", text: "[Operations](operations.md)\n")
    #expect(PageRules.catalogFindings(catalog: catalog, pages: ["docs/operations.md"]).isEmpty)
    #expect(
      PageRules.catalogFindings(catalog: catalog, pages: ["docs/access.md"]).map(\.sentence) == [
        "docs/access.md is not in the catalogue"
      ]
    )
  }

  @Test func aLinkToNowhereIsFound() {
    let page = SourceFile(
      path: "docs/decisions/0001-x.md",
      text: "[a](../operations.md#locks) [b](https://x.y) [c](z.md)\n"
    )
    let findings = PageRules.linkFindings(in: page) { $0 == "docs/operations.md" }
    #expect(findings.map(\.sentence) == ["the link to docs/decisions/z.md leads nowhere"])
  }

  @Test func aGapBetweenDecisionsIsFound() {
    let text = "# T\n## Context\n## Decision\n## Consequences\n## What would change our mind\n"
    let first = SourceFile(path: "docs/decisions/0001-a.md", text: text)
    let third = SourceFile(path: "docs/decisions/0003-b.md", text: text)
    let empty = SourceFile(path: "docs/decisions/0002-c.md", text: "# T\n")
    #expect(PageRules.decisionFindings([first]).isEmpty)
    #expect(PageRules.decisionFindings([first, third]).count == 1)
    #expect(PageRules.decisionFindings([first, empty]).count == 4)
  }

  @Test func codeIsTextWithoutCommentsAndStrings() {
    let text = ##"a/*b/*c*/d*/e "f\(g("h"))i" #"j"k"# j // l"## + "\n\"\"\"\nm\n\"\"\" n\n"
    let code = CodeView.code(of: text)
    #expect(code.filter { !$0.isWhitespace } == "aejn")
    #expect(code.utf8.count == text.utf8.count)
    #expect(code.count { $0 == "\n" } == text.count { $0 == "\n" })
  }
}
