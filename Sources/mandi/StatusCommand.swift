import ArgumentParser
import ColumnStore
import Export

/// Says what a store holds.
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Print what the store holds: its version, tables and rows."
  )

  enum Form: String, CaseIterable, ExpressibleByArgument {
    case table
    case json
  }

  @OptionGroup var data: DataOption

  @Option(help: "How the answer is written: table or json.")
  var format: Form = .table

  func run() throws {
    let snapshot: Snapshot
    do {
      snapshot = try data.openForReading().snapshot()
    } catch let error as StoreError {
      throw CommandFailure(error)
    }
    switch format {
    case .table: try StandardStreams.write(table(snapshot))
    case .json: try StandardStreams.write(json(snapshot))
    }
  }

  private func table(_ snapshot: Snapshot) -> String {
    var lines = ["snapshot \(snapshot.version) in \(data.directory)"]
    let tables = snapshot.tableNames.compactMap { snapshot.table($0) }
    let width = tables.map { $0.schema.name.count }.max() ?? 0
    for table in tables {
      let padding = String(repeating: " ", count: width - table.schema.name.count)
      let segments = table.segments.count
      var line =
        "\(table.schema.name)\(padding)  \(CountText.grouped(table.rowCount)) rows in \(segments) "
        + (segments == 1 ? "segment" : "segments")
      if let bytes = snapshot.byteCounts(ofTable: table.schema.name) {
        line += ", \(CountText.grouped(Int(clamping: bytes.stored))) bytes"
        if bytes.merged > 0 {
          let tenths = Int(bytes.writeAmplification * 10)
          line += ", each written \(tenths / 10).\(tenths % 10) times"
        }
      }
      lines.append(line)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func json(_ snapshot: Snapshot) -> String {
    var writer = JSONWriter()
    writer.object { writer in
      writer.key("snapshot")
      writer.integer(snapshot.version)
      writer.key("tables")
      writer.array { writer in
        for table in snapshot.tableNames.compactMap({ snapshot.table($0) }) {
          writer.object { writer in
            writer.key("name")
            writer.string(table.schema.name)
            writer.key("rows")
            writer.integer(table.rowCount)
            writer.key("segments")
            writer.integer(table.segments.count)
            if let bytes = snapshot.byteCounts(ofTable: table.schema.name) {
              writer.key("bytes")
              writer.integer(bytes.stored)
              writer.key("bytes_taken")
              writer.integer(bytes.taken)
              writer.key("bytes_merged")
              writer.integer(bytes.merged)
            }
          }
        }
      }
    }
    writer.endLine()
    return writer.text
  }
}
