/// A mistake in a channel definition, with its place in the file.
public struct DefinitionProblem: Sendable, Equatable, CustomStringConvertible {
  /// The definition's path, or the name of a built-in one.
  public let file: String
  /// The line, from 1.
  public let line: Int
  /// The column, from 1.
  public let column: Int
  /// What was found and what would fit.
  public let message: String

  /// Makes a problem.
  public init(file: String, line: Int, column: Int, message: String) {
    self.file = file
    self.line = line
    self.column = column
    self.message = message
  }

  /// The place and the message in one line.
  public var description: String { "\(file):\(line):\(column): \(message)" }
}
