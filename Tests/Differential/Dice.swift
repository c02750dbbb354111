import TestKit

/// Random choices that depend on a seed alone.
struct Dice {
  private var random: SeededRandom

  init(_ seed: UInt64) { random = SeededRandom(seed: seed) }

  /// A number from 0 up to a bound, which is above 0.
  mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }

  mutating func number(in range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

  mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

  mutating func pick<Element>(_ list: [Element]) -> Element { list[below(list.count)] }

  mutating func pickIfAny<Element>(_ list: [Element]) -> Element? {
    list.isEmpty ? nil : pick(list)
  }

  /// One of some choices, each as likely as its weight says.
  mutating func weighted<Element>(_ choices: [(Int, Element)]) -> Element {
    var place = below(choices.reduce(0) { $0 + $1.0 })
    for (weight, choice) in choices {
      if place < weight { return choice }
      place -= weight
    }
    return choices[choices.count - 1].1
  }

  /// Some of a list in random order; all where there are no more.
  mutating func some<Element>(_ count: Int, of list: [Element]) -> [Element] {
    Array(list.shuffled(using: &random).prefix(count))
  }

  /// A seed for something that is made apart.
  mutating func seed() -> UInt64 { random.next() }
}
