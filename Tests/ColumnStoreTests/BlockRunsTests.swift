@testable import ColumnStore
import TestKit
import Testing

@Suite struct BlockRunsTests {
  static let sizes = [1, 2, 63, 64, 65, 4_095, 4_096, 4_097, 65_535, 65_536]

  /// How the runs of a block can be: the longest, and whether all are as long.
  static let shapes: [(longest: Int, isFixed: Bool)] = [
    (1, true), (2, false), (5, false), (64, true), (700, false), (.max, true),
  ]

  /// The row at which the run of each row begins.
  private func starts(
    _ count: Int,
    _ shape: (longest: Int, isFixed: Bool),
    _ random: inout SeededRandom
  ) -> [Int] {
    var starts: [Int] = []
    while starts.count < count {
      let rest = min(shape.longest, count - starts.count)
      let length = shape.isFixed ? rest : Int.random(in: 1...rest, using: &random)
      starts.append(contentsOf: repeatElement(starts.count, count: length))
    }
    return starts
  }

  private func runs(_ starts: [Int]) throws -> BlockRuns {
    var words = [UInt64](repeating: 0, count: (starts.count + 63) / 64)
    for (row, start) in starts.enumerated() where row == start {
      words[row >> 6] |= 1 << UInt64(row & 63)
    }
    return try #require(BlockRuns(words: words, rowCount: starts.count))
  }

  // MARK: - Kernels

  private func check<Code: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ type: Code.Type,
    _ starts: [Int],
    _ random: inout SeededRandom
  ) throws {
    let runs = try runs(starts)
    let all = starts.map { _ in Code.random(in: .min ... .max, using: &random) }
    let held = VectorBuffer(copying: runs.first(of: all))
    for form in [RunForm.repeated, .counted] {
      let expected = starts.enumerated().map { row, start in
        form == .repeated ? all[start] : all[start] &+ Code(truncatingIfNeeded: row - start)
      }
      let isSame = runs.expand(held, of: type, form).withSpan(of: type) { rows in
        rows.count == expected.count && rows.indices.allSatisfy { rows[$0] == expected[$0] }
      }
      #expect(isSame, "\(type), \(form), \(starts.count) rows")
    }
  }

  @Test(arguments: sizes)
  func everyRowGetsTheValueOfItsRun(count: Int) throws {
    var random = SeededRandom(seed: UInt64(count))
    for shape in Self.shapes {
      let starts = starts(count, shape, &random)
      try check(UInt8.self, starts, &random)
      try check(UInt16.self, starts, &random)
      try check(UInt32.self, starts, &random)
      try check(UInt64.self, starts, &random)
      let runs = try runs(starts)
      let flags = starts.map { _ in Bool.random(using: &random) }
      var bits = [UInt64](repeating: 0, count: (runs.count + 63) / 64)
      for (run, isSet) in runs.first(of: flags).enumerated() where isSet {
        bits[run >> 6] |= 1 << UInt64(run & 63)
      }
      let expanded = runs.expand(bits)
      let isSame = (0..<(expanded.count * 64)).allSatisfy { row in
        (expanded[row >> 6] >> UInt64(row & 63) & 1 == 1) == (row < count && flags[starts[row]])
      }
      #expect(isSame, "bits of \(count) rows")
    }
  }

  @Test func bitsThatAreNotRunsAreRefused() {
    #expect(BlockRuns(words: [], rowCount: 0) == nil)
    #expect(BlockRuns(words: [2], rowCount: 5) == nil)
    #expect(BlockRuns(words: [0b10_0001], rowCount: 5) == nil)
    #expect(BlockRuns(words: [1], rowCount: 65) == nil)
    #expect(BlockRuns(words: [0b1_0001], rowCount: 5)?.count == 2)
    #expect(BlockRuns(words: [.max, 1], rowCount: 65)?.count == 65)
  }

  // MARK: - Pages

  /// A column in which every row of a run has one value, or counts up from its first.
  private func column(
    _ kind: ColumnRows.Kind,
    _ starts: [Int],
    isCounted: Bool = false,
    nullShare: Int,
    _ random: inout SeededRandom
  ) -> ColumnRows {
    var column = ColumnRows(kind: kind)
    let limit = [2, 300, 70_000, 5_000_000_000].randomElement(using: &random) ?? 1
    for (row, start) in starts.enumerated() {
      let isFirst = row == start
      let isNull = isFirst ? Int.random(in: 0..<100, using: &random) < nullShare : false
      if nullShare > 0 { column.nulls.append(isFirst ? isNull : column.nulls[start]) }
      let value = isNull ? 0 : Int64.random(in: 0..<Int64(limit), using: &random)
      let next = isCounted ? Int64(row - start) : 0
      switch kind {
      case .integers: column.integers.append(isFirst ? value : column.integers[start] + next)
      case .codes:
        let code = UInt32(truncatingIfNeeded: value)
        column.codes.append(isFirst ? code : column.codes[start] + UInt32(next))
      case .doubles: column.doubles.append(isFirst ? Double(value) / 8 : column.doubles[start])
      case .texts:
        column.texts.append(isFirst ? isNull ? "" : "é\(value)" : column.texts[start])
      }
    }
    return column
  }

  private func decoded(
    _ page: PageEncoder.Page,
    _ column: ColumnRows,
    _ runs: BlockRuns
  ) throws -> ColumnRows {
    let types: [ColumnRows.Kind: ColumnType] = [.integers: .int64, .doubles: .float64]
    let file = MappedFile(path: "page", copying: page.bytes)
    let decoder = PageDecoder(
      descriptor: page.descriptor,
      type: types[column.kind] ?? .string,
      rowCount: runs.rowCount,
      runs: runs
    )
    var rows = ColumnRows(kind: column.kind)
    rows.append(try decoder.decode(file, in: 0..<file.count), rows: Array(0..<runs.rowCount))
    return rows
  }

  private func areSame(_ one: ColumnRows, _ other: ColumnRows) -> Bool {
    one.count == other.count
      && (0..<one.count).allSatisfy { one.equals($0, other, row: $0) }
  }

  /// All shapes of short blocks, and some of long ones.
  private func shapes(
    _ count: Int,
    _ random: inout SeededRandom
  ) -> [(longest: Int, isFixed: Bool)] {
    count < 4_000 ? Self.shapes : Array(Self.shapes.shuffled(using: &random).prefix(2))
  }

  @Test(arguments: sizes, [PageEffort.quick, .thorough])
  func pagesByRunsComeBackAndSayTheSameOfTheirRows(count: Int, effort: PageEffort) throws {
    var random = SeededRandom(seed: UInt64(count))
    let codec = try ZstdCodec()
    for shape in shapes(count, &random) {
      let starts = starts(count, shape, &random)
      let runs = try runs(starts)
      for kind in [ColumnRows.Kind.integers, .codes, .doubles, .texts] {
        for share in count < 4_000 ? [0, 30, 100] : [0, 30].shuffled(using: &random).dropLast() {
          let column = column(kind, starts, nullShare: share, &random)
          let byRuns = try PageEncoder(codec: codec, effort: effort, runs: runs).encode(column)
          let byRows = try PageEncoder(codec: codec, effort: effort).encode(column)
          let rows = try decoded(byRuns, column, runs)
          #expect(areSame(rows, column), "\(kind) in \(runs.count) runs, \(share) % nulls")
          let zone = byRuns.descriptor.zoneMap(rowCount: count)
          #expect(zone == byRows.descriptor.zoneMap(rowCount: count))
          let isVaried = byRows.descriptor.encoding != .constant
          let expected: RunForm = isVaried && runs.count < count ? .repeated : .none
          #expect(byRuns.descriptor.runs == expected)
        }
      }
    }
  }

  @Test(arguments: sizes)
  func numbersThatCountUpInsideRunsComeBack(count: Int) throws {
    var random = SeededRandom(seed: UInt64(count))
    let codec = try ZstdCodec()
    for shape in shapes(count, &random) {
      let starts = starts(count, shape, &random)
      let runs = try runs(starts)
      for kind in [ColumnRows.Kind.integers, .codes] {
        let column = column(kind, starts, isCounted: true, nullShare: 0, &random)
        let page = try PageEncoder(codec: codec, effort: .quick, runs: runs).encode(column)
        #expect(areSame(try decoded(page, column, runs), column))
        if runs.count < count { #expect(page.descriptor.runs == .counted) }
      }
    }
  }

  @Test func equalCharactersOfDifferentBytesAreDifferentTexts() throws {
    var column = ColumnRows(kind: .texts)
    column.texts = ["caf\u{E9}", "caf\u{E9}", "cafe\u{301}", "cafe\u{301}"]
    #expect(BlockRuns(changesOf: column).count == 2)
    var orders = ColumnRows(kind: .codes)
    orders.codes = [1, 1, 1, 2]
    let runs = BlockRuns(changesOf: orders)
    #expect(runs.hold(column.texts, []) == nil)
    column.texts[2] = column.texts[0]
    #expect(runs.hold(column.texts, [])?.texts == ["caf\u{E9}", "cafe\u{301}"])
  }

  /// A page by runs has each text once, but whoever reads it has it for each row.
  @Test func textsThatAreTooLongForAllRowsAreNotHeldByRuns() throws {
    let count = SegmentFormat.blockRows
    let words = [1] + [UInt64](repeating: 0, count: count / 64 - 1)
    let runs = try #require(BlockRuns(words: words, rowCount: count))
    let refusal = StoreError.mismatch("the texts of one block take more than 1 GiB")
    var encoder = PageEncoder(codec: try ZstdCodec(), effort: .quick, runs: runs)
    let long = String(repeating: "é", count: SegmentFormat.textLimit / count / 2) + "."
    #expect(throws: refusal) {
      try encoder.encode(texts: [String](repeating: long, count: count), nulls: [])
    }
    let short = [String](repeating: "é.", count: count)
    encoder.textLimit = count * 3
    #expect(try encoder.encode(texts: short, nulls: []).descriptor.runs == .repeated)
    encoder.textLimit = count * 3 - 1
    #expect(throws: refusal) { try encoder.encode(texts: short, nulls: []) }
  }

  @Test func aColumnThatChangesInsideARunIsHeldByRows() throws {
    var random = SeededRandom(seed: 3)
    let starts = starts(5_000, (5, false), &random)
    let runs = try runs(starts)
    let row = try #require((1..<5_000).last { starts[$0] != $0 })
    let codec = try ZstdCodec()
    for kind in [ColumnRows.Kind.integers, .codes, .doubles, .texts] {
      // The row gets a value of another run, or none.
      var values = column(kind, starts, nullShare: 0, &random)
      var nulls = values
      values.replace(
        row,
        by: values,
        row: try #require((0..<row).first { !values.equals($0, values, row: row) })
      )
      nulls.nulls = (0..<5_000).map { $0 == row }
      for column in [values, nulls] {
        let page = try PageEncoder(codec: codec, effort: .quick, runs: runs).encode(column)
        #expect(page.descriptor.runs == .none)
        let rows = try decoded(page, column, runs)
        #expect((0..<5_000).allSatisfy { column.isNull($0) || rows.equals($0, column, row: $0) })
      }
    }
  }

  // MARK: - Segments

  private static let schema = TableSchema(
    name: "t",
    fields: [
      Field("number", .int64), Field("order", .string, text: .dictionary("d")),
      Field("line", .int32), Field("rate", .float64, nullable: true),
      Field("note", .string, nullable: true, text: .plain), Field("amount", .decimal),
    ],
    primaryKey: ["number"]
  )

  /// Lines of orders; `number` and `amount` change with every line.
  private func lines(
    _ count: Int,
    _ shape: (longest: Int, isFixed: Bool),
    _ random: inout SeededRandom
  ) -> [ColumnRows] {
    let starts = starts(count, shape, &random)
    var number = ColumnRows(kind: .integers)
    number.integers = (0..<count).map { Int64($0) * 3 }
    var order = ColumnRows(kind: .codes)
    order.codes = starts.map { UInt32($0) }
    var line = ColumnRows(kind: .integers)
    line.integers = starts.enumerated().map { Int64($0.offset - $0.element + 1) }
    var amount = ColumnRows(kind: .integers)
    amount.integers = (0..<count).map { _ in .random(in: 0...9_999, using: &random) }
    let rate = column(.doubles, starts, nullShare: 20, &random)
    return [
      number, order, line, rate, column(.texts, starts, nullShare: 10, &random), amount,
    ]
  }

  private func written(
    _ columns: [ColumnRows],
    usesRuns: Bool
  ) throws -> (bytes: [UInt8], segment: SegmentFile) {
    let directory = MemoryDirectory()
    var writer = SegmentWriter(schema: Self.schema, codec: try ZstdCodec())
    writer.usesRuns = usesRuns
    let out = try directory.create("s")
    _ = try writer.write(columns, rowCount: columns[0].count, to: out)
    try out.close()
    let bytes = try #require(directory.files["s"])
    let file = MappedFile(path: "s", copying: bytes)
    return (bytes, try SegmentFile(file, identity: 1))
  }

  @Test(arguments: [1, 65, 3_000, 5_000, 65_537])
  func aSegmentByRunsHasTheRowsOfOneByRows(count: Int) throws {
    var random = SeededRandom(seed: UInt64(count))
    for shape in shapes(count, &random) {
      let columns = lines(count, shape, &random)
      let (bytes, byRuns) = try written(columns, usesRuns: true)
      let (plainBytes, byRows) = try written(columns, usesRuns: false)
      #expect(bytes.count <= plainBytes.count + byRuns.footer.runs.count * 128)
      for position in columns.indices {
        var rows = ColumnRows(for: Self.schema.fields[position])
        for block in 0..<SegmentFormat.blockCount(rowCount: count) {
          let places = Array(0..<SegmentFormat.blockRange(block, rowCount: count).count)
          rows.append(try byRuns.vector(column: position, block: block), rows: places)
          let pages = [byRuns, byRows].map { $0.footer.columns[position].pages[block] }
          #expect(
            pages[0].zoneMap(rowCount: places.count) == pages[1].zoneMap(rowCount: places.count)
          )
        }
        #expect(areSame(rows, columns[position]), "\(Self.schema.fields[position].name)")
      }
    }
  }

  @Test func linesOfOrdersGoByRuns() throws {
    var random = SeededRandom(seed: 2)
    let columns = lines(70_000, (5, false), &random)
    let (bytes, byRuns) = try written(columns, usesRuns: true)
    let (plainBytes, _) = try written(columns, usesRuns: false)
    for block in 0..<2 {
      let forms = byRuns.footer.columns.map { $0.pages[block].runs }
      #expect(forms == [.none, .repeated, .counted, .repeated, .repeated, .none])
    }
    #expect(Double(bytes.count) < 0.7 * Double(plainBytes.count))
  }

  @Test func blocksWithoutRepeatedValuesCostNothing() throws {
    var random = SeededRandom(seed: 4)
    let columns = lines(70_000, (1, true), &random)
    let (bytes, byRuns) = try written(columns, usesRuns: true)
    let (plainBytes, _) = try written(columns, usesRuns: false)
    #expect(byRuns.footer.runs.isEmpty)
    #expect(bytes == plainBytes)
  }

  // MARK: - Damage

  @Test func damagedRunsAreAnErrorWithTheirPlace() throws {
    var random = SeededRandom(seed: 6)
    let (bytes, segment) = try written(lines(70_000, (5, false), &random), usesRuns: true)
    let entry = segment.footer.runs[1]
    var changed = bytes
    changed[entry.offset + entry.storedLength / 2] ^= 4
    let damaged = try SegmentFile(MappedFile(path: "s", copying: changed), identity: 2)
    _ = try damaged.vector(column: 1, block: 0)
    _ = try damaged.vector(column: 0, block: 1)
    let reason = "runs of block 1: their checksum does not match"
    for column in 1...4 {
      #expect(throws: StoreError.damaged(file: "s", offset: entry.offset, reason: reason)) {
        try damaged.vector(column: column, block: 1)
      }
    }
  }

  /// Reads all pages of a file, whatever it is; returns how many there were.
  private func read(_ bytes: [UInt8]) throws -> Int {
    let segment = try SegmentFile(MappedFile(path: "s", copying: bytes), identity: 1)
    var pages = 0
    for (position, column) in segment.footer.columns.enumerated() {
      for block in column.pages.indices {
        do {
          _ = try segment.vector(column: position, block: block)
          pages += 1
        } catch { continue }
      }
    }
    return pages
  }

  @Test func tamperedFootersAndRunsNeverTrap() throws {
    var random = SeededRandom(seed: 9)
    let (bytes, segment) = try written(lines(300, (5, false), &random), usesRuns: true)
    #expect(segment.footer.runs.count == 1)
    let trailer = Array(bytes.suffix(SegmentFormat.trailerLength))
    let length = trailer.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    let start = bytes.count - SegmentFormat.trailerLength - length
    let footer = Array(bytes[start..<(bytes.count - SegmentFormat.trailerLength - 8)])
    var pages = 0
    for _ in 0..<3_000 {
      var changed = footer
      for _ in 0..<Int.random(in: 1...2, using: &random) {
        let place = Int.random(in: 17..<changed.count, using: &random)
        changed[place] =
          [0, 1, 2, 0x7F, 0xFF, changed[place] ^ 1].randomElement(using: &random) ?? 0
      }
      var writer = ByteWriter()
      writer.append(raw: changed)
      writer.seal()
      do { pages += try read(Array(bytes[..<start]) + writer.bytes + trailer) } catch { continue }
    }
    #expect(pages > 1_000)
    let entry = segment.footer.runs[0]
    for _ in 0..<500 {
      var changed = Array(bytes[entry.offset..<(entry.offset + entry.storedLength)])
      let place = Int.random(in: changed.indices, using: &random)
      changed[place] = .random(in: 0...255, using: &random)
      let file = MappedFile(path: "s", copying: changed)
      let range = 0..<changed.count
      // Either the number of runs is another, or these are runs.
      let runs = try? BlockRuns.decode(file, in: range, rowCount: 300, count: entry.count)
      #expect(runs == nil || runs?.count == entry.count)
    }
  }
}
