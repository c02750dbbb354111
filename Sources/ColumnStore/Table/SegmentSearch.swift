import Dispatch
import Synchronization

/// Looks for rows of a batch in many blocks of segments at once.
struct SegmentSearch: Sendable {
  /// A block in which rows may be, and which.
  struct Place {
    /// The position of the segment in the table.
    let segment: Int
    let block: Int
    fileprivate let candidates: Range<Int>
  }

  /// Rows of the batch that a block has, or had, with equal keys.
  struct Found {
    let rows: [Int]
    /// Where they are in the block.
    let positions: [Int]
    /// The rows of the block at these positions.
    var existing: ExistingRows
  }

  private let search: KeySearch
  private let batch: [ColumnRows]
  private let keyColumns: [Int]
  private let index: KeyIndex
  private let segments: [Segment]

  /// Prepares to look for some rows of a batch, which `index` has by the hashes of their keys.
  init(
    _ rows: [Int],
    of batch: [ColumnRows],
    keyColumns: [Int],
    index: KeyIndex,
    in segments: [Segment]
  ) {
    search = KeySearch(rows, of: batch, keyColumns: keyColumns)
    self.batch = batch
    self.keyColumns = keyColumns
    self.index = index
    self.segments = segments
  }

  /// The blocks that zone maps do not exclude, in their order.
  var places: [Place] {
    var places: [Place] = []
    for (number, segment) in segments.enumerated() {
      for block in 0..<segment.blockCount {
        let candidates = search.candidates(in: segment, block: block)
        if candidates.isEmpty { continue }
        places.append(Place(segment: number, block: block, candidates: candidates))
      }
    }
    return places
  }

  /// Returns what each of some blocks has; of rows that were found some columns are read.
  ///
  /// The blocks are read by all cores. A block that cannot be read is no error before someone needs
  /// what it has.
  func find(
    in places: ArraySlice<Place>,
    reading columns: [Int]
  ) -> [Result<Found?, StoreError>] {
    if places.count == 1, let place = places.first {
      return [Result { () throws(StoreError) in try find(in: place, columns) }]
    }
    let results = Mutex<[Result<Found?, StoreError>?]>(Array(repeating: nil, count: places.count))
    let places = Array(places)
    DispatchQueue.concurrentPerform(iterations: places.count) { number in
      let result = Result { () throws(StoreError) in try find(in: places[number], columns) }
      results.withLock { $0[number] = result }
    }
    return results.withLock { $0.map { $0 ?? .success(nil) } }
  }

  private func find(in place: Place, _ columns: [Int]) throws(StoreError) -> Found? {
    let segment = segments[place.segment]
    let pairs = try search.find(place.candidates, in: segment, block: place.block, index: index)
    guard !pairs.rows.isEmpty else { return nil }
    var keys = ExistingRows(pairs.positions, of: segment, block: place.block)
    var isEqual = [Bool](repeating: true, count: pairs.rows.count)
    let all = Array(pairs.rows.indices)
    for column in keyColumns {
      try keys.read(column)
      batch[column].compare(pairs.rows, keys.columns[column], all, into: &isEqual)
    }
    let kept = all.filter { isEqual[$0] }
    guard !kept.isEmpty else { return nil }
    let positions = kept.map { pairs.positions[$0] }
    var existing = ExistingRows(positions, of: segment, block: place.block)
    for column in columns { try existing.read(column) }
    return Found(rows: kept.map { pairs.rows[$0] }, positions: positions, existing: existing)
  }
}
