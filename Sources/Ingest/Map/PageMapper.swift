import ColumnStore

/// Evaluates mappings over one page, column by column, and collects the rows that cannot be read.
struct PageMapper {
  let page: DecodedPage
  let header: FileHeader
  let zone: ZoneRules
  let fileName: String
  /// Positions of fields whose text never leaves the mapper in messages.
  let personal: Set<Int>
  /// For each row the number of its line among lines with the same key.
  var occurrences: [UInt32] = []
  /// Rows with an issue; the first one of a row counts.
  private(set) var issues: [Int: MappingIssue] = [:]
  /// True for rows with an issue.
  private(set) var isBad: [Bool]
  private var cachedTexts: [Int: TextColumn] = [:]

  init(
    page: DecodedPage,
    header: FileHeader,
    zone: ZoneRules,
    fileName: String,
    personal: Set<Int>
  ) {
    self.page = page
    self.header = header
    self.zone = zone
    self.fileName = fileName
    self.personal = personal
    isBad = [Bool](repeating: false, count: page.rowCount)
  }

  var rowCount: Int { page.rowCount }

  /// Notes why a row cannot be read, unless something is noted already.
  mutating func refuse(row: Int, position: Int?, reason: String, remedy: String) {
    guard !isBad[row] else { return }
    isBad[row] = true
    let value = position.map { position in
      personal.contains(position) ? "hidden" : shortened(page.text(row: row, column: position))
    }
    issues[row] = MappingIssue(
      file: fileName,
      line: Int(page.lines[row]),
      column: position.map { header.names[$0] },
      value: value,
      reason: reason,
      remedy: remedy
    )
  }

  private func shortened(_ text: String) -> String {
    text.count <= 60 ? text : text.prefix(60) + "…"
  }

  // MARK: - Texts

  /// The fields of one position as texts.
  mutating func texts(at position: Int?) -> TextColumn {
    guard let position else { return .missing(rowCount: rowCount) }
    if let cached = cachedTexts[position] { return cached }
    let column = page.texts(column: position)
    cachedTexts[position] = column
    return column
  }

  /// Evaluates a mapping to texts.
  mutating func text(_ mapping: FieldMapping) -> TextColumn {
    var column: TextColumn
    switch mapping.source {
    case .field(let position): column = texts(at: position)
    case .constant(let text): column = .constant(text, rowCount: rowCount)
    case .joined(let parts, let separator): column = joined(parts, separator: separator)
    case .first(let mappings):
      column = .missing(rowCount: rowCount)
      for mapping in mappings { column.fill(from: text(mapping)) }
    case .expression: column = .missing(rowCount: rowCount)
    }
    if !mapping.cleaning.isEmpty {
      column = column.mapped { PageMapper.clean($0, mapping.cleaning) }
    }
    if let map = mapping.map {
      column = column.mapped { map.words[HeaderText.normalised($0)] ?? map.otherwise }
    }
    column = column.composed()
    if mapping.isRequired { require(mapping) { column.codes[$0] != 0 } }
    return column
  }

  private static func clean(_ text: String, _ steps: [ColumnRule.Cleaning]) -> String {
    var text = text
    for step in steps {
      switch step {
      case .trim:
        text = String(text.drop { $0.isWhitespace })
        while let last = text.last, last.isWhitespace { text.removeLast() }
      case .upper: text = text.uppercased()
      case .lower: text = text.lowercased()
      case .strip(let part):
        if text.hasPrefix(part) { text.removeFirst(part.count) }
        if text.hasSuffix(part) { text.removeLast(part.count) }
      }
    }
    return text
  }

  /// Notes every row of a required column in which there is nothing.
  private mutating func require(_ mapping: FieldMapping, hasValue: (Int) -> Bool) {
    for row in 0..<rowCount where !isBad[row] && !hasValue(row) {
      refuse(
        row: row,
        position: mapping.position,
        reason: "there is no value, but one is needed",
        remedy: "fill it in and import the file again"
      )
    }
  }

  private mutating func joined(_ parts: [FieldMapping.Part], separator: String) -> TextColumn {
    let columns = parts.map { part -> TextColumn? in
      switch part {
      case .field(let position): texts(at: position)
      case .occurrence: nil
      }
    }
    let glue = Array(separator.utf8)
    var interner = ByteInterner(capacity: rowCount)
    var codes = [UInt32](repeating: 0, count: rowCount)
    var scratch: [UInt8] = []
    for row in 0..<rowCount {
      scratch.removeAll(keepingCapacity: true)
      for (index, column) in columns.enumerated() {
        if index > 0 { scratch.append(contentsOf: glue) }
        if let column {
          let code = Int(column.codes[row])
          if code > 0 {
            ByteWords.append(column.texts.utf8.span, column.texts.range(of: code - 1), to: &scratch)
          }
        } else {
          PageMapper.append(occurrences[row], to: &scratch)
        }
      }
      codes[row] = interner.number(of: scratch.span, 0..<scratch.count) + 1
    }
    return TextColumn(codes: codes, texts: interner.texts)
  }

  private static func append(_ number: UInt32, to bytes: inout [UInt8]) {
    if number >= 10 { append(number / 10, to: &bytes) }
    bytes.append(UInt8(0x30 + number % 10))
  }

  // MARK: - Numbers, dates and truth values

  /// Evaluates a mapping to integers; rows that are not `needed` stay without a value.
  mutating func integers(
    _ mapping: FieldMapping,
    as kind: ValueKind,
    needed: [Bool]? = nil
  ) -> IntegerColumn {
    var column: IntegerColumn
    switch mapping.source {
    case .first(let mappings):
      column = .missing(rowCount: rowCount)
      for mapping in mappings {
        let open = zip(column.isNull, needed ?? column.isNull).map { $0 && $1 }
        column.fill(from: integers(mapping, as: kind, needed: open))
      }
    case .expression(let expression):
      column = computed(expression, mapping: mapping, as: kind, needed: needed)
    case .field(let position) where mapping.map == nil && mapping.cleaning.isEmpty:
      column = parsed(position, mapping: mapping, as: kind, needed: needed)
    case .field, .constant, .joined:
      column = parsedTexts(mapping, as: kind, needed: needed)
    }
    if let sign = mapping.sign {
      let words = texts(at: sign.position)
      let isNegative = words.values.map { HeaderText.normalised($0) == sign.equals }
      for row in 0..<rowCount where isNegative[Int(words.codes[row])] {
        if column.values[row] > 0 { column.values[row] = -column.values[row] }
      }
    }
    if mapping.isRequired { require(mapping) { !column.isNull[$0] } }
    return column
  }

  private mutating func parsed(
    _ position: Int?,
    mapping: FieldMapping,
    as kind: ValueKind,
    needed: [Bool]?
  ) -> IntegerColumn {
    var column = IntegerColumn.missing(rowCount: rowCount)
    guard let position else { return column }
    let reader = ValueReader(kind: kind, mapping: mapping, zone: zone)
    let open = page.readQuickly(
      position,
      by: reader,
      needed: needed,
      into: &column.values,
      &column.isNull
    )
    for row in open {
      switch reader.read(page.bytes.span, page.field(row: row, column: position)) {
      case .value(let value): column.set(row, value)
      case .blank: break
      case .refused(let reason, let remedy):
        refuse(row: row, position: position, reason: reason, remedy: remedy)
      }
    }
    return column
  }

  /// Reads each different text once: after a map or a cleaning there are few of them.
  private mutating func parsedTexts(
    _ mapping: FieldMapping,
    as kind: ValueKind,
    needed: [Bool]?
  ) -> IntegerColumn {
    let texts = text(mapping)
    let reader = ValueReader(kind: kind, mapping: mapping, zone: zone)
    let readings = texts.values.map { text -> ValueReader.Reading in
      let bytes = Array(text.utf8)
      return bytes.isEmpty ? .blank : reader.read(bytes.span, 0..<bytes.count)
    }
    var column = IntegerColumn.missing(rowCount: rowCount)
    for row in 0..<rowCount {
      if let needed, !needed[row] { continue }
      switch readings[Int(texts.codes[row])] {
      case .value(let value): column.set(row, value)
      case .blank: break
      case .refused(let reason, let remedy):
        refuse(row: row, position: mapping.position, reason: reason, remedy: remedy)
      }
    }
    return column
  }

  private mutating func computed(
    _ expression: FieldMapping.Arithmetic,
    mapping: FieldMapping,
    as kind: ValueKind,
    needed: [Bool]?
  ) -> IntegerColumn {
    var column = evaluate(expression, mapping: mapping, needed: needed)
    guard kind.isWhole else { return column }
    for row in 0..<rowCount where !column.isNull[row] {
      let (quotient, remainder) = column.values[row].quotientAndRemainder(dividingBy: 10_000)
      column.values[row] = quotient
      guard remainder != 0 else { continue }
      refuse(
        row: row,
        position: mapping.position,
        reason: "the computed value is not a whole number",
        remedy: "check the fields of the expression"
      )
    }
    return column
  }

  private mutating func evaluate(
    _ expression: FieldMapping.Arithmetic,
    mapping: FieldMapping,
    needed: [Bool]?
  ) -> IntegerColumn {
    switch expression {
    case .field(let position):
      return parsed(position, mapping: mapping, as: .decimal, needed: needed)
    case .number(let value): return .constant(value, rowCount: rowCount)
    case .coalesce(let parts):
      var column = IntegerColumn.missing(rowCount: rowCount)
      for part in parts {
        column.fill(from: evaluate(part, mapping: mapping, needed: needed))
      }
      return column
    case .binary(let operation, let left, let right):
      return combine(
        operation,
        evaluate(left, mapping: mapping, needed: needed),
        evaluate(right, mapping: mapping, needed: needed),
        position: mapping.position
      )
    }
  }

  private mutating func combine(
    _ operation: FieldMapping.Operator,
    _ left: IntegerColumn,
    _ right: IntegerColumn,
    position: Int?
  ) -> IntegerColumn {
    var column = IntegerColumn.missing(rowCount: rowCount)
    for row in 0..<rowCount where !left.isNull[row] && !right.isNull[row] {
      switch ExactArithmetic.apply(operation, left.values[row], right.values[row]) {
      case .value(let value): column.set(row, value)
      case .tooLarge:
        refuse(
          row: row,
          position: position,
          reason: "the computed value is too large",
          remedy: "check the fields of the expression"
        )
      case .tooPrecise:
        refuse(
          row: row,
          position: position,
          reason: "the computed value needs more than four decimals",
          remedy: "check the fields of the expression"
        )
      }
    }
    return column
  }
}
