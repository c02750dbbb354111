import Foundation

/// Names that say nothing.
enum NameRules {
  static let emptySuffixes = [
    "Manager", "Helper", "Helpers", "Utils", "Util", "Common", "Impl", "Info",
  ]

  /// The report language calls a metric that is defined by an aggregate a base metric.
  static let fieldWords = ["BaseAggregate", "BaseDefinition"]

  static let all = [typeNames, fileNames]

  static let typeNames = Rule.lines(
    "type names say what the type is",
    applies: { file in file.isSwift },
    pattern: #"\b(class|struct|enum|actor|protocol|typealias)\s+((\w+("#
      + emptySuffixes.joined(separator: "|")
      + #"))|(?!("# + fieldWords.joined(separator: "|") + #")\b)Base[A-Z]\w*)\b"#,
    say: "the type's name says nothing; name what it is"
  )

  static let fileNames = Rule(name: "file names say what is inside", applies: { $0.isSwift }) {
    file in
    let name = file.path.split(separator: "/").last?.dropLast(".swift".count) ?? ""
    let isEmpty = emptySuffixes.contains { suffix in name.hasSuffix(suffix) }
    return isEmpty
      ? [
        Finding(
          path: file.path,
          line: 1,
          sentence: "the file's name says nothing; name what is inside"
        )
      ]
      : []
  }
}
