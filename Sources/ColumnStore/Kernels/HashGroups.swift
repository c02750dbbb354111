/// Group ids for keys of one 64-bit word, in the order of first sight.
///
/// Open addressing with linear probing; at most half of the places are taken. Group ids begin at 1,
/// because slot 0 belongs to rows that do not count.
struct WordGroups {
  private struct Place {
    var key: UInt64
    /// 0 for an empty place.
    var id: UInt32
  }

  private var places: [Place]
  private var shift: UInt64
  /// The keys of groups; group `id` has `keys[id - 1]`.
  private(set) var keys: [UInt64] = []

  /// Makes an empty map.
  init() {
    places = Array(repeating: Place(key: 0, id: 0), count: 1_024)
    shift = 64 - 10
  }

  /// Makes an empty map with room for so many keys.
  init(capacity: Int) {
    self.init()
    reserve(capacity)
  }

  /// Takes different keys in which nothing is looked up any more.
  init(finished keys: [UInt64]) {
    self.init()
    self.keys = keys
  }

  /// The bytes that the map takes.
  var byteCount: Int { places.count * MemoryLayout<Place>.stride + keys.capacity * 8 }

  /// Writes the group of each key, making groups for new keys.
  mutating func insert(
    _ words: Span<UInt64>,
    count: Int,
    into slots: inout MutableSpan<UInt32>
  ) {
    var row = 0
    while row < count {
      // Room for a strip at a time, so that the loop below never grows the map.
      let end = min(row + 4_096, count)
      reserve(keys.count + end - row)
      while row < end {
        slots[row] = insertReserved(words[row])
        row &+= 1
      }
    }
  }

  /// Returns the group of a key, making one for a new key.
  mutating func insert(_ key: UInt64) -> UInt32 {
    reserve(keys.count + 1)
    return insertReserved(key)
  }

  @inline(__always)
  private mutating func insertReserved(_ key: UInt64) -> UInt32 {
    let mask = places.count &- 1
    var place = Int(truncatingIfNeeded: HashKernel.mix(key) >> shift)
    while true {
      let found = places[place]
      if found.id != 0 && found.key == key { return found.id }
      if found.id == 0 {
        keys.append(key)
        let id = UInt32(truncatingIfNeeded: keys.count)
        places[place] = Place(key: key, id: id)
        return id
      }
      place = (place &+ 1) & mask
    }
  }

  private mutating func reserve(_ count: Int) {
    guard count > places.count / 2 else { return }
    var size = places.count
    while count > size / 2 { size *= 2 }
    places = Array(repeating: Place(key: 0, id: 0), count: size)
    shift = UInt64(64 - size.trailingZeroBitCount)
    for (index, key) in keys.enumerated() {
      var place = Int(truncatingIfNeeded: HashKernel.mix(key) >> shift)
      while places[place].id != 0 { place = (place &+ 1) & (size &- 1) }
      places[place] = Place(key: key, id: UInt32(truncatingIfNeeded: index &+ 1))
    }
  }
}

/// Group ids for keys of several 64-bit words, in the order of first sight.
///
/// Open addressing with linear probing; at most half of the places are taken. A place has half of its
/// key's hash beside the id, so that other keys are hardly ever looked at.
struct TupleGroups {
  /// Words of a key.
  let width: Int
  /// By place: the id in the low half, a half of the hash in the other; 0 for an empty place.
  private var places: [UInt64]
  /// The keys of groups; group `id` has the `width` words from `(id - 1) * width`.
  private(set) var words: [UInt64] = []
  /// The number of groups.
  private(set) var count = 0

  /// Makes an empty map for keys of `width` words.
  init(width: Int) {
    self.width = width
    places = Array(repeating: 0, count: 1_024)
  }

  /// Takes keys that are all different.
  init(width: Int, distinct words: [UInt64]) {
    precondition(words.count.isMultiple(of: width), "whole keys")
    self.width = width
    self.words = words
    count = words.count / width
    places = []
    place(size: TupleGroups.size(for: count))
  }

  /// The bytes that the map takes.
  var byteCount: Int { (places.count + words.capacity) * 8 }

  /// Makes room for so many groups.
  mutating func reserve(_ groups: Int) {
    words.reserveCapacity(groups * width)
    if groups * 2 > places.count { place(size: TupleGroups.size(for: groups)) }
  }

  /// Writes the group of each key; the words of row `r` begin at `r * width`.
  mutating func insert(
    _ tuples: Span<UInt64>,
    count rows: Int,
    into slots: inout MutableSpan<UInt32>
  ) {
    for row in 0..<rows { slots[row] = insert(tuples, at: row &* width) }
  }

  /// Returns the group of the key that begins at a word, making one for a new key.
  mutating func insert(_ tuples: Span<UInt64>, at first: Int) -> UInt32 {
    if (count + 1) * 2 > places.count { place(size: places.count * 2) }
    let (found, place, tag) = search(tuples, first)
    if found > 0 { return found }
    for word in 0..<width { words.append(tuples[first &+ word]) }
    count += 1
    places[place] = tag | UInt64(count)
    return UInt32(truncatingIfNeeded: count)
  }

  /// Returns the group of the key that begins at a word; 0 where there is none.
  func find(_ tuples: Span<UInt64>, at first: Int) -> UInt32 {
    search(tuples, first).id
  }

  /// Returns the group of a key, or 0 with the place and the half of the hash that it would get.
  @inline(__always)
  private func search(
    _ tuples: Span<UInt64>,
    _ first: Int
  ) -> (id: UInt32, place: Int, tag: UInt64) {
    var hash: UInt64 = 0
    for word in 0..<width { hash = HashKernel.mix(hash ^ tuples[first &+ word]) }
    let tag = hash & TupleGroups.tagMask
    let mask = places.count &- 1
    var place = Int(truncatingIfNeeded: hash) & mask
    while places[place] != 0 {
      let entry = places[place]
      if entry & TupleGroups.tagMask == tag {
        let id = UInt32(truncatingIfNeeded: entry)
        if isEqual(tuples, first, (Int(id) - 1) &* width) { return (id, place, tag) }
      }
      place = (place &+ 1) & mask
    }
    return (0, place, tag)
  }

  private func isEqual(_ tuples: Span<UInt64>, _ first: Int, _ other: Int) -> Bool {
    for word in 0..<width where tuples[first &+ word] != words[other &+ word] { return false }
    return true
  }

  private static let tagMask: UInt64 = 0xFFFF_FFFF_0000_0000

  private static func size(for count: Int) -> Int {
    1 << (64 - max(1_023, count * 2 + 1).leadingZeroBitCount)
  }

  /// Puts every key in a new table of so many places.
  private mutating func place(size: Int) {
    places = Array(repeating: 0, count: size)
    for group in 0..<count {
      var hash: UInt64 = 0
      for word in 0..<width { hash = HashKernel.mix(hash ^ words[group &* width &+ word]) }
      var place = Int(truncatingIfNeeded: hash) & (size &- 1)
      while places[place] != 0 { place = (place &+ 1) & (size &- 1) }
      places[place] = hash & TupleGroups.tagMask | UInt64(group + 1)
    }
  }
}
