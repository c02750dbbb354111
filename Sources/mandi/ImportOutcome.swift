import Export
import Foundation
import Ingest

/// What an import prints.
enum ImportOutcome {
  /// Returns the line for a file.
  static func text(_ report: FileReport) -> String {
    var counts = [
      ("read", report.read), ("inserted", report.inserted), ("updated", report.updated),
      ("unchanged", report.unchanged), ("quarantined", report.quarantined),
    ]
    if report.removed > 0 { counts.append(("removed", report.removed)) }
    let parts = counts.map { name, count in "\(name) \(CountText.grouped(count))" }
    let hundredths = Int((report.seconds * 100).rounded())
    let fraction = hundredths % 100
    let seconds = "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) s"
    let all = ["\(report.channel).\(report.dataset)", report.file] + parts + [seconds]
    return all.joined(separator: "  ") + "\n"
  }

  /// Returns the JSON object for a file, on one line.
  static func json(_ report: FileReport) -> String {
    var writer = JSONWriter()
    writer.object { writer in
      let names = [("file", report.file), ("channel", report.channel), ("dataset", report.dataset)]
      for (key, value) in names {
        writer.key(key)
        writer.string(value)
      }
      let counts = [
        ("read", report.read), ("inserted", report.inserted), ("updated", report.updated),
        ("unchanged", report.unchanged), ("quarantined", report.quarantined),
        ("removed", report.removed),
      ]
      for (key, count) in counts {
        writer.key(key)
        writer.integer(count)
      }
      writer.key("snapshot")
      writer.integer(report.snapshot)
      writer.key("seconds")
      writer.double((report.seconds * 1_000).rounded() / 1_000)
    }
    writer.endLine()
    return writer.text
  }

  /// Returns what is said about rows that cannot be read: the first ones, and where all of them are.
  static func issueLines(_ report: FileReport, in dataDirectory: String) -> [String] {
    var lines = report.issues.map(\.description)
    if let path = report.quarantinePath {
      let rows = report.quarantined == 1 ? "1 row" : "\(CountText.grouped(report.quarantined)) rows"
      lines.append("\(report.file): \(rows) set aside in \(dataDirectory)/\(path)")
    }
    return lines
  }

  /// Returns what an import would do.
  static func text(_ preview: ImportPreview) -> String {
    var text = "\(preview.file): \(preview.channel).\(preview.dataset) into \(preview.table), "
    text += "\(preview.encoding), separated by \(preview.delimiter)\n"
    for line in preview.mapping {
      text += "  \(line.column) (\(line.type)) from \(line.source)\n"
    }
    for (index, row) in preview.rows.enumerated() {
      text += "row \(index + 1)\n"
      for (column, value) in zip(preview.columns, row) where !value.isEmpty {
        text += "  \(column): \(value)\n"
      }
    }
    for issue in preview.issues { text += "\(issue)\n" }
    return text
  }
}

/// The progress of all files of an import, by their bytes.
final class FilesProgress {
  private let bar = ProgressBar(label: "importing")
  private let total: Int
  private var doneFiles = 0
  private var currentFile = 0

  /// Sums up the sizes of files; one that is not there counts for nothing.
  init(_ files: [String]) {
    total = files.reduce(0) { sum, file in
      // A file that cannot be looked at is reported when its turn comes.
      let attributes = try? FileManager.default.attributesOfItem(atPath: file)
      return sum + ((attributes?[.size] as? NSNumber)?.intValue ?? 0)
    }
  }

  /// Shows how far the current file is.
  func show(_ progress: ImportProgress) {
    currentFile = progress.byteCount
    bar.show(done: doneFiles + progress.bytesRead, of: total)
  }

  /// Clears the line before something else is printed.
  func endFile() {
    doneFiles += currentFile
    currentFile = 0
    bar.end()
  }
}
