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

/// Checks a semantic model.
struct ModelCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check a model file, or the built-in model."
  )

  @Argument(help: "The model file; without it the built-in model is checked.")
  var file: String?

  @OptionGroup var diagnostics: DiagnosticOptions

  func run() throws {
    var option = ModelOption()
    option.model = file
    let catalog = try option.catalog(diagnostics)
    try StandardStreams.write(
      "\(file ?? "the built-in model") is right: \(catalog.metrics.count) metrics, "
        + "\(catalog.dimensions.count) dimensions, \(catalog.facts.count) facts\n"
    )
  }
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
