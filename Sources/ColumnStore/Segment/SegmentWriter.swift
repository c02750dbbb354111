/// Writes rows as a segment file: sorted, in blocks, page by page, then the footer.
struct SegmentWriter {
  /// What a manifest says about the file.
  struct Result {
    let byteCount: Int
    let checksum: FileChecksum
    let footerChecksum: UInt64
  }

  let schema: TableSchema
  let codec: ZstdCodec
  var effort = PageEffort.quick

  /// Writes `columns`, one for each field of the schema, all of `rowCount` rows, at least one.
  func write(
    _ columns: [ColumnRows],
    rowCount: Int,
    to file: any StoreFileWriter
  ) throws(StoreError) -> Result {
    let sortColumns = schema.sortOrder.compactMap { schema.index(of: $0) }.map { columns[$0] }
    let order = RowOrder.sorting(sortColumns, rowCount: rowCount)
    let checksum = try RunningChecksum()
    var offset = 0
    func append(_ bytes: [UInt8]) throws(StoreError) {
      try file.append(bytes)
      checksum.append(bytes)
      offset += bytes.count
    }
    try append(SegmentFormat.header)
    var footer = SegmentFooter(table: schema.name, rowCount: rowCount, columns: [])
    for (field, column) in zip(schema.fields, columns) {
      var stored = SegmentFooter.Column(
        name: field.name,
        type: field.type,
        text: field.type == .string ? field.textStorage : nil,
        pages: []
      )
      for block in 0..<SegmentFormat.blockCount(rowCount: rowCount) {
        let rows = SegmentFormat.blockRange(block, rowCount: rowCount)
        var page = try encode(column, rows: rows, order: order)
        page.descriptor.offset = offset
        stored.pages.append(page.descriptor)
        let padding = -page.bytes.count & (SegmentFormat.alignment - 1)
        page.bytes.append(contentsOf: repeatElement(0, count: padding))
        try append(page.bytes)
      }
      footer.columns.append(stored)
    }
    let sealed = footer.write()
    guard let length = UInt32(exactly: sealed.count) else {
      throw .mismatch("the table \(schema.name) has too many columns for one segment")
    }
    try append(sealed)
    var trailer = ByteWriter()
    trailer.append(length)
    trailer.append(raw: Array(SegmentFormat.endMagic.utf8))
    try append(trailer.bytes)
    return Result(
      byteCount: offset,
      checksum: checksum.value,
      footerChecksum: Checksum.of(sealed)
    )
  }

  private func encode(
    _ column: ColumnRows,
    rows: Range<Int>,
    order: [Int]?
  ) throws(StoreError) -> PageEncoder.Page {
    let nulls = column.nulls.isEmpty ? [] : gather(column.nulls, rows, order)
    let encoder = PageEncoder(codec: codec, effort: effort)
    return switch column.kind {
    case .integers:
      encoder.encode(integers: gather(column.integers, rows, order), nulls: nulls)
    case .codes:
      encoder.encode(codes: gather(column.codes, rows, order), nulls: nulls)
    case .doubles:
      encoder.encode(doubles: gather(column.doubles, rows, order), nulls: nulls)
    case .texts:
      try encoder.encode(texts: gather(column.texts, rows, order), nulls: nulls)
    }
  }

  private func gather<Value>(_ values: [Value], _ rows: Range<Int>, _ order: [Int]?) -> [Value] {
    guard let order else { return Array(values[rows]) }
    var result: [Value] = []
    result.reserveCapacity(rows.count)
    for place in rows { result.append(values[order[place]]) }
    return result
  }
}
