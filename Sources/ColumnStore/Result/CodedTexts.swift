/// Texts as codes of a dictionary: equal texts have equal codes, and are read when they are asked for.
public struct CodedTexts: Sendable, Equatable {
  /// One more than the code of each row's text; 0 for null.
  public let codes: [UInt32]
  /// The dictionary; nil where nothing was ever written to it.
  private let dictionary: TextDictionary?
  /// The name of the dictionary: codes of one name mean the same on one snapshot.
  public let dictionaryName: String

  /// Takes codes of a dictionary.
  init(codes: [UInt32], dictionary: TextDictionary?, name: String) {
    self.codes = codes
    self.dictionary = dictionary
    dictionaryName = name
  }

  /// Returns the text of a row; nil for null.
  ///
  /// - Throws: `StoreError.damaged` when the dictionary cannot be read.
  public func text(at row: Int) throws(StoreError) -> String? {
    let code = codes[row]
    guard code > 0, let dictionary else { return nil }
    return try dictionary.text(Int(code) - 1)
  }

  /// Puts other texts of the same dictionary behind these; nil for those of another one.
  public func joined(with other: CodedTexts) -> CodedTexts? {
    guard dictionaryName == other.dictionaryName else { return nil }
    return CodedTexts(
      codes: codes + other.codes,
      dictionary: dictionary ?? other.dictionary,
      name: dictionaryName
    )
  }

  /// Compares codes and the names of dictionaries.
  public static func == (left: CodedTexts, right: CodedTexts) -> Bool {
    left.dictionaryName == right.dictionaryName && left.codes == right.codes
  }
}
