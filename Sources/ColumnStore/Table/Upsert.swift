/// The decision what becomes of every row of one batch.
///
/// Within the batch, the best row of a key stays. It is then looked for among the pending rows, and
/// in the blocks of segments whose zone maps do not exclude the keys of the batch.
struct Upsert {
  /// A batch in the columns of the table.
  struct Request {
    let columns: [ColumnRows]
    let rowCount: Int
    /// Columns whose former values are asked for.
    let returning: [Int]
    /// Rows that do not take part, or nothing when all do.
    var excluded: [Bool] = []
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

  private let request: Request
  private let work: TableWork
  private let texts: WriteTransaction
  private var index: KeyIndex
  private var kinds: [UpsertOutcome.Kind]
  /// Rows that are not decided yet.
  private var isOpen: [Bool]
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
    self.index = KeyIndex(hashes: hashes)
    self.kinds = Array(repeating: .unchanged, count: request.rowCount)
    self.isOpen = Array(repeating: false, count: request.rowCount)
    self.isAppended = Array(repeating: false, count: request.rowCount)
    self.former = FormerRows(schema: work.schema, columns: request.returning)
  }

  /// Decides about every row, and marks the replaced ones.
  mutating func resolve() throws(StoreError) {
    try chooseWithinBatch()
    try findPending()
    try findInSegments()
    for row in isOpen.indices where isOpen[row] {
      kinds[row] = .inserted
      isAppended[row] = true
    }
  }

  /// The rows that become part of the table, in the order of the batch.
  var rowsToAppend: [Int] {
    isAppended.indices.filter { isAppended[$0] }
  }

  /// What the caller gets.
  func outcome() throws(StoreError) -> UpsertOutcome {
    try UpsertOutcome(kinds: kinds, replaced: former.batch(texts: texts))
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
        openCount += 1
        continue
      }
      switch try verdicts([row], request.columns, [earlier])[0] {
      case .keep: continue
      case .refresh, .replace:
        index.replace(earlier, by: row)
        isOpen[earlier] = false
        isOpen[row] = true
      }
    }
  }

  private mutating func findPending() throws(StoreError) {
    guard work.pendingCount > 0 else { return }
    var rows: [Int] = []
    var pendingRows: [Int] = []
    for row in isOpen.indices where isOpen[row] {
      let hash = index.hashes[row]
      var place = work.pendingKeys.start(hash)
      while let candidate = work.pendingKeys.next(&place, hash: hash) {
        guard keysAreEqual(row, work.pending, candidate) else { continue }
        rows.append(row)
        pendingRows.append(candidate)
        break
      }
    }
    let verdicts = try verdicts(rows, work.pending, pendingRows)
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
    let bounds = work.keyColumns.map { request.columns[$0].bounds(of: isOpen) }
    for place in work.segments.indices {
      let segment = work.segments[place].segment
      for block in 0..<segment.blockCount where openCount > 0 {
        let isPossible = zip(work.keyColumns, bounds).allSatisfy { column, bounds in
          segment.zoneMap(column: column, block: block).mayContain(bounds)
        }
        if isPossible { try find(inBlock: block, ofSegment: place) }
      }
    }
  }

  private mutating func find(
    inBlock block: Int,
    ofSegment place: Int
  ) throws(StoreError) {
    let segment = work.segments[place].segment
    let start = segment.blockRange(block).lowerBound
    var blockHashes = [UInt64](repeating: KeyHash.seed, count: segment.blockRange(block).count)
    for column in work.keyColumns {
      try segment.vector(column: column, block: block).0.mix(into: &blockHashes)
    }
    var rows: [Int] = []
    var positions: [Int] = []
    index.match(blockHashes, rows: &rows, positions: &positions)
    let deletions = work.segments[place].deletions
    var kept = rows.indices.filter {
      isOpen[rows[$0]] && !deletions.contains(start + positions[$0])
    }
    guard !kept.isEmpty else { return }
    (rows, positions) = (kept.map { rows[$0] }, kept.map { positions[$0] })
    var existing = work.schema.fields.map { ColumnRows(for: $0) }
    for column in work.keyColumns {
      existing[column].append(
        try segment.vector(column: column, block: block).0,
        rows: positions
      )
    }
    var isEqual = [Bool](repeating: true, count: rows.count)
    let all = Array(rows.indices)
    for column in work.keyColumns {
      request.columns[column].compare(rows, existing[column], all, into: &isEqual)
    }
    kept = all.filter { isEqual[$0] }
    (rows, positions) = (kept.map { rows[$0] }, kept.map { positions[$0] })
    var needed = Set(work.contentColumns + request.returning)
    if let version = work.versionColumn { needed.insert(version) }
    for column in needed {
      existing[column] = ColumnRows(for: work.schema.fields[column])
      existing[column].append(
        try segment.vector(column: column, block: block).0,
        rows: positions
      )
    }
    try apply(rows, existing, positions: positions.map { start + $0 }, ofSegment: place)
  }

  /// Decides about rows of the batch that were found in a segment.
  private mutating func apply(
    _ rows: [Int],
    _ existing: [ColumnRows],
    positions: [Int],
    ofSegment place: Int
  ) throws(StoreError) {
    let verdicts = try verdicts(rows, existing, Array(rows.indices))
    for i in rows.indices {
      isOpen[rows[i]] = false
      openCount -= 1
      switch verdicts[i] {
      case .keep:
        if let count = work.kept?.count, place < count { work.kept?[place].insert(positions[i]) }
      case .refresh, .replace:
        work.delete(positions[i], ofSegment: place)
        isAppended[rows[i]] = true
        if verdicts[i] == .replace {
          kinds[rows[i]] = .updated
          former.append(existing, rows: [i], batchRows: [rows[i]])
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
    _ existing: [ColumnRows],
    _ existingRows: [Int]
  ) throws(StoreError) -> [Verdict] {
    var isEqual = [Bool](repeating: true, count: rows.count)
    for column in work.contentColumns {
      request.columns[column].compare(rows, existing[column], existingRows, into: &isEqual)
    }
    var verdicts = isEqual.map { $0 ? Verdict.keep : Verdict.replace }
    guard let version = work.versionColumn else { return verdicts }
    for i in rows.indices {
      let new = request.columns[version].version(rows[i])
      let old = existing[version].version(existingRows[i])
      if new < old {
        verdicts[i] = .keep
      } else if new > old {
        verdicts[i] = isEqual[i] ? .refresh : .replace
      } else if !isEqual[i],
        try contentHash(request.columns, rows[i]) <= contentHash(existing, existingRows[i])
      {
        verdicts[i] = .keep
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

extension ColumnRows {
  /// The value of a version column; a row without one is older than all others.
  func version(_ row: Int) -> Int64 { isNull(row) ? .min : integers[row] }

  /// The smallest and largest integer or code of the marked rows; nil for other kinds, and when a
  /// marked row is null.
  func bounds(of isMarked: [Bool]) -> ClosedRange<Int64>? {
    for row in nulls.indices where nulls[row] && isMarked[row] { return nil }
    var (least, greatest) = (Int64.max, Int64.min)
    switch kind {
    case .integers:
      for row in isMarked.indices where isMarked[row] {
        least = min(least, integers[row])
        greatest = max(greatest, integers[row])
      }
    case .codes:
      for row in isMarked.indices where isMarked[row] {
        least = min(least, Int64(codes[row]))
        greatest = max(greatest, Int64(codes[row]))
      }
    case .doubles, .texts: return nil
    }
    return least <= greatest ? least...greatest : nil
  }
}

extension ZoneMap {
  /// Tells whether the block may have a value of the range; nil is any value.
  func mayContain(_ range: ClosedRange<Int64>?) -> Bool {
    guard let range, case .integers(let minimum, let maximum) = bounds else { return true }
    return minimum <= range.upperBound && range.lowerBound <= maximum
  }
}
