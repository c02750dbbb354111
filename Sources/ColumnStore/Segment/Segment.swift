/// An immutable file of rows of one table, seen through the table's schema.
///
/// Columns are numbered like the schema's fields. A column that the file does not have, because it
/// was added later, is null in every row.
public final class Segment: Sendable {
  /// The schema through which the rows are seen.
  public let schema: TableSchema
  let file: SegmentFile
  private let fileColumns: [Int?]
  private let cache: PageCache

  /// Sees a file through a schema.
  ///
  /// - Throws: `StoreError.damaged` when the file's columns are not those of the schema, or when a
  ///   code of it is outside its dictionary.
  init(
    _ file: SegmentFile,
    schema: TableSchema,
    cache: PageCache,
    dictionaryCounts: [String: Int]
  ) throws(StoreError) {
    guard file.footer.table == schema.name else {
      throw .damaged(
        file: file.path,
        offset: nil,
        reason: "it has rows of \(file.footer.table), not of \(schema.name)"
      )
    }
    var fileColumns = [Int?](repeating: nil, count: schema.fields.count)
    for (position, column) in file.footer.columns.enumerated() {
      guard let index = schema.index(of: column.name),
        schema.fields[index].type == column.type,
        column.text == nil || column.text == schema.fields[index].textStorage
      else {
        throw .damaged(
          file: file.path,
          offset: nil,
          reason: "its column \(column.name) is not that of the table"
        )
      }
      fileColumns[index] = position
      guard let name = schema.fields[index].dictionaryName else { continue }
      let count = dictionaryCounts[name] ?? 0
      for page in column.pages {
        guard case .integers(_, let maximum) = page.bounds, maximum >= count else { continue }
        throw .damaged(
          file: file.path,
          offset: nil,
          reason: "column \(column.name) has codes past the dictionary \(name)"
        )
      }
    }
    self.file = file
    self.schema = schema
    self.fileColumns = fileColumns
    self.cache = cache
  }

  /// The number of rows, deleted ones included.
  public var rowCount: Int { file.rowCount }

  /// The number of blocks.
  public var blockCount: Int { SegmentFormat.blockCount(rowCount: rowCount) }

  /// The file's path in the store's directory.
  public var path: String { file.path }

  /// Returns the rows of a block.
  public func blockRange(_ block: Int) -> Range<Int> {
    SegmentFormat.blockRange(block, rowCount: rowCount)
  }

  /// Returns the number of a column, or nil when the table has none of that name.
  public func columnIndex(_ name: String) -> Int? { schema.index(of: name) }

  /// Returns what is known of a page without reading it; dictionary columns have bounds of codes.
  public func zoneMap(column: Int, block: Int) -> ZoneMap {
    let rows = blockRange(block).count
    guard let position = fileColumns[column] else {
      return ZoneMap(rowCount: rows, nullCount: rows, bounds: .empty, sum: 0)
    }
    return file.footer.columns[position].pages[block].zoneMap(rowCount: rows)
  }

  /// Returns how the integers of a page are coded: `base + multiplier * code`, the multiplier 0 where
  /// all are the same; nil for doubles and texts.
  func frame(column: Int, block: Int) -> (base: Int64, multiplier: Int64)? {
    guard let position = fileColumns[column] else { return (0, 0) }
    let page = file.footer.columns[position].pages[block]
    switch page.encoding {
    case .constant: return (page.base, 0)
    case .frame: return (page.base, page.multiplier)
    case .dictionary: return (0, 1)
    case .doubles, .text: return nil
    }
  }

  /// Tells whether a page is known to have integers or codes that never fall, none of them null.
  func isAscending(column: Int, block: Int) -> Bool {
    guard let position = fileColumns[column] else { return false }
    let page = file.footer.columns[position].pages[block]
    guard page.nullCount == 0, page.multiplier > 0 else { return false }
    switch page.encoding {
    case .constant: return true
    case .frame, .dictionary: return page.coding.form == .delta && page.runs != .counted
    case .doubles, .text: return false
    }
  }

  /// Reads the values of a column in a block from the file, and leaves the cache alone.
  func readVector(column: Int, block: Int) throws(StoreError) -> ColumnVector {
    guard let position = fileColumns[column] else {
      return PageDecoder.onlyNulls(schema.fields[column].type, rowCount: blockRange(block).count)
    }
    return try file.vector(column: position, block: block)
  }

  /// Returns the values of a column in a block, from the cache or from the file.
  ///
  /// - Throws: `StoreError.damaged` with file, offset, block and column.
  public func vector(
    column: Int,
    block: Int
  ) throws(StoreError) -> (ColumnVector, wasCached: Bool) {
    guard let position = fileColumns[column] else {
      let rows = blockRange(block).count
      return (PageDecoder.onlyNulls(schema.fields[column].type, rowCount: rows), true)
    }
    let key = PageCache.Key(segment: file.identity, column: UInt32(position), block: UInt32(block))
    if let vector = cache.vector(key) { return (vector, true) }
    let vector = try file.vector(column: position, block: block)
    cache.insert(vector, for: key)
    return (vector, false)
  }
}
