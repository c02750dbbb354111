extension BlockEvaluator {
  /// Returns the values of a stored column; a segment without it has nulls.
  func stored(_ column: Int) throws(StoreError) -> Lane {
    guard case .stored(let columns) = source else {
      preconditionFailure("a domain gives its node directly")
    }
    let vector = try columns.vector(column)
    let lane = Lane(vector)
    guard let selection else { return lane }
    return gather(lane, selection)
  }

  private func gather(_ lane: Lane, _ selection: RowSelection) -> Lane {
    var validity = lane.validity
    if case .some(let words) = validity {
      let bits = arena.bits()
      var compactMemory = bits.storage.taken()
      defer { bits.storage = compactMemory }
      var compact = compactMemory.mutableSpan
      kernelCalls += 1
      BitmapKernel.compact(
        words.words.span,
        selection.rows.span,
        count: selection.count,
        into: &compact
      )
      validity = .some(bits)
    }
    kernelCalls += 1
    switch lane.values {
    case .integer, .double: return Lane(values: lane.values, validity: validity)
    case .integers(let base, let multiplier, let codes):
      let result = arena.integers()
      codes.apply(
        SelectCall(base: base, multiplier: multiplier, selection: selection, result: result)
      )
      return Lane(
        values: .integers(base: 0, multiplier: 1, .computed(result)),
        validity: validity
      )
    case .storedDoubles(let buffer):
      let result = arena.doubles()
      buffer.withSpan(of: Double.self) { source in
        var valuesMemory = result.storage.taken()
        defer { result.storage = valuesMemory }
        var values = valuesMemory.mutableSpan
        GatherKernel.select(source, selection.rows.span, count: selection.count, into: &values)
      }
      return Lane(values: .doubles(result), validity: validity)
    case .texts: return Lane(values: lane.values, validity: validity)
    case .doubles: preconditionFailure("computed doubles are gathered by their inputs")
    }
  }

  // MARK: Plain texts

  func match(_ lane: Lane, _ matcher: TextMatcher) -> RowBits {
    guard case .texts(let offsets, let bytes) = lane.values else { return .none }
    let bits = arena.bits()
    kernelCalls += 1
    for word in 0..<BitmapKernel.wordCount(rowCount) { bits.storage[word] = 0 }
    for row in 0..<rowCount {
      let place = selection.map { Int($0.rows[row]) } ?? row
      let text = BlockEvaluator.text(at: place, offsets, bytes)
      if matcher.matches(text) { bits.storage[row >> 6] |= 1 << UInt64(row & 63) }
    }
    return and(.some(bits), lane.validity)
  }

  /// Returns one plain text of a block.
  static func text(at row: Int, _ offsets: VectorBuffer, _ bytes: VectorBuffer) -> String {
    let (start, end) = offsets.withSpan(of: UInt32.self) { (Int($0[row]), Int($0[row + 1])) }
    return bytes.withSpan(of: UInt8.self) { utf8 in
      var units: [UInt8] = []
      units.reserveCapacity(end - start)
      for index in start..<end { units.append(utf8[index]) }
      return String(decoding: units, as: UTF8.self)
    }
  }

}
