import TestKit
import Testing

@testable import ColumnStore

@Suite struct AddedTextsTests {
  private func text(_ number: Int, _ random: inout SeededRandom) -> String {
    switch number % 5 {
    case 0: "ORD-\(1_000_000 + number)-\(number % 10)"
    case 1: "\(number)"
    case 2: "straße \(number)"
    case 3: number % 25 == 3 && number < 25 ? "" : "#\(number)x\(number * 7)"
    default: String(UInt64.random(in: 0 ... .max, using: &random), radix: 36) + "_\(number)"
    }
  }

  @Test(arguments: [0, 300_000, AddedTexts.plainLimit])
  func textsAreFoundWhateverIsKeptOfThem(plainLimit: Int) throws {
    var random = SeededRandom(seed: 21)
    let count = 2 * AddedTexts.partCount + 1_000
    var added = AddedTexts(name: "d", firstCode: 3, plainLimit: plainLimit)
    var texts: [String] = []
    for number in 0..<count {
      texts.append(text(number, &random))
      try added.append(texts[number].utf8.span)
    }
    #expect(added.count == count)
    #expect(added.byteCount == texts.reduce(0) { $0 + $1.utf8.count })
    for place in [0, 1, AddedTexts.partCount - 1, AddedTexts.partCount, count - 1] {
      #expect(try added.text(place) == texts[place])
    }
    for place in stride(from: 0, to: count, by: 97) {
      #expect(try added.equals(texts[place].utf8.span, place))
      #expect(try !added.equals((texts[place] + "!").utf8.span, place))
      #expect(try !added.equals(texts[(place + 1) % count].utf8.span, place))
    }
    try added.forgetPlain()
    for former in [TextRun(), TextRun(offsets: [0, 1, 1, 3], utf8: Array("abc".utf8))] {
      let chunks = try added.encoded(after: former)
      var place = -former.count
      #expect(chunks[0].firstCode == 3 - former.count)
      for chunk in chunks {
        #expect(chunk.firstCode == 3 + place)
        let run = try chunk.all()
        for offset in 0..<run.count where place + offset >= 0 {
          guard run.text(offset) != texts[place + offset] else { continue }
          Issue.record("text \(place + offset) is \(run.text(offset))")
        }
        place += chunk.count
      }
      #expect(place == count)
      // The pieces make one file.
      let index = TextIndexWriter.write(try chunks.flatMap { try $0.all().hashes })
      let head = DictionaryChunk.head(name: "d", of: chunks, index: index)
      var body: [UInt8] = []
      for chunk in chunks { try chunk.withBody { body += $0 } }
      let file = MappedFile(path: "d", copying: head + body + index.bytes)
      let whole = try DictionaryChunk(
        file,
        name: "d",
        firstCode: 3 - former.count,
        count: count + former.count
      )
      #expect(whole.headChecksum == Checksum.of(head))
      #expect(try whole.all().count == count + former.count)
      #expect(try whole.text(former.count + count - 1) == texts[count - 1])
      try whole.verify()
    }
  }

  @Test func blocksThatWereLookedIntoCount() throws {
    var random = SeededRandom(seed: 22)
    var added = AddedTexts(name: "d", firstCode: 0, plainLimit: 0)
    var byteCount = 0
    for number in 0..<(2 * AddedTexts.partCount) {
      // No pattern, so that blocks are decoded as a whole.
      let text = String(UInt64.random(in: 1 << 60 ... .max, using: &random), radix: 36)
      if number < AddedTexts.partCount { byteCount += text.utf8.count }
      try added.append(text.utf8.span)
    }
    let before = added.memoryByteCount
    for place in stride(from: 0, to: AddedTexts.partCount, by: TextBlock.textLimit) {
      #expect(try !added.equals("".utf8.span, place))
    }
    #expect(added.memoryByteCount >= before + byteCount)
  }

  @Test func fewTextsJoinTheFormerOnes() throws {
    var added = AddedTexts(name: "d", firstCode: 2)
    try added.append("new".utf8.span)
    let former = TextRun(offsets: [0, 1, 2], utf8: Array("ab".utf8))
    let chunks = try added.encoded(after: former)
    #expect(chunks.count == 1)
    #expect(chunks[0].firstCode == 0)
    #expect(try chunks[0].text(2) == "new")
  }

  @Test func divisorsDivideExactly() {
    var random = SeededRandom(seed: 4)
    for value in [1, 2, 3, 7, 100, 10_000, 1 << 40, UInt64(Int64.max), .max - 1, .max] {
      let divisor = ExactDivisor(value)
      for _ in 0..<2_000 {
        let bits = UInt64.random(in: 0..<64, using: &random)
        let number = UInt64.random(in: 0 ... .max, using: &random) >> bits
        #expect(divisor.divides(number) == number.isMultiple(of: value))
        let multiple = number / value * value
        #expect(divisor.divides(multiple))
        #expect(divisor.quotient(multiple) == multiple / value)
      }
    }
  }

  @Test func wordsOfTextsReadAsTheirBytesDo() {
    var random = SeededRandom(seed: 9)
    let alphabet = Array("0123456789/:aZ-\u{7F}é".utf8) + [0, 0xFF, 0xB0]
    for _ in 0..<4_000 {
      let bytes = (0..<Int.random(in: 1...40, using: &random)).map { _ in
        alphabet.randomElement(using: &random) ?? 0
      }
      let start = Int.random(in: 0..<bytes.count, using: &random)
      let range = start..<Int.random(in: start...bytes.count, using: &random)
      let count = min(8, range.count)
      if count > 0 {
        let word = TextKernel.load(bytes.span, start, count: count)
        let shape = TextKernel.shape(word)
        for place in 0..<8 {
          let byte = UInt8(truncatingIfNeeded: word >> UInt64(place * 8))
          #expect(byte == (place < count ? bytes[start + place] : 0))
          let expected = TextPattern.isDigit(byte) ? 0x30 : byte
          #expect(UInt8(truncatingIfNeeded: shape >> UInt64(place * 8)) == expected)
        }
      }
      let digits = (0..<Int.random(in: 1...16, using: &random)).map { _ in
        UInt8.random(in: 0x30...0x39, using: &random)
      }
      let text = bytes + digits + bytes.prefix(Int.random(in: 0...bytes.count, using: &random))
      let number = TextKernel.number(text.span, bytes.count, digits: digits.count)
      #expect(number == UInt64(String(decoding: digits, as: UTF8.self)))
    }
  }
}
