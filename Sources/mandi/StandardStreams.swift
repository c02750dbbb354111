import Foundation

/// Standard output for what a command answers, standard error for everything else.
enum StandardStreams {
  private static let widthOfFiles = 100

  /// Writes to standard output.
  ///
  /// - Throws: `CommandFailure.readerLeft` when nobody reads any more, a failure of status
  ///   `couldNot` when the output cannot be written for another reason.
  static func write(_ text: String) throws(CommandFailure) {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    } catch {
      if (error as NSError).isBrokenPipe { throw .readerLeft }
      throw CommandFailure(.couldNot, "cannot write the answer: \(error.localizedDescription)")
    }
  }

  /// Writes a line to standard error.
  static func note(_ text: String) {
    raw(text.hasSuffix("\n") ? text : text + "\n")
  }

  /// Writes to standard error as it is.
  static func raw(_ text: String) {
    // There is nowhere left to say that standard error is closed.
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }

  /// Whether standard output is a terminal.
  static var isOutputTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Whether standard error is a terminal.
  static var isErrorTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// The number of cells of a line, as `COLUMNS` says.
  static var width: Int {
    ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) } ?? widthOfFiles
  }
}

extension NSError {
  /// Whether the error, or one under it, says that the reading end of a pipe is closed.
  fileprivate var isBrokenPipe: Bool {
    if domain == NSPOSIXErrorDomain, code == Int(EPIPE) { return true }
    return (userInfo[NSUnderlyingErrorKey] as? NSError)?.isBrokenPipe ?? false
  }
}
