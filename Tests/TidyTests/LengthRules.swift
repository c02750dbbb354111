import Foundation

/// How long files and functions may be, and how many parameters a function may have.
enum LengthRules {
  static let longestFile = 600
  static let longestFunction = 70
  static let mostParameters = 5
  /// Kernels take their spans and scalars one by one, since nothing may be allocated to hold them.
  static let mostKernelParameters = 7

  static let all = [fileLength, functionLength, parameterCount]

  static let fileLength = Rule(
    name: "files have at most \(longestFile) lines",
    applies: { file in file.isSwift }
  ) { file in
    let count = file.lines.count - 1
    return count > longestFile
      ? [Finding(path: file.path, line: 1, sentence: "the file has \(count) lines")] : []
  }

  static let functionLength = Rule(
    name: "functions have at most \(longestFunction) lines",
    applies: { file in file.isSwift }
  ) { file in
    functions(in: file).compactMap { function in
      function.lineCount > longestFunction
        ? Finding(
          path: file.path,
          line: function.line,
          sentence: "the function has \(function.lineCount) lines"
        )
        : nil
    }
  }

  static let parameterCount = Rule(
    name: "functions have at most \(mostParameters) parameters",
    applies: { file in file.isSource }
  ) { file in
    let most = file.path.contains("/Kernels/") ? mostKernelParameters : mostParameters
    return functions(in: file).compactMap { function in
      function.isNamed && function.parameterCount > most
        ? Finding(
          path: file.path,
          line: function.line,
          sentence: "the function has \(function.parameterCount) parameters"
        )
        : nil
    }
  }

  private struct Function {
    var line: Int
    var lineCount: Int
    var parameterCount: Int
    /// Initialisers mirror what they store and may take more.
    var isNamed: Bool
  }

  private static let declaration =
    #"(?<![.\w`])(func\s|init[?(<]|init\s*\(|deinit\s*\{|subscript[(<])"#

  /// Finds the functions with a body; requirements of protocols have none.
  private static func functions(in file: SourceFile) -> [Function] {
    let code = Array(file.code.utf8)
    guard let regex = try? NSRegularExpression(pattern: declaration) else { return [] }
    let text = file.code
    let matches = regex.matches(in: text, range: NSRange(text.startIndex..., in: text))
    return matches.compactMap { match -> Function? in
      guard let range = Range(match.range, in: text) else { return nil }
      let start = text.utf8.distance(from: text.startIndex, to: range.lowerBound)
      guard let (open, parameters) = body(in: code, from: start) else { return nil }
      let close = closingBrace(in: code, from: open)
      let firstLine = code[..<start].count { $0 == 0x0A } + 1
      return Function(
        line: firstLine,
        lineCount: code[start...close].count { $0 == 0x0A } + 1,
        parameterCount: parameters,
        isNamed: text[range].hasPrefix("func")
      )
    }
  }

  /// Where the body opens, and the number of parameters in the first parentheses before it.
  private static func body(in code: [UInt8], from start: Int) -> (open: Int, parameters: Int)? {
    var depth = 0
    var colons = 0
    var isFirstList = true
    for position in start..<code.count {
      switch code[position] {
      case UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"):
        depth -= 1
        if depth == 0 { isFirstList = false }
      case UInt8(ascii: ":") where depth == 1 && isFirstList: colons += 1
      case UInt8(ascii: "{") where depth == 0: return (position, colons)
      case 0x0A where depth == 0 && !continues(code, after: position): return nil
      default: break
      }
    }
    return nil
  }

  /// Whether the line after a line break goes on with a signature.
  private static func continues(_ code: [UInt8], after lineBreak: Int) -> Bool {
    let rest = code[(lineBreak + 1)...].drop { $0 == 0x20 || $0 == 0x0A }
    return ["{", "->", "throws", "async", "rethrows", "where", ")"].contains { word in
      rest.starts(with: word.utf8)
    }
  }

  private static func closingBrace(in code: [UInt8], from open: Int) -> Int {
    var depth = 0
    for position in open..<code.count {
      if code[position] == UInt8(ascii: "{") { depth += 1 }
      if code[position] == UInt8(ascii: "}") {
        depth -= 1
        if depth == 0 { return position }
      }
    }
    return code.count - 1
  }
}
