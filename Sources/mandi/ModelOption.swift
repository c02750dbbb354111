import ArgumentParser
import ColumnStore
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
      let catalog = try Catalog.load(
        yaml: source.text,
        name: model,
        extending: builtIn,
        schemas: CommerceTables.all
      )
      diagnostics.report(catalog.warnings, in: source)
      return catalog
    } catch let error as CatalogError {
      diagnostics.report(error.diagnostics, in: error.source)
      throw CommandFailure(.refused, nil)
    } catch let failure as CommandFailure {
      throw failure
    } catch {
      throw CommandFailure(.couldNot, "cannot load the model: \(error)")
    }
  }

  /// Returns the tables that the model file declares beside the canonical ones, by name.
  ///
  /// - Throws: What `catalog` throws.
  func declaredTables(_ diagnostics: DiagnosticOptions) throws(CommandFailure) -> [TableSchema] {
    guard model != nil else { return [] }
    return try catalog(diagnostics).declaredTables
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

extension Catalog {
  /// The tables that the model declares beside the canonical ones, by name.
  var declaredTables: [TableSchema] {
    let canonical = Set(CommerceTables.all.map(\.name))
    return tables.values.filter { !canonical.contains($0.name) }.sorted { $0.name < $1.name }
  }
}
