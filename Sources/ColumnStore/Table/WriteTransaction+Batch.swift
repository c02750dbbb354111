extension WriteTransaction {
  /// Checks a batch against a schema and gives every text of it the code of its dictionary.
  ///
  /// - Throws: `StoreError.mismatch` with the column and the row that do not fit.
  func translate(
    _ batch: RowBatch,
    for schema: TableSchema
  ) throws(StoreError) -> [ColumnRows] {
    guard batch.rowCount >= 0, batch.rowCount < Int(UInt32.max) else {
      throw .mismatch("a batch for \(schema.name) has \(batch.rowCount) rows")
    }
    for name in batch.columns.keys where schema.index(of: name) == nil {
      throw .unknownColumn(table: schema.name, column: name)
    }
    var result: [ColumnRows] = []
    for field in schema.fields {
      var column = ColumnRows(for: field)
      if let values = batch.columns[field.name] {
        let place = "\(schema.name).\(field.name)"
        try fill(&column, from: values, field: field, place: place)
        guard column.count == batch.rowCount else {
          throw .mismatch("the batch has \(column.count) values of \(place), not \(batch.rowCount)")
        }
      } else {
        column.appendNulls(batch.rowCount)
      }
      if !field.isNullable, let row = column.nulls.firstIndex(of: true) {
        throw .mismatch("row \(row) of the batch has no \(schema.name).\(field.name)")
      }
      result.append(column)
    }
    return result
  }

  private func fill(
    _ column: inout ColumnRows,
    from values: RowBatch.Column,
    field: Field,
    place: String
  ) throws(StoreError) {
    switch (values, column.kind) {
    case (.integers(let integers, let nulls), .integers):
      column.integers = integers
      column.nulls = try flags(nulls, count: integers.count, place: place)
      clearNulls(&column)
      try check(column.integers, type: field.type, place: place)
    case (.doubles(let doubles, let nulls), .doubles):
      column.doubles = doubles
      column.nulls = try flags(nulls, count: doubles.count, place: place)
      for row in doubles.indices where doubles[row].isNaN {
        if column.nulls.isEmpty { column.nulls = Array(repeating: false, count: doubles.count) }
        column.nulls[row] = true
      }
      clearNulls(&column)
    case (.strings(let codes, let texts, let nulls), .codes):
      column.nulls = try flags(nulls, count: codes.count, place: place)
      let list = TextList(texts)
      let mapping = try self.codes(of: list, in: field.dictionaryName ?? field.name)
      column.codes = [UInt32](repeating: 0, count: codes.count)
      for row in codes.indices where !column.isNull(row) {
        guard Int(codes[row]) < mapping.count else { throw badCode(row, place) }
        column.codes[row] = mapping[Int(codes[row])]
      }
    case (.texts(let codes, let texts), .codes):
      guard codes.allSatisfy({ Int($0) <= texts.count }) else { throw badCode(0, place) }
      let mapping = [0] + (try self.codes(of: texts, in: field.dictionaryName ?? field.name))
      column.codes = [UInt32](repeating: 0, count: codes.count)
      column.nulls = nullFlags(codes)
      for row in codes.indices { column.codes[row] = mapping[Int(codes[row])] }
    case (.coded(let codes), .codes):
      let limit = dictionaryCount(field.dictionaryName ?? field.name)
      if let row = codes.firstIndex(where: { Int($0) > limit }) { throw badCode(row, place) }
      column.nulls = nullFlags(codes)
      column.codes = codes.map { $0 == 0 ? 0 : $0 - 1 }
    case (.texts(let codes, let texts), .texts):
      guard codes.allSatisfy({ Int($0) <= texts.count }) else { throw badCode(0, place) }
      column.nulls = nullFlags(codes)
      column.texts = codes.map { $0 == 0 ? "" : texts[Int($0) - 1] }
    case (.strings(let codes, let texts, let nulls), .texts):
      column.nulls = try flags(nulls, count: codes.count, place: place)
      column.texts.reserveCapacity(codes.count)
      for row in codes.indices {
        if column.isNull(row) {
          column.texts.append("")
        } else {
          guard Int(codes[row]) < texts.count else { throw badCode(row, place) }
          column.texts.append(texts[Int(codes[row])])
        }
      }
    case (.integers, _), (.doubles, _), (.strings, _), (.texts, _), (.coded, _):
      throw .mismatch("the batch has values of another type for \(place)")
    }
  }

  private func nullFlags(_ codes: [UInt32]) -> [Bool] {
    codes.contains(0) ? codes.map { $0 == 0 } : []
  }

  private func badCode(_ row: Int, _ place: String) -> StoreError {
    .mismatch("row \(row) of the batch has a code of \(place) without a text")
  }

  private func flags(
    _ nulls: RowNulls,
    count: Int,
    place: String
  ) throws(StoreError) -> [Bool] {
    guard nulls.flags.isEmpty || nulls.flags.count == count else {
      throw .mismatch("the batch has \(nulls.flags.count) null flags of \(place), not \(count)")
    }
    return nulls.flags.contains(true) ? nulls.flags : []
  }

  private func clearNulls(_ column: inout ColumnRows) {
    for row in column.nulls.indices where column.nulls[row] {
      if column.kind == .integers { column.integers[row] = 0 }
      if column.kind == .doubles { column.doubles[row] = 0 }
    }
  }

  private func check(
    _ values: [Int64],
    type: ColumnType,
    place: String
  ) throws(StoreError) {
    let range: ClosedRange<Int64> =
      switch type {
      case .int32, .date: Int64(Int32.min)...Int64(Int32.max)
      case .bool: 0...1
      case .int64, .decimal, .timestamp, .float64, .string: .min ... .max
      }
    guard range != .min ... .max else { return }
    for row in values.indices where !range.contains(values[row]) {
      throw .mismatch("row \(row) of the batch has \(values[row]), which does not fit \(place)")
    }
  }
}
