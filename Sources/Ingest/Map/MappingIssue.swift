/// A line that could not be read: where, what stood there, why, and what to do.
public struct MappingIssue: Sendable, Equatable, CustomStringConvertible {
  /// The file's name without its folder.
  public let file: String
  /// The line, from 1, on which the row begins.
  public let line: Int
  /// The header of the field, or nil when the line as a whole is meant.
  public let column: String?
  /// What stands in the field; hidden for fields with personal data.
  public let value: String?
  /// Why it cannot be read.
  public let reason: String
  /// What to do.
  public let remedy: String

  /// Makes an issue.
  public init(
    file: String,
    line: Int,
    column: String?,
    value: String?,
    reason: String,
    remedy: String
  ) {
    self.file = file
    self.line = line
    self.column = column
    self.value = value
    self.reason = reason
    self.remedy = remedy
  }

  /// Place, finding and remedy in one line.
  public var description: String {
    let place = column.map { ", column '\($0)'" } ?? ""
    let found = value.map { " ('\($0)')" } ?? ""
    return "\(file):\(line)\(place): \(reason)\(found); \(remedy)"
  }
}
