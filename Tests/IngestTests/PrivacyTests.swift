import ColumnStore
import Foundation
import Testing

@testable import Ingest

@Suite struct PrivacyTests {
  private let secrets = [
    "asha@example.in", "ravi@example.in", "leave at", "ashalata", "9876543210", "seashell road",
  ]

  /// An export with a buyer's name, street and telephone, and a row that cannot be read.
  private let export = """
    Name,Email,Financial Status,Fulfillment Status,Currency,Created at,Lineitem quantity,\
    Lineitem name,Lineitem price,Lineitem sku,Lineitem discount,Shipping Name,Shipping Street,\
    Shipping Phone,Shipping City,Shipping Zip,Shipping Province,Shipping Country,Cancelled at,Phone
    #7,Asha@example.in,paid,fulfilled,INR,2026-03-30 23:50:00 +0530,2,Tea,500,T-1,0,Ashalata Rao,\
    12 Seashell Road,+919876543210,Pune,411001,MH,IN,,+919876543210
    #8,Asha@example.in,paid,fulfilled,INR,2026-03-30 23:50:00 +0530,two,Tea,500,T-1,0,Ashalata Rao,\
    12 Seashell Road,+919876543210,Pune,411001,MH,IN,,+919876543210
    #9,Asha@example.in,paid,fulfilled,INR,2026-03-30 23:50:00 +0530,2,Tea,500,T-1,0,Ashalata Rao,\
    12 Seashell Road,+919876543210,Pune,411001,MH,IN,,+919876543210,one,field,too,many

    """

  @Test func nothingInTheDataDirectoryTellsWhoBought() throws {
    let harness = try ImportHarness()
    for name in ["orders_export_2026-03-31.csv", "amazon_all_orders_32.txt"] {
      try harness.load(try ImportHarness.fixture(name))
    }
    let report = try harness.load(try harness.file("orders_export_2026-04-01.csv", export))
    #expect(harness.counts(report) == [3, 1, 0, 0, 2])
    var fileCount = 0
    for folder in ["store", "keys", "quarantine"] {
      let root = harness.folder + "/" + folder
      let names = try FileManager.default.subpathsOfDirectory(atPath: root)
      for name in names {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: root + "/" + name, isDirectory: &isFolder),
          !isFolder.boolValue
        else { continue }
        fileCount += 1
        let bytes = try Data(contentsOf: URL(fileURLWithPath: root + "/" + name))
        #expect(found(in: String(decoding: bytes, as: UTF8.self)) == [], "\(name)")
      }
    }
    #expect(fileCount > 10)
  }

  /// Pages of a file are compressed, so the texts are read as a report would read them.
  @Test func noTextOfTheStoreTellsWhoBought() throws {
    let harness = try ImportHarness()
    try harness.load(try ImportHarness.fixture("orders_export_2026-03-31.csv"))
    try harness.load(try harness.file("orders_export_2026-04-01.csv", export))
    let snapshot = try harness.store.snapshot()
    var textCount = 0
    for name in snapshot.tableNames {
      let table = try #require(snapshot.table(name))
      for field in table.schema.fields where field.type == .string {
        let texts = try harness.rows(name, [field.name])
        textCount += texts.count
        #expect(found(in: texts.joined(separator: "\n")) == [], "\(name).\(field.name)")
        guard let dictionary = table.dictionary(field.name) else { continue }
        for code in 0..<dictionary.count {
          #expect(try found(in: dictionary.text(code)) == [], "\(name).\(field.name)")
        }
      }
    }
    #expect(textCount > 50)
  }

  private func found(in text: String) -> [String] {
    let lower = text.lowercased()
    return secrets.filter { lower.contains($0) }
  }
}

@Suite struct CustomerKeyTests {
  @Test func aStoreTakesNoFilesWithoutTheKeyOfItsCustomers() throws {
    let harness = try ImportHarness()
    try harness.load(try ImportHarness.fixture("orders_export_2026-03-31.csv"))
    let customers = try harness.rows("customer", ["customer"])
    let version = try harness.store.snapshot().version
    let path = harness.folder + "/keys/" + CustomerKeyFile.name
    let key = try Data(contentsOf: URL(fileURLWithPath: path))
    let next = try ImportHarness.fixture("amazon_all_orders_32.txt")
    try FileManager.default.removeItem(atPath: path)
    let missing = #expect(throws: IngestError.self) { try harness.load(next) }
    #expect(
      missing?.description
        == "\(path): could not be read: the key under which this store's customers are kept is "
        + "missing; restore it from a backup, or every customer would become a new one"
    )
    #expect(!FileManager.default.fileExists(atPath: path))
    try Data(key.reversed()).write(to: URL(fileURLWithPath: path))
    let other = #expect(throws: IngestError.self) { try harness.load(next) }
    #expect(other?.description.contains("is not the key under which") == true)
    #expect(try harness.store.snapshot().version == version)
    try key.write(to: URL(fileURLWithPath: path))
    try harness.load(next)
    #expect(try harness.rows("customer", ["customer"]) == customers)
  }
}
