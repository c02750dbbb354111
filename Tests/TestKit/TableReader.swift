public import ColumnStore

/// Reads a whole table row by row, the slow and obvious way: the oracle of faster readers.
public struct TableReader {
  private let table: TableSnapshot

  /// Reads a table of a snapshot.
  public init(_ table: TableSnapshot) {
    self.table = table
  }

  /// Returns the live rows, with a scalar for every column of the schema.
  public func rows() throws -> [[Scalar]] {
    var result: [[Scalar]] = []
    for live in table.segments {
      for block in 0..<live.segment.blockCount {
        let range = live.segment.blockRange(block)
        var columns: [[Scalar]] = []
        for column in table.schema.fields.indices {
          let vector = try live.segment.vector(column: column, block: block).0
          columns.append(try scalars(vector, table.dictionary(table.schema.fields[column].name)))
        }
        let deleted = live.deletions?.words(block: block)
        for row in 0..<range.count {
          if let deleted, deleted[row >> 6] >> UInt64(row & 63) & 1 == 1 { continue }
          result.append(columns.map { $0[row] })
        }
      }
    }
    return result
  }

  /// Returns the values of a vector.
  public func scalars(
    _ vector: ColumnVector,
    _ dictionary: TextDictionary?
  ) throws -> [Scalar] {
    let integers = integers(vector)
    return try (0..<vector.rowCount).map { row in
      guard vector.validity.isValid(row) else { return .null }
      switch vector.storage {
      case .text(let offsets, let bytes):
        let range = offsets.withSpan(of: UInt32.self) { Int($0[row])..<Int($0[row + 1]) }
        return .string(
          bytes.withSpan(of: UInt8.self) { utf8 in
            String(decoding: range.map { utf8[$0] }, as: UTF8.self)
          }
        )
      case .constant, .frame, .dictionary, .doubles:
        if vector.type == .float64 {
          return .double(Double(bitPattern: UInt64(bitPattern: integers[row])))
        }
        guard vector.type == .string, let dictionary else { return .integer(integers[row]) }
        return .string(try dictionary.text(Int(integers[row])))
      }
    }
  }

  private func integers(_ vector: ColumnVector) -> [Int64] {
    switch vector.storage {
    case .constant(let value):
      return Array(repeating: value, count: vector.rowCount)
    case .frame(let width, let base, let multiplier, let codes):
      return unsigned(codes, width).map { base &+ multiplier &* Int64(bitPattern: $0) }
    case .dictionary(let width, let codes):
      return unsigned(codes, width).map { Int64(bitPattern: $0) }
    case .doubles(let values):
      return unsigned(values, .bits64).map { Int64(bitPattern: $0) }
    case .text:
      return []
    }
  }

  private func unsigned(_ codes: VectorBuffer, _ width: ColumnVector.CodeWidth) -> [UInt64] {
    switch width {
    case .bits8: codes.withSpan(of: UInt8.self) { s in s.indices.map { UInt64(s[$0]) } }
    case .bits16: codes.withSpan(of: UInt16.self) { s in s.indices.map { UInt64(s[$0]) } }
    case .bits32: codes.withSpan(of: UInt32.self) { s in s.indices.map { UInt64(s[$0]) } }
    case .bits64: codes.withSpan(of: UInt64.self) { s in s.indices.map { s[$0] } }
    }
  }
}
