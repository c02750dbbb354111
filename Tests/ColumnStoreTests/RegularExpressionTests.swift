import ColumnStore
import TestKit
import Testing

/// Searches for patterns; what is found was asked of RE2 itself, through DuckDB's
/// `regexp_matches(text, pattern)`.
@Suite struct RegularExpressionTests {
  static let texts = [
    "", "a", "aa", "aaa", "ab", "abc", "b", "A", "Green Tea 250g", "green tea", "tea\ngreen",
    "line\n", "x_1", "x-1", "2026-03", "SKU-0042-XL", "sku-42", "café", "CAFÉ", "cafe\u{301}",
    "\u{17F}traße", "K\u{212A}", "घी 500 ml", "५", "αΒς", "a.b", "a*b", "{2}", "a{,5}", "(x)",
    "tab\there", "]", "-", "^", "end$", "ñ", "😀 ok", "c:\\dir", "10", "99 bottles",
  ]
  static let found: [(String, [Int])] = [
    (#"a"#, [1, 2, 3, 4, 5, 8, 9, 10, 17, 19, 20, 25, 26, 28, 30]),
    (#"^a$"#, [1]),
    (#"^a*$"#, [0, 1, 2, 3]),
    (#"^$"#, [0]),
    (#"a{2}"#, [2, 3]),
    (#"^a{2,}$"#, [2, 3]),
    (#"^a{1,2}$"#, [1, 2]),
    (#"a|b"#, [1, 2, 3, 4, 5, 6, 8, 9, 10, 17, 19, 20, 25, 26, 28, 30, 39]),
    (#"^(a|b)+$"#, [1, 2, 3, 4, 6]),
    (#"^(?:ab?c?)$"#, [1, 4, 5]),
    (
      #"."#,
      [
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,
        25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39,
      ]
    ),
    (#"^.$"#, [1, 6, 7, 23, 31, 32, 33, 35]),
    (#"^..$"#, [2, 4, 21, 38]),
    (#"(?s)tea.green"#, [10]),
    (#"tea.green"#, []),
    (#"(?m)^green"#, [9, 10]),
    (#"^green"#, [9]),
    (#"(?m)e$"#, [11, 20, 30]),
    (#"e$"#, [20, 30]),
    (#"(?i)green tea"#, [8, 9]),
    (#"(?i)^café$"#, [17, 18]),
    (#"(?i)straSSe"#, []),
    ("(?i)^\u{17F}", [15, 16, 20]),
    (#"(?i)k{2}"#, [21]),
    (#"(?i)ας$"#, []),
    (#"(?i)αβσ"#, [24]),
    (#"\d+"#, [8, 12, 13, 14, 15, 16, 22, 27, 28, 38, 39]),
    (#"^\d{4}-\d{2}$"#, [14]),
    (
      #"^\D+$"#,
      [
        1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 17, 18, 19, 20, 21, 23, 24, 25, 26, 29, 30, 31, 32, 33,
        34, 35, 36, 37,
      ]
    ),
    (#"\s"#, [8, 9, 10, 11, 22, 30, 36, 39]),
    (
      #"^\S+$"#,
      [
        1, 2, 3, 4, 5, 6, 7, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 23, 24, 25, 26, 27, 28, 29,
        31, 32, 33, 34, 35, 37, 38,
      ]
    ),
    (#"^\w+$"#, [1, 2, 3, 4, 5, 6, 7, 12, 38]),
    (
      #"\W"#,
      [
        8, 9, 10, 11, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30,
        31, 32, 33, 34, 35, 36, 37, 39,
      ]
    ),
    (#"\btea\b"#, [9, 10]),
    (#"\Btea"#, []),
    (#"(?i)\btea\b"#, [8, 9, 10]),
    (#"[a-c]"#, [1, 2, 3, 4, 5, 6, 8, 9, 10, 17, 19, 20, 25, 26, 28, 30, 37, 39]),
    (
      #"[^a-c]"#,
      [
        7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29,
        30, 31, 32, 33, 34, 35, 36, 37, 38, 39,
      ]
    ),
    (#"^[^a-z]+$"#, [7, 14, 15, 18, 21, 23, 24, 27, 31, 32, 33, 35, 38]),
    (#"[]]"#, [31]),
    (
      #"[^]]"#,
      [
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,
        25, 26, 27, 28, 29, 30, 32, 33, 34, 35, 36, 37, 38, 39,
      ]
    ),
    (#"[a-]"#, [1, 2, 3, 4, 5, 8, 9, 10, 13, 14, 15, 16, 17, 19, 20, 25, 26, 28, 30, 32]),
    (#"[-a]$"#, [1, 2, 3, 9, 32]),
    (#"[\d_]"#, [8, 12, 13, 14, 15, 16, 22, 27, 28, 38, 39]),
    (
      #"[^\W]"#,
      [
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 25, 26,
        27, 28, 29, 30, 34, 36, 37, 38, 39,
      ]
    ),
    (#"[[:digit:]]"#, [8, 12, 13, 14, 15, 16, 22, 27, 28, 38, 39]),
    (
      #"[[:^alpha:]]$"#,
      [
        11, 12, 13, 14, 16, 17, 18, 19, 21, 23, 24, 27, 28, 29, 31, 32, 33, 34, 35, 38,
      ]
    ),
    (#"^[[:alpha:] ]+$"#, [1, 2, 3, 4, 5, 6, 7, 9]),
    (#"[[:punct:]]"#, [12, 13, 14, 15, 16, 25, 26, 27, 28, 29, 31, 32, 33, 34, 37]),
    (
      #"\pL"#,
      [
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 18, 19, 20, 21, 22, 24, 25, 26,
        28, 29, 30, 34, 35, 36, 37, 39,
      ]
    ),
    (#"^\p{Lu}"#, [7, 8, 15, 18, 21]),
    (
      #"\P{L}"#,
      [
        8, 9, 10, 11, 12, 13, 14, 15, 16, 19, 22, 23, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34,
        36, 37, 38, 39,
      ]
    ),
    (#"\p{Nd}"#, [8, 12, 13, 14, 15, 16, 22, 23, 27, 28, 38, 39]),
    (#"[\p{Lo}]"#, [22]),
    (
      #"\p{^L}"#,
      [
        8, 9, 10, 11, 12, 13, 14, 15, 16, 19, 22, 23, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34,
        36, 37, 38, 39,
      ]
    ),
    (#"\."#, [25]),
    (#"a\*b"#, [26]),
    (#"^\{2\}$"#, [27]),
    (#"^a{,5}$"#, [28]),
    (#"\Qa*b\E"#, [26]),
    (#"\Q(x)"#, [29]),
    (#"\x61"#, [1, 2, 3, 4, 5, 8, 9, 10, 17, 19, 20, 25, 26, 28, 30]),
    (#"\x{915}|\x{918}"#, [22]),
    (#"\t"#, [30]),
    (#"\n"#, [10, 11]),
    (#"\Aa\z"#, [1]),
    (#"^(a|aa)+$"#, [1, 2, 3]),
    (#"(a*)*b"#, [4, 5, 6, 25, 26, 30, 39]),
    (#"(a+)+$"#, [1, 2, 3, 9]),
    (#"(|a)b"#, [4, 5, 6, 25, 26, 30, 39]),
    (#"^(?i:sku)-0*42"#, [15, 16]),
    (#"(?i)SKU-\d+(?:-(?:XL|L))?$"#, [15, 16]),
    (#"(?P<n>g)r"#, [9, 10]),
    (#"a??b"#, [4, 5, 6, 25, 26, 30, 39]),
    (#"a+?b"#, [4, 5, 30]),
    (#"\\"#, [37]),
    (#"\$$"#, [34]),
    (#"\^"#, [33]),
    (#"[\]\-]"#, [13, 14, 15, 16, 31, 32]),
    (#"[\x{900}-\x{97F}]"#, [22, 23]),
    (#"^.{3}$"#, [3, 5, 12, 13, 24, 25, 26, 27, 29]),
    (
      #"^(?-s:.)+$"#,
      [
        1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
        27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39,
      ]
    ),
    (#"(?i)[A-C]$"#, [1, 2, 3, 4, 5, 6, 7, 9, 25, 26]),
    (
      #"(?i)[^a-z]"#,
      [
        8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 22, 23, 24, 25, 26, 27, 28, 29, 30,
        31, 32, 33, 34, 35, 36, 37, 38, 39,
      ]
    ),
    (#"\101"#, [7, 18]),
    (#"[+-]\d"#, [13, 14, 15, 16]),
    (#"x[_-]1"#, [12, 13]),
    (#"^(?:[0-9]|[1-9][0-9]) ?(?:bottles)?$"#, [38, 39]),
    (#"(?is)TEA.G"#, [10]),
    (#"(?i)[k]"#, [15, 16, 21, 36]),
    (
      #"(?i)[[:upper:]]$"#,
      [
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20, 21, 22, 25, 26, 30, 36, 37, 39,
      ]
    ),
    (
      #"()"#,
      [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23,
        24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39,
      ]
    ),
    (#"^(^a)"#, [1, 2, 3, 4, 5, 25, 26, 28]),
    (#"a$|b$"#, [1, 2, 3, 4, 6, 9, 25, 26]),
    (#"(?U)a+b"#, [4, 5, 30]),
  ]

  @Test func nestedRepetitionsDoNotMultiply() throws {
    let depth = 40
    let pattern =
      String(repeating: "(", count: depth) + "a" + String(repeating: "+)", count: depth) + "+b"
    let expression = try RegularExpression(pattern)
    #expect(expression.isFound(in: "caab"))
    #expect(!expression.isFound(in: "cb"))
    #expect(!expression.isFound(in: ""))
    #expect(try RegularExpression("^(a?b){2,}$").isFound(in: "babab"))
    #expect(try !RegularExpression("^(a?b){2,}$").isFound(in: "ab"))
  }

  @Test(arguments: found) func patternsFindWhatRE2Finds(_ pattern: String, _ places: [Int]) throws {
    let expression = try RegularExpression(pattern)
    let found = Self.texts.indices.filter { expression.isFound(in: Self.texts[$0]) }
    #expect(found == places, "\(pattern)")
  }

  @Test(arguments: [
    ("a**", 2, "a repetition cannot be repeated; put it in parentheses"),
    ("a{2}{3}", 4, "a repetition cannot be repeated; put it in parentheses"),
    ("x{2,1}", 1, "a repetition goes from less to more"),
    ("x{1001}", 1, "a repetition has at most 1000 times"),
    ("{2}", 0, "nothing stands before this repetition"),
    ("(?i)*", 4, "nothing stands before * that it could repeat"),
    (#"(a)\1"#, 3, "referring back to a group is not possible"),
    (#"[a-\d]"#, 3, #"\d has no meaning"#),
    ("[a", 0, "this [ has no ] after it"),
    ("(a", 0, "this ( has no ) after it"),
    ("a)", 1, "this ) has no ( before it"),
    (#"\Z"#, 0, #"\Z has no meaning"#),
    (#"a\"#, 1, #"a pattern cannot end with \"#),
    ("(?=a)", 0, "looking ahead is not possible"),
    ("(?<=a)", 0, "looking back is not possible"),
    ("(?<!a)", 0, "looking back is not possible"),
    ("(?z)a", 0, "(? is followed by one of i, m, s, U and : only"),
    ("(?i-)a", 0, "(?- is followed by a flag"),
    ("(?P<1 2>a)", 0, "the name of a group has letters, digits and _ only"),
    (#"\pX"#, 0, "\"X\" is no kind of character, such as L, Lu or Nd"),
    ("[[:foo:]]", 1, "[:foo:] is no kind of character, such as [:alpha:]"),
    ("[b-a]", 1, "a range goes from less to more"),
    (#"\x4"#, 0, #"\x is followed by two digits from 0 to F, or by such digits in braces"#),
    (
      "((a{100}){100}){100}", 0,
      "the pattern is too large when its repetitions are written out"
    ),
  ])
  func whatIsNoPatternIsRefused(_ pattern: String, _ offset: Int, _ message: String) {
    #expect(throws: PatternProblem(message: message, scalarOffset: offset)) {
      _ = try RegularExpression(pattern)
    }
  }

  @Test func groupsNestToALimit() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "(", count: depth) + "a" + String(repeating: ")", count: depth)
    }
    #expect(try RegularExpression(nested(200)).isFound(in: "ba"))
    #expect(throws: PatternProblem.self) { _ = try RegularExpression(nested(201)) }
  }

  /// Engines that go back need time that doubles with each further letter here.
  @Test(arguments: ["(a+)+$", "(a|aa)+$", "(a|a?)+b$", "(.*)*x(.*)*y(.*)*z$"])
  func noTextTakesLong(_ pattern: String) throws {
    let expression = try RegularExpression(pattern)
    let text = String(repeating: "a", count: 20_000) + "!"
    let clock = ContinuousClock()
    let start = clock.now
    #expect(!expression.isFound(in: text))
    #expect(start.duration(to: clock.now) < .seconds(20))
  }

  /// Random patterns and texts neither trap nor hang.
  @Test func anythingIsReadOrRefused() {
    var random = SeededRandom(seed: 31)
    let pieces = [
      "a", "b", ".", "*", "+", "?", "{", "2", ",", "}", "(", ")", "[", "]", "^", "-", "\\", "|",
      "$", "d", "p", "L", "x", ":", "i", "Q", "E", "é", "क",
    ]
    var readCount = 0
    for _ in 0..<20_000 {
      let pattern = (0..<Int.random(in: 1...9, using: &random)).map { _ in
        pieces[Int.random(in: 0..<pieces.count, using: &random)]
      }.joined()
      if let expression = try? RegularExpression(pattern) {
        readCount += 1
        _ = expression.isFound(in: "ab2a-é")
      }
    }
    #expect(readCount > 2_000)
  }
}
