import ColumnStore

/// Whole columns of a page at once: what every field of a file goes through.
extension DecodedPage {
  /// The fields of a column as texts, each different one once.
  func texts(column: Int) -> TextColumn {
    var codes = [UInt32](repeating: 0, count: rowCount)
    guard column < columnCount else { return TextColumn(codes: codes, texts: TextList()) }
    var interner = ByteInterner(capacity: 256)
    var output = codes.mutableSpan
    interner.number(self, column: column, into: &output)
    return TextColumn(codes: codes, texts: interner.texts)
  }

  /// Reads the fields of a column that are of the usual forms, and returns the rows of the others
  /// that have something in them; rows that are not `needed` are passed over.
  func readQuickly(
    _ column: Int,
    by reader: ValueReader,
    needed: [Bool]?,
    into values: inout [Int64],
    _ isNull: inout [Bool]
  ) -> [Int] {
    switch reader.quickForm {
    case .tenThousandths:
      return read(column, needed, &values, &isNull) { PlainNumber.tenThousandths($0, $1) }
    case .whole:
      return read(column, needed, &values, &isNull) { PlainNumber.whole($0, $1) }
    case .moment:
      var memory = DayMemory()
      return read(column, needed, &values, &isNull) { reader.quickMoment($0, $1, &memory) }
    case .truth:
      return read(column, needed, &values, &isNull) { ValueReader.quickTruth($0, $1) }
    case .none: return read(column, needed, &values, &isNull) { _, _ in nil }
    }
  }

  @inline(__always)
  private func read(
    _ column: Int,
    _ needed: [Bool]?,
    _ values: inout [Int64],
    _ isNull: inout [Bool],
    _ value: (borrowing Span<UInt8>, Range<Int>) -> Int64?
  ) -> [Int] {
    guard column < columnCount else { return [] }
    var others: [Int] = []
    let (bytes, starts, ends) = (bytes.span, starts.span, ends.span)
    var values = values.mutableSpan
    var isNull = isNull.mutableSpan
    var place = column
    for row in 0..<rowCount {
      let range = DecodedPage.trimmed(bytes, Int(starts[place])..<Int(ends[place]))
      place &+= columnCount
      if range.isEmpty { continue }
      if let needed, !needed[row] { continue }
      if let value = value(bytes, range) {
        values[row] = value
        isNull[row] = false
      } else {
        others.append(row)
      }
    }
    return others
  }
}
