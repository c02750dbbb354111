import ColumnStore
import Logging
import Testing

@testable import Server

@Suite struct CompactorTests {
  @Test func aLookMergesWhatIsDue() async throws {
    let store = try ShopFixture.store([("own", 20_000, 1)])
    for day in 1..<8 { try ShopFixture.add([("own", 20_000 + Int64(day), 1)], to: store) }
    #expect(try store.snapshot().table("order_line")?.segments.count == 8)
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    await Compactor(logger: logger) { store }.look()
    let table = try #require(try store.snapshot().table("order_line"))
    #expect(table.segments.count < 4)
    #expect(table.rowCount == 8)
  }

  @Test func aStoreThatCannotBeWrittenDoesNotEndIt() async throws {
    struct Refusal: Error {}
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    await Compactor(logger: logger) { throw Refusal() }.look()
  }
}
