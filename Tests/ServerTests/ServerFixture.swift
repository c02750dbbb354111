import ColumnStore
import Hummingbird
import HummingbirdTesting
import Logging
import QueryLang
import Server

/// Servers for tests.
enum ServerFixture {
  /// Makes a server over backends.
  static func application(
    _ backends: any ReportBackends,
    maximumBodyByteCount: Int = 1 << 20
  ) throws -> some ApplicationProtocol {
    var configuration = try ServerConfiguration(port: 0)
    configuration.maximumBodyByteCount = maximumBodyByteCount
    return ServerApplication(
      configuration: configuration,
      catalog: try Catalog.commerce(),
      backends: backends,
      context: { ReportContext(today: ShopFixture.today) },
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ).application()
  }

  /// Makes a server over a store of three lines on two channels in two months.
  static func shop() throws -> some ApplicationProtocol {
    let store = try ShopFixture.store([
      ("amazon", 20_454, 100), ("amazon", 20_485, 50), ("zepto", 20_485, 7),
    ])
    return try application(
      StoreBackends(
        store: store,
        pool: ScanPool(threads: 2),
        stateByteBudget: 64 << 20
      )
    )
  }
}

extension TestClientProtocol {
  /// Posts a JSON text.
  func post(_ path: String, _ body: String) async throws -> TestResponse {
    try await execute(
      uri: path,
      method: .post,
      headers: [.contentType: "application/json"],
      body: ByteBuffer(string: body)
    )
  }
}

extension TestResponse {
  /// The body as text.
  var text: String { String(buffer: body) }
}
