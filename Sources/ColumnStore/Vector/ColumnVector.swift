/// The decoded values of one column for one block, as narrow as the block allows.
///
/// Codes of rows without a value are unspecified (but inside their width, and inside the dictionary
/// for dictionary codes).
public struct ColumnVector: Sendable {
  /// The width of a code in memory.
  public enum CodeWidth: UInt8, Sendable, Hashable {
    case bits8 = 1
    case bits16 = 2
    case bits32 = 4
    case bits64 = 8
  }

  /// How the values are held.
  public enum Storage: Sendable {
    /// Every row has this value: an integer, a dictionary code, or the bit pattern of a double.
    case constant(Int64)
    /// Integers: `value = base + multiplier * code`, the code unsigned, in wrapping arithmetic.
    case frame(CodeWidth, base: Int64, multiplier: Int64, codes: VectorBuffer)
    /// Texts: codes into the column's dictionary.
    case dictionary(CodeWidth, codes: VectorBuffer)
    /// Doubles.
    case doubles(VectorBuffer)
    /// Texts: `rowCount + 1` ascending `UInt32` offsets into UTF-8 bytes.
    case text(offsets: VectorBuffer, bytes: VectorBuffer)
  }

  /// The physical type of the column.
  public let type: ColumnType
  /// The number of rows, 1 to 65,536.
  public let rowCount: Int
  /// Which rows have a value.
  public let validity: ValidityMask
  /// The values.
  public let storage: Storage

  /// Makes a vector; lengths are the caller's promise and checked here once.
  public init(type: ColumnType, rowCount: Int, validity: ValidityMask, storage: Storage) {
    switch storage {
    case .constant: break
    case .frame(let width, _, _, let codes), .dictionary(let width, let codes):
      precondition(codes.byteCount == rowCount * Int(width.rawValue), "a code for every row")
    case .doubles(let values):
      precondition(values.byteCount == rowCount * 8, "a double for every row")
    case .text(let offsets, _):
      precondition(offsets.byteCount == (rowCount + 1) * 4, "an offset more than rows")
    }
    self.type = type
    self.rowCount = rowCount
    self.validity = validity
    self.storage = storage
  }

  /// The bytes that the values take in memory, for the cache's budget.
  public var byteCount: Int {
    let mask = (validity.words?.count ?? 0) * 8
    return switch storage {
    case .constant: mask
    case .frame(_, _, _, let codes), .dictionary(_, let codes): mask + codes.byteCount
    case .doubles(let values): mask + values.byteCount
    case .text(let offsets, let bytes): mask + offsets.byteCount + bytes.byteCount
    }
  }
}
