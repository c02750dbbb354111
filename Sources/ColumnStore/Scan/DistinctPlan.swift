/// How the tuples of a distinct count become numbers.
struct DistinctPlan: Sendable, Hashable {
  /// The way.
  enum Way: Sendable, Hashable {
    /// A bit for each group and packed value; so many bits a group.
    case bits(width: Int)
    /// Values of which no other block has any are counted with their block; a hash set of a slot
    /// and a packed value, of which there are so many, takes the rest.
    case clustered(values: Int)
    /// The slot of each packed value, of which there are so many, and a hash set of further pairs.
    case owners(values: Int)
    /// A hash set of a slot and a packed value of so many bits.
    case words(shift: UInt64)
    /// A hash table of tuples gives each a number, and a hash set holds slots and numbers.
    case tuples
  }

  /// Values of one block that may be its own.
  static let exclusiveLimit: Int64 = 1 << 20
  /// Values are clustered where blocks share at most one in so many.
  static let sharedPart: Int64 = 32
  /// Rows for each value from which values are taken to be shared by groups.
  static let sharedRows: UInt64 = 2
  /// The bytes that bits of shared values may take: as many as a core has near.
  static let sharedBits = 16 << 20
  /// Values for each row up to which values have owners.
  static let valuesPerRow: UInt64 = 8

  /// The way.
  let way: Way
  /// Positions of the parts in the plan's distinct codings.
  let codings: [Int]
  /// The values of which no other block has any, a range a block; empty unless clustered.
  var exclusive: [ExclusiveValues] = []
}
