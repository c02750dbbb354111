import TestKit
import Testing

@testable import ColumnStore

/// A table whose orders and customers come in one of several arrangements, in many small segments.
private struct DistinctFixture {
  /// How the order numbers of batches lie to each other.
  enum Arrangement: CaseIterable {
    /// Each batch goes on where the last one ended; its rows are in order.
    case ascending
    /// The same, but rows of a batch are mixed, their days too.
    case mixed
    /// Batches overlap by half.
    case overlapping
    /// The first batch has the whole range, the others lie inside.
    case nested
    /// The last order of a batch is the first of the next one.
    case touching
    /// Every order has many lines.
    case deep
  }

  struct Row {
    var day: Int64
    var order: Int64
    var customer: Int64?
    var sku: Int64
    var status: Int64
  }

  private static func schema(_ arrangement: Arrangement) -> TableSchema {
    TableSchema(
      name: "lines",
      fields: [
        Field("id", .int64), Field("day", .date), Field("order", .int64),
        Field("customer", .int64, nullable: true), Field("sku", .int64), Field("status", .int32),
      ],
      primaryKey: ["id"],
      sortOrder: arrangement == .mixed ? [] : ["day"]
    )
  }

  let snapshot: Snapshot
  let rows: [Row]

  init(_ arrangement: Arrangement, seed: UInt64, batches: Int = 12, size: Int = 120) throws {
    var random = SeededRandom(seed: seed)
    let store = try Store.open(MemoryDirectory(), mode: .readWrite)
    var kept: [Int64: Row] = [:]
    for batch in 0..<batches {
      var made: [(id: Int64, row: Row)] = []
      for place in 0..<size {
        let order = Self.order(arrangement, batch, place, size, &random)
        let isLate = batch == 5 && Int.random(in: 0..<30, using: &random) == 0
        let day =
          isLate
          ? Int64.random(in: 0..<120, using: &random)
          : Int64(batch * 10 + (arrangement == .mixed ? place * 7 % size : place) / 6)
        let isOld = batch > 0 && Int.random(in: 0..<9, using: &random) == 0
        let id = (isOld ? (batch - 1) : batch) * size + place
        made.append(
          (
            Int64(id),
            Row(
              day: 20_000 + day,
              order: order,
              customer: Int.random(in: 0..<8, using: &random) == 0
                ? nil : Int64.random(in: 0..<150, using: &random),
              sku: Int64.random(in: 0..<40, using: &random),
              status: Int64.random(in: 0..<4, using: &random)
            )
          )
        )
      }
      for (id, row) in made { kept[id] = row }
      let columns = Self.batch(made)
      try store.write { transaction in
        try transaction.declare(Self.schema(arrangement))
        _ = try transaction.upsert(columns, into: "lines")
      }
    }
    snapshot = try store.snapshot()
    rows = Array(kept.values)
  }

  private static func order(
    _ arrangement: Arrangement,
    _ batch: Int,
    _ place: Int,
    _ size: Int,
    _ random: inout SeededRandom
  ) -> Int64 {
    switch arrangement {
    case .ascending: Int64(batch * size + place / 2)
    case .mixed: Int64(batch * size + Int.random(in: 0..<size, using: &random))
    case .overlapping: Int64(batch * size / 2 + place)
    case .nested:
      batch == 0
        ? Int64(place * 20) : Int64(batch * 100 + Int.random(in: 0..<80, using: &random))
    case .touching: Int64(batch * (size - 1) + place)
    case .deep: Int64(batch * size + place / 30)
    }
  }

  private static func batch(_ made: [(id: Int64, row: Row)]) -> RowBatch {
    let flags = made.map { $0.row.customer == nil }
    return RowBatch(
      columns: [
        "id": .integers(made.map(\.id), nulls: .none),
        "day": .integers(made.map(\.row.day), nulls: .none),
        "order": .integers(made.map(\.row.order), nulls: .none),
        "customer": .integers(
          made.map { $0.row.customer ?? 0 },
          nulls: flags.contains(true) ? RowNulls(flags: flags) : .none
        ),
        "sku": .integers(made.map(\.row.sku), nulls: .none),
        "status": .integers(made.map(\.row.status), nulls: .none),
      ],
      rowCount: made.count
    )
  }
}

@Suite struct DistinctTests {
  private static let month = Expression.truncated(.column("day"), to: .month, CalendarRule())
  private static let week = Expression.truncated(.column("day"), to: .week, CalendarRule())
  private static let someStatus = Predicate.compare(
    .column("status"),
    .less,
    .literal(.integer(3), .int32)
  )

  private static let plans: [ScanPlan] = {
    let keys: [[Expression]] = [
      [], [.column("status")], [.column("sku")], [month], [.column("sku"), month],
      [week, .column("status")], [.column("customer")], [.column("day")],
    ]
    return keys.flatMap { keys in
      [Predicate.constant(true), someStatus].map { filter in
        ScanPlan(
          table: "lines",
          filter: filter,
          keys: keys.enumerated().map { ScanPlan.Key("k\($0.offset)", $0.element) },
          aggregates: [
            Aggregate("orders", .countDistinct([.column("order")])),
            Aggregate("customers", .countDistinct([.column("customer")])),
            Aggregate("some", .countDistinct([.column("order")]), filter: someStatus),
            Aggregate("pairs", .countDistinct([.column("order"), .column("sku")])),
            Aggregate("rows", .countRows),
          ]
        )
      }
    }
  }()

  /// Counts with sets of rows, without any code of the executor but its calendar.
  private func expected(_ plan: ScanPlan, _ rows: [DistinctFixture.Row]) -> [[Int64?]: [Int64]] {
    var groups: [[Int64?]: [DistinctFixture.Row]] = plan.keys.isEmpty ? [[]: []] : [:]
    for row in rows where plan.filter == .constant(true) || row.status < 3 {
      let key = plan.keys.map { key -> Int64? in
        switch key.expression {
        case .column("status"): row.status
        case .column("sku"): row.sku
        case .column("customer"): row.customer
        case .column("day"): row.day
        case Self.month: CalendarKernel.start(row.day, .month, weekStart: 1, fiscalStart: 4)
        default: CalendarKernel.start(row.day, .week, weekStart: 1, fiscalStart: 4)
        }
      }
      groups[key, default: []].append(row)
    }
    return groups.mapValues { rows in
      [
        Int64(Set(rows.map(\.order)).count), Int64(Set(rows.compactMap(\.customer)).count),
        Int64(Set(rows.filter { $0.status < 3 }.map(\.order)).count),
        Int64(Set(rows.map { [$0.order, $0.sku] }).count), Int64(rows.count),
      ]
    }
  }

  private func answers(_ table: ResultTable, keys: Int) -> [[Int64?]: [Int64]] {
    var result: [[Int64?]: [Int64]] = [:]
    let columns = table.columns.map { column -> [Int64?] in
      if case .integers(let values) = column.values { values } else { [] }
    }
    for row in 0..<table.rowCount {
      result[columns[..<keys].map { $0[row] }] = columns[keys...].map { $0[row] ?? -1 }
    }
    return result
  }

  @Test(arguments: DistinctFixture.Arrangement.allCases, [UInt64(1), 2])
  fileprivate func everyWayCountsExactly(
    arrangement: DistinctFixture.Arrangement,
    seed: UInt64
  ) throws {
    let fixture = try DistinctFixture(arrangement, seed: seed)
    for tuning in [ScanTuning()] + ScanTuning.extremes {
      for threads in [1, 3] {
        let backend = LocalBackend(
          snapshot: fixture.snapshot,
          pool: ScanPool(threads: threads, inlineRows: 0),
          tuning: tuning
        )
        for plan in Self.plans {
          let table = try backend.executeNow(plan, limits: ScanLimits())
          let found = answers(table, keys: plan.keys.count)
          let difference = found == expected(plan, fixture.rows)
          try #require(difference, "\(arrangement), seed \(seed), \(threads) threads, \(plan.keys)")
        }
      }
    }
  }

  /// What the tests above and below rely on: that each way is taken by some of their plans.
  @Test func everyWayIsTaken() throws {
    var ways: Set<String> = []
    for arrangement in DistinctFixture.Arrangement.allCases {
      let fixture = try DistinctFixture(arrangement, seed: 1)
      for tuning in [ScanTuning()] + ScanTuning.extremes {
        for plan in Self.plans {
          let compiled = try CompiledPlan(
            plan,
            on: fixture.snapshot,
            attributes: AttributeCache(),
            bitBudget: 1 << 20,
            threads: 3,
            tuning: tuning
          )
          for distinct in compiled.distincts { ways.insert(name(distinct.way)) }
          if compiled.schedule.isSliced { ways.insert("slices") }
          let visits = compiled.schedule.parts.joined()
          if visits.contains(where: { $0.condition != nil }) { ways.insert("divided blocks") }
        }
      }
    }
    #expect(ways == ["clustered", "owners", "bits", "words", "slices", "divided blocks"])
  }

  private func name(_ way: DistinctPlan.Way) -> String {
    switch way {
    case .bits: "bits"
    case .clustered: "clustered"
    case .owners: "owners"
    case .words: "words"
    case .tuples: "tuples"
    }
  }
}

@Suite struct PairSetTests {
  @Test func aSetKeepsEachPairOnce() {
    var random = SeededRandom(seed: 5)
    var set = PairSet()
    for round in 0..<3 {
      set.clear(room: round * 1_000)
      var known: Set<UInt64> = []
      for _ in 0..<9_000 {
        let pair = random.next() % 4_000 + 1
        #expect(set.insert(pair) == known.insert(pair).inserted)
      }
      #expect(set.count == known.count)
      var listed: Set<UInt64> = []
      set.forEach { listed.insert($0) }
      #expect(listed == known)
    }
  }
}

@Suite struct DistinctKernelTests {
  private static let sizes = [0, 1, 63, 64, 65, 4_095, 4_096, 4_097, 65_535, 65_536]

  private struct Rows {
    var codes: [UInt32] = []
    var slots: [UInt32] = []
    var slices: [UInt32] = []

    /// Rows whose slots come slice by slice; slot 0 does not count.
    init(_ count: Int, seed: UInt64) {
      var random = SeededRandom(seed: seed)
      slices = [0] + (1..<41).map { UInt32(($0 - 1) / 10 + 1) }
      for row in 0..<count {
        let slice = row * 4 / max(1, count)
        let slot = slice * 10 + Int.random(in: 1...10, using: &random)
        slots.append(Int.random(in: 0..<4, using: &random) == 0 ? 0 : UInt32(slot))
        codes.append(UInt32.random(in: 0..<900, using: &random))
      }
    }

    /// How many different codes each slot has.
    func counts() -> [Int64] {
      var sets = [Set<UInt32>](repeating: [], count: 41)
      for (code, slot) in zip(codes, slots) where slot != 0 { sets[Int(slot)].insert(code) }
      return sets.map { Int64($0.count) }
    }

    func numbers() -> DistinctKernel.Rows {
      DistinctKernel.Rows(count: codes.count, offset: 1, multiplier: 1, last: 900, shift: 10)
    }
  }

  /// Counts by owners and a set of what they leave over.
  private func counts<Owner: LaneCode>(_ rows: Rows, isSliced: Bool, _: Owner.Type) -> [Int64] {
    var counts = [Int64](repeating: 0, count: 41)
    var owners = [Owner](repeating: 0, count: 901)
    var pairs = [UInt64](repeating: 0, count: rows.codes.count)
    var found = 0
    do {
      var countSpan = counts.mutableSpan
      var ownerSpan = owners.mutableSpan
      var pairSpan = pairs.mutableSpan
      found =
        isSliced
        ? DistinctKernel.claim(
          rows.codes.span,
          rows.numbers(),
          rows.slots.span,
          slices: rows.slices.span,
          owners: &ownerSpan,
          counts: &countSpan,
          conflicts: &pairSpan
        )
        : DistinctKernel.claim(
          rows.codes.span,
          rows.numbers(),
          rows.slots.span,
          lowest: 1,
          owners: &ownerSpan,
          counts: &countSpan,
          conflicts: &pairSpan
        )
    }
    for pair in Set(pairs.prefix(found)) { counts[Int(pair >> 10)] += 1 }
    counts[0] = 0
    return counts
  }

  @Test(arguments: sizes) func ownersAndConflictsMakeExactCounts(count: Int) {
    let rows = Rows(count, seed: 40 + UInt64(count))
    #expect(counts(rows, isSliced: false, UInt8.self) == rows.counts())
    #expect(counts(rows, isSliced: true, UInt16.self) == rows.counts())
    #expect(counts(rows, isSliced: true, UInt32.self) == rows.counts())
  }

  @Test(arguments: sizes) func rowsInOrderAreComparedWithTheOnesBefore(count: Int) {
    for repeats in [1, 3, 4, 5] {
      var random = SeededRandom(seed: 90 + UInt64(count))
      let codes = (0..<count).map { UInt16($0 / repeats % 60_000) }.sorted()
      let slots = (0..<count).map { _ in UInt32.random(in: 0..<4, using: &random) }
      var kept = [UInt32](repeating: 9, count: count)
      var span = kept.mutableSpan
      let isDeep = DistinctKernel.fresh(codes.span, slots.span, range: 0..<count, into: &span)
      #expect(isDeep == zip(codes, codes.dropFirst(DistinctKernel.lookback)).contains { $0 == $1 })
      if isDeep { continue }
      var seen: Set<[Int]> = []
      for row in 0..<count {
        let isNew = seen.insert([Int(codes[row]), Int(slots[row])]).inserted
        #expect(kept[row] == (isNew ? slots[row] : 0))
      }
    }
  }

  @Test(arguments: sizes) func aDescentIsFound(count: Int) {
    var codes = (0..<count).map { UInt32($0 / 2) }
    let isAscending = DistinctKernel.isAscending(codes.span)
    #expect(isAscending)
    guard count > 3 else { return }
    codes[count - 1] = codes[count - 2] - 1
    let isStillAscending = DistinctKernel.isAscending(codes.span)
    #expect(!isStillAscending)
  }
}
