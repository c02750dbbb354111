/// How the codes of a page lie in it, before zstd.
struct CodeCoding: Sendable, Hashable {
  /// The raw value is the code on disk.
  enum Form: UInt8, Sendable, CaseIterable {
    /// One code after the other.
    case plain = 0
    /// All lowest bytes, then all second bytes, and so on: high bytes compress, low ones do not.
    case planes = 1
    /// The distance of each code from the one before, as planes; for codes that never fall.
    case delta = 2
    /// The different codes, the frequent ones first, and for each row its place among them; both
    /// as planes.
    case palette = 3
  }

  var form = Form.plain
  /// The width of a distance or a place; `bits8` for the other forms.
  var width = ColumnVector.CodeWidth.bits8
  /// The number of codes in the palette.
  var entryCount = 0

  /// The lengths of the streams that hold `count` codes of a width.
  func streamLengths(_ codeWidth: ColumnVector.CodeWidth, count: Int) -> [Int] {
    let codeBytes = Int(codeWidth.rawValue)
    return switch form {
    case .plain: [count * codeBytes]
    case .planes: Array(repeating: count, count: codeBytes)
    case .delta: Array(repeating: count, count: Int(width.rawValue))
    case .palette:
      Array(repeating: count, count: Int(width.rawValue))
        + Array(repeating: entryCount, count: codeBytes)
    }
  }

  /// Tells whether a page of `count` codes of a width can be coded so.
  func isPossible(_ codeWidth: ColumnVector.CodeWidth, count: Int) -> Bool {
    switch form {
    case .plain, .planes: width == .bits8 && entryCount == 0
    case .delta: width.rawValue <= codeWidth.rawValue && entryCount == 0
    case .palette: width.rawValue <= 4 && entryCount > 0 && entryCount <= count
    }
  }
}
