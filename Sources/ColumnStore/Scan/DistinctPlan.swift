/// How the tuples of a distinct count become numbers.
struct DistinctPlan: Sendable, Hashable {
  /// The way.
  enum Way: Sendable, Hashable {
    /// A bit for each group and packed value; so many bits a group.
    case bits(width: Int)
    /// A hash set of a slot and a packed value of so many bits.
    case words(shift: UInt64)
    /// A hash table of tuples gives each a number, and a hash set holds slots and numbers.
    case tuples
  }

  /// The way.
  let way: Way
  /// Positions of the parts in the plan's distinct codings.
  let codings: [Int]
}
