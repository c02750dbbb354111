/// A generator whose sequence depends on the seed, the stream and the day alone (SplitMix64, Steele et al.).
///
/// Every channel draws each day from a generator of its own. Therefore one day can be made again
/// without making the days before it, which is how a re-exported file is written.
struct ShopRandom {
  private var state: UInt64

  init(seed: UInt64, stream: UInt64, day: Int = 0) {
    state = seed
    _ = next()
    state ^= stream &* 0xD6E8_FEB8_6659_FD93
    _ = next()
    state ^= UInt64(bitPattern: Int64(day)) &* 0xA076_1D64_78BD_642F
    _ = next()
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number from 0 up to, but not including, `bound`, which is at least 1.
  mutating func number(below bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  mutating func number(in range: ClosedRange<Int>) -> Int {
    range.lowerBound + number(below: range.upperBound - range.lowerBound + 1)
  }

  /// True `permille` times in a thousand.
  mutating func happens(_ permille: Int) -> Bool {
    number(below: 1000) < permille
  }

  mutating func element<Element>(of choices: [Element]) -> Element {
    choices[number(below: choices.count)]
  }

  /// The position drawn by weight; `cumulative` holds running totals, ascending, the last one above 0.
  mutating func position(in cumulative: ArraySlice<Int>) -> Int {
    let target = number(below: cumulative[cumulative.endIndex - 1])
    var low = cumulative.startIndex
    var high = cumulative.endIndex - 1
    while low < high {
      let middle = (low + high) / 2
      if cumulative[middle] > target { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
