/// A date or time pattern in the letters of Unicode TR 35, compiled to steps.
///
/// `yyyy yy MMM MM M dd d HH H hh h mm ss SSS a X` are read; text in single quotes and every
/// character that is not a letter stand for themselves. `dd` and the like take exactly two digits,
/// `d` one or two.
struct DatePattern: Sendable, Equatable {
  enum Step: Sendable, Equatable {
    case year
    case shortYear
    case month(digits: ClosedRange<Int>)
    case monthName
    case day(digits: ClosedRange<Int>)
    case hour(digits: ClosedRange<Int>)
    case hourOfHalf(digits: ClosedRange<Int>)
    case minute
    case second
    case fraction
    case half
    case offset
    case literal(UInt8)
  }

  /// The pattern as it was written.
  let text: String
  let steps: [Step]

  /// Compiles a pattern; nil when it has letters without a meaning here or names no day.
  init?(_ text: String) {
    guard let steps = DatePattern.steps(of: text) else { return nil }
    let hasYear = steps.contains { $0 == .year || $0 == .shortYear }
    let hasMonth = steps.contains { step in
      if case .month = step { return true }
      return step == .monthName
    }
    let hasDay = steps.contains { step in
      if case .day = step { return true }
      return false
    }
    guard hasYear, hasMonth, hasDay else { return nil }
    self.text = text
    self.steps = steps
  }

  private static func steps(of text: String) -> [Step]? {
    let letters = Array(text.utf8)
    var steps: [Step] = []
    var index = 0
    while index < letters.count {
      let letter = letters[index]
      if letter == UInt8(ascii: "'") {
        index += 1
        while index < letters.count, letters[index] != UInt8(ascii: "'") {
          steps.append(.literal(letters[index]))
          index += 1
        }
        index += 1
        continue
      }
      var end = index
      while end < letters.count, letters[end] == letter { end += 1 }
      let count = end - index
      index = end
      guard isLetter(letter) else {
        steps.append(contentsOf: repeatElement(.literal(letter), count: count))
        continue
      }
      guard let step = step(for: letter, count: count) else { return nil }
      steps.append(step)
    }
    return steps
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }

  private static func step(for letter: UInt8, count: Int) -> Step? {
    let digits = count == 1 ? 1...2 : 2...2
    switch (Character(Unicode.Scalar(letter)), count) {
    case ("y", 4): return .year
    case ("y", 2): return .shortYear
    case ("M", 1), ("M", 2): return .month(digits: digits)
    case ("M", 3), ("M", 4): return .monthName
    case ("d", 1), ("d", 2): return .day(digits: digits)
    case ("H", 1), ("H", 2): return .hour(digits: digits)
    case ("h", 1), ("h", 2): return .hourOfHalf(digits: digits)
    case ("m", 1), ("m", 2): return .minute
    case ("s", 1), ("s", 2): return .second
    case ("S", 1...9): return .fraction
    case ("a", 1): return .half
    case ("X", 1...3), ("x", 1...3), ("Z", 1...5): return .offset
    default: return nil
    }
  }
}
