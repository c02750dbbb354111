import ArgumentParser
import Foundation

/// The program: reads the command line, runs one command, and ends with its exit code.
@main enum Program {
  static func main() async {
    do {
      var command = try MandiCommand.parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      exit(end(with: error).rawValue)
    }
  }

  /// Says what went wrong and returns the exit code for it.
  private static func end(with error: any Error) -> ExitStatus {
    if let failure = error as? CommandFailure {
      failure.report()
      return failure.status
    }
    let text = MandiCommand.fullMessage(for: error)
    guard MandiCommand.exitCode(for: error) != .success else {
      // What help and version print is what was asked for.
      do throws(CommandFailure) {
        try StandardStreams.write(text + "\n")
        return .success
      } catch {
        return error.status
      }
    }
    StandardStreams.note(text)
    return .usage
  }
}

/// The command line as a whole: every command, and the version.
struct MandiCommand: AsyncParsableCommand {
  /// The program's version.
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "mandi",
    abstract: "Reports over the sales of a brand that sells in many places.",
    version: "mandi \(version)",
    subcommands: [
      ImportCommand.self, QueryCommand.self, CheckCommand.self, FormatCommand.self,
      ExplainCommand.self, ModelCommand.self, ChannelCommand.self, ServeCommand.self,
      LanguageServerCommand.self, SampleCommand.self, StatusCommand.self, VerifyCommand.self,
      CompactCommand.self, BenchCommand.self,
    ]
  )
}
