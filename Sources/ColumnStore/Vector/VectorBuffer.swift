/// Memory for the values of a decoded page: 64-byte aligned, and followed by at least 64 readable
/// bytes so that a kernel may load a whole register at the end.
///
/// The contents never change after `init`, which is what makes sharing them between threads sound.
@safe
public final class VectorBuffer: @unchecked Sendable {
  // @unchecked Sendable: the bytes are written once, inside `init`, before any other thread can
  // hold a reference.

  /// The alignment of the first byte.
  public static let alignment = 64
  /// Readable bytes after the last value.
  public static let padding = 64

  /// The number of bytes that hold values.
  public let byteCount: Int

  private let base: UnsafeMutableRawPointer

  /// Makes a buffer of `byteCount` bytes and lets `fill` write them; bytes that it leaves alone,
  /// and the padding, are zero.
  public init<Failure: Error>(
    byteCount: Int,
    fill: (inout MutableRawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    precondition(byteCount >= 0, "a buffer has no negative size")
    let size = byteCount + VectorBuffer.padding
    // Safe: the memory is owned by this object alone until `init` returns, and freed in `deinit`.
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: size,
      alignment: VectorBuffer.alignment
    )
    unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: size)
    unsafe self.base = unsafe memory
    self.byteCount = byteCount
    let buffer = unsafe UnsafeMutableRawBufferPointer(start: memory, count: byteCount)
    var span = unsafe MutableRawSpan(_unsafeBytes: buffer)
    try fill(&span)
  }

  /// Makes a buffer whose bytes `fill` writes, all of them; nil when it says that it did not.
  ///
  /// This saves clearing memory that is written anyway.
  init?(writing byteCount: Int, fill: (inout MutableRawSpan) -> Bool) {
    precondition(byteCount >= 0, "a buffer has no negative size")
    // Safe: as in the initialiser above; `fill` writes every byte before anybody reads one, and only
    // the padding after them is cleared here.
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: byteCount + VectorBuffer.padding,
      alignment: VectorBuffer.alignment
    )
    let rest = unsafe memory + byteCount
    unsafe rest.initializeMemory(as: UInt8.self, repeating: 0, count: VectorBuffer.padding)
    unsafe self.base = unsafe memory
    self.byteCount = byteCount
    let buffer = unsafe UnsafeMutableRawBufferPointer(start: memory, count: byteCount)
    var span = unsafe MutableRawSpan(_unsafeBytes: buffer)
    guard fill(&span) else { return nil }
  }

  /// Makes a buffer of values that `fill` writes, all of them.
  static func writing<Element: BitwiseCopyable>(
    _ count: Int,
    of type: Element.Type,
    fill: (inout MutableSpan<Element>) -> Void
  ) -> VectorBuffer {
    let byteCount = count * MemoryLayout<Element>.stride
    let buffer = VectorBuffer(writing: byteCount) { bytes in
      // Safe: the memory is aligned to 64 bytes and holds `count` values of a plain type.
      unsafe bytes.withUnsafeMutableBytes { raw in
        let values = unsafe raw.bindMemory(to: Element.self)
        var span = unsafe MutableSpan(_unsafeElements: values)
        fill(&span)
      }
      return true
    }
    guard let buffer else { preconditionFailure("`fill` writes all values") }
    return buffer
  }

  /// Makes a buffer with a copy of an array of plain integers or doubles.
  public convenience init<Element: BitwiseCopyable>(copying values: [Element]) {
    self.init(byteCount: values.count * MemoryLayout<Element>.stride) { bytes in
      // Safe: both sides hold the same number of bytes, and neither pointer leaves its closure.
      unsafe values.withUnsafeBytes { source in
        unsafe bytes.withUnsafeMutableBytes { unsafe $0.copyMemory(from: source) }
      }
    }
  }

  deinit {
    // Safe: the only owner frees what it allocated, once.
    unsafe base.deallocate()
  }

  /// Lends the bytes as values of one fixed-width type.
  @inline(__always)
  public func withSpan<Element: BitwiseCopyable, Result, Failure: Error>(
    of type: Element.Type,
    _ body: (Span<Element>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let count = byteCount / MemoryLayout<Element>.stride
    // Safe: the memory is aligned to 64 bytes, holds `count` values, outlives the call because
    // `self` does, and the span cannot leave the closure.
    let start = unsafe UnsafePointer(base.assumingMemoryBound(to: Element.self))
    let values = unsafe UnsafeBufferPointer(start: start, count: count)
    return try body(unsafe Span(_unsafeElements: values))
  }
}
