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

  /// Groups up to which a group's state has replicas.
  static let replicaLimit = 4_096

  /// The keys.
  let keys: [KeyCoding]
  /// The way.
  let way: Way
  /// What number 1 of each key adds to a packed key.
  let strides: [UInt64]
  /// For keys coded by a table: what each entry adds to a slot; empty for other keys.
  let slotParts: [[UInt32]]
  /// For keys coded by a table: what each entry adds to a packed key; empty for other keys.
  let wordParts: [[UInt64]]

  /// Chooses the way for keys and a number of rows.
  init(_ keys: [KeyCoding], rowCount: Int, isGlobal: Bool, tuning: ScanTuning) {
    self.keys = keys
    var product: UInt64? = 1
    var strides: [UInt64] = []
    for key in keys {
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
      let roomy = min(tuning.directSlots, UInt64(max(rowCount, 0)))
      way =
        product <= max(tuning.directFloor, roomy) ? .direct(slots: Int(product) + 1) : .words
    } else {
      way = .tuples
      strides = keys.map { _ in 1 }
    }
    self.way = way
    self.strides = strides
    wordParts = zip(keys, strides).map { $0.parts(stride: $1) }
    if case .direct = way {
      slotParts = wordParts.map { $0.map { UInt32(truncatingIfNeeded: $0) } }
    } else {
      slotParts = keys.map { _ in [] }
    }
  }

  /// Words of a key of `tuples`.
  var tupleWidth: Int { keys.count + 1 }
}
