/// In which order the blocks of a scan are read, and what belongs to one thread at a time.
///
/// Where one key of the groups hardly changes inside a block (the month, in rows sorted by date),
/// its numbers are slices. A part of the schedule has whole slices, and reads them one after the
/// other; a block of several slices is read by each part that needs it, which takes its own rows:
///
///     blocks   │ 1 │ 1 │1 2│ 2 │2 3│ 3 │
///     part 1   │ 1 │ 1 │1 2│ 2 │2  │
///     part 2                   │  3│ 3 │
///
/// So a set of values that was made for one slice is done with when the next one begins, and no two
/// threads have sets of the same group.
struct ScanSchedule: Sendable {
  /// A block to read.
  struct Visit: Sendable {
    /// The block's position in the plan.
    let block: Int
    /// The condition of the rows to take; nil for all.
    var condition: Int?
    /// Tells whether no earlier visit reads the block, so that its rows are counted once.
    var isFirst = true
    /// The slices of the rows.
    var slices: ClosedRange<UInt32> = 0...0
    /// One visit for each of several slices, for a block whose rows do not come slice by slice.
    var pieces: [Visit] = []
  }

  /// Visits that belong together, in order.
  let parts: [[Visit]]
  /// The slice of each slot; empty without slices.
  let slices: [UInt32]
  /// The column of the program that decides on slices.
  let pivot: Int?

  /// Slots of one slice, where those of a slice follow each other; else nil.
  private let slotsPerSlice: Int?

  /// Reads every block once, in any order.
  init(blocks: Int) {
    parts = (0..<blocks).map { [Visit(block: $0)] }
    slices = []
    pivot = nil
    slotsPerSlice = nil
  }

  /// Reads slices.
  init(parts: [[Visit]], slices: [UInt32], slotsPerSlice: Int?, pivot: Int) {
    self.parts = parts
    self.slices = slices
    self.slotsPerSlice = slotsPerSlice
    self.pivot = pivot
  }

  /// Returns the lowest slot of one slice, 1 without slices, and nil where slots do not tell: of
  /// several slices, or where the slots of slices lie between each other.
  func lowestSlot(of range: ClosedRange<UInt32>) -> UInt32? {
    guard isSliced else { return 1 }
    guard let slotsPerSlice, range.count == 1 else { return nil }
    return range.lowerBound * UInt32(slotsPerSlice) + 1
  }

  /// Tells whether parts have slices of their own.
  var isSliced: Bool { !slices.isEmpty }
}

/// Cuts the blocks of a plan into slices.
struct SlicePlanner {
  /// Visits that a block is worth on average, at most.
  private static let visitsPerBlock = 2
  /// Parts for each thread: the last ones are small, so that threads end together.
  private static let partsPerThread = 2

  /// The key whose numbers are slices.
  private struct SliceKey {
    let position: Int
    /// The node that decides, which is a column.
    let pivot: Int
    /// The column's position in the program.
    let column: Int
    /// The column's field in the table.
    let field: Int
    /// The value of slice 1, or of entry 1 of `numbers`.
    let low: Int64
    /// Slices by value, ascending; nil where slice `n` has the value `low + n - 1`.
    let numbers: [UInt32]?

    func slice(_ value: Int64) -> UInt32 {
      let entry = Int(value - low) + 1
      return UInt32(truncatingIfNeeded: numbers.map { UInt64($0[entry]) } ?? UInt64(entry))
    }

    /// The values of some slices.
    func values(_ slices: ClosedRange<UInt32>) -> ClosedRange<Int64> {
      guard let numbers else {
        return (low + Int64(slices.lowerBound) - 1)...(low + Int64(slices.upperBound) - 1)
      }
      let entries = 1..<(numbers.count - 1)
      let first = entries.first { numbers[$0] == slices.lowerBound } ?? 1
      let last = entries.last { numbers[$0] == slices.upperBound } ?? first
      return (low + Int64(first) - 1)...(low + Int64(last) - 1)
    }
  }

  let grouping: GroupingPlan
  let blocks: ScanBlocks
  let threads: Int

  /// Returns a schedule by slices, with the conditions that it needs added to the program; nil when
  /// no key makes slices.
  func schedule(_ program: inout ScanProgram) -> ScanSchedule? {
    guard case .direct(let slots) = grouping.way, blocks.addresses.count > 1 else { return nil }
    for position in grouping.keys.indices where grouping.determinants[position] == nil {
      guard let key = sliceKey(position, program), let visits = visits(key) else { continue }
      let stride = grouping.strides[position]
      let numbers = grouping.keys[position].count ?? 1
      var slices: [UInt32] = [0]
      for slot in 1..<slots {
        slices.append(UInt32(truncatingIfNeeded: UInt64(slot - 1) / stride % numbers))
      }
      return ScanSchedule(
        parts: parts(visits, key, &program),
        slices: slices,
        slotsPerSlice: position == grouping.keys.count - 1 ? Int(stride) : nil,
        pivot: key.column
      )
    }
    return nil
  }

  private func sliceKey(_ position: Int, _ program: ScanProgram) -> SliceKey? {
    let key = grouping.keys[position]
    let pivot: Int
    let low: Int64
    var table: [UInt32]?
    switch key.way {
    case .affine(let first): (pivot, low) = (key.node, first)
    case .table(let node, let first, let numbers, _, _):
      // Slices follow the column's order when each number is the last one or the next.
      var last: UInt32 = 0
      for number in numbers.dropFirst().dropLast() {
        guard number == last && last > 0 || number == last + 1 else { return nil }
        last = number
      }
      (pivot, low, table) = (node, first, numbers)
    case .integer, .pattern: return nil
    }
    guard case .column(let column) = program.values[pivot].operation else { return nil }
    return SliceKey(
      position: position,
      pivot: pivot,
      column: column,
      field: program.columns[column].index,
      low: low,
      numbers: table
    )
  }

  /// Returns visits in the order of their slices; nil when blocks have too many.
  private func visits(_ key: SliceKey) -> [ScanSchedule.Visit]? {
    var visits: [ScanSchedule.Visit] = []
    let most = SlicePlanner.visitsPerBlock * blocks.addresses.count
    var slices = 0
    for (block, address) in blocks.addresses.enumerated() {
      let map = blocks.zoneMap(key.field, of: address)
      guard map.nullCount == 0, case .integers(let minimum, let maximum) = map.bounds else {
        return nil
      }
      let range = key.slice(minimum)...key.slice(maximum)
      slices += range.count
      guard slices <= most else { return nil }
      visits.append(ScanSchedule.Visit(block: block, slices: range))
    }
    visits.sort {
      ($0.slices.lowerBound, $0.slices.upperBound, $0.block) < (
        $1.slices.lowerBound, $1.slices.upperBound, $1.block
      )
    }
    return divided(visits)
  }

  /// Divides visits of several slices of which another visit has rows too, so that slices come one
  /// after the other.
  private func divided(_ visits: [ScanSchedule.Visit]) -> [ScanSchedule.Visit] {
    var result: [ScanSchedule.Visit] = []
    var highest: UInt32 = 0
    for (place, visit) in visits.enumerated() {
      let next = place + 1 < visits.count ? visits[place + 1].slices.lowerBound : .max
      if highest > visit.slices.lowerBound || next < visit.slices.upperBound {
        for slice in visit.slices {
          result.append(ScanSchedule.Visit(block: visit.block, slices: slice...slice))
        }
      } else {
        result.append(visit)
      }
      highest = max(highest, visit.slices.upperBound)
    }
    return result.sorted {
      ($0.slices.lowerBound, $0.slices.upperBound, $0.block)
        < ($1.slices.lowerBound, $1.slices.upperBound, $1.block)
    }
  }

  /// Cuts visits into parts that share no slice; large ones come first.
  private func parts(
    _ visits: [ScanSchedule.Visit],
    _ key: SliceKey,
    _ program: inout ScanProgram
  ) -> [[ScanSchedule.Visit]] {
    var parts: [[ScanSchedule.Visit]] = []
    var part: [ScanSchedule.Visit] = []
    var left = visits.count
    var size = 0
    for (place, visit) in visits.enumerated() {
      var visit = visit
      left -= 1
      size += 1
      let isLast = place + 1 == visits.count
      let next = isLast ? .max : visits[place + 1].slices.lowerBound
      let wanted = max(1, (left + size) / (threads * SlicePlanner.partsPerThread))
      if !isLast && size >= wanted {
        if next > visit.slices.upperBound {
          parts.append(part + [visit])
          (part, size) = ([], 0)
          continue
        }
        if visit.slices.count > 1 {
          var head = visit
          head.slices = visit.slices.lowerBound...(visit.slices.upperBound - 1)
          parts.append(part + [head])
          visit.slices = visit.slices.upperBound...visit.slices.upperBound
          (part, size) = ([], 0)
        }
      }
      part.append(visit)
    }
    if !part.isEmpty { parts.append(part) }
    return conditioned(parts, key, &program)
  }

  /// Adds the conditions of visits that do not take their whole block, and of single slices.
  private func conditioned(
    _ parts: [[ScanSchedule.Visit]],
    _ key: SliceKey,
    _ program: inout ScanProgram
  ) -> [[ScanSchedule.Visit]] {
    var visited: Set<Int> = []
    var conditions: [ClosedRange<UInt32>: Int] = [:]
    func condition(_ slices: ClosedRange<UInt32>) -> Int {
      if let known = conditions[slices] { return known }
      let values = key.values(slices)
      program.conditions.append(
        .range(of: key.pivot, low: values.lowerBound, high: values.upperBound)
      )
      conditions[slices] = program.conditions.count - 1
      return program.conditions.count - 1
    }
    return parts.map { part in
      part.map { visit in
        var visit = visit
        visit.isFirst = visited.insert(visit.block).inserted
        let map = blocks.zoneMap(key.field, of: blocks.addresses[visit.block])
        if case .integers(let minimum, let maximum) = map.bounds,
          key.slice(minimum)...key.slice(maximum) != visit.slices
        {
          visit.condition = condition(visit.slices)
        }
        guard visit.slices.count > 1 else { return visit }
        for slice in visit.slices {
          let isFirst = visit.isFirst && slice == visit.slices.lowerBound
          visit.pieces.append(
            ScanSchedule.Visit(
              block: visit.block,
              condition: condition(slice...slice),
              isFirst: isFirst,
              slices: slice...slice
            )
          )
        }
        return visit
      }
    }
  }
}
