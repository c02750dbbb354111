import ColumnStore
import Commerce
import QueryLang
import TestKit
import Testing

/// Messages about sizes that no text file should have.
@Suite struct LimitMessagesTests {
  @Test func totalsOfTooManyShownRowsAreRefused() async throws {
    var data = try ReportData()
    data.rows["order_line"] = (0...10_000).map { number in
      [
        "channel": .string("amazon"), "account": .string("main"), "order_id": .string("o\(number)"),
        "line_key": .string("1"), "order_date": .integer(20_500), "status": .string("delivered"),
        "qty": .integer(1), "currency": .string("INR"), "place": .string("IN/-"),
      ]
    }
    let prepared = Report.prepare(
      "SELECT lines BY \"order\" TOTALS SHOWN",
      name: nil,
      catalog: data.catalog,
      context: ReportContext(today: 20_527)
    )
    let error = await #expect(throws: ReportError.self) {
      try await NaiveEngine().results(of: prepared, over: data)
    }
    guard case .refused(let diagnostic) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(
      DiagnosticRenderer().render(diagnostic, in: prepared.source) == """
        error[E5105]: TOTALS SHOWN sums up at most 10000 rows
          --> 1:8
           |
         1 | SELECT lines BY "order" TOTALS SHOWN
           |        ^^^^^ add LIMIT, or write TOTALS
        """
    )
  }

  @Test func aModelFileThatIsTooLongIsRefused() throws {
    let error = #expect(throws: CatalogError.self) {
      try Catalog.load(
        yaml: "mandi: 1\n" + String(repeating: "#\n", count: 1 << 19),
        name: "model.yaml",
        extending: nil,
        schemas: []
      )
    }
    let rendered = error.map { DiagnosticRenderer().render($0.diagnostics, in: $0.source) }
    #expect(
      rendered == """
        error[E8001]: the model file is longer than 1048576 bytes
          --> model.yaml:1:1
           |
         1 | mandi: 1
           | ^
        """
    )
  }
}
