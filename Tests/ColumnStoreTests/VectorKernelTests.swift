import TestKit
import Testing

@testable import ColumnStore

/// The vector kernels of every level that this processor has against loops of one line, at sizes
/// around words, strips and blocks; the portable level is the reference in Swift.
@Suite struct VectorKernelTests {
  static let cases = KernelLevel.supported.flatMap { level in
    KernelTests.sizes.map { (level, $0) }
  }

  private func bits(_ rows: Int, _ holds: (Int) -> Bool) -> [UInt64] {
    var words = [UInt64](repeating: 0, count: (rows + 63) / 64)
    for row in 0..<rows where holds(row) { words[row / 64] |= 1 << UInt64(row % 64) }
    return words
  }

  private func random<Code: LaneCode>(_ rows: Int, as type: Code.Type, _ salt: UInt64 = 0) -> [Code]
  {
    var random = SeededRandom(seed: UInt64(rows) &+ UInt64(Code.bitWidth) &+ salt)
    return (0..<rows).map { _ in Code(truncatingIfNeeded: random.next()) }
  }

  private func isSet(_ words: [UInt64], _ row: Int) -> Bool {
    words[row / 64] >> UInt64(row % 64) & 1 == 1
  }

  /// No bit, every bit, and random ones.
  private func masks(_ rows: Int) -> [[UInt64]] {
    let some: [UInt64] = random((rows + 63) / 64, as: UInt64.self, 99)
    return [bits(rows) { _ in false }, bits(rows) { _ in true }, bits(rows) { isSet(some, $0) }]
  }

  @Test(arguments: cases)
  func rangesHoldWhereCodesAreInside(level: KernelLevel, rows: Int) {
    ranges(random(rows, as: UInt8.self), low: 17, high: 99, level)
    ranges(random(rows, as: UInt8.self), low: 0, high: .max, level)
    ranges(random(rows, as: UInt16.self), low: 0, high: 9_000, level)
    ranges(random(rows, as: UInt32.self), low: 1 << 31, high: .max, level)
    ranges(random(rows, as: UInt64.self), low: 5, high: 1 << 63, level)
    ranges(random(rows, as: Int64.self), low: -(1 << 62), high: 1 << 60, level)
    ranges([Int64](repeating: .min, count: rows), low: .min, high: .min, level)
  }

  private func ranges<Code: LaneCode>(
    _ codes: [Code],
    low: Code,
    high: Code,
    _ level: KernelLevel
  ) {
    var words = [UInt64](repeating: .max, count: (codes.count + 63) / 64)
    var span = words.mutableSpan
    VectorKernel.range(
      codes.span,
      low: low,
      high: high,
      count: codes.count,
      into: &span,
      at: level
    )
    #expect(words == bits(codes.count) { codes[$0] >= low && codes[$0] <= high })
  }

  @Test(arguments: cases)
  func membersAreThoseOfTheTable(level: KernelLevel, rows: Int) {
    let bytes = random(rows, as: UInt8.self)
    let flags = random(256, as: UInt8.self).map { $0 & 1 }
    var words = [UInt64](repeating: .max, count: (rows + 63) / 64)
    do {
      var span = words.mutableSpan
      VectorKernel.member(bytes.span, flags: flags.span, count: rows, into: &span, at: level)
    }
    #expect(words == bits(rows) { flags[Int(bytes[$0])] == 1 })
    let codes = random(rows, as: UInt16.self)
    for size in TableKernel.memberSizes {
      let table = random(size / 64, as: UInt64.self)
      var span = words.mutableSpan
      VectorKernel.member(codes.span, table: table.span, count: rows, into: &span, at: level)
      #expect(words == bits(rows) { isSet(table, Int(codes[$0]) % size) })
    }
  }

  @Test(arguments: cases)
  func bitsAreCounted(level: KernelLevel, rows: Int) {
    for mask in masks(rows) {
      let expected = mask.reduce(0) { $0 + $1.nonzeroBitCount }
      #expect(VectorKernel.count(mask.span, count: mask.count, at: level) == expected)
    }
  }

  @Test(arguments: cases)
  func compressedCodesAreTheChosenOnes(level: KernelLevel, rows: Int) {
    for mask in masks(rows) {
      compress(random(rows, as: UInt8.self), mask, level)
      compress(random(rows, as: UInt16.self), mask, level)
      compress(random(rows, as: UInt32.self), mask, level)
      compress(random(rows, as: UInt64.self), mask, level)
    }
  }

  private func compress<Code: LaneCode>(_ codes: [Code], _ mask: [UInt64], _ level: KernelLevel) {
    let scratch = ScratchBuffer(byteCount: codes.count * MemoryLayout<Code>.stride)
    let found = scratch.withMutableSpan(of: Code.self) { result in
      VectorKernel.compress(codes.span, mask.span, count: codes.count, into: &result, at: level)
    }
    let expected = codes.indices.filter { isSet(mask, $0) }.map { codes[$0] }
    let slice = scratch.slice(byteCount: found * MemoryLayout<Code>.stride)
    let answer = slice.withSpan(of: Code.self) { span in span.indices.map { span[$0] } }
    #expect(answer == expected)
  }

  @Test(arguments: cases)
  func sumsAreExact(level: KernelLevel, rows: Int) {
    sums(random(rows, as: UInt8.self), level)
    sums(random(rows, as: UInt16.self), level)
    sums(random(rows, as: UInt32.self), level)
    sums(random(rows, as: UInt64.self), level)
    sums(random(rows, as: Int64.self), level)
    sums([UInt16](repeating: .max, count: rows), level)
    sums([UInt32](repeating: .max, count: rows), level)
  }

  private func sums<Code: LaneCode>(_ codes: [Code], _ level: KernelLevel) {
    let whole = codes.reduce(Int128(0)) { $0 + Int128($1) }
    #expect(VectorKernel.sum(codes.span, nil, count: codes.count, at: level) == whole)
    for mask in masks(codes.count) {
      let expected = codes.indices.reduce(Int128(0)) {
        isSet(mask, $1) ? $0 + Int128(codes[$1]) : $0
      }
      #expect(VectorKernel.sum(codes.span, mask.span, count: codes.count, at: level) == expected)
    }
  }

  @Test(arguments: cases)
  func slotsAreMultiplesOfCodes(level: KernelLevel, rows: Int) {
    slots(random(rows, as: UInt8.self), level)
    slots(random(rows, as: UInt16.self), level)
    slots(random(rows, as: UInt32.self), level)
    slots(random(rows, as: UInt64.self), level)
  }

  private func slots<Code: LaneCode>(_ codes: [Code], _ level: KernelLevel) {
    let part = SlotKernel.Part(offset: 0xFFFF_FFF0, multiplier: 13)
    let count = codes.count
    func expected(_ row: Int) -> UInt32 {
      part.offset &+ part.multiplier &* UInt32(truncatingIfNeeded: codes[row])
    }
    var slots = [UInt32](repeating: 7, count: count)
    for mask in masks(count) {
      var span = slots.mutableSpan
      VectorKernel.slots(codes.span, part, kept: mask.span, count: count, into: &span, at: level)
      #expect(slots == (0..<count).map { isSet(mask, $0) ? expected($0) : 0 })
    }
    do {
      var span = slots.mutableSpan
      VectorKernel.slots(codes.span, part, kept: nil, count: count, into: &span, at: level)
      VectorKernel.addSlots(codes.span, part, count: count, to: &span, at: level)
    }
    #expect(slots == (0..<count).map { expected($0) &* 2 })
    for mask in masks(count) {
      var kept = [UInt32](repeating: 7, count: count)
      var span = kept.mutableSpan
      VectorKernel.mask(slots.span, mask.span, count: count, into: &span, at: level)
      #expect(kept == (0..<count).map { isSet(mask, $0) ? slots[$0] : 0 })
    }
  }

  @Test(arguments: cases)
  func packedWordsAreSumsOfTheirTerms(level: KernelLevel, rows: Int) {
    let bytes = random(rows, as: UInt8.self)
    let shorts = random(rows, as: UInt16.self)
    let words = random(rows, as: UInt32.self)
    let longs = random(rows, as: UInt64.self)
    let masks = masks(rows)
    var terms = PackTerms()
    terms.start = 41
    func slice<Code: LaneCode>(_ codes: [Code]) -> (slice: CodeSlice, width: Int) {
      let width = MemoryLayout<Code>.stride
      return (VectorBuffer(copying: codes).slice(0..<codes.count, width: width), width)
    }
    terms.add(slice(bytes), times: 3, mask: nil)
    terms.add(slice(shorts), times: 1 << 40, mask: 2)
    terms.add(slice(words), times: 0 &- 5, mask: nil)
    terms.add(slice(longs), times: 0x1_0001, mask: 2)
    terms.add(slice(bytes), times: 1 << 20, mask: 1)
    terms.add(slice(words), times: 9, mask: 0)
    terms.add(nil, times: 1 << 63, mask: 2)
    for first in stride(from: 0, to: rows, by: PackKernel.stride) {
      let count = min(PackKernel.stride, rows - first)
      var bitmaps: [UInt64] = []
      for mask in masks {
        let part = mask[(first / 64)..<((first + count + 63) / 64)]
        bitmaps += part + Array(repeating: 0, count: PackTerms.maskWords - part.count)
      }
      var sums = [UInt64](repeating: 7, count: count)
      var span = sums.mutableSpan
      terms.pack(first: first, count: count, masks: bitmaps.span, into: &span, at: level)
      let expected = (first..<(first + count)).map { row -> UInt64 in
        let kept: UInt64 = isSet(masks[2], row) ? 1 : 0
        let plain = 41 &+ 3 &* UInt64(bytes[row]) &- 5 &* UInt64(words[row])
        let chosen = UInt64(shorts[row]) << 40 &+ 0x1_0001 &* longs[row] &+ 1 << 63
        return plain &+ kept &* chosen &+ UInt64(bytes[row]) << 20
      }
      #expect(sums == expected)
    }
  }
}

@Suite struct PackKernelTests {
  @Test(arguments: [0, 1, 3, 4, 5, 63, 64, 65, 2_047, 2_048])
  func groupsOfPackedWordsAddUp(rows: Int) {
    let sums = (0..<rows).map { UInt64($0) &* 0x1_0000_0001 }
    let slots = (0..<rows).map { UInt32($0 * 7 % 13) }
    var expected = [UInt64](repeating: 0, count: 16)
    for row in 0..<rows { expected[Int(slots[row])] &+= sums[row] }
    var replicated = [UInt64](repeating: 0, count: 64)
    var span = replicated.mutableSpan
    PackKernel.group4(sums.span, slots.span, count: rows, into: &span)
    #expect((0..<16).map { replicated[($0 * 4)..<($0 * 4 + 4)].reduce(0, &+) } == expected)
    var wide = [UInt64](repeating: 0, count: 48)
    for word in 0..<3 {
      var span = wide.mutableSpan
      PackKernel.group(sums.span, slots.span, word: word, width: 3, count: rows, into: &span)
    }
    #expect((0..<48).map { wide[$0] } == (0..<48).map { expected[$0 / 3] })
  }

  @Test func levelsAreChosenByName() {
    let best = KernelLevel.supported.last ?? .portable
    #expect(KernelLevel.choice(wanted: "portable") == .portable)
    #expect(KernelLevel.choice(wanted: nil) == best)
    #expect(KernelLevel.choice(wanted: "") == best)
    #expect(KernelLevel.choice(wanted: "AVX2") == best)
    #expect(KernelLevel.choice(wanted: "avx512") == best)
    #expect(KernelLevel.choice(wanted: "avx2").rawValue <= KernelLevel.avx2.rawValue)
  }
}
