/// Row numbers inside a block, ascending; a block has at most 65,536 rows, so 16 bits hold them.
final class RowSelection {
  /// The memory; `taken` while a kernel writes it.
  var storage: [UInt16]
  /// How many rows are selected.
  var count = 0

  /// Room for every row of a block; the first `count` are selected.
  var rows: [UInt16] { storage }

  /// Makes room for the rows of a bitmap of a number of words.
  init(wordCount: Int) { storage = Array(repeating: 0, count: wordCount * 64) }
}
