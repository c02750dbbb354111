extension BlockEvaluator {
  /// Returns the values of a stored column; a segment without it has nulls.
  func stored(_ column: Int) throws(StoreError) -> Lane {
    guard case .stored(let columns) = source else {
      preconditionFailure("a domain gives its node directly")
    }
    let vector = try columns.vector(column)
    let lane = Lane(vector, rows: strip, validity: validity(of: vector))
    guard let selection else { return lane }
    return gather(lane, selection)
  }

  private func validity(of vector: ColumnVector) -> RowBits {
    guard let words = vector.validity.words else { return .all }
    if vector.validity.nullCount == vector.rowCount { return .none }
    return .some(stripBits(words))
  }

  /// Returns the strip's part of a block's bitmap.
  func stripBits(_ words: [UInt64]) -> BitLane {
    let first = strip.lowerBound / 64
    let count = BitmapKernel.wordCount(strip.count)
    if first == 0 && count == words.count { return BitLane(words: words) }
    let result = arena.bits()
    var partMemory = result.storage.taken()
    defer { result.storage = partMemory }
    var part = partMemory.mutableSpan
    GatherKernel.copy(words.span.extracting(first..<(first + count)), count: count, into: &part)
    return result
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
        keeping: selection.kept.words.span,
        count: BitmapKernel.wordCount(strip.count),
        into: &compact
      )
      validity = .some(bits)
    }
    kernelCalls += 1
    switch lane.values {
    case .integer, .double: return Lane(values: lane.values, validity: validity)
    case .integers(let base, let multiplier, let codes):
      let gathered = codes.compressed(
        CompressCall(
          kept: selection.kept,
          count: strip.count,
          result: arena.codes(),
          level: level
        )
      )
      return Lane(
        values: .integers(base: base, multiplier: multiplier, gathered),
        validity: validity
      )
    case .storedDoubles(let doubles):
      let call = CompressCall(
        kept: selection.kept,
        count: strip.count,
        result: arena.codes(),
        level: level
      )
      return Lane(
        values: .storedDoubles(doubles.withSpan(of: UInt64.self) { call.run($0) }),
        validity: validity
      )
    case .texts: return Lane(values: lane.values, validity: validity)
    case .doubles: preconditionFailure("computed doubles are gathered by their inputs")
    }
  }

  // MARK: Plain texts

  func match(_ lane: Lane, _ matcher: TextMatcher) -> RowBits {
    guard case .texts(let offsets, let bytes) = lane.values else { return .none }
    var matcher = matcher
    let bits = arena.bits()
    kernelCalls += 1
    for word in 0..<BitmapKernel.wordCount(rowCount) { bits.storage[word] = 0 }
    let numbers = selection?.numbers(rows: strip.count)
    for row in 0..<rowCount {
      let place = numbers.map { Int($0[row]) } ?? row
      let text = BlockEvaluator.text(at: place, offsets, bytes)
      if matcher.matches(text) { bits.storage[row >> 6] |= 1 << UInt64(row & 63) }
    }
    return and(.some(bits), lane.validity)
  }

  /// Returns one plain text of a block.
  static func text(at row: Int, _ offsets: CodeSlice, _ bytes: VectorBuffer) -> String {
    let (start, end) = offsets.withSpan(of: UInt32.self) { (Int($0[row]), Int($0[row + 1])) }
    return bytes.withSpan(of: UInt8.self) { utf8 in
      var units: [UInt8] = []
      units.reserveCapacity(end - start)
      for index in start..<end { units.append(utf8[index]) }
      return String(decoding: units, as: UTF8.self)
    }
  }

}
