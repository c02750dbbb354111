/// Different texts in the order of their first appearance; an id is a position.
///
/// Texts are told apart by their UTF-8 bytes, not by canonical equivalence.
struct TextTable: Sendable {
  /// A text that equals another when their bytes do.
  private struct Key: Hashable, Sendable {
    let text: String

    static func == (left: Key, right: Key) -> Bool {
      left.text == right.text && left.text.utf8.elementsEqual(right.text.utf8)
    }

    func hash(into hasher: inout Hasher) {
      hasher.combine(Checksum.of(text: text.utf8.span))
    }
  }

  /// The texts.
  private(set) var texts: [String] = []
  private var ids: [Key: Int] = [:]

  /// Makes an empty table.
  init() {}

  /// Returns the id of a text, giving it one when it is new.
  mutating func id(of text: String) -> Int64 {
    if let id = ids[Key(text: text)] { return Int64(id) }
    ids[Key(text: text)] = texts.count
    texts.append(text)
    return Int64(texts.count - 1)
  }

  /// Tells whether a text comes before another by its UTF-8 bytes.
  static func precedes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }
}
