import CMandiKernels

/// How the allocator of this process treats large blocks; for programs, which alone may decide that.
public enum ProcessMemory {
  /// The largest block that the allocator may take from its own pool.
  private static let largestLimit = 32 << 20
  /// The same while a lot of memory is taken for a while.
  private static let smallLimit = 1 << 20

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
