import ArgumentParser
import Foundation
import QueryLang

/// A text of the report language from the command line: itself, a file with it, or standard input.
enum ReportText {
  private static let longestFile = 1 << 20

  /// Returns the text that an argument names.
  ///
  /// `-` is standard input; the path of an existing file, or any path that ends in `.mandi`, is that
  /// file; everything else is the text itself.
  static func source(of argument: String) throws(CommandFailure) -> SourceText {
    if argument == "-" {
      return SourceText(try text(in: .standardInput, name: "standard input"), name: "-")
    }
    let isPath = argument.hasSuffix(".mandi") || isFile(argument)
    guard isPath, !argument.contains("\n") else { return SourceText(argument) }
    guard let file = FileHandle(forReadingAtPath: argument) else {
      throw CommandFailure(.couldNot, "cannot read the file \(argument)")
    }
    return SourceText(try text(in: file, name: argument), name: argument)
  }

  /// Reads at most a little more than any report may have, so that a wrong file cannot fill memory.
  private static func text(in file: FileHandle, name: String) throws(CommandFailure) -> String {
    var data = Data()
    do {
      while data.count <= longestFile, let part = try file.read(upToCount: longestFile),
        !part.isEmpty
      {
        data.append(part)
      }
    } catch {
      throw CommandFailure(.couldNot, "cannot read \(name): \(error.localizedDescription)")
    }
    guard data.count <= longestFile else {
      throw CommandFailure(.refused, "\(name) is too long for a report, more than 1 MB")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw CommandFailure(.refused, "\(name) is not UTF-8 text")
    }
    return text
  }

  private static func isFile(_ path: String) -> Bool {
    // What cannot be looked at is no file, and the argument is then the text of a report.
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return attributes?[.type] as? FileAttributeType == .typeRegular
  }
}
