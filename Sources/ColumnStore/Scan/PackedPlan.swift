/// How the counts and sums of a plan lie side by side in the bits of a few words, so that one
/// addition a row adds all of them.
///
/// A field holds `(value - low) / unit`, which is never negative. So many rows may be added before
/// the fields are moved to the states; then the value's sum is `low * rows + unit * field`.
struct PackedPlan: Sendable {
  /// The bits of a field.
  struct Place: Sendable, Hashable {
    let word: Int
    let shift: Int
    let bits: Int
  }

  /// Rows that count together: those that pass a filter and have a value in all inputs.
  struct Mask: Sendable {
    let filter: Int?
    /// Columns that may be null.
    let inputs: [Int]
    /// The states that count these rows.
    var counts: [Int]
    /// Where the rows are counted.
    var place: Place
  }

  /// A sum.
  struct Sum: Sendable {
    let accumulator: Int
    let form: AffineForm
    /// The position of its rows in `masks`.
    let mask: Int
    let low: Int64
    let unit: UInt64
    /// Where it is added up; no bits where every value is `low`.
    var place: Place
  }

  /// The most words of a group.
  static let wordLimit = 4
  /// The most groups.
  static let slotLimit = 1 << 26
  /// Groups that are packed in any case; more need some rows each, or emptying takes too long.
  static let freeSlots = 65_536
  /// Rows that each of many groups needs.
  static let rowsPerSlot = 4
  /// Words of all groups up to which there are replicas: they stay in the first cache.
  static let replicatedWords = 4_096

  /// The rows.
  let masks: [Mask]
  /// The sums.
  let sums: [Sum]
  /// States that are not packed.
  let others: [Int]
  /// Words of a group.
  let width: Int
  /// Rows that may be added before a field could carry into the next.
  let rowLimit: Int
  /// Groups for which there is room, group 0 of rows that do not count included.
  let groups: Int
  /// Tells whether a group has four replicas.
  let isReplicated: Bool

  /// Words of a group, replicas included.
  var stride: Int { isReplicated ? width * 4 : width }
}
