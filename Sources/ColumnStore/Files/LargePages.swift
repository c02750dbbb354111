import Glibc

/// Zeros for tables that are read here and there.
///
/// A lookup in a large table waits twice: for the table, and for what tells where the table's page
/// is. With pages of 2 MiB, which the kernel gives where it is asked to, the second is always at hand.
enum LargePages {
  /// Bytes below which it makes no difference.
  private static let leastBytes = 4 << 20

  /// Returns zeros.
  static func zeros<Value: FixedWidthInteger>(_ count: Int) -> [Value] {
    let byteCount = count * MemoryLayout<Value>.stride
    guard byteCount >= leastBytes else { return Array(repeating: 0, count: count) }
    // Safe: all values that the array is said to have get one below.
    return unsafe [Value](unsafeUninitializedCapacity: count) { values, filled in
      // Safe: the pointer is used only during the call.
      unsafe advise(UnsafeMutableRawPointer(values.baseAddress), byteCount: byteCount)
      // Safe: there is room for `count` values, all of which get one.
      unsafe values.initialize(repeating: 0)
      filled = count
    }
  }

  private static func advise(_ start: UnsafeMutableRawPointer?, byteCount: Int) {
    // Safe: only the pointer itself is looked at.
    guard let start = unsafe start else { return }
    let page = Int(getpagesize())
    let skipped = -Int(bitPattern: start) & (page - 1)
    guard byteCount - skipped >= leastBytes / 2 else { return }
    // Safe: whole pages of memory that the caller owns; the advice changes no byte, and where the
    // kernel does not follow it, nothing is lost.
    _ = unsafe madvise(start + skipped, (byteCount - skipped) & ~(page - 1), MADV_HUGEPAGE)
  }
}
