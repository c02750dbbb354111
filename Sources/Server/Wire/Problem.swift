internal import QueryLang

/// Why a request is not answered, in terms that its sender may know.
///
/// What the log has to know besides stands in the error that led here, never in a problem.
enum Problem: Error, Sendable {
  /// There is nothing at the path.
  case notFound(path: String)
  /// The path knows other methods only.
  case methodNotAllowed(allowed: [String])
  /// The request names another host than this machine.
  case foreignHost
  /// The body is not announced as JSON.
  case unsupportedMediaType
  /// The body is longer than the limit, in bytes.
  case bodyTooLarge(limit: Int)
  /// The body is not what the operation reads; the sentence says what and where.
  case malformedBody(String)
  /// The body has a key that the operation does not know.
  case unknownKey(String, known: [String])
  /// The request asks for what the server cannot do; the sentence says what to do instead.
  case notSupported(String)
  /// The report has errors, which point into its text.
  case reportRefused([Diagnostic], source: SourceText)
  /// The report needs more than one report may use.
  case limitReached(String)
  /// The report took too long.
  case tooSlow
  /// The server cannot answer now, but may be able to later.
  case unavailable
  /// Something is wrong with the server or its data; details are in its log.
  case internalFailure
}
