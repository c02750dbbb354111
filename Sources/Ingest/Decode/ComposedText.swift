import ColumnStore
import Foundation

/// Texts in Unicode's composed form (NFC).
///
/// Two spellings of one text, such as é as one character and as e with an accent, are equal to a
/// person and to `String`; stored in one form they are also equal as bytes, as keys and as entries of
/// a dictionary, whatever page they come from.
enum ComposedText {
  /// Bytes below are those of characters before U+0300, which are composed already.
  static let firstLeadByte: UInt8 = 0xCC

  /// Returns the composed form.
  static func of(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 >= firstLeadByte }) else { return text }
    return text.precomposedStringWithCanonicalMapping
  }
}

extension DecodedPage {
  /// Brings every field into the composed form, once per different text.
  mutating func composeCharacters() {
    guard !isASCII, !isComposed else { return }
    isComposed = true
    guard bytes.contains(where: { $0 >= ComposedText.firstLeadByte }) else { return }
    var interner = ByteInterner(capacity: 1024)
    var places: [Range<Int>?] = []
    var added: [UInt8] = []
    let end = bytes.count
    for column in 0..<columnCount {
      for row in 0..<rowCount {
        let range = field(row: row, column: column)
        guard bytes[range].contains(where: { $0 >= ComposedText.firstLeadByte }) else { continue }
        let number = Int(interner.number(of: bytes.span, range))
        if number == places.count {
          let text = String(decoding: bytes[range], as: UTF8.self)
          let composed = Array(ComposedText.of(text).utf8)
          let isSame = bytes[range].elementsEqual(composed)
          places.append(isSame ? nil : end + added.count..<end + added.count + composed.count)
          if !isSame { added.append(contentsOf: composed) }
        }
        if let place = places[number] { setField(row: row, column: column, to: place) }
      }
    }
    _ = append(added)
  }
}

extension TextColumn {
  /// The column with every text in the composed form.
  func composed() -> TextColumn {
    let isComposed = texts.utf8.allSatisfy { $0 < ComposedText.firstLeadByte }
    return isComposed ? self : mapped { ComposedText.of($0) }
  }
}
