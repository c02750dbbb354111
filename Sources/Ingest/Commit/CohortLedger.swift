import ColumnStore
import Commerce

/// Keeps each customer's first order exact while lines are added, changed and removed.
///
/// A line that is added can only make a history begin earlier, so its day is compared with the one
/// that is known. Where a line changed its customer or day, or went away, the customers concerned
/// are computed again from all lines. Customers are known by the codes of their keys, so that one
/// costs a few numbers whatever its key looks like.
struct CohortLedger {
  /// Answers a plan on what the transaction has.
  typealias Scan = (ScanPlan, Snapshot) throws(StoreError) -> ResultTable

  /// The columns whose former values have to be known.
  static let formerColumns = ["customer", "order_date", "ordered_at"]

  /// Customers that are looked up by name; above that the whole table is read.
  private static let lookupLimit = 4096
  /// Customers that are written at once.
  private static let batchRows = 1 << 18
  /// The dictionary of customers' keys, in every table.
  private static let dictionary = "customer"

  /// What a customer has whose last line went away: any later line begins the history anew.
  ///
  /// The day is 9999-12-31; no line names such a customer, so no report shows it.
  private static let never = First(day: 2_932_896, instant: First.noInstant)

  /// When a history began: the first order over all lines, whatever became of them; the order in which
  /// lines come makes no difference.
  private struct First: Equatable {
    static let noDay = Int64.max
    static let noInstant = Int64.max

    /// `noDay` where nothing is known.
    var day = First.noDay
    /// `noInstant` where no line tells one.
    var instant = First.noInstant

    mutating func add(_ other: First) {
      day = min(day, other.day)
      instant = min(instant, other.instant)
    }
  }

  /// A customer that the transaction touches.
  private struct Customer {
    /// The code of the key.
    let code: UInt32
    /// The place of the id that reports show; -1 where it has to be taken from the key.
    var id: Int32 = -1
    var isRecomputed = false
    /// The first of the lines that were added.
    var first = First()
  }

  private var numbers = KeyNumbers()
  private var customers: [Customer] = []
  private var ids = TextList()

  // MARK: Lines

  /// Takes the rows of a batch that were inserted or updated, and the former values of the updated.
  mutating func add(
    _ buyers: CanonicalPage.Buyers,
    outcome: UpsertOutcome,
    to transaction: WriteTransaction
  ) throws(StoreError) {
    let codes = try transaction.codes(of: buyers.keys, in: CohortLedger.dictionary)
    var firsts = [First](repeating: First(), count: codes.count)
    var updatedRows: [Int] = []
    for (row, kind) in outcome.kinds.enumerated() {
      if kind == .unchanged { continue }
      if kind == .updated { updatedRows.append(row) }
      let code = buyers.codes[row]
      if code == CanonicalPage.Buyers.none { continue }
      firsts[Int(code)].add(First(day: buyers.days[row], instant: buyers.instants[row]))
    }
    let touched = firsts.indices.filter { firsts[$0].day != First.noDay }
    for (place, number) in zip(touched, touch(touched.map { codes[$0] })) {
      customers[number].first.add(firsts[place])
      if customers[number].id < 0 {
        customers[number].id = Int32(ids.count)
        ids.append(place, of: buyers.keys, from: buyers.idStart)
      }
    }
    try compare(outcome.replaced, (buyers, codes), updatedRows: updatedRows, transaction)
  }

  /// Takes rows that were removed.
  mutating func remove(
    _ former: RowBatch,
    from transaction: WriteTransaction
  ) throws(StoreError) {
    let codes = try CohortLedger.codes(of: former, in: transaction)
    recompute(codes.compactMap { $0 })
  }

  /// The former rows come in the order of the updated rows of the batch.
  private mutating func compare(
    _ former: RowBatch,
    _ buyers: (CanonicalPage.Buyers, codes: [UInt32]),
    updatedRows: [Int],
    _ transaction: WriteTransaction
  ) throws(StoreError) {
    guard former.rowCount > 0 else { return }
    let (page, codes) = buyers
    let formerCodes = try CohortLedger.codes(of: former, in: transaction)
    var changed: [UInt32] = []
    for (index, row) in updatedRows.enumerated() where index < former.rowCount {
      guard let customer = formerCodes[index] else { continue }
      let code = page.codes[row]
      let isSame =
        code != CanonicalPage.Buyers.none && codes[Int(code)] == customer
        && former.integer("order_date", row: index) == page.days[row]
        && former.integer("ordered_at", row: index) ?? .max == page.instants[row]
      if !isSame { changed.append(customer) }
    }
    recompute(changed)
  }

  private mutating func recompute(_ codes: [UInt32]) {
    for number in touch(codes) { customers[number].isRecomputed = true }
  }

  /// Returns the places of customers, making them where they are new.
  private mutating func touch(_ codes: [UInt32]) -> [Int] {
    let found = numbers.numbers(of: codes.map { UInt64($0) })
    for (code, number) in zip(codes, found) where Int(number) == customers.count {
      customers.append(Customer(code: code))
    }
    return found.map { Int($0) }
  }

  /// The codes of the customers of rows; nil for none.
  private static func codes(
    of rows: RowBatch,
    in transaction: WriteTransaction
  ) throws(StoreError) -> [UInt32?] {
    let texts = (0..<rows.rowCount).map { rows.text("customer", row: $0) }
    let codes = try transaction.codes(of: TextList(texts.compactMap { $0 }), in: dictionary)
    var next = codes.makeIterator()
    return texts.map { $0 == nil ? nil : next.next() }
  }

  // MARK: Writing

  /// Writes the customers whose first order is new or has changed.
  mutating func write(to transaction: WriteTransaction, scan: Scan) throws(StoreError) {
    guard !customers.isEmpty else { return }
    let table = CommerceTables.customer.name
    let recomputed = customers.indices.filter { customers[$0].isRecomputed }
    var known = [First](repeating: First(), count: customers.count)
    if !recomputed.isEmpty || (transaction.base.table(table)?.rowCount ?? 0) > 0 {
      let view = try transaction.view()
      let written = Source(table: table, day: "first_order_date", instant: "first_ordered_at")
      let all = Array(customers.indices)
      for (number, first) in try read(all, from: written, view, transaction, scan) {
        known[number] = first
      }
      for number in customers.indices where customers[number].first.day != First.noDay {
        customers[number].first.add(known[number])
      }
      for number in recomputed {
        customers[number].first = known[number].day == First.noDay ? First() : CohortLedger.never
      }
      let lines = Source(
        table: CommerceTables.orderLine.name,
        day: "order_date",
        instant: "ordered_at"
      )
      for (number, first) in try read(recomputed, from: lines, view, transaction, scan)
      where customers[number].isRecomputed {
        customers[number].first = first
      }
    }
    let changed = customers.indices.filter {
      customers[$0].first.day != First.noDay && customers[$0].first != known[$0]
    }
    var start = 0
    while start < changed.count {
      let end = min(start + CohortLedger.batchRows, changed.count)
      _ = try transaction.upsert(batch(changed[start..<end], transaction), into: table)
      start = end
    }
  }

  /// A table with days and instants of customers.
  private struct Source {
    let table: String
    let day: String
    let instant: String
  }

  /// Reads first orders from a table, grouped by customer, and returns those of touched customers.
  private mutating func read(
    _ wanted: [Int],
    from source: Source,
    _ view: Snapshot,
    _ transaction: WriteTransaction,
    _ scan: Scan
  ) throws(StoreError) -> [(Int, First)] {
    guard !wanted.isEmpty, let table = view.table(source.table), table.rowCount > 0 else {
      return []
    }
    var filter = Predicate.not(.isNull(.column("customer")))
    if wanted.count <= CohortLedger.lookupLimit {
      var keys: [Scalar] = []
      for number in wanted { keys.append(.string(try text(number, transaction))) }
      filter = .oneOf(.column("customer"), keys)
    }
    var plan = ScanPlan(
      table: source.table,
      filter: filter,
      keys: [ScanPlan.Key("customer", .column("customer"))],
      aggregates: [
        Aggregate("day", .minimum(.column(source.day))),
        Aggregate("instant", .minimum(.column(source.instant))),
      ]
    )
    plan.isRaw = true
    let result = try scan(plan, view)
    guard case .coded(let keys)? = result.column("customer")?.values,
      case .integers(let days)? = result.column("day")?.values,
      case .integers(let instants)? = result.column("instant")?.values
    else { throw .mismatch("the first orders of customers came in an unknown form") }
    // Customers that nothing touched get numbers past those of the others, which nobody asks for.
    let found = numbers.numbers(of: keys.codes.map { UInt64($0) &- 1 })
    var firsts: [(Int, First)] = []
    for row in 0..<result.rowCount {
      guard Int(found[row]) < customers.count, let day = days[row] else { continue }
      let first = First(day: day, instant: instants[row] ?? First.noInstant)
      firsts.append((Int(found[row]), first))
    }
    return firsts
  }

  private func batch(
    _ numbers: ArraySlice<Int>,
    _ transaction: WriteTransaction
  ) throws(StoreError) -> RowBatch {
    var shown = TextList()
    for number in numbers {
      if customers[number].id >= 0 {
        shown.append(Int(customers[number].id), of: ids)
      } else {
        shown.append(CohortLedger.id(of: try text(number, transaction)))
      }
    }
    let instants = numbers.map { customers[$0].first.instant }
    let flags = instants.map { $0 == First.noInstant }
    let columns: [String: RowBatch.Column] = [
      "customer": .coded(numbers.map { customers[$0].code + 1 }),
      "customer_id": .texts(codes: Array(1...UInt32(numbers.count)), shown),
      "first_order_date": .integers(numbers.map { customers[$0].first.day }, nulls: .none),
      "first_ordered_at": .integers(
        zip(instants, flags).map { $1 ? 0 : $0 },
        nulls: flags.contains(true) ? RowNulls(flags: flags) : .none
      ),
    ]
    return RowBatch(columns: columns, rowCount: numbers.count)
  }

  private func text(
    _ number: Int,
    _ transaction: WriteTransaction
  ) throws(StoreError) -> String {
    try transaction.text(Int(customers[number].code), of: CohortLedger.dictionary)
  }

  /// The id that reports show of a customer that is only computed again, and so was not in this
  /// file: its key tells the id, it is the hash itself, or what follows channel and account.
  private static func id(of key: String) -> String {
    let parts = key.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
    return parts.count == 3 ? String(parts[2]) : key
  }
}

extension RowBatch {
  /// The text of a row; nil where it is null or the column is not there.
  func text(_ column: String, row: Int) -> String? {
    switch columns[column] {
    case .strings(let codes, let values, let nulls):
      return nulls.isNull(row) ? nil : values[Int(codes[row])]
    case .texts(let codes, let texts):
      return codes[row] == 0 ? nil : texts[Int(codes[row]) - 1]
    case .integers, .doubles, .coded, nil: return nil
    }
  }

  /// The integer of a row; nil where it is null or the column is not there.
  func integer(_ column: String, row: Int) -> Int64? {
    guard case .integers(let values, let nulls)? = columns[column], !nulls.isNull(row) else {
      return nil
    }
    return values[row]
  }
}
