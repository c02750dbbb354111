// The algebra of row sets: all and none cost nothing.

extension BlockEvaluator {
  /// Rows of both.
  func and(_ left: RowBits, _ right: RowBits) -> RowBits {
    switch (left, right) {
    case (.none, _), (_, .none): return .none
    case (.all, _): return right
    case (_, .all): return left
    case (.some(let one), .some(let other)):
      if one === other { return left }
      let result = copy(one)
      var wordsMemory = result.storage.taken()
      defer { result.storage = wordsMemory }
      var words = wordsMemory.mutableSpan
      BitmapKernel.and(&words, other.words.span, count: wordCount)
      return .some(result)
    }
  }

  /// Rows of either.
  func or(_ left: RowBits, _ right: RowBits) -> RowBits {
    switch (left, right) {
    case (.all, _), (_, .all): return .all
    case (.none, _): return right
    case (_, .none): return left
    case (.some(let one), .some(let other)):
      let result = copy(one)
      var wordsMemory = result.storage.taken()
      defer { result.storage = wordsMemory }
      var words = wordsMemory.mutableSpan
      BitmapKernel.or(&words, other.words.span, count: wordCount)
      return .some(result)
    }
  }

  /// Rows of the first that are not of the second.
  func andNot(_ left: RowBits, _ right: RowBits) -> RowBits {
    switch (left, right) {
    case (.none, _), (_, .all): return .none
    case (_, .none): return left
    case (.all, .some): return not(right)
    case (.some(let one), .some(let other)):
      let result = copy(one)
      var wordsMemory = result.storage.taken()
      defer { result.storage = wordsMemory }
      var words = wordsMemory.mutableSpan
      BitmapKernel.andNot(&words, other.words.span, count: wordCount)
      return .some(result)
    }
  }

  /// All other rows.
  func not(_ bits: RowBits) -> RowBits {
    switch bits {
    case .none: return .all
    case .all: return .none
    case .some(let source):
      let result = copy(source)
      var wordsMemory = result.storage.taken()
      defer { result.storage = wordsMemory }
      var words = wordsMemory.mutableSpan
      BitmapKernel.invert(&words, rows: rowCount)
      return .some(result)
    }
  }

  /// How many rows there are.
  func count(_ bits: RowBits) -> Int {
    switch bits {
    case .none: return 0
    case .all: return rowCount
    case .some(let source):
      kernelCalls += 1
      return VectorKernel.count(source.words.span, count: wordCount, at: level)
    }
  }

  /// The same rows, with a bitmap.
  func bitmap(_ bits: RowBits) -> BitLane {
    switch bits {
    case .some(let source): return source
    case .none, .all:
      let result = arena.bits()
      var wordsMemory = result.storage.taken()
      defer { result.storage = wordsMemory }
      var words = wordsMemory.mutableSpan
      kernelCalls += 1
      GatherKernel.fill(&words, with: 0, count: wordCount)
      if case .all = bits { BitmapKernel.fill(&words, rows: rowCount) }
      return result
    }
  }

  /// Words of a bitmap over the rows.
  var wordCount: Int { BitmapKernel.wordCount(rowCount) }

  private func copy(_ source: BitLane) -> BitLane {
    let result = arena.bits()
    var wordsMemory = result.storage.taken()
    defer { result.storage = wordsMemory }
    var words = wordsMemory.mutableSpan
    kernelCalls += 2
    GatherKernel.copy(source.words.span, count: wordCount, into: &words)
    return result
  }
}
