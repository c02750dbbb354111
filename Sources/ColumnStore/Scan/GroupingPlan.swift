/// How the keys of a row become the slot of its group.
struct GroupingPlan: Sendable {
  /// The way.
  enum Way: Sendable {
    /// One group over all rows: slot 1.
    case single
    /// The packed key plus one is the slot; there are so many, slot 0 included.
    case direct(slots: Int)
    /// The packed key of 64 bits is looked up in a hash table.
    case words
    /// A key of one word a part, and one for nulls, is looked up in a hash table.
    case tuples
  }

  /// Rows of each slot where slots are dense.
  private static let denseRows: UInt64 = 4
  /// Groups up to which a group's state has replicas.
  static let replicaLimit = 4_096

  /// The keys.
  let keys: [KeyCoding]
  /// The way.
  let way: Way
  /// What number 1 of each key adds to a packed key; 0 for a key that another one determines.
  let strides: [UInt64]
  /// For an attribute of another key that key, whose number tells the attribute's: it makes no more
  /// groups.
  ///
  /// Nil for keys of their own, and where keys are tuples.
  let determinants: [Int?]
  /// For keys coded by a table: what each entry adds to a slot; empty for other keys, and where
  /// slots are not packed keys.
  let slotParts: [[UInt32]]
  /// For keys coded by a table: what each entry adds to a packed key; empty for other keys, and
  /// where packed keys are slots.
  let wordParts: [[UInt64]]

  /// Chooses the way for keys and a number of rows.
  init(_ keys: [KeyCoding], rowCount: Int, isGlobal: Bool, tuning: ScanTuning) {
    self.keys = keys
    let determinants = keys.map { GroupingPlan.determinant(of: $0, keys) }
    var product: UInt64? = 1
    var strides: [UInt64] = []
    for (position, key) in keys.enumerated() {
      guard determinants[position] == nil else {
        strides.append(0)
        continue
      }
      strides.append(product ?? 0)
      guard let factor = key.count, let before = product else {
        product = nil
        continue
      }
      let (next, overflow) = before.multipliedReportingOverflow(by: factor)
      product = overflow ? nil : next
    }
    let way: Way
    if isGlobal {
      way = .single
    } else if let product {
      let rows = UInt64(max(rowCount, 0))
      let roomy = max(
        min(tuning.directSlots, rows),
        min(tuning.denseSlots, rows / GroupingPlan.denseRows)
      )
      way =
        product <= max(tuning.directFloor, roomy) ? .direct(slots: Int(product) + 1) : .words
    } else {
      way = .tuples
      strides = keys.map { _ in 1 }
    }
    if case .tuples = way {
      self.determinants = keys.map { _ in nil }
    } else {
      self.determinants = determinants
    }
    self.way = way
    self.strides = strides
    if case .direct = way {
      slotParts = zip(keys, strides).map { key, stride in
        stride == 0 ? [] : key.slotParts(stride: UInt32(truncatingIfNeeded: stride))
      }
      wordParts = keys.map { _ in [] }
    } else {
      slotParts = keys.map { _ in [] }
      wordParts = zip(keys, strides).map { key, stride in
        stride == 0 ? [] : key.parts(stride: stride)
      }
    }
  }

  /// Returns the position of the key whose codes a key is looked up by, or nil.
  private static func determinant(of key: KeyCoding, _ keys: [KeyCoding]) -> Int? {
    guard case .table(let pivot, _, _, _, _) = key.way else { return nil }
    return keys.firstIndex { other in
      if case .affine = other.way { other.node == pivot } else { false }
    }
  }

  /// Words of a key of `tuples`.
  var tupleWidth: Int { keys.count + 1 }
}
