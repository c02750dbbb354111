import ColumnStore

/// Whole columns of a page at once: what every field of a file goes through.
extension DecodedPage {
  /// The fields of a column as texts, each different one once.
  func texts(column: Int) -> TextColumn {
    var codes = [UInt32](repeating: 0, count: rowCount)
    guard column < columnCount else { return TextColumn(codes: codes, texts: TextList()) }
    var interner = ByteInterner(capacity: 256)
    let (bytes, starts, ends) = (bytes.span, starts.span, ends.span)
    var output = codes.mutableSpan
    var place = column
    for row in 0..<output.count {
      let range = DecodedPage.trimmed(bytes, Int(starts[place])..<Int(ends[place]))
      place &+= columnCount
      if !range.isEmpty { output[row] = interner.number(of: bytes, range) &+ 1 }
    }
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
      if let value = reader.quickValue(bytes, range) {
        values[row] = value
        isNull[row] = false
      } else {
        others.append(row)
      }
    }
    return others
  }
}
