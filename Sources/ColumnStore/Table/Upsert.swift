/// The decision what becomes of every row of one batch.
///
/// Within the batch, the best row of a key stays. It is then looked for among the pending rows, and
/// in the blocks of segments whose zone maps do not exclude the keys of the batch.
///
/// Most batches are new rows in some order, so two things are looked at first: keys that ascend are
/// all different, and a key with a text that the dictionary did not have is nowhere in the table.
struct Upsert {
  /// A batch in the columns of the table.
  struct Request {
    let columns: [ColumnRows]
    let rowCount: Int
    /// Columns whose former values are asked for.
    let returning: [Int]
    /// Rows that do not take part, or nothing when all do.
    var excluded: [Bool] = []
    /// For each key column the number of texts that its dictionary had before the batch, or nil
    /// where it has none; nothing where that is not known.
    var knownCodes: [Int?] = []
  }

  /// What becomes of a row that has the key of an existing one.
  private enum Verdict {
    /// The existing row stays.
    case keep
    /// The existing row is replaced by an equal one with a newer version.
    case refresh
    /// The existing row is replaced by other contents.
    case replace
  }

  /// The version of a row beside that of an existing one.
  private enum Age {
    case older
    case same
    case newer
  }

  /// Blocks that are searched before what was found in them is decided about, at most: enough for all
  /// cores, and few whose columns are held.
  private static let blocksAtOnce = 64
  /// How many times more blocks are searched after those in which some rows were not found.
  private static let roundGrowth = 8

  private let request: Request
  private let work: TableWork
  private let texts: WriteTransaction
  private var index: KeyIndex
  private var kinds: [UpsertOutcome.Kind]
  /// Rows that are not decided yet.
  private var isOpen: [Bool]
  /// The rows whose keys may be in the table.
  private var candidates: [Int] = []
  /// The candidates that are open.
  private var openCount = 0
  private var isAppended: [Bool]
  private var former: FormerRows

  /// The hashes of the rows' keys.
  var hashes: [UInt64] { index.hashes }

  init(_ request: Request, into work: TableWork, texts: WriteTransaction) {
    self.request = request
    self.work = work
    self.texts = texts
    var hashes = [UInt64](repeating: KeyHash.seed, count: request.rowCount)
    for column in work.keyColumns { request.columns[column].mix(into: &hashes) }
    self.index = KeyIndex(hashes: hashes, capacity: 0)
    self.kinds = Array(repeating: .unchanged, count: request.rowCount)
    self.isOpen = Array(repeating: false, count: request.rowCount)
    self.isAppended = Array(repeating: false, count: request.rowCount)
    self.former = FormerRows(schema: work.schema, columns: request.returning)
  }

  /// Decides about every row, and marks the replaced ones.
  mutating func resolve() throws(StoreError) {
    let areKeysDifferent =
      texts.hasShortcuts && request.excluded.isEmpty && keysAscend()
    if areKeysDifferent {
      isOpen = Array(repeating: true, count: request.rowCount)
    } else {
      index = KeyIndex(hashes: hashes, capacity: request.rowCount)
      try chooseWithinBatch()
    }
    findCandidates()
    if areKeysDifferent, !candidates.isEmpty {
      index = KeyIndex(hashes: hashes, capacity: candidates.count)
      for row in candidates { index.insert(row) }
    }
    try findPending()
    try waitForWriting()
    try findInSegments()
    for row in isOpen.indices where isOpen[row] {
      kinds[row] = .inserted
      isAppended[row] = true
    }
  }

  /// The rows that become part of the table, in the order of the batch.
  var rowsToAppend: RowList {
    guard isAppended.contains(false) else { return .range(isAppended.indices) }
    return .chosen(isAppended.indices.filter { isAppended[$0] })
  }

  /// What the caller gets.
  func outcome() throws(StoreError) -> UpsertOutcome {
    try UpsertOutcome(kinds: kinds, replaced: former.batch(texts: texts))
  }

  /// Tells whether the keys of the batch ascend strictly by its key columns in some order, each
  /// column first once.
  private func keysAscend() -> Bool {
    for first in work.keyColumns {
      let order = [first] + work.keyColumns.filter { $0 != first }
      if request.rowCount < 2 || keysAscend(by: order) { return true }
    }
    return false
  }

  private func keysAscend(by order: [Int]) -> Bool {
    var previous = 0
    for row in 1..<request.rowCount {
      var isLater = false
      for column in order {
        let comparison = request.columns[column].keyOrder(previous, row)
        if comparison == 0 { continue }
        guard comparison < 0 else { return false }
        isLater = true
        break
      }
      guard isLater else { return false }
      previous = row
    }
    return true
  }

  /// Finds the open rows all of whose texts the dictionaries had before the batch.
  private mutating func findCandidates() {
    candidates = isOpen.indices.filter { isOpen[$0] }
    for (column, count) in zip(work.keyColumns, request.knownCodes) {
      guard let count else { continue }
      let codes = request.columns[column].codes
      candidates = candidates.filter { Int(codes[$0]) < count }
    }
    openCount = candidates.count
  }

  /// A segment that is being written can be searched when it is there; most batches have none of
  /// its keys, and need not wait.
  private func waitForWriting() throws(StoreError) {
    guard openCount > 0, let keys = work.writing?.rows.keys else { return }
    let isThere = candidates.contains { isOpen[$0] && keys.contains(index.hashes[$0]) }
    if isThere { try texts.endFlush() }
  }

  private mutating func chooseWithinBatch() throws(StoreError) {
    for row in 0..<request.rowCount where request.excluded.isEmpty || !request.excluded[row] {
      let hash = index.hashes[row]
      var place = index.start(hash)
      var earlier: Int?
      while earlier == nil, let candidate = index.next(&place, hash: hash) {
        if keysAreEqual(row, request.columns, candidate) { earlier = candidate }
      }
      guard let earlier else {
        index.insert(row)
        isOpen[row] = true
        continue
      }
      var existing = ExistingRows(request.columns)
      switch try verdicts([row], &existing, [earlier])[0] {
      case .keep: continue
      case .refresh, .replace:
        index.replace(earlier, by: row)
        isOpen[earlier] = false
        isOpen[row] = true
      }
    }
  }

  private mutating func findPending() throws(StoreError) {
    guard work.pendingCount > 0, !candidates.isEmpty else { return }
    var rows: [Int] = []
    var pendingRows: [Int] = []
    for row in candidates {
      let hash = index.hashes[row]
      var place = work.pendingRows.keys.start(hash)
      while let candidate = work.pendingRows.keys.next(&place, hash: hash) {
        guard keysAreEqual(row, work.pending, candidate) else { continue }
        rows.append(row)
        pendingRows.append(candidate)
        break
      }
    }
    var existing = ExistingRows(work.pending)
    let verdicts = try verdicts(rows, &existing, pendingRows)
    for i in rows.indices {
      isOpen[rows[i]] = false
      openCount -= 1
      if verdicts[i] == .replace {
        kinds[rows[i]] = .updated
        former.append(work.pending, rows: [pendingRows[i]], batchRows: [rows[i]])
      }
      if verdicts[i] != .keep {
        work.replacePending(pendingRows[i], by: request.columns, row: rows[i])
      }
    }
  }

  private mutating func findInSegments() throws(StoreError) {
    guard openCount > 0 else { return }
    let search = SegmentSearch(
      candidates.filter { isOpen[$0] },
      of: request.columns,
      keyColumns: work.keyColumns,
      index: index,
      in: work.segments.map(\.segment)
    )
    let places = search.places
    var first = 0
    // One block first, since it may have all rows.
    var count = 1
    while first < places.count, openCount > 0 {
      let round = places[first..<min(first + count, places.count)]
      let columns = [work.versionColumn, work.comparedColumns.first].compactMap { $0 }
      let results = search.find(in: round, reading: columns)
      for (place, result) in zip(round, results) where openCount > 0 {
        guard let found = try result.get() else { continue }
        try take(found, inBlock: place.block, ofSegment: place.segment)
      }
      first += round.count
      count = min(count * Upsert.roundGrowth, Upsert.blocksAtOnce)
    }
  }

  /// Decides about rows of the batch that have the keys of rows of a block.
  private mutating func take(
    _ found: SegmentSearch.Found,
    inBlock block: Int,
    ofSegment place: Int
  ) throws(StoreError) {
    let start = work.segments[place].segment.blockRange(block).lowerBound
    let deletions = work.segments[place].deletions
    let kept = found.rows.indices.filter {
      isOpen[found.rows[$0]] && !deletions.contains(start + found.positions[$0])
    }
    guard !kept.isEmpty else { return }
    var existing = found.existing
    let rows = kept.map { found.rows[$0] }
    let verdicts = try verdicts(rows, &existing, kept)
    if verdicts.contains(.replace) {
      for column in request.returning { try existing.read(column) }
    }
    for (row, (verdict, number)) in zip(rows, zip(verdicts, kept)) {
      let position = start + found.positions[number]
      isOpen[row] = false
      openCount -= 1
      switch verdict {
      case .keep:
        if let count = work.kept?.count, place < count { work.kept?[place].insert(position) }
      case .refresh, .replace:
        work.delete(position, ofSegment: place)
        isAppended[row] = true
        if verdict == .replace {
          kinds[row] = .updated
          former.append(existing.columns, rows: [number], batchRows: [row])
        }
      }
    }
  }

  private func keysAreEqual(_ row: Int, _ other: [ColumnRows], _ otherRow: Int) -> Bool {
    work.keyColumns.allSatisfy {
      request.columns[$0].equals(row, other[$0], row: otherRow)
    }
  }

  private func verdicts(
    _ rows: [Int],
    _ existing: inout ExistingRows,
    _ existingRows: [Int]
  ) throws(StoreError) -> [Verdict] {
    var ages = [Age](repeating: .same, count: rows.count)
    if let version = work.versionColumn {
      try existing.read(version)
      for i in rows.indices {
        let new = request.columns[version].version(rows[i])
        let old = existing.columns[version].version(existingRows[i])
        ages[i] = new < old ? .older : new > old ? .newer : .same
      }
    }
    // Rows that stay whatever they have need not be compared.
    var isEqual = ages.map { $0 != .older }
    for column in work.comparedColumns {
      let count = isEqual.count { $0 }
      guard count > 0 else { break }
      try existing.read(column)
      let values = existing.columns[column]
      request.columns[column].compare(rows, values, existingRows, into: &isEqual)
      if isEqual.count(where: { $0 }) * 2 < count { work.compareFirst(column) }
    }
    var verdicts: [Verdict] = []
    verdicts.reserveCapacity(rows.count)
    for i in rows.indices {
      switch ages[i] {
      case .older: verdicts.append(.keep)
      case .newer: verdicts.append(isEqual[i] ? .refresh : .replace)
      case .same where isEqual[i]: verdicts.append(.keep)
      case .same where work.versionColumn == nil: verdicts.append(.replace)
      case .same:
        for column in work.contentColumns { try existing.read(column) }
        let new = try contentHash(request.columns, rows[i])
        let old = try contentHash(existing.columns, existingRows[i])
        verdicts.append(new <= old ? .keep : .replace)
      }
    }
    return verdicts
  }

  /// A hash of a row's contents that depends on no code, so that it is the same in every store.
  private func contentHash(
    _ columns: [ColumnRows],
    _ row: Int
  ) throws(StoreError) -> UInt64 {
    var hash = KeyHash.seed
    for column in work.contentColumns {
      let values = columns[column]
      hash = KeyHash.mix(hash, values.isNull(row) ? 0 : 1)
      switch values.kind {
      case .integers: hash = KeyHash.mix(hash, UInt64(bitPattern: values.integers[row]))
      case .doubles: hash = KeyHash.mix(hash, values.doubles[row].bitPattern)
      case .texts: hash = KeyHash.mix(hash, Checksum.of(text: values.texts[row].utf8.span))
      case .codes:
        guard !values.isNull(row), let name = work.schema.fields[column].dictionaryName else {
          break
        }
        let text = try texts.text(Int(values.codes[row]), of: name)
        hash = KeyHash.mix(hash, Checksum.of(text: text.utf8.span))
      }
    }
    return hash
  }
}
