import ColumnStore
import Commerce

/// Keeps each customer's first order exact while lines are added, changed and removed.
///
/// A line that is added can only make a history begin earlier, so its day is compared with the one
/// that is known. Where a line changed its customer or day, or went away, the customers concerned
/// are computed again from all lines.
struct CohortLedger {
  /// Answers a plan on what the transaction has.
  typealias Scan = (ScanPlan, Snapshot) throws(StoreError) -> ResultTable

  /// The columns whose former values have to be known.
  static let formerColumns = ["customer", "order_date", "ordered_at"]

  /// Customers that are looked up by name; above that the whole table is read.
  private static let lookupLimit = 4096

  /// What a customer has whose last line went away: any later line begins the history anew.
  ///
  /// The day is 9999-12-31; no line names such a customer, so no report shows it.
  private static let never = CohortRule(day: 2_932_896, instant: nil)

  private var candidates: [String: CohortRule] = [:]
  private var ids: [String: String] = [:]
  private var recomputed: Set<String> = []

  /// Takes the rows of a batch that were inserted or updated, and the former values of the updated.
  mutating func add(_ buyers: CanonicalPage.Buyers, outcome: UpsertOutcome) {
    var firsts = [CohortRule?](repeating: nil, count: buyers.keys.count)
    var updatedRows: [Int] = []
    for (row, kind) in outcome.kinds.enumerated() {
      if kind == .unchanged { continue }
      if kind == .updated { updatedRows.append(row) }
      let code = buyers.codes[row]
      if code == CanonicalPage.Buyers.none { continue }
      let instant = buyers.instants[row] == .max ? nil : buyers.instants[row]
      if firsts[Int(code)] == nil {
        firsts[Int(code)] = CohortRule(day: buyers.days[row], instant: instant)
      } else {
        firsts[Int(code)]?.add(day: buyers.days[row], instant: instant)
      }
    }
    for (code, first) in firsts.enumerated() {
      guard let first else { continue }
      let key = buyers.keys[code]
      ids[key] = buyers.ids[code]
      if candidates[key] == nil {
        candidates[key] = first
      } else {
        candidates[key]?.add(day: first.firstDay, instant: first.firstInstant)
      }
    }
    compare(outcome.replaced, buyers: buyers, updatedRows: updatedRows)
  }

  /// Takes rows that a slice replacement removed.
  mutating func remove(_ former: RowBatch) {
    for row in 0..<former.rowCount {
      if let customer = former.text("customer", row: row) { recomputed.insert(customer) }
    }
  }

  /// The former rows come in the order of the updated rows of the batch.
  private mutating func compare(
    _ former: RowBatch,
    buyers: CanonicalPage.Buyers,
    updatedRows: [Int]
  ) {
    for (index, row) in updatedRows.enumerated() where index < former.rowCount {
      guard let customer = former.text("customer", row: index) else { continue }
      let code = buyers.codes[row]
      let isSame =
        code != CanonicalPage.Buyers.none && buyers.keys[Int(code)] == customer
        && former.integer("order_date", row: index) == buyers.days[row]
        && former.integer("ordered_at", row: index) ?? .max == buyers.instants[row]
      if !isSame { recomputed.insert(customer) }
    }
  }

  /// Writes the customers whose first order is new or has changed.
  mutating func write(to transaction: WriteTransaction, scan: Scan) throws(StoreError) {
    guard !candidates.isEmpty || !recomputed.isEmpty else { return }
    let view = try transaction.view()
    let touched = Set(candidates.keys).union(recomputed)
    let known = try firsts(
      of: touched,
      table: CommerceTables.customer.name,
      columns: ("first_order_date", "first_ordered_at"),
      view: view,
      scan: scan
    )
    for (key, first) in known where !recomputed.contains(key) {
      candidates[key]?.add(day: first.firstDay, instant: first.firstInstant)
    }
    if !recomputed.isEmpty {
      let exact = try firsts(
        of: recomputed,
        table: CommerceTables.orderLine.name,
        columns: ("order_date", "ordered_at"),
        view: view,
        scan: scan
      )
      for key in recomputed {
        candidates[key] = exact[key] ?? (known[key] == nil ? nil : CohortLedger.never)
      }
    }
    let changed = candidates.filter { known[$0.key] != $0.value }
    guard !changed.isEmpty else { return }
    _ = try transaction.upsert(batch(changed), into: CommerceTables.customer.name)
  }

  /// Reads first orders from a table, grouped by customer.
  private func firsts(
    of customers: Set<String>,
    table: String,
    columns: (day: String, instant: String),
    view: Snapshot,
    scan: Scan
  ) throws(StoreError) -> [String: CohortRule] {
    guard let snapshot = view.table(table), snapshot.rowCount > 0 else { return [:] }
    var filter = Predicate.not(.isNull(.column("customer")))
    if customers.count <= CohortLedger.lookupLimit {
      filter = .oneOf(.column("customer"), customers.sorted().map { .string($0) })
    }
    let plan = ScanPlan(
      table: table,
      filter: filter,
      keys: [ScanPlan.Key("customer", .column("customer"))],
      aggregates: [
        Aggregate("day", .minimum(.column(columns.day))),
        Aggregate("instant", .minimum(.column(columns.instant))),
      ]
    )
    let result = try scan(plan, view)
    guard case .strings(let keys)? = result.column("customer")?.values,
      case .integers(let days)? = result.column("day")?.values,
      case .integers(let instants)? = result.column("instant")?.values
    else { throw .mismatch("the first orders of customers came in an unknown form") }
    var firsts: [String: CohortRule] = [:]
    for row in 0..<result.rowCount {
      guard let key = keys[row], let day = days[row], customers.contains(key) else { continue }
      firsts[key] = CohortRule(day: day, instant: instants[row])
    }
    return firsts
  }

  private func batch(_ customers: [String: CohortRule]) -> RowBatch {
    let sorted = customers.sorted { $0.key < $1.key }
    let instants = sorted.map(\.value.firstInstant)
    let flags = instants.map { $0 == nil }
    let columns: [String: RowBatch.Column] = [
      "customer": DimensionLedger.texts(sorted.map(\.key)),
      "customer_id": DimensionLedger.texts(sorted.map { id(of: $0.key) }),
      "first_order_date": .integers(sorted.map(\.value.firstDay), nulls: .none),
      "first_ordered_at": .integers(
        instants.map { $0 ?? 0 },
        nulls: flags.contains(true) ? RowNulls(flags: flags) : .none
      ),
    ]
    return RowBatch(columns: columns, rowCount: sorted.count)
  }

  /// The id that reports show.
  ///
  /// A customer that is only computed again was not in this file; its key
  /// tells the id: it is the hash itself, or what follows channel and account.
  private func id(of key: String) -> String {
    if let id = ids[key] { return id }
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
    case .integers, .doubles, nil: return nil
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
