import ArgumentParser
import QueryLang

/// Works on semantic models.
struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model",
    abstract: "Work on semantic models.",
    subcommands: [ModelCheckCommand.self, ModelSchemaCommand.self]
  )
}

/// Prints the JSON Schema of model files.
struct ModelSchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Print the JSON Schema of model files, for editors."
  )

  func run() throws {
    try StandardStreams.write(ModelSchema.text)
  }
}
