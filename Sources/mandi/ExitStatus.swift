import ColumnStore
import Foundation

/// How a command ended, as its exit code.
enum ExitStatus: Int32 {
  case success = 0
  /// The input was refused, and diagnostics say why.
  case refused = 1
  /// The command line is not one that the program understands.
  case usage = 2
  /// The store is damaged.
  case damaged = 3
  /// The machine did not allow it: no such file, disk full, no permission, no network.
  case couldNot = 4
}

/// Why a command ended early: its exit code, and what to say on standard error.
struct CommandFailure: Error {
  let status: ExitStatus
  /// One or more lines, or nil when everything was said already.
  let message: String?

  /// Makes a failure that says why.
  init(_ status: ExitStatus, _ message: String?) {
    self.status = status
    self.message = message
  }

  /// Makes a failure out of an error of the store.
  init(_ error: StoreError) {
    self.init(ExitStatus(error), "\(error)")
  }

  /// A reader of standard output that has seen enough went away.
  static let readerLeft = CommandFailure(.success, nil)

  /// Says why, on standard error.
  func report() {
    guard let message else { return }
    StandardStreams.note("error: " + message)
  }
}

extension ExitStatus {
  /// The exit code for an error of the store.
  init(_ error: StoreError) {
    switch error {
    case .damaged: self = .damaged
    case .system, .cancelled, .lostRace: self = .couldNot
    case .unknownTable, .unknownColumn, .mismatch, .limitReached, .overflow: self = .refused
    }
  }
}
