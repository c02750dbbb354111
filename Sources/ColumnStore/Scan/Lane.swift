/// Computed integers of a block, or room for them; owned by one thread.
final class IntegerLane {
  /// The memory; `taken` while a kernel writes it.
  var storage: [Int64]

  /// As many values as the largest block has rows.
  var values: [Int64] { storage }

  /// Makes room for a number of rows.
  init(capacity: Int) { storage = Array(repeating: 0, count: capacity) }
}

/// Computed doubles of a block, or room for them; owned by one thread.
final class DoubleLane {
  /// The memory; `taken` while a kernel writes it.
  var storage: [Double]

  /// As many values as the largest block has rows.
  var values: [Double] { storage }

  /// Makes room for a number of rows.
  init(capacity: Int) { storage = Array(repeating: 0, count: capacity) }
}

/// A bitmap over the rows of a block; owned by one thread.
final class BitLane {
  /// The memory; `taken` while a kernel writes it.
  var storage: [UInt64]

  /// Bit 0 of word 0 first; bits past the last row are zero.
  var words: [UInt64] { storage }

  /// Makes a bitmap of given words.
  init(words: [UInt64]) { storage = words }
}

/// Slots of the rows of a block, or room for them; owned by one thread.
final class SlotLane {
  /// The memory; `taken` while a kernel writes it.
  var storage: [UInt32]

  /// As many slots as the largest block has rows.
  var slots: [UInt32] { storage }

  /// Makes room for a number of rows.
  init(capacity: Int) { storage = Array(repeating: 0, count: capacity) }
}

/// Packed keys of the rows of a block, or room for them; owned by one thread.
final class WordLane {
  /// The memory; `taken` while a kernel writes it.
  var storage: [UInt64]

  /// At least as many words as the largest block has rows.
  var words: [UInt64] { storage }

  /// Makes room for a number of words.
  init(capacity: Int) { storage = Array(repeating: 0, count: capacity) }
}

/// Codes that were brought together from selected rows, or room for them; owned by one thread.
final class CodeLane {
  /// The memory.
  let memory: ScratchBuffer

  /// Makes room for a number of rows of any width.
  init(capacity: Int) { memory = ScratchBuffer(byteCount: capacity * 8) }
}

/// Which rows of a block: the two common answers need no bitmap.
enum RowBits {
  case none
  case all
  case some(BitLane)
}

/// The codes of an integer lane, stored or computed.
enum LaneCodes {
  case bits8(CodeSlice)
  case bits16(CodeSlice)
  case bits32(CodeSlice)
  case bits64(CodeSlice)
  case computed(IntegerLane)
}

/// The values of one expression for the rows of a block.
///
/// Values of rows that are not valid are unspecified.
struct Lane {
  /// How the values are held.
  enum Values {
    /// Every row has this integer or code.
    case integer(Int64)
    /// Integers or codes: `base + multiplier * code`.
    case integers(base: Int64, multiplier: Int64, LaneCodes)
    /// Every row has this double.
    case double(Double)
    /// Stored doubles.
    case storedDoubles(CodeSlice)
    /// Computed doubles.
    case doubles(DoubleLane)
    /// Stored texts without a dictionary.
    case texts(offsets: CodeSlice, bytes: VectorBuffer)
  }

  /// The values.
  var values: Values
  /// Rows that have a value.
  var validity: RowBits
}

/// The working memory of one thread: lanes that are handed out during a block and taken back, all
/// at once, before the next.
final class LaneArena {
  /// Rows of the largest block.
  let capacity: Int

  private var integerLanes: [IntegerLane] = []
  private var doubleLanes: [DoubleLane] = []
  private var bitLanes: [BitLane] = []
  private var slotLanes: [SlotLane] = []
  private var wordLanes: [WordLane] = []
  private var codeLanes: [CodeLane] = []
  private var used = (integers: 0, doubles: 0, bits: 0, slots: 0, words: 0, codes: 0)

  /// Makes an arena for blocks of at most `capacity` rows.
  init(capacity: Int) { self.capacity = max(1, capacity) }

  /// Takes every lane back.
  func reset() { used = (0, 0, 0, 0, 0, 0) }

  /// Hands out room for integers; the contents are unspecified.
  func integers() -> IntegerLane {
    if used.integers == integerLanes.count { integerLanes.append(IntegerLane(capacity: capacity)) }
    used.integers += 1
    return integerLanes[used.integers - 1]
  }

  /// Hands out room for doubles; the contents are unspecified.
  func doubles() -> DoubleLane {
    if used.doubles == doubleLanes.count { doubleLanes.append(DoubleLane(capacity: capacity)) }
    used.doubles += 1
    return doubleLanes[used.doubles - 1]
  }

  /// Hands out a bitmap; the contents are unspecified.
  func bits() -> BitLane {
    if used.bits == bitLanes.count {
      let words = BitmapKernel.wordCount(capacity)
      bitLanes.append(BitLane(words: Array(repeating: 0, count: words)))
    }
    used.bits += 1
    return bitLanes[used.bits - 1]
  }

  /// Hands out room for slots; the contents are unspecified.
  func slots() -> SlotLane {
    if used.slots == slotLanes.count { slotLanes.append(SlotLane(capacity: capacity)) }
    used.slots += 1
    return slotLanes[used.slots - 1]
  }

  /// Hands out room for codes of any width; the contents are unspecified.
  func codes() -> CodeLane {
    if used.codes == codeLanes.count { codeLanes.append(CodeLane(capacity: capacity)) }
    used.codes += 1
    return codeLanes[used.codes - 1]
  }

  /// Hands out room for `width` words a row; the contents are unspecified.
  func words(width: Int = 1) -> WordLane {
    if used.words == wordLanes.count { wordLanes.append(WordLane(capacity: capacity * width)) }
    used.words += 1
    let lane = wordLanes[used.words - 1]
    if lane.words.count < capacity * width {
      lane.storage = Array(repeating: 0, count: capacity * width)
    }
    return lane
  }
}

extension Array {
  /// Takes the elements away from a shared place, so that they can be written without a copy and
  /// without holding the place; the caller puts them back.
  mutating func taken() -> [Element] {
    let elements = self
    self = []
    return elements
  }
}
