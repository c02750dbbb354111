// Sets of codes: narrow codes are looked up in a table of the codes themselves.

/// The codes of 16 bits that a condition accepts, for one way from codes to values.
struct MemberTable {
  let offset: Int64
  let multiplier: Int64
  let bits: [UInt64]
}

extension BlockEvaluator {
  /// Sets the bits of rows whose byte is accepted.
  func member(
    _ codes: CodeSlice,
    _ origin: TableKernel.Origin,
    _ table: FlagTable,
    into result: BitLane
  ) {
    var accepted: [UInt8] = Array(repeating: 0, count: 256)
    for code in 0..<256 { accepted[code] = table.flags[origin.entry(Int64(code))] & 1 }
    var wordsMemory = result.storage.taken()
    defer { result.storage = wordsMemory }
    var words = wordsMemory.mutableSpan
    codes.withSpan(of: UInt8.self) {
      VectorKernel.member($0, flags: accepted.span, count: rowCount, into: &words, at: level)
    }
  }

  /// Sets the bits of rows whose code is accepted.
  func member(_ codes: CodeSlice, _ table: MemberTable, into result: BitLane) {
    var wordsMemory = result.storage.taken()
    defer { result.storage = wordsMemory }
    var words = wordsMemory.mutableSpan
    codes.withSpan(of: UInt16.self) {
      VectorKernel.member($0, table: table.bits.span, count: rowCount, into: &words, at: level)
    }
  }

  /// Returns the table for codes up to `largest`, or nil where it would be too large; it is kept,
  /// since dictionary codes mean the same in every block.
  func memberTable(
    _ number: Int,
    _ origin: TableKernel.Origin,
    largest: Int64?
  ) -> MemberTable? {
    guard let largest, let size = TableKernel.memberSizes.first(where: { Int64($0) > largest })
    else { return nil }
    if let known = memberTables[number], known.offset == origin.offset,
      known.multiplier == origin.multiplier, known.bits.count * 64 >= size
    {
      return known
    }
    let flags = program.flags[number].flags
    var bits: [UInt64] = Array(repeating: 0, count: size / 64)
    for code in 0..<size where flags[origin.entry(Int64(code))] == 1 {
      bits[code >> 6] |= 1 << UInt64(code & 63)
    }
    let table = MemberTable(offset: origin.offset, multiplier: origin.multiplier, bits: bits)
    memberTables[number] = table
    return table
  }

  /// The largest code that a row of a value can have, by the value's bounds; nil when unknown.
  func largestCode(of value: Int, base: Int64, multiplier: Int64) -> Int64? {
    guard let bounds = program.values[value].bounds else { return nil }
    let (distance, overflow) = bounds.upperBound.subtractingReportingOverflow(base)
    return overflow || distance < 0 || multiplier < 1 ? nil : distance / multiplier
  }
}
