internal import ColumnStore
internal import QueryLang

/// What the sender of a report may know about its failure.
struct ReportFailure {
  let problem: Problem

  /// Finds the problem for an error that ended a report.
  init(_ error: any Error, source: SourceText) {
    switch error {
    case let error as ReportError: problem = Self.problem(for: error, source: source)
    case let error as StoreError: problem = Self.problem(for: error)
    default: problem = .internalFailure
    }
  }

  /// Finds the problem for an error of the store.
  init(_ error: any Error) {
    problem = (error as? StoreError).map(Self.problem) ?? .internalFailure
  }

  private static func problem(for error: ReportError, source: SourceText) -> Problem {
    switch error {
    case .store(let error): problem(for: error)
    case .refused(let diagnostic): .reportRefused([diagnostic], source: source)
    case .denied, .unauthorised, .notRunnable, .engine: .internalFailure
    }
  }

  private static func problem(for error: StoreError) -> Problem {
    switch error {
    case .limitReached(let limit, _) where limit == "of time": .tooSlow
    case .limitReached, .overflow: .limitReached("\(error)")
    case .cancelled, .system, .lostRace: .unavailable
    case .damaged, .unknownTable, .unknownColumn, .mismatch: .internalFailure
    }
  }
}
