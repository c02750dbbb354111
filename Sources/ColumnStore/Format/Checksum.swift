import CXXHash

/// A 128-bit XXH3 checksum of a whole file, as a manifest lists it.
struct FileChecksum: Sendable, Hashable {
  let low: UInt64
  let high: UInt64
}

/// Checksums of bytes: XXH3 by Yann Collet, as libxxhash computes it.
enum Checksum {
  /// Returns the 64-bit checksum of a page, a footer or a text.
  @inline(__always)
  static func of(_ bytes: RawSpan) -> UInt64 {
    // Safe: the library reads exactly `count` bytes of a borrow that outlives the call.
    unsafe bytes.withUnsafeBytes { unsafe XXH3_64bits($0.baseAddress, $0.count) }
  }

  /// Returns the 64-bit checksum of an array.
  static func of(_ bytes: [UInt8]) -> UInt64 {
    // Safe: the library reads exactly `count` bytes of an array that outlives the call.
    unsafe bytes.withUnsafeBytes { unsafe XXH3_64bits($0.baseAddress, $0.count) }
  }

  /// Returns the 64-bit checksum of a text's UTF-8, which hash tables use too.
  @inline(__always)
  static func of(text: Span<UInt8>) -> UInt64 {
    // Safe: the library reads exactly `count` bytes of a borrow that outlives the call.
    unsafe text.withUnsafeBufferPointer { unsafe XXH3_64bits($0.baseAddress, $0.count) }
  }

  /// Returns the 128-bit checksum of a whole file.
  static func ofFile(_ bytes: RawSpan) -> FileChecksum {
    // Safe: the library reads exactly `count` bytes of a borrow that outlives the call.
    let hash = unsafe bytes.withUnsafeBytes { unsafe XXH3_128bits($0.baseAddress, $0.count) }
    return FileChecksum(low: hash.low64, high: hash.high64)
  }
}

/// The checksum of a file while it is being written.
@safe
final class RunningChecksum {
  private let state: OpaquePointer

  /// Starts with no bytes.
  ///
  /// - Throws: `StoreError.system` when there is no memory for the state.
  init() throws(StoreError) {
    // Safe: the state is owned by this object alone and freed in `deinit`.
    guard let state = unsafe XXH3_createState() else {
      throw .system(operation: "allocate", path: "a checksum", code: 12)
    }
    unsafe XXH3_128bits_reset(state)
    unsafe self.state = unsafe state
  }

  deinit {
    unsafe XXH3_freeState(state)
  }

  /// Takes the next bytes of the file.
  func append(_ bytes: [UInt8]) {
    // Safe: the library reads exactly `count` bytes of an array that outlives the call.
    unsafe bytes.withUnsafeBytes {
      _ = unsafe XXH3_128bits_update(state, $0.baseAddress, $0.count)
    }
  }

  /// The checksum of all bytes so far.
  var value: FileChecksum {
    let hash = unsafe XXH3_128bits_digest(state)
    return FileChecksum(low: hash.low64, high: hash.high64)
  }
}
