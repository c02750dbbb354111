/// A set of 64-bit words other than 0: pairs of a slot, which is never 0, and a value.
///
/// Open addressing with linear probing; at most half of the places are taken.
struct PairSet {
  /// The words, 0 for an empty place; as many as a power of two.
  private(set) var places: [UInt64] = []
  /// The number of words.
  private(set) var count = 0
  private var size = 0
  private var shift: UInt64 = 64

  /// The bytes that the set takes.
  var byteCount: Int { places.count * 8 }

  /// Forgets every word, and makes room for so many; memory stays for the next ones.
  mutating func clear(room: Int) {
    size = max(16, PairSet.size(room))
    shift = UInt64(64 - size.trailingZeroBitCount)
    count = 0
    if places.count < size {
      places = Array(repeating: 0, count: size)
    } else {
      for place in 0..<size { places[place] = 0 }
    }
  }

  /// Adds pairs of values of one block to the near set, of others to the far one, and counts new ones.
  static func settle(
    _ pairs: Span<UInt64>,
    count rows: Int,
    _ values: ExclusiveValues,
    shift: UInt64,
    near: inout PairSet,
    far: inout PairSet,
    counts: inout [Int64]
  ) {
    let mask = UInt64(1) &<< shift &- 1
    for row in 0..<rows {
      let pair = pairs[row]
      let isOwn = (pair & mask) &- values.first < UInt64(values.count)
      let isNew = isOwn ? near.insert(pair) : far.insert(pair)
      if isNew { counts[Int(pair &>> shift)] &+= 1 }
    }
  }

  /// Adds pairs and counts new ones.
  mutating func insert(
    _ pairs: Span<UInt64>,
    count rows: Int,
    shift slotShift: UInt64,
    counts: inout [Int64]
  ) {
    for row in 0..<rows where insert(pairs[row]) {
      counts[Int(pairs[row] &>> slotShift)] &+= 1
    }
  }

  /// Adds a word and tells whether it is new.
  @inline(__always)
  mutating func insert(_ word: UInt64) -> Bool {
    if (count + 1) * 2 > size { grow() }
    let mask = size &- 1
    var place = Int(truncatingIfNeeded: HashKernel.mix(word) &>> shift)
    while true {
      let found = places[place]
      if found == word { return false }
      if found == 0 {
        places[place] = word
        count &+= 1
        return true
      }
      place = (place &+ 1) & mask
    }
  }

  /// Calls a function with each word, in no order.
  func forEach(_ body: (UInt64) -> Void) {
    for place in 0..<size where places[place] != 0 { body(places[place]) }
  }

  private static func size(_ room: Int) -> Int {
    1 << (64 - max(1, room * 2 - 1).leadingZeroBitCount)
  }

  private mutating func grow() {
    let former = places
    let words = size
    // Four times, so that few growths are needed; there is no promise of an upper bound of places.
    size = max(1_024, size * 4)
    shift = UInt64(64 - size.trailingZeroBitCount)
    places = Array(repeating: 0, count: size)
    for place in 0..<words where former[place] != 0 {
      var target = Int(truncatingIfNeeded: HashKernel.mix(former[place]) &>> shift)
      while places[target] != 0 { target = (target &+ 1) & (size &- 1) }
      places[target] = former[place]
    }
  }
}
