import ColumnStore

/// The texts of one column of a page: a code a row into a list of texts, 0 for none.
struct TextColumn: Sendable, Equatable {
  /// One code per row; 0 where there is no text.
  var codes: [UInt32]
  /// The texts; a code is one more than a place in the list.
  var texts: TextList

  init(codes: [UInt32], texts: TextList) {
    self.codes = codes
    self.texts = texts
  }

  /// Takes codes and texts of which the first is empty and stands for none.
  init(codes: [UInt32], values: [String]) {
    self.init(codes: codes, texts: TextList(Array(values.dropFirst())))
  }

  /// The texts by code; the first is empty and stands for none.
  var values: [String] { [""] + texts.strings }

  /// A column without any text.
  static func missing(rowCount: Int) -> TextColumn {
    TextColumn(codes: [UInt32](repeating: 0, count: rowCount), texts: TextList())
  }

  /// A column with one text everywhere.
  static func constant(_ text: String, rowCount: Int) -> TextColumn {
    guard !text.isEmpty else { return missing(rowCount: rowCount) }
    return TextColumn(codes: [UInt32](repeating: 1, count: rowCount), values: ["", text])
  }

  /// Changes every text once; a text that becomes nil or empty is missing.
  func mapped(_ change: (String) -> String?) -> TextColumn {
    var numbers: [String: UInt32] = [:]
    var changed = TextList()
    var codes = [UInt32](repeating: 0, count: texts.count + 1)
    for code in 1..<codes.count {
      guard let text = change(texts[code - 1]), !text.isEmpty else { continue }
      if let number = numbers[text] {
        codes[code] = number
      } else {
        changed.append(text)
        let number = UInt32(changed.count)
        numbers[text] = number
        codes[code] = number
      }
    }
    return TextColumn(codes: self.codes.map { codes[Int($0)] }, texts: changed)
  }

  /// Puts something before every text.
  func prefixed(by prefix: String) -> TextColumn {
    let start = Array(prefix.utf8)
    var utf8: [UInt8] = []
    var ends: [UInt32] = []
    utf8.reserveCapacity(texts.utf8.count + start.count * texts.count)
    ends.reserveCapacity(texts.count)
    for text in 0..<texts.count {
      utf8.append(contentsOf: start)
      utf8.append(contentsOf: texts.utf8[texts.range(of: text)])
      ends.append(UInt32(utf8.count))
    }
    return TextColumn(codes: codes, texts: TextList(utf8: utf8, ends: ends))
  }

  /// Takes the texts of another column where this one has none.
  mutating func fill(from other: TextColumn) {
    let shift = UInt32(texts.count)
    var isUsed = false
    for row in codes.indices where codes[row] == 0 && other.codes[row] != 0 {
      codes[row] = other.codes[row] + shift
      isUsed = true
    }
    if isUsed { for text in other.texts.strings { texts.append(text) } }
  }

  /// The text of a row; empty where there is none.
  func text(_ row: Int) -> String { text(ofCode: codes[row]) }

  /// The text of a code; empty for none.
  func text(ofCode code: UInt32) -> String { code == 0 ? "" : texts[Int(code) - 1] }

  /// Tells whether no row has a text.
  var isEmpty: Bool { texts.count == 0 }

  /// The column of a batch with the rows at `kept`.
  func batchColumn(_ kept: [Int]) -> RowBatch.Column {
    if kept.count == codes.count { return .texts(codes: codes, texts) }
    return .texts(codes: kept.map { codes[$0] }, texts)
  }
}

/// The integers of one column of a page: counts, ten-thousandths, days, microseconds, or 0 and 1.
struct IntegerColumn: Sendable, Equatable {
  /// One value per row; 0 where there is none.
  var values: [Int64]
  /// True where a row has no value.
  var isNull: [Bool]

  /// A column without any value.
  static func missing(rowCount: Int) -> IntegerColumn {
    IntegerColumn(
      values: [Int64](repeating: 0, count: rowCount),
      isNull: [Bool](repeating: true, count: rowCount)
    )
  }

  /// A column with one value everywhere.
  static func constant(_ value: Int64, rowCount: Int) -> IntegerColumn {
    IntegerColumn(
      values: [Int64](repeating: value, count: rowCount),
      isNull: [Bool](repeating: false, count: rowCount)
    )
  }

  /// A column in which every row has a value.
  static func known(_ values: [Int64]) -> IntegerColumn {
    IntegerColumn(values: values, isNull: [Bool](repeating: false, count: values.count))
  }

  /// Takes the values of another column where this one has none.
  mutating func fill(from other: IntegerColumn) {
    for row in values.indices where isNull[row] && !other.isNull[row] {
      values[row] = other.values[row]
      isNull[row] = false
    }
  }

  mutating func set(_ row: Int, _ value: Int64) {
    values[row] = value
    isNull[row] = false
  }

  /// The column of a batch with the rows at `kept`.
  func batchColumn(_ kept: [Int]) -> RowBatch.Column {
    if kept.count == values.count {
      return .integers(values, nulls: isNull.contains(true) ? RowNulls(flags: isNull) : .none)
    }
    let flags = kept.map { isNull[$0] }
    return .integers(
      kept.map { values[$0] },
      nulls: flags.contains(true) ? RowNulls(flags: flags) : .none
    )
  }
}
