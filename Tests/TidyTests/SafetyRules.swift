import Foundation

/// Where memory safety, race safety and errors may be waived, and what has to stand beside it.
enum SafetyRules {
  /// Paths that may say `unsafe`; one that ends with a slash is a folder.
  static let unsafePlaces = [
    "Sources/ColumnStore/Vector/", "Sources/ColumnStore/Kernels/", "Sources/ColumnStore/Files/",
    "Sources/ColumnStore/Encoding/ZstdCodec.swift", "Sources/ColumnStore/Format/Checksum.swift",
    "Sources/ColumnStore/SystemText.swift", "Sources/Ingest/Decode/ByteWords.swift",
    "Sources/Ingest/Decode/FileChunks.swift",
  ]
  static let reasonDistance = 24

  static let all = [
    unsafePlace, unsafeReason, raceWaiver, forcedCode, emptyCatch, silencedError,
  ]

  private static let unsafeWord = #"(?<!\()\bunsafe\b"#

  static let unsafePlace = Rule.lines(
    "unsafe code lies in few places",
    applies: { file in
      file.isSource
        && !unsafePlaces.contains { place in
          place.hasSuffix("/") ? file.path.hasPrefix(place) : file.path == place
        }
    },
    pattern: unsafeWord,
    say: "unsafe code may not be written here"
  )

  static let unsafeReason = Rule.lines(
    "unsafe code says why it is safe",
    applies: { file in file.isSource },
    pattern: unsafeWord,
    unless: { file, line in file.hasNearby("// Safe:", above: line, distance: reasonDistance) },
    say: "a comment `// Safe:` with the reason is missing above"
  )

  static let raceWaiver = Rule.lines(
    "waived race checks carry a proof",
    applies: { file in file.isSwift },
    pattern: #"@unchecked\s+Sendable|nonisolated\(unsafe\)|@preconcurrency"#,
    unless: { file, line in file.hasNearby("//", above: line, distance: 4) },
    say: "a comment with the proof is missing above"
  )

  static let forcedCode = Rule.lines(
    "nothing is forced",
    applies: { file in file.isSource },
    pattern: #"\btry!|\bas!|\bfatalError\s*\("#,
    say: "forcing turns input into a crash; throw instead"
  )

  /// An error that is of no consequence is caught with the reason in the braces, or not at all.
  static let emptyCatch = Rule(name: "no error is caught and dropped", applies: { $0.isSwift }) {
    file in
    file.codeLines.enumerated().compactMap { index, line in
      guard line.range(of: #"\bcatch\b[^{}]*\{"#, options: .regularExpression) != nil else {
        return nil
      }
      let rest = file.codeLines[index...].joined(separator: "\n")
      guard let open = rest.range(of: #"catch[^{}]*\{"#, options: .regularExpression),
        let close = rest[open.upperBound...].firstIndex(of: "}")
      else { return nil }
      let body = rest[open.upperBound..<close]
      let lastLine = index + rest[..<close].count { $0 == "\n" }
      let hasReason = file.lines[index...lastLine].contains { $0.contains("//") }
      guard body.allSatisfy(\.isWhitespace), !hasReason else { return nil }
      return Finding(path: file.path, line: index + 1, sentence: "the error is caught and dropped")
    }
  }

  static let silencedError = Rule.lines(
    "a silenced error says why",
    applies: { file in file.isSource },
    pattern: #"\btry\?"#,
    unless: { file, line in file.hasNearby("//", above: line, distance: 3) },
    say: "`try?` without a comment that says why the error does not matter"
  )

  /// The files that waive race checks, which are few enough to be known by name.
  static func raceWaivers(in files: [SourceFile]) -> Set<String> {
    Set(
      files.filter { file in
        file.isSource
          && file.code.range(
            of: #"@unchecked\s+Sendable|nonisolated\(unsafe\)|@preconcurrency"#,
            options: .regularExpression
          ) != nil
      }.map(\.path)
    )
  }
}
