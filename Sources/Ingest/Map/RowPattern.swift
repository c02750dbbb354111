/// A pattern for fields: text with `^` and `$` for the ends, `.` for any character and `.*` for any
/// run; case does not count.
///
/// That is all that channels' total rows need, and it never takes more than linear time per star.
struct RowPattern: Sendable {
  private enum Step: Sendable, Equatable {
    case character(Character)
    case any
    case run
  }

  private var steps: [Step] = []
  private let startsFree: Bool
  private let endsFree: Bool

  /// Compiles a pattern; nil when it uses signs that have a meaning in other pattern languages.
  init?(_ text: String) {
    var characters = Array(text.lowercased())
    startsFree = characters.first != "^"
    if !startsFree { characters.removeFirst() }
    endsFree = characters.last != "$"
    if !endsFree { characters.removeLast() }
    var index = 0
    while index < characters.count {
      let character = characters[index]
      index += 1
      if character == ".", index < characters.count, characters[index] == "*" {
        steps.append(.run)
        index += 1
      } else if character == "." {
        steps.append(.any)
      } else if character == "\\", index < characters.count {
        steps.append(.character(characters[index]))
        index += 1
      } else if "*+?[](){}|^$\\".contains(character) {
        return nil
      } else {
        steps.append(.character(character))
      }
    }
    if startsFree { steps.insert(.run, at: 0) }
    if endsFree { steps.append(.run) }
  }

  /// Tells whether a text fits.
  func matches(_ text: String) -> Bool {
    let characters = Array(text.lowercased())
    var position = 0
    var step = 0
    var lastRun: (step: Int, position: Int)?
    while position < characters.count {
      if step < steps.count, steps[step] == .run {
        lastRun = (step, position)
        step += 1
      } else if step < steps.count, fits(steps[step], characters[position]) {
        step += 1
        position += 1
      } else if let run = lastRun {
        lastRun = (run.step, run.position + 1)
        position = run.position + 1
        step = run.step + 1
      } else {
        return false
      }
    }
    while step < steps.count, steps[step] == .run { step += 1 }
    return step == steps.count
  }

  private func fits(_ step: Step, _ character: Character) -> Bool {
    switch step {
    case .character(let expected): expected == character
    case .any: true
    case .run: false
    }
  }
}
