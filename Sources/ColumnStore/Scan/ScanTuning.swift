/// Sizes at which a scan changes its ways; answers do not depend on them.
package struct ScanTuning: Sendable, Hashable {
  /// Bytes of a distinct count's bits that are never too many.
  package var smallBits = 1 << 20
  /// Hashed groups of a thread from which they are put aside, while their table still lies near.
  package var runGroups = 1 << 16
  /// The largest number of slots for direct addressing.
  package var directSlots: UInt64 = 1 << 24
  /// The same where every slot has a few rows.
  package var denseSlots: UInt64 = 1 << 26
  /// The number of slots that is always worth direct addressing.
  package var directFloor: UInt64 = 4_096

  /// Makes the sizes that were found by measuring.
  package init() {}
}
