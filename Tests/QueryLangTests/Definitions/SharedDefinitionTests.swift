import ColumnStore
import Commerce
import Foundation
import QueryLang
import Synchronization
import TestKit
import Testing

/// `DEFINE SHARED` and what it keeps, in memory and in a file; today is 15 March 2026.
@Suite struct SharedDefinitionTests {
  private let shop = SmallShop.usual
  private let store = MemoryDefinitions()

  private func context(_ right: SharingRight? = nil) throws -> ReportContext {
    var context = ReportContext(today: SmallShop.today)
    context.definitions = try store.definitions()
    context.sharing = right ?? .allowed(author: "asha", time: 1_000)
    return context
  }

  private func prepare(
    _ text: String,
    _ right: SharingRight? = nil,
    _ catalog: Catalog? = nil
  ) throws -> PreparedScript {
    Report.prepare(
      text,
      name: nil,
      catalog: try catalog ?? Catalog.commerce(),
      context: try context(right)
    )
  }

  @discardableResult
  private func run(_ text: String) async throws -> [StatementResult] {
    let prepared = try prepare(text)
    #expect(prepared.diagnostics.filter { $0.severity == .error } == [], "\(text)")
    return try await prepared.run(
      on: shop.backend,
      policy: .unrestricted(reason: "test"),
      limits: .untimed,
      definitions: store
    )
  }

  private func lines(_ text: String) async throws -> [String] {
    guard case .report(let result)? = try await run(text).last else {
      throw ReportError.notRunnable
    }
    return SmallShop.lines(of: result)
  }

  private func codes(_ text: String, _ right: SharingRight? = nil) throws -> [String] {
    try prepare(text, right).diagnostics.map(\.id.code)
  }

  @Test func aSharedMetricIsThereForEveryReport() async throws {
    // The text that defines it can use it too: 235.5 / 6.
    #expect(
      try await lines(
        "DEFINE SHARED METRIC aov = order_revenue / orders LABEL 'Average'; SELECT aov"
      ) == ["39.25"]
    )
    #expect(try await lines("SELECT aov BY channel") == ["amazon | 58.5", "shopify | 20.0"])
    let kept = try #require(try store.definitions().first)
    #expect(kept.text == "DEFINE METRIC aov = order_revenue / orders LABEL 'Average'")
    #expect((kept.author, kept.time, kept.version) == ("asha", 1_000, 1))
    #expect(kept.dependencies.map(\.name) == ["order_revenue", "orders"])
    let described = try await lines("DESCRIBE aov")
    #expect(described.contains("shared by | asha"))
    #expect(described.contains("label | Average"))
    #expect(described.contains("uses | order_revenue, orders"))
  }

  @Test func everyKindCanBeShared() async throws {
    try await run(
      "DEFINE SHARED DIMENSION area = CASE WHEN channel = 'amazon' THEN 'A' ELSE 'B' END; "
        + "DEFINE SHARED SEGMENT early OF customer = cohort_month < 2026-02; "
        + "DEFINE SHARED PARAM chosen STRING[] IN VALUES OF channel DEFAULT ANY; "
        + "DEFINE SHARED PERIOD spring = 2026-03-01 TO 2026-03-02; "
        + "DEFINE SHARED PERIOD lately = last 14 days"
    )
    #expect(
      try await lines("SELECT revenue BY area ORDER BY area") == ["A | 175.5", "B | 75.25"]
    )
    #expect(
      try await lines("SELECT order_revenue WHERE customer IN SEGMENT early") == ["40.0"]
    )
    #expect(try await lines("SELECT revenue WHERE channel IN $chosen") == ["250.75"])
    #expect(try await lines("SELECT revenue DURING spring") == ["25.5"])
    #expect(try await lines("SELECT revenue DURING lately") == ["33.5"])
    #expect(
      try await lines("SHOW PERIODS")
        == [
          "lately | lately | 2026-03-01 | 2026-03-14 | last 14 days",
          "spring | spring | 2026-03-01 | 2026-03-02 | 2026-03-01 TO 2026-03-02",
        ]
    )
  }

  @Test func aDefinitionIsReplacedOnlyWhenAsked() async throws {
    try await run("DEFINE SHARED METRIC aov = revenue / orders")
    #expect(try codes("DEFINE SHARED METRIC aov = revenue") == ["E2201"])
    #expect(try codes("DEFINE METRIC aov = revenue") == ["E2203"])
    #expect(try codes("DEFINE SHARED OR REPLACE DIMENSION aov = channel") == ["E2206"])
    #expect(try codes("DEFINE SHARED OR REPLACE METRIC revenue = orders") == ["E2203"])
    try await run("DEFINE SHARED METRIC twice = aov * 2")
    #expect(
      try await lines("DEFINE SHARED OR REPLACE METRIC aov = order_revenue; SELECT twice")
        == ["471.0"]
    )
    let versions = try store.definitions().map { "\($0.name) \($0.version)" }
    #expect(versions == ["aov 2", "twice 1"])
  }

  @Test func whatOthersUseStaysRight() async throws {
    try await run("DEFINE SHARED METRIC a = order_revenue; DEFINE SHARED METRIC b = a + a")
    let circle = try prepare("DEFINE SHARED OR REPLACE METRIC a = b").diagnostics
    #expect(circle.map(\.message) == ["\"a\" is defined by itself: a → b → a"])
    #expect(circle.map(\.id.code) == ["E2202"])
    #expect(try codes("DEFINE SHARED METRIC c = c + 1") == ["E2202"])
    // Money and a count cannot be added.
    try await run("DEFINE SHARED METRIC d = a + order_revenue")
    let broken = try prepare("DEFINE SHARED OR REPLACE METRIC a = orders").diagnostics
    #expect(broken.map(\.id.code) == ["E2208"])
    let used = try prepare("DROP METRIC a").diagnostics
    #expect(used.map(\.message) == ["\"a\" is used by b, d"])
    #expect(used.map(\.id.code) == ["E2207"])
    try await run("DROP METRIC b; DROP METRIC d; DROP METRIC a")
    #expect(try store.definitions() == [])
    #expect(try codes("SELECT a") == ["E2101"])
  }

  @Test func aDropSaysTheKind() async throws {
    try await run("DEFINE SHARED SEGMENT early OF customer = cohort_month < 2026-02")
    #expect(try codes("DROP METRIC early") == ["E2206"])
    #expect(try await run("DROP SEGMENT early") == [.dropped("shared segment early")])
  }

  @Test func whatOnlyTheTextDefinesCannotBeShared() throws {
    #expect(
      try codes("DEFINE METRIC x = revenue; DEFINE SHARED METRIC y = x * 2") == ["E2101"]
    )
    #expect(try codes("DEFINE SHARED METRIC y = revenue + orders") == ["E3101"])
    #expect(try codes("DEFINE METRIC x = revenue; DEFINE SHARED METRIC x = orders") == ["E2203"])
  }

  @Test func withoutTheRightNothingIsChanged() async throws {
    #expect(try codes("DEFINE SHARED METRIC aov = revenue / orders", .denied) == ["E7001"])
    try await run("DEFINE SHARED METRIC aov = revenue / orders")
    #expect(try codes("DROP METRIC aov", .denied) == ["E7001"])
    #expect(try codes("SELECT aov", .denied) == [])
    let prepared = try prepare("DEFINE SHARED METRIC b = revenue")
    await #expect(throws: ReportError.self) {
      _ = try await prepared.run(
        on: shop.backend,
        policy: .unrestricted(reason: "test"),
        limits: .untimed
      )
    }
  }

  @Test func aChangeOfSomebodyElseIsNotLost() async throws {
    let prepared = try prepare("DEFINE SHARED METRIC aov = revenue / orders")
    try await run("DEFINE SHARED METRIC aov = order_revenue")
    let error = await #expect(throws: ReportError.self) {
      _ = try await prepared.run(
        on: shop.backend,
        policy: .unrestricted(reason: "test"),
        limits: .untimed,
        definitions: store
      )
    }
    guard case .refused(let diagnostic)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(diagnostic.id.code == "E2210")
    #expect(try store.definitions().map(\.text) == ["DEFINE METRIC aov = order_revenue"])
  }

  @Test func aDefinitionThatLostItsMeaningSaysSo() async throws {
    let model = try Catalog.load(
      yaml: "mandi: 1\nmetrics: {fee: {expr: order_revenue * 10%}}",
      name: nil,
      extending: try Catalog.commerce(),
      schemas: CommerceTables.all
    )
    let prepared = try prepare("DEFINE SHARED METRIC rest = order_revenue - fee", nil, model)
    _ = try await prepared.run(
      on: shop.backend,
      policy: .unrestricted(reason: "test"),
      limits: .untimed,
      definitions: store
    )
    // The default model has no fee.
    let found = try prepare("SELECT rest").diagnostics
    #expect(found.map(\.id.code) == ["E2209"])
    #expect(
      found.map(\.message) == [
        "\"rest\" is shared and has no meaning any more: "
          + "there is no metric or dimension called \"fee\""
      ]
    )
    #expect(try await lines("SELECT revenue") == ["250.75"])
    try await run("DROP METRIC rest")
    #expect(try store.definitions() == [])
  }

  @Test func whatUsesDeniedNamesIsDenied() async throws {
    let model = try Catalog.load(
      yaml: """
        mandi: 1
        metrics: {cost: {fact: order_line, agg: sum, column: shipping_value, label: Price}}
        policies: [{name: hide, deny_metrics: [cost]}]
        """,
      name: nil,
      extending: try Catalog.commerce(),
      schemas: CommerceTables.all
    )
    for text in [
      "DEFINE SHARED METRIC a = order_revenue - cost", "DEFINE SHARED METRIC b = a * 2",
      "DEFINE SHARED METRIC c = order_revenue - \"Price\"",
      "DEFINE SHARED METRIC d = SUM(order_line.shipping_value)",
      "DEFINE SHARED METRIC e = order_revenue * 2",
    ] {
      let prepared = try prepare(text, nil, model)
      #expect(prepared.diagnostics == [], "\(text)")
      _ = try await prepared.run(
        on: shop.backend,
        policy: .unrestricted(reason: "test"),
        limits: .untimed,
        definitions: store
      )
    }
    let access = try model.access(under: [PolicyUse("hide")], today: SmallShop.today)
    for name in ["a", "b", "c", "d"] {
      let found = try prepare("SELECT \(name)", .denied, access.catalog).diagnostics
      #expect(found.map(\.id.code) == ["E2101"], "\(name)")
    }
    #expect(try prepare("SELECT e", .denied, access.catalog).diagnostics == [])
  }

  // MARK: The file

  private static func definition(_ name: String, _ text: String, _ version: Int = 1)
    -> SharedDefinition
  {
    SharedDefinition(
      name: name,
      kind: .metric,
      text: text,
      author: "Asha \"A\" \\ O'Neil",
      time: 1_770_000_000_000_000,
      version: version,
      dependencies: [
        SharedDefinition.Dependency(name: "orders", version: "2"),
        SharedDefinition.Dependency(name: "Net sales (₹)", version: "cbf29ce484222325"),
      ]
    )
  }

  @Test func theFileKeepsWhatItIsGiven() throws {
    let directory = MemoryDirectory()
    let file = DefinitionFile(directory)
    #expect(try file.definitions() == [])
    let texts = [
      "DEFINE METRIC a = revenue", "DEFINE METRIC b =\n\trevenue -- \"half\"\u{85}\u{2028}",
      "DEFINE METRIC c = revenue LABEL 'न्यू: {x}, [y] # z'",
    ]
    for (text, name) in zip(texts, ["a", "b", "c"]) {
      let definition = Self.definition(name, text)
      try file.apply(
        DefinitionChange(name: name, replacedVersion: nil, definition: definition)
      )
    }
    let read = try DefinitionFile(directory).definitions()
    #expect(read.map(\.text) == texts)
    #expect(read.first == Self.definition("a", texts[0]))
    #expect(
      Set(directory.files.keys).subtracting(["definitions/definitions.lock"]) == [
        DefinitionFile.path
      ]
    )
    try file.apply(DefinitionChange(name: "B", replacedVersion: 1, definition: nil))
    #expect(try file.definitions().map(\.name) == ["a", "c"])
    #expect(throws: DefinitionStoreError.conflict(name: "a")) {
      try file.apply(
        DefinitionChange(name: "a", replacedVersion: nil, definition: Self.definition("a", "x"))
      )
    }
  }

  @Test func whatCouldNotBeReadAgainIsNotWritten() throws {
    let file = DefinitionFile(MemoryDirectory())
    let brackets = "DEFINE METRIC a = revenue DESCRIPTION '\(String(repeating: "[", count: 200))'"
    func change(_ name: String, _ text: String) -> DefinitionChange {
      DefinitionChange(name: name, replacedVersion: nil, definition: Self.definition(name, text))
    }
    try file.apply(change("a", brackets))
    #expect(try file.definitions().map(\.text) == [brackets])
    let long = "DEFINE METRIC b = revenue DESCRIPTION '\(String(repeating: "x", count: 1 << 20))'"
    #expect(throws: DefinitionStoreError.unwritable(name: "b")) {
      try file.apply(change("b", long))
    }
    #expect(try file.definitions().map(\.text) == [brackets])
  }

  @Test func aDataDirectoryWithoutDefinitionsIsRead() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "mandi-\(UUID())").path
    defer { _ = try? FileManager.default.removeItem(atPath: path) }  // Of a test only.
    let file = DefinitionFile(DiskDirectory(path: path))
    #expect(try file.definitions() == [])
    let definition = Self.definition("a", "DEFINE METRIC a = revenue")
    try file.apply(DefinitionChange(name: "a", replacedVersion: nil, definition: definition))
    #expect(try DefinitionFile(DiskDirectory(path: path)).definitions() == [definition])
  }

  @Test(arguments: [
    "", "mandi_definitions: 2\ndefinitions: []", "mandi_definitions: 1\ndefinitions: [{name: a}]",
    "mandi_definitions: 1\ndefinitions: [", "- a",
  ])
  func aDamagedFileIsSaid(_ text: String) {
    let directory = MemoryDirectory(files: [DefinitionFile.path: Array(text.utf8)])
    let file = DefinitionFile(directory)
    #expect(throws: DefinitionStoreError.self) { try file.definitions() }
    #expect(throws: DefinitionStoreError.self) {
      try file.apply(
        DefinitionChange(name: "a", replacedVersion: nil, definition: Self.definition("a", "x"))
      )
    }
    #expect(directory.files[DefinitionFile.path] == Array(text.utf8))
  }

  /// After a loss of power at any point the file is the one before or the one after.
  @Test func aLossOfPowerLeavesOneOfTwoFiles() throws {
    let before = Self.definition("a", "DEFINE METRIC a = revenue")
    let after = Self.definition("a", "DEFINE METRIC a = orders", 2)
    let directory = CrashingDirectory()
    let file = DefinitionFile(directory)
    try file.apply(DefinitionChange(name: "a", replacedVersion: nil, definition: before))
    let images = Mutex<[CrashImage]>([])
    directory.observe {
      var random = SeededRandom(seed: 7)
      for likelihood in [0, 50, 100] {
        let image = directory.image(likelihood: likelihood, using: &random)
        images.withLock { $0.append(image) }
      }
    }
    try file.apply(DefinitionChange(name: "a", replacedVersion: 1, definition: after))
    directory.observe(nil)
    var versions: Set<Int> = []
    for image in images.withLock({ $0 }) {
      let read = try DefinitionFile(image.directory()).definitions()
      #expect(read == [before] || read == [after])
      versions.formUnion(read.map(\.version))
    }
    #expect(versions == [1, 2])
    #expect(try file.definitions() == [after])
  }
}

/// Shared definitions in memory.
private final class MemoryDefinitions: DefinitionStore {
  private let kept = Mutex<[SharedDefinition]>([])

  func definitions() throws(DefinitionStoreError) -> [SharedDefinition] {
    kept.withLock { $0 }
  }

  func apply(_ change: DefinitionChange) throws(DefinitionStoreError) {
    try kept.withLock { (definitions) throws(DefinitionStoreError) in
      definitions = try change.apply(to: definitions)
    }
  }
}
