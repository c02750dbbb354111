public import ColumnStore

/// Why a report that is right in itself gave no answer.
public enum ReportError: Error, Sendable, Equatable {
  /// The store could not answer.
  case store(StoreError)
  /// The data does not allow the answer, or it would be too large.
  case refused(Diagnostic)
  /// The policy does not grant a table or a column of it.
  case denied(String)
  /// A scan would have run without the condition of its policy; nothing was read.
  case unauthorised(table: String)
  /// The script has errors and cannot run.
  case notRunnable
  /// The engine failed in a way of its own.
  case engine(String)
}

extension ReportError: CustomStringConvertible {
  /// The sentence for a person, with the place and what to do.
  public var description: String {
    switch self {
    case .store(let error): error.description
    case .refused(let diagnostic): "\(diagnostic.id.code): \(diagnostic.message)"
    case .denied(let name): "\(name) is not available to this role"
    case .unauthorised(let table):
      "the scan of \(table) lacks the condition of its policy, so it was not run"
    case .notRunnable: "the script has errors; its diagnostics say which"
    case .engine(let reason): "the engine failed: \(reason)"
    }
  }
}
