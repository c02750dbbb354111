/// Why a sample could not be written.
public enum SampleShopError: Error, Sendable, CustomStringConvertible {
  /// Fewer than one row was asked for.
  case noRows(asked: Int)
  /// A channel's folder already holds files, which the writer does not touch.
  case notEmpty(path: String)
  /// The file system refused.
  case cannotWrite(path: String, reason: String)

  /// What happened, where, and what to do about it.
  public var description: String {
    switch self {
    case .noRows(let asked):
      "a sample needs at least one row, not \(asked)"
    case .notEmpty(let path):
      "\(path) already holds files; give a directory without them"
    case .cannotWrite(let path, let reason):
      "cannot write \(path): \(reason)"
    }
  }
}
