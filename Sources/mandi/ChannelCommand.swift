import ArgumentParser
import Commerce
import Export
import Ingest

/// Works on channel definitions.
struct ChannelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "channel",
    abstract: "Work on the definitions of channels.",
    subcommands: [ChannelListCommand.self, ChannelCheckCommand.self]
  )
}

/// Lists the channels that the program brings along.
struct ChannelListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List channels with their data sets and what these can answer."
  )

  enum Form: String, CaseIterable, ExpressibleByArgument {
    case table
    case json
  }

  @Option(help: "How the answer is written: table or json.")
  var format: Form = .table

  func run() throws {
    let library: ChannelLibrary
    do {
      library = try ChannelLibrary.builtIn()
    } catch {
      throw CommandFailure(error)
    }
    switch format {
    case .table: try StandardStreams.write(library.channels.map(text).joined(separator: "\n"))
    case .json: try StandardStreams.write(json(library))
    }
  }

  private func text(_ channel: ChannelDefinition) -> String {
    var text = "\(channel.name)  \(channel.label), \(channel.kind.rawValue), \(channel.currency), "
    text += "\(channel.timeZone), revenue is \(channel.valueBasis.rawValue), \(channel.evidence)\n"
    for dataset in channel.datasets {
      text += "  \(channel.name).\(dataset.name)  \(dataset.label): \(dataset.mode.rawValue) into "
      text += "\(dataset.table)\n    answers \(dataset.capabilities.joined(separator: ", "))\n"
    }
    return text
  }

  private func json(_ library: ChannelLibrary) -> String {
    var writer = JSONWriter()
    writer.array { writer in
      for channel in library.channels { write(channel, to: &writer) }
    }
    writer.endLine()
    return writer.text
  }

  private func write(_ channel: ChannelDefinition, to writer: inout JSONWriter) {
    let fields = [
      ("channel", channel.name), ("label", channel.label), ("kind", channel.kind.rawValue),
      ("currency", channel.currency), ("timezone", channel.timeZone),
      ("valueBasis", channel.valueBasis.rawValue), ("evidence", channel.evidence),
    ]
    writer.object { writer in
      for (key, value) in fields {
        writer.key(key)
        writer.string(value)
      }
      writer.key("datasets")
      writer.array { writer in
        for dataset in channel.datasets { write(dataset, to: &writer) }
      }
    }
  }

  private func write(_ dataset: DatasetDefinition, to writer: inout JSONWriter) {
    let fields = [
      ("dataset", dataset.name), ("label", dataset.label), ("table", dataset.table),
      ("mode", dataset.mode.rawValue),
    ]
    writer.object { writer in
      for (key, value) in fields {
        writer.key(key)
        writer.string(value)
      }
      writer.key("capabilities")
      writer.array { writer in dataset.capabilities.forEach { writer.string($0) } }
      writer.key("settleDays")
      writer.integer(dataset.settleDays)
    }
  }
}

/// Checks a channel definition.
struct ChannelCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check a channel definition."
  )

  @OptionGroup var model: ModelOption

  @OptionGroup var diagnostics: DiagnosticOptions

  @Argument(help: "The definition file.")
  var file: String

  func run() throws {
    let tables = try model.declaredTables(diagnostics)
    let channel: ChannelDefinition
    do {
      channel = try ChannelLibrary.load(path: file, tables: tables)
    } catch {
      throw CommandFailure(error)
    }
    let datasets = channel.datasets.map(\.name).joined(separator: ", ")
    try StandardStreams.write("\(file) is right: channel \(channel.name) with \(datasets)\n")
  }
}
