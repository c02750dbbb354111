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
  /// Whether pages may go by the runs of their blocks.
  var usesRuns = true

  /// Writes `columns`, one for each field of the schema, all of `rowCount` rows, at least one.
  func write(
    _ columns: [ColumnRows],
    rowCount: Int,
    to file: any StoreFileWriter
  ) throws(StoreError) -> Result {
    let sortColumns = schema.sortOrder.compactMap { schema.index(of: $0) }.map { columns[$0] }
    let order = RowOrder.sorting(sortColumns, rowCount: rowCount)
    let blocks = (0..<SegmentFormat.blockCount(rowCount: rowCount)).map {
      SegmentFormat.blockRange($0, rowCount: rowCount)
    }
    let plans = try plans(of: columns, blocks, order)
    var output = Output(file: file, checksum: try RunningChecksum())
    try output.append(SegmentFormat.header)
    var footer = SegmentFooter(table: schema.name, rowCount: rowCount, columns: [])
    for (position, field) in schema.fields.enumerated() {
      var stored = SegmentFooter.Column(
        name: field.name,
        type: field.type,
        text: field.type == .string ? field.textStorage : nil,
        pages: []
      )
      for (rows, plan) in zip(blocks, plans) {
        var encoder = PageEncoder(codec: codec, effort: effort)
        if let plan, plan.isColumnByRuns[position] { encoder.runs = plan.runs }
        var page = try encoder.encode(columns[position].part(rows, in: order))
        page.descriptor.offset = output.offset
        stored.pages.append(page.descriptor)
        try output.appendPadded(page.bytes)
      }
      footer.columns.append(stored)
    }
    footer.runs = try write(plans, of: footer.columns, to: &output)
    let sealed = footer.write()
    guard let length = UInt32(exactly: sealed.count) else {
      throw .mismatch("the table \(schema.name) has too many columns for one segment")
    }
    try output.append(sealed)
    var trailer = ByteWriter()
    trailer.append(length)
    trailer.append(raw: Array(SegmentFormat.endMagic.utf8))
    try output.append(trailer.bytes)
    return Result(
      byteCount: output.offset,
      checksum: output.checksum.value,
      footerChecksum: Checksum.of(sealed)
    )
  }

  /// The runs of each block, where it has some that make it smaller.
  private func plans(
    of columns: [ColumnRows],
    _ blocks: [Range<Int>],
    _ order: [Int]?
  ) throws(StoreError) -> [RunFinder.Plan?] {
    guard usesRuns else { return blocks.map { _ in nil } }
    let finder = RunFinder(columns: columns, order: order, codec: codec, effort: effort)
    var plans: [RunFinder.Plan?] = []
    for rows in blocks { plans.append(try finder.plan(rows)) }
    return plans
  }

  /// Writes the runs of the blocks of which a page goes by them.
  private func write(
    _ plans: [RunFinder.Plan?],
    of columns: [SegmentFooter.Column],
    to output: inout Output
  ) throws(StoreError) -> [SegmentFooter.Runs] {
    var entries = plans.map { _ in SegmentFooter.Runs() }
    for (block, plan) in plans.enumerated() {
      guard let plan, columns.contains(where: { $0.pages[block].runs != .none }) else { continue }
      let bytes = plan.runs.bytes(codec, effort)
      entries[block] = SegmentFooter.Runs(
        count: plan.runs.count,
        offset: output.offset,
        storedLength: bytes.count,
        checksum: Checksum.of(bytes)
      )
      try output.appendPadded(bytes)
    }
    return entries.contains { $0.count > 0 } ? entries : []
  }

  /// The file, and what is known of what was written.
  private struct Output {
    let file: any StoreFileWriter
    let checksum: RunningChecksum
    private(set) var offset = 0

    init(file: any StoreFileWriter, checksum: RunningChecksum) {
      self.file = file
      self.checksum = checksum
    }

    mutating func append(_ bytes: [UInt8]) throws(StoreError) {
      try file.append(bytes)
      checksum.append(bytes)
      offset += bytes.count
    }

    mutating func appendPadded(_ bytes: [UInt8]) throws(StoreError) {
      let padding = -bytes.count & (SegmentFormat.alignment - 1)
      try append(bytes + repeatElement(0, count: padding))
    }
  }
}
