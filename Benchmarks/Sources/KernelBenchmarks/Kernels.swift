@testable import ColumnStore

/// A kernel that exists in Swift and in C, on one block of data that fits the second cache.
struct Kernel {
  let name: String
  /// The gain over Swift below which the best level is not worth its code.
  let threshold: Double
  let run: (KernelLevel) -> Void
}

/// Data for the kernels, and the kernels on it.
final class KernelData {
  static let rows = 16_384

  private let bytes: [UInt8]
  private let shorts: [UInt16]
  private let words: [UInt32]
  private let mask: [UInt64]
  private let flags: [UInt8]
  private let table: [UInt64]
  private let terms: PackTerms
  /// A table in which a field has about eight bytes.
  private let text: [UInt8]
  private var places: [UInt32]
  private var bits: [UInt64]
  private var slots: [UInt32]
  private var sums: [UInt64]
  private let scratch = ScratchBuffer(byteCount: KernelData.rows * 8)
  /// Keeps results from being left out.
  private(set) var sink = 0

  init() {
    var state: UInt64 = 7
    func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 32
    }
    let rows = KernelData.rows
    bytes = (0..<rows).map { _ in UInt8(truncatingIfNeeded: next() % 12) }
    shorts = (0..<rows).map { _ in UInt16(truncatingIfNeeded: next() % 300) }
    words = (0..<rows).map { _ in UInt32(truncatingIfNeeded: next() % 300_000) }
    mask = (0..<(rows / 64)).map { _ in next() << 32 | next() }
    flags = (0..<256).map { UInt8($0 % 3 == 0 ? 1 : 0) }
    table = (0..<8).map { _ in next() << 32 | next() }
    text =
      (0..<rows).map { _ in next() % 8 == 0 ? 0x2C : UInt8(0x61 + next() % 26) }
      + [UInt8](repeating: 0, count: MarkKernel.padding)
    places = Array(repeating: 0, count: rows + MarkKernel.padding)
    bits = mask
    slots = Array(repeating: 0, count: rows)
    sums = Array(repeating: 0, count: PackKernel.stride)
    var terms = PackTerms()
    terms.start = 1
    terms.add(
      (VectorBuffer(copying: bytes).slice(0..<rows, width: 1), 1),
      times: 1 << 14,
      mask: nil
    )
    terms.add(
      (VectorBuffer(copying: shorts).slice(0..<rows, width: 2), 2),
      times: 100 << 28,
      mask: nil
    )
    terms.add(
      (VectorBuffer(copying: words).slice(0..<rows, width: 4), 4),
      times: 0 &- 1 << 28,
      mask: nil
    )
    self.terms = terms
  }

  var kernels: [Kernel] {
    [
      Kernel(name: "range of bytes", threshold: 1.5) { self.range(self.bytes, 2, 8, $0) },
      Kernel(name: "range of 16 bits", threshold: 1.5) { self.range(self.shorts, 20, 90, $0) },
      Kernel(name: "range of 32 bits", threshold: 1.5) { self.range(self.words, 9, 90_000, $0) },
      Kernel(name: "members of 256 bytes", threshold: 1.5) { self.memberBytes($0) },
      Kernel(name: "members of 512 codes", threshold: 1.5) { self.memberShorts($0) },
      Kernel(name: "count of bits", threshold: 1.5) { self.count($0) },
      Kernel(name: "compress bytes", threshold: 1.5) { self.compress(self.bytes, $0) },
      Kernel(name: "compress 16 bits", threshold: 1.5) { self.compress(self.shorts, $0) },
      Kernel(name: "compress 32 bits", threshold: 1.5) { self.compress(self.words, $0) },
      Kernel(name: "masked sum of bytes", threshold: 1.5) { self.sum(self.bytes, $0) },
      Kernel(name: "masked sum of 16 bits", threshold: 1.5) { self.sum(self.shorts, $0) },
      Kernel(name: "masked sum of 32 bits", threshold: 1.5) { self.sum(self.words, $0) },
      Kernel(name: "slots of kept rows", threshold: 1.5) { self.makeSlots($0) },
      Kernel(name: "slots of another key", threshold: 1.5) { self.addSlots($0) },
      Kernel(name: "slots masked again", threshold: 1.5) { self.maskSlots($0) },
      Kernel(name: "three packed terms", threshold: 1.5) { self.pack($0) },
      Kernel(name: "marks in a text", threshold: 1.5) { self.findMarks($0) },
    ]
  }

  // Lists are copied to constants first: a span lives as long as what it looks into.

  private func range<Code: LaneCode>(
    _ codes: [Code],
    _ low: Code,
    _ high: Code,
    _ level: KernelLevel
  ) {
    var memory = bits.taken()
    defer { bits = memory }
    var span = memory.mutableSpan
    let rows = KernelData.rows
    VectorKernel.range(codes.span, low: low, high: high, count: rows, into: &span, at: level)
  }

  private func memberBytes(_ level: KernelLevel) {
    let (bytes, flags) = (bytes, flags)
    var memory = bits.taken()
    defer { bits = memory }
    var span = memory.mutableSpan
    let rows = KernelData.rows
    VectorKernel.member(bytes.span, flags: flags.span, count: rows, into: &span, at: level)
  }

  private func memberShorts(_ level: KernelLevel) {
    let (shorts, table) = (shorts, table)
    var memory = bits.taken()
    defer { bits = memory }
    var span = memory.mutableSpan
    let rows = KernelData.rows
    VectorKernel.member(shorts.span, table: table.span, count: rows, into: &span, at: level)
  }

  private func count(_ level: KernelLevel) {
    let mask = mask
    sink &+= VectorKernel.count(mask.span, count: mask.count, at: level)
  }

  private func compress<Code: LaneCode>(_ codes: [Code], _ level: KernelLevel) {
    let mask = mask
    let rows = KernelData.rows
    sink &+= scratch.withMutableSpan(of: Code.self) { target in
      VectorKernel.compress(codes.span, mask.span, count: rows, into: &target, at: level)
    }
  }

  private func sum<Code: LaneCode>(_ codes: [Code], _ level: KernelLevel) {
    let mask = mask
    let sum = VectorKernel.sum(codes.span, mask.span, count: KernelData.rows, at: level)
    sink &+= Int(truncatingIfNeeded: sum)
  }

  private func makeSlots(_ level: KernelLevel) {
    let (bytes, mask) = (bytes, mask)
    var memory = slots.taken()
    defer { slots = memory }
    var span = memory.mutableSpan
    let part = SlotKernel.Part(offset: 1, multiplier: 3)
    let rows = KernelData.rows
    VectorKernel.slots(bytes.span, part, kept: mask.span, count: rows, into: &span, at: level)
  }

  private func addSlots(_ level: KernelLevel) {
    let bytes = bytes
    var memory = slots.taken()
    defer { slots = memory }
    var span = memory.mutableSpan
    let part = SlotKernel.Part(offset: 1, multiplier: 3)
    VectorKernel.addSlots(bytes.span, part, count: KernelData.rows, to: &span, at: level)
  }

  private func maskSlots(_ level: KernelLevel) {
    let (mask, source) = (mask, words)
    var memory = slots.taken()
    defer { slots = memory }
    var span = memory.mutableSpan
    let rows = KernelData.rows
    VectorKernel.mask(source.span, mask.span, count: rows, into: &span, at: level)
  }

  private func findMarks(_ level: KernelLevel) {
    let text = text
    var memory = places.taken()
    defer { places = memory }
    var span = memory.mutableSpan
    let marks = MarkKernel.Marks(0x2C, 0x22)
    let rows = KernelData.rows
    sink &+= MarkKernel.find(in: text.span, 0..<rows, marks, into: &span, at: level).count
  }

  private func pack(_ level: KernelLevel) {
    var memory = sums.taken()
    defer { sums = memory }
    var span = memory.mutableSpan
    let none: [UInt64] = []
    let count = PackKernel.stride
    for first in stride(from: 0, to: KernelData.rows, by: count) {
      terms.pack(first: first, count: count, masks: none.span, into: &span, at: level)
    }
  }
}
