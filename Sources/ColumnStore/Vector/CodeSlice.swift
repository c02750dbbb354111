/// Values of one width side by side, in memory that somebody keeps alive: a part of a decoded page,
/// or of a thread's working memory.
///
/// Working memory is written again for the next rows, so a slice of it is good as long as its owner
/// says; that is a question of right values, never of memory that is gone.
@safe
struct CodeSlice {
  private let owner: AnyObject
  private let start: UnsafeRawPointer
  /// The number of bytes.
  let byteCount: Int

  /// Makes a slice; only the owners of memory do.
  fileprivate init(owner: AnyObject, start: UnsafeRawPointer, byteCount: Int) {
    self.owner = owner
    // Safe: the owner, kept here, keeps `byteCount` bytes from `start` on.
    unsafe self.start = unsafe start
    self.byteCount = byteCount
  }

  /// The address of the first byte, for a kernel that reads several slices at once; whoever uses it
  /// keeps the slice for as long.
  @unsafe var address: UnsafeRawPointer { unsafe start }

  /// Lends the bytes as values of one fixed-width type.
  @inline(__always)
  func withSpan<Element: BitwiseCopyable, Result>(
    of type: Element.Type,
    _ body: (Span<Element>) -> Result
  ) -> Result {
    let count = byteCount / MemoryLayout<Element>.stride
    // Safe: the memory is aligned (slices begin at multiples of their elements' size), holds
    // `count` values, outlives the call because `owner` does, and the span cannot leave the closure.
    let values = unsafe UnsafeBufferPointer(
      start: start.assumingMemoryBound(to: Element.self),
      count: count
    )
    return withExtendedLifetime(owner) { body(unsafe Span(_unsafeElements: values)) }
  }
}

extension VectorBuffer {
  /// Returns elements of a width in bytes, by their numbers.
  func slice(_ elements: Range<Int>, width: Int) -> CodeSlice {
    precondition(elements.lowerBound >= 0 && elements.upperBound * width <= byteCount, "a part")
    return withSpan(of: UInt8.self) { bytes in
      // Safe: the range is inside the buffer, checked above, and the slice keeps the buffer.
      unsafe bytes.withUnsafeBufferPointer { memory in
        // An empty buffer has an address too: its padding.
        guard let start = unsafe UnsafeRawPointer(memory.baseAddress) else {
          preconditionFailure("a buffer has an address")
        }
        return unsafe CodeSlice(
          owner: self,
          start: start + elements.lowerBound * width,
          byteCount: elements.count * width
        )
      }
    }
  }
}

/// Working memory of one thread for codes of any width, with room for a register after the last.
@safe
final class ScratchBuffer {
  /// The bytes that may hold codes.
  let byteCount: Int
  private let base: UnsafeMutableRawPointer

  /// Makes room for a number of bytes.
  init(byteCount: Int) {
    self.byteCount = byteCount
    let size = byteCount + VectorBuffer.padding
    // Safe: the memory is owned by this object alone, set to zero, and freed in `deinit`.
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: size,
      alignment: VectorBuffer.alignment
    )
    unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: size)
    unsafe base = unsafe memory
  }

  deinit {
    // Safe: the only owner frees what it allocated, once.
    unsafe base.deallocate()
  }

  /// Lends the memory, its room for a register included, as values of one type to write.
  func withMutableSpan<Element: BitwiseCopyable, Result>(
    of type: Element.Type,
    _ body: (inout MutableSpan<Element>) -> Result
  ) -> Result {
    let count = (byteCount + VectorBuffer.padding) / MemoryLayout<Element>.stride
    // Safe: aligned to 64 bytes, holds `count` values, and belongs to one thread.
    let values = unsafe UnsafeMutableBufferPointer(
      start: base.assumingMemoryBound(to: Element.self),
      count: count
    )
    var span = unsafe MutableSpan(_unsafeElements: values)
    return withExtendedLifetime(self) { body(&span) }
  }

  /// Returns the first bytes, to be read until the memory is written again.
  func slice(byteCount count: Int) -> CodeSlice {
    precondition(count <= byteCount, "a part")
    // Safe: the bytes are inside the memory, and the slice keeps this object.
    return unsafe CodeSlice(owner: self, start: UnsafeRawPointer(base), byteCount: count)
  }
}
