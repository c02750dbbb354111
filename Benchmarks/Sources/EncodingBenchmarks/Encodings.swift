@testable import ColumnStore

/// Some values in the form in which a page or a dictionary has them, and what their bytes are as they
/// come: the reference is zstd of those, at the level of fresh pages.
struct Encoding {
  let name: String
  /// What the encoder made of the values.
  let form: String
  let rows: Int
  let byteCount: Int
  let encode: () -> Void
  let decode: () -> Void
  let plain: PlainBytes
  let thresholds: Thresholds
}

/// What an encoding has to gain over zstd alone; below one it may lose that much.
struct Thresholds {
  var size = 1.0
  var encode = 0.4
  var decode = 1.0
}

/// The bytes of values as they come, and what zstd makes of them.
final class PlainBytes {
  private let codec: ZstdCodec
  private let bytes: [UInt8]
  private let file: MappedFile
  private let isCompressed: Bool

  init(_ bytes: [UInt8], codec: ZstdCodec) {
    self.codec = codec
    self.bytes = bytes
    let compressed = codec.compress(bytes, level: PageEffort.quick.level)
    isCompressed = compressed != nil
    file = MappedFile(path: "plain", copying: compressed ?? bytes)
  }

  var byteCount: Int { file.count }

  func encode() { _ = codec.compress(bytes, level: PageEffort.quick.level) }

  func decode() {
    let (count, isCompressed) = (bytes.count, isCompressed)
    file.withBytes(in: 0..<file.count) { span in
      if isCompressed {
        _ = ZstdCodec.decompress(span, byteCount: count)
      } else {
        _ = VectorBuffer(copying: span)
      }
    }
  }
}

/// Data for every form, and the forms on it.
final class EncodingData {
  static let rows = 65_536

  private let codec: ZstdCodec
  private var state: UInt64 = 7

  init() throws { codec = try ZstdCodec() }

  private func next(_ limit: UInt64) -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (state >> 33) % limit
  }

  private func integers(_ value: (Int) -> UInt64) -> [Int64] {
    (0..<Self.rows).map { Int64(value($0)) }
  }

  func encodings() throws -> [Encoding] {
    var time: UInt64 = 1_700_000_000
    var order: UInt64 = 0
    let ascending = integers { _ in
      time += next(90)
      return time * 1_000_000
    }
    let prices = (0..<500).map { _ in next(900_000) * 100 }
    let flags = (0..<Self.rows).map { _ in next(10) < 3 }
    return try [
      page("constant", integers { _ in 7 }, Thresholds(encode: 1)),
      page("frame, 8 bits", integers { _ in next(200) }),
      page("frame, 8 bits, few", integers { _ in next(100) < 90 ? 1 : next(5) }),
      page("frame, 8 bits, nulls", integers { _ in next(200) }, nulls: flags),
      page("frame, 16 bits", integers { _ in next(100) * next(100) }),
      page("frame, 32 bits", integers { _ in next(3_000_000) * 100 }),
      page("frame, palette", integers { _ in prices[Int(min(next(500), next(500)))] }),
      page("frame, distances", ascending),
      codes("dictionary, 8 bits", (0..<Self.rows).map { _ in UInt32(min(next(30), next(30))) }),
      codes("dictionary, 16 bits", (0..<Self.rows).map { _ in UInt32(next(2_000)) }),
      codes(
        "dictionary, distances",
        (0..<Self.rows).map { _ in
          order += next(2)
          return UInt32(order + 1_000_000)
        }
      ),
      codes(
        "dictionary, 32 bits",
        (0..<Self.rows).map { row in
          if row % 2 == 0 { order = next(2_000_000) }
          return UInt32(order)
        },
        Thresholds(size: 0.95, encode: 0.25, decode: 0.5)
      ),
      lines("runs themselves"),
      codesByRuns("by runs, 8 bits") { UInt32(min(next(30), next(30))) },
      codesByRuns("by runs, 16 bits") { UInt32(next(400) * next(4)) },
      codesByRuns("by runs, 32 bits") { UInt32(next(2_000_000)) },
      codesByRuns("by runs, nulls", nullShare: 4) { UInt32(next(2_000_000)) },
      numbersOfLines("by runs, counted"),
      doubles("doubles", (0..<Self.rows).map { _ in Double(next(10_000)) / 8 }),
      texts("texts", (0..<Self.rows).map { _ in "note \(next(3_000))" }),
      block("texts, patterns", (0..<4_096).map { "ORD-2026-\(1_000_000 + $0 * 3 + Int(next(3)))" }),
      block("texts, compressed", (0..<4_096).map { _ in Self.words(next(1 << 20)) }),
    ]
  }

  private static func words(_ number: UInt64) -> String {
    let words = ["red", "green", "large", "small", "cup", "plate", "shirt", "steel", "cotton"]
    var rest = number
    var text = ""
    while rest > 0 {
      text += words[Int(rest % 9)] + " "
      rest /= 9
    }
    return text
  }

  // MARK: - Pages

  private var encoder: PageEncoder { PageEncoder(codec: codec, effort: .quick) }

  private func page(
    _ name: String,
    _ values: [Int64],
    nulls: [Bool] = [],
    _ thresholds: Thresholds = Thresholds()
  ) -> Encoding {
    let encoder = encoder
    return encoding(name, type: .int64, Self.bytes(values), thresholds) {
      encoder.encode(integers: values, nulls: nulls)
    }
  }

  /// The lines of orders: mostly one or two.
  private func runs() -> BlockRuns {
    var orders = ColumnRows(kind: .codes)
    var order: UInt32 = 0
    while orders.count < Self.rows {
      order += 1
      for _ in 0..<(1 + next(2) * next(3)) { orders.codes.append(order) }
    }
    orders.codes.removeLast(orders.count - Self.rows)
    return BlockRuns(changesOf: orders)
  }

  private func lines(_ name: String) -> Encoding {
    let (runs, codec) = (runs(), codec)
    let bytes = runs.bytes(codec, .quick)
    let file = MappedFile(path: "runs", copying: bytes)
    return Encoding(
      name: name,
      form: "bits",
      rows: Self.rows,
      byteCount: bytes.count,
      encode: { _ = runs.bytes(codec, .quick) },
      decode: { _ = Self.decode(file, runs) },
      plain: PlainBytes(Self.bytes(runs.words), codec: codec),
      thresholds: Thresholds(size: 0.85, encode: 0.25, decode: 1)
    )
  }

  private static func decode(_ file: MappedFile, _ runs: BlockRuns) -> BlockRuns {
    do throws(PageDecoder.Failure) {
      return try BlockRuns.decode(file, in: 0..<file.count, rowCount: rows, count: runs.count)
    } catch {
      preconditionFailure("runs that were just encoded: \(error.reason)")
    }
  }

  private func codesByRuns(
    _ name: String,
    nullShare: UInt64 = .max,
    _ code: () -> UInt32
  ) -> Encoding {
    let runs = runs()
    let starts = Set(runs.first(of: Array(0..<Self.rows)))
    var (codes, nulls): ([UInt32], [Bool]) = ([], [])
    for row in 0..<Self.rows {
      let isNull = nullShare < .max && next(nullShare) == 0
      codes.append(starts.contains(row) ? isNull ? 0 : code() : codes[row - 1])
      nulls.append(starts.contains(row) ? isNull : nulls[row - 1])
    }
    let encoder = PageEncoder(codec: codec, effort: .quick, runs: runs)
    return encoding(name, type: .string, Self.bytes(codes), Thresholds(), by: runs) {
      encoder.encode(codes: codes, nulls: nullShare < .max ? nulls : [])
    }
  }

  private func numbersOfLines(_ name: String) -> Encoding {
    let runs = runs()
    let starts = Set(runs.first(of: Array(0..<Self.rows)))
    var lines: [Int64] = []
    for row in 0..<Self.rows { lines.append(starts.contains(row) ? 1 : lines[row - 1] + 1) }
    let encoder = PageEncoder(codec: codec, effort: .quick, runs: runs)
    return encoding(name, type: .int64, Self.bytes(lines), Thresholds(), by: runs) {
      encoder.encode(integers: lines, nulls: [])
    }
  }

  private func codes(
    _ name: String,
    _ values: [UInt32],
    _ thresholds: Thresholds = Thresholds()
  ) -> Encoding {
    let encoder = encoder
    return encoding(name, type: .string, Self.bytes(values), thresholds) {
      encoder.encode(codes: values, nulls: [])
    }
  }

  private func doubles(_ name: String, _ values: [Double]) -> Encoding {
    let encoder = encoder
    return encoding(name, type: .float64, Self.bytes(values), Thresholds(encode: 0.3, decode: 0.7))
    {
      encoder.encode(doubles: values, nulls: [])
    }
  }

  private func texts(_ name: String, _ values: [String]) throws -> Encoding {
    let encoder = encoder
    let run = Self.run(values)
    // A page of texts is their bytes as they come, so that nothing can be gained.
    let thresholds = Thresholds(size: 0.95, encode: 0.25, decode: 0.4)
    _ = try encoder.encode(texts: values, nulls: [])
    return encoding(name, type: .string, Self.bytes(run.offsets) + run.utf8, thresholds) {
      do {
        return try encoder.encode(texts: values, nulls: [])
      } catch {
        preconditionFailure("texts that were encoded before: \(error)")
      }
    }
  }

  private func encoding(
    _ name: String,
    type: ColumnType,
    _ bytes: [UInt8],
    _ thresholds: Thresholds,
    by runs: BlockRuns? = nil,
    _ encode: @escaping () -> PageEncoder.Page
  ) -> Encoding {
    let page = encode()
    let file = MappedFile(path: "page", copying: page.bytes)
    let runs = page.descriptor.runs == .none ? nil : runs
    var decoder = PageDecoder(descriptor: page.descriptor, type: type, rowCount: Self.rows)
    let stored = MappedFile(path: "runs", copying: runs?.bytes(codec, .quick) ?? [])
    let form = "\(page.descriptor.encoding) \(page.descriptor.coding.form)"
    return Encoding(
      name: name,
      form: form,
      rows: Self.rows,
      byteCount: page.bytes.count,
      encode: { _ = encode() },
      decode: {
        if let runs { decoder.runs = Self.decode(stored, runs) }
        do throws(PageDecoder.Failure) {
          _ = try decoder.decode(file, in: 0..<file.count)
        } catch {
          preconditionFailure("a page that was just encoded: \(error.reason)")
        }
      },
      plain: PlainBytes(bytes, codec: codec),
      thresholds: thresholds
    )
  }

  // MARK: - Blocks of texts

  private func block(_ name: String, _ values: [String]) throws -> Encoding {
    let run = Self.run(values)
    let codec = codec
    let (kind, bytes) = TextBlock.encode(run, 0..<run.count, codec: codec)
    let file = MappedFile(path: "texts", copying: bytes)
    let (count, byteCount) = (run.count, run.utf8.count)
    return Encoding(
      name: name,
      form: "\(kind)",
      rows: count,
      byteCount: bytes.count,
      encode: { _ = TextBlock.encode(run, 0..<run.count, codec: codec) },
      decode: {
        do {
          let range = 0..<file.count
          let block = try TextBlock(file, in: range, kind: kind, count: count, byteCount: byteCount)
          _ = try block.all()
        } catch {
          preconditionFailure("a block that was just encoded: \(error)")
        }
      },
      plain: PlainBytes(Self.bytes(run.offsets) + run.utf8, codec: codec),
      thresholds: Thresholds(encode: 0.3, decode: 0.08)
    )
  }

  private static func run(_ values: [String]) -> TextRun {
    var run = TextRun()
    for value in values { run.append(value.utf8.span) }
    return run
  }

  private static func bytes<Value: BitwiseCopyable>(_ values: [Value]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(bytesOf: values)
    return bytes
  }
}
