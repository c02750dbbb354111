import TestKit
import Testing

@testable import LanguageServer

/// JSON, frames and positions.
@Suite struct WireTests {
  // MARK: JSON

  static let values: [(String, JSONValue)] = [
    ("null", JSONValue.null), (" true ", true), ("0", 0), ("-12", -12), ("1.5", .number(1.5)),
    ("1e2", .number(100)), ("-0.25E-1", .number(-0.025)),
    ("9223372036854775807", .integer(.max)),
    ("9223372036854775808", .number(9_223_372_036_854_775_808)),
    ("\"\"", ""), ("\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "a\"\\/\u{8}\u{c}\n\r\t"),
    ("\"\\u20b9\\uD83E\\uDE94\"", "₹🪔"), ("\"₹\"", "₹"), ("[]", []), ("[1,[2],{}]", [1, [2], [:]]),
    ("{\"a\":1,\"b\":[null],\"a\":2}", ["a": 2, "b": [.null]]),
  ]

  @Test(arguments: values)
  func valuesAreRead(_ text: String, _ value: JSONValue) throws {
    #expect(try JSONReader.value(of: Array(text.utf8)) == value)
    #expect(try JSONReader.value(of: Array(value.text.utf8)) == value)
  }

  @Test(arguments: [
    "", " ", "nul", "tru e", "01", "-", "1.", ".5", "+1", "1e", "1e999", "'a'", "\"a", "\"\\x\"",
    "\"\\u12\"", "\"\\u+123\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"\u{1}\"",
    "[1,]",
    "[1 2]", "{\"a\"}", "{\"a\":}", "{a:1}", "{\"a\":1,}", "[1]x", "// a\n1",
  ])
  func otherTextsAreRefused(_ text: String) {
    #expect(throws: JSONError.self) { try JSONReader.value(of: Array(text.utf8)) }
  }

  @Test func bytesThatAreNoTextAreRefused() {
    #expect(throws: JSONError.self) { try JSONReader.value(of: [0x22, 0xFF, 0x22]) }
  }

  @Test func nestingEndsAtItsLimit() throws {
    func nested(_ depth: Int) -> [UInt8] {
      Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
    }
    #expect(throws: Never.self) { try JSONReader.value(of: nested(JSONReader.deepestNesting)) }
    #expect(throws: JSONError.self) {
      try JSONReader.value(of: nested(JSONReader.deepestNesting + 1))
    }
    #expect(throws: JSONError.self) { try JSONReader.value(of: nested(200_000)) }
  }

  @Test func textsAreEscaped() {
    #expect(JSONValue.string("\"\\\n\u{1}₹").text == "\"\\\"\\\\\\n\\u0001₹\"")
    #expect(JSONValue.object(["b": 1, "a": [true, .null]]).text == "{\"a\":[true,null],\"b\":1}")
    #expect(JSONValue.number(.infinity).text == "null")
  }

  // MARK: Frames

  private func events(_ text: String) -> [MessageFramer.Event] {
    var framer = MessageFramer()
    return framer.take(Array(text.utf8))
  }

  private func body(_ text: String) -> MessageFramer.Event { .body(Array(text.utf8)) }

  @Test func messagesAreCutOutOfTheStream() {
    let stream =
      "Content-Length: 2\r\n\r\n{}content-length:1 \r\nContent-Type: a; charset=utf8\r\n\r\n1"
    #expect(events(stream) == [body("{}"), body("1")])
    #expect(events("Content-Length: 0\r\n\r\nContent-Length: 1\n\n2") == [body(""), body("2")])
    #expect(events("Content-Length: 3\r\n\r\n₹") == [body("₹")])
  }

  @Test func theSameMessagesComeInAnyPortions() {
    let messages = ["{}", String(repeating: "x", count: 70_000), "₹"]
    let stream = messages.flatMap { MessageFramer.framed($0) }
    var random = SeededRandom(seed: 11)
    for _ in 0..<20 {
      var framer = MessageFramer()
      var found: [MessageFramer.Event] = []
      var rest = stream[...]
      while !rest.isEmpty {
        let count = Int.random(in: 1...5_000, using: &random)
        found += framer.take(rest.prefix(count))
        rest = rest.dropFirst(count)
      }
      #expect(found == messages.map { body($0) })
    }
  }

  /// A reader that takes no more than it is told to never waits for bytes of the next message.
  @Test func noMoreIsWantedThanTheMessageHas() {
    let stream = MessageFramer.framed("{\"a\":1}") + MessageFramer.framed("{}")
    var framer = MessageFramer()
    var found: [MessageFramer.Event] = []
    var position = 0
    var ends: [Int] = []
    while position < stream.count {
      let end = position + framer.wantedByteCount
      #expect(end <= stream.count)
      let events = framer.take(stream[position..<end])
      if !events.isEmpty { ends.append(end) }
      found += events
      position = end
    }
    #expect(found == [body("{\"a\":1}"), body("{}")])
    #expect(ends == [MessageFramer.framed("{\"a\":1}").count, stream.count])
  }

  @Test(arguments: [
    ("Length: 2\r\n\r\n", "Content-Length is missing"),
    ("Content-Length: two\r\n\r\n", "Content-Length is no length"),
    ("Content-Length: -2\r\n\r\n", "Content-Length is no length"),
    ("nonsense\r\n\r\n", "a line of the header has no colon"),
    ("nonsense\r\nContent-Length: 2\r\n\r\n{}", "a line of the header has no colon"),
    ("Content-Length: 99999999999999999999\r\n\r\n", "Content-Length is no length"),
    ("Content-Type: x; charset=latin1\r\nContent-Length: 2\r\n\r\n{}", "the message is no UTF-8"),
  ])
  func aBrokenHeaderIsSaidAndLeftBehind(_ header: String, _ reason: String) {
    #expect(events(header + "Content-Length: 1\r\n\r\n7") == [.malformed(reason), body("7")])
  }

  @Test func tooLongMessagesAreSkippedWithoutKeepingThem() {
    let length = MessageFramer.longestMessage + 1
    var framer = MessageFramer()
    #expect(framer.take(Array("Content-Length: \(length)\r\n\r\n".utf8)).isEmpty)
    let found = framer.take([UInt8](repeating: UInt8(ascii: "x"), count: length))
    #expect(found == [.malformed("the message is longer than 16777216 bytes")])
    #expect(framer.take(MessageFramer.framed("1")) == [body("1")])
  }

  @Test func aLineWithoutAnEndTakesNoMemory() {
    var framer = MessageFramer()
    #expect(framer.take([UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)).isEmpty)
    #expect(framer.take(Array("\r\n\r\n".utf8)) == [.malformed("a line of the header is too long")])
  }

  // MARK: Positions

  @Test(arguments: [PositionEncoding.utf8, .utf16])
  func everyPlaceOfATextGoesThereAndBack(_ encoding: PositionEncoding) {
    let text = "a₹🪔\r\né\rb\n\nend"
    let lines = LineTable(text, encoding)
    var offset = 0
    for character in text.unicodeScalars {
      // Inside CR LF no position leads.
      if character != "\n" || offset == 0 || Array(text.utf8)[offset - 1] != UInt8(ascii: "\r") {
        #expect(lines.offset(of: lines.position(of: offset)) == offset, "\(offset)")
      }
      offset += String(character).utf8.count
    }
    #expect(lines.position(of: offset) == LinePosition(line: 4, column: 3))
  }

  @Test(arguments: [
    (LinePosition(line: 0, column: 2), 4, 1), (LinePosition(line: 0, column: 3), 4, 1),
    (LinePosition(line: 0, column: 4), 8, 4), (LinePosition(line: 0, column: 99), 8, 8),
    (LinePosition(line: 1, column: 1), 12, 10), (LinePosition(line: 9, column: 0), 15, 15),
    (LinePosition(line: 2, column: 1), 14, 14),
  ])
  func positionsAreCutToTheText(_ position: LinePosition, _ utf16: Int, _ utf8: Int) {
    let text = "a₹🪔\r\né\rb\n"
    #expect(LineTable(text, .utf16).offset(of: position) == utf16)
    #expect(LineTable(text, .utf8).offset(of: position) == utf8)
  }
}
