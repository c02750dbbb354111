@testable import ColumnStore
import TestKit
import Testing

@Suite struct DictionaryFileTests {
  private func run(_ texts: [String]) -> TextRun {
    var run = TextRun()
    for text in texts {
      run.append(text.utf8)
      run.endText()
    }
    return run
  }

  private func chunk(_ texts: [String], first: Int = 0) throws -> (DictionaryChunk, [UInt8]) {
    let (bytes, head) = DictionaryChunk.write(
      name: "d",
      firstCode: first,
      texts: run(texts),
      codec: try ZstdCodec()
    )
    let file = MappedFile(path: "dictionaries/d", copying: bytes)
    let chunk = try DictionaryChunk(file, name: "d", firstCode: first, count: texts.count)
    #expect(chunk.headChecksum == head)
    return (chunk, bytes)
  }

  /// Texts of many kinds, all different.
  private func texts(_ count: Int, _ kind: Int, _ random: inout SeededRandom) -> [String] {
    (0..<count).map { index in
      let number = Int.random(in: 0..<10_000_000, using: &random)
      let digits = String(String(10_000_000 + number).dropFirst())
      switch kind {
      case 0: return ["NYK-\(digits)-\(index)", "#\(index)", "OD\(index)\(digits)00"][index % 3]
      case 1: return "\(digits)\(digits)\(digits)\(index)"
      case 2: return "Föhn \(index) für \(String(number, radix: 36)) 🧴"
      case 3: return index == 0 ? "" : String(repeating: "x", count: index % 700) + "\(index)"
      case 4: return String(number, radix: 36) + "/\(index)"
      default: return "same-\(String(String(1_000_000 + index).dropFirst()))"
      }
    }
  }

  @Test(arguments: [1, 2, 63, 64, 65, 4_095, 4_096, 4_097, 9_000], 0...5)
  func everyTextComesBackAndIsFound(count: Int, kind: Int) throws {
    var random = SeededRandom(seed: UInt64(count * 10 + kind))
    let texts = texts(count, kind, &random)
    let (chunk, _) = try chunk(texts, first: 7)
    #expect(try chunk.all() == run(texts))
    let index = try chunk.makeIndex()
    for _ in 0..<min(count, 500) {
      let place = Int.random(in: 0..<count, using: &random)
      #expect(try chunk.text(place) == texts[place])
      let text = texts[place].utf8.span
      let code = try chunk.code(of: text, hash: Checksum.of(text: text), in: index)
      #expect(code.map { texts[Int($0) - 7] } == texts[place])
    }
    for missing in ["", "NYK-", "#x", "same-00000000", texts[0] + "0"]
    where !texts.contains(missing) {
      let text = missing.utf8.span
      #expect(try chunk.code(of: text, hash: Checksum.of(text: text), in: index) == nil)
    }
  }

  @Test func identifiersTakeAThirdOfTheirDigits() throws {
    var random = SeededRandom(seed: 3)
    let texts = texts(20_000, 0, &random)
    let (chunk, bytes) = try chunk(texts)
    #expect(bytes.count * 2 < chunk.textByteCount)
  }

  @Test func openingReadsOnlyTheHead() throws {
    var random = SeededRandom(seed: 4)
    var (chunk, bytes) = try chunk(texts(20_000, 0, &random))
    let last = bytes.count - 1
    bytes[last] ^= 1
    chunk = try DictionaryChunk(
      MappedFile(path: "dictionaries/d", copying: bytes),
      name: "d",
      firstCode: 0,
      count: 20_000
    )
    _ = try chunk.text(0)
    let error = try #require(throws: StoreError.self) { try chunk.text(19_999) }
    guard case .damaged(let file, let offset, let reason) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(file == "dictionaries/d" && offset != nil)
    #expect(reason == "the checksum of a block of texts does not match")
  }

  @Test func changedBlocksWithRightChecksumsNeverTrap() throws {
    var random = SeededRandom(seed: 5)
    let codec = try ZstdCodec()
    var refused = 0
    for kind in 0...5 {
      let texts = texts(300, kind, &random)
      let run = run(texts)
      let (form, bytes) = TextBlock.encode(run, 0..<300, codec: codec)
      for number in 0..<1_000 {
        var changed = bytes
        if number % 4 == 0 {
          changed.removeLast(Int.random(in: 1...changed.count, using: &random))
        } else {
          let limit = number % 2 == 0 ? changed.count : min(changed.count, 100)
          let place = Int.random(in: 0..<limit, using: &random)
          changed[place] = .random(in: 0...255, using: &random)
        }
        do {
          let block = try TextBlock(
            MappedFile(path: "block", copying: changed),
            in: 0..<changed.count,
            kind: form,
            count: 300,
            byteCount: run.utf8.count
          )
          #expect(block.all().count == 300)
          for place in stride(from: 0, to: 300, by: 17) {
            _ = block.text(place)
            _ = block.equals("NYK-0000000-1".utf8.span, place)
          }
        } catch { refused += 1 }
      }
    }
    #expect(refused > 1_000)
  }
}
