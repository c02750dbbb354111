/// Rows of a strip that go on alone, side by side.
struct RowSelection {
  /// The bits of the selected rows.
  let kept: BitLane
  /// How many rows are selected.
  let count: Int

  /// Returns the numbers of the selected rows in the strip, ascending; a strip has at most 65,536
  /// rows, so 16 bits hold them.
  func numbers(rows: Int) -> [UInt16] {
    let words = BitmapKernel.wordCount(rows)
    var numbers = [UInt16](repeating: 0, count: words * 64)
    var span = numbers.mutableSpan
    _ = BitmapKernel.select(kept.words.span, count: words, into: &span)
    return numbers
  }
}
