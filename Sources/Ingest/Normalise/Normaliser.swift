import ColumnStore
import Commerce

/// Turns decoded pages of one file into canonical rows, page after page in the file's order.
struct Normaliser: Sendable {
  /// What the rows of one file have in common.
  struct Context: Sendable {
    let channel: ChannelDefinition
    let dataset: DatasetDefinition
    let account: String
    let fileName: String
    let header: FileHeader
    let zone: ZoneRules
    let identity: CustomerIdentity
  }

  let context: Context
  let shape: TableShape
  private(set) var mappings: [String: FieldMapping] = [:]
  private var versionMapping: FieldMapping?
  private var skips: [(position: Int, pattern: RowPattern)] = []
  private let personal: Set<Int>
  private var hasSettledPatterns = false

  /// Binds a data set to a file.
  init(_ context: Context) {
    self.context = context
    shape = context.dataset.shape
    let header = context.header
    for column in context.dataset.columns {
      mappings[column.name] = FieldMapping(column.rule, header: header)
    }
    versionMapping = context.dataset.version.map { FieldMapping($0, header: header) }
    for rule in context.dataset.file.skippedRows {
      if let position = header.position(of: rule.column), let pattern = RowPattern(rule.pattern) {
        skips.append((position, pattern))
      }
    }
    let isCanonical = context.dataset.shape.origin == .canonical
    let customer = context.dataset.columns.first { isCanonical && $0.name == "customer" }
    personal = Set((customer?.rule.headers ?? []).compactMap { header.position(of: $0) })
  }

  /// The positions of the columns that the natural key is made of; those of `occurrence` where the
  /// key is made of none.
  private var keyPositions: [Int] {
    var headers: [String] = []
    for name in context.dataset.key {
      let isPlace = name == "place" && context.dataset.shape.origin == .canonical
      let parts = isPlace ? TableShape.placeColumns : [name]
      for column in context.dataset.columns where parts.contains(column.name) {
        headers.append(contentsOf: column.rule.headers)
      }
    }
    if headers.isEmpty { headers = context.dataset.occurrence }
    var positions: [Int] = []
    for header in headers {
      guard let position = context.header.position(of: header), !positions.contains(position)
      else { continue }
      positions.append(position)
    }
    return positions
  }

  /// Tells whether some column needs the numbers of rows that would otherwise be the same.
  private var countsOccurrences: Bool {
    shape.schema.index(of: "occurrence") != nil || mappings.values.contains(where: \.isNumbered)
      || versionMapping?.isNumbered == true
  }

  /// Tells whether rows have no version of their own, so that the file's date is needed.
  var needsFileVersion: Bool {
    guard shape.hasVersion else { return false }
    guard let versionMapping else { return true }
    return versionMapping.position == nil
  }

  // MARK: - The latest date of a file

  /// Returns the latest day that the rows of a page name, or nil.
  mutating func latestDay(in page: DecodedPage, _ memory: inout RowMemory) -> Int64? {
    var page = page
    memory.carry?.apply(to: &page)
    settlePatterns(page)
    var mapper = self.mapper(for: page)
    let dates = days(&mapper)
    var latest: Int64?
    for row in 0..<page.rowCount where !dates.isNull[row] && page.flaws[row] == nil {
      latest = max(latest ?? dates.values[row], dates.values[row])
    }
    return latest
  }

  private func mapper(for page: DecodedPage) -> PageMapper {
    PageMapper(
      page: page,
      header: context.header,
      zone: context.zone,
      fileName: context.fileName,
      personal: personal
    )
  }

  // MARK: - Rows

  /// A page with what its rows take from the rows before them.
  struct Page: Sendable {
    let rows: DecodedPage
    let occurrences: [UInt32]
  }

  /// Begins a file: nothing is remembered yet.
  func makeMemory() -> RowMemory {
    RowMemory(
      carry: context.dataset.carry.flatMap { CarryFill($0, header: context.header) },
      counter: OccurrenceCounter(positions: countsOccurrences ? keyPositions : [])
    )
  }

  /// Gives the rows of a page what they take from the rows before them; the pages of a file come in
  /// its order.
  mutating func prepare(_ decoded: DecodedPage, _ memory: inout RowMemory) -> Page {
    var page = decoded
    page.composeCharacters()
    memory.carry?.apply(to: &page)
    settlePatterns(page)
    return Page(rows: page, occurrences: memory.counter.numbers(for: page))
  }

  /// Maps and normalises a page; `fileVersion` stands where a row has none of its own.
  func normalise(_ prepared: Page, fileVersion: Int64?) -> CanonicalPage {
    let page = prepared.rows
    var mapper = self.mapper(for: page)
    mapper.occurrences = prepared.occurrences
    let skipped = skippedRows(&mapper)
    refuseFlaws(&mapper, isSkipped: skipped)
    var columns = CanonicalColumns(rowCount: page.rowCount)
    switch shape.origin {
    case .canonical:
      fillTexts(&columns, &mapper)
      fillIntegers(&columns, &mapper)
      fillVersion(&columns, &mapper, fileVersion: fileVersion)
      fillIdentity(&columns, &mapper)
    case .declared: fillDeclared(&columns, &mapper)
    }
    requireKeys(columns, &mapper)
    let kept = (0..<page.rowCount).filter { !mapper.isBad[$0] && !skipped[$0] }
    let issues = mapper.issues.keys.sorted().compactMap { row in
      skipped[row] ? nil : mapper.issues[row]
    }
    return CanonicalPage(
      batch: columns.batch(for: shape.schema, kept: kept),
      readCount: skipped.reduce(0) { $0 + ($1 ? 0 : 1) },
      issues: issues,
      listings: listings(columns, &mapper, kept: kept),
      places: columns.places,
      buyers: buyers(columns, kept: kept),
      cutOff: cutOff(mapper, isSkipped: skipped)
    )
  }

  /// A last line that is short is no flaw where short rows are allowed and it has all that is needed.
  private func cutOff(_ mapper: PageMapper, isSkipped: [Bool]) -> CanonicalPage.CutOff? {
    for (row, flaw) in mapper.page.flaws where mapper.isBad[row] && !isSkipped[row] {
      guard case .cutOff(let found) = flaw else { continue }
      return CanonicalPage.CutOff(line: Int(mapper.page.lines[row]), found: found)
    }
    return nil
  }

  /// Of several patterns the file as a whole has one: that which reads the most fields of the first
  /// page, the first named among equals.
  private mutating func settlePatterns(_ page: DecodedPage) {
    guard !hasSettledPatterns, page.rowCount > 0 else { return }
    hasSettledPatterns = true
    for (name, mapping) in mappings where mapping.patterns.count > 1 {
      guard case .field(let position?) = mapping.source else { continue }
      let scores = mapping.patterns.map { pattern in
        (0..<page.rowCount).reduce(0) { score, row in
          let range = page.field(row: row, column: position)
          let moment = DateReader.read(page.bytes.span, range, pattern: pattern)
          return score + (moment == nil ? 0 : 1)
        }
      }
      guard let best = scores.max(), let choice = scores.firstIndex(of: best) else { continue }
      mappings[name]?.patterns = [mapping.patterns[choice]]
    }
  }

  private func skippedRows(_ mapper: inout PageMapper) -> [Bool] {
    var skipped = [Bool](repeating: false, count: mapper.rowCount)
    for skip in skips {
      let texts = mapper.texts(at: skip.position)
      let fits = texts.values.enumerated().map { $0 > 0 && skip.pattern.matches($1) }
      for row in 0..<mapper.rowCount where fits[Int(texts.codes[row])] { skipped[row] = true }
    }
    return skipped
  }

  private func refuseFlaws(_ mapper: inout PageMapper, isSkipped: [Bool]) {
    let expected = context.header.names.count
    for (row, flaw) in mapper.page.flaws.sorted(by: { $0.key < $1.key }) where !isSkipped[row] {
      let (reason, remedy): (String, String)
      switch flaw {
      case .short where context.dataset.file.areShortRowsAllowed,
        .cutOff where context.dataset.file.areShortRowsAllowed:
        continue
      case .short(let found):
        (reason, remedy) = (
          "the line has \(found) fields, the header \(expected)",
          "look for a line end inside a field, and export the file again"
        )
      case .long(let found):
        (reason, remedy) = (
          "the line has \(found) fields, the header \(expected)",
          "look for a delimiter inside a field that is not quoted"
        )
      case .cutOff(let found):
        (reason, remedy) = (
          "the file ends in the middle of this line (\(found) of \(expected) fields)",
          "the download was cut off; export the file again"
        )
      case .textAfterQuote:
        (reason, remedy) = (
          "there is text between a closing quote and the next delimiter",
          "write quotes inside a quoted field twice"
        )
      case .nulByte:
        (reason, remedy) = (
          "the line has a NUL byte", "the file is damaged; export it again"
        )
      }
      mapper.refuse(row: row, position: nil, reason: reason, remedy: remedy)
    }
  }
}

// MARK: - Columns

extension Normaliser {
  private func fillTexts(_ columns: inout CanonicalColumns, _ mapper: inout PageMapper) {
    let computed: Set<String> = ["customer"]
    for (name, type) in shape.columns where type == .string && !computed.contains(name) {
      guard let mapping = mappings[name] else { continue }
      columns.texts[name] = mapper.text(mapping)
    }
    let rowCount = mapper.rowCount
    columns.texts["channel"] = .constant(context.channel.name, rowCount: rowCount)
    columns.texts["account"] = .constant(context.account, rowCount: rowCount)
    columns.texts["dataset"] = .constant(
      "\(context.channel.name).\(context.dataset.name)",
      rowCount: rowCount
    )
    columns.texts["source_file"] = .constant(context.fileName, rowCount: rowCount)
    var currency = columns.texts["currency"] ?? .missing(rowCount: rowCount)
    currency = currency.mapped { $0.uppercased() }
    currency.fill(from: .constant(context.channel.currency, rowCount: rowCount))
    columns.texts["currency"] = currency
    if shape.schema.index(of: "status") != nil {
      var status = columns.texts["status"] ?? .missing(rowCount: rowCount)
      status = status.mapped { text in
        OrderStatus(rawValue: HeaderText.normalised(text))?.rawValue
          ?? OrderStatus.unknown.rawValue
      }
      status.fill(from: .constant(OrderStatus.unknown.rawValue, rowCount: rowCount))
      columns.texts["status"] = status
    }
  }

  private func fillIntegers(_ columns: inout CanonicalColumns, _ mapper: inout PageMapper) {
    for (name, type) in shape.columns where type != .string {
      guard let mapping = mappings[name], let kind = kind(of: type, mapping.type) else { continue }
      // A source that has the day only gives no instant.
      if type == .timestamp, mapping.type == .date { continue }
      columns.integers[name] = mapper.integers(mapping, as: kind)
    }
    let rowCount = mapper.rowCount
    if shape.schema.index(of: "order_date") != nil {
      if let instants = columns.integers["ordered_at"], mappings["order_date"] == nil {
        columns.integers["order_date"] = dates(of: instants)
      } else {
        columns.integers["order_date"] = days(&mapper)
      }
    }
    if shape.schema.index(of: "date_to") != nil {
      var last = columns.integers["date_to"] ?? .missing(rowCount: rowCount)
      if let first = columns.integers["date_from"] { last.fill(from: first) }
      columns.integers["date_to"] = last
    }
    columns.integers["source_line"] = .known(mapper.page.lines.map(Int64.init))
    if shape.schema.index(of: "occurrence") != nil {
      columns.integers["occurrence"] = .known(mapper.occurrences.map(Int64.init))
    }
  }

  func kind(of type: ColumnType, _ given: ColumnRule.ValueType?) -> ValueKind? {
    switch type {
    case .int32: .int32
    case .int64: .int64
    case .decimal: given == .percent ? .percent : .decimal
    case .bool: .bool
    case .date: .day
    case .timestamp: .instant
    case .float64, .string: nil
    }
  }

  private func dates(of instants: IntegerColumn) -> IntegerColumn {
    var dates = instants
    for row in dates.values.indices where !dates.isNull[row] {
      dates.values[row] = context.zone.day(of: instants.values[row])
    }
    return dates
  }

  /// The business day of each row.
  private func days(_ mapper: inout PageMapper) -> IntegerColumn {
    for name in ["order_date", "date_to", "date_from", "ordered_at"] {
      if let mapping = mappings[name] { return mapper.integers(mapping, as: .day) }
    }
    return .missing(rowCount: mapper.rowCount)
  }

  private func fillVersion(
    _ columns: inout CanonicalColumns,
    _ mapper: inout PageMapper,
    fileVersion: Int64?
  ) {
    var version = IntegerColumn.missing(rowCount: mapper.rowCount)
    if let mapping = versionMapping { version = mapper.integers(mapping, as: .instant) }
    if let fileVersion { version.fill(from: .constant(fileVersion, rowCount: mapper.rowCount)) }
    for row in 0..<mapper.rowCount where version.isNull[row] && !mapper.isBad[row] {
      mapper.refuse(
        row: row,
        position: versionMapping?.position,
        reason: "the row does not tell when it was last changed",
        remedy: "give the day of the export with --as-of YYYY-MM-DD"
      )
    }
    columns.integers["updated_at"] = version
  }

  /// Keys of listings, places and customers.
  private func fillIdentity(_ columns: inout CanonicalColumns, _ mapper: inout PageMapper) {
    let rowCount = mapper.rowCount
    let channel = context.channel.name
    columns.texts["product"] = (columns.texts["sku"] ?? .missing(rowCount: rowCount))
      .prefixed(by: "\(channel):")
    columns.fillPlaces(
      TableShape.placeColumns.map { name in
        columns.texts[name] ?? .missing(rowCount: rowCount)
      }
    )
    guard let mapping = mappings["customer"], shape.schema.index(of: "customer") != nil else {
      return
    }
    let identity = context.identity
    let texts = mapper.text(mapping)
    switch mapping.identity {
    case .plain:
      columns.texts["customer"] = texts.prefixed(by: identity.prefix)
      columns.customerIDStart = identity.prefix.utf8.count
    case .hashed(let scope):
      columns.texts["customer"] = texts.mapped { identity.hash(of: $0, scope) }
    }
  }

  /// Rows without a value in a column that the table needs, and keys that a spreadsheet destroyed.
  private func requireKeys(_ columns: CanonicalColumns, _ mapper: inout PageMapper) {
    for name in ["order_id", "sku"] {
      guard let texts = columns.texts[name] else { continue }
      guard texts.texts.utf8.contains(0x2B) else { continue }
      let isDamaged = texts.values.map(Normaliser.isScientific)
      guard isDamaged.contains(true) else { continue }
      for row in 0..<mapper.rowCount where isDamaged[Int(texts.codes[row])] {
        mapper.refuse(
          row: row,
          position: mappings[name]?.position,
          reason: "the digits of this id were rounded away by a spreadsheet",
          remedy: "export the file again and do not save it from a spreadsheet"
        )
      }
    }
    for field in shape.schema.fields where !field.isNullable {
      let position = mappings[field.name]?.position
      let codes = columns.texts[field.name]?.codes
      let isNull = columns.integers[field.name]?.isNull
      let isComplete =
        field.type == .string ? codes?.contains(0) == false : isNull?.contains(true) == false
      if isComplete { continue }
      for row in 0..<mapper.rowCount where !mapper.isBad[row] {
        let isMissing = field.type == .string ? (codes?[row] ?? 0) == 0 : isNull?[row] ?? true
        guard isMissing else { continue }
        mapper.refuse(
          row: row,
          position: position,
          reason: "there is no value for \(field.name), but one is needed",
          remedy: "fill it in and import the file again"
        )
      }
    }
  }

  /// `8.91E+12`, what a spreadsheet makes of a long number.
  private static func isScientific(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard let mark = bytes.firstIndex(where: { $0 | 0x20 == 0x65 }), mark > 0 else { return false }
    let mantissa = bytes[..<mark]
    let exponent = bytes[(mark + 1)...]
    guard exponent.first == 0x2B, exponent.count > 1 else { return false }
    return mantissa.allSatisfy { $0 == 0x2E || (0x30...0x39).contains($0) }
      && exponent.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
  }

  // MARK: - What rows say about other tables

  private func listings(
    _ columns: CanonicalColumns,
    _ mapper: inout PageMapper,
    kept: [Int]
  ) -> [String: CanonicalPage.Listing] {
    guard shape.origin == .canonical, let products = columns.texts["product"],
      let skus = columns.texts["sku"],
      let versions = columns.integers["updated_at"]
    else { return [:] }
    var newest = [Int](repeating: -1, count: products.texts.count + 1)
    let titles = columns.texts["title"]
    for row in kept {
      let code = Int(products.codes[row])
      if code == 0 { continue }
      let best = newest[code]
      if best < 0 || isNewer(row, than: best, versions: versions, titles: titles) {
        newest[code] = row
      }
    }
    var listings: [String: CanonicalPage.Listing] = [:]
    for (code, row) in newest.enumerated() where row >= 0 {
      listings[products.text(ofCode: UInt32(code))] = CanonicalPage.Listing(
        sku: skus.text(row),
        title: columns.optionalText("title", row),
        brand: columns.optionalText("brand", row),
        category: columns.optionalText("category", row),
        version: versions.values[row]
      )
    }
    return listings
  }

  /// A row with a title beats one without, then the newer version, then the greater title, so that
  /// the order of rows decides nothing.
  private func isNewer(
    _ row: Int,
    than best: Int,
    versions: IntegerColumn,
    titles: TextColumn?
  ) -> Bool {
    if let titles, (titles.codes[row] == 0) != (titles.codes[best] == 0) {
      return titles.codes[row] != 0
    }
    if versions.values[row] != versions.values[best] {
      return versions.values[row] > versions.values[best]
    }
    guard let titles, titles.codes[row] != titles.codes[best] else { return false }
    return titles.text(row) > titles.text(best)
  }

  private func buyers(_ columns: CanonicalColumns, kept: [Int]) -> CanonicalPage.Buyers? {
    guard shape.origin == .canonical, let customers = columns.texts["customer"],
      let dates = columns.integers["order_date"]
    else { return nil }
    let instants = columns.integers["ordered_at"]
    return CanonicalPage.Buyers(
      codes: kept.map { row in
        customers.codes[row] == 0 ? CanonicalPage.Buyers.none : customers.codes[row] - 1
      },
      keys: customers.texts,
      idStart: columns.customerIDStart,
      days: kept.map { dates.values[$0] },
      instants: kept.map { row in
        guard let instants, !instants.isNull[row] else { return .max }
        return instants.values[row]
      }
    )
  }
}
