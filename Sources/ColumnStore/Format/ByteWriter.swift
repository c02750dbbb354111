/// Little-endian values, one after the other, into an array of bytes.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  mutating func append<Value: FixedWidthInteger>(_ value: Value) {
    var rest = value
    for _ in 0..<(Value.bitWidth / 8) {
      bytes.append(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    }
  }

  mutating func append(_ value: Int128) {
    append(UInt64(truncatingIfNeeded: value))
    append(Int64(truncatingIfNeeded: value >> 64))
  }

  /// Appends bytes as they are.
  mutating func append(raw values: [UInt8]) {
    bytes.append(contentsOf: values)
  }

  /// Appends a text: its length in bytes as `UInt32`, then UTF-8.
  mutating func append(text: String) {
    append(UInt32(text.utf8.count))
    bytes.append(contentsOf: text.utf8)
  }

  mutating func append(_ checksum: FileChecksum) {
    append(checksum.low)
    append(checksum.high)
  }

  /// Appends zeros until the length is a multiple of `alignment`.
  mutating func pad(to alignment: Int) {
    while bytes.count % alignment != 0 { bytes.append(0) }
  }

  /// Appends the 64-bit checksum of everything before it.
  mutating func seal() {
    append(Checksum.of(bytes))
  }
}
