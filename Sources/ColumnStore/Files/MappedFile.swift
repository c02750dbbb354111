import Glibc

/// The bytes of a file that was opened for reading, mapped into memory when the file is large.
///
/// A mapped file stays readable after its name is removed. Truncating it from outside ends the
/// process with SIGBUS, which no checksum can prevent.
@safe
public final class MappedFile: @unchecked Sendable {
  // @unchecked Sendable: the bytes are never written after `init`.

  /// Files up to this size are read instead of mapped.
  static let readLimit = 256 << 10

  /// The file's name, for messages.
  public let path: String
  /// The number of bytes.
  public let count: Int
  private let start: UnsafeMutableRawPointer
  private let isMapped: Bool

  /// Holds a copy of bytes.
  public init(path: String, copying bytes: [UInt8]) {
    // Safe: the memory is owned by this object and holds exactly the copied bytes.
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(bytes.count, 1), alignment: 64)
    unsafe bytes.withUnsafeBytes {
      if let source = $0.baseAddress {
        unsafe memory.copyMemory(from: source, byteCount: $0.count)
      }
    }
    unsafe self.start = unsafe memory
    self.path = path
    self.count = bytes.count
    self.isMapped = false
  }

  /// Takes the contents of an open descriptor, which the caller closes.
  init(path: String, descriptor: Int32, count: Int) throws(StoreError) {
    if count > MappedFile.readLimit {
      // Safe: a private read-only mapping of `count` bytes, unmapped in `deinit` only.
      guard let memory = unsafe mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0),
        unsafe memory != MAP_FAILED
      else { throw .system(operation: "map", path: path, code: errno) }
      unsafe self.start = unsafe memory
      self.isMapped = true
    } else {
      // Safe: the memory is owned by this object and `pread` writes at most `count` bytes.
      let memory = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1), alignment: 64)
      var offset = 0
      while offset < count {
        let size = unsafe pread(descriptor, memory + offset, count - offset, off_t(offset))
        if size < 0, errno == EINTR { continue }
        guard size > 0 else {
          let code = size < 0 ? errno : EIO
          unsafe memory.deallocate()
          throw .system(operation: "read", path: path, code: code)
        }
        offset += size
      }
      unsafe self.start = unsafe memory
      self.isMapped = false
    }
    self.path = path
    self.count = count
  }

  deinit {
    // Safe: the only owner gives back what it mapped or allocated, with the same size, once.
    if isMapped {
      unsafe munmap(start, count)
    } else {
      unsafe start.deallocate()
    }
  }

  /// Lets go of the memory of the bytes, which come back from the file when they are read again.
  func releasePages() {
    guard isMapped else { return }
    // Safe: the mapping is private and never written, so that its pages are those of the file.
    _ = unsafe madvise(start, count, MADV_DONTNEED)
  }

  /// Lends a range of the bytes.
  @inline(__always)
  func withBytes<Result, Failure: Error>(
    in range: Range<Int>,
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "a range of the file")
    // Safe: the range is inside the memory, which outlives the call because `self` does.
    let bytes = unsafe UnsafeRawBufferPointer(
      start: UnsafeRawPointer(start) + range.lowerBound,
      count: range.count
    )
    return try body(unsafe RawSpan(_unsafeBytes: bytes))
  }

  /// Lends values of one width that begin at an aligned offset.
  @inline(__always)
  func withValues<Value: FixedWidthInteger & BitwiseCopyable, Result, Failure: Error>(
    of type: Value.Type,
    at offset: Int,
    count valueCount: Int,
    _ body: (Span<Value>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let size = MemoryLayout<Value>.stride
    precondition(offset >= 0 && valueCount >= 0 && offset % size == 0, "an aligned offset")
    precondition(valueCount <= (count - offset) / size, "values inside the file")
    // Safe: aligned (the memory begins at a multiple of 64), inside, and outlived by `self`.
    let values = unsafe UnsafeBufferPointer(
      start: (UnsafeRawPointer(start) + offset).assumingMemoryBound(to: Value.self),
      count: valueCount
    )
    return try body(unsafe Span(_unsafeElements: values))
  }

  /// Returns the eight bytes at an offset, which needs no alignment, as a little-endian number.
  @inline(__always)
  func word(at offset: Int) -> UInt64 {
    precondition(offset >= 0 && offset <= count - 8, "a word of the file")
    // Safe: eight bytes inside the memory, which outlives the call because `self` does.
    return unsafe UnsafeRawPointer(start).loadUnaligned(fromByteOffset: offset, as: UInt64.self)
  }

  /// Copies a range of the bytes.
  func bytes(in range: Range<Int>) -> [UInt8] {
    withBytes(in: range) { span in
      // Safe: copies a borrow into an array.
      unsafe span.withUnsafeBytes { unsafe Array($0) }
    }
  }

  /// Copies all bytes.
  package var allBytes: [UInt8] { bytes(in: 0..<count) }

  /// The checksum of the whole file.
  var checksum: FileChecksum { withBytes(in: 0..<count) { Checksum.ofFile($0) } }

  /// Decodes a range as UTF-8; what is not UTF-8 becomes replacement characters.
  func text(in range: Range<Int>) -> String {
    withBytes(in: range) { span in
      // Safe: the initialiser copies a borrow.
      unsafe span.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }
  }

  /// Tells whether a range holds exactly these bytes.
  func equals(_ other: Span<UInt8>, at offset: Int) -> Bool {
    guard other.count <= count - offset else { return false }
    // Safe: both sides have `other.count` readable bytes.
    return unsafe other.withUnsafeBufferPointer {
      guard let bytes = $0.baseAddress else { return true }
      return unsafe memcmp(bytes, start + offset, $0.count) == 0
    }
  }
}
