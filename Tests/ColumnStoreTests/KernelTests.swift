import TestKit
import Testing

@testable import ColumnStore

/// Kernels against loops of one line, at sizes around words, strips and blocks.
@Suite struct KernelTests {
  static let sizes = [0, 1, 63, 64, 65, 4_095, 4_096, 4_097, 65_535, 65_536]

  private func bits(_ rows: Int, _ holds: (Int) -> Bool) -> [UInt64] {
    var words = [UInt64](repeating: 0, count: (rows + 63) / 64)
    for row in 0..<rows where holds(row) { words[row / 64] |= 1 << UInt64(row % 64) }
    return words
  }

  private func values<Code: LaneCode>(_ rows: Int, as type: Code.Type) -> [Code] {
    var random = SeededRandom(seed: UInt64(rows) &+ UInt64(Code.bitWidth))
    return (0..<rows).map { _ in Code(truncatingIfNeeded: random.next()) }
  }

  @Test(arguments: sizes)
  func rangesOfEveryWidth(rows: Int) {
    ranges(values(rows, as: UInt8.self), low: 17, high: 99)
    ranges(values(rows, as: UInt16.self), low: 0, high: 9_000)
    ranges(values(rows, as: UInt32.self), low: 1 << 31, high: .max)
    ranges(values(rows, as: UInt64.self), low: 5, high: 1 << 63)
    ranges(values(rows, as: Int64.self), low: -(1 << 62), high: 1 << 60)
  }

  private func ranges<Code: LaneCode>(_ codes: [Code], low: Code, high: Code) {
    var words = [UInt64](repeating: .max, count: (codes.count + 63) / 64)
    var span = words.mutableSpan
    CompareKernel.range(codes.span, low: low, high: high, count: codes.count, into: &span)
    #expect(words == bits(codes.count) { codes[$0] >= low && codes[$0] <= high })
  }

  @Test(arguments: sizes)
  func sumsOfEveryWidthAreExact(rows: Int) {
    sums(values(rows, as: UInt8.self))
    sums(values(rows, as: UInt16.self))
    sums(values(rows, as: UInt32.self))
    sums(values(rows, as: UInt64.self))
    sums(values(rows, as: Int64.self))
    sums([UInt64](repeating: .max, count: rows))
    sums([Int64](repeating: .min, count: rows))
  }

  private func sums<Code: LaneCode>(_ codes: [Code]) {
    let expected = codes.reduce(Int128(0)) { $0 + Int128($1) }
    #expect(SumKernel.all(codes.span, count: codes.count) == expected)
    let words = bits(codes.count) { $0 % 3 == 1 }
    let some = codes.enumerated().reduce(Int128(0)) {
      $1.offset % 3 == 1 ? $0 + Int128($1.element) : $0
    }
    #expect(SumKernel.masked(codes.span, words.span, count: codes.count) == some)
  }

  @Test(arguments: sizes)
  func bitmapsSelectAndCompact(rows: Int) {
    let words = bits(rows) { $0 % 5 < 2 }
    let expected = (0..<rows).filter { $0 % 5 < 2 }
    #expect(BitmapKernel.count(words.span, count: words.count) == expected.count)
    var selection = [UInt16](repeating: 0, count: words.count * 64)
    var span = selection.mutableSpan
    let found = BitmapKernel.select(words.span, count: words.count, into: &span)
    #expect(selection[..<found].map { Int($0) } == expected)
    let others = bits(rows) { $0 % 2 == 0 }
    var compact = [UInt64](repeating: 7, count: words.count)
    var compactSpan = compact.mutableSpan
    BitmapKernel.compact(
      others.span,
      keeping: words.span,
      count: words.count,
      into: &compactSpan
    )
    let wanted = bits(found) { expected[$0] % 2 == 0 }
    #expect(Array(compact[..<wanted.count]) == wanted)
    var inverted = words
    var invertedSpan = inverted.mutableSpan
    BitmapKernel.invert(&invertedSpan, rows: rows)
    #expect(inverted == bits(rows) { $0 % 5 >= 2 })
  }

  @Test(arguments: sizes)
  func groupsAddUp(rows: Int) {
    let codes = values(rows, as: UInt16.self)
    let slots = (0..<rows).map { UInt32($0 * 7 % 11) }
    var expected = [Int64](repeating: 0, count: 11)
    var counts = expected
    for row in 0..<rows {
      expected[Int(slots[row])] += -9 + 4 * Int64(codes[row])
      counts[Int(slots[row])] += 1
    }
    var sums = [Int64](repeating: 0, count: 11)
    var sumSpan = sums.mutableSpan
    GroupKernel.sum(
      codes.span,
      slots.span,
      base: -9,
      multiplier: 4,
      rows: rows,
      into: &sumSpan
    )
    #expect(sums == expected)
    var replicated = [Int64](repeating: 0, count: 11 * GroupKernel.replicas)
    var replicatedSpan = replicated.mutableSpan
    GroupKernel.sumReplicated(
      codes.span,
      slots.span,
      base: -9,
      multiplier: 4,
      rows: rows,
      into: &replicatedSpan
    )
    #expect(folded(replicated) == expected)
    var countReplicas = [Int64](repeating: 0, count: 11 * GroupKernel.replicas)
    var countSpan = countReplicas.mutableSpan
    GroupKernel.countReplicated(slots.span, rows: rows, into: &countSpan)
    #expect(folded(countReplicas) == counts)
  }

  private func folded(_ states: [Int64]) -> [Int64] {
    stride(from: 0, to: states.count, by: GroupKernel.replicas).map {
      states[$0..<($0 + GroupKernel.replicas)].reduce(0, +)
    }
  }

  @Test(arguments: sizes)
  func slotsAreSumsOfParts(rows: Int) {
    let codes = values(rows, as: UInt8.self)
    let valid = bits(rows) { $0 % 4 != 0 }
    let origin = TableKernel.Origin(offset: -3, multiplier: 1, entries: 100)
    let parts = (0..<102).map { UInt32($0 * $0) }
    func entry(_ code: UInt8) -> Int { code < 3 || code >= 103 ? 101 : Int(code) - 3 + 1 }
    var slots = [UInt32](repeating: 5, count: rows)
    var span = slots.mutableSpan
    SlotKernel.addTable(codes.span, origin, parts.span, valid: valid.span, count: rows, to: &span)
    #expect(slots == (0..<rows).map { 5 + ($0 % 4 == 0 ? 0 : parts[entry(codes[$0])]) })
    var affine = [UInt64](repeating: 1, count: rows)
    var affineSpan = affine.mutableSpan
    SlotKernel.addAffine(
      codes.span,
      offset: 10,
      multiplier: 3,
      valid: valid.span,
      count: rows,
      to: &affineSpan
    )
    #expect(affine == (0..<rows).map { 1 + ($0 % 4 == 0 ? 0 : 10 + 3 * UInt64(codes[$0])) })
  }

  @Test func hashGroupsNumberKeysByFirstSight() {
    var random = SeededRandom(seed: 5)
    var words = WordGroups()
    var tuples = TupleGroups(width: 2)
    var known: [UInt64: UInt32] = [:]
    let keys = (0..<20_000).map { _ in random.next() % 7_000 &* 0x1_0000_0001 }
    var slots = [UInt32](repeating: 0, count: keys.count)
    var span = slots.mutableSpan
    words.insert(keys.span, count: keys.count, into: &span)
    for (row, key) in keys.enumerated() {
      let id = known[key] ?? UInt32(known.count + 1)
      known[key] = id
      #expect(slots[row] == id)
      #expect(tuples.insert([key, key ^ 1].span, at: 0) == id)
    }
    #expect(words.keys.count == known.count)
    #expect(tuples.count == known.count)
  }

  @Test func firstRowsOfAnOrderAreThoseOfTheSortedWhole() {
    var random = SeededRandom(seed: 8)
    let values = (0..<500).map { _ in Int.random(in: 0..<50, using: &random) }
    func precedes(_ left: Int, _ right: Int) -> Bool {
      (values[left], left) < (values[right], right)
    }
    let sorted = (0..<500).sorted(by: precedes)
    for limit in [1, 2, 17, 499, 500, 900] {
      var heap = SlotHeap(limit: limit)
      for row in 0..<500 {
        let isFirst = heap.worst.map { precedes(row, $0) } ?? true
        #expect(heap.offer(row, precedes) == isFirst)
      }
      #expect(heap.slots.sorted(by: precedes) == Array(sorted.prefix(limit)))
    }
  }
}

@Suite struct CalendarKernelTests {
  /// Walks day by day from 1600 to 2420, over all kinds of leap years.
  @Test func everyDayHasItsDate() {
    var year: Int64 = 1_600
    var month: Int64 = 1
    var day: Int64 = 1
    var number = CalendarKernel.days(1_600, 1, 1)
    #expect(CalendarKernel.days(1_970, 1, 1) == 0)
    while year < 2_420 {
      let date = CalendarKernel.civil(number)
      if date != CalendarKernel.Civil(year: year, month: month, day: day)
        || CalendarKernel.days(year, month, day) != number
      {
        Issue.record("day \(number) is \(date), not \(year)-\(month)-\(day)")
        return
      }
      number += 1
      day += 1
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
      if day > lengths[Int(month) - 1] { (month, day) = (month + 1, 1) }
      if month > 12 { (year, month) = (year + 1, 1) }
    }
  }

  @Test(
    arguments: [
      (2_026, 1, 1, 1), (2_024, 12, 30, 1), (2_021, 1, 3, 53), (2_020, 12, 31, 53),
      (2_016, 1, 4, 1), (2_015, 12, 31, 53), (2_026, 11, 22, 47), (1_969, 12, 31, 1),
    ] as [(Int64, Int64, Int64, Int64)]
  )
  func weeksAreThoseOfTheStandard(year: Int64, month: Int64, day: Int64, week: Int64) {
    #expect(CalendarKernel.isoWeek(CalendarKernel.days(year, month, day)) == week)
  }

  @Test func periodsBeginWhereTheyShould() {
    func start(_ date: (Int64, Int64, Int64), _ unit: CalendarUnit, _ fiscal: Int64) -> Int64 {
      CalendarKernel.start(
        CalendarKernel.days(date.0, date.1, date.2),
        unit,
        weekStart: 7,
        fiscalStart: fiscal
      )
    }
    func day(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
      CalendarKernel.days(year, month, day)
    }
    #expect(start((2_026, 11, 22), .week, 4) == day(2_026, 11, 22))
    #expect(start((2_026, 11, 21), .week, 4) == day(2_026, 11, 15))
    #expect(start((2_026, 3, 31), .fiscalYear, 4) == day(2_025, 4, 1))
    #expect(start((2_026, 4, 1), .fiscalYear, 4) == day(2_026, 4, 1))
    #expect(start((2_026, 1, 15), .fiscalQuarter, 2) == day(2_025, 11, 1))
    #expect(start((2_026, 12, 15), .fiscalQuarter, 12) == day(2_026, 12, 1))
    #expect(start((2_026, 2, 28), .fiscalQuarter, 12) == day(2_025, 12, 1))
    #expect(start((2_026, 8, 9), .quarter, 4) == day(2_026, 7, 1))
    #expect(start((2_026, 8, 9), .year, 4) == day(2_026, 1, 1))
  }

  @Test func absurdDaysDoNotTrap() {
    for days in [Int64.min, .min + 1, -1, 0, .max - 1, .max] {
      for unit in CalendarUnit.allCases {
        _ = CalendarKernel.start(days, unit, weekStart: 1, fiscalStart: 4)
      }
      _ = CalendarKernel.isoWeek(days)
      var values = [days]
      var span = values.mutableSpan
      CalendarKernel.days(ofInstants: &span, count: 1)
      CalendarKernel.hours(ofInstants: &span, count: 1)
    }
  }
}
