/// The texts of dictionary columns: an append-only list that gives each text a code.
///
/// Codes are given in the order of first appearance and never change; every version of a dictionary
/// begins with the one before.
public final class TextDictionary: Sendable {
  /// The dictionary's name, by which columns of several tables share it.
  public let name: String
  /// The number of texts; codes are 0 to `count - 1`.
  public let count: Int
  let chunks: [DictionaryChunk]

  init(name: String, chunks: [DictionaryChunk]) {
    self.name = name
    self.chunks = chunks
    self.count = chunks.last.map { $0.firstCode + $0.count } ?? 0
  }

  /// Returns the text of a code, which must be less than `count`.
  ///
  /// - Throws: `StoreError.damaged`, since texts are checked when they are first read.
  public func text(_ code: Int) throws(StoreError) -> String {
    let chunk = chunk(of: code)
    return try chunk.text(code - chunk.firstCode)
  }

  /// Returns the code of a text, or nil when it is not in the dictionary.
  ///
  /// - Throws: `StoreError.damaged`, since texts are checked when they are first read.
  public func code(of text: String) throws(StoreError) -> UInt32? {
    try code(of: text.utf8.span)
  }

  private func code(of text: Span<UInt8>) throws(StoreError) -> UInt32? {
    let hash = Checksum.of(text: text)
    for chunk in chunks {
      if let code = try chunk.code(of: text, hash: hash) { return code }
    }
    return nil
  }

  private func chunk(of code: Int) -> DictionaryChunk {
    precondition(code >= 0 && code < count, "a code of the dictionary \(name)")
    var (low, high) = (0, chunks.count - 1)
    while low < high {
      let middle = (low + high + 1) / 2
      if chunks[middle].firstCode <= code { low = middle } else { high = middle - 1 }
    }
    return chunks[low]
  }
}
