import ColumnStore

/// The canonical columns of one page while they are put together.
struct CanonicalColumns {
  let rowCount: Int
  var texts: [String: TextColumn] = [:]
  var integers: [String: IntegerColumn] = [:]
  /// Where in the bytes of a customer's key the id begins that reports show.
  var customerIDStart = 0
  private(set) var places: [String: PlaceName] = [:]

  init(rowCount: Int) {
    self.rowCount = rowCount
  }

  /// Returns a text of a row, nil where there is none.
  func optionalText(_ name: String, _ row: Int) -> String? {
    guard let column = texts[name], column.codes[row] != 0 else { return nil }
    return column.text(row)
  }

  /// Makes the column `place` from country, state, city and pincode; each combination once.
  mutating func fillPlaces(_ parts: [TextColumn]) {
    struct Combination: Hashable {
      let country: UInt32
      let state: UInt32
      let city: UInt32
      let pincode: UInt32
    }
    var codes = [UInt32](repeating: 0, count: rowCount)
    var values = [""]
    var known: [Combination: UInt32] = [:]
    var byKey: [String: UInt32] = [:]
    for row in 0..<rowCount {
      let combination = Combination(
        country: parts[0].codes[row],
        state: parts[1].codes[row],
        city: parts[2].codes[row],
        pincode: parts[3].codes[row]
      )
      if let code = known[combination] {
        codes[row] = code
        continue
      }
      let place = PlaceName(
        country: parts[0].text(row),
        state: parts[1].text(row),
        city: parts[2].text(row),
        pincode: parts[3].text(row)
      )
      let key = place.key
      let code = byKey[key] ?? UInt32(values.count)
      if byKey[key] == nil {
        byKey[key] = code
        values.append(key)
        places[key] = place
      }
      known[combination] = code
      codes[row] = code
    }
    texts["place"] = TextColumn(codes: codes, values: values)
  }

  /// The columns of a table with the rows at `kept`; nullable columns without values are left out.
  func batch(for schema: TableSchema, kept: [Int]) -> RowBatch {
    var columns: [String: RowBatch.Column] = [:]
    for field in schema.fields {
      if let texts = texts[field.name], field.type == .string {
        if field.isNullable, texts.isEmpty { continue }
        columns[field.name] = texts.batchColumn(kept)
      } else if let integers = integers[field.name], field.type != .string {
        columns[field.name] = integers.batchColumn(kept)
      }
    }
    return RowBatch(columns: columns, rowCount: kept.count)
  }
}
