import CMandiKernels
import Glibc

/// How the allocator of this process treats large blocks; for programs, which alone may decide that.
public enum ProcessMemory {
  /// The largest block that the allocator may take from its own pool.
  private static let largestLimit = 32 << 20
  /// The same while a lot of memory is taken for a while.
  private static let smallLimit = 1 << 20

  /// The bytes of files that are in this process's memory because they are mapped; 0 where the
  /// system does not tell.
  static var mappedByteCount: Int {
    // Safe: the string is passed as a null-terminated copy.
    let descriptor = unsafe open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return 0 }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 128)
    // Safe: at most the bytes of the array are written, which outlives the call.
    let size = unsafe bytes.withUnsafeMutableBytes {
      unsafe read(descriptor, $0.baseAddress, $0.count)
    }
    guard size > 0 else { return 0 }
    // The third number is that of pages of files.
    let fields = bytes.prefix(size).split(separator: UInt8(ascii: " "))
    guard fields.count > 2 else { return 0 }
    let pages = Int(String(decoding: fields[2], as: UTF8.self)) ?? 0
    return pages * Int(getpagesize())
  }

  /// Runs work that takes and frees many large blocks, without keeping what it freed.
  ///
  /// The allocator raises the limit by itself as large blocks are freed, and then keeps them in its
  /// pool, where what is between them decides whether they can be used again. That is quicker where
  /// the same blocks come again, as in queries, and takes half as much memory again where they grow,
  /// as in imports. Afterwards the limit is where it would have risen to.
  public static func withoutReserves<Result>(_ body: () throws -> Result) rethrows -> Result {
    mandi_keep_memory_below(smallLimit)
    defer {
      mandi_return_memory()
      mandi_keep_memory_below(largestLimit)
    }
    return try body()
  }
}
