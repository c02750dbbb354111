/// Why a result cannot be written in a format.
public enum ExportError: Error, Sendable, Equatable {
  /// The result has more rows than a format may carry at once.
  case tooManyRows(count: Int, limit: Int)
}

extension ExportError: CustomStringConvertible {
  /// The sentence for a person, with what to do.
  public var description: String {
    switch self {
    case .tooManyRows(let count, let limit):
      "the result has \(count) rows and at most \(limit) can be written; "
        + "group more coarsely, or narrow the report with WHERE, DURING or LIMIT"
    }
  }
}

/// The bounds of what is written.
public enum ExportLimits {
  /// The largest number of rows of one result; more is an error, never a cut.
  public static let maximumRows = 1_000_000

  /// Checks the number of rows of a result.
  ///
  /// - Throws: `ExportError.tooManyRows` above `maximumRows`.
  static func check(rowCount: Int, limit: Int = maximumRows) throws(ExportError) {
    guard rowCount <= limit else {
      throw .tooManyRows(count: rowCount, limit: limit)
    }
  }
}
