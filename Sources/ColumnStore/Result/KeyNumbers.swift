/// Finds keys among some that are all different.
public struct KeyPlaces {
  private struct Place {
    var key: UInt64
    /// -1 for an empty place.
    var number: Int32
  }

  private var places: [Place]
  private let shift: UInt64

  /// Takes different keys; at most half of the places are taken.
  public init(_ keys: [UInt64]) {
    var size = 16
    while size < keys.count * 2 { size *= 2 }
    places = [Place](repeating: Place(key: 0, number: -1), count: size)
    shift = UInt64(64 - size.trailingZeroBitCount)
    for (number, key) in keys.enumerated() {
      places[place(of: key)] = Place(key: key, number: Int32(number))
    }
  }

  /// Returns the position of each key; -1 for one that is not there.
  ///
  /// Takes constant time a key on average.
  public func find(_ keys: [UInt64]) -> [Int32] {
    var found = [Int32](repeating: -1, count: keys.count)
    for (index, key) in keys.enumerated() { found[index] = places[place(of: key)].number }
    return found
  }

  /// The place of a key, or the empty one where it belongs.
  private func place(of key: UInt64) -> Int {
    var place = Int(truncatingIfNeeded: HashKernel.mix(key) >> shift)
    while places[place].number >= 0 && places[place].key != key {
      place = (place &+ 1) & (places.count &- 1)
    }
    return place
  }
}

/// Numbers different keys from 0 in the order of first sight.
public struct KeyNumbers {
  private var groups = WordGroups()

  /// Begins without keys.
  public init() {}

  /// The number of different keys so far.
  public var count: Int { groups.keys.count }

  /// Returns the number of each key.
  ///
  /// Takes constant time a key on average.
  public mutating func numbers(of keys: [UInt64]) -> [UInt32] {
    var numbers = [UInt32](repeating: 0, count: keys.count)
    var span = numbers.mutableSpan
    groups.insert(keys.span, count: keys.count, into: &span)
    for place in span.indices { span[place] &-= 1 }
    return numbers
  }
}
