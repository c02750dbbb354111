/// Which rows of a block have a value.
///
/// "All of them" is a case of its own and costs nothing.
public struct ValidityMask: Sendable, Hashable {
  /// One bit a row, bit 0 of word 0 first, 1 for a value; nil when every row has one.
  ///
  /// Bits past the last row are zero.
  public let words: [UInt64]?
  /// The number of rows without a value.
  public let nullCount: Int

  /// The mask of a block without nulls.
  public static let allValid = ValidityMask(words: nil, nullCount: 0)

  private init(words: [UInt64]?, nullCount: Int) {
    self.words = words
    self.nullCount = nullCount
  }

  /// Makes a mask of `rowCount` rows from bits; without a cleared bit it is `allValid`.
  public init(words: [UInt64], rowCount: Int) {
    precondition(words.count == (rowCount + 63) / 64, "a mask has a bit for every row")
    let valid = words.reduce(0) { $0 + $1.nonzeroBitCount }
    precondition(valid <= rowCount, "bits past the last row are zero")
    self = valid == rowCount ? .allValid : ValidityMask(words: words, nullCount: rowCount - valid)
  }

  /// Tells whether every row has a value.
  public var isAllValid: Bool { words == nil }

  /// Tells whether a row has a value.
  ///
  /// For tests and single rows; kernels work on `words`.
  public func isValid(_ row: Int) -> Bool {
    guard let words else { return true }
    return words[row >> 6] >> UInt64(row & 63) & 1 == 1
  }
}
