/// The groups that lead an order by one aggregate, kept while groups change.
///
/// They are more than the result has rows, and no other group passes a bound. As long as enough of them
/// are above it, the others need not be looked at.
struct Leaders {
  /// How many more groups are kept than the result has rows.
  private static let spare = 4
  private static let spareRows = 1_024
  /// Changed groups beyond which all are looked at anew.
  private static let touchedLimit = 1 << 20

  private let isDescending: Bool
  private var places: [Int]
  private let bound: Int64
  private let isComplete: Bool
  private var touched: [Int] = []

  /// Finds the leaders for a result of so many rows; `values` has a value for each group.
  init(isDescending: Bool, limit: Int, values: [Int64]) {
    self.isDescending = isDescending
    let wanted = min(limit, values.count) * Leaders.spare + Leaders.spareRows
    isComplete = values.count <= wanted
    if isComplete {
      places = Array(values.indices)
      bound = .min
      return
    }
    func rank(_ value: Int64) -> Int64 { isDescending ? value : ~value }
    var heap = SlotHeap(limit: wanted)
    var worst = Int64.min
    for (place, value) in values.enumerated() where rank(value) > worst || heap.worst == nil {
      _ = heap.offer(place) { rank(values[$0]) > rank(values[$1]) }
      if let last = heap.worst { worst = rank(values[last]) }
    }
    places = heap.slots
    bound = worst
  }

  /// The bytes that the groups take.
  var byteCount: Int { (places.capacity + touched.capacity) * 8 }

  /// Notes that groups have changed.
  mutating func touch(_ changed: [Int]) {
    if touched.count <= Leaders.touchedLimit { touched += changed }
  }

  /// Larger for groups that come first.
  private func rank(_ value: Int64) -> Int64 { isDescending ? value : ~value }

  /// Returns groups among which the first ones are, and all that equal the last of them; nil where
  /// too many have sunk below the bound.
  ///
  /// `hasValue` tells groups that exist and have a value, which come before all others.
  mutating func candidates(
    for limit: Int,
    values: [Int64],
    hasValue: (Int) -> Bool
  ) -> [Int]? {
    guard touched.count <= Leaders.touchedLimit else { return nil }
    let known = places + touched
    touched = []
    // Of a complete list nothing is left out; groups that are new are among the changed ones.
    places = Array(Set(isComplete ? known : known.filter { rank(values[$0]) > bound }))
    return isComplete || places.count(where: hasValue) >= limit ? places : nil
  }
}
