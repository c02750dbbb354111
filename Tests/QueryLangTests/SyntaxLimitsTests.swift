import Foundation
import Synchronization
import TestKit
import Testing

@testable import QueryLang

@Suite struct SyntaxLimitsTests {
  /// Reads a text on a thread with a small stack, so that deep recursion would crash the test.
  private func codes(_ text: String) -> [String] {
    let found = Mutex<[String]>([])
    let done = DispatchSemaphore(value: 0)
    let thread = Thread {
      let (script, diagnostics) = ReportParser.parse(SourceText(text))
      found.withLock { $0 = diagnostics.map(\.id.code) }
      withExtendedLifetime(script) {}
      done.signal()
    }
    thread.stackSize = 2 << 20
    thread.start()
    done.wait()
    return found.withLock { $0 }
  }

  /// A text that repeats a piece.
  struct Repetition: Sendable, CustomTestStringConvertible {
    let start: String
    let piece: String
    let count: Int
    var end = ""

    var text: String { start + String(repeating: piece, count: count) + end }
    var testDescription: String { "\(start)\(piece)… \(count) times" }
  }

  @Test(arguments: [
    Repetition(start: "SELECT ", piece: "(", count: 9_000, end: "1"),
    Repetition(
      start: "SELECT ",
      piece: "(",
      count: 9_000,
      end: "1" + String(repeating: ")", count: 9_000)
    ),
    Repetition(start: "SELECT ", piece: "ABS(1 + 2 * ", count: 4_000),
    Repetition(start: "SELECT x WHERE", piece: " NOT", count: 9_000),
    Repetition(start: "SELECT ", piece: "- ", count: 9_000, end: "1"),
    Repetition(start: "SELECT ", piece: "CASE WHEN ", count: 6_000),
    Repetition(start: "SELECT x WHERE ", piece: "a HAS (", count: 6_000),
    Repetition(start: "SELECT ", piece: "SHARE OF (", count: 6_000),
    Repetition(start: "SELECT x", piece: " FILTER (x", count: 6_000),
    Repetition(start: "SELECT x", piece: " PREVIOUS year", count: 4_000),
    Repetition(start: "SELECT 1", piece: "+1", count: 30_000),
  ])
  func deepNestingEndsInOneDiagnostic(_ repetition: Repetition) {
    #expect(codes(repetition.text) == ["E5111"])
  }

  @Test func twoHundredLevelsAreRead() {
    let inner = ReportParser.deepestNesting - 1
    let text =
      "SELECT " + String(repeating: "(", count: inner) + "1" + String(repeating: ")", count: inner)
    #expect(codes(text) == [])
    #expect(codes("SELECT (" + text.dropFirst(7) + ")") == ["E5111"])
  }

  @Test func tooManyPartsEndInOneDiagnostic() {
    #expect(codes("SELECT 1" + String(repeating: ",1", count: 9_999)) == [])
    #expect(codes("SELECT 1" + String(repeating: ",1", count: 10_000)) == ["E5112"])
    #expect(codes("SELECT x WHERE a" + String(repeating: " OR 1", count: 12_000)) == ["E5112"])
  }

  @Test func aLongTextIsRefusedUnread() {
    let limit = ReportParser.longestText
    #expect(codes("SELECT 1" + String(repeating: " ", count: limit - 8)) == [])
    #expect(codes("SELECT 1" + String(repeating: " ", count: limit - 7)) == ["E5110"])
    #expect(codes(String(repeating: "a ", count: 50_000)) == ["E5110"])
  }

  @Test(arguments: [
    Repetition(start: "", piece: "SELECT ((, ", count: 5_000),
    Repetition(start: "SELECT ", piece: "((, ", count: 15_000),
    Repetition(start: "", piece: "; ", count: 30_000),
    Repetition(start: "", piece: "# a ", count: 15_000),
    Repetition(start: "", piece: "SELECT a FROM ", count: 4_000),
    Repetition(start: "", piece: "‘a", count: 12_000),
    Repetition(start: "SELECT a", piece: " BY x", count: 9_000),
    Repetition(start: "", piece: "/*", count: 30_000),
    Repetition(start: "SELECT ", piece: "a YoY, ", count: 6_000),
    Repetition(start: "", piece: "'\n", count: 30_001),
  ])
  func aTextFullOfMistakesGivesAtMostTwentyDiagnostics(_ repetition: Repetition) {
    let count = codes(repetition.text).count
    #expect(count >= 1 && count <= 20)
  }

  @Test func diagnosticsAreSortedAndOneForEachSpan() {
    let text = "SELECT 007, a == b == c, 1e5 WHERE ( , BY x x, LIMIT y LIMIT z"
    let diagnostics = ReportParser.parse(SourceText(text)).1
    let spans = diagnostics.map(\.span)
    #expect(spans == spans.sorted { ($0.start, $0.end) < ($1.start, $1.end) })
    #expect(Set(spans).count == spans.count)
    #expect(diagnostics.count >= 4)
  }
}

@Suite struct SyntaxDamageTests {
  /// Reads a damaged text and checks what holds for every text.
  private func check(_ text: String, seed: UInt64) {
    let source = SourceText(text)
    let (script, diagnostics) = ReportParser.parse(source)
    #expect(
      !diagnostics.isEmpty || !script.statements.isEmpty,
      "neither tree nor diagnostic, seed \(seed): \(text)"
    )
    #expect(diagnostics.count <= 20)
    for diagnostic in diagnostics {
      #expect(diagnostic.span.start >= 0 && diagnostic.span.end <= source.byteCount)
      #expect(!DiagnosticRenderer().render(diagnostic, in: source).isEmpty)
      for fix in diagnostic.fixes {
        _ = ReportParser.parse(SourceText(fix.applied(to: source)))
      }
    }
    guard case .formatted(let once) = SyntaxPrinter.format(source) else { return }
    #expect(structureOf(once) == structureOf(text), "seed \(seed): \(text)")
    #expect(formatted(once) == once, "seed \(seed): \(text)")
  }

  @Test func truncatedExamplesNeverTrap() {
    for example in ExampleReports.all {
      let bytes = Array(example.text.utf8)
      for end in stride(from: 0, to: bytes.count, by: 5) {
        check(String(decoding: bytes[..<end], as: UTF8.self), seed: UInt64(end))
      }
    }
  }

  @Test func examplesWithFlippedBitsNeverTrap() {
    for seed in UInt64(1)...400 {
      var random = SeededRandom(seed: seed)
      let example = ExampleReports.all[Int.random(in: 0..<ExampleReports.all.count, using: &random)]
      var bytes = Array(example.text.utf8)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] ^=
          1 << UInt8.random(in: 0..<8, using: &random)
      }
      check(String(decoding: bytes, as: UTF8.self), seed: seed)
    }
  }

  @Test func examplesWithWordsMovedNeverTrap() {
    for seed in UInt64(1)...400 {
      var random = SeededRandom(seed: seed)
      let example = ExampleReports.all[Int.random(in: 0..<ExampleReports.all.count, using: &random)]
      var words = example.text.split(separator: " ").map(String.init)
      switch Int.random(in: 0..<3, using: &random) {
      case 0: words.remove(at: Int.random(in: 0..<words.count, using: &random))
      case 1:
        let other = Int.random(in: 0..<words.count, using: &random)
        words.swapAt(Int.random(in: 0..<words.count, using: &random), other)
      case _:
        let place = Int.random(in: 0..<words.count, using: &random)
        words.insert(words[Int.random(in: 0..<words.count, using: &random)], at: place)
      }
      check(words.joined(separator: " "), seed: seed)
    }
  }
}
