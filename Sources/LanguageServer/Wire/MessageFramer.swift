/// Cuts a stream of bytes into messages, each behind a header that tells its length.
///
/// ```
/// Content-Length: 52\r\n
/// \r\n
/// {"jsonrpc":"2.0", …}
/// ```
///
/// A broken header gives one event and is left behind, so the messages after it are still read.
///
/// Source: Language Server Protocol 3.17, base protocol.
public struct MessageFramer {
  /// What a stream of bytes holds.
  public enum Event: Sendable, Hashable {
    /// The bytes of a message.
    case body([UInt8])
    /// A header that cannot be followed, with the reason in a few words.
    case malformed(String)
  }

  /// The longest message, in bytes.
  public static let longestMessage = 16 << 20
  /// The longest line of a header that is kept, in bytes.
  static let longestLine = 1_024
  /// The most bytes that are asked for at once.
  private static let largestPart = 64 << 10

  private var line: [UInt8] = []
  private var length: Int?
  private var problem: String?
  private var hasLines = false
  /// The bytes of a body that are still missing; nil inside a header.
  private var missing: Int?
  private var body: [UInt8] = []

  /// Makes a framer at the beginning of a stream.
  public init() {}

  /// How many bytes can be read without reading past the message at hand: 1 inside a header.
  public var wantedByteCount: Int { min(missing ?? 1, MessageFramer.largestPart) }

  /// Takes the next bytes and returns what they complete, in order.
  public mutating func take(_ bytes: some Collection<UInt8>) -> [Event] {
    var events: [Event] = []
    var rest = bytes[...]
    while let byte = rest.first {
      let event: Event?
      if let left = missing {
        let part = rest.prefix(left)
        rest = rest.dropFirst(part.count)
        if problem == nil { body += part }
        missing = left - part.count
        event = left == part.count ? finishMessage() : nil
      } else {
        rest = rest.dropFirst()
        event = takeHeader(byte)
      }
      if let event { events.append(event) }
    }
    return events
  }

  private mutating func takeHeader(_ byte: UInt8) -> Event? {
    guard byte == UInt8(ascii: "\n") else {
      if line.count < MessageFramer.longestLine {
        line.append(byte)
      } else {
        problem = problem ?? "a line of the header is too long"
      }
      return nil
    }
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    defer { line = [] }
    guard line.isEmpty else {
      hasLines = true
      readLine()
      return nil
    }
    guard hasLines else { return nil }
    return finishHeader()
  }

  private mutating func readLine() {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
      problem = problem ?? "a line of the header has no colon"
      return
    }
    let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
    let value = line[(colon + 1)...].drop { $0 == 0x20 }
    if name == "content-length" {
      let digits = value.reversed().drop { $0 == 0x20 }.reversed()
      let text = String(decoding: Array(digits), as: UTF8.self)
      guard let number = Int(text), number >= 0, digits.first != UInt8(ascii: "+") else {
        problem = problem ?? "Content-Length is no length"
        return
      }
      length = number
      if number > MessageFramer.longestMessage {
        problem = problem ?? "the message is longer than \(MessageFramer.longestMessage) bytes"
      }
    } else if name == "content-type" {
      let text = String(decoding: value, as: UTF8.self).lowercased()
      if text.contains("charset="), !text.contains("utf-8"), !text.contains("utf8") {
        problem = problem ?? "the message is no UTF-8"
      }
    }
  }

  private mutating func finishHeader() -> Event? {
    guard let length else {
      let reason = problem ?? "Content-Length is missing"
      reset()
      return .malformed(reason)
    }
    guard length > 0 else { return finishMessage() }
    missing = length
    return nil
  }

  private mutating func finishMessage() -> Event {
    let event = problem.map { Event.malformed($0) } ?? .body(body)
    reset()
    return event
  }

  private mutating func reset() {
    self = MessageFramer()
  }

  /// Returns a message with its header.
  public static func framed(_ text: String) -> [UInt8] {
    Array("Content-Length: \(text.utf8.count)\r\n\r\n\(text)".utf8)
  }
}
