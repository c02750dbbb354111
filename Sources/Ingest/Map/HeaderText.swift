import Foundation

/// How headers and words of a file are compared.
enum HeaderText {
  /// Returns a header without the differences that exports make: compatibility forms, case, runs of
  /// white space, line breaks, a byte order mark and quotes around it.
  static func normalised(_ text: String) -> String {
    let folded = text.precomposedStringWithCompatibilityMapping.lowercased()
    let words = folded.split { $0.isWhitespace || $0 == "\u{FEFF}" || $0 == "\u{200B}" }
    let joined = words.joined(separator: " ")
    guard joined.count >= 2, joined.hasPrefix("\""), joined.hasSuffix("\"") else { return joined }
    return String(joined.dropFirst().dropLast())
  }
}
