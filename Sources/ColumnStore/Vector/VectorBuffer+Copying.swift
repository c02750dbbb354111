extension VectorBuffer {
  /// Makes a buffer with a copy of borrowed bytes.
  convenience init(copying bytes: RawSpan) {
    self.init(byteCount: bytes.byteCount) { target in
      // Safe: both sides have `byteCount` bytes.
      unsafe bytes.withUnsafeBytes { source in
        unsafe target.withUnsafeMutableBytes { unsafe $0.copyMemory(from: source) }
      }
    }
  }

  /// Makes a buffer with a copy of a part of another.
  convenience init(copying other: VectorBuffer, range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= other.byteCount, "a part")
    self.init(byteCount: range.count) { target in
      other.withSpan(of: UInt8.self) { bytes in
        // Safe: the part has as many bytes as the new buffer.
        unsafe bytes.extracting(range).bytes.withUnsafeBytes { source in
          unsafe target.withUnsafeMutableBytes { unsafe $0.copyMemory(from: source) }
        }
      }
    }
  }

  /// Decodes a range as UTF-8; what is not UTF-8 becomes replacement characters.
  func text(in range: Range<Int>) -> String {
    withSpan(of: UInt8.self) { bytes in
      // Safe: the initialiser copies a borrow; `extracting` checks the range.
      unsafe bytes.extracting(range).withUnsafeBufferPointer {
        unsafe String(decoding: $0, as: UTF8.self)
      }
    }
  }
}

extension [UInt8] {
  /// Appends the bytes of plain values as they are in memory, which is little-endian here.
  mutating func append<Value: BitwiseCopyable>(bytesOf values: [Value]) {
    // Safe: copies the bytes of an array that outlives the call.
    unsafe values.withUnsafeBytes { unsafe self.append(contentsOf: $0) }
  }

  /// Appends the bytes of a span.
  @inline(__always)
  mutating func append(contentsOf span: Span<UInt8>) {
    // Safe: copies a borrow that outlives the call.
    unsafe span.withUnsafeBufferPointer { unsafe self.append(contentsOf: $0) }
  }

  /// Tells whether the bytes from an offset are those of a span.
  @inline(__always)
  func holds(_ text: Span<UInt8>, at offset: Int) -> Bool {
    precondition(offset >= 0 && text.count <= count - offset, "a range of the array")
    // Safe: both sides have `text.count` readable bytes, checked above.
    return unsafe text.withUnsafeBytes { text in
      unsafe self.withUnsafeBytes { bytes in
        var index = 0
        while index &+ 8 <= text.count {
          let word = unsafe text.loadUnaligned(fromByteOffset: index, as: UInt64.self)
          let other = unsafe bytes.loadUnaligned(fromByteOffset: offset &+ index, as: UInt64.self)
          guard word == other else { return false }
          index &+= 8
        }
        while index < text.count {
          guard unsafe text[index] == bytes[offset &+ index] else { return false }
          index &+= 1
        }
        return true
      }
    }
  }
}
