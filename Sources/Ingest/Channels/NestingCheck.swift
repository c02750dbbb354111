/// Refuses YAML that is nested so deeply that walking it could exhaust the stack.
enum NestingCheck {
  private static let limit = 64
  private static let longestIndent = 200

  /// Tells whether a text is safe to walk.
  static func isShallow(_ text: String) -> Bool {
    problem(in: text, file: "") == nil
  }

  /// Returns the place at which nesting goes too far.
  static func problem(in text: String, file: String) -> DefinitionProblem? {
    var line = 1
    var column = 0
    var depth = 0
    var indent = 0
    var isIndent = true
    for byte in text.utf8 {
      column += 1
      switch byte {
      case 0x0A:
        line += 1
        column = 0
        indent = 0
        isIndent = true
      case 0x5B, 0x7B:
        depth += 1
        isIndent = false
      case 0x5D, 0x7D:
        depth = max(0, depth - 1)
        isIndent = false
      case 0x20, 0x2D, 0x3F, 0x3A:
        if isIndent { indent += 1 }
      default: isIndent = false
      }
      if depth > limit || indent > longestIndent {
        return DefinitionProblem(
          file: file,
          line: line,
          column: column,
          message: "the definition is nested too deeply"
        )
      }
    }
    return nil
  }
}
