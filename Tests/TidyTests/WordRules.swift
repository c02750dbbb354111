import Foundation

/// Words that do not belong into a finished change.
enum WordRules {
  // Put together from halves, so that this file does not break its own rules.
  static let unfinishedWords = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]
  static let machinePaths = [
    "/wo" + "rk/", "/ro" + "ot/", "/fa" + "rm/", "/home" + "/", "/Use" + "rs/",
  ]

  static let all = [unfinished, machinePath]

  static let unfinished = Rule(name: "nothing is left for later", applies: { _ in true }) { file in
    matches(of: #"\b("# + unfinishedWords.joined(separator: "|") + #")\b"#, in: file) { word in
      "\(word) marks an unfinished thing; finish it or file it"
    }
  }

  static let machinePath = Rule(name: "no path of a machine", applies: { _ in true }) { file in
    matches(of: #"(?<![\w.~-])("# + machinePaths.joined(separator: "|") + ")", in: file) { path in
      "\(path)… is a path of one machine"
    }
  }

  private static func matches(
    of pattern: String,
    in file: SourceFile,
    say: (Substring) -> String
  ) -> [Finding] {
    file.lines.enumerated().compactMap { index, line in
      guard let range = line.range(of: pattern, options: .regularExpression) else { return nil }
      return Finding(path: file.path, line: index + 1, sentence: say(line[range]))
    }
  }
}
