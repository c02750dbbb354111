import TestKit
import Testing

@testable import QueryLang

/// Groups are sorted by words first, so that a word must never contradict the values.
@Suite struct OrderWordTests {
  private static let integers: [ResultCell] = [
    .integer(.min), .integer(.min + 1), .integer(-1), .integer(0), .integer(1), .integer(.max),
  ]
  private static let decimals: [ResultCell] = [
    .decimal(.min), .decimal(-(1 << 125) - 1), .decimal(-(1 << 125)), .decimal(-1), .decimal(0),
    .decimal(1), .decimal(1 << 125), .decimal((1 << 125) + 1), .decimal(.max),
  ]
  private static let doubles: [ResultCell] = [
    .double(-.greatestFiniteMagnitude), .double(-1), .double(-.leastNonzeroMagnitude),
    .double(-0.0), .double(0), .double(.leastNonzeroMagnitude), .double(0.5), .double(1),
    .double(.greatestFiniteMagnitude),
  ]

  @Test func wordsOrderLikeValues() throws {
    var random = SeededRandom(seed: 41)
    var texts: [ResultCell] = [.text(""), .text("\0"), .text("\0\0"), .text("\u{10FFFF}")]
    let letters: [Character] = ["a", "b", "\0", "é", "न", "😀"]
    for _ in 0..<300 {
      let shared = Bool.random(using: &random) ? "a shared prefix" : ""
      let count = Int.random(in: 0...17, using: &random)
      texts.append(
        .text(shared + String((0..<count).map { _ in letters.randomElement(using: &random)! }))
      )
    }
    for cells in [Self.integers, Self.decimals, Self.doubles, texts] {
      for left in cells {
        for right in cells {
          let (one, other) = (try #require(OrderWord(left)), try #require(OrderWord(right)))
          #expect(one.kind == other.kind)
          let order = try #require(CellArithmetic.order(left, right))
          if order < 0 { #expect(one.bits <= other.bits, "\(left) comes before \(right)") }
          if order == 0 { #expect(one.bits == other.bits, "\(left) equals \(right)") }
        }
      }
    }
  }

  @Test func blanksHaveNoWordAndWordsLeaveRoomForThem() throws {
    #expect(OrderWord(.blank(.empty)) == nil)
    for cell in Self.integers + Self.decimals + Self.doubles + [.text("\u{10FFFF}\u{10FFFF}")] {
      let bits = try #require(OrderWord(cell)).bits
      #expect(bits > 0 && bits < OrderWord.limit)
    }
  }
}
