import Foundation
import Testing

/// Every kind of message is rendered whole in some test.
@Suite struct DiagnosticCodesTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The numbers of diagnostics; each thousand is a group.
  private static let ranges: [ClosedRange<Int>] = [
    1001...1010, 1101...1110, 2101...2399, 3101...3299, 4101...4999, 5101...5199, 6000...6199,
    8001...8799, 9101...9199,
  ]

  /// Said of models only, within the message of what is wrong with an expression of them.
  private static let saidWithin = [2202: 8404]

  private func texts(below folder: String, _ ending: String) throws -> [String] {
    let path = DiagnosticCodesTests.root.appending(path: folder)
    let names = FileManager.default.enumerator(atPath: path.path)?.compactMap { $0 as? String }
    return try (names ?? []).filter { $0.hasSuffix(ending) }.map { name in
      try String(contentsOf: path.appending(path: name), encoding: .utf8)
    }
  }

  private func numbers(in text: String, _ pattern: String) throws -> Set<Int> {
    let regex = try NSRegularExpression(pattern: pattern)
    let matches = regex.matches(in: text, range: NSRange(text.startIndex..., in: text))
    return Set(
      matches.compactMap { Range($0.range(at: 1), in: text).flatMap { Int(text[$0]) } }
    )
  }

  @Test func everyCodeIsRenderedSomewhere() throws {
    var given: Set<Int> = []
    for text in try texts(below: "Sources/QueryLang", ".swift") {
      let lines = text.split(separator: "\n")
      for line in lines where !line.drop(while: { $0 == " " }).hasPrefix("//") {
        given.formUnion(try numbers(in: String(line), #"(?<![\w.,-])([1-9]\d{3})(?![\w.-])"#))
      }
    }
    given = given.filter { number in
      DiagnosticCodesTests.ranges.contains { $0.contains(number) }
    }
    #expect(given.count > 100)
    var rendered: Set<Int> = []
    for text in try texts(below: "Tests", ".report") {
      rendered.formUnion(try numbers(in: text, #"(?:error|warning|note)\[[EWN](\d{4})\]"#))
    }
    #expect(rendered.count > 60)
    for text in try texts(below: "Tests", ".swift") {
      rendered.formUnion(try numbers(in: text, #"\b[EWN](\d{4})\b"#))
    }
    for (number, outer) in DiagnosticCodesTests.saidWithin where rendered.contains(outer) {
      given.remove(number)
    }
    #expect(given.subtracting(rendered).sorted() == [])
  }
}
