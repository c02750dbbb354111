internal import Export
internal import HTTPTypes
internal import Hummingbird
internal import QueryLang

/// Problems as responses (RFC 9457); the only place where they get their status codes.
struct ErrorEnvelope {
  let problem: Problem
  /// The path of the request.
  let instance: String

  /// Returns the response: `application/problem+json` with the fields that the problem calls for.
  func response() -> Response {
    var writer = JSONWriter()
    writer.object { writer in
      writer.key("type")
      writer.string("/problems/" + kind.slug)
      writer.key("title")
      writer.string(kind.title)
      writer.key("status")
      writer.integer(kind.status.code)
      writer.key("detail")
      writer.string(detail)
      writer.key("instance")
      writer.string(instance)
      if case .unknownKey(let key, _) = problem {
        writer.key("key")
        writer.string(key)
      }
      if case .reportRefused(let diagnostics, let source) = problem {
        writer.key("diagnostics")
        DiagnosticExport.write(diagnostics, source: source, to: &writer)
      }
    }
    var headers: HTTPFields = [
      .contentType: "application/problem+json",
      .cacheControl: "no-store",
    ]
    if case .methodNotAllowed(let allowed) = problem {
      headers[.allow] = allowed.joined(separator: ", ")
    }
    if case .unavailable = problem { headers[.retryAfter] = "5" }
    if case .bodyTooLarge = problem { headers[.connection] = "close" }
    return Response(
      status: kind.status,
      headers: headers,
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: writer.bytes))
    )
  }

  private struct Kind {
    let status: HTTPResponse.Status
    let slug: String
    let title: String
  }

  private var kind: Kind {
    switch problem {
    case .notFound: Kind(status: .notFound, slug: "not-found", title: "Not found")
    case .methodNotAllowed:
      Kind(status: .methodNotAllowed, slug: "method-not-allowed", title: "Method not allowed")
    case .foreignHost:
      Kind(status: .misdirectedRequest, slug: "foreign-host", title: "Another host was asked for")
    case .unsupportedMediaType:
      Kind(status: .unsupportedMediaType, slug: "unsupported-media-type", title: "Not JSON")
    case .bodyTooLarge:
      Kind(status: .contentTooLarge, slug: "body-too-large", title: "Body too large")
    case .malformedBody:
      Kind(status: .badRequest, slug: "malformed-body", title: "Malformed body")
    case .unknownKey: Kind(status: .badRequest, slug: "unknown-key", title: "Unknown key")
    case .notSupported: Kind(status: .badRequest, slug: "not-supported", title: "Not supported")
    case .reportRefused:
      Kind(status: .badRequest, slug: "report-refused", title: "The report has errors")
    case .limitReached:
      Kind(status: .unprocessableContent, slug: "limit-reached", title: "The report is too large")
    case .tooSlow:
      Kind(status: .gatewayTimeout, slug: "too-slow", title: "The report took too long")
    case .unavailable:
      Kind(status: .serviceUnavailable, slug: "unavailable", title: "Not available now")
    case .internalFailure:
      Kind(status: .internalServerError, slug: "internal-failure", title: "The server failed")
    }
  }

  private var detail: String {
    switch problem {
    case .notFound(let path): "there is nothing at \(path)"
    case .methodNotAllowed(let allowed):
      "this path answers \(allowed.joined(separator: ", ")) only"
    case .foreignHost:
      "the server answers requests to this machine itself only, such as 127.0.0.1 or localhost"
    case .unsupportedMediaType: "send the body with content-type: application/json"
    case .bodyTooLarge(let limit): "the body has more than \(limit) bytes"
    case .malformedBody(let sentence), .notSupported(let sentence), .limitReached(let sentence):
      sentence
    case .unknownKey(let key, let known):
      "the key \"\(key)\" is not known here; known are \(known.joined(separator: ", "))"
    case .reportRefused(let diagnostics, _):
      diagnostics.count == 1
        ? diagnostics[0].message : "the report has \(diagnostics.count) errors"
    case .tooSlow: "the report was stopped when its time was over; ask for less"
    case .unavailable: "the store cannot be read at the moment; try again later"
    case .internalFailure: "the request failed; the server's log says why"
    }
  }
}
