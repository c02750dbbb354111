/// Texts one after the other in one buffer, so that many short ones cost no allocation each.
public struct TextList: Sendable, Equatable {
  /// The UTF-8 of all texts.
  public private(set) var utf8: [UInt8]
  /// Where each text ends in `utf8`; the next one begins there.
  public private(set) var ends: [UInt32]

  /// Makes a list of `ends.count` texts.
  ///
  /// - Parameters:
  ///   - utf8: The texts; what is not UTF-8 reads as replacement characters later.
  ///   - ends: Ascending ends, the last of which is at most the number of bytes.
  public init(utf8: [UInt8] = [], ends: [UInt32] = []) {
    precondition(Int(ends.last ?? 0) <= utf8.count, "the texts lie in the buffer")
    self.utf8 = utf8
    self.ends = ends
  }

  /// Makes a list of strings.
  public init(_ texts: [String]) {
    self.init()
    for text in texts { append(text) }
  }

  /// The number of texts.
  public var count: Int { ends.count }

  /// Returns the place of a text in `utf8`.
  @inline(__always)
  public func range(of index: Int) -> Range<Int> {
    (index == 0 ? 0 : Int(ends[index &- 1]))..<Int(ends[index])
  }

  /// Returns a text.
  public subscript(index: Int) -> String {
    String(decoding: utf8[range(of: index)], as: UTF8.self)
  }

  /// Adds a text at the end.
  public mutating func append(_ text: String) {
    utf8.append(contentsOf: text.utf8)
    ends.append(UInt32(utf8.count))
  }

  /// Adds the bytes of a text of another list, from one of them on; its start must be that of a
  /// letter.
  public mutating func append(_ index: Int, of other: TextList, from start: Int = 0) {
    let range = other.range(of: index)
    utf8.append(
      contentsOf: other.utf8[min(range.lowerBound + start, range.upperBound)..<range.upperBound]
    )
    ends.append(UInt32(utf8.count))
  }

  /// Returns all texts.
  public var strings: [String] { (0..<count).map { self[$0] } }
}
