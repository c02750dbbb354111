import CMandiKernels

/// The kernels that exist twice: as a loop in Swift, which is the reference, and as vectors in C for
/// the levels above the portable one.
///
/// Each function checks its lengths once and goes one of the two ways. Which kernels are worth a
/// second version, and what they gain, is in decision 6.
enum VectorKernel {
  /// The bytes of a code, as the vector kernels take them.
  @inline(__always)
  private static func width<Code: LaneCode>(_ type: Code.Type) -> Int32 {
    Int32(MemoryLayout<Code>.size)
  }

  /// Sets the bits of rows whose code is in `low...high`.
  static func range<Code: LaneCode>(
    _ codes: Span<Code>,
    low: Code,
    high: Code,
    count: Int,
    into words: inout MutableSpan<UInt64>,
    at level: KernelLevel
  ) {
    if level == .portable {
      CompareKernel.range(codes, low: low, high: high, count: count, into: &words)
      return
    }
    precondition(
      codes.count >= count && words.count >= BitmapKernel.wordCount(count),
      "a bit for every code"
    )
    // Safe: the kernel reads `count` codes and writes their words, which exist; checked above.
    unsafe codes.withUnsafeBufferPointer { source in
      unsafe words.withUnsafeMutableBufferPointer { target in
        unsafe mandi_range(
          level.rawValue,
          source.baseAddress,
          width(Code.self),
          UInt64(truncatingIfNeeded: low),
          UInt64(truncatingIfNeeded: high &- low),
          count,
          target.baseAddress
        )
      }
    }
  }

  /// Sets the bits of rows whose byte has a flag of 1; there are 256 flags of 0 or 1.
  static func member(
    _ codes: Span<UInt8>,
    flags: Span<UInt8>,
    count: Int,
    into words: inout MutableSpan<UInt64>,
    at level: KernelLevel
  ) {
    precondition(
      codes.count >= count && words.count >= BitmapKernel.wordCount(count) && flags.count >= 256,
      "a bit for every code and a flag for every byte"
    )
    if level == .portable {
      TableKernel.member(codes, flags: flags, count: count, into: &words)
      return
    }
    // Safe: the kernel reads `count` codes and 256 flags and writes words that exist; checked above.
    unsafe codes.withUnsafeBufferPointer { source in
      unsafe flags.withUnsafeBufferPointer { table in
        unsafe words.withUnsafeMutableBufferPointer { target in
          unsafe mandi_member8(
            level.rawValue,
            source.baseAddress,
            table.baseAddress,
            count,
            target.baseAddress
          )
        }
      }
    }
  }

  /// Sets the bits of rows whose code's bit is set in a table of `TableKernel.memberSizes` bits; a
  /// code beyond the table counts by its remainder.
  static func member(
    _ codes: Span<UInt16>,
    table: Span<UInt64>,
    count: Int,
    into words: inout MutableSpan<UInt64>,
    at level: KernelLevel
  ) {
    precondition(
      codes.count >= count && words.count >= BitmapKernel.wordCount(count),
      "a bit for every code"
    )
    let entries = table.count * 64
    precondition(TableKernel.memberSizes.contains(entries), "a table of one of the sizes")
    if level == .portable {
      TableKernel.member(codes, table: table, count: count, into: &words)
      return
    }
    // Safe: the kernel reads `count` codes and the table and writes words that exist; checked above.
    unsafe codes.withUnsafeBufferPointer { source in
      unsafe table.withUnsafeBufferPointer { bits in
        unsafe words.withUnsafeMutableBufferPointer { target in
          unsafe mandi_member16(
            level.rawValue,
            source.baseAddress,
            bits.baseAddress,
            entries,
            count,
            target.baseAddress
          )
        }
      }
    }
  }

  /// Counts the set bits.
  static func count(_ words: Span<UInt64>, count: Int, at level: KernelLevel) -> Int {
    if level == .portable { return BitmapKernel.count(words, count: count) }
    precondition(words.count >= count, "a bitmap has that many words")
    // Safe: the kernel reads `count` words, checked above.
    return unsafe words.withUnsafeBufferPointer {
      unsafe mandi_count(level.rawValue, $0.baseAddress, count)
    }
  }

  /// Writes the codes of rows whose bits are set side by side and returns how many they are.
  ///
  /// `result` has room for `count` codes and 64 bytes more.
  static func compress<Code: LaneCode>(
    _ codes: Span<Code>,
    _ words: Span<UInt64>,
    count: Int,
    into result: inout MutableSpan<Code>,
    at level: KernelLevel
  ) -> Int {
    precondition(
      codes.count >= count && words.count >= BitmapKernel.wordCount(count)
        && result.count >= count + 64 / MemoryLayout<Code>.size,
      "room for every code and a register"
    )
    if level == .portable {
      return GatherKernel.compress(codes, words, count: count, into: &result)
    }
    // Safe: the kernel reads `count` codes and their bits, and writes no more than 64 bytes after
    // the last code that it keeps; checked above.
    return unsafe codes.withUnsafeBufferPointer { source in
      unsafe words.withUnsafeBufferPointer { bits in
        unsafe result.withUnsafeMutableBufferPointer { target in
          unsafe mandi_compress(
            level.rawValue,
            source.baseAddress,
            width(Code.self),
            bits.baseAddress,
            count,
            target.baseAddress
          )
        }
      }
    }
  }

  /// The exact sum of the codes of rows whose bits are set, or of all rows.
  static func sum<Code: LaneCode>(
    _ codes: Span<Code>,
    _ words: Span<UInt64>?,
    count: Int,
    at level: KernelLevel
  ) -> Int128 {
    guard level != .portable && Code.bitWidth <= 32 else {
      guard let words else { return SumKernel.all(codes, count: count) }
      return SumKernel.masked(codes, words, count: count)
    }
    precondition(codes.count >= count && count <= 65_536, "a code for every row of a block")
    guard let words else {
      // Safe: the kernel reads `count` codes, checked above.
      return unsafe codes.withUnsafeBufferPointer {
        unsafe Int128(
          mandi_sum(level.rawValue, $0.baseAddress, width(Code.self), nil, count)
        )
      }
    }
    precondition(words.count >= BitmapKernel.wordCount(count), "a bit for every row")
    // Safe: the kernel reads `count` codes and their bits, checked above.
    return unsafe codes.withUnsafeBufferPointer { source in
      unsafe words.withUnsafeBufferPointer { bits in
        unsafe Int128(
          mandi_sum(
            level.rawValue,
            source.baseAddress,
            width(Code.self),
            bits.baseAddress,
            count
          )
        )
      }
    }
  }
}
