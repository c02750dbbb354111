import CZstd
import Synchronization

/// Compression of pages by zstd; the only place that calls the library.
@safe
final class ZstdCodec {
  private let context: OpaquePointer

  /// Makes a codec with a context of its own, which later pages reuse.
  ///
  /// - Throws: `StoreError.system` when there is no memory for the context.
  init() throws(StoreError) {
    // Safe: the context is owned by this object alone and freed in `deinit`.
    guard let context = unsafe ZSTD_createCCtx() else {
      throw .system(operation: "allocate", path: "a compression context", code: 12)
    }
    unsafe self.context = unsafe context
  }

  deinit {
    _ = unsafe ZSTD_freeCCtx(context)
  }

  /// Compresses bytes; returns nil when that saves less than a tenth.
  ///
  /// Level 3 is a good compromise at 64K rows: higher ones save a few percent for ten times the time.
  func compress(_ bytes: [UInt8], level: Int32 = 3) -> [UInt8]? {
    let limit = bytes.count - bytes.count / 10
    guard bytes.count >= 64 else { return nil }
    var size = 0
    // Safe: the library reads `bytes.count` bytes and writes at most `limit`; where that is too
    // little it fails, which means that the page is better kept as it is.
    let result = unsafe [UInt8](unsafeUninitializedCapacity: limit) { target, count in
      size = unsafe bytes.withUnsafeBytes { source in
        unsafe ZSTD_compressCCtx(
          context,
          target.baseAddress,
          limit,
          source.baseAddress,
          source.count,
          level
        )
      }
      count = ZSTD_isError(size) == 0 ? size : 0
    }
    return ZSTD_isError(size) == 0 && size < limit ? result : nil
  }

  /// Decompresses a frame that says its length itself; nil when the bytes are no such frame, or
  /// when it is longer than `limit`.
  static func decompress(_ bytes: RawSpan, atMost limit: Int) -> [UInt8]? {
    // Safe: the library reads only the borrow, and the frame says its own size before any memory
    // is taken for it.
    let declared = unsafe bytes.withUnsafeBytes {
      unsafe ZSTD_getFrameContentSize($0.baseAddress, $0.count)
    }
    guard declared <= UInt64(limit) else { return nil }
    var size = 0
    // Safe: at most `declared` bytes are written, into memory of that size; none is read before
    // the library says that it wrote them all.
    let result = unsafe [UInt8](unsafeUninitializedCapacity: Int(declared)) { target, count in
      size = unsafe bytes.withUnsafeBytes { source in
        unsafe Decompressor.use { (context: OpaquePointer) in
          unsafe ZSTD_decompressDCtx(
            context,
            target.baseAddress,
            target.count,
            source.baseAddress,
            source.count
          )
        }
      }
      count = size == Int(declared) ? size : 0
    }
    return size == Int(declared) ? result : nil
  }

  /// Decompresses a page whose length is known; nil when the bytes are no such page.
  static func decompress(_ bytes: RawSpan, byteCount: Int) -> VectorBuffer? {
    // Safe: the library reads only the borrow, and the frame says its own size before any memory
    // is taken for it.
    let declared = unsafe bytes.withUnsafeBytes {
      unsafe ZSTD_getFrameContentSize($0.baseAddress, $0.count)
    }
    guard declared == UInt64(byteCount) else { return nil }
    var size = 0
    return VectorBuffer(writing: byteCount) { target in
      // Safe: at most `byteCount` bytes are written, into memory of exactly that size.
      size = unsafe target.withUnsafeMutableBytes { target in
        unsafe bytes.withUnsafeBytes { source in
          unsafe Decompressor.use { context in
            unsafe ZSTD_decompressDCtx(
              context,
              target.baseAddress,
              byteCount,
              source.baseAddress,
              source.count
            )
          }
        }
      }
      return size == byteCount
    }
  }
}

/// A context of zstd for decompressing. One is large, and making it takes as long as a small page, so
/// they are used again.
// @unchecked Sendable: only the thread that took it out of the list uses it.
@safe
private final class Decompressor: @unchecked Sendable {
  private static let idle = Mutex<[Decompressor]>([])

  private let context: OpaquePointer?

  private init() {
    // Safe: the context is owned by this object alone and freed in `deinit`.
    unsafe context = unsafe ZSTD_createDCtx()
  }

  deinit {
    _ = unsafe ZSTD_freeDCtx(context)
  }

  /// Calls a function with a context that nobody else uses meanwhile; a failure of the library where
  /// there is no memory for one.
  static func use(_ body: (OpaquePointer) -> Int) -> Int {
    let one = idle.withLock { $0.popLast() } ?? Decompressor()
    // Safe: the context lives as long as `one`.
    guard let context = unsafe one.context else { return -64 }
    let size = unsafe body(context)
    idle.withLock { $0.append(one) }
    return size
  }
}
