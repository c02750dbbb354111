/// The texts of one result, read from dictionaries whose bytes are checked on the way.
///
/// Rows are ordered by closures that cannot throw; so the first damage is kept here, and thrown
/// before the result leaves the builder.
final class ResultTexts {
  private let dictionaries: [String: TextDictionary]
  private let programTexts: [String]
  private var damage: StoreError?

  /// Begins with the texts that a plan knows.
  convenience init(_ compiled: CompiledPlan) {
    self.init(dictionaries: compiled.dictionaries, programTexts: compiled.program.texts.texts)
  }

  /// Begins with dictionaries by name, and the texts that expressions made.
  init(dictionaries: [String: TextDictionary], programTexts: [String]) {
    self.dictionaries = dictionaries
    self.programTexts = programTexts
  }

  /// Returns the text of a code; the empty text where a dictionary is damaged.
  func text(_ code: Int64, _ space: TextSpace) -> String {
    switch space {
    case .program:
      // Where no row has a value, ranges of codes are 0...0 all the same.
      return programTexts.indices.contains(Int(code)) ? programTexts[Int(code)] : ""
    case .dictionary(let name):
      do throws(StoreError) {
        return try dictionaries[name]?.text(Int(code)) ?? ""
      } catch {
        damage = damage ?? error
        return ""
      }
    }
  }

  /// Returns texts that are read later.
  func coded(_ codes: [UInt32], _ dictionary: String) -> CodedTexts {
    CodedTexts(codes: codes, dictionary: dictionaries[dictionary], name: dictionary)
  }

  /// Throws the first damage that was met.
  func check() throws(StoreError) {
    if let damage { throw damage }
  }
}
