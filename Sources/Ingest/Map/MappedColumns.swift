import ColumnStore

/// The texts of one column of a page: a code a row into a list of texts, 0 for none.
struct TextColumn: Sendable, Equatable {
  /// One code per row; 0 where there is no text.
  var codes: [UInt32]
  /// The texts; `values[0]` is empty and stands for none.
  var values: [String]

  /// A column without any text.
  static func missing(rowCount: Int) -> TextColumn {
    TextColumn(codes: [UInt32](repeating: 0, count: rowCount), values: [""])
  }

  /// A column with one text everywhere.
  static func constant(_ text: String, rowCount: Int) -> TextColumn {
    guard !text.isEmpty else { return missing(rowCount: rowCount) }
    return TextColumn(codes: [UInt32](repeating: 1, count: rowCount), values: ["", text])
  }

  /// Changes every text once; a text that becomes nil or empty is missing.
  func mapped(_ change: (String) -> String?) -> TextColumn {
    var numbers: [String: UInt32] = [:]
    var texts = [""]
    var codes = [UInt32](repeating: 0, count: values.count)
    for (code, value) in values.enumerated() where code > 0 {
      guard let text = change(value), !text.isEmpty else { continue }
      if let number = numbers[text] {
        codes[code] = number
      } else {
        let number = UInt32(texts.count)
        numbers[text] = number
        texts.append(text)
        codes[code] = number
      }
    }
    return TextColumn(codes: self.codes.map { codes[Int($0)] }, values: texts)
  }

  /// Takes the texts of another column where this one has none.
  mutating func fill(from other: TextColumn) {
    let shift = UInt32(values.count) - 1
    var isUsed = false
    for row in codes.indices where codes[row] == 0 && other.codes[row] != 0 {
      codes[row] = other.codes[row] + shift
      isUsed = true
    }
    if isUsed { values.append(contentsOf: other.values.dropFirst()) }
  }

  /// The text of a row; empty where there is none.
  func text(_ row: Int) -> String { values[Int(codes[row])] }

  /// Tells whether no row has a text.
  var isEmpty: Bool { values.count == 1 }

  /// The column of a batch with the rows at `kept`.
  func batchColumn(_ kept: [Int]) -> RowBatch.Column {
    var codes = [UInt32](repeating: 0, count: kept.count)
    var flags: [Bool] = []
    for (index, row) in kept.enumerated() {
      let code = self.codes[row]
      if code == 0 {
        if flags.isEmpty { flags = [Bool](repeating: false, count: kept.count) }
        flags[index] = true
      } else {
        codes[index] = code - 1
      }
    }
    return .strings(
      codes: codes,
      values: Array(values.dropFirst()),
      nulls: flags.isEmpty ? .none : RowNulls(flags: flags)
    )
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
    let flags = kept.map { isNull[$0] }
    return .integers(
      kept.map { values[$0] },
      nulls: flags.contains(true) ? RowNulls(flags: flags) : .none
    )
  }
}
