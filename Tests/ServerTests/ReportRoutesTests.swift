import ColumnStore
import Foundation
import HummingbirdTesting
import Server
import Testing

@Suite struct ReportRoutesTests {
  @Test func aReportIsAnsweredAsASeries() async throws {
    try await ServerFixture.shop().test(.router) { client in
      let body = #"{"query":"SELECT revenue BY month, channel","shape":"series"}"#
      let response = try await client.post("/v1/query", body)
      #expect(response.status == .ok)
      #expect(response.headers[.contentType] == "application/json")
      #expect(response.headers[.cacheControl] == "no-store")
      let text = response.text
      #expect(text.contains(#""values":["2026-01","2026-02""#))
      #expect(
        text.contains(
          #"{"name":"amazon","key":{"channel":"amazon"},"metric":"revenue","unit":"INR","#
            + #""kind":"detail","values":[100,50"#
        )
      )
    }
  }

  @Test func aReportIsAnsweredAsATable() async throws {
    try await ServerFixture.shop().test(.router) { client in
      let response = try await client.post("/v1/query", #"{"query":"SELECT revenue BY channel"}"#)
      #expect(response.status == .ok)
      #expect(response.text.contains(#""rows":[["amazon",150],["zepto",7]],"#))
      #expect(response.text.contains(#""asOf":"2026-04-01","snapshot":1,"#))
    }
  }

  @Test func theDayThatCountsAsTodayCanBeGiven() async throws {
    try await ServerFixture.shop().test(.router) { client in
      let body = #"{"query":"SELECT revenue DURING 2026-02","asOf":"2026-02-10","params":{}}"#
      let response = try await client.post("/v1/query", body)
      #expect(response.text.contains(#""asOf":"2026-02-10""#))
      #expect(response.text.contains(#""rows":[[57]]"#))
    }
  }

  @Test func aCommitBetweenTwoRequestsIsSeen() async throws {
    let store = try ShopFixture.store([("amazon", 20_454, 100)])
    let backends = StoreBackends(
      store: store,
      pool: ScanPool(threads: 1),
      stateByteBudget: 64 << 20
    )
    try await ServerFixture.application(backends).test(.router) { client in
      let before = try await client.post("/v1/query", #"{"query":"SELECT revenue"}"#)
      try ShopFixture.add([("zepto", 20_454, 11)], to: store)
      let after = try await client.post("/v1/query", #"{"query":"SELECT revenue"}"#)
      #expect(before.text.contains(#""rows":[[100]]"#))
      #expect(after.text.contains(#""rows":[[111]]"#))
    }
  }

  @Test func theSameSnapshotIsServedByTheSameBackend() throws {
    let store = try ShopFixture.store([("amazon", 20_454, 100)])
    let backends = StoreBackends(
      store: store,
      pool: ScanPool(threads: 1),
      stateByteBudget: 64 << 20
    )
    #expect(try backends.newest().snapshotVersion == backends.newest().snapshotVersion)
    try ShopFixture.add([("zepto", 20_454, 11)], to: store)
    #expect(try backends.newest().snapshotVersion == 2)
  }

  @Test func unknownNamesAreAProblemWithDiagnostics() async throws {
    try await ServerFixture.shop().test(.router) { client in
      let response = try await client.post("/v1/query", #"{"query":"SELECT revenu BY chanel"}"#)
      #expect(response.status == .badRequest)
      #expect(response.headers[.contentType] == "application/problem+json")
      #expect(
        response.text.hasPrefix(
          #"{"type":"/problems/report-refused","title":"The report has errors","status":400,"#
            + #""detail":"the report has 2 errors","instance":"/v1/query","diagnostics":["#
            + #"{"code":"E2101","severity":"error","#
        )
      )
      #expect(response.text.contains(#""text":"revenue""#))
      #expect(response.text.contains(#""text":"channel""#))
    }
  }

  @Test func aCheckAnswersWithDiagnosticsAndReadsNoData() async throws {
    try await ServerFixture.application(DamagedBackends()).test(.router) { client in
      let good = try await client.post("/v1/query/check", #"{"query":"SELECT revenue"}"#)
      #expect(good.text == #"{"runnable":true,"diagnostics":[]}"#)
      let bad = try await client.post("/v1/query/check", #"{"query":"SELECT revenu"}"#)
      #expect(bad.status == .ok)
      #expect(bad.text.hasPrefix(#"{"runnable":false,"diagnostics":[{"code":"E2101","#))
    }
  }

  @Test func aRequestRunsExactlyOneReport() async throws {
    try await ServerFixture.shop().test(.router) { client in
      let response = try await client.post(
        "/v1/query",
        #"{"query":"SELECT revenue; SELECT orders"}"#
      )
      #expect(
        response.text == #"{"type":"/problems/not-supported","title":"Not supported","#
          + #""status":400,"detail":"a request runs one report, and this text has 2; "#
          + #"definitions may stand before it","instance":"/v1/query"}"#
      )
    }
  }

  @Test func aDamagedStoreIsAProblemThatTellsNothing() async throws {
    try await ServerFixture.application(DamagedBackends()).test(.router) { client in
      let response = try await client.post("/v1/query", #"{"query":"SELECT revenue"}"#)
      #expect(response.status == .internalServerError)
      #expect(
        response.text == #"{"type":"/problems/internal-failure","title":"The server failed","#
          + #""status":500,"detail":"the request failed; the server's log says why","#
          + #""instance":"/v1/query"}"#
      )
      let check = try await client.post("/v1/query/check", #"{"query":"SELECT revenue"}"#)
      #expect(check.status == .ok)
    }
  }

  @Test func hostileTextsAreRefused() async throws {
    try await ServerFixture.shop().test(.router) { client in
      let deep = String(repeating: "(", count: 9_000)
      let texts = [
        "SELECT \(deep)revenue" + String(repeating: ")", count: 9_000),
        "SELECT revenue BY " + String(repeating: "channel, ", count: 12_000) + "channel",
        "", "SELECT", "\\u0000",
      ]
      for text in texts {
        let response = try await client.post("/v1/query", "{\"query\":\"\(text)\"}")
        #expect(response.status == .badRequest)
        #expect(response.text.contains(#""diagnostics":[{"code":"E"#))
      }
    }
  }
}

/// Backends of a store that is damaged.
struct DamagedBackends: ReportBackends {
  func newest() throws -> any ScanBackend {
    throw StoreError.damaged(file: "segments/1", offset: 12, reason: "its checksum does not match")
  }
}
