import ColumnStore
import Commerce
import Hummingbird
import HummingbirdTesting
import Server
import Testing

@Suite struct LiveServerTests {
  @Test func reportsAreAnsweredOverASocket() async throws {
    try await ServerFixture.shop().test(.live) { client in
      let health = try await client.execute(uri: "/v1/health", method: .get)
      #expect(health.text == #"{"status":"ok","snapshot":1}"#)
      let refused = try await client.post("/v1/query", #"{"query":"SELECT revenu"}"#)
      #expect(refused.status == .badRequest)
    }
    try await ServerFixture.shop().test(.live) { client in
      let answer = try await client.post("/v1/query", #"{"query":"SELECT revenue"}"#)
      #expect(answer.status == .ok)
      #expect(answer.text.contains(#""rows":[[157]]"#))
    }
  }

  @Test func requestsForAnotherHostAreRefused() async throws {
    try await ServerFixture.shop().test(.live) { client in
      let port = try #require(client.port)
      let response = try await TestClient.withClient(host: "localhost", port: port) { other in
        try await other.execute(.init("/v1/health", method: .get, authority: "shop.example.com"))
      }
      #expect(response.status == .misdirectedRequest)
    }
  }

  @Test(.timeLimit(.minutes(1))) func aClientThatLeavesStopsItsReport() async throws {
    let backend = WaitingBackend()
    let application = try ServerFixture.application(backend)
    try await application.test(.live) { client in
      let port = try #require(client.port)
      let leaving = TestClient(host: "localhost", port: port)
      leaving.connect()
      try await leaving.executeAndDontWaitForResponse(
        .init(
          "/v1/query",
          method: .post,
          authority: "localhost",
          headers: [.contentType: "application/json"],
          body: ByteBuffer(string: #"{"query":"SELECT revenue"}"#)
        )
      )
      await backend.started()
      try await leaving.close()
      await backend.cancelled()
    }
  }
}

/// A backend whose scans never end by themselves, and which tells when one begins and is cancelled.
final class WaitingBackend: ReportBackends, ScanBackend {
  private let starts = AsyncStream<Void>.makeStream()
  private let ends = AsyncStream<Void>.makeStream()

  var snapshotVersion: UInt64 { 1 }

  func newest() -> any ScanBackend { self }

  func schema(of table: String) -> TableSchema? {
    CommerceTables.all.first { $0.name == table }
  }

  func execute(_ plan: ScanPlan, limits: ScanLimits) async throws -> ResultTable {
    starts.continuation.yield()
    let never = AsyncStream<Void>.makeStream()
    for await _ in never.stream {}
    ends.continuation.yield()
    throw StoreError.cancelled
  }

  /// Returns when a scan has begun.
  func started() async { for await _ in starts.stream { return } }

  /// Returns when a scan was cancelled.
  func cancelled() async { for await _ in ends.stream { return } }
}
