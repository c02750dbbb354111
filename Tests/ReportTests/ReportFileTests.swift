import Foundation
import Testing

/// Every `.report` file, on every engine.
///
/// `expected.py` writes tables from the SQL that stands beside them. With `MANDI_WRITE_MESSAGES` in
/// the environment an empty section of messages is filled; what it says is to be read before it is
/// kept.
@Suite struct ReportFileTests {
  private static let isWriting =
    ProcessInfo.processInfo.environment["MANDI_WRITE_MESSAGES"] != nil

  @Test func thereAreFiles() {
    #expect(ReportFile.names.count > 200)
  }

  @Test(arguments: ReportFile.names)
  func theReportAnswersAsWritten(_ name: String) async throws {
    let file = try ReportFile(name)
    for engine in ReportEngines.all {
      let answer = try await ReportAnswer.of(file, on: engine)
      let section = file.section("messages")
      if ReportFileTests.isWriting, let section, section.text.isEmpty {
        try file.write(messages: answer.messages)
        return
      }
      let difference = Difference.between(
        expected: section?.text ?? "",
        found: answer.messages,
        isTable: false
      )
      if let difference {
        Issue.record("\(name) on \(engine.name): messages, \(difference)")
      }
      let expected = file.sections.filter { ["table", "plan"].contains($0.name) }
      #expect(
        expected.map(\.name) == answer.outputs.map(\.section),
        "\(name) on \(engine.name): \(answer.outputs.map(\.text).joined(separator: "\n"))"
      )
      for (section, output) in zip(expected, answer.outputs) {
        let difference = Difference.between(
          expected: section.text,
          found: output.text,
          isTable: section.name == "table"
        )
        if let difference {
          let line = section.firstLine
          Issue.record("\(name) on \(engine.name): \(section.name) at \(line), \(difference)")
        }
      }
    }
  }
}
