import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Server
import Testing

@Suite struct RequestRulesTests {
  @Test func healthTellsTheNewestSnapshot() async throws {
    try await ServerFixture.shop().test(.router) { client in
      let response = try await client.execute(uri: "/v1/health", method: .get)
      #expect(response.status == .ok)
      #expect(response.text == #"{"status":"ok","snapshot":1}"#)
    }
  }

  @Test(
    arguments: [
      (#"{"query":"#, "malformed-body", "the body is not JSON"),
      ("", "malformed-body", "the body is not JSON"),
      ("[]", "malformed-body", "the body is not a JSON object"),
      ("{}", "malformed-body", "query is missing; it holds a text"),
      (#"{"query":{"object":1}}"#, "malformed-body", "query must be a text"),
      (#"{"query":"SELECT revenue","params":[]}"#, "malformed-body", "params must be an object"),
      (
        #"{"query":"SELECT revenue","shape":"sphere"}"#, "malformed-body",
        #"shape is \"sphere\", but must be \"table\" or \"series\""#
      ),
      (
        #"{"query":"SELECT revenue","asOf":"2026-02-30"}"#, "malformed-body",
        #"asOf is \"2026-02-30\", but must be a day such as \"2026-04-01\""#
      ),
      (
        #"{"query":"SELECT revenue","params":{"a":1}}"#, "not-supported",
        "parameters are not supported: write the values into the report and leave out params"
      ),
      (
        #"{"query":"SELECT revenue","timezone":"Asia/Tokyo"}"#, "not-supported",
        "reports are in the time zone of the model, Asia/Kolkata; leave out timezone"
      ),
    ]
  )
  func bodiesThatAreNotAsTheyMustBe(body: String, slug: String, detail: String) async throws {
    try await ServerFixture.shop().test(.router) { client in
      let response = try await client.post("/v1/query", body)
      #expect(response.status == .badRequest)
      #expect(response.headers[.contentType] == "application/problem+json")
      #expect(response.text.hasPrefix(#"{"type":"/problems/\#(slug)","#))
      #expect(response.text.contains(#""status":400,"detail":"\#(detail)","#))
    }
  }

  @Test func anUnknownKeyIsNamed() async throws {
    try await ServerFixture.shop().test(.router) { client in
      let response = try await client.post("/v1/query", #"{"query":"SELECT revenue","shap":"a"}"#)
      #expect(
        response.text == #"{"type":"/problems/unknown-key","title":"Unknown key","status":400,"#
          + #""detail":"the key \"shap\" is not known here; known are query, shape, params, "#
          + #"asOf, timezone","instance":"/v1/query","key":"shap"}"#
      )
    }
  }

  @Test func deepNestingIsRefused() async throws {
    try await ServerFixture.shop().test(.router) { client in
      let response = try await client.post("/v1/query", String(repeating: "[", count: 200_000))
      #expect(response.status == .badRequest)
    }
  }

  @Test func aBodyThatIsTooLargeIsRefused() async throws {
    let backends = DamagedBackends()
    let application = try ServerFixture.application(backends, maximumBodyByteCount: 64)
    try await application.test(.router) { client in
      let body = "{\"query\":\"\(String(repeating: " ", count: 64))\"}"
      let response = try await client.post("/v1/query", body)
      #expect(response.status == .contentTooLarge)
      #expect(
        response.text == #"{"type":"/problems/body-too-large","title":"Body too large","#
          + #""status":413,"detail":"the body has more than 64 bytes","instance":"/v1/query"}"#
      )
    }
  }

  @Test func aBodyThatIsNotAnnouncedAsJSONIsRefused() async throws {
    try await ServerFixture.shop().test(.router) { client in
      for headers in [[:], [.contentType: "text/plain"]] as [HTTPFields] {
        let response = try await client.execute(
          uri: "/v1/query",
          method: .post,
          headers: headers,
          body: ByteBuffer(string: #"{"query":"SELECT revenue"}"#)
        )
        #expect(response.status == .unsupportedMediaType)
        #expect(response.text.contains("send the body with content-type: application/json"))
      }
    }
  }

  @Test func anotherMethodIsToldWhichOnesThereAre() async throws {
    try await ServerFixture.shop().test(.router) { client in
      let response = try await client.execute(uri: "/v1/query", method: .get)
      #expect(response.status == .methodNotAllowed)
      #expect(response.headers[.allow] == "POST")
      #expect(
        response.text == #"{"type":"/problems/method-not-allowed","title":"Method not allowed","#
          + #""status":405,"detail":"this path answers POST only","instance":"/v1/query"}"#
      )
      let health = try await client.execute(uri: "/v1/health", method: .delete)
      #expect(health.headers[.allow] == "GET")
    }
  }

  @Test func anUnknownPathIsNotFound() async throws {
    try await ServerFixture.shop().test(.router) { client in
      let response = try await client.execute(uri: "/v1/nothing", method: .get)
      #expect(
        response.text == #"{"type":"/problems/not-found","title":"Not found","status":404,"#
          + #""detail":"there is nothing at /v1/nothing","instance":"/v1/nothing"}"#
      )
      #expect(response.status == .notFound)
    }
  }

  @Test(
    arguments: [
      "127.0.0.1", "127.8.9.1", "localhost", "LOCALHOST", "::1", "[::1]",
    ]
  )
  func theMachineItselfMayBeListenedOn(host: String) throws {
    #expect(try ServerConfiguration(host: host).host == host)
  }

  @Test(
    arguments: [
      "0.0.0.0", "::", "192.0.2.1", "example.com", "", "127.0.0.1.example.com", "127.0.0",
      "127.0.0.256", "127.0.0.+1", "localhost.example.com",
    ]
  )
  func otherAddressesAreRefused(host: String) {
    #expect(throws: ServerError.notLoopback(host: host)) { try ServerConfiguration(host: host) }
  }

  @Test func theRefusalSaysWhyAndWhatToDo() {
    #expect(
      "\(ServerError.notLoopback(host: "0.0.0.0"))"
        == "refused to listen on 0.0.0.0: there are no accounts yet, so whoever reaches the port "
        + "can read every figure; use --host 127.0.0.1, and an SSH tunnel from other machines"
    )
  }
}
