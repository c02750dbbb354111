import TestKit
import Testing

@testable import Ingest

@Suite struct CSVDecoderTests {
  private func rows(
    _ text: String,
    chunk: Int,
    dialect: CSVDecoder.Dialect = .comma
  ) throws -> [[String]] {
    var decoder = CSVDecoder(dialect: dialect)
    let bytes = Array(text.utf8)
    var start = 0
    var rows: [[String]] = []
    func take(_ page: DecodedPage) {
      for row in 0..<page.rowCount {
        rows.append(
          (0..<page.fieldCount(row: row)).map { column in
            let position = page.rowStarts[row] + column
            let range = Int(page.starts[position])..<Int(page.ends[position])
            return String(decoding: page.bytes[range], as: UTF8.self)
          }
        )
      }
    }
    while start < bytes.count {
      let end = min(bytes.count, start + chunk)
      try decoder.decode(Array(bytes[start..<end]), path: "t.csv")
      if chunk % 3 == 0 { take(decoder.takePage()) }
      start = end
    }
    try decoder.finish(path: "t.csv")
    take(decoder.takePage())
    return rows
  }

  /// Reads the whole text character by character, with no thought of speed.
  private func naive(_ text: String) -> [[String]] {
    let characters = Array(text.unicodeScalars)
    var rows: [[String]] = []
    var row: [String] = []
    var field = ""
    var isQuoted = false
    var index = 0
    while index < characters.count {
      let next = characters[index]
      if isQuoted {
        if next == "\"" {
          if index + 1 < characters.count, characters[index + 1] == "\"" {
            field += "\""
            index += 1
          } else {
            isQuoted = false
          }
        } else {
          field.unicodeScalars.append(next)
        }
      } else if next == "\"", field.isEmpty {
        isQuoted = true
      } else if next == "," {
        row.append(field)
        field = ""
      } else if next == "\r" || next == "\n" {
        row.append(field)
        rows.append(row)
        (row, field) = ([], "")
        if next == "\r", index + 1 < characters.count, characters[index + 1] == "\n" { index += 1 }
      } else {
        field.unicodeScalars.append(next)
      }
      index += 1
    }
    if !row.isEmpty || !field.isEmpty { rows.append(row + [field]) }
    return rows
  }

  @Test func randomTablesReadAsTheNaiveReaderReadsThemWhateverTheChunks() throws {
    let seed: UInt64 = 20_260_331
    print("seed \(seed)")
    var random = SeededRandom(seed: seed)
    let pieces = ["a", "ü", "₹", " ", ",", "\"", "\n", "\r\n", "12.50", "x y", "-", "\t"]
    let ends = ["\n", "\r\n", "\r"]
    for _ in 0..<150 {
      var text = ""
      let end = ends.randomElement(using: &random) ?? "\n"
      for row in 0..<Int.random(in: 1...6, using: &random) {
        let count = Int.random(in: 2...5, using: &random)
        let fields = (0..<count).map { _ -> String in
          let value = (0..<Int.random(in: 0...4, using: &random))
            .map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
          let isPlain = !value.unicodeScalars.contains { [",", "\"", "\r", "\n"].contains($0) }
          if isPlain, Bool.random(using: &random) { return value }
          return "\"" + value.replacing("\"", with: "\"\"") + "\""
        }
        text += (row > 0 ? end : "") + fields.joined(separator: ",")
      }
      if Bool.random(using: &random) { text += end }
      let expected = naive(text)
      for chunk in 1...64 { #expect(try rows(text, chunk: chunk) == expected) }
    }
  }

  @Test func linesAreCountedThroughQuotedLineEnds() throws {
    var decoder = CSVDecoder(dialect: .comma)
    try decoder.decode(Array("a,b\r\n1,\"x\r\ny\nz\"\r\n\r\n2,3\n".utf8), path: "t")
    try decoder.finish(path: "t")
    #expect(decoder.takePage().lines == [1, 2, 6])
  }

  @Test func rowsThatDoNotFitTheHeaderAreFlagged() throws {
    var decoder = CSVDecoder(dialect: .comma, fieldCount: 3, lastSkippedLine: 1)
    let text = "a,b,c\n1,2\n1,2,3,,\n1,2,3,4\n\"1\"x,2,3\n1,2\u{0},3\n1,2"
    try decoder.decode(Array(text.utf8), path: "t")
    try decoder.finish(path: "t")
    let page = decoder.takePage()
    #expect(page.rowCount == 6)
    #expect(
      page.flaws == [
        0: .short(found: 2), 2: .long(found: 4), 3: .textAfterQuote, 4: .nulByte,
        5: .cutOff(found: 2),
      ]
    )
  }

  @Test func tabSeparatedFieldsKeepTheirQuotes() throws {
    let rows = try rows("a\t12\" plate\n\"b\tc\n", chunk: 3, dialect: .tab)
    #expect(rows == [["a", "12\" plate"], ["\"b", "c"]])
  }

  @Test func aQuoteThatNeverClosesNamesTheLineOnWhichItOpened() throws {
    var decoder = CSVDecoder(dialect: .comma)
    try decoder.decode(Array("a,b\n1,2\n3,\"four\n5,6\n".utf8), path: "half.csv")
    let error = #expect(throws: IngestError.self) { try decoder.finish(path: "half.csv") }
    #expect(
      error?.description
        == "half.csv:3: the quote that opens on this line never closes, so half of the file is "
        + "missing; export or download it again"
    )
  }

  @Test func anEndlessQuoteStopsAtTheLimitAndNotAtTheEndOfMemory() {
    var decoder = CSVDecoder(dialect: .comma)
    let error = #expect(throws: IngestError.self) {
      try decoder.decode(Array("a,b\n\"x".utf8), path: "t")
      for _ in 0..<40 {
        try decoder.decode([UInt8](repeating: 0x61, count: 65_536), path: "t")
      }
    }
    #expect(error?.description.hasPrefix("t:2: the quote that opens on this line") == true)
  }

  @Test func aLineWithEndlessFieldsStopsAtTheLimit() {
    var decoder = CSVDecoder(dialect: .comma)
    #expect(throws: IngestError.self) {
      try decoder.decode([UInt8](repeating: UInt8(ascii: ","), count: 200_000), path: "t")
    }
  }
}
