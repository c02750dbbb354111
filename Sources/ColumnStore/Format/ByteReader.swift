/// A cursor over bytes that came from a file: every read is checked against what remains.
struct ByteReader {
  let file: String
  private let bytes: [UInt8]
  private let origin: Int
  private(set) var offset: Int
  private let end: Int

  /// Reads `bytes`; `origin` is where they begin in the file, for messages.
  init(_ bytes: [UInt8], file: String, origin: Int = 0) {
    self.bytes = bytes
    self.file = file
    self.origin = origin
    self.offset = 0
    self.end = bytes.count
  }

  /// The number of bytes that are left.
  var remaining: Int { end - offset }

  /// Makes the error for what is wrong at the cursor.
  func damage(_ reason: String) -> StoreError {
    .damaged(file: file, offset: origin + offset, reason: reason)
  }

  mutating func read<Value: FixedWidthInteger & UnsignedInteger>(
    _ type: Value.Type
  ) throws(StoreError) -> Value {
    Value(truncatingIfNeeded: try readWord(byteCount: Value.bitWidth / 8))
  }

  /// Reads up to eight bytes; concrete, because unoptimised generic arithmetic is very slow.
  private mutating func readWord(byteCount: Int) throws(StoreError) -> UInt64 {
    guard remaining >= byteCount else { throw damage("the file ends too early") }
    var word: UInt64 = 0
    offset += byteCount
    var place = offset
    while place > offset - byteCount {
      place -= 1
      word = word &<< 8 | UInt64(bytes[place])
    }
    return word
  }

  mutating func readInt64() throws(StoreError) -> Int64 {
    Int64(bitPattern: try read(UInt64.self))
  }

  mutating func readInt128() throws(StoreError) -> Int128 {
    let low = try read(UInt64.self)
    let high = try readInt64()
    return Int128(high) << 64 | Int128(low)
  }

  /// Reads a length or a position as `UInt64` and checks it against a bound.
  mutating func readCount(atMost bound: Int) throws(StoreError) -> Int {
    let value = try read(UInt64.self)
    guard let count = Int(exactly: value), count <= bound else {
      throw damage("a length of \(value) is more than \(bound)")
    }
    return count
  }

  /// Reads the number of items that follow, of which each takes at least `size` bytes.
  mutating func readItemCount(ofSize size: Int) throws(StoreError) -> Int {
    let count = Int(try read(UInt32.self))
    guard count <= remaining / size else {
      throw damage("\(count) items do not fit the rest of the file")
    }
    return count
  }

  mutating func readBytes(_ count: Int) throws(StoreError) -> [UInt8] {
    guard count >= 0, count <= remaining else { throw damage("the file ends too early") }
    defer { offset += count }
    return Array(bytes[offset..<(offset + count)])
  }

  /// Passes over bytes and returns where in the file they begin.
  mutating func skip(_ count: Int) throws(StoreError) -> Int {
    guard count >= 0, count <= remaining else { throw damage("the file ends too early") }
    defer { offset += count }
    return origin + offset
  }

  mutating func readText() throws(StoreError) -> String {
    let count = try readItemCount(ofSize: 1)
    let utf8 = try readBytes(count)
    guard let text = String(validating: utf8, as: UTF8.self) else {
      throw damage("a name is not UTF-8")
    }
    return text
  }

  mutating func readChecksum() throws(StoreError) -> FileChecksum {
    FileChecksum(low: try read(UInt64.self), high: try read(UInt64.self))
  }

  /// Checks that nothing is left.
  func finish() throws(StoreError) {
    guard remaining == 0 else { throw damage("\(remaining) bytes too many") }
  }

  /// Checks the seal at the end of `bytes` and returns a reader of what is before it.
  static func unsealing(_ bytes: [UInt8], file: String) throws(StoreError) -> ByteReader {
    guard bytes.count >= 8 else {
      throw .damaged(file: file, offset: 0, reason: "the file is shorter than its checksum")
    }
    var tail = ByteReader(Array(bytes[(bytes.count - 8)...]), file: file, origin: bytes.count - 8)
    let body = Array(bytes[..<(bytes.count - 8)])
    let expected = try tail.read(UInt64.self)
    guard Checksum.of(body) == expected else {
      throw .damaged(file: file, offset: nil, reason: "its checksum does not match")
    }
    return ByteReader(body, file: file)
  }

  /// Checks that the next bytes are a magic and a format version that this program reads.
  mutating func expect(magic: String, version: UInt32) throws(StoreError) {
    guard try readBytes(magic.utf8.count) == Array(magic.utf8) else {
      throw damage("it does not begin with \(magic)")
    }
    let found = try read(UInt32.self)
    guard found == version else {
      throw damage("its format version is \(found), this program reads \(version)")
    }
  }
}
