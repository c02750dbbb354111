extension ColumnRows {
  /// Appends some rows of a decoded block.
  mutating func append(_ vector: ColumnVector, rows: [Int]) {
    if !vector.validity.isAllValid || !nulls.isEmpty {
      if nulls.isEmpty { nulls = Array(repeating: false, count: count) }
      for row in rows { nulls.append(!vector.validity.isValid(row)) }
    }
    let start = count
    switch vector.storage {
    case .constant(let value): appendConstant(value, count: rows.count)
    case .frame(let width, let base, let multiplier, let buffer):
      switch width {
      case .bits8: appendFrame(buffer, of: UInt8.self, base, multiplier, rows)
      case .bits16: appendFrame(buffer, of: UInt16.self, base, multiplier, rows)
      case .bits32: appendFrame(buffer, of: UInt32.self, base, multiplier, rows)
      case .bits64: appendFrame(buffer, of: UInt64.self, base, multiplier, rows)
      }
    case .dictionary(let width, let buffer):
      switch width {
      case .bits8: appendCodes(buffer, of: UInt8.self, rows)
      case .bits16: appendCodes(buffer, of: UInt16.self, rows)
      case .bits32, .bits64: appendCodes(buffer, of: UInt32.self, rows)
      }
    case .doubles(let buffer):
      buffer.withSpan(of: Double.self) { values in
        for row in rows { doubles.append(values[row]) }
      }
    case .text(let offsets, let bytes):
      offsets.withSpan(of: UInt32.self) { offsets in
        for row in rows {
          texts.append(bytes.text(in: Int(offsets[row])..<Int(offsets[row + 1])))
        }
      }
    }
    if !nulls.isEmpty { clearNulls(from: start) }
  }

  private mutating func appendConstant(_ value: Int64, count added: Int) {
    switch kind {
    case .integers: integers.append(contentsOf: repeatElement(value, count: added))
    case .codes:
      let code = UInt32(truncatingIfNeeded: value)
      codes.append(contentsOf: repeatElement(code, count: added))
    case .doubles:
      let double = Double(bitPattern: UInt64(bitPattern: value))
      doubles.append(contentsOf: repeatElement(double, count: added))
    case .texts: texts.append(contentsOf: repeatElement("", count: added))
    }
  }

  private mutating func appendFrame<Code: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ buffer: VectorBuffer,
    of type: Code.Type,
    _ base: Int64,
    _ multiplier: Int64,
    _ rows: [Int]
  ) {
    buffer.withSpan(of: type) { codes in
      for row in rows {
        integers.append(base &+ multiplier &* Int64(truncatingIfNeeded: codes[row]))
      }
    }
  }

  private mutating func appendCodes<Code: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ buffer: VectorBuffer,
    of type: Code.Type,
    _ rows: [Int]
  ) {
    buffer.withSpan(of: type) { values in
      for row in rows { codes.append(UInt32(truncatingIfNeeded: values[row])) }
    }
  }

  /// Gives null rows the value that every null row has.
  private mutating func clearNulls(from start: Int) {
    for row in start..<count where nulls[row] {
      switch kind {
      case .integers: integers[row] = 0
      case .codes: codes[row] = 0
      case .doubles: doubles[row] = 0
      case .texts: texts[row] = ""
      }
    }
  }
}

extension ColumnVector {
  /// Mixes the value of every row into its hash, like `ColumnRows.mix` does; of columns that have
  /// no nulls and no plain text.
  func mix(into hashes: inout [UInt64]) {
    switch storage {
    case .constant(let value):
      let word = UInt64(bitPattern: value)
      for row in hashes.indices { hashes[row] = KeyHash.mix(hashes[row], word) }
    case .frame(let width, let base, let multiplier, let buffer):
      switch width {
      case .bits8: mixFrame(buffer, of: UInt8.self, base, multiplier, &hashes)
      case .bits16: mixFrame(buffer, of: UInt16.self, base, multiplier, &hashes)
      case .bits32: mixFrame(buffer, of: UInt32.self, base, multiplier, &hashes)
      case .bits64: mixFrame(buffer, of: UInt64.self, base, multiplier, &hashes)
      }
    case .dictionary(let width, let buffer):
      switch width {
      case .bits8: mixFrame(buffer, of: UInt8.self, 0, 1, &hashes)
      case .bits16: mixFrame(buffer, of: UInt16.self, 0, 1, &hashes)
      case .bits32, .bits64: mixFrame(buffer, of: UInt32.self, 0, 1, &hashes)
      }
    case .doubles(let buffer):
      mixFrame(buffer, of: UInt64.self, 0, 1, &hashes)
    case .text(let offsets, let bytes):
      offsets.withSpan(of: UInt32.self) { offsets in
        bytes.withSpan(of: UInt8.self) { bytes in
          for row in hashes.indices {
            let text = bytes.extracting(Int(offsets[row])..<Int(offsets[row + 1]))
            hashes[row] = KeyHash.mix(hashes[row], Checksum.of(text: text))
          }
        }
      }
    }
  }

  private func mixFrame<Code: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ buffer: VectorBuffer,
    of type: Code.Type,
    _ base: Int64,
    _ multiplier: Int64,
    _ hashes: inout [UInt64]
  ) {
    buffer.withSpan(of: type) { codes in
      for row in hashes.indices {
        let value = base &+ multiplier &* Int64(truncatingIfNeeded: codes[row])
        hashes[row] = KeyHash.mix(hashes[row], UInt64(bitPattern: value))
      }
    }
  }
}
