/// A half-open range of UTF-8 bytes in a source text.
public struct SourceSpan: Sendable, Hashable {
  /// The offset of the first byte.
  public let start: Int
  /// The offset just after the last byte; never before `start`.
  public let end: Int

  /// Makes a span; an `end` before `start` gives an empty span at `start`.
  public init(start: Int, end: Int) {
    self.start = start
    self.end = max(start, end)
  }

  /// The number of bytes.
  public var length: Int { end - start }

  /// Whether the span covers no byte, as a place between two characters does.
  public var isEmpty: Bool { start == end }

  /// The smallest span that covers this one and another.
  public func union(_ other: SourceSpan) -> SourceSpan {
    SourceSpan(start: min(start, other.start), end: max(end, other.end))
  }
}
