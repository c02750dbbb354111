import ArgumentParser
import Commerce
import Foundation
import QueryLang

/// The semantic model that a command works with.
struct ModelOption: ParsableArguments {
  @Option(help: "A model file whose names are added to the built-in model, or replace its own.")
  var model: String?

  /// Loads the model.
  ///
  /// - Throws: A failure of status `refused` when the file has mistakes, which are reported before.
  func catalog(_ diagnostics: DiagnosticOptions) throws(CommandFailure) -> Catalog {
    do {
      let builtIn = try Catalog.commerce()
      guard let model else { return builtIn }
      let source = try Self.source(path: model)
      return try Catalog.load(
        yaml: source.text,
        name: model,
        extending: builtIn,
        schemas: CommerceTables.all
      )
    } catch let error as CatalogError {
      diagnostics.report(error.diagnostics, in: error.source)
      throw CommandFailure(.refused, nil)
    } catch let failure as CommandFailure {
      throw failure
    } catch {
      throw CommandFailure(.couldNot, "cannot load the model: \(error)")
    }
  }

  /// Reads a model file.
  static func source(path: String) throws(CommandFailure) -> SourceText {
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw CommandFailure(.couldNot, "cannot read \(path): \(error.localizedDescription)")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw CommandFailure(.refused, "\(path) is not UTF-8 text")
    }
    return SourceText(text, name: path)
  }
}
