import CMandiKernels

extension VectorKernel {
  /// Writes `offset + multiplier * code`, wrapping, or slot 0 where the row's bit is clear.
  static func slots<Code: LaneCode>(
    _ codes: Span<Code>,
    _ part: SlotKernel.Part,
    kept words: Span<UInt64>?,
    count: Int,
    into slots: inout MutableSpan<UInt32>,
    at level: KernelLevel
  ) {
    precondition(codes.count >= count && slots.count >= count, "a slot for every code")
    if let words { precondition(words.count >= BitmapKernel.wordCount(count), "a bit each row") }
    if level == .portable {
      SlotKernel.write(codes, part, kept: words, count: count, into: &slots)
      return
    }
    // Safe: the kernel reads `count` codes and their bits and writes `count` slots; checked above.
    unsafe codes.withUnsafeBufferPointer { source in
      unsafe slots.withUnsafeMutableBufferPointer { target in
        func run(_ bits: UnsafePointer<UInt64>?) {
          unsafe mandi_slots(
            level.rawValue,
            source.baseAddress,
            Int32(MemoryLayout<Code>.size),
            part.multiplier,
            part.offset,
            bits,
            count,
            target.baseAddress
          )
        }
        guard let words else { return run(nil) }
        unsafe words.withUnsafeBufferPointer { unsafe run($0.baseAddress) }
      }
    }
  }

  /// Adds `offset + multiplier * code`, wrapping.
  static func addSlots<Code: LaneCode>(
    _ codes: Span<Code>,
    _ part: SlotKernel.Part,
    count: Int,
    to slots: inout MutableSpan<UInt32>,
    at level: KernelLevel
  ) {
    if level == .portable {
      SlotKernel.addAffine(
        codes,
        offset: part.offset,
        multiplier: part.multiplier,
        count: count,
        to: &slots
      )
      return
    }
    precondition(codes.count >= count && slots.count >= count, "a slot for every code")
    // Safe: the kernel reads `count` codes and writes `count` slots, checked above.
    unsafe codes.withUnsafeBufferPointer { source in
      unsafe slots.withUnsafeMutableBufferPointer { target in
        unsafe mandi_add_slots(
          level.rawValue,
          source.baseAddress,
          Int32(MemoryLayout<Code>.size),
          part.multiplier,
          part.offset,
          count,
          target.baseAddress
        )
      }
    }
  }

  /// Copies slots; a row whose bit is clear gets slot 0.
  static func mask(
    _ slots: Span<UInt32>,
    _ words: Span<UInt64>,
    count: Int,
    into result: inout MutableSpan<UInt32>,
    at level: KernelLevel
  ) {
    if level == .portable {
      SlotKernel.mask(slots, words, count: count, into: &result)
      return
    }
    precondition(
      slots.count >= count && result.count >= count
        && words.count >= BitmapKernel.wordCount(count),
      "a slot and a bit for every row"
    )
    // Safe: the kernel reads `count` slots and their bits and writes `count` slots; checked above.
    unsafe slots.withUnsafeBufferPointer { source in
      unsafe words.withUnsafeBufferPointer { bits in
        unsafe result.withUnsafeMutableBufferPointer { target in
          unsafe mandi_mask_slots(
            level.rawValue,
            source.baseAddress,
            bits.baseAddress,
            count,
            target.baseAddress
          )
        }
      }
    }
  }
}
