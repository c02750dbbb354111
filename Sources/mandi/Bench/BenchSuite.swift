import ArgumentParser
import ColumnStore
import Foundation
import Ingest
import QueryLang
import Yams

/// A folder that says what a benchmark loads and asks: `suite.yaml`, a semantic model, a channel
/// definition, and a file for each report.
struct BenchSuite {
  /// A report and the columns of its canonical answer.
  struct Query {
    let text: String
    let file: String
    let columns: [BenchColumn]
  }

  /// The model, over the default one.
  let catalog: Catalog
  /// The definition of the files.
  let definition: ChannelDefinition
  /// Data sets that a load reads, each from NAME.csv.
  let tables: [String]
  /// The data set that an append adds to.
  let appended: String
  /// The reports by id.
  let queries: [String: Query]
  /// What counts as today.
  let context: ReportContext

  private struct Description: Decodable {
    struct Query: Decodable {
      var file: String
      var columns: [String]
    }

    var mandi: Int
    var model: String
    var definition: String
    var as_of: String
    var tables: [String]
    var append: String
    var queries: [String: Query]
  }

  /// Reads a suite.
  ///
  /// - Throws: A failure with the file that is missing or wrong.
  init(directory: String) throws(CommandFailure) {
    let path = directory + "/suite.yaml"
    let text = try ModelOption.source(path: path).text
    let description: Description
    do {
      description = try YAMLDecoder().decode(Description.self, from: text)
    } catch {
      throw CommandFailure(.refused, "\(path) is no description of a suite: \(error)")
    }
    guard description.mandi == 1 else {
      throw CommandFailure(.refused, "\(path): this program reads suites with `mandi: 1`")
    }
    var option = ModelOption()
    option.model = "\(directory)/\(description.model)"
    catalog = try option.catalog(try DiagnosticOptions.parsed())
    do {
      definition = try ChannelLibrary.load(
        path: "\(directory)/\(description.definition)",
        tables: catalog.declaredTables
      )
    } catch {
      throw CommandFailure(error)
    }
    var queries: [String: Query] = [:]
    for (id, query) in description.queries {
      let file = "\(directory)/\(query.file)"
      var columns: [BenchColumn] = []
      for column in query.columns { columns.append(try BenchColumn(column, in: path)) }
      queries[id] = Query(
        text: try ModelOption.source(path: file).text,
        file: file,
        columns: columns
      )
    }
    self.queries = queries
    tables = description.tables
    appended = description.append
    context = try ReportZone(catalog.defaults.timezone).context(asOf: description.as_of)
  }
}

extension DiagnosticOptions {
  /// The options of a command line that gives none.
  fileprivate static func parsed() throws(CommandFailure) -> DiagnosticOptions {
    do {
      return try DiagnosticOptions.parse([])
    } catch {
      throw CommandFailure(.usage, "\(error)")
    }
  }
}
