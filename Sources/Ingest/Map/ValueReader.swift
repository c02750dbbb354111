/// What an integer of a mapped column stands for.
enum ValueKind: Sendable, Equatable {
  case int32
  case int64
  case decimal
  case percent
  /// Days since 1970-01-01; a value with a time counts in the channel's zone.
  case day
  /// Microseconds UTC.
  case instant
  case bool

  /// Tells whether the value is a whole number rather than ten-thousandths.
  var isWhole: Bool { self == .int32 || self == .int64 }
}

/// Reads the text of one field as one kind of value.
struct ValueReader {
  enum Reading {
    case value(Int64)
    case blank
    case refused(reason: String, remedy: String)
  }

  private let kind: ValueKind
  private let pattern: DatePattern?
  private let hasTime: Bool
  private let hasDecimalComma: Bool
  private let zone: ZoneRules
  /// The layouts of a date that is read quickly.
  private let layouts: [FixedLayout]

  init(kind: ValueKind, mapping: FieldMapping, zone: ZoneRules) {
    self.kind = kind
    pattern = mapping.patterns.first
    hasTime = mapping.type == .timestamp
    hasDecimalComma = mapping.hasDecimalComma
    self.zone = zone
    layouts =
      mapping.patterns.isEmpty
      ? [FixedLayout.isoDay, FixedLayout.isoTime].compactMap { $0 }
      : [FixedLayout(mapping.patterns.first)].compactMap { $0 }
  }

  /// The usual form of texts of a kind, which is read quickly; every other one `read` judges.
  enum QuickForm {
    case tenThousandths
    case whole
    case moment
    case truth
    case none
  }

  var quickForm: QuickForm {
    switch kind {
    case .decimal: hasDecimalComma ? .none : .tenThousandths
    case .int32, .int64: .whole
    case .day, .instant: .moment
    case .bool: .truth
    case .percent: .none
    }
  }

  /// Reads a range of bytes of one of the usual forms; nil for every other one.
  @inline(__always)
  func quickMoment(
    _ bytes: borrowing Span<UInt8>,
    _ range: Range<Int>,
    _ memory: inout DayMemory
  ) -> Int64? {
    for layout in layouts {
      guard let moment = layout.read(bytes, range, &memory) else { continue }
      return kind == .day ? moment.days : moment.instant(zone: zone)
    }
    return nil
  }

  @inline(__always)
  static func quickTruth(_ bytes: borrowing Span<UInt8>, _ range: Range<Int>) -> Int64? {
    guard range.count == 4 || range.count == 5, range.lowerBound &+ 8 <= bytes.count else {
      return nil
    }
    let word = ByteWords.load(bytes, range.lowerBound, count: range.count)
    // "true" and "false" in small letters.
    if word == 0x6575_7274 { return 1 }
    return word == 0x65_736C_6166 ? 0 : nil
  }

  /// Reads a range of bytes.
  @inline(__always)
  func read(_ bytes: borrowing Span<UInt8>, _ range: Range<Int>) -> Reading {
    switch kind {
    case .decimal: decimal(bytes, range)
    case .int32: whole(bytes, range, bounds: Int64(Int32.min)...Int64(Int32.max))
    case .int64: whole(bytes, range, bounds: Int64.min...Int64.max)
    case .percent: percent(bytes, range)
    case .day, .instant: moment(bytes, range)
    case .bool: truth(bytes, range)
    }
  }

  private func decimal(_ bytes: borrowing Span<UInt8>, _ range: Range<Int>) -> Reading {
    switch DecimalText.read(bytes, range, hasDecimalComma: hasDecimalComma) {
    case .value(let value): .value(value)
    case .blank: .blank
    case .notANumber:
      .refused(reason: "this is not an amount", remedy: "write it like 1,299.50 or (12.00)")
    case .scientific:
      .refused(
        reason: "the digits were rounded away by a spreadsheet",
        remedy: "export the file again and do not save it from a spreadsheet"
      )
    case .tooPrecise:
      .refused(
        reason: "the amount has more than four decimals",
        remedy: "round it in the source; it is never rounded here"
      )
    case .tooLarge: .refused(reason: "the amount is too large", remedy: "check the field")
    }
  }

  private func whole(
    _ bytes: borrowing Span<UInt8>,
    _ range: Range<Int>,
    bounds: ClosedRange<Int64>
  ) -> Reading {
    let refusal = Reading.refused(
      reason: "this is not a whole number",
      remedy: "write it like 1,200"
    )
    switch DecimalText.read(bytes, range, hasDecimalComma: hasDecimalComma) {
    case .value(let value):
      let (quotient, remainder) = value.quotientAndRemainder(dividingBy: 10_000)
      guard remainder == 0 else { return refusal }
      guard bounds.contains(quotient) else {
        return .refused(reason: "the number is too large", remedy: "check the field")
      }
      return .value(quotient)
    case .blank: return .blank
    case .notANumber, .tooPrecise: return refusal
    case .scientific:
      return .refused(
        reason: "the digits were rounded away by a spreadsheet",
        remedy: "export the file again and do not save it from a spreadsheet"
      )
    case .tooLarge: return .refused(reason: "the number is too large", remedy: "check the field")
    }
  }

  /// `12.5%` and `12.5` are 0.125.
  private func percent(_ bytes: borrowing Span<UInt8>, _ range: Range<Int>) -> Reading {
    var end = range.upperBound
    if end > range.lowerBound, bytes[end - 1] == 0x25 { end -= 1 }
    let reading = decimal(bytes, range.lowerBound..<end)
    guard case .value(let value) = reading else { return reading }
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: 100)
    guard remainder == 0 else {
      return .refused(
        reason: "the share has more than four decimals",
        remedy: "round it in the source; it is never rounded here"
      )
    }
    return .value(quotient)
  }

  private func moment(_ bytes: borrowing Span<UInt8>, _ range: Range<Int>) -> Reading {
    let moment =
      pattern.map { DateReader.read(bytes, range, pattern: $0) }
      ?? DateReader.readISO(bytes, range)
    guard let moment else {
      let wanted = pattern?.text ?? (hasTime ? "2026-03-31T18:45:00+05:30" : "2026-03-31")
      return .refused(
        reason: "this is not a \(hasTime ? "time" : "date") of the form \(wanted)",
        remedy: "correct it, or give the form in the definition's `format`"
      )
    }
    if kind == .instant { return .value(moment.instant(zone: zone)) }
    if moment.offset != nil { return .value(zone.day(of: moment.instant(zone: zone))) }
    return .value(moment.days)
  }

  private func truth(_ bytes: borrowing Span<UInt8>, _ range: Range<Int>) -> Reading {
    var word = ""
    for index in range.prefix(8) {
      word.unicodeScalars.append(Unicode.Scalar(bytes[index] | 0x20))
    }
    switch word {
    case "true", "yes", "y", "1": return .value(1)
    case "false", "no", "n", "0": return .value(0)
    default:
      return .refused(reason: "this is neither true nor false", remedy: "write true or false")
    }
  }
}
