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
    for _ in 0..<min(count, 500) {
      let place = Int.random(in: 0..<count, using: &random)
      #expect(try chunk.text(place) == texts[place])
      let text = texts[place].utf8.span
      let code = try chunk.code(of: text, hash: Checksum.of(text: text))
      #expect(code.map { texts[Int($0) - 7] } == texts[place])
    }
    for missing in ["", "NYK-", "#x", "same-00000000", texts[0] + "0"]
    where !texts.contains(missing) {
      let text = missing.utf8.span
      #expect(try chunk.code(of: text, hash: Checksum.of(text: text)) == nil)
    }
  }

  @Test func identifiersTakeAThirdOfTheirDigits() throws {
    var random = SeededRandom(seed: 3)
    let texts = texts(20_000, 0, &random)
    let (chunk, bytes) = try chunk(texts)
    let index = TextIndexWriter.write(try chunk.all().hashes)
    #expect((bytes.count - index.bytes.count) * 2 < chunk.textByteCount)
  }

  @Test func theIndexTakesFourBytesOfAText() throws {
    for count in [20_000, 70_000, 200_000] {
      let hashes = (0..<count).map { UInt32($0) &* 0x9E37_79B9 }
      let index = TextIndexWriter.write(hashes)
      #expect(index.bytes.count < count * 4)
      #expect(index.regions.reduce(0) { $0 + $1.count } == count)
    }
  }

  @Test func textsWithOneHashAreFound() throws {
    for count in [1, 40, 65_535, 65_536, 70_000] {
      let hashes = [UInt32](repeating: 77 << 18, count: count)
      let output = TextIndexWriter.write(hashes)
      #expect(output.regions.contains { $0.width == 4 } == (count > 65_535))
      let index = try TextIndex(
        MappedFile(path: "index", copying: output.bytes),
        from: 0,
        shape: output.shape,
        regions: output.regions,
        textCount: count
      )
      #expect(index.isIndex(of: hashes))
      var search = try index.search(77 << 50)
      var found = Set<Int>()
      while let places = index.next(&search) { found.formUnion(places) }
      #expect(found.count == count)
      search = try index.search(1)
      #expect(index.next(&search) == nil)
    }
  }

  @Test func aChangedIndexIsFoundWhenItIsNeeded() throws {
    var random = SeededRandom(seed: 6)
    let texts = texts(20_000, 0, &random)
    let (_, bytes) = try chunk(texts)
    var changed = bytes
    changed[bytes.count - 9] ^= 1
    let opened = try DictionaryChunk(
      MappedFile(path: "dictionaries/d", copying: changed),
      name: "d",
      firstCode: 0,
      count: 20_000
    )
    #expect(try opened.text(19_999) == texts[19_999])
    let error = try #require(throws: StoreError.self) {
      for text in texts {
        _ = try opened.code(of: text.utf8.span, hash: Checksum.of(text: text.utf8.span))
      }
    }
    #expect(
      error.description.contains("the checksum of a part of the index does not match"),
      "\(error)"
    )
    #expect(throws: StoreError.self) { try opened.verify() }
  }

  @Test func openingReadsOnlyTheHead() throws {
    var random = SeededRandom(seed: 4)
    var (chunk, bytes) = try chunk(texts(20_000, 0, &random))
    let last = bytes.count - TextIndexWriter.write(try chunk.all().hashes).bytes.count - 1
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
          for place in stride(from: 0, to: 300, by: 17) {
            _ = try block.first(equalTo: "NYK-0000000-1".utf8.span, in: place..<300)
            _ = try block.text(place)
          }
          #expect(try block.all().count == 300)
        } catch { refused += 1 }
      }
    }
    #expect(refused > 1_000)
  }
}
